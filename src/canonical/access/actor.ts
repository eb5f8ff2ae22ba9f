/**
 * Who asks, and how far what he asks for reaches. Every read of the record takes a `Scope` first; a row outside of it does not exist for
 * that caller. Assets and findings in no authorization boundary are a scope of their own, `unassigned`.
 */
import { type Permission, permissions } from './permission.ts';
import { allRoles, type Role, roles } from './role.ts';

/** The rows that a caller may see: all, or those of some authorization boundaries (`system_id`) and, where it says so, those in none. */
export type Scope =
  | { readonly kind: 'everywhere' }
  | { readonly kind: 'boundaries'; readonly systemIds: readonly string[]; readonly unassigned: boolean };

export const everywhere: Scope = { kind: 'everywhere' };
export const nowhere: Scope = { kind: 'boundaries', systemIds: [], unassigned: false };

/** A role, or one further permission, in some boundaries or everywhere, until a time. */
export interface Grant {
  readonly gives: { readonly role: Role } | { readonly permission: Permission };
  readonly scope: Scope;
  /** In UTC; undefined: until it is revoked. */
  readonly until?: Date;
}

/** Who does something: a person, a program with a token, or the operator at the machine. */
export interface Actor {
  readonly principalId: string;
  /** As it is at this moment; what is recorded keeps it. */
  readonly name: string;
  readonly kind: 'person' | 'service' | 'local';
  readonly grants: readonly Grant[];
  /** What a token cuts the grants of its owner down to; undefined: nothing is cut. */
  readonly limits?: { readonly permissions: readonly Permission[]; readonly scope: Scope };
}

const gives = (grant: Grant, permission: Permission): boolean =>
  'permission' in grant.gives
    ? grant.gives.permission === permission
    : (roles[grant.gives.role].may as readonly Permission[]).includes(permission);

function united(scopes: readonly Scope[]): Scope {
  const systemIds = new Set<string>();
  let unassigned = false;
  for (const scope of scopes) {
    if (scope.kind === 'everywhere') return scope;
    for (const id of scope.systemIds) systemIds.add(id);
    unassigned ||= scope.unassigned;
  }
  return { kind: 'boundaries', systemIds: [...systemIds].toSorted(), unassigned };
}

/** What both scopes hold. */
export function intersected(one: Scope, other: Scope): Scope {
  if (one.kind === 'everywhere') return other;
  if (other.kind === 'everywhere') return one;
  const held = new Set(other.systemIds);
  return {
    kind: 'boundaries',
    systemIds: one.systemIds.filter((id) => held.has(id)),
    unassigned: one.unassigned && other.unassigned,
  };
}

/** Whether a row is in a scope. @param systemId its authorization boundary; null: it is in none. */
export const isWithin = (scope: Scope, systemId: string | null): boolean =>
  scope.kind === 'everywhere' || (systemId === null ? scope.unassigned : scope.systemIds.includes(systemId));

/** Whether `outer` holds all of `inner`. */
export const isInside = (inner: Scope, outer: Scope): boolean =>
  outer.kind === 'everywhere' ||
  (inner.kind === 'boundaries' &&
    inner.systemIds.every((id) => outer.systemIds.includes(id)) &&
    (outer.unassigned || !inner.unassigned));

export const isEmpty = (scope: Scope): boolean =>
  scope.kind === 'boundaries' && scope.systemIds.length === 0 && !scope.unassigned;

/**
 * Where the actor holds the permission at that moment.
 * @returns undefined where nowhere; a permission of the installation is held everywhere or not at all.
 */
export function scopeFor(actor: Actor, permission: Permission, at: Date): Scope | undefined {
  if (actor.limits && !actor.limits.permissions.includes(permission)) return undefined;
  const held = actor.grants.filter(
    (grant) => gives(grant, permission) && (grant.until === undefined || grant.until > at),
  );
  const limit = actor.limits?.scope ?? everywhere;
  if (permissions[permission].where === 'installation')
    return limit.kind === 'everywhere' && held.some(({ scope }) => scope.kind === 'everywhere')
      ? everywhere
      : undefined;
  const scope = intersected(united(held.map((grant) => grant.scope)), limit);
  return isEmpty(scope) ? undefined : scope;
}

/**
 * The roles that the actor holds for what is in an authorization boundary at that moment, for decisions that a role takes and not whoever has a
 * permission. The operator at the machine stands in for each of them.
 * @param systemId null: it is in none.
 */
export function rolesWithin(actor: Actor, systemId: string | null, at: Date): readonly Role[] {
  if (actor.kind === 'local') return allRoles;
  if (actor.limits && !isWithin(actor.limits.scope, systemId)) return [];
  const held = actor.grants.flatMap(({ gives: what, scope, until }) =>
    'role' in what && (until === undefined || until > at) && isWithin(scope, systemId) ? [what.role] : [],
  );
  return [...new Set(held)];
}

/** Every permission that the actor holds somewhere at that moment, with where. */
export function heldBy(actor: Actor, at: Date): ReadonlyMap<Permission, Scope> {
  const held = new Map<Permission, Scope>();
  for (const permission of Object.keys(permissions) as Permission[]) {
    // its own keys
    const scope = scopeFor(actor, permission, at);
    if (scope) held.set(permission, scope);
  }
  return held;
}

/** The operator at the machine, who has the database's secrets anyway (the command line in-process). @param name of the account. */
export const localOperator = (name: string): Actor => ({
  principalId: `local:${name}`,
  name,
  kind: 'local',
  grants: Object.keys(permissions).map((permission) => ({
    gives: { permission: permission as Permission }, // its own keys
    scope: everywhere,
  })),
});
