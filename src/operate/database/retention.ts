import { applyRetention, pauseMsAfter, type RetentionOutcome } from './apply-retention.sql.ts';
import { planRetention, setRetention, type RetentionPlan, type TableRetention } from './retention.sql.ts';
import type { App } from '../../engine/run/index.ts';

export interface RetentionRun {
  readonly plan: RetentionPlan;
  /** null for a dry run: nothing was done. */
  readonly outcome: RetentionOutcome | null;
}

/** Tries for one partition before it is left for the next run: about a minute and a half. */
const tries = 20;

/** What each table keeps, and which months are due now. */
export function fetchRetention({ db, now }: Pick<App, 'db' | 'now'>): Promise<RetentionPlan> {
  return planRetention(db, now());
}

/**
 * Makes the months ahead and drops those past what their tables keep. May be interrupted and run again at any time.
 * @param caller `report` is called with what is waited for, and how often it was tried.
 */
export async function runRetention(
  app: Pick<App, 'db' | 'store' | 'now' | 'sleep'>,
  options: { readonly dryRun: boolean },
  caller: { readonly signal: AbortSignal; readonly report: (what: string, tried: number) => void },
): Promise<RetentionRun> {
  const plan = await planRetention(app.db, app.now());
  if (options.dryRun) return { plan, outcome: null };
  const outcome = await applyRetention(app.store, plan, {
    tries,
    pause: async (what, tried) => {
      caller.report(what, tried);
      await app.sleep(pauseMsAfter(tried), caller.signal);
    },
  });
  return { plan, outcome };
}

/** Changes what a table keeps, and gives the table back as it is now. @throws TielineError USAGE. */
export async function changeRetention(
  { db, now }: Pick<App, 'db' | 'now'>,
  tableName: string,
  keepMonths: number | null,
): Promise<TableRetention | undefined> {
  await setRetention(db, tableName, keepMonths);
  const { tables } = await planRetention(db, now());
  return tables.find((table) => table.table === tableName);
}
