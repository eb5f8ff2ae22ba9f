/** Giving roles to groups of an identity provider, and taking them back: members have them at once, and lose them at once. */
import { type Origin, recordSecurityEvent } from '../../../ledger/security/index.ts';
import { TielineError } from '../../../platform/errors/index.ts';
import type { Tx } from '../../../platform/postgres/index.ts';
import type { JsonObject } from '../../../platform/values/index.ts';
import { tellAccessChanged } from '../access-events.ts';
import { type AccountsApp, rulesOf } from '../accounts-app.ts';
import { giver, type GrantRequest, refuseEmpty } from '../grants/grants.ts';
import {
  followGroupGrants,
  type GroupGrantRow,
  insertGroupGrant,
  listGroupGrants,
  revokeGroupGrantRow,
} from './group-grants.sql.ts';

export type GroupGrantRequest = GrantRequest & {
  readonly group: string;
  /** Default: the identity provider of the settings. */
  readonly issuer?: string | undefined;
};

export interface GroupGrantChange {
  readonly grant: GroupGrantRow;
  /** Accounts that have something more, or less, by it now. */
  readonly accounts: number;
}

/** Those in force, by group. */
export const findGroupGrants = (app: AccountsApp, limit: number): Promise<GroupGrantRow[]> =>
  listGroupGrants(app.db, { at: app.now(), limit });

function issuerOf(app: AccountsApp, asked: string | undefined): string {
  const issuer = asked ?? rulesOf(app).oidcIssuer;
  if (issuer !== undefined) return issuer;
  throw new TielineError('USAGE', 'It is not said whose group it is: no identity provider is set up.', {
    remedy: 'Set oidc_issuer (docs/how-to/sign-in-oidc.md), or name the issuer: --issuer.',
  });
}

/** @throws USAGE as giving a grant to an account does, and where no issuer is known. */
export async function giveGroupGrant(
  app: AccountsApp,
  { group: name, issuer: asked, ...grant }: GroupGrantRequest,
  by: Origin,
): Promise<GroupGrantChange> {
  const group = name.trim();
  if (group === '' || group.length > 500)
    throw new TielineError('USAGE', 'The name of a group has from 1 to 500 characters.');
  const issuer = issuerOf(app, asked);
  await refuseEmpty(app, grant);
  return app.store.transaction(async (tx) => {
    const at = app.now();
    const source = by.way === 'local' ? 'machine' : 'person';
    const id = await insertGroupGrant(tx.db, { ...grant, group, issuer }, { ...giver(by, at), source });
    const accounts = await follow(tx, id, at);
    const made = await fetchGroupGrant(tx, id, at);
    await recordSecurityEvent(tx.db, {
      kind: 'grant_given',
      at,
      origin: by,
      object: { type: 'group_grant', id },
      details: detailsOf(made, accounts),
    });
    return { grant: made, accounts };
  });
}

/** Each member whose rights it changed looks again. @returns how many. */
async function follow({ db }: Tx, id: string, at: Date): Promise<number> {
  const followed = await followGroupGrants(db, { groupGrantId: id }, at);
  const accounts = new Set(followed.map(({ principalId }) => principalId));
  if (accounts.size > 0) await tellAccessChanged(db, accounts);
  return accounts.size;
}

async function fetchGroupGrant({ db }: Pick<Tx, 'db'>, id: string, at: Date): Promise<GroupGrantRow> {
  const found = await listGroupGrants(db, { at, limit: 2, id });
  const [only] = found;
  if (only === undefined || found.length > 1)
    throw new TielineError('GRANT_UNKNOWN', `No grant of a group has the id "${id}", or several begin so.`);
  return only;
}

/** @param wanted its id, or how it begins. @throws GRANT_UNKNOWN. */
export async function revokeGroupGrant(
  app: AccountsApp,
  wanted: string,
  by: Origin,
  reason?: string,
): Promise<GroupGrantChange> {
  if (!/^[0-9a-f-]{8,36}$/i.test(wanted))
    throw new TielineError('GRANT_UNKNOWN', `No grant of a group has the id "${wanted}".`);
  return app.store.transaction(async (tx) => {
    const at = app.now();
    const grant = await fetchGroupGrant(tx, wanted, at);
    if (!(await revokeGroupGrantRow(tx.db, grant.id, { ...giver(by, at), reason })))
      throw new TielineError('GRANT_UNKNOWN', `The grant ${grant.id} was revoked meanwhile.`);
    const accounts = await follow(tx, grant.id, at);
    await recordSecurityEvent(tx.db, {
      kind: 'grant_revoked',
      at,
      origin: by,
      object: { type: 'group_grant', id: grant.id },
      details: { ...detailsOf(grant, accounts), reason: reason ?? null },
    });
    return { grant, accounts };
  });
}

const detailsOf = (grant: GroupGrantRow, accounts: number): JsonObject => ({
  group: grant.group,
  issuer: grant.issuer,
  gives: grant.role ?? grant.permission ?? '',
  reach: grant.reach,
  systemIds: [...grant.systemIds],
  unassigned: grant.unassigned,
  until: grant.until?.toISOString() ?? null,
  reason: grant.reason,
  accounts,
});
