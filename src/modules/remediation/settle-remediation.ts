/** After findings were read: what scans say of the work on them. */
import { canRead } from '../../engine/connections/index.ts';
import type { Conclusion } from '../../engine/run/index.ts';
import { recordCounts, noCounts } from '../../ledger/operations/index.ts';
import type { Kysely } from 'kysely';
import type { Database } from '../../platform/postgres/index.ts';
import { projectRemediation } from '../../record/findings/index.ts';
import { lockWork, settleWork } from '../../record/remediation/index.ts';

/** Settles the work on findings by what scans show now, in the caller's transaction. @returns how much of it changed. */
export async function settleRemediation(
  db: Kysely<Database>,
  settled: { readonly operationId: string; readonly at: Date },
): Promise<number> {
  await lockWork(db);
  const ids = await settleWork(db, settled);
  await projectRemediation(db, ids);
  return ids.length;
}

/** Validates fixes that people reported, and closes the work that scans show done, as a step of a run. */
export const remediationStep: Conclusion = {
  entities: ['finding'],
  suits: (system) => canRead(system, 'finding'),
  stepOf: (system) => ({
    system,
    name: 'remediation',
    type: 'update',
    takesTurn: true,
    run: (context, operationId) =>
      context.store.transaction(async ({ db }) => {
        const updated = await settleRemediation(db, { operationId, at: context.now() });
        await recordCounts(db, operationId, { ...noCounts, read: updated, updated });
      }),
  }),
};
