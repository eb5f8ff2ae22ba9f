/**
 * Runs the steps of a sync, all but sending, in one transaction. So a plan is not a second opinion of what a sync
 * would do: it is the sync itself, looked at and rolled back; and applying it is the same again, kept if it comes out the same.
 *
 * Rejected: planning by functions of its own that only read. New systems, components and POA&Ms depend on rows that are
 * not there yet, and two implementations of one decision drift apart. The price: what the sync would change is locked
 * while it works.
 */
import type { PlanItem } from '../../canonical/vocabulary/index.ts';
import { countsOf, listHeldRecords, listSteps, type OperationRow } from '../../ledger/operations/index.ts';
import { type ItemPlace, listHeldItems, listJournalItems, listOutboundItems } from './plan-items.sql.ts';
import type { Store } from '../../platform/postgres/index.ts';
import { inPlanOrder } from './compare-plans.ts';
import { judgeQueue } from '../../engine/approvals/index.ts';
import { planSteps, runStep } from '../../runs/sync/index.ts';
import { isOfSystem, type RunEnvironment, type SyncOptions } from '../../engine/run/index.ts';
import { TielineError } from '../../platform/errors/index.ts';

export interface Rehearsal {
  readonly items: readonly PlanItem[];
  /** Where the record of each item is. */
  readonly places: ReadonlyMap<PlanItem, ItemPlace>;
  readonly steps: readonly OperationRow[];
  readonly untaken: readonly { readonly record: string; readonly reason: string }[];
  readonly within: Store;
}

const untakenAtMost = 10_000;

/** A plan is of all its systems or of none: what ended it says which of them it was. */
function namingSystem(error: unknown, system: string, signal: AbortSignal): unknown {
  if (error instanceof TielineError && isOfSystem(error, signal) && !error.message.includes(system))
    error.message = `${system}: ${error.message}`;
  return error;
}

/**
 * @param operationId the run; committed before, since calls are logged outside of the transaction. Its steps are not.
 * @param conclude looks at the result and says whether it is kept.
 */
export async function rehearse<T>(
  environment: RunEnvironment,
  options: SyncOptions,
  operationId: string,
  conclude: (rehearsal: Rehearsal) => Promise<{ readonly keep: boolean; readonly result: T }>,
): Promise<T> {
  return environment.store.asOne(async (within) => {
    const context = {
      ...environment,
      store: within,
      db: within.db,
      operationId,
      callsUnder: operationId,
    };
    for (const step of planSteps(environment.systems, options))
      if (step.type !== 'export')
        await runStep(context, step).catch((error: unknown) => {
          throw namingSystem(error, step.system.name, context.signal);
        });
    // Shown as the policies in force judge it now, also what was queued under others.
    for (const system of environment.systems) await judgeQueue(within.db, system, operationId);
    const steps = await listSteps(within.db, operationId);
    const stepIds = steps.map((step) => step.batch_id);
    const systemIds = environment.systems.map((system) => system.id);
    const placed = [
      ...(await listJournalItems(within.db, stepIds)),
      ...(await listOutboundItems(within.db, systemIds, options.entities)),
      ...(await listHeldItems(within.db, systemIds, options.entities)),
    ];
    const untaken = await listHeldRecords(within.db, stepIds, untakenAtMost);
    return conclude({
      items: inPlanOrder(placed.map(({ item }) => item)),
      places: new Map(placed.map(({ item, ...place }) => [item, place])),
      steps,
      untaken: untaken.map((each) => ({
        record: each.record_identifier ?? '–',
        reason: each.error_message ?? each.error_type ?? '–',
      })),
      within,
    });
  });
}

/** Counts by step, for the document. */
export function stepCounts(steps: readonly OperationRow[]) {
  return steps.map((step) => ({
    system: step.external_system ?? step.source_system,
    step: step.batch_type ?? '',
    counts: countsOf(step),
  }));
}
