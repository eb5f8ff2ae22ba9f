import { fetchDatabaseStatus, type DatabaseStatus } from './database-status.sql.ts';
import { planRetention, type TableRetention } from './retention.sql.ts';
import type { App } from '../../engine/run/index.ts';

export interface DatabaseReport extends DatabaseStatus {
  /** Tables in monthly partitions, each with its partitions and what it keeps. */
  readonly retention: readonly TableRetention[];
  /** What to do about what was found, most pressing first; empty if nothing. */
  readonly advice: readonly string[];
}

const mebibyte = 1024 ** 2;
/** Below these there is nothing to gain. */
const bloat = { share: 0.3, bytes: 16 * mebibyte };
const idleIndexBytes = 64 * mebibyte;
const connectionsShare = 0.8;

const identifier = (name: string): string =>
  /^[a-z_][a-z0-9_]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
const placeOf = (schema: string, name: string): string => `${identifier(schema)}.${identifier(name)}`;

function adviseOn(status: DatabaseStatus, retention: readonly TableRetention[]): string[] {
  const { used, max } = status.connections;
  const partitions = retention.flatMap((table) => table.partitions);
  const due = partitions.filter((partition) => partition.isDue).length;
  const missing = retention.flatMap((table) => table.missing).length;
  const overdue = retention.filter((table) => table.overdueRows > 0).length;
  return [
    ...(used >= max * connectionsShare
      ? [`${used} of ${max} connections are used: find out who holds them (pg_stat_activity).`]
      : []),
    ...status.indexes
      .filter((index) => index.isInvalid)
      .map(
        (index) =>
          `Index ${index.name} is invalid: let its build end if it runs (pg_stat_progress_create_index), else REINDEX INDEX CONCURRENTLY ${placeOf(index.schema, index.name)}.`,
      ),
    ...(due + missing + overdue > 0
      ? ['Months are due to be dropped or made: `tieline db retention run` (see first: --dry-run).']
      : []),
    ...status.tables
      .filter((table) => (table.deadShare ?? 0) >= bloat.share && table.bloatBytes >= bloat.bytes)
      .map(
        (table) => `Table ${table.name} is full of dead rows: VACUUM ${placeOf(table.schema, table.name)}.`,
      ),
    ...status.indexes
      .filter((index) => index.isNeverUsed && !index.isInvalid && index.bytes >= idleIndexBytes)
      .map(
        (index) =>
          `Index ${index.name} was not used since the statistics began: if it is your own and the time was long enough, it can go.`,
      ),
  ];
}

/** All there is to know of the database without scanning a table. */
export async function fetchDatabaseReport({ db, now }: Pick<App, 'db' | 'now'>): Promise<DatabaseReport> {
  const status = await fetchDatabaseStatus(db);
  const { tables: retention } = await planRetention(db, now());
  return { ...status, retention, advice: adviseOn(status, retention) };
}
