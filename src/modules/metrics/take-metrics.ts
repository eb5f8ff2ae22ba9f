/**
 * Takes metrics: computes them as of now, or as of a day of the past, and keeps the values of that day. The relations that they share are made once for
 * all of them (`facts`); the numbers of all levels of a measure come from one pass.
 */
import type { Kysely } from 'kysely';
import type { App } from '../../engine/run/index.ts';
import { messageOf } from '../../platform/errors/index.ts';
import { type Database, isDatabaseFault } from '../../platform/postgres/index.ts';
import { catalogue } from './catalogue/catalogue.ts';
import { ensureDefinitions, listOwnMetrics } from './definitions.sql.ts';
import { prepareFacts } from './facts/facts.sql.ts';
import { atMoment, type Moment, momentOfNow } from './facts/moment.ts';
import type { Catalogue, Measure, Metric, TakenMetric } from './metric.ts';
import { takeOwnMetric } from './own/take-own.ts';
import { apart, findLacks, listBoundaryIds, lockTakes } from './takes.sql.ts';
import { measureCells, valuesOf } from './values/measure.sql.ts';
import { saveTake, type TakenMeasure } from './values/save-values.sql.ts';

export interface TakeOutcome {
  /** `2026-11-27`. */
  readonly day: string;
  readonly milliseconds: number;
  readonly metrics: readonly TakenMetric[];
}

const recordsOf = (metric: Metric, measure: Measure): string => measure.records ?? metric.records;

/** Measures whose records are the same are made in one pass. */
async function measureMetric(
  db: Kysely<Database>,
  metric: Metric,
  { moment, boundaries }: { readonly moment: Moment; readonly boundaries: readonly string[] },
): Promise<TakenMeasure[]> {
  const byQuery = Map.groupBy(metric.measures, (measure) => recordsOf(metric, measure));
  const taken: TakenMeasure[] = [];
  for (const [query, measures] of byQuery) {
    const aggregates = new Set(measures.map(({ aggregate }) => aggregate));
    const cells = await measureCells(db, atMoment(query, moment), metric.by, aggregates);
    for (const { key, aggregate } of measures)
      taken.push({ measure: key, aggregate, values: valuesOf(aggregate, cells, boundaries) });
  }
  return taken;
}

/** One metric that PostgreSQL refuses is not to cost the others theirs. @throws what is no fault of the metric. */
async function measuredApart(
  db: Kysely<Database>,
  measuring: () => Promise<TakenMeasure[]>,
): Promise<{ readonly measures: TakenMeasure[]; readonly problem?: string }> {
  try {
    return { measures: await apart(db, measuring) };
  } catch (error) {
    if (isDatabaseFault(error)) throw error;
    return { measures: [], problem: messageOf(error) };
  }
}

export interface TakeWork {
  readonly moment: Moment;
  readonly metrics: Catalogue;
  readonly takenAt: Date;
  readonly clock: () => number;
  readonly signal?: AbortSignal | undefined;
}

/** Takes metrics of a moment within a transaction. */
export async function takeAt(db: Kysely<Database>, work: TakeWork): Promise<TakenMetric[]> {
  const { moment, metrics, takenAt, clock } = work;
  await lockTakes(db);
  const ids = await ensureDefinitions(db, takenAt);
  const missing = await findLacks(db, new Set(metrics.flatMap(({ needs }) => needs ?? [])));
  const boundaries = await listBoundaryIds(db);
  await prepareFacts(
    db,
    moment,
    metrics.flatMap((metric) => metric.measures.map((measure) => recordsOf(metric, measure))),
  );
  const outcomes: TakenMetric[] = [];
  for (const metric of metrics) {
    work.signal?.throwIfAborted();
    const begun = clock();
    const lacks = (metric.needs ?? []).filter((lack) => missing.has(lack));
    const { measures, problem } =
      lacks.length > 0
        ? { measures: [] }
        : await measuredApart(db, () => measureMetric(db, metric, { moment, boundaries }));
    const failed = problem === undefined ? {} : { problem };
    const milliseconds = clock() - begun;
    const values = await saveTake(db, {
      metricId: ids.get(metric.name) ?? 0,
      day: moment.today,
      takenAt,
      isComputed: !moment.isNow,
      milliseconds,
      lacks,
      measures,
      ...failed,
    });
    const { code, name, title } = metric;
    outcomes.push({ code, name, title, values, milliseconds, lacks, ...failed });
  }
  return outcomes;
}

/**
 * Takes metrics now, for today; what was taken today before is replaced.
 * @param only names or codes; undefined: all, own ones too.
 */
export async function takeMetrics(
  app: App,
  {
    only,
    signal,
  }: { readonly only?: ReadonlySet<string> | undefined; readonly signal?: AbortSignal | undefined } = {},
): Promise<TakeOutcome> {
  const now = app.now();
  const clock = (): number => performance.now();
  const begun = clock();
  const moment = momentOfNow(now);
  const metrics = catalogue.filter(({ name }) => only?.has(name) ?? true);
  const taken = await app.store.transaction((tx) =>
    takeAt(tx.db, { moment, metrics, takenAt: now, clock, signal }),
  );
  const own: TakenMetric[] = [];
  for (const metric of await listOwnMetrics(app.db)) {
    signal?.throwIfAborted();
    if (only?.has(metric.name) ?? true) own.push(await takeOwnMetric(app, metric, { now, clock }));
  }
  return { day: moment.today, milliseconds: clock() - begun, metrics: [...taken, ...own] };
}
