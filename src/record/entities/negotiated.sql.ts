/**
 * Rows of the negotiated tables (systems, components, controls, POA&Ms, milestones): found by link or natural key,
 * written a page at a time. What to write is decided elsewhere (`src/sync`); here are the tables' names and columns.
 */
import { sql, type Kysely } from 'kysely';
import type { JsonObject } from '../../platform/values/index.ts';
import { type Database, storableJson } from '../../platform/postgres/index.ts';
import { besideName, besideTables, olderNames } from '../../platform/migrations/index.ts';

export type NegotiatedEntity =
  | 'system'
  | 'component'
  | 'control'
  | 'poam'
  | 'milestone'
  | 'acceptance'
  | 'asset_context';

interface Table {
  readonly name: string;
  /** The column that sync_links.entity_id names. */
  readonly key: string;
  /** Has updated_at, ingestion_source and so on to be kept up. */
  readonly stamps: readonly string[];
  /**
   * SQL that is true where row `t` is the one that record `r` (jsonb) means, though no link says so: by what means the same to
   * everybody, such as our own ids, the number of a control in a system, the key that we gave a POA&M.
   */
  readonly ownKey: string;
  /**
   * Likewise, by what the remote calls it. Such an id or name means something with its external system only: a row that is linked to
   * another one, or stands inside of such a row, is a stranger.
   */
  readonly remoteKey?: string;
  /** What a row stands inside of, and the column that names it. */
  readonly inside?: { readonly entity: string; readonly column: string };
  /** SQL of what makes one such row a better match than another: false sorts before true. */
  readonly prefer?: string;
  /** SQL of an object (jsonb) with what else a row `t` shows, where that is kept in other tables. */
  readonly also?: string;
  /** SQL that is true of the rows `t` that take part in sync, where not all do. */
  readonly only?: string;
}

/** Texts that differ in case and white space only are the same; a GRC system trims and re-cases. */
const sameText = (left: string, right: string): string =>
  `lower(regexp_replace(trim(${left}), '\\s+', ' ', 'g')) = lower(regexp_replace(trim(${right}), '\\s+', ' ', 'g'))`;

/** `AC-2 (1)`, `ac-02(01)` and `AC-2(1)` are one control (reference/grc.md, Controls). */
const sameControl = (left: string, right: string): string => {
  const plain = (control: string): string =>
    `regexp_replace(regexp_replace(upper(${control}), '\\s', '', 'g'), '(^|[-(.])0+(?=[0-9])', '\\1', 'g')`;
  return `${plain(left)} = ${plain(right)}`;
};

/**
 * What is known of asset `t` beside its row: what Xacta calls the component and system it was matched to, and its rating as last read. Of a
 * system that was taken out of sync nothing is said, which is not the same as that there is none.
 */
const contextFacts = `(
    select jsonb_build_object('acr_rated', case when round(a.acr_score) between 1 and 10 then round(a.acr_score) end)
           || case when s.sync_enabled is false then '{}'::jsonb
                   else jsonb_build_object(
                          'xacta_component_id', case when a.system_id is not null then a.xacta_component_id end,
                          'xacta_system_id', case when a.xacta_component_id is not null then s.xacta_system_id end) end
      from ingestion_assets a
      left join lateral (select * from ingestion_systems own where own.system_id = a.system_id order by own.id limit 1) s on true
     where a.asset_uuid = t.asset_uuid)`;

const tables: Readonly<Record<NegotiatedEntity, Table>> = {
  system: {
    name: 'ingestion_systems',
    key: 'system_id',
    stamps: ['updated_at', 'last_xacta_sync'],
    ownKey: 'false',
    // Systems of the same name in two GRC systems are two until a person links them.
    remoteKey: `(t.system_id = r ->> 'system_id' or t.xacta_system_id = r ->> 'xacta_system_id' or t.uuid::text = r ->> 'uuid'
                  or ${sameText('t.name', "r ->> 'name'")})`,
    prefer: `t.system_id is distinct from r ->> 'system_id', t.xacta_system_id is distinct from r ->> 'xacta_system_id', t.uuid::text is distinct from r ->> 'uuid'`,
    // Not every owner's database declares system_id unique.
    only: 'not exists (select from ingestion_systems older where older.system_id = t.system_id and older.id < t.id)',
  },
  component: {
    name: 'system_components',
    key: 'id',
    stamps: ['updated_at'],
    ownKey: `t.component_id = r ->> 'component_id' and t.external_system_id = (r ->> 'external_system_id')::int`,
  },
  control: {
    name: 'ingestion_controls',
    key: 'id',
    stamps: ['updated_at'],
    ownKey: `t.system_id = r ->> 'system_id' and ${sameControl('t.control_id', "r ->> 'control_id'")}`,
    prefer: `t.control_id is distinct from r ->> 'control_id'`,
  },
  poam: {
    name: 'ingestion_poams',
    key: 'poam_id',
    stamps: ['updated_at'],
    ownKey: `t.external_uid = r ->> 'external_uid' and t.system_id = r ->> 'system_id'`,
    remoteKey: `(t.xacta_poam_id = r ->> 'xacta_poam_id' or t.poam_id = r ->> 'xacta_poam_id')`,
    inside: { entity: 'system', column: 'system_id' },
    prefer: `t.external_uid is distinct from r ->> 'external_uid', t.xacta_poam_id is distinct from r ->> 'xacta_poam_id'`,
  },
  milestone: {
    name: 'ingestion_poam_milestones',
    key: 'id',
    stamps: [],
    ownKey: `t.poam_id = r ->> 'poam_id' and ${sameText('t.milestone_description', "r ->> 'milestone_description'")}`,
    remoteKey: `t.poam_id = r ->> 'poam_id' and t.milestone_id = r ->> 'milestone_id'`,
    inside: { entity: 'poam', column: 'poam_id' },
    prefer: `t.milestone_id is distinct from r ->> 'milestone_id'`,
  },
  asset_context: {
    name: 'assets_extended',
    key: 'asset_uuid',
    stamps: [],
    ownKey: `t.asset_uuid = (r ->> 'asset_uuid')::uuid`,
    also: contextFacts,
  },
  acceptance: {
    name: 'acceptances',
    key: 'id',
    stamps: ['updated_at'],
    ownKey: `t.external_system_id = (r ->> 'external_system_id')::int and t.acceptance_id = r ->> 'acceptance_id'`,
  },
};

