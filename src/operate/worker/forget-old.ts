/** What is kept for a time only, and deleted by each worker and server; tables that grow by months drop those instead (`db retention`). */
import type { App } from '../../engine/run/index.ts';
import { forgetEvents } from '../../ledger/events/index.ts';
import { forgetTotals } from '../../ledger/performance/index.ts';
import { forgetDeliveries } from '../../modules/alerts/index.ts';
import { forgetUnnamedEvidence } from '../../modules/deviations/index.ts';
import { forgetDisclosures, forgetHits } from '../../modules/privacy/index.ts';
import { forgetReports } from '../../modules/reports/index.ts';
import { forgetRuns } from '../../modules/workflows/index.ts';
import { forgetPlans } from '../../review/plans/index.ts';
import { clearLeftUploads } from '../imports/index.ts';
import { forgetJobs } from '../jobs/index.ts';

const dayMs = 86_400_000;

/** Rows that are kept for so many days, as `db retention show` lists them. */
const keptRows = {
  deliveries: { rows: 'deliveries that were sent or given up', days: 90 },
  timings: { rows: 'timings that nothing is added to', days: 90 },
  // Until then an appeal may still come.
  hits: { rows: 'hits of privacy searches whose request is closed', days: 365 },
  // As long as reports: three years, a leap day among them.
  runs: { rows: 'runs of workflows that are over and asked nobody', days: 1_096 },
  simulated: { rows: 'runs of workflows that simulated', days: 90 },
} as const satisfies Readonly<Record<string, { readonly rows: string; readonly days: number }>>;

export const listKeptRows = (): { rows: string; days: number }[] =>
  Object.values(keptRows).map((kept) => ({ ...kept }));

/**
 * Deletes what is kept for a time only: events, plans that have expired, jobs that ended long ago, files of imports that are over, evidence that nobody
 * names, files of reports whose time is over, disclosures after five years, and the rows of `keptRows`.
 */
export async function forgetOld(app: Pick<App, 'db' | 'uploads' | 'files' | 'now'>): Promise<void> {
  const now = app.now();
  const before = (what: keyof typeof keptRows): Date => new Date(now.getTime() - keptRows[what].days * dayMs);
  await forgetEvents(app.db);
  await forgetPlans(app.db);
  await forgetJobs(app.db);
  await clearLeftUploads(app);
  await forgetUnnamedEvidence(app);
  await forgetReports(app);
  await forgetHits(app.db, before('hits'));
  await forgetDisclosures(app.db, now.toISOString().slice(0, 10));
  await forgetTotals(app.db, before('timings'));
  await forgetDeliveries(app.db, before('deliveries'));
  await forgetRuns(app.db, { live: before('runs'), simulated: before('simulated') });
}
