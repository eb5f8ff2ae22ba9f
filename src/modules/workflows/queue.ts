/** The task of the queue that a run which can continue becomes. */
import type { Kysely } from 'kysely';
import { enqueueJobs } from '../../platform/queue/index.ts';
import type { Database } from '../../platform/postgres/index.ts';

export const workflowRun = 'workflow run';

/** In the transaction of what lets the runs continue. A run has one job at a time, so two workers are never at it. */
export async function enqueueRuns(db: Kysely<Database>, executionIds: readonly string[]): Promise<void> {
  await enqueueJobs(
    db,
    executionIds.map((id) => ({
      task: workflowRun,
      payload: { run: id },
      key: `workflow:${id}`,
      queue: undefined,
      attempts: 12,
    })),
  );
}
