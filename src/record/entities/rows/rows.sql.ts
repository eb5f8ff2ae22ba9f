/**
 * Rows of linked entities: found by link or natural key, written a page at a time. What to write is decided by the engine; where
 * the rows are is in the definition of each entity.
 */
import { sql, type Kysely, type RawBuilder } from 'kysely';
import type { JsonObject } from '../../../platform/values/index.ts';
import type { EntityType } from '../../../canonical/vocabulary/index.ts';
import { linkedEntity, type RowPlace } from '../define-entity.ts';
import { asKey, type Database, isKeyAmong, storableJson } from '../../../platform/postgres/index.ts';
import { besideName, besideTables, olderNames } from '../../../platform/migrations/index.ts';

/** The name of an entity that is linked and merged. */
export type LinkedEntityName = EntityType;

const placeOf = (entity: LinkedEntityName): RowPlace => linkedEntity(entity).row;

/** SQL that is true where row `t` is the one that record `r` of the external system means. */
function naturalKey(entity: LinkedEntityName, externalSystemId: number) {
  const { key, ownKey, remoteKey, inside } = placeOf(entity);
  if (remoteKey === undefined) return sql.raw(`(${ownKey})`);
  const elsewhere = (type: string, id: string) => sql`
    exists (select from sync_links stranger
             where stranger.external_system_id <> ${externalSystemId} and stranger.entity_type = ${type}
               and stranger.entity_id = ${sql.raw(id)}::text and stranger.retired_at is null)`;
  const within = inside && {
    own: sql`exists (select from sync_links known
                      where known.external_system_id = ${externalSystemId} and known.entity_type = ${inside.entity}
                        and known.entity_id = t.${sql.ref(inside.column)}::text and known.retired_at is null)`,
    stranger: elsewhere(inside.entity, `t.${inside.column}`),
  };
  return sql`(${sql.raw(ownKey)} or ${sql.raw(remoteKey)} and not ${elsewhere(entity, `t.${key}`)}
              ${within ? sql`and (${within.own} or not ${within.stranger})` : sql``})`;
}

export interface StoredRecord {
  readonly entityId: string;
  /** The whole row as JSON, timestamps without zone as PostgreSQL prints them (UTC). */
  readonly row: JsonObject;
  /** Hash of the row as read (`side-digests.sql.ts`); only where it was asked for. */
  readonly digest?: string;
}

/**
 * Current name to the name that this database's variant of the table has instead, or beside it (`both`); `hides`: what
 * carries the current name is something else.
 */
type Aliases = readonly {
  readonly current: string;
  readonly older: string;
  readonly both: boolean;
  readonly hides: boolean;
}[];

async function fetchAliases(db: Kysely<Database>, entity: LinkedEntityName): Promise<Aliases> {
  const { table, columns } = placeOf(entity);
  const renamed = Object.entries(columns).map(([current, older]) => ({
    current,
    older,
    both: false,
    hides: false,
  }));
  const pairs = Object.entries(olderNames[table] ?? {});
  if (pairs.length === 0 && !besideTables.has(table)) return renamed;
  const { rows } = await sql<{ name: string }>`
    select attname::text as name from pg_attribute
     where attrelid = ${table}::regclass and attnum > 0 and not attisdropped`.execute(db);
  const there = new Set(rows.map((row) => row.name));
  const beside = [...there].filter((name) => there.has(besideName(name)));
  return [
    ...renamed.map((each) =>
      beside.includes(each.older) ? { ...each, older: besideName(each.older) } : each,
    ),
    ...pairs.flatMap(([current, older]) =>
      there.has(older) ? [{ current, older, both: there.has(current), hides: false }] : [],
    ),
    ...beside.map((current) => ({ current, older: besideName(current), both: false, hides: true })),
  ];
}

/** A row under the current names; where a row has both, the current one counts unless it is empty. */
function inCurrentNames<T extends StoredRecord>(stored: T, aliases: Aliases): T {
  if (aliases.length === 0) return stored;
  const row = { ...stored.row };
  for (const { current, older, hides } of aliases)
    row[current] = (hides ? null : row[current]) ?? row[older] ?? null;
  return { ...stored, row };
}

/** Columns under the names that the table has. */
function inTheirNames(columns: JsonObject, aliases: Aliases): JsonObject {
  if (aliases.length === 0) return columns;
  const named = { ...columns };
  for (const { current, older, both } of aliases) {
    const value = columns[current];
    if (value === undefined) continue;
    named[older] = value;
    if (!both) delete named[current];
  }
  return named;
}

