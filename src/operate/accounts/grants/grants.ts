/** Giving and revoking grants, with what that changes for the principal. */
import { type Actor, isEmpty, permissions } from '../../../canonical/access/index.ts';
import { type Origin, recordSecurityEvent } from '../../../ledger/security/index.ts';
import { TielineError } from '../../../platform/errors/index.ts';
import type { JsonObject } from '../../../platform/values/index.ts';
import { tellAccessChanged } from '../access-events.ts';
import type { AccountsApp } from '../accounts-app.ts';
import { actorWith } from '../people/actor.ts';
import { lockPrincipal, type PrincipalRow } from '../people/principals.sql.ts';
import { requirePrincipal } from '../people/require-principal.ts';
import { effectBetween, type GrantEffect } from './grant-effect.ts';
import {
  findGrant,
  type GrantRow,
  grantOf,
  insertGrant,
  listGrants,
  listUnknownBoundaries,
  type NewGrant,
  revokeGrantRow,
} from './grants.sql.ts';
import { underAdministratorsRule } from './last-administrator.ts';

export type GrantRequest = Omit<NewGrant, 'principalId'>;

export interface GrantChange {
  readonly grant: GrantRow;
  readonly effect: GrantEffect;
}

/** Who gives or takes, as grants keep it. */
export const giver = (by: Origin, at: Date) => ({
  at,
  name: by.actor?.name ?? 'nobody',
  principalId: by.actor && by.actor.kind !== 'local' ? by.actor.principalId : null,
});

/** In force, by account; each with its source. @param filter.account name or id. @throws ACCOUNT_UNKNOWN. */
export async function findGrants(
  app: AccountsApp,
  filter: { readonly account?: string; readonly all?: boolean },
  limit: number,
): Promise<GrantRow[]> {
  const { account, all = false } = filter;
  const principalId = account === undefined ? undefined : (await requirePrincipal(app.db, account)).id;
  return listGrants(app.db, { principalId, all, at: app.now() }, limit);
}

/** @throws ACCOUNT_UNKNOWN, USAGE where it would give nothing: an unknown boundary, a past end, a permission of the whole installation for some boundaries. */
export async function giveGrant(
  app: AccountsApp,
  wanted: string,
  asked: GrantRequest,
  by: Origin,
): Promise<GrantChange> {
  const { id } = await requirePrincipal(app.db, wanted);
  await refuseEmpty(app, asked);
  return app.store.transaction(async ({ db }) => {
    const at = app.now();
    const principal = await lockPrincipal(db, id);
    if (!principal) throw new TielineError('ACCOUNT_UNKNOWN', `There is no account "${wanted}" any more.`);
    const before = await actorWith(db, principal, at);
    const source = by.way === 'local' ? 'machine' : 'person';
    const grantId = await insertGrant(db, { ...asked, principalId: id }, { ...giver(by, at), source });
    await tellAccessChanged(db, [id]);
    const grant = await findGrant(db, grantId);
    if (!grant) throw new TielineError('INTERNAL', 'The grant that was just given is gone.');
    await recordSecurityEvent(db, {
      kind: 'grant_given',
      at,
      origin: by,
      object: { type: 'grant', id: grantId },
      details: detailsOf(grant),
    });
    return { grant, effect: effectBetween(before, await actorWith(db, principal, at), at) };
  });
}

