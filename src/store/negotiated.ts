/**
 * Rows of the negotiated tables (systems, components, controls, POA&Ms, milestones): found by link or natural key,
 * written a page at a time. What to write is decided elsewhere (`src/sync`); here are the tables' names and columns.
 */
import { sql, type Kysely } from 'kysely';
import type { JsonObject } from '../model/json.ts';
import { storableJson } from './copy-rows.ts';
import type { Database } from './schema.ts';

export type NegotiatedEntity = 'system' | 'component' | 'control' | 'poam' | 'milestone';

interface Table {
  readonly name: string;
  /** The column that sync_links.entity_id names. */
  readonly key: string;
  /** Has updated_at, ingestion_source and so on to be kept up. */
  readonly stamps: readonly string[];
  /** SQL that is true where row `t` is the one that record `r` (jsonb) means, though no link says so. */
  readonly naturalKey: string;
}

/** Texts that differ in case and white space only are the same; a GRC system trims and re-cases. */
const sameText = (left: string, right: string): string =>
  `lower(regexp_replace(trim(${left}), '\\s+', ' ', 'g')) = lower(regexp_replace(trim(${right}), '\\s+', ' ', 'g'))`;

const tables: Readonly<Record<NegotiatedEntity, Table>> = {
  system: {
    name: 'ingestion_systems',
    key: 'system_id',
    stamps: ['updated_at', 'last_xacta_sync'],
    naturalKey: `t.system_id = r ->> 'system_id'`,
  },
  component: {
    name: 'system_components',
    key: 'id',
    stamps: ['updated_at'],
    naturalKey: `t.component_id = r ->> 'component_id' and t.external_system_id = (r ->> 'external_system_id')::int`,
  },
  control: {
    name: 'ingestion_controls',
    key: 'id',
    stamps: ['updated_at'],
    naturalKey: `t.system_id = r ->> 'system_id' and t.control_id = r ->> 'control_id'`,
  },
  poam: {
    name: 'ingestion_poams',
    key: 'poam_id',
    stamps: ['updated_at'],
    naturalKey: `(t.external_uid = r ->> 'external_uid' and t.system_id = r ->> 'system_id'
                  or t.xacta_poam_id = r ->> 'xacta_poam_id' or t.poam_id = r ->> 'poam_id')`,
  },
  milestone: {
    name: 'ingestion_poam_milestones',
    key: 'id',
    stamps: [],
    naturalKey: `t.poam_id = r ->> 'poam_id'
                 and (t.milestone_id = r ->> 'milestone_id'
                      or t.milestone_id is null and ${sameText('t.milestone_description', "r ->> 'milestone_description'")})`,
  },
};

export interface StoredRecord {
  readonly entityId: string;
  /** The whole row as JSON, timestamps without zone as PostgreSQL prints them (UTC). */
  readonly row: JsonObject;
}

/** Rows by entity id. */
export async function fetchRows(
  db: Kysely<Database>,
  entity: NegotiatedEntity,
  entityIds: readonly string[],
): Promise<Map<string, StoredRecord>> {
  if (entityIds.length === 0) return new Map();
  const table = tables[entity];
  const { rows } = await sql<StoredRecord>`
    select t.${sql.ref(table.key)}::text as "entityId", to_jsonb(t) as row
      from ${sql.table(table.name)} t
     where t.${sql.ref(table.key)}::text = any(${[...entityIds]}::text[])`.execute(db);
  return new Map(rows.map((row) => [row.entityId, row]));
}

/**
 * Finds the rows that `records` mean though no link names them yet: rows from before Tieline, or rows that Tieline
 * made and whose confirmation was lost. Of several, the oldest; a row linked already is no candidate.
 * @returns by index in `records`.
 */
export async function findByNaturalKey(
  db: Kysely<Database>,
  entity: NegotiatedEntity,
  externalSystemId: number,
  records: readonly JsonObject[],
): Promise<Map<number, StoredRecord>> {
  if (records.length === 0) return new Map();
  const table = tables[entity];
  const { rows } = await sql<StoredRecord & { index: number }>`
    select distinct on (wanted.index) wanted.index::int - 1 as index, t.${sql.ref(table.key)}::text as "entityId", to_jsonb(t) as row
      from jsonb_array_elements(${storableJson(records)}::jsonb) with ordinality wanted(r, index)
      join ${sql.table(table.name)} t on ${sql.raw(table.naturalKey)}
     where not exists (select from sync_links l
                        where l.external_system_id = ${externalSystemId} and l.entity_type = ${entity}
                          and l.entity_id = t.${sql.ref(table.key)}::text)
     order by wanted.index, t.id`.execute(db);
  return new Map(rows.map((row) => [row.index, row]));
}

/**
 * Inserts rows; columns that a row does not name get their default.
 * @returns the entity ids in the order of `rows`.
 */
export async function insertRows(
  db: Kysely<Database>,
  entity: NegotiatedEntity,
  rows: readonly JsonObject[],
): Promise<string[]> {
  if (rows.length === 0) return [];
  const table = tables[entity];
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))].map((column) => sql.ref(column));
  // Ids are drawn in the order of the rows, which makes the order of the returned keys sure.
  const result = await sql<{ key: string }>`
    insert into ${sql.table(table.name)} (${sql.join(columns)})
    select ${sql.join(columns)}
      from jsonb_array_elements(${storableJson(rows)}::jsonb) with ordinality wanted(r, ordinal)
     cross join lateral jsonb_populate_record(null::${sql.table(table.name)}, wanted.r)
     order by ordinal
    returning ${sql.ref(table.key)}::text as key`.execute(db);
  return result.rows.map((row) => row.key);
}

/** Writes the given columns of rows, each named by its entity id; all rows name the same columns. */
export async function updateRows(
  db: Kysely<Database>,
  entity: NegotiatedEntity,
  rows: readonly { readonly entityId: string; readonly columns: JsonObject }[],
): Promise<void> {
  if (rows.length === 0) return;
  const table = tables[entity];
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row.columns)))];
  const assignments = [
    ...columns.map(
      (column) =>
        // A column that this row does not name keeps its value.
        sql`${sql.ref(column)} = case when wanted.r -> 'columns' ? ${sql.lit(column)} then given.${sql.ref(column)} else t.${sql.ref(column)} end`,
    ),
    ...table.stamps.map((stamp) => sql`${sql.ref(stamp)} = now()`),
  ];
  await sql`
    update ${sql.table(table.name)} t
       set ${sql.join(assignments)}
      from jsonb_array_elements(${storableJson(rows)}::jsonb) wanted(r)
     cross join lateral jsonb_populate_record(null::${sql.table(table.name)}, wanted.r -> 'columns') given
     where t.${sql.ref(table.key)}::text = wanted.r ->> 'entityId'`.execute(db);
}

export async function countRows(db: Kysely<Database>, entity: NegotiatedEntity): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from ${sql.table(tables[entity].name)}`.execute(db);
  return rows[0]?.n ?? 0;
}