/** Rows by entity id. @param digest SQL of what is given back with each row `t` as its digest. */
export async function fetchRows(
  db: Kysely<Database>,
  entity: LinkedEntityName,
  entityIds: readonly string[],
  digest?: RawBuilder<unknown>,
): Promise<Map<string, StoredRecord>> {
  if (entityIds.length === 0) return new Map();
  const table = placeOf(entity);
  const aliases = await fetchAliases(db, entity);
  const { rows } = await sql<StoredRecord>`
    select t.${sql.ref(table.key)}::text as "entityId", to_jsonb(t) || coalesce(${sql.raw(table.also ?? 'null')}, '{}'::jsonb) as row
           ${digest ? sql`, ${digest}::text as digest` : sql``}
      from ${sql.table(table.table)} t
     where ${isKeyAmong(`t.${table.key}`, table.keyKind, entityIds)} and ${sql.raw(table.only ?? 'true')}`.execute(
    db,
  );
  return new Map(rows.map((row) => [row.entityId, inCurrentNames(row, aliases)]));
}

/**
 * Finds the rows that `records` mean though no link names them yet: rows from before Tieline, or rows that Tieline
 * made and whose confirmation was lost. Of several the best match, then the oldest; a row linked already is not a candidate.
 * @param records each with `external_id`, the remote's id. @returns by index in `records`.
 */
export async function findByNaturalKey(
  db: Kysely<Database>,
  entity: LinkedEntityName,
  externalSystemId: number,
  records: readonly JsonObject[],
): Promise<Map<number, StoredRecord>> {
  if (records.length === 0) return new Map();
  const table = placeOf(entity);
  const aliases = await fetchAliases(db, entity);
  const { rows } = await sql<StoredRecord & { index: number }>`
    select wanted.index::int - 1 as index, found."entityId", found.row
      from jsonb_array_elements(${storableJson(records)}::jsonb) with ordinality wanted(r, index)
     -- One by one, each by index: joined, the planner reads the whole table.
     cross join lateral (
       select t.${sql.ref(table.key)}::text as "entityId", to_jsonb(t) as row
         from ${sql.table(table.table)} t
        where ${naturalKey(entity, externalSystemId)} and ${sql.raw(table.only ?? 'true')}
          and not exists (select from sync_links l
                           where l.external_system_id = ${externalSystemId} and l.entity_type = ${entity}
                             and l.entity_id = t.${sql.ref(table.key)}::text)
          and not exists (select from sync_separations p
                           where p.external_system_id = ${externalSystemId} and p.entity_type = ${entity}
                             and p.external_id = wanted.r ->> 'external_id' and p.entity_id = t.${sql.ref(table.key)}::text)
        order by ${sql.raw(table.prefer ?? 't.id')}, t.id limit 1) found`.execute(db);
  return new Map(rows.map((row) => [row.index, inCurrentNames(row, aliases)]));
}

/** Times that a row says `now` for: by the product's clock, and not by the server's, which the text would become. */
const stampColumns: ReadonlySet<string> = new Set(['created_at', 'updated_at']);

const inserted = (column: string): RawBuilder<unknown> =>
  stampColumns.has(column)
    ? sql`case when wanted.r ->> ${sql.lit(column)} = 'now' then tieline_now() else ${sql.ref(column)} end`
    : sql`${sql.ref(column)}`;

/**
 * Inserts rows; columns that a row does not name get their default.
 * @returns the entity ids in the order of `rows`.
 */
export async function insertRows(
  db: Kysely<Database>,
  entity: LinkedEntityName,
  rows: readonly JsonObject[],
): Promise<string[]> {
  if (rows.length === 0) return [];
  const table = placeOf(entity);
  const aliases = await fetchAliases(db, entity);
  const named = rows.map((row) => inTheirNames(row, aliases));
  const columns = [...new Set(named.flatMap((row) => Object.keys(row)))];
  // Ids are drawn in the order of the rows, which makes the order of the returned keys sure.
  const result = await sql<{ key: string }>`
    insert into ${sql.table(table.table)} (${sql.join(columns.map((column) => sql.ref(column)))})
    select ${sql.join(columns.map(inserted))}
      from jsonb_array_elements(${storableJson(named)}::jsonb) with ordinality wanted(r, ordinal)
     cross join lateral jsonb_populate_record(null::${sql.table(table.table)}, wanted.r)
     order by ordinal
    returning ${sql.ref(table.key)}::text as key`.execute(db);
  return result.rows.map((row) => row.key);
}

