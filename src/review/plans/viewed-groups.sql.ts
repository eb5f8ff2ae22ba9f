/** Which groups of changes a person has looked at, by their content: one that is the same in a later plan or approval counts as viewed. */
import { type Kysely, sql } from 'kysely';
import type { Database } from '../../platform/postgres/index.ts';

/** Marks a group as viewed, or takes the mark back. */
export async function markGroup(
  db: Kysely<Database>,
  { principalId, sha256 }: { readonly principalId: string; readonly sha256: string },
  viewed: boolean,
): Promise<void> {
  await (
    viewed
      ? sql`insert into kept_plan_views (principal_id, content_sha256) values (${principalId}, ${sha256}) on conflict do nothing`
      : sql`delete from kept_plan_views where principal_id = ${principalId} and content_sha256 = ${sha256}`
  ).execute(db);
}

/** When the person viewed each of the groups; those that are not marked are left out. */
export async function findViewed(
  db: Kysely<Database>,
  principalId: string,
  sha256s: readonly string[],
): Promise<ReadonlyMap<string, Date>> {
  const { rows } = await sql<{ sha256: string; at: Date }>`
    select content_sha256 as sha256, viewed_at as at from kept_plan_views
     where principal_id = ${principalId} and content_sha256 = any(${[...sha256s]}::text[])`.execute(db);
  return new Map(rows.map(({ sha256, at }) => [sha256, at]));
}
