import { sql, type Kysely, type RawBuilder, type Selectable } from 'kysely';
import type { JsonObject } from '../../platform/values/index.ts';
import { type Database, storableJson } from '../../platform/postgres/index.ts';

/** The type of external systems that stand for files of POA&Ms: never called, never part of a sync. What a server has of a record leads over what a file has of it. */
export const poamFilesType = 'poam_files';

/** SQL of whether an external system stands for such files. @param id SQL of its id. */
export const standsForPoamFiles = (id: RawBuilder<unknown>): RawBuilder<boolean> => sql<boolean>`
  (exists (select from external_systems f where f.id = ${id} and f.system_type = ${sql.lit(poamFilesType)}))`;

export type ExternalSystemRow = Selectable<Database['external_systems']>;

const columns = [
  'id',
  'system_name',
  'system_type',
  'api_base_url',
  'connection_config',
  'sync_enabled',
  'last_sync_time',
  'created_at',
  'sending_paused_at',
  'sending_paused_by',
  'sending_paused_reason',
  'sync_paused_at',
  'sync_paused_by',
  'sync_paused_reason',
  'removed_at',
  'removed_by',
  'removed_reason',
] as const;

/** Every external system that was not removed, in the order in which they were added. */
export function listSystems(db: Kysely<Database>): Promise<ExternalSystemRow[]> {
  return db
    .selectFrom('external_systems')
    .select(columns)
    .where('removed_at', 'is', null)
    .orderBy('id')
    .execute();
}

/** The system of this name; undefined if there is none, or it was removed. */
export async function findSystem(db: Kysely<Database>, name: string): Promise<ExternalSystemRow | undefined> {
  const row = await findSystemOrRemoved(db, name);
  return row?.removed_at === null ? row : undefined;
}

/** Names are kept permanently: a removed system is found too. */
export function findSystemOrRemoved(
  db: Kysely<Database>,
  name: string,
): Promise<ExternalSystemRow | undefined> {
  return db.selectFrom('external_systems').select(columns).where('system_name', '=', name).executeTakeFirst();
}

export function findSystemById(db: Kysely<Database>, id: number): Promise<ExternalSystemRow | undefined> {
  return db.selectFrom('external_systems').select(columns).where('id', '=', id).executeTakeFirst();
}

/** The row, which nobody else changes until the transaction ends; undefined: it was removed. */
export function lockSystem(db: Kysely<Database>, id: number): Promise<ExternalSystemRow | undefined> {
  return db
    .selectFrom('external_systems')
    .select(columns)
    .where('id', '=', id)
    .where('removed_at', 'is', null)
    .forUpdate()
    .executeTakeFirst();
}

/**
 * Adds a system, or resumes one that was removed, if its name, type and address are the same: its links and marks
 * are then still true.
 * @returns the row, or undefined if the name is taken.
 */
export async function insertSystem(
  db: Kysely<Database>,
  system: { name: string; type: string; url: string; config: JsonObject; syncEnabled?: boolean },
): Promise<ExternalSystemRow | undefined> {
  const row = {
    connection_config: JSON.stringify(system.config),
    sync_enabled: system.syncEnabled ?? true,
  };
  return db
    .insertInto('external_systems')
    .values({
      ...row,
      system_name: system.name,
      system_type: system.type,
      api_base_url: system.url,
      created_at: sql<Date>`tieline_now()`,
    })
    .onConflict((conflict) =>
      conflict
        .column('system_name')
        .doUpdateSet({ ...row, removed_at: null, removed_by: null, removed_reason: null })
        .where('external_systems.removed_at', 'is not', null)
        .where('external_systems.system_type', '=', system.type)
        .where('external_systems.api_base_url', '=', system.url),
    )
    .returning(columns)
    .executeTakeFirst();
}

/** Replaces the settings of a system, its sealed secrets among them, and its address if one is given. */
export async function updateSystemConfig(
  db: Kysely<Database>,
  id: number,
  config: JsonObject,
  url?: string,
): Promise<void> {
  await db
    .updateTable('external_systems')
    .set({ connection_config: JSON.stringify(config), ...(url === undefined ? {} : { api_base_url: url }) })
    .where('id', '=', id)
    .execute();
}

/** @param paused undefined: it is read and sent to again. */
export async function setSyncPaused(
  db: Kysely<Database>,
  id: number,
  paused: { readonly by: string; readonly reason: string } | undefined,
): Promise<void> {
  await sql`
    update external_systems
       set sync_enabled = ${paused === undefined},
           sync_paused_at = ${paused ? sql`coalesce(sync_paused_at, tieline_now())` : sql`null`},
           sync_paused_by = ${paused?.by ?? null}, sync_paused_reason = ${paused?.reason ?? null}
     where id = ${id}`.execute(db);
}

/** @param paused undefined: sending continues. */
export async function setSendingPaused(
  db: Kysely<Database>,
  systemId: number,
  paused: { readonly by: string; readonly reason: string } | undefined,
): Promise<void> {
  await sql`
    update external_systems
       set sending_paused_at = ${paused ? sql`coalesce(sending_paused_at, tieline_now())` : sql`null`},
           sending_paused_by = ${paused?.by ?? null}, sending_paused_reason = ${paused?.reason ?? null}
     where id = ${systemId}`.execute(db);
}

export async function isSendingPaused(db: Kysely<Database>, systemId: number): Promise<boolean> {
  const { rows } = await sql<{ paused: boolean }>`
    select sending_paused_at is not null as paused from external_systems where id = ${systemId}`.execute(db);
  return rows[0]?.paused ?? false;
}

/**
 * Takes a system out of use. Its row stays, since links and journal name it.
 * @param config what is kept of its settings; never a secret.
 */
export async function markRemoved(
  db: Kysely<Database>,
  id: number,
  config: JsonObject,
  decided: { readonly by: string; readonly reason: string },
): Promise<void> {
  await sql`
    update external_systems
       set removed_at = tieline_now(), removed_by = ${decided.by}, removed_reason = ${decided.reason}, sync_enabled = false,
           connection_config = ${storableJson(config)}::jsonb,
           sync_paused_at = null, sync_paused_by = null, sync_paused_reason = null,
           sending_paused_at = null, sending_paused_by = null, sending_paused_reason = null
     where id = ${id}`.execute(db);
}

/** Records when a sync over this system last ended well. */
export async function recordSystemSynced(db: Kysely<Database>, id: number, at: Date): Promise<void> {
  await db.updateTable('external_systems').set({ last_sync_time: at }).where('id', '=', id).execute();
}