/** SQL that is true where row `t` is the one that record `r` of the external system means. */
function naturalKey(entity: NegotiatedEntity, externalSystemId: number) {
  const { key, ownKey, remoteKey, inside } = tables[entity];
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
}

/**
 * Current name to the name that this database's variant of the table has instead, or beside it (`both`); `hides`: what
 * bears the current name is something else.
 */
type Aliases = readonly {
  readonly current: string;
  readonly older: string;
  readonly both: boolean;
  readonly hides: boolean;
}[];

async function fetchAliases(db: Kysely<Database>, entity: NegotiatedEntity): Promise<Aliases> {
  const table = tables[entity].name;
  const pairs = Object.entries(olderNames[table] ?? {});
  if (pairs.length === 0 && !besideTables.has(table)) return [];
  const { rows } = await sql<{ name: string }>`
    select attname::text as name from pg_attribute
     where attrelid = ${table}::regclass and attnum > 0 and not attisdropped`.execute(db);
  const there = new Set(rows.map((row) => row.name));
  const beside = [...there].filter((name) => there.has(besideName(name)));
  return [
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

/** Rows by entity id. */
export async function fetchRows(
  db: Kysely<Database>,
  entity: NegotiatedEntity,
  entityIds: readonly string[],
): Promise<Map<string, StoredRecord>> {
  if (entityIds.length === 0) return new Map();
  const table = tables[entity];
  const aliases = await fetchAliases(db, entity);
  const { rows } = await sql<StoredRecord>`
    select t.${sql.ref(table.key)}::text as "entityId", to_jsonb(t) || coalesce(${sql.raw(table.also ?? 'null')}, '{}'::jsonb) as row
      from ${sql.table(table.name)} t
     where t.${sql.ref(table.key)}::text = any(${[...entityIds]}::text[]) and ${sql.raw(table.only ?? 'true')}`.execute(
    db,
  );
  return new Map(rows.map((row) => [row.entityId, inCurrentNames(row, aliases)]));
}

/**
 * Finds the rows that `records` mean though no link names them yet: rows from before Tieline, or rows that Tieline
 * made and whose confirmation was lost. Of several the best match, then the oldest; a row linked already is no candidate.
 * @param records each with `external_id`, the remote's id. @returns by index in `records`.
 */
export async function findByNaturalKey(
  db: Kysely<Database>,
  entity: NegotiatedEntity,
  externalSystemId: number,
  records: readonly JsonObject[],
): Promise<Map<number, StoredRecord>> {
  if (records.length === 0) return new Map();
  const table = tables[entity];
  const aliases = await fetchAliases(db, entity);
  const { rows } = await sql<StoredRecord & { index: number }>`
    select distinct on (wanted.index) wanted.index::int - 1 as index, t.${sql.ref(table.key)}::text as "entityId", to_jsonb(t) as row
      from jsonb_array_elements(${storableJson(records)}::jsonb) with ordinality wanted(r, index)
      join ${sql.table(table.name)} t on ${naturalKey(entity, externalSystemId)} and ${sql.raw(table.only ?? 'true')}
     where not exists (select from sync_links l
                        where l.external_system_id = ${externalSystemId} and l.entity_type = ${entity}
                          and l.entity_id = t.${sql.ref(table.key)}::text)
       and not exists (select from sync_separations p
                        where p.external_system_id = ${externalSystemId} and p.entity_type = ${entity}
                          and p.external_id = wanted.r ->> 'external_id' and p.entity_id = t.${sql.ref(table.key)}::text)
     order by wanted.index, ${sql.raw(table.prefer ?? 't.id')}, t.id`.execute(db);
  return new Map(rows.map((row) => [row.index, inCurrentNames(row, aliases)]));
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
  const aliases = await fetchAliases(db, entity);
  const named = rows.map((row) => inTheirNames(row, aliases));
  const columns = [...new Set(named.flatMap((row) => Object.keys(row)))].map((column) => sql.ref(column));
  // Ids are drawn in the order of the rows, which makes the order of the returned keys sure.
  const result = await sql<{ key: string }>`
    insert into ${sql.table(table.name)} (${sql.join(columns)})
    select ${sql.join(columns)}
      from jsonb_array_elements(${storableJson(named)}::jsonb) with ordinality wanted(r, ordinal)
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
  const aliases = await fetchAliases(db, entity);
  const named = rows.map((row) => ({ ...row, columns: inTheirNames(row.columns, aliases) }));
  const columns = [...new Set(named.flatMap((row) => Object.keys(row.columns)))];
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
      from jsonb_array_elements(${storableJson(named)}::jsonb) wanted(r)
     cross join lateral jsonb_populate_record(null::${sql.table(table.name)}, wanted.r -> 'columns') given
     where t.${sql.ref(table.key)}::text = wanted.r ->> 'entityId' and ${sql.raw(table.only ?? 'true')}`.execute(
    db,
  );
}

/** SQL that is true of row `t` if Tieline made it: a POA&M says so, and a milestone belongs to one. */
function madeHere(entity: NegotiatedEntity) {
  if (entity === 'poam') return sql`coalesce(t.ingestion_source = 'tieline', false)`;
  if (entity === 'milestone')
    return sql`exists (select from ingestion_poams p where p.poam_id = t.poam_id and p.ingestion_source = 'tieline')`;
  return sql`false`;
}

/**
 * Rows that are linked to a record of some external system, and rows of before Tieline or of the owner's that are not. One that
 * Tieline made and has not sent yet is neither.
 */
export async function countRows(
  db: Kysely<Database>,
  entity: NegotiatedEntity,
): Promise<{ linked: number; unlinked: number }> {
  const table = tables[entity];
  const { rows } = await sql<{ linked: number; unlinked: number }>`
    select count(*) filter (where linked)::int as linked, count(*) filter (where not linked and not own)::int as unlinked
      from (select exists (select from sync_links l where l.entity_type = ${entity} and l.entity_id = t.${sql.ref(table.key)}::text)
                     and ${sql.raw(table.only ?? 'true')} as linked,
                   ${madeHere(entity)} as own
              from ${sql.table(table.name)} t) every_row`.execute(db);
  return rows[0] ?? { linked: 0, unlinked: 0 };
}

/** Of the given keys (poam_id, system_id, …), those that a row bears already. */
export async function findTakenKeys(
  db: Kysely<Database>,
  entity: NegotiatedEntity,
  keys: readonly string[],
): Promise<ReadonlySet<string>> {
  if (keys.length === 0) return new Set();
  const table = tables[entity];
  const { rows } = await sql<{ key: string }>`
    select distinct t.${sql.ref(table.key)}::text as key from ${sql.table(table.name)} t
     where t.${sql.ref(table.key)}::text = any(${[...keys]}::text[])`.execute(db);
  return new Set(rows.map((row) => row.key));
}

const twinKey = (entity: NegotiatedEntity) =>
  sql.raw(`(${entity === 'system' ? (tables.system.remoteKey ?? 'false') : tables[entity].ownKey})`);

export interface Twin {
  /** In the records that were asked about. */
  readonly index: number;
  readonly entityId: string;
  readonly externalId: string;
}

/**
 * Of records that are to become rows of their own, those that by their natural key are a row that another record of the same
 * remote is linked to already: the remote has the thing twice.
 * Of a POA&M only the key that we gave it says so.
 * @param records as for `findByNaturalKey`.
 */
export async function findTwins(
  db: Kysely<Database>,
  entity: NegotiatedEntity,
  externalSystemId: number,
  records: readonly JsonObject[],
): Promise<readonly Twin[]> {
  if (records.length === 0) return [];
  const table = tables[entity];
  const { rows } = await sql<Twin>`
    select distinct on (wanted.index) wanted.index::int - 1 as index, l.entity_id as "entityId", l.external_id as "externalId"
      from jsonb_array_elements(${storableJson(records)}::jsonb) with ordinality wanted(r, index)
      join ${sql.table(table.name)} t on ${twinKey(entity)} and ${sql.raw(table.only ?? 'true')}
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
 * Tells the planner how large the table of an entity has become. Without it a first load is planned as over an empty table, and looking
 * up 100 records among 20,000 was measured at 900 ms instead of half a millisecond. A table of which we are not the owner is left
 * to its autovacuum.
 */
export async function renewStatistics(db: Kysely<Database>, entity: NegotiatedEntity): Promise<void> {
  await sql`analyze ${sql.table(tables[entity].name)}, sync_links`.execute(db);
}
