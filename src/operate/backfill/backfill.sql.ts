/**
 * The rows that the backfill reads and the values that it writes, a batch a transaction. It writes columns of Tieline's
 * alone, and never over a value that is there. Rows that another session has locked are left for later, so the owner's
 * application is never waited for, and waits at most for one batch.
 */
import { sql, type Kysely } from 'kysely';
import type { Json, JsonObject } from '../../platform/values/index.ts';
import { type Database, storableJson, type Tx } from '../../platform/postgres/index.ts';
import { uuidText } from '../../record/findings/index.ts';

export const backfillTables = [
  'ingestion_systems',
  'ingestion_assets',
  'ingestion_vulnerabilities',
  'ingestion_controls',
  'ingestion_poams',
] as const;
export type BackfillTable = (typeof backfillTables)[number];

export interface BackfillSource {
  readonly id: number;
  /** The row's own columns but for large texts and the raw record. */
  readonly row: JsonObject;
  readonly raw: Json | undefined;
  /** What is in other tables, or deep in the raw record. */
  readonly more: JsonObject;
}

interface Reading {
  /** Columns that are left out of `row`. */
  readonly apart: readonly string[];
  /** SQL of the raw record, without what is not needed of it. */
  readonly raw: (column: string) => string;
  /** SQL of a JSON object. */
  readonly more: (column: string) => string;
}

const whole = (column: string): string => `t.${column}`;
const none = (): string => `'{}'::jsonb`;

const readings: Readonly<Record<BackfillTable, Reading>> = {
  ingestion_systems: { apart: ['raw_json'], raw: whole, more: none },
  ingestion_assets: {
    apart: ['raw_json'],
    raw: whole,
    more: () => `jsonb_build_object(
      'business_owner', (select min(g.tag_value) from ingestion_asset_tags g where g.asset_uuid = t.asset_uuid
                            and lower(regexp_replace(g.tag_key, '[ _-]+', ' ', 'g')) in ('business owner', 'owner') having count(distinct g.tag_value) = 1),
      'technical_owner', (select min(g.tag_value) from ingestion_asset_tags g where g.asset_uuid = t.asset_uuid
                            and lower(regexp_replace(g.tag_key, '[ _-]+', ' ', 'g')) in ('technical owner', 'system administrator') having count(distinct g.tag_value) = 1),
      'only_system', (select min(s.system_id) from ingestion_system_assets s where s.asset_uuid = t.asset_uuid having count(distinct s.system_id) = 1))`,
  },
  ingestion_vulnerabilities: {
    apart: ['raw_data', 'raw_json', 'description', 'solution', 'external_references'],
    raw: (column) =>
      `case when jsonb_typeof(t.${column}) = 'object' then t.${column} - '{plugin,output,plugin_output,pluginText,description,solution}'::text[] else t.${column} end`,
    // A finding may name its asset by the uuid that Tenable gave it.
    more: (column) => `jsonb_build_object(
      'asset_uuid', (select a.asset_uuid from ingestion_assets a where a.tenable_asset_uuid = ${uuidText('t.asset_uuid::text')}
                        and not exists (select from ingestion_assets own
                                         where own.asset_uuid = case when trim(t.asset_uuid::text) ~* '^[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12}$' then trim(t.asset_uuid::text)::uuid end)
                      order by a.id limit 1),
      'cves', coalesce((select jsonb_agg(distinct c.cve_id order by c.cve_id) from ingestion_vulnerability_cves c where c.vulnerability_id = t.id),
                       case when jsonb_typeof(t.${column} #> '{plugin,cve}') = 'array' then t.${column} #> '{plugin,cve}' end),
      'xrefs', case when jsonb_typeof(t.${column} #> '{plugin,xrefs}') = 'array' then t.${column} #> '{plugin,xrefs}' end,
      'see_also', case when jsonb_typeof(t.${column} #> '{plugin,see_also}') = 'array' then t.${column} #> '{plugin,see_also}' end)`,
  },
  ingestion_controls: {
    apart: ['raw_json', 'implementation_guidance', 'assessment_procedures'],
    raw: whole,
    more: none,
  },
  ingestion_poams: {
    apart: ['raw_json'],
    raw: whole,
    more: () => `jsonb_build_object('milestones',
      (select jsonb_agg(jsonb_build_object('milestone_id', m.milestone_id, 'description', m.milestone_description,
                'scheduled_completion', m.scheduled_completion::date) order by m.scheduled_completion, m.id)
         from ingestion_poam_milestones m where m.poam_id = t.poam_id))`,
  },
};

