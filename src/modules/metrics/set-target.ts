/** What is aimed at, for the organization or one boundary. Who may define metrics sets targets. */
import { type Actor, everywhere } from '../../canonical/access/index.ts';
import type { TargetComparison } from '../../canonical/metrics/index.ts';
import type { App } from '../../engine/run/index.ts';
import { TielineError } from '../../platform/errors/index.ts';
import { isBoundaryWithin } from '../../record/boundaries/index.ts';
import { ensureDefinitions, saveTarget } from './definitions.sql.ts';
import { findMetric, measureOf } from './list-metrics.ts';

export interface TargetAsked {
  /** Code or name. */
  readonly metric: string;
  readonly measure?: string | undefined;
  /** Undefined: of the organization, and of every boundary without one of its own. */
  readonly system?: string | undefined;
  /** Null: none of its own any more. */
  readonly aim: { readonly comparison: TargetComparison; readonly target: number } | null;
  readonly reason?: string | undefined;
}

/** @throws METRIC_UNKNOWN; RECORD_UNKNOWN where there is no such boundary. */
export async function setTarget(app: App, actor: Pick<Actor, 'name'>, asked: TargetAsked): Promise<void> {
  const metric = await findMetric(app, asked.metric);
  const { key, target: shipped } = measureOf(metric, asked.measure);
  if (asked.system !== undefined && !(await isBoundaryWithin(app.db, everywhere, asked.system)))
    throw new TielineError('RECORD_UNKNOWN', `There is no system ${asked.system}.`);
  const now = app.now();
  await app.store.transaction(async ({ db }) => {
    const ids = await ensureDefinitions(db, now);
    await saveTarget(db, {
      metricId: ids.get(metric.name) ?? 0,
      measure: key,
      systemId: asked.system ?? null,
      aim: asked.aim,
      shipped: shipped?.target ?? null,
      reason: asked.reason,
      by: actor.name,
      now,
    });
  });
}
