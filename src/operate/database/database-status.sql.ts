/**
 * What a person who keeps the database wants to see at a glance: server, size, migrations, tables, indexes, connections.
 *
 * Read from the catalog and the statistics that PostgreSQL keeps anyway (14 to 18), with no extension and no scan of a
 * table. So rows, dead rows and bloat are estimates, as good as the last vacuum or analyze; counters such as an index's
 * scans go back to `statisticsSince`. A partitioned table or index shows the sum of its partitions.
 */
import { sql, type Kysely } from 'kysely';
import type { Database } from '../../platform/postgres/index.ts';

export interface TableStatus {
  readonly schema: string;
  readonly name: string;
  readonly partitions: number;
  /** Estimated; null if it was never vacuumed or analysed. */
  readonly rows: number | null;
  readonly heapBytes: number;
  readonly indexBytes: number;
  readonly toastBytes: number;
  readonly deadRows: number;
  /** Dead rows of all rows, 0 to 1, as the statistics count them; null if they count none at all. */
  readonly deadShare: number | null;
  /** An estimate from statistics: the dead rows' share of the heap. Space that is free already is not in it. */
  readonly bloatBytes: number;
  /** By hand or by autovacuum; of partitions, the latest. */
  readonly lastVacuum: Date | null;
  readonly lastAnalyze: Date | null;
}

export interface IndexStatus {
  readonly schema: string;
  readonly table: string;
  readonly name: string;
  readonly bytes: number;
  readonly scans: number;
  readonly isUnique: boolean;
  /** No scan since `statisticsSince`, and no rule (unique, primary key) that it upholds. */
  readonly isNeverUsed: boolean;
  /** Left behind by a build that was interrupted: written, never read. */
  readonly isInvalid: boolean;
}

export interface DatabaseStatus {
  readonly serverVersion: string;
  readonly database: string;
  readonly bytes: number;
  readonly encoding: string;
  /** What the server gives to sessions that ask for none; ours ask for UTC. */
  readonly timeZone: string;
  readonly statisticsSince: Date | null;
  readonly connections: {
    readonly used: number;
    readonly max: number;
    /** Those of the used connections that are to this database. */
    readonly here: number;
  };
  readonly migrations: readonly { readonly name: string; readonly appliedAt: Date }[];
  readonly tables: readonly TableStatus[];
  readonly indexes: readonly IndexStatus[];
}

/**
 * Every table of the schemas on the search path that hold tables of Tieline's own (`tieline` itself, and where the
 * ledger is), and what the ingestion application owns wherever else on the search path it lies. No partitions.
 */
const listed = sql`
  select c.oid as root, n.nspname, c.relname
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
   where c.relkind in ('r', 'p') and not c.relispartition and n.nspname = any (current_schemas(false))
     and (c.relname like 'ingestion\\_%' or c.relname = 'users' or n.nspname = 'tieline'
          or exists (select from pg_class own where own.relnamespace = n.oid and own.relname = 'tieline_migrations'))`;

/** Tables that a session holds, or waits to hold, exclusively: to ask for their size would be to wait with them. */
const held = sql`
  select distinct relation from pg_locks
   where mode = 'AccessExclusiveLock' and database = (select oid from pg_database where datname = current_database())`;

const blockSize = sql`current_setting('block_size')::int`;

export async function fetchDatabaseStatus(db: Kysely<Database>): Promise<DatabaseStatus> {
  return {
    ...(await fetchServer(db)),
    migrations: await listMigrations(db),
    tables: await listTables(db),
    indexes: await listIndexes(db),
  };
}

type ServerFacts = Omit<DatabaseStatus, 'migrations' | 'tables' | 'indexes'>;

async function fetchServer(db: Kysely<Database>): Promise<ServerFacts> {
  // numbackends, because a role without pg_monitor does not see what kind other roles' sessions are of.
  const { rows } = await sql<Omit<ServerFacts, 'connections'> & { used: number; max: number; here: number }>`
    select current_setting('server_version') as "serverVersion", current_database() as database,
           pg_database_size(current_database())::float8 as bytes, current_setting('server_encoding') as encoding,
           (select reset_val from pg_settings where name = 'TimeZone') as "timeZone",
           (select stats_reset from pg_stat_database where datname = current_database()) as "statisticsSince",
           (select sum(numbackends)::int from pg_stat_database) as used, current_setting('max_connections')::int as max,
           (select numbackends from pg_stat_database where datname = current_database()) as here`.execute(db);
  const [row] = rows;
  if (!row) throw new Error('PostgreSQL answered a row-less select');
  const { used, max, here, ...facts } = row;
  return { ...facts, connections: { used, max, here } };
}

