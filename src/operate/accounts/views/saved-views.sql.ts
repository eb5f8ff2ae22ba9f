/** Filters, columns and order of a list that a person gave a name. */
import { sql, type Kysely } from 'kysely';
import { type Database, storableJson } from '../../../platform/postgres/index.ts';

/** As the address of a page has it. What is left out, the view leaves as it is: filters and columns can be kept apart. */
export interface ViewQuery {
  readonly filters?: Readonly<Record<string, string>> | undefined;
  readonly sort?: string | undefined;
  readonly columns?: readonly string[] | undefined;
  readonly group?: string | undefined;
}

/** Who sees it besides its owner. */
export type ViewShare =
  | { readonly with: 'nobody' }
  | { readonly with: 'everybody' }
  | { readonly with: 'role'; readonly role: string }
  | { readonly with: 'system'; readonly systemId: string };

export interface SavedView {
  readonly id: string;
  readonly list: string;
  readonly name: string;
  readonly query: ViewQuery;
  readonly share: ViewShare;
  /** How the list begins for holders of the role that it is shared with. */
  readonly isRoleDefault: boolean;
  readonly owner: string;
  readonly isMine: boolean;
  readonly updatedAt: Date;
  /** For a change: what was seen. */
  readonly version: string;
}

/** Whose views are asked for. */
export interface ViewReader {
  readonly principalId: string;
  readonly roles: readonly string[];
  /** The boundaries of which something is seen; undefined: all. */
  readonly systemIds: readonly string[] | undefined;
}

const columns = (reader: Pick<ViewReader, 'principalId'>) => sql`
  v.id::text as id, v.list, v.name, v.query,
  case when not v.is_shared then jsonb_build_object('with', 'nobody')
       when v.shared_role is not null then jsonb_build_object('with', 'role', 'role', v.shared_role)
       when v.shared_system is not null then jsonb_build_object('with', 'system', 'systemId', v.shared_system)
       else jsonb_build_object('with', 'everybody') end as share,
  v.is_role_default as "isRoleDefault", p.name as owner, v.principal_id = ${reader.principalId}::uuid as "isMine", v.updated_at as "updatedAt",
  md5(concat_ws(' ', v.id, v.updated_at, v.name, v.is_role_default)) as version`;

const seenBy = ({ principalId, roles, systemIds }: ViewReader) => sql`
  (v.principal_id = ${principalId}::uuid
   or v.is_shared and (v.shared_role is null or v.shared_role = any(${[...roles]}::text[]))
                  and (v.shared_system is null or ${systemIds === undefined ? sql`true` : sql`v.shared_system = any(${[...systemIds]}::text[])`}))`;

/** Their own, and what others share with them. */
export async function listSavedViews(
  db: Kysely<Database>,
  reader: ViewReader,
  list: string,
): Promise<SavedView[]> {
  const { rows } = await sql<SavedView>`
    select ${columns(reader)} from saved_views v join principals p on p.id = v.principal_id
     where v.list = ${list} and ${seenBy(reader)} order by v.principal_id = ${reader.principalId}::uuid desc, v.is_role_default desc, lower(v.name), v.id limit 500`.execute(
    db,
  );
  return rows;
}

/** A view that the reader sees. */
export async function findSavedView(
  db: Kysely<Database>,
  reader: ViewReader,
  id: string,
): Promise<SavedView | undefined> {
  const { rows } = await sql<SavedView>`
    select ${columns(reader)} from saved_views v join principals p on p.id = v.principal_id
     where v.id::text = ${id} and ${seenBy(reader)}`.execute(db);
  return rows[0];
}

export interface ViewToSave {
  readonly list: string;
  readonly name: string;
  readonly query: ViewQuery;
  readonly share: ViewShare;
  readonly isRoleDefault: boolean;
}

const shareColumns = ({ share }: ViewToSave) => ({
  isShared: share.with !== 'nobody',
  role: share.with === 'role' ? share.role : null,
  system: share.with === 'system' ? share.systemId : null,
});

/** @returns its id; undefined where the owner has one of that name. */
export async function insertSavedView(
  db: Kysely<Database>,
  principalId: string,
  view: ViewToSave,
  at: Date,
): Promise<string | undefined> {
  const { isShared, role, system } = shareColumns(view);
  const { rows } = await sql<{ id: string }>`
    insert into saved_views (principal_id, list, name, query, is_shared, shared_role, shared_system, is_role_default, created_at, updated_at)
    values (${principalId}::uuid, ${view.list}, ${view.name}, ${storableJson(view.query)}::jsonb, ${isShared}, ${role}, ${system},
            ${view.isRoleDefault}, ${at}, ${at})
    on conflict (principal_id, list, name) do nothing
    returning id::text`.execute(db);
  return rows[0]?.id;
}

/** @returns false where the owner has another one of that name. */
export async function updateSavedView(
  db: Kysely<Database>,
  id: string,
  view: ViewToSave,
  at: Date,
): Promise<boolean> {
  const { isShared, role, system } = shareColumns(view);
  const { numAffectedRows = 0n } = await sql`
    update saved_views v
       set name = ${view.name}, query = ${storableJson(view.query)}::jsonb, is_shared = ${isShared}, shared_role = ${role}, shared_system = ${system},
           is_role_default = ${view.isRoleDefault}, updated_at = ${at}
     where v.id::text = ${id}
       and not exists (select from saved_views other
                        where other.principal_id = v.principal_id and other.list = v.list and other.name = ${view.name} and other.id <> v.id)`.execute(
    db,
  );
  return numAffectedRows > 0n;
}

/** No other view is how the list begins for the role. */
export async function clearRoleDefault(
  db: Kysely<Database>,
  of: { readonly list: string; readonly role: string; readonly but?: string },
): Promise<void> {
  await sql`
    update saved_views set is_role_default = false
     where list = ${of.list} and shared_role = ${of.role} and is_role_default and id::text is distinct from ${of.but ?? null}`.execute(
    db,
  );
}

export async function deleteSavedView(db: Kysely<Database>, id: string): Promise<void> {
  await sql`delete from saved_views where id::text = ${id}`.execute(db);
}

/** With which view a list begins for a person, as they chose. @returns undefined where they chose nothing; null: with none. */
export async function findDefaultView(
  db: Kysely<Database>,
  principalId: string,
  list: string,
): Promise<string | null | undefined> {
  const { rows } = await sql<{ id: string | null }>`
    select view_id::text as id from default_views where principal_id = ${principalId}::uuid and list = ${list}`.execute(
    db,
  );
  return rows[0]?.id;
}

/** @param viewId null: with none; undefined: as the role has it. */
export async function setDefaultView(
  db: Kysely<Database>,
  principalId: string,
  list: string,
  viewId: string | null | undefined,
): Promise<void> {
  if (viewId === undefined)
    await sql`delete from default_views where principal_id = ${principalId}::uuid and list = ${list}`.execute(
      db,
    );
  else
    await sql`
      insert into default_views (principal_id, list, view_id) values (${principalId}::uuid, ${list}, ${viewId}::uuid)
      on conflict (principal_id, list) do update set view_id = excluded.view_id`.execute(db);
}
