/**
 * Retention: which monthly partitions a table has, which are past what it keeps, and how these are taken away.
 *
 * A month of ours is a partition `<parent>_YYYY_MM` with exactly that month (UTC) as its range and the comment that
 * tieline_ensure_partitions gives it; nothing else is ever dropped. It goes in two steps, each its own transaction:
 *
 *   attached ── DETACH ──► detached ── DROP ──► gone
 *
 * so that a run that was killed in between is finished by the next one: the step follows from the state found. A table
 * that somebody detached to keep it must get another name or comment.
 *
 * Rejected: DETACH … CONCURRENTLY, which PostgreSQL refuses where there is a default partition, as there is with ours.
 * Plain DETACH asks for ACCESS EXCLUSIVE on the parent and its default partition, and everybody queues behind it while
 * it waits. So it waits for less than a second (also less than deadlock_timeout, so nobody becomes a victim), steps
 * back, and comes again after a pause. DROP is held to the same, because it locks the tables that its foreign keys name.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { sql, type Kysely } from 'kysely';
import pg from 'pg';
import { TielineError } from '../../platform/errors/index.ts';
import {
  type Database,
  databaseErrorOf,
  ensurePartitions,
  inTransaction,
} from '../../platform/postgres/index.ts';

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

/** A session that held a lock we could not get. */
export interface LockHolder {
  readonly pid: number;
  readonly application: string;
  readonly state: string;
  /** How long its transaction has run. */
  readonly seconds: number;
}

export interface NotDone {
  readonly step: 'make' | 'detach' | 'drop';
  readonly name: string;
  readonly reason: string;
  readonly holders: readonly LockHolder[];
}

export interface RetentionOutcome {
  readonly made: readonly string[];
  readonly dropped: readonly Partition[];
  readonly deleted: readonly { readonly table: string; readonly rows: number }[];
  readonly notDone: readonly NotDone[];
}

export interface Patience {
  readonly tries: number;
  /** Waits before the next try. Throws to end the whole run. */
  readonly pause: (what: string, tried: number) => Promise<void>;
}

const monthsAhead = 2;
const deleteBatch = 10_000;
const triesToMake = 5;

/** 0.1 s, growing by half each time, up to 5 s: 20 tries take about a minute and a half. */
export const pauseMsAfter = (tried: number): number => Math.round(Math.min(100 * 1.5 ** (tried - 1), 5000));

const defaultPatience: Patience = {
  tries: 20,
  pause: async (_what, tried) => {
    await delay(pauseMsAfter(tried));
  },
};

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
const ourComment = (table: string, name: string): string =>
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
 * Sizes are read without waiting for a table that somebody holds exclusively: its pages as last counted serve then.
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

/** By table: how many rows of the default partition lie before the limit. These partitions are normally empty. */
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

/** Lock not to be had in time, statement out of time, deadlock: somebody else was there. */
const busyStates = new Set(['55P03', '57014', '40P01']);
const isBusy = (error: pg.DatabaseError): boolean => busyStates.has(error.code ?? '');
/** Also what DETACH says where the table is no partition (any more): another run was first. */
const isGone = (error: pg.DatabaseError): boolean => error.code === '42P01';

/**
 * Runs one statement that nobody waits for longer than 0.9 s. All three go in one message, which PostgreSQL takes as one
 * transaction: no lock outlives a connection that breaks, and no setting is left behind.
 */
async function briefly(pool: pg.Pool, statement: string): Promise<void> {
  await pool.query(`set local lock_timeout = '400ms'; set local statement_timeout = '900ms'; ${statement}`);
}

/**
 * Carries a plan out: makes months ahead, takes away the months that are due, deletes rows past the limit from the
 * default partitions. What stays locked is reported as not done, and the rest goes on. May be run by several at once
 * and again after a kill. A retention that was changed since the plan was made is not acted on.
 */
export async function applyRetention(
  pool: pg.Pool,
  plan: RetentionPlan,
  patience: Patience = defaultPatience,
): Promise<RetentionOutcome> {
  const notDone: NotDone[] = [];
  const made = await makeMonthsAhead(pool, plan, patience);
  if (!Array.isArray(made)) notDone.push(made);
  const dropped: Partition[] = [];
  const deleted: { table: string; rows: number }[] = [];
  for (const table of plan.tables) {
    for (const partition of table.partitions.filter((each) => each.isDue)) {
      const refused = await takeAway(pool, table, partition, patience);
      if (refused) notDone.push(refused);
      else dropped.push(partition);
    }
    const rows = await deleteOverdue(pool, table);
    if (rows > 0) deleted.push({ table: table.table, rows });
  }
  return { made: Array.isArray(made) ? made : [], dropped, deleted, notDone };
}