async function listMigrations(db: Kysely<Database>): Promise<DatabaseStatus['migrations']> {
  const { rows } = await sql<{ name: string; appliedAt: Date }>`
    select name, applied_at as "appliedAt" from tieline_migrations order by name`.execute(db);
  return rows;
}

async function listTables(db: Kysely<Database>): Promise<TableStatus[]> {
  const { rows } = await sql<TableStatus>`
    with recursive listed as materialized (${listed}),
    held as materialized (${held}),
    part as (
      select root, root as oid from listed
      union all
      select part.root, i.inhrelid
        from part join pg_class c on c.oid = part.oid and c.relkind = 'p' join pg_inherits i on i.inhparent = c.oid
    ),
    fact as (
      select part.root, c.relispartition, nullif(c.reltuples, -1) as rows, s.n_live_tup, s.n_dead_tup,
             greatest(s.last_vacuum, s.last_autovacuum) as vacuumed, greatest(s.last_analyze, s.last_autoanalyze) as analysed,
             case when h.relation is null then pg_table_size(c.oid) - toast.bytes else c.relpages::bigint * ${blockSize} end as heap,
             toast.bytes as toast,
             case when h.relation is null then pg_indexes_size(c.oid)
                  else (select sum(ic.relpages)::bigint * ${blockSize} from pg_index x join pg_class ic on ic.oid = x.indexrelid where x.indrelid = c.oid)
              end as indexes
        from part
        join pg_class c on c.oid = part.oid and c.relkind <> 'p'
        left join held h on h.relation = c.oid
        left join pg_stat_user_tables s on s.relid = c.oid
        cross join lateral (
          select case when c.reltoastrelid = 0 then 0
                      when h.relation is null then coalesce(pg_total_relation_size(c.reltoastrelid), 0)
                      else (select t.relpages::bigint * ${blockSize} from pg_class t where t.oid = c.reltoastrelid) end as bytes
        ) toast
    ),
    total as (
      select root, (count(*) filter (where relispartition))::int as partitions, sum(rows)::float8 as rows,
             coalesce(sum(heap), 0)::float8 as heap, coalesce(sum(indexes), 0)::float8 as indexes, coalesce(sum(toast), 0)::float8 as toast,
             coalesce(sum(n_dead_tup), 0)::float8 as dead, sum(n_dead_tup)::float8 / nullif(sum(n_live_tup + n_dead_tup), 0)::float8 as share,
             max(vacuumed) as vacuumed, max(analysed) as analysed
        from fact group by root
    )
    select listed.nspname as schema, listed.relname as name, coalesce(partitions, 0) as partitions, rows,
           coalesce(heap, 0) as "heapBytes", coalesce(indexes, 0) as "indexBytes", coalesce(toast, 0) as "toastBytes",
           coalesce(dead, 0) as "deadRows", share as "deadShare", round(coalesce(heap * share, 0)) as "bloatBytes",
           vacuumed as "lastVacuum", analysed as "lastAnalyze"
      from listed left join total using (root)
     order by coalesce(heap + indexes + toast, 0) desc, listed.nspname, listed.relname`.execute(db);
  return rows;
}

async function listIndexes(db: Kysely<Database>): Promise<IndexStatus[]> {
  const { rows } = await sql<IndexStatus>`
    with recursive listed as materialized (${listed}),
    held as materialized (${held}),
    part as (
      select x.indexrelid as root, x.indexrelid as oid, x.indrelid
        from listed join pg_index x on x.indrelid = listed.root
      union all
      select part.root, x.indexrelid, x.indrelid
        from part
        join pg_class c on c.oid = part.oid and c.relkind = 'I'
        join pg_inherits i on i.inhparent = c.oid
        join pg_index x on x.indexrelid = i.inhrelid
    ),
    total as (
      select part.root, coalesce(sum(s.idx_scan), 0)::float8 as scans,
             coalesce(sum(case when h.relation is null then pg_relation_size(c.oid) else c.relpages::bigint * ${blockSize} end), 0)::float8 as bytes,
             bool_or(not x.indisvalid or not x.indisready) as invalid
        from part
        join pg_class c on c.oid = part.oid
        join pg_index x on x.indexrelid = part.oid
        left join held h on h.relation in (part.indrelid, part.oid)
        left join pg_stat_user_indexes s on s.indexrelid = part.oid
       group by part.root
    )
    select listed.nspname as schema, listed.relname as "table", c.relname as name, total.bytes, total.scans,
           x.indisunique as "isUnique", total.scans = 0 and not x.indisunique and not x.indisexclusion as "isNeverUsed",
           total.invalid as "isInvalid"
      from listed
      join pg_index x on x.indrelid = listed.root
      join pg_class c on c.oid = x.indexrelid
      join total on total.root = x.indexrelid
     order by total.bytes desc, listed.nspname, c.relname`.execute(db);
  return rows;
}