async function columnsOf(tx: Tx, table: BackfillTable): Promise<ReadonlySet<string>> {
  const { rows } = await tx.client.query<{ name: string }>(
    `select attname as name from pg_attribute where attrelid = $1::regclass and attnum > 0 and not attisdropped`,
    [table],
  );
  return new Set(rows.map((row) => row.name));
}

export interface BackfillBatch {
  readonly sources: readonly BackfillSource[];
  /** The last id that this batch covers; undefined where there are no more rows. */
  readonly lastId: number | undefined;
  /** Rows that another session holds at the moment. */
  readonly missed: readonly number[];
}

/**
 * Reads the next rows by id and locks them against other writers until the transaction ends.
 * @param given.ids these rows instead of the next ones.
 */
export async function readBackfillBatch(
  tx: Tx,
  table: BackfillTable,
  given: { readonly afterId: number; readonly limit: number; readonly ids?: readonly number[] },
): Promise<BackfillBatch> {
  const { rows: wanted } = given.ids
    ? { rows: given.ids.map((id) => ({ id })) }
    : await tx.client.query<{ id: number }>(`select id from ${table} where id > $1 order by id limit $2`, [
        given.afterId,
        given.limit,
      ]);
  const ids = wanted.map((row) => row.id);
  if (ids.length === 0) return { sources: [], lastId: undefined, missed: [] };
  const columns = await columnsOf(tx, table);
  const reading = readings[table];
  const raw =
    ['raw_data', 'raw_json'].find((column) => columns.has(column) && reading.apart.includes(column)) ??
    'raw_json';
  const { rows } = await tx.client.query<BackfillSource>(
    `with held as materialized (
       select id from ${table} where id = any($1) for no key update skip locked
     )
     select t.id, to_jsonb(t) - $2::text[] as row, ${reading.raw(raw)} as raw, ${reading.more(raw)} as more
       from held join ${table} t using (id) order by t.id`,
    [ids, reading.apart],
  );
  const got = new Set(rows.map((row) => row.id));
  return { sources: rows, lastId: ids.at(-1), missed: ids.filter((id) => !got.has(id)) };
}

/**
 * The columns that the backfill may write: those that Tieline added. The columns that the host application had, it filled or left empty
 * itself, whatever their names.
 */
async function ownColumns(tx: Tx, table: BackfillTable): Promise<ReadonlySet<string>> {
  const { rows } = await tx.client.query<{ name: string }>(
    `select a.attname as name
       from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
      where a.attrelid = $1::regclass and a.attnum > 0 and not a.attisdropped
        and exists (select from tieline_objects o
                     where o.schema_name = n.nspname
                       and (o.object_kind = 'column' and o.table_name = c.relname and o.object_name = a.attname
                            or o.object_kind = 'table' and o.object_name = c.relname))`,
    [table],
  );
  return new Set(rows.map((row) => row.name));
}

/**
 * Writes values into empty columns of Tieline's.
 * @returns how many rows, and how many of each column, got a value.
 */
export async function fillColumns(
  tx: Tx,
  table: BackfillTable,
  fillings: readonly { readonly id: number; readonly values: JsonObject }[],
): Promise<{ rows: number; byColumn: Record<string, number> }> {
  const there = await ownColumns(tx, table);
  const columns = [...new Set(fillings.flatMap(({ values }) => Object.keys(values)))].filter((column) =>
    there.has(column),
  );
  if (columns.length === 0) return { rows: 0, byColumn: {} };
  // Of several rows that are one finding the first carries the key; the index decides between concurrent ones.
  const value = (column: string): string =>
    column === 'finding_key'
      ? `case when g.first_of_key and not exists (select from ${table} other where other.finding_key = given.finding_key) then given.finding_key end`
      : `given.${column}`;
  const { rows } = await tx.client.query<{ n: number; filled: Record<string, number> | null }>(
    `with g as (
       select (r ->> 'id')::int as id, r -> 'values' as filling,
              row_number() over (partition by r -> 'values' ->> 'finding_key' order by (r ->> 'id')::int) = 1 as first_of_key
         from jsonb_array_elements($1::jsonb) r
     ), fresh as (
       select g.id, ${columns.map((column) => `case when t.${column} is null then ${value(column)} end as new_${column}`).join(', ')}
         from g join ${table} t on t.id = g.id
        cross join lateral jsonb_populate_record(null::${table}, g.filling) given
     ), written as (
       update ${table} t set ${columns.map((column) => `${column} = coalesce(t.${column}, f.new_${column})`).join(', ')}
         from fresh f
        where f.id = t.id and (${columns.map((column) => `f.new_${column} is not null`).join(' or ')})
       returning 1
     )
     select (select count(*)::int from written) as n,
            (select jsonb_build_object(${columns.map((column) => `'${column}', count(new_${column})`).join(', ')}) from fresh) as filled`,
    [storableJson(fillings)],
  );
  const byColumn = Object.fromEntries(Object.entries(rows[0]?.filled ?? {}).filter(([, n]) => n > 0));
  return { rows: rows[0]?.n ?? 0, byColumn };
}

