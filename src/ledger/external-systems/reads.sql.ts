import { sql, type Kysely } from 'kysely';
import type { Json } from '../../platform/values/index.ts';
import { type Database, storableJson } from '../../platform/postgres/index.ts';

export interface ReadState {
  readonly mark: string | null;
  readonly operation_id: string | null;
  readonly position: unknown;
}

/** How far an entity of a system was read; undefined if never. */
export function findReadState(
  db: Kysely<Database>,
  systemId: number,
  entity: string,
): Promise<ReadState | undefined> {
  return db
    .selectFrom('sync_reads')
    .select(['mark', 'operation_id', 'position'])
    .where('external_system_id', '=', systemId)
    .where('entity_type', '=', entity)
    .executeTakeFirst();
}

/** Keeps the position of an unfinished read; called in the transaction that stores what the position covers. */
export async function saveReadPosition(
  db: Kysely<Database>,
  read: { systemId: number; entity: string; operationId: string; position: Json },
): Promise<void> {
  await sql`
    insert into sync_reads (external_system_id, entity_type, operation_id, position)
    values (${read.systemId}, ${read.entity}, ${read.operationId}::uuid, ${storableJson(read.position)}::jsonb)
    on conflict (external_system_id, entity_type)
    do update set operation_id = excluded.operation_id, position = excluded.position`.execute(db);
}

/**
 * Ends a read. The mark moves only if one is given: where a record was held, the old mark stays, so that the next
 * read brings it again.
 */
export async function finishRead(
  db: Kysely<Database>,
  read: { systemId: number; entity: string; mark: string | undefined },
): Promise<void> {
  await sql`
    insert into sync_reads (external_system_id, entity_type, mark, mark_set_at)
    values (${read.systemId}, ${read.entity}, ${read.mark ?? null}, tieline_now())
    on conflict (external_system_id, entity_type)
    do update set operation_id = null, position = null,
                  mark = coalesce(excluded.mark, sync_reads.mark),
                  mark_set_at = case when excluded.mark is null then sync_reads.mark_set_at else tieline_now() end`.execute(
    db,
  );
}

/** Forgets how far an entity was read, so that the next read shows all of it. */
export async function readAnew(db: Kysely<Database>, systemId: number, entity: string): Promise<void> {
  await sql`
    update sync_reads set mark = null
     where external_system_id = ${systemId} and entity_type = ${entity}`.execute(db);
}

export interface ReadStatusRow {
  readonly system_name: string;
  readonly entity_type: string;
  readonly mark_set_at: Date | null;
  readonly unfinished: boolean;
}

export function listReads(db: Kysely<Database>): Promise<ReadStatusRow[]> {
  return db
    .selectFrom('sync_reads as r')
    .innerJoin('external_systems as s', 's.id', 'r.external_system_id')
    .where('s.removed_at', 'is', null)
    .select([
      's.system_name',
      'r.entity_type',
      'r.mark_set_at',
      sql<boolean>`r.operation_id is not null`.as('unfinished'),
    ])
    .orderBy('s.id')
    .orderBy('r.entity_type')
    .execute();
}

/** The present instant by the product's clock, to the millisecond; not that of the transaction. */
export async function fetchClock(db: Kysely<Database>): Promise<Date> {
  const { rows } = await sql<{ at: Date }>`select tieline_now() + (clock_timestamp() - now()) as at`.execute(
    db,
  );
  const [row] = rows;
  if (!row) throw new Error('a select without a table gives one row');
  return row.at;
}