export async function refuseEmpty(
  app: AccountsApp,
  { gives, scope, namedIn, until }: GrantRequest,
): Promise<void> {
  if (until !== undefined && until <= app.now())
    throw new TielineError('USAGE', `The grant would have ended already, at ${until.toISOString()}.`);
  if (
    namedIn !== undefined &&
    (scope.kind === 'everywhere' || scope.systemIds.length > 0 || scope.unassigned)
  )
    throw new TielineError(
      'USAGE',
      'A grant is for boundaries that are listed, or for those that name the account.',
    );
  if (namedIn === undefined && isEmpty(scope))
    throw new TielineError('USAGE', 'The grant names no boundary.');
  if (scope.kind === 'everywhere') return;
  if ('permission' in gives && permissions[gives.permission].where === 'installation')
    throw new TielineError(
      'USAGE',
      `${gives.permission} is held for the whole installation or not at all: grant it everywhere.`,
    );
  const unknown = await listUnknownBoundaries(app.db, scope.systemIds);
  if (unknown.length > 0)
    throw new TielineError('USAGE', `No authorization boundary has the id ${unknown.join(', ')}.`, {
      remedy:
        'The ids are those that the GRC system gives them: SELECT system_id, name FROM ingestion_systems.',
    });
}

const detailsOf = (grant: GrantRow): JsonObject => ({
  account: grant.principal,
  gives: grant.role ?? grant.permission ?? '',
  reach: grant.reach,
  systemIds: [...grant.systemIds],
  ...(grant.namedIn === null ? {} : { namedIn: grant.namedIn }),
  unassigned: grant.unassigned,
  until: grant.until?.toISOString() ?? null,
  reason: grant.reason,
});

/** What revoking it would change; changes nothing. @throws GRANT_UNKNOWN. */
export async function previewRevocation(app: AccountsApp, wanted: string): Promise<GrantChange> {
  const grant = await requireGrant(app, wanted);
  const principal = await requirePrincipal(app.db, grant.principalId);
  return { grant, effect: await effectWithout(app, principal, grant) };
}

async function effectWithout(
  app: AccountsApp,
  principal: PrincipalRow,
  grant: GrantRow,
): Promise<GrantEffect> {
  const at = app.now();
  const before = await actorWith(app.db, principal, at);
  const others = (await listGrants(app.db, { principalId: principal.id, at }, 10_000)).filter(
    (each) => each.id !== grant.id,
  );
  const after: Actor = { ...before, grants: others.flatMap((each) => grantOf(each) ?? []) };
  return effectBetween(before, after, at);
}

/** @param wanted its id, or how it begins. @throws GRANT_UNKNOWN, LAST_ADMINISTRATOR. */
export async function revokeGrant(
  app: AccountsApp,
  wanted: string,
  by: Origin,
  reason?: string,
): Promise<GrantChange> {
  const found = await requireGrant(app, wanted);
  if (found.groupGrantId !== null)
    throw new TielineError('USAGE', `${found.principal} has this by a group: ${found.reason ?? ''}.`, {
      remedy: `Take it from the group (tieline grants revoke-group ${found.groupGrantId.slice(0, 8)}), or the person out of the group at the identity provider.`,
    });
  return app.store.transaction(async ({ db }) => {
    const at = app.now();
    return underAdministratorsRule({ db }, at, async () => {
      const principal = await lockPrincipal(db, found.principalId);
      if (!principal)
        throw new TielineError('ACCOUNT_UNKNOWN', `There is no account "${found.principal}" any more.`);
      const before = await actorWith(db, principal, at);
      if (!(await revokeGrantRow(db, found.id, { ...giver(by, at), reason })))
        throw new TielineError('GRANT_UNKNOWN', `The grant ${found.id} was revoked meanwhile.`);
      await tellAccessChanged(db, [principal.id]);
      const object = { type: 'grant', id: found.id };
      const details = { ...detailsOf(found), reason: reason ?? null };
      await recordSecurityEvent(db, { kind: 'grant_revoked', at, origin: by, object, details });
      const grant = { ...found, revokedAt: at, revokedBy: giver(by, at).name, revokedReason: reason ?? null };
      return { grant, effect: effectBetween(before, await actorWith(db, principal, at), at) };
    });
  });
}

async function requireGrant(app: AccountsApp, wanted: string): Promise<GrantRow> {
  const grant = await findGrant(app.db, wanted);
  if (!grant)
    throw new TielineError('GRANT_UNKNOWN', `No grant has the id "${wanted}", or several begin so.`);
  return grant;
}
