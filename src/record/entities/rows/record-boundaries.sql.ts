/** In which authorization boundary records are, as the definition of their entity says. */
import { sql, type Kysely } from 'kysely';
import { TielineError } from '../../../platform/errors/index.ts';
import { asKey, type Database, isKeyAmong } from '../../../platform/postgres/index.ts';
import { linkedEntity } from '../define-entity.ts';
import type { LinkedEntityName } from './rows.sql.ts';

/** The boundary (`system_id`; null: in none) of each of the records that there are. */
export async function fetchBoundariesOf(
  db: Kysely<Database>,
  entity: LinkedEntityName,
  entityIds: readonly string[],
): Promise<ReadonlyMap<string, string | null>> {
  const { row } = linkedEntity(entity);
  if (!row.shownAs) throw new TielineError('INTERNAL', `${entity} does not say in which system it is.`);
  const { rows } = await sql<{ id: string; system: string | null }>`
    select t.${sql.ref(row.key)}::text as id, (${sql.raw(row.shownAs.system)})::text as system
      from ${sql.table(row.shownAs.table ?? row.table)} t
     where ${isKeyAmong(`t.${row.key}`, row.keyKind, entityIds)}`.execute(db);
  return new Map(rows.map((each) => [each.id, each.system]));
}

/** What policies that are limited to some records ask about each of the records that there are. */
export async function fetchRecordFacts(
  db: Kysely<Database>,
  entity: LinkedEntityName,
  entityIds: readonly string[],
): Promise<ReadonlyMap<string, { readonly severity: string | null; readonly boundary: string | null }>> {
  const { row } = linkedEntity(entity);
  if (!row.shownAs) throw new TielineError('INTERNAL', `${entity} does not say in which system it is.`);
  const { rows } = await sql<{ id: string; severity: string | null; boundary: string | null }>`
    select t.${sql.ref(row.key)}::text as id, (${sql.raw(row.shownAs.system)})::text as boundary,
           (${sql.raw(row.shownAs.severity ?? 'null')})::text as severity
      from ${sql.table(row.shownAs.table ?? row.table)} t
     where ${isKeyAmong(`t.${row.key}`, row.keyKind, entityIds)}`.execute(db);
  return new Map(rows.map(({ id, ...facts }) => [id, facts]));
}

/** Holds rows until the end of the transaction, in the order of their keys: who else edits them waits. */
export async function lockRows(
  db: Kysely<Database>,
  entity: LinkedEntityName,
  entityIds: readonly string[],
): Promise<void> {
  const { row } = linkedEntity(entity);
  await sql`
    select from ${sql.table(row.table)} t
      join (select ${asKey('given.id', row.keyKind)} as key from unnest(${[...entityIds].toSorted()}::text[]) given(id)) wanted
        on wanted.key = t.${sql.ref(row.key)}
     order by wanted.key for update of t`.execute(db);
}
