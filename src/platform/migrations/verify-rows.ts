/** Shows that a migration wrote no row of the owner's: row counts and checksums of the owner's tables, before and after. */
import type { ConnectionSource } from './connection-source.ts';
import type pg from 'pg';
import { TielineError } from '../errors/index.ts';
import type { MigrationState } from './brought.ts';
import { computeChecksums, listChecksumTargets, type TableChecksum } from './checksums.ts';

export interface VerifiedTable {
  readonly table: string;
  readonly rowsBefore: number;
  readonly rowsAfter: number;
  readonly checksumBefore: string;
  readonly checksumAfter: string;
  /** `equal`, or `written by others`: the owner's application wrote meanwhile, and the migration wrote no row. */
  readonly verdict: 'equal' | 'written by others';
}

export interface Verification {
  compare(xid: string | undefined): Promise<VerifiedTable[]>;
  end(): Promise<void>;
}

/**
 * Takes the checksums before the migration, and keeps their snapshot: it shows later which of those rows the migration replaced.
 * The snapshot holds no lock.
 */
export async function beginVerification(
  client: pg.PoolClient,
  pool: ConnectionSource,
  state: MigrationState,
  log: (line: string) => void,
): Promise<Verification> {
  const targets = await listChecksumTargets(client, broughtNames(state.brought));
  const keeper = await pool.connect();
  try {
    await keeper.query('begin isolation level repeatable read read only');
    const { rows } = await keeper.query<{ snapshot: string }>('select pg_export_snapshot() as snapshot');
    const snapshot = rows[0]?.snapshot ?? '';
    log(`computing row counts and checksums of ${targets.length} tables, before`);
    const before = await computeChecksums(client, targets, { snapshot });
    return {
      async compare(xid) {
        const writer = xid === undefined ? {} : { writer: xid };
        log('and after');
        const after = await computeChecksums(client, targets, writer);
        return before.map((old, at) => compareChecksums(old, after[at]));
      },
      end: () => Promise.resolve(keeper.release(true)),
    };
  } catch (error) {
    keeper.release(true);
    throw error;
  }
}

function compareChecksums(before: TableChecksum, after: TableChecksum | undefined): VerifiedTable {
  const equal = after !== undefined && after.rows === before.rows && after.checksum === before.checksum;
  if (!after || after.written > 0)
    throw new TielineError(
      'INTERNAL',
      `The migration wrote ${after?.written ?? 'unknown'} rows of ${before.table}, which it must not.`,
      { remedy: 'Restore the database from its backup and report this.' },
    );
  return {
    table: `${before.schema}.${before.table}`,
    rowsBefore: before.rows,
    rowsAfter: after.rows,
    checksumBefore: before.checksum,
    checksumAfter: after.checksum,
    verdict: equal ? 'equal' : 'written by others',
  };
}

/** `schema.table` and `schema.table.column` of what Tieline added. */
export function broughtNames(brought: MigrationState['brought']): ReadonlySet<string> {
  return new Set(
    brought.flatMap((object) =>
      object.kind === 'table'
        ? [`${object.schema}.${object.name}`]
        : object.kind === 'column'
          ? [`${object.schema}.${object.table ?? ''}.${object.name}`]
          : [],
    ),
  );
}
