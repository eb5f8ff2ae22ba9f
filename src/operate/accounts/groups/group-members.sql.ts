import { sql, type Kysely } from 'kysely';
import type { Database } from '../../../platform/postgres/index.ts';

export interface Memberships {
  readonly joined: readonly string[];
  readonly left: readonly string[];
}

/** Makes the groups of an identity those that its issuer gave now, for so long. @returns what differs from before. */
export async function replaceMemberships(
  db: Kysely<Database>,
  {
    identityId,
    groups,
    at,
    until,
  }: {
    readonly identityId: string;
    readonly groups: readonly string[];
    readonly at: Date;
    readonly until: Date;
  },
): Promise<Memberships> {
  const names = [...groups];
  const { rows: left } = await sql<{ name: string }>`
    delete from group_members where identity_id = ${identityId}::bigint and group_name <> all(${names}::text[])
    returning group_name as name`.execute(db);
  const { rows: joined } = await sql<{ name: string }>`
    with before as (select group_name from group_members where identity_id = ${identityId}::bigint),
    kept as (
      insert into group_members (identity_id, group_name, since_at, until_at)
      select ${identityId}::bigint, name, ${at}, ${until} from unnest(${names}::text[]) name
      on conflict (identity_id, group_name) do update set until_at = excluded.until_at
      returning group_name
    )
    select group_name as name from kept where group_name not in (select group_name from before)`.execute(db);
  const sorted = (rows: readonly { name: string }[]): string[] => rows.map(({ name }) => name).toSorted();
  return { joined: sorted(joined), left: sorted(left) };
}

export interface GroupOfPerson {
  readonly issuer: string;
  readonly name: string;
  readonly since: Date;
  /** What it gives rests from then on, until the person signs in again. */
  readonly until: Date;
}

export async function listGroupsOf(db: Kysely<Database>, principalId: string): Promise<GroupOfPerson[]> {
  const { rows } = await sql<GroupOfPerson>`
    select i.issuer, m.group_name as name, m.since_at as since, m.until_at as until
      from group_members m join principal_identities i on i.id = m.identity_id
     where i.principal_id = ${principalId}::uuid order by m.group_name limit 1000`.execute(db);
  return rows;
}
