/**
 * Retention, as a plan: which monthly partitions a table has, and which are past what it keeps. A month of ours is a
 * partition `<parent>_YYYY_MM` with exactly that month (UTC) as its range and the comment that tieline_ensure_partitions
 * gives it; nothing else is ever dropped. apply-retention.sql.ts takes the months away.
 */
import { sql, type Kysely } from 'kysely';
import { TielineError } from '../../platform/errors/index.ts';
import type { Database } from '../../platform/postgres/index.ts';

export interface Partition {
  readonly schema: string;
  readonly name: string;
  /** First instant, and the first one after it; null for what has no such bound, as the default partition. */
  readonly from: Date | null;
  readonly to: Date | null;
  /** From statistics; null if it was never analysed. */
  readonly rows: number | null;
  readonly bytes: number;
  readonly isDefault: boolean;
  /** One of the months that Tieline makes; only these are ever dropped. */
  readonly isMonth: boolean;
  /** False for what a broken-off run detached and did not drop. */
  readonly isAttached: boolean;
  readonly isDue: boolean;
}

export interface TableRetention {
  readonly table: string;
  readonly schema: string;
  readonly timeColumn: string;
  /** Whole months kept besides the current one; null keeps all. */
  readonly keepMonths: number | null;
  /** Rows before this instant are past what is kept; null: none ever is. */
  readonly limit: Date | null;
  readonly partitions: readonly Partition[];
  /** Rows in the default partition that are past the limit. */
  readonly overdueRows: number;
  /** Partitions of this and the next months that are not there. */
  readonly missing: readonly string[];
}

export interface RetentionPlan {
  readonly tables: readonly TableRetention[];
}

/** Besides the current month. */
export const monthsAhead = 2;
/** The first instant of the month (UTC) so many months from that of `at`. */
const monthStart = (at: Date, months: number): Date =>
  new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + months));

const monthOf = (at: Date): string => at.toISOString().slice(0, 7);
const partitionName = (table: string, month: Date): string => `${table}_${monthOf(month).replace('-', '_')}`;

interface ParentRow {
  readonly table: string;
  readonly schema: string;
  readonly timeColumn: string;
  readonly keepMonths: number | null;
}

interface PartitionRow {
  readonly table: string;
  readonly schema: string;
  readonly name: string;
  readonly fromMs: number | null;
  readonly toMs: number | null;
  readonly rows: number | null;
  readonly bytes: number;
  readonly isDefault: boolean;
  readonly isPlain: boolean;
  readonly isAttached: boolean;
  readonly hasOurComment: boolean;
}

/** The tables with a retention that are there and are partitioned by the range of their time column. */
const parents = sql`
  select l.table_name, l.time_column, l.keep_months, c.oid, c.relnamespace, n.nspname, p.partdefid
    from tieline_partitioned_tables l
    join pg_class c on c.oid = to_regclass(quote_ident(l.table_name))
    join pg_namespace n on n.oid = c.relnamespace
    join pg_partitioned_table p on p.partrelid = c.oid and p.partstrat = 'r' and p.partnatts = 1
    join pg_attribute a on a.attrelid = c.oid and a.attnum = p.partattrs[0] and a.attname = l.time_column
                       and a.atttypid in ('timestamp'::regtype, 'timestamptz'::regtype)`;

/** What tieline_ensure_partitions writes on the partition `name` of `table`. */
export const ourComment = (table: string, name: string): string =>
  `'Rows of ' || ${table} || ' of ' || replace(right(${name}, 7), '_', '-') || ' (UTC).'`;

async function listParents(db: Kysely<Database>): Promise<ParentRow[]> {
  const { rows } = await sql<ParentRow>`
    select table_name as "table", nspname as schema, time_column as "timeColumn", keep_months as "keepMonths"
      from (${parents}) parent order by table_name`.execute(db);
  return rows;
}

/**
 * Attached partitions, and tables of that name and comment that no longer are. The bounds are cast back under the
 * settings they were printed with, so neither DateStyle nor a column without time zone matters (the session is UTC).
 * Sizes are read without waiting for a table that a session holds exclusively: its pages as last counted serve then.
 */
