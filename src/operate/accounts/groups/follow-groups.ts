/** What comes of the groups that an identity provider gives: memberships, and the grants that follow from them. */
import { type Origin, recordSecurityEvent } from '../../../ledger/security/index.ts';
import type { Tx } from '../../../platform/postgres/index.ts';
import { tellAccessChanged } from '../access-events.ts';
import { type AccountsApp, minutesAfter, rulesOf } from '../accounts-app.ts';
import type { PrincipalRow } from '../people/principals.sql.ts';
import { type FollowedGrant, followGroupGrants } from './group-grants.sql.ts';
import { replaceMemberships } from './group-members.sql.ts';

/** A directory may name hundreds of groups; more than so many are cut, and the event says so. */
const mostGroups = 1000;
const longestName = 500;

const named = (grants: readonly FollowedGrant[], what: FollowedGrant['what']) =>
  grants
    .filter((each) => each.what === what)
    .map(({ grantId, group, gives }) => ({ grant: grantId, group, gives }));

/** Makes memberships and grants what the provider says now. In the transaction of the sign-in. */
export async function followGroups(
  app: AccountsApp,
  { db }: Tx,
  {
    principal,
    identityId,
    groups,
    at,
    origin,
  }: {
    readonly principal: PrincipalRow;
    readonly identityId: string;
    readonly groups: readonly string[];
    readonly at: Date;
    readonly origin: Origin;
  },
): Promise<void> {
  const fitting = [...new Set(groups)].filter((name) => name !== '' && name.length <= longestName);
  const kept = fitting.slice(0, mostGroups);
  const until = minutesAfter(at, rulesOf(app).oidcGroupsHours * 60);
  const { joined, left } = await replaceMemberships(db, { identityId, groups: kept, at, until });
  const followed = await followGroupGrants(db, { principalId: principal.id }, at);
  const omitted = new Set(groups).size - kept.length;
  if (joined.length + left.length + followed.length + omitted === 0) return;
  if (followed.length > 0) await tellAccessChanged(db, [principal.id]);
  await recordSecurityEvent(db, {
    kind: 'groups_changed',
    at,
    origin,
    object: { type: 'principal', id: principal.id },
    details: {
      account: principal.name,
      joined: joined.slice(0, 100),
      left: left.slice(0, 100),
      given: named(followed, 'given'),
      ended: named(followed, 'ended'),
      omittedGroups: omitted,
    },
  });
}
