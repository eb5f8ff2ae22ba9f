import type { Kysely } from 'kysely';
import { countPendingConflicts } from '../../store/conflicts.ts';
import { countCorrelations } from '../../store/correlations.ts';
import { listRuns } from '../../store/operations.ts';
import { countOutbox } from '../../store/outbox.ts';
import { listReads } from '../../store/reads.ts';
import type { Database } from '../../store/schema.ts';

export interface SyncStatus {
  readonly lastRun: {
    readonly operationId: string;
    readonly status: string;
    readonly startedAt: string | null;
  } | null;
  readonly reads: readonly {
    readonly system: string;
    readonly entity: string;
    readonly completeAt: string | null;
    readonly unfinished: boolean;
  }[];
  readonly outbox: { readonly open: number; readonly failed: number };
  readonly conflictsPending: number;
  readonly assetsForReview: number;
}

const text = (at: Date | null): string | null => at?.toISOString().slice(0, 19).replace('T', ' ') ?? null;

/** Where sync stands over all systems; instants as `YYYY-MM-DD hh:mm:ss` in UTC. */
export async function fetchSyncStatus({ db }: { readonly db: Kysely<Database> }): Promise<SyncStatus> {
  const [last] = await listRuns(db, 1, 'sync');
  const outbox = await countOutbox(db);
  const rowsIn = (...states: string[]): number =>
    outbox.filter((row) => states.includes(row.state)).reduce((sum, row) => sum + row.n, 0);
  return {
    lastRun: last
      ? { operationId: last.batch_id, status: last.status ?? 'unknown', startedAt: text(last.started_at) }
      : null,
    reads: (await listReads(db)).map((read) => ({
      system: read.system_name,
      entity: read.entity_type,
      completeAt: text(read.mark_set_at),
      unfinished: read.unfinished,
    })),
    outbox: { open: rowsIn('pending', 'sent'), failed: rowsIn('failed') },
    conflictsPending: await countPendingConflicts(db),
    assetsForReview: (await countCorrelations(db)).review,
  };
}
