import type { Kysely } from 'kysely';
import { TielineError } from '../../errors/tieline-error.ts';
import { countCalls } from '../../store/call-logs.ts';
import { countChanges } from '../../store/changes.ts';
import { listHeldRecords } from '../../store/held-records.ts';
import {
  findOperationsByPrefix,
  listRuns,
  listSteps,
  type Counts,
  type OperationRow,
} from '../../store/operations.ts';
import { listRefusedRows } from '../../store/outbox.ts';
import type { Database } from '../../store/schema.ts';
import { countsOf } from './sync-run.ts';

export interface OperationFacts {
  readonly operationId: string;
  readonly type: string;
  readonly step: string | null;
  readonly system: string;
  readonly status: string;
  /** `YYYY-MM-DD hh:mm:ss` in UTC. */
  readonly startedAt: string | null;
  readonly completedAt: string | null;
  readonly counts: Counts;
  readonly retries: number;
  readonly error: string | null;
}

export interface OperationDetail extends OperationFacts {
  readonly steps: readonly OperationFacts[];
  readonly changes: readonly {
    readonly direction: string;
    readonly entity: string;
    readonly changes: number;
  }[];
  readonly held: readonly { readonly identifier: string; readonly reason: string }[];
  readonly refused: readonly { readonly identifier: string; readonly reason: string }[];
  readonly calls: {
    readonly total: number;
    readonly byStatus: readonly { readonly status: number | null; readonly n: number }[];
  };
}

const shownAtMost = 50;
const text = (at: Date | null): string | null => at?.toISOString().slice(0, 19).replace('T', ' ') ?? null;

function factsOf(row: OperationRow): OperationFacts {
  return {
    operationId: row.batch_id,
    type: row.operation_type ?? row.batch_type ?? 'import',
    step: row.parent_operation_id === null ? null : row.batch_type,
    system: row.external_system ?? row.source_system,
    status: row.status ?? 'unknown',
    startedAt: text(row.started_at),
    completedAt: text(row.completed_at),
    counts: countsOf(row),
    retries: row.retry_count ?? 0,
    error: row.error_details,
  };
}

/** @param id the whole id or its first characters. @throws TielineError OPERATION_UNKNOWN if none or several fit. */
export async function findOneOperation(db: Kysely<Database>, id: string): Promise<OperationRow> {
  const found = await findOperationsByPrefix(db, id);
  const [row] = found;
  if (!row || !/^[0-9a-f-]{4,36}$/i.test(id))
    throw new TielineError(
      'OPERATION_UNKNOWN',
      `No operation starts with "${id}" (give at least four characters of the id).`,
    );
  if (found.length > 1)
    throw new TielineError(
      'OPERATION_UNKNOWN',
      `More than one operation starts with "${id}": give more of the id.`,
    );
  return row;
}

export async function listOperations(
  { db }: { readonly db: Kysely<Database> },
  limit: number,
): Promise<OperationFacts[]> {
  return (await listRuns(db, limit)).map(factsOf);
}

/**
 * One operation with its steps. At most 50 of the records it could not take in or the remote refused are listed.
 * @param id the whole id or its first characters. @throws TielineError OPERATION_UNKNOWN if none or several fit.
 */
export async function fetchOperation(
  { db }: { readonly db: Kysely<Database> },
  id: string,
): Promise<OperationDetail> {
  const row = await findOneOperation(db, id);
  const steps = await listSteps(db, row.batch_id);
  const ids = [row.batch_id, ...steps.map((step) => step.batch_id)];
  const byStatus = await countCalls(db, ids);
  return {
    ...factsOf(row),
    steps: steps.map(factsOf),
    changes: (await countChanges(db, ids)).map(({ direction, entity_type, changes }) => ({
      direction,
      entity: entity_type,
      changes,
    })),
    held: (await listHeldRecords(db, ids, shownAtMost)).map((each) => ({
      identifier: each.record_identifier ?? '–',
      reason: each.error_message ?? each.error_type ?? '–',
    })),
    refused: await listRefusedRows(db, ids, shownAtMost),
    calls: { total: byStatus.reduce((sum, each) => sum + each.n, 0), byStatus },
  };
}
