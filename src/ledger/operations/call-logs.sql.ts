import { sql, type Kysely } from 'kysely';
import { inBatches } from '../../platform/values/index.ts';
import type { Database } from '../../platform/postgres/index.ts';

export interface CallLogEntry {
  readonly externalSystemId: number;
  readonly operationId: string | undefined;
  readonly method: string;
  readonly endpoint: string;
  readonly status: number | undefined;
  readonly responseTimeMs: number;
  readonly calledAt: Date;
}

/** Keeps single calls; those that come while others are being written are written together. */
export function callLogOf(db: Kysely<Database>): (call: CallLogEntry) => Promise<void> {
  const write = async (calls: readonly CallLogEntry[]): Promise<readonly void[]> => {
    await insertCallLogs(db, calls);
    return calls.map(() => undefined);
  };
  return inBatches(write, { atMost: 500, isOfOne: () => false });
}

/** Keeps calls to external systems: path without query, no headers, no bodies. */
async function insertCallLogs(db: Kysely<Database>, calls: readonly CallLogEntry[]): Promise<void> {
  if (calls.length === 0) return;
  await db
    .insertInto('api_call_logs')
    .values(
      calls.map((call) => ({
        external_system_id: call.externalSystemId,
        operation_id: call.operationId ?? null,
        method: call.method,
        endpoint: call.endpoint.slice(0, 500),
        response_status: call.status ?? null,
        response_time_ms: call.responseTimeMs,
        called_at: call.calledAt,
      })),
    )
    .execute();
}

/** Calls of operations by status; null where no answer came. */
export async function countCalls(
  db: Kysely<Database>,
  operationIds: readonly string[],
): Promise<{ status: number | null; n: number }[]> {
  return db
    .selectFrom('api_call_logs')
    .select(['response_status as status', sql<number>`count(*)::int`.as('n')])
    .where('operation_id', 'in', [...operationIds])
    .groupBy('response_status')
    .orderBy('n', 'desc')
    .execute();
}
