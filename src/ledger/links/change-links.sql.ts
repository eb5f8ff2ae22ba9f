/** Links as decisions end, move, break and make them. */
import { sql, type Kysely } from 'kysely';
import type { JsonObject } from '../../platform/values/index.ts';
import { type Database, storableJson } from '../../platform/postgres/index.ts';

interface RecordKey {
  readonly entity: string;
  readonly entityId: string;
}

const givenRecords = (records: readonly RecordKey[]) =>
  sql`jsonb_to_recordset(${storableJson(records)}::jsonb) as g(entity text, "entityId" text)`;

/**
 * Ends the links of records that are gone at the remote: nothing is sent for them any more. If the remote shows one
 * again, the link lives again; `base` is added to what both sides agreed on, so that what was decided here is then no edit.
 */
export async function retireLinks(
  db: Kysely<Database>,
  systemId: number,
  records: readonly RecordKey[],
  base: JsonObject,
): Promise<void> {
  await sql`
    update sync_links l
       set retired_at = tieline_now(), base = l.base || ${storableJson(base)}::jsonb
      from ${givenRecords(records)}
     where l.external_system_id = ${systemId} and l.entity_type = g.entity and l.entity_id = g."entityId"
       and l.retired_at is null`.execute(db);
}

/** Takes the links of records away: they are linked to nothing there, and can be linked or made again. */
export async function deleteLinks(
  db: Kysely<Database>,
  systemId: number,
  records: readonly RecordKey[],
): Promise<void> {
  await sql`
    delete from sync_links l using ${givenRecords(records)}
     where l.external_system_id = ${systemId} and l.entity_type = g.entity and l.entity_id = g."entityId"`.execute(
    db,
  );
}

/** Lets a record of ours follow the remote's record that another row was linked to, upon what ours agreed on last. */
export async function moveLink(
  db: Kysely<Database>,
  systemId: number,
  move: { readonly entity: string; readonly from: string; readonly to: string; readonly base: JsonObject },
): Promise<void> {
  await sql`
    update sync_links
       set entity_id = ${move.to}, base = ${storableJson(move.base)}::jsonb, missing_since = null, retired_at = null,
           report_digest = null, seen_digest = null, settled_digest = null
     where external_system_id = ${systemId} and entity_type = ${move.entity} and entity_id = ${move.from}
       and retired_at is null`.execute(db);
}

/** Says that a record of ours and one of the remote are not the same: no rule links them, and nobody is asked again. */
export async function separate(
  db: Kysely<Database>,
  systemId: number,
  pair: RecordKey & { readonly externalId: string },
  decided: { readonly by: string; readonly reason: string | undefined },
): Promise<void> {
  await sql`
    insert into sync_separations (external_system_id, entity_type, entity_id, external_id, separated_by, reason)
    values (${systemId}, ${pair.entity}, ${pair.entityId}, ${pair.externalId}, ${decided.by}, ${decided.reason ?? null})
    on conflict do nothing`.execute(db);
}

/** Lets a rule link the two again. */
export async function endSeparation(
  db: Kysely<Database>,
  systemId: number,
  pair: RecordKey & { readonly externalId: string },
): Promise<void> {
  await sql`
    delete from sync_separations
     where external_system_id = ${systemId} and entity_type = ${pair.entity}
       and entity_id = ${pair.entityId} and external_id = ${pair.externalId}`.execute(db);
}

export async function deleteLink(db: Kysely<Database>, id: number): Promise<void> {
  await sql`delete from sync_links where id = ${id}`.execute(db);
}

/** Makes a link on which nothing is agreed yet. */
export async function insertLink(
  db: Kysely<Database>,
  source: { readonly systemId: number; readonly operationId: string },
  pair: RecordKey & { readonly externalId: string },
): Promise<void> {
  await sql`
    insert into sync_links (external_system_id, entity_type, entity_id, external_id, operation_id)
    values (${source.systemId}, ${pair.entity}, ${pair.entityId}, ${pair.externalId}, ${source.operationId}::uuid)`.execute(
    db,
  );
}
