import { sql, type Kysely } from 'kysely';
import type { Database } from '../../../platform/postgres/index.ts';
import type { GivenBy, NewGrant } from '../grants/grants.sql.ts';

export interface GroupGrantRow {
  readonly id: string;
  readonly issuer: string;
  readonly group: string;
  readonly role: string | null;
  readonly permission: string | null;
  readonly reach: 'everywhere' | 'boundaries';
  readonly systemIds: readonly string[];
  readonly unassigned: boolean;
  readonly until: Date | null;
  readonly source: 'person' | 'machine';
  readonly grantedAt: Date;
  readonly grantedBy: string;
  readonly reason: string | null;
  /** Accounts that have something by it now. */
  readonly members: number;
}

const inForce = (at: Date) => sql`g.revoked_at is null and (g.until_at is null or g.until_at > ${at})`;

const selected = (at: Date) => sql`
  select g.id, g.issuer, g.group_name as "group", g.role, g.permission, g.reach, g.system_ids as "systemIds", g.unassigned,
         g.until_at as until, g.source, g.granted_at as "grantedAt", g.granted_by as "grantedBy", g.reason,
         (select count(distinct f.principal_id)::int from grants f
           where f.group_grant_id = g.id and f.revoked_at is null and (f.until_at is null or f.until_at > ${at})) as members
    from group_grants g`;

/** Those in force, by group. */
export async function listGroupGrants(
  db: Kysely<Database>,
  {
    at,
    limit,
    id,
  }: { readonly at: Date; readonly limit: number; /** How its id begins. */ readonly id?: string },
): Promise<GroupGrantRow[]> {
  const { rows } = await sql<GroupGrantRow>`${selected(at)}
     where ${inForce(at)} and ${id === undefined ? sql`true` : sql`g.id::text like ${`${id.toLowerCase()}%`}`}
     order by g.group_name, g.granted_at, g.id limit ${limit}`.execute(db);
  return rows;
}

export async function insertGroupGrant(
  db: Kysely<Database>,
  grant: Omit<NewGrant, 'principalId'> & { readonly issuer: string; readonly group: string },
  by: GivenBy & { readonly source: GroupGrantRow['source'] },
): Promise<string> {
  const { gives, scope } = grant;
  const { rows } = await sql<{ id: string }>`
    insert into group_grants (issuer, group_name, role, permission, reach, system_ids, unassigned, until_at, reason, source, granted_at,
        granted_by, granted_by_principal_id)
    values (${grant.issuer}, ${grant.group}, ${'role' in gives ? gives.role : null}, ${'permission' in gives ? gives.permission : null},
        ${scope.kind}, ${scope.kind === 'everywhere' ? [] : scope.systemIds}::text[], ${scope.kind === 'boundaries' && scope.unassigned},
        ${grant.until ?? null}, ${grant.reason ?? null}, ${by.source}, ${by.at}, ${by.name}, ${by.principalId}::uuid)
    returning id`.execute(db);
  return rows[0]?.id ?? '';
}

/** @returns false if it was revoked already. */
export async function revokeGroupGrantRow(
  db: Kysely<Database>,
  id: string,
  by: GivenBy & { readonly reason?: string | undefined },
): Promise<boolean> {
  const { numAffectedRows = 0n } = await sql`
    update group_grants set revoked_at = ${by.at}, revoked_by = ${by.name}, revoked_by_principal_id = ${by.principalId}::uuid,
        revoked_reason = ${by.reason ?? null}
     where id = ${id}::uuid and revoked_at is null`.execute(db);
  return numAffectedRows > 0n;
}

/** A grant of a member that came or went with the membership, or with the grant of the group. */
export interface FollowedGrant {
  readonly principalId: string;
  readonly grantId: string;
  readonly what: 'given' | 'ended';
  readonly group: string;
  readonly gives: string;
}

/**
 * Makes what members have by their groups what the grants of these groups say: rows of `grants`, which whoever asks for grants reads as any
 * other. The rows stay as evidence when they end. A row ends at the earlier of the two ends, of the grant and of the membership.
 * @param about the members of one account, or of one grant of a group.
 */
export async function followGroupGrants(
  db: Kysely<Database>,
  about: { readonly principalId: string } | { readonly groupGrantId: string },
  at: Date,
): Promise<FollowedGrant[]> {
  const [member, grant] =
    'principalId' in about
      ? [sql`principal_id = ${about.principalId}::uuid`, sql`true`]
      : [sql`true`, sql`group_grant_id = ${about.groupGrantId}::uuid`];
  const stands = sql`f.revoked_at is null and (f.until_at is null or f.until_at > ${at})`;
  // One wanted row a member and grant: two identities of a person may be in groups of one name.
  const wanted = sql`
    select * from (
      select i.principal_id, g.id as group_grant_id, g.group_name, g.role, g.permission, g.reach, g.system_ids, g.unassigned, g.reason,
             g.granted_by, g.granted_by_principal_id, least(g.until_at, max(m.until_at)) as until_at
        from group_grants g
        join principal_identities i on i.issuer = g.issuer
        join group_members m on m.identity_id = i.id and m.group_name = g.group_name
       where ${inForce(at)}
       group by i.principal_id, g.id
    ) w where ${member} and ${grant}`;
  const { rows } = await sql<FollowedGrant>`
    with wanted as (${wanted}),
    ended as (
      update grants f set revoked_at = ${at}, revoked_by = coalesce(g.revoked_by, 'identity provider'),
             revoked_reason = case when g.revoked_at is null then 'no longer in the group ' else 'taken from the group ' end || g.group_name
        from group_grants g
       where g.id = f.group_grant_id and ${stands} and ${member} and ${grant}
         and not exists (select from wanted w where w.principal_id = f.principal_id and w.group_grant_id = f.group_grant_id)
      returning f.principal_id, f.id, g.group_name, coalesce(f.role, f.permission) as gives
    ),
    longer as (
      update grants f set until_at = w.until_at from wanted w
       where f.group_grant_id = w.group_grant_id and f.principal_id = w.principal_id and ${stands}
         and f.until_at is distinct from w.until_at
      returning f.id
    ),
    given as (
      insert into grants (principal_id, role, permission, reach, system_ids, unassigned, until_at, reason, source, granted_at, granted_by,
          granted_by_principal_id, group_grant_id)
      select w.principal_id, w.role, w.permission, w.reach, w.system_ids, w.unassigned, w.until_at,
             left('group ' || w.group_name || coalesce(': ' || w.reason, ''), 2000), 'group', ${at}, w.granted_by, w.granted_by_principal_id, w.group_grant_id
        from wanted w
       where not exists (select from grants f where f.group_grant_id = w.group_grant_id and f.principal_id = w.principal_id and ${stands})
      returning principal_id, id, group_grant_id, coalesce(role, permission) as gives
    )
    select principal_id as "principalId", id as "grantId", 'ended' as what, group_name as "group", gives from ended
    union all
    select n.principal_id, n.id, 'given', g.group_name, n.gives from given n join group_grants g on g.id = n.group_grant_id
     order by 1, 3, 4, 5`.execute(db);
  return rows;
}