/**
 * Rows that break a check of the owner's which was never held against them (NOT VALID): PostgreSQL refuses every update of
 * such a row, whatever it changes.
 */
export async function listBrokenRows(
  tx: Tx,
  table: BackfillTable,
  ids: readonly number[],
): Promise<{ id: number; constraint: string }[]> {
  const { rows: checks } = await tx.client.query<{ name: string; expression: string }>(
    `select conname as name, pg_get_expr(conbin, conrelid) as expression from pg_constraint
      where conrelid = $1::regclass and contype = 'c' and not convalidated`,
    [table],
  );
  if (checks.length === 0 || ids.length === 0) return [];
  const { rows } = await tx.client.query<{ id: number; constraint: string }>(
    checks
      .map(
        ({ name, expression }) =>
          `select id, '${name.replaceAll("'", "''")}' as constraint from ${table} where id = any($1) and (${expression}) is false`,
      )
      .join(' union all '),
    [ids],
  );
  return rows;
}

/**
 * Keeps the owner's triggers from firing for what touches none of the owner's columns, where the role may say so (a superuser, or
 * GRANT SET ON PARAMETER session_replication_role in PostgreSQL 15 and later). @returns whether it may.
 */
export async function silenceTriggers(tx: Tx): Promise<boolean> {
  await tx.client.query('savepoint triggers');
  try {
    await tx.client.query(`set local session_replication_role = 'replica'`);
    await tx.client.query('release savepoint triggers');
    return true;
  } catch {
    await tx.client.query('rollback to savepoint triggers');
    return false;
  }
}

export interface BackfillProgress {
  readonly table: BackfillTable;
  readonly lastId: number;
  readonly seen: number;
  readonly filled: number;
  readonly refused: number;
  readonly values: Readonly<Record<string, number>>;
  readonly missed: readonly number[];
}

export async function fetchBackfillProgress(
  db: Kysely<Database>,
  table: BackfillTable,
): Promise<BackfillProgress> {
  const row = await db
    .selectFrom('tieline_backfill')
    .selectAll()
    .where('rule_name', '=', table)
    .executeTakeFirst();
  return {
    table,
    lastId: row?.last_id ?? 0,
    seen: row?.rows_seen ?? 0,
    filled: row?.rows_filled ?? 0,
    refused: row?.rows_refused ?? 0,
    values: (row?.values_filled as Record<string, number> | undefined) ?? {}, // written below, in this form
    missed: row?.missed_ids ?? [],
  };
}

/** Keeps how far the backfill is, in the transaction of the batch. */
export async function saveBackfillProgress(
  db: Kysely<Database>,
  operationId: string,
  progress: BackfillProgress,
  finished: boolean,
): Promise<void> {
  await sql`
    insert into tieline_backfill (rule_name, last_id, rows_seen, rows_filled, rows_refused, values_filled, missed_ids, operation_id, finished_at)
    values (${progress.table}, ${progress.lastId}, ${progress.seen}, ${progress.filled}, ${progress.refused},
            ${storableJson(progress.values)}::jsonb, ${[...progress.missed]}::int[], ${operationId}::uuid, case when ${finished} then tieline_now() end)
    on conflict (rule_name) do update
      set last_id = excluded.last_id, rows_seen = excluded.rows_seen, rows_filled = excluded.rows_filled,
          rows_refused = excluded.rows_refused, values_filled = excluded.values_filled, missed_ids = excluded.missed_ids,
          operation_id = excluded.operation_id, finished_at = excluded.finished_at`.execute(db);
}

/** About how many rows a table has after an id. */
export async function estimateRowsAfter(
  db: Kysely<Database>,
  table: BackfillTable,
  afterId: number,
): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select greatest(coalesce((select max(id) from ${sql.table(table)}), 0) - ${afterId}, 0)::int as n`.execute(
    db,
  );
  return rows[0]?.n ?? 0;
}

export async function resetBackfill(db: Kysely<Database>): Promise<void> {
  await sql`delete from tieline_backfill`.execute(db);
}
