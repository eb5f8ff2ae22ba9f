/** Filters, columns and order of a list that a person gave a name. */
import { sql, type Kysely } from 'kysely';
import { type Database, storableJson } from '../../../platform/postgres/index.ts';
import type { JsonObject } from '../../../platform/values/index.ts';

export interface SavedView {
  readonly id: string;
  readonly list: string;
  readonly name: string;
  readonly query: JsonObject;
  readonly isShared: boolean;
  readonly owner: string;
  readonly isMine: boolean;
  readonly updatedAt: Date;
}

/** Their own, and what others share. @param list undefined: of every list. */
export async function listSavedViews(
  db: Kysely<Database>,
  principalId: string,
  list?: string,
): Promise<SavedView[]> {
  const { rows } = await sql<SavedView>`
    select v.id, v.list, v.name, v.query, v.is_shared as "isShared", p.name as owner, v.principal_id = ${principalId}::uuid as "isMine",
           v.updated_at as "updatedAt"
      from saved_views v join principals p on p.id = v.principal_id
     where (v.principal_id = ${principalId}::uuid or v.is_shared) and (${list ?? null}::text is null or v.list = ${list ?? null})
     order by v.list, lower(v.name), v.id limit 1000`.execute(db);
  return rows;
}

/** Makes it, or changes the one of that name. @returns its id. */
export async function saveView(
  db: Kysely<Database>,
  principalId: string,
  view: Pick<SavedView, 'list' | 'name' | 'query' | 'isShared'>,
  at: Date,
): Promise<string> {
  const { rows } = await sql<{ id: string }>`
    insert into saved_views (principal_id, list, name, query, is_shared, created_at, updated_at)
    values (${principalId}::uuid, ${view.list}, ${view.name}, ${storableJson(view.query)}::jsonb, ${view.isShared}, ${at}, ${at})
    on conflict (principal_id, list, name) do update set query = excluded.query, is_shared = excluded.is_shared, updated_at = excluded.updated_at
    returning id`.execute(db);
  return rows[0]?.id ?? '';
}

/** Only their own. @returns false if there is none. */
export async function deleteSavedView(
  db: Kysely<Database>,
  principalId: string,
  id: string,
): Promise<boolean> {
  const { numAffectedRows = 0n } = await sql`
    delete from saved_views where id::text = ${id} and principal_id = ${principalId}::uuid`.execute(db);
  return numAffectedRows > 0n;
}