/** Writes the given columns of rows, each named by its entity id; all rows name the same columns. */
export async function updateRows(
  db: Kysely<Database>,
  entity: LinkedEntityName,
  rows: readonly { readonly entityId: string; readonly columns: JsonObject }[],
): Promise<void> {
  if (rows.length === 0) return;
  const table = placeOf(entity);
  const aliases = await fetchAliases(db, entity);
  const named = rows.map((row) => ({ ...row, columns: inTheirNames(row.columns, aliases) }));
  const columns = [...new Set(named.flatMap((row) => Object.keys(row.columns)))];
  const assignments = [
    ...columns.map(
      (column) =>
        // A column that this row does not name keeps its value.
        sql`${sql.ref(column)} = case when wanted.r -> 'columns' ? ${sql.lit(column)} then given.${sql.ref(column)} else t.${sql.ref(column)} end`,
    ),
    ...table.stamps.map((stamp) => sql`${sql.ref(stamp)} = tieline_now()`),
  ];
  await sql`
    update ${sql.table(table.table)} t
       set ${sql.join(assignments)}
      from jsonb_array_elements(${storableJson(named)}::jsonb) wanted(r)
     cross join lateral jsonb_populate_record(null::${sql.table(table.table)}, wanted.r -> 'columns') given
     where t.${sql.ref(table.key)} = ${asKey("wanted.r ->> 'entityId'", table.keyKind)} and ${sql.raw(table.only ?? 'true')}`.execute(
    db,
  );
}

/**
 * Rows that are linked to a record of some external system, and rows from before Tieline or of the owner's that are not. One that
 * Tieline made and has not sent yet is neither.
 */
export async function countRows(
  db: Kysely<Database>,
  entity: LinkedEntityName,
): Promise<{ linked: number; unlinked: number }> {
  const table = placeOf(entity);
  const { rows } = await sql<{ linked: number; unlinked: number }>`
    select count(*) filter (where linked)::int as linked, count(*) filter (where not linked and not own)::int as unlinked
      from (select exists (select from sync_links l where l.entity_type = ${entity} and l.entity_id = t.${sql.ref(table.key)}::text)
                     and ${sql.raw(table.only ?? 'true')} as linked,
                   ${sql.raw(table.madeHere)} as own
              from ${sql.table(table.table)} t) every_row`.execute(db);
  return rows[0] ?? { linked: 0, unlinked: 0 };
}

/** Those of the given keys (poam_id, system_id, …) that a row carries already. */
export async function findTakenKeys(
  db: Kysely<Database>,
  entity: LinkedEntityName,
  keys: readonly string[],
): Promise<ReadonlySet<string>> {
  if (keys.length === 0) return new Set();
  const table = placeOf(entity);
  const { rows } = await sql<{ key: string }>`
    select distinct t.${sql.ref(table.key)}::text as key from ${sql.table(table.table)} t
     where ${isKeyAmong(`t.${table.key}`, table.keyKind, keys)}`.execute(db);
  return new Set(rows.map((row) => row.key));
}

const twinKey = (entity: LinkedEntityName) => {
  const { ownKey, remoteKey, twinKey: by } = placeOf(entity);
  return sql.raw(`(${by === 'remoteKey' ? (remoteKey ?? 'false') : ownKey})`);
};

export interface Twin {
  /** In the records that were asked about. */
  readonly index: number;
  readonly entityId: string;
  readonly externalId: string;
}

/**
 * Those of the records that are to become rows of their own that by their natural key are a row that another record of the same
 * remote is linked to already: the remote has the thing twice.
 * For a POA&M only the key that we gave it decides.
 * @param records as for `findByNaturalKey`.
 */
export async function findTwins(
  db: Kysely<Database>,
  entity: LinkedEntityName,
  externalSystemId: number,
  records: readonly JsonObject[],
): Promise<readonly Twin[]> {
  if (records.length === 0) return [];
  const table = placeOf(entity);
  const { rows } = await sql<Twin>`
    select distinct on (wanted.index) wanted.index::int - 1 as index, l.entity_id as "entityId", l.external_id as "externalId"
      from jsonb_array_elements(${storableJson(records)}::jsonb) with ordinality wanted(r, index)
      join ${sql.table(table.table)} t on ${twinKey(entity)} and ${sql.raw(table.only ?? 'true')}
      join sync_links l on l.external_system_id = ${externalSystemId} and l.entity_type = ${entity}
                       and l.entity_id = t.${sql.ref(table.key)}::text and l.retired_at is null
                       and l.external_id <> wanted.r ->> 'external_id'
     where not exists (select from sync_separations p
                        where p.external_system_id = ${externalSystemId} and p.entity_type = ${entity}
                          and p.external_id = wanted.r ->> 'external_id' and p.entity_id = l.entity_id)
     order by wanted.index, l.id`.execute(db);
  return rows;
}

/**
 * Informs the planner how large the table of an entity has become. Without it a first load is planned as over an empty table, and looking
 * up 100 records among 20,000 was measured at 900 ms instead of half a millisecond. A table that we do not own is left
 * to its autovacuum.
 */
export async function renewStatistics(db: Kysely<Database>, entity: LinkedEntityName): Promise<void> {
  await sql`analyze ${sql.table(placeOf(entity).table)}, sync_links`.execute(db);
}
