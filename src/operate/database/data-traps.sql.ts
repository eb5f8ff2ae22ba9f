/** What the rows of the existing application hold that a sync must live with: counted, never changed. */
import type pg from 'pg';
import { type Catalog, resolveTable } from '../../platform/migrations/index.ts';
import { uuidText } from '../../record/findings/index.ts';

export interface DataTrap {
  readonly table: string;
  readonly what: string;
  readonly rows: number;
  readonly meaning: string;
}

interface Question {
  readonly table: string;
  readonly needs: readonly string[];
  readonly what: string;
  readonly meaning: string;
  readonly sql: string | ((columns: ReadonlySet<string>) => string);
}

const isUuid = (column: string): string =>
  `${column}::text ~* '^\\s*[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12}\\s*$'`;

const questions: readonly Question[] = [
  {
    table: 'ingestion_systems',
    needs: ['system_id'],
    what: 'rows share their system_id with an older row',
    meaning: 'the oldest takes part in sync, the others stay as they are',
    sql: `select count(*) - count(distinct system_id) from ingestion_systems`,
  },
  {
    table: 'ingestion_vulnerabilities',
    needs: ['asset_uuid'],
    what: 'findings name an asset by a text that is not a UUID',
    meaning: 'they are kept and reported by the backfill, and take no part in sync',
    sql: `select count(*) from ingestion_vulnerabilities where not ${isUuid('asset_uuid')}`,
  },
  {
    table: 'ingestion_vulnerabilities',
    needs: ['asset_uuid'],
    what: 'findings name an asset that is not in ingestion_assets',
    meaning: 'they are kept, and count once their asset comes in',
    sql: `select count(*) from ingestion_vulnerabilities v
           where ${isUuid('v.asset_uuid')} and not exists (select from ingestion_assets a where a.asset_uuid::text = ${uuidText('v.asset_uuid::text')})`,
  },
  {
    table: 'ingestion_vulnerabilities',
    needs: ['asset_uuid', 'plugin_id'],
    what: 'findings stand more than once (same asset, plugin, port and protocol)',
    meaning: 'the oldest row is linked, the others stay as they are',
    sql: (columns) => {
      const raw = columns.has('raw_data') ? 'raw_data' : 'raw_json';
      const [port, protocol] = columns.has(raw)
        ? [`v.${raw} -> 'port'`, `lower(v.${raw} ->> 'protocol')`]
        : ['null', 'null'];
      return `select coalesce(sum(n - 1), 0) from (
            select count(*) as n from ingestion_vulnerabilities v
             group by lower(v.asset_uuid::text), v.plugin_id::text, md5(coalesce((${port})::text, '')), ${protocol}
            having count(*) > 1) doubled`;
    },
  },
  {
    table: 'ingestion_poams',
    needs: ['system_id'],
    what: 'POA&Ms name no system, or one that is not there',
    meaning: 'they are kept, and linked only if Xacta shows them',
    sql: `select count(*) from ingestion_poams p where not exists (select from ingestion_systems s where s.system_id = p.system_id)`,
  },
  {
    table: 'ingestion_poams',
    needs: ['status'],
    what: 'POA&Ms have a status outside Open, In Progress, Completed, Cancelled',
    meaning: 'ongoing, critical and overdue are understood; another word is compared as it is',
    sql: `select count(*) from ingestion_poams where status is not null and status not in ('Open', 'In Progress', 'Completed', 'Cancelled')`,
  },
  {
    table: 'ingestion_controls',
    needs: ['implementation_status'],
    what: 'controls have an implementation status in another spelling',
    meaning: 'spellings such as partially_implemented are understood; nothing is rewritten for it',
    sql: `select count(*) from ingestion_controls where implementation_status is not null
            and implementation_status not in ('Implemented', 'Partially Implemented', 'Not Implemented', 'Not Applicable')`,
  },
  {
    table: 'ingestion_controls',
    needs: ['system_id', 'control_id'],
    what: 'controls stand more than once in their system',
    meaning: 'the oldest row is linked, the others stay as they are',
    sql: `select count(*) - count(distinct (system_id, upper(control_id))) from ingestion_controls`,
  },
  {
    table: 'ingestion_assets',
    needs: ['hostname'],
    what: 'assets have no hostname',
    meaning: 'they are matched by their other identifiers',
    sql: `select count(*) from ingestion_assets where hostname is null or trim(hostname) = ''`,
  },
];

/** Counts, each within the time limit; a count that takes longer is left out and named. */
export async function countDataTraps(
  client: pg.ClientBase,
  catalog: Catalog,
  timeoutMs: number,
): Promise<{ traps: DataTrap[]; leftOut: string[] }> {
  const traps: DataTrap[] = [];
  const leftOut: string[] = [];
  for (const { table, needs, what, meaning, sql } of questions) {
    const there = resolveTable(catalog, table);
    if (there?.kind !== 'r' || !needs.every((name) => there.columns.some((column) => column.name === name)))
      continue;
    await client.query('begin read only');
    try {
      await client.query(`set local statement_timeout = ${timeoutMs}`);
      const query = typeof sql === 'string' ? sql : sql(new Set(there.columns.map((column) => column.name)));
      const { rows } = await client.query<{ n: string }>(`select (${query})::text as n`);
      const n = Number(rows[0]?.n ?? 0);
      if (n > 0) traps.push({ table, what, rows: n, meaning });
    } catch (error) {
      leftOut.push(`${table}: ${what} (${error instanceof Error ? error.message : String(error)})`);
    } finally {
      await client.query('rollback');
    }
  }
  return { traps, leftOut };
}
