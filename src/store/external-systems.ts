import type { Kysely, Selectable } from 'kysely';
import type { JsonObject } from '../model/json.ts';
import type { Database } from './schema.ts';

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
] as const;

/** Every external system, in the order in which they were added. */
export function listSystems(db: Kysely<Database>): Promise<ExternalSystemRow[]> {
  return db.selectFrom('external_systems').select(columns).orderBy('id').execute();
}

export function findSystem(db: Kysely<Database>, name: string): Promise<ExternalSystemRow | undefined> {
  return db.selectFrom('external_systems').select(columns).where('system_name', '=', name).executeTakeFirst();
}

export function findSystemById(db: Kysely<Database>, id: number): Promise<ExternalSystemRow | undefined> {
  return db.selectFrom('external_systems').select(columns).where('id', '=', id).executeTakeFirst();
}

/** @returns the new row, or undefined if the name is taken. */
export function insertSystem(
  db: Kysely<Database>,
  system: { name: string; type: string; url: string; config: JsonObject; syncEnabled?: boolean },
): Promise<ExternalSystemRow | undefined> {
  return db
    .insertInto('external_systems')
    .values({
      system_name: system.name,
      system_type: system.type,
      api_base_url: system.url,
      connection_config: JSON.stringify(system.config),
      sync_enabled: system.syncEnabled ?? true,
    })
    .onConflict((conflict) => conflict.column('system_name').doNothing())
    .returning(columns)
    .executeTakeFirst();
}

export async function updateSystemConfig(
  db: Kysely<Database>,
  id: number,
  config: JsonObject,
): Promise<void> {
  await db
    .updateTable('external_systems')
    .set({ connection_config: JSON.stringify(config) })
    .where('id', '=', id)
    .execute();
}

/** Records when a sync over this system last ended well. */
export async function recordSystemSynced(db: Kysely<Database>, id: number, at: Date): Promise<void> {
  await db.updateTable('external_systems').set({ last_sync_time: at }).where('id', '=', id).execute();
}