async function makeMonthsAhead(
  pool: pg.Pool,
  plan: RetentionPlan,
  patience: Patience,
): Promise<string[] | NotDone> {
  const name = 'the months ahead';
  for (let tried = 1; ; tried += 1) {
    try {
      return await inTransaction(pool, ({ db }) => ensurePartitions(db, monthsAhead));
    } catch (cause) {
      const error = databaseErrorOf(cause);
      if (!error) throw cause;
      const refused: NotDone = { step: 'make', name, reason: error.message, holders: [] };
      if (!isBusy(error)) return refused; // such as a table that has the name of a month
      const parentNames = plan.tables.map((table) => table.table);
      if (tried === triesToMake) return { ...refused, holders: await listHolders(pool, parentNames) };
      await patience.pause(name, tried);
    }
  }
}

/** @returns undefined when it is gone, by whomever. */
async function takeAway(
  pool: pg.Pool,
  { table, schema, keepMonths }: TableRetention,
  partition: Partition,
  patience: Patience,
): Promise<NotDone | undefined> {
  const place = `${pg.escapeIdentifier(partition.schema)}.${pg.escapeIdentifier(partition.name)}`;
  const parent = `${pg.escapeIdentifier(schema)}.${pg.escapeIdentifier(table)}`;
  for (let tried = 1; ; tried += 1) {
    const state = await findState(pool, table, partition);
    if (state === undefined) return undefined;
    const step: NotDone['step'] = state.isAttached ? 'detach' : 'drop';
    const refused = { step, name: partition.name, holders: [] };
    if (state.keepMonths !== keepMonths)
      return { ...refused, reason: 'the retention of its table was changed meanwhile' };
    try {
      await briefly(
        pool,
        state.isAttached ? `alter table ${parent} detach partition ${place}` : `drop table ${place}`,
      );
    } catch (cause) {
      const error = databaseErrorOf(cause);
      if (!error) throw cause;
      // A view over it, or a table that is not ours: the database says which, and the other months go on.
      if (!isBusy(error) && !isGone(error)) return { ...refused, reason: error.message };
      if (tried >= patience.tries)
        return { ...refused, reason: error.message, holders: await listHolders(pool, [table]) };
      await patience.pause(partition.name, tried);
    }
  }
}

/** undefined: there is no such month of ours (any more). */
async function findState(
  pool: pg.Pool,
  table: string,
  partition: Partition,
): Promise<{ isAttached: boolean; keepMonths: number | null } | undefined> {
  const { rows } = await pool.query<{ isAttached: boolean; keepMonths: number | null }>(
    `select c.relispartition as "isAttached",
            (select keep_months from tieline_partitioned_tables where table_name = $1::text) as "keepMonths"
       from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname = $2 and c.relname = $3 and obj_description(c.oid, 'pg_class') = ${ourComment('$1::text', 'c.relname')}`,
    [table, partition.schema, partition.name],
  );
  return rows[0];
}

/** In batches, so that no transaction is long and a kill loses little. */
async function deleteOverdue(pool: pg.Pool, retention: TableRetention): Promise<number> {
  const { table, keepMonths, limit, timeColumn } = retention;
  const place = retention.partitions.find((each) => each.isDefault);
  if (!place || limit === null || retention.overdueRows === 0) return 0;
  const from = `${pg.escapeIdentifier(place.schema)}.${pg.escapeIdentifier(place.name)}`;
  let rows = 0;
  for (;;) {
    const { rowCount } = await pool.query(
      `delete from ${from} where ctid = any (array(
         select ctid from ${from} where ${pg.escapeIdentifier(timeColumn)} < $1::timestamptz limit $2))
         and exists (select from tieline_partitioned_tables where table_name = $3 and keep_months = $4)`,
      [limit, deleteBatch, table, keepMonths],
    );
    rows += rowCount ?? 0;
    if ((rowCount ?? 0) < deleteBatch) return rows;
  }
}

/** Sessions in a transaction that holds the tables, their partitions or what their foreign keys name; longest first. */
async function listHolders(pool: pg.Pool, tables: readonly string[]): Promise<LockHolder[]> {
  const { rows } = await pool.query<LockHolder>(
    `with parent as (select to_regclass(quote_ident(name))::oid as oid from unnest($1::text[]) name),
     wanted as (select oid from parent
                union select i.inhrelid from pg_inherits i join parent on parent.oid = i.inhparent
                union select k.confrelid from pg_constraint k join parent on parent.oid = k.conrelid where k.contype = 'f')
     select a.pid, coalesce(a.application_name, '') as application, coalesce(a.state, '') as state,
            extract(epoch from clock_timestamp() - min(a.xact_start))::int as seconds
       from pg_locks l join wanted on wanted.oid = l.relation join pg_stat_activity a on a.pid = l.pid
      where l.granted and a.pid <> pg_backend_pid() and a.xact_start < clock_timestamp() - interval '300 ms'
        and l.database = (select oid from pg_database where datname = current_database())
      group by a.pid, a.application_name, a.state order by seconds desc limit 5`,
    [tables],
  );
  return rows;
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
