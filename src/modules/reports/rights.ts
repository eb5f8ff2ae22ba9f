/** Where somebody may make and read each kind of report: the permission of reports, together with those of what it holds. */
import {
  type Actor,
  intersected,
  isEmpty,
  type Permission,
  type Scope,
  scopeFor,
} from '../../canonical/access/index.ts';
import { TielineError } from '../../platform/errors/index.ts';
import { reportKind, reportKindNames, type ReportKindName } from './kinds.ts';

export interface Who {
  readonly actor: Actor;
  readonly now: Date;
}

function scopeOf(kind: ReportKindName, permission: Permission, { actor, now }: Who): Scope | undefined {
  let scope = scopeFor(actor, permission, now);
  for (const needed of reportKind(kind).needs) {
    const held = scopeFor(actor, needed, now);
    scope = scope && held && intersected(scope, held);
  }
  return scope && !isEmpty(scope) ? scope : undefined;
}

/** By kind, where its reports may be read; one that may be nowhere is left out. */
export function readableKinds(who: Who): ReadonlyMap<string, Scope> {
  return new Map(
    reportKindNames.flatMap((kind) => {
      const scope = scopeOf(kind, 'report:read', who);
      return scope ? [[kind, scope] as const] : [];
    }),
  );
}

export const isMakeable = (kind: ReportKindName, who: Who): boolean =>
  scopeOf(kind, 'report:create', who) !== undefined;

/** @throws TielineError NOT_ALLOWED where the actor may not make this kind anywhere. */
export function makeableScope(kind: ReportKindName, who: Who): Scope {
  const scope = scopeOf(kind, 'report:create', who);
  if (scope) return scope;
  const { needs } = reportKind(kind);
  throw new TielineError(
    'NOT_ALLOWED',
    `${who.actor.name} may not make this report: it needs ${['report:create', ...needs].join(', ')} in the same place.`,
  );
}