async function listPartitionRows(db: Kysely<Database>): Promise<PartitionRow[]> {
  const { rows } = await sql<PartitionRow>`
    with parent as (${parents}),
    held as materialized (
      select distinct relation from pg_locks
       where mode = 'AccessExclusiveLock' and database = (select oid from pg_database where datname = current_database())
    ),
    part as (
      select parent.table_name, parent.partdefid, i.inhrelid as oid
        from parent join pg_inherits i on i.inhparent = parent.oid
      union all
      select parent.table_name, parent.partdefid, c.oid
        from parent
        join pg_class c on c.relnamespace = parent.relnamespace and c.relkind = 'r' and not c.relispartition
                       and length(c.relname) = length(parent.table_name) + 8
                       and left(c.relname, -7) = parent.table_name || '_' and right(c.relname, 7) ~ '^\\d{4}_\\d{2}$'
                       and obj_description(c.oid, 'pg_class') = ${sql.raw(ourComment('parent.table_name', 'c.relname'))}
    )
    select part.table_name as "table", n.nspname as schema, c.relname as name,
           extract(epoch from substring(bound.text from 'FROM \\(''([^'']+)''\\)')::timestamptz)::float8 * 1000 as "fromMs",
           extract(epoch from substring(bound.text from 'TO \\(''([^'']+)''\\)')::timestamptz)::float8 * 1000 as "toMs",
           nullif(c.reltuples, -1)::float8 as rows,
           coalesce(case when c.oid in (select relation from held)
                         then c.relpages::float8 * current_setting('block_size')::int
                         else pg_total_relation_size(c.oid) end, 0)::float8 as bytes,
           c.oid = part.partdefid as "isDefault", c.relkind = 'r' as "isPlain", c.relispartition as "isAttached",
           coalesce(obj_description(c.oid, 'pg_class') = ${sql.raw(ourComment('part.table_name', 'c.relname'))}, false) as "hasOurComment"
      from part
      join pg_class c on c.oid = part.oid
      join pg_namespace n on n.oid = c.relnamespace
      cross join lateral (select pg_get_expr(c.relpartbound, c.oid) as text) bound
     order by part.table_name, c.oid = part.partdefid, c.relname`.execute(db);
  return rows;
}

function partitionOf(row: PartitionRow, limit: Date | null): Partition {
  const named = /_(\d{4})_(\d\d)$/.exec(row.name);
  const month = named ? new Date(Date.UTC(Number(named[1]), Number(named[2]) - 1)) : null;
  const end = month && monthStart(month, 1);
  const from = row.isAttached ? (row.fromMs === null ? null : new Date(row.fromMs)) : month;
  const to = row.isAttached ? (row.toMs === null ? null : new Date(row.toMs)) : end;
  const isMonth =
    row.isPlain &&
    !row.isDefault &&
    row.hasOurComment &&
    month !== null &&
    row.name === partitionName(row.table, month) &&
    from?.getTime() === month.getTime() &&
    to?.getTime() === end?.getTime();
  return {
    schema: row.schema,
    name: row.name,
    from,
    to,
    rows: row.rows,
    bytes: row.bytes,
    isDefault: row.isDefault,
    isMonth,
    isAttached: row.isAttached,
    isDue: isMonth && limit !== null && to !== null && to <= limit,
  };
}

/** By table: how many rows of the default partition are before the limit. These partitions are normally empty. */
async function countOverdue(
  db: Kysely<Database>,
  tables: readonly Omit<TableRetention, 'overdueRows'>[],
): Promise<Map<string, number>> {
  const counts = tables.flatMap(({ table, timeColumn, limit, partitions }) =>
    partitions
      .filter((partition) => partition.isDefault && limit !== null)
      .map(
        ({ schema, name }) => sql`
          select ${table}::text as "table", count(*) as n from ${sql.id(schema, name)}
           where ${sql.id(timeColumn)} < ${limit}::timestamptz`,
      ),
  );
  if (counts.length === 0) return new Map();
  const { rows } = await sql<{ table: string; n: number }>`${sql.join(counts, sql` union all `)}`.execute(db);
  return new Map(rows.map((row) => [row.table, row.n]));
}

/** What retention means at `now`, for each table that has one and is there. Changes nothing. */
export async function planRetention(db: Kysely<Database>, now: Date): Promise<RetentionPlan> {
  const found = Map.groupBy(await listPartitionRows(db), (row) => row.table);
  const tables = (await listParents(db)).map((parent) => {
    const limit = parent.keepMonths === null ? null : monthStart(now, -parent.keepMonths);
    const partitions = (found.get(parent.table) ?? []).map((row) => partitionOf(row, limit));
    const attached = new Set(partitions.filter((each) => each.isAttached).map((each) => each.name));
    const wanted = Array.from({ length: monthsAhead + 1 }, (_, ahead) =>
      partitionName(parent.table, monthStart(now, ahead)),
    );
    return { ...parent, limit, partitions, missing: wanted.filter((name) => !attached.has(name)) };
  });
  const overdue = await countOverdue(db, tables);
  return { tables: tables.map((table) => ({ ...table, overdueRows: overdue.get(table.table) ?? 0 })) };
}

/**
 * Changes how many whole months besides the current one a table keeps; null keeps all.
 * @throws TielineError USAGE if the table has no retention.
 */
export async function setRetention(
  db: Kysely<Database>,
  tableName: string,
  keepMonths: number | null,
): Promise<void> {
  if (keepMonths !== null && (!Number.isInteger(keepMonths) || keepMonths < 1))
    throw new TielineError('USAGE', `A table keeps a whole number of months, at least 1, not ${keepMonths}.`);
  const { numUpdatedRows } = await db
    .updateTable('tieline_partitioned_tables')
    .set({ keep_months: keepMonths })
    .where('table_name', '=', tableName)
    .executeTakeFirst();
  if (numUpdatedRows > 0n) return;
  const known = await db
    .selectFrom('tieline_partitioned_tables')
    .select('table_name')
    .orderBy('table_name')
    .execute();
  throw new TielineError('USAGE', `"${tableName}" is not a table with a retention.`, {
    remedy: `The tables are ${known.map((row) => row.table_name).join(', ')}.`,
  });
}
