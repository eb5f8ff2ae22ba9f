/** Taking a metric of one's own. What fails is kept with the take and shown; it does not stop the others. */
import { messageOf } from '../../../platform/errors/index.ts';
import type { App } from '../../../engine/run/index.ts';
import type { OwnMetricRow } from '../definitions.sql.ts';
import { momentOfNow } from '../facts/moment.ts';
import type { TakenMetric } from '../metric.ts';
import { type Cell, type CellRow, cellsFrom, cellsOf, valuesOf } from '../values/measure.sql.ts';
import { saveTake } from '../values/save-values.sql.ts';
import { breakdownOf } from './breakdown.ts';
import { columnsOf, recordsOf, runAsReader } from './own-query.ts';

/** More boundaries, severities and bands than this together are not taken. */
const cellsAtMost = 20_000;

/** Counts the records of an own query, as the reader. @throws METRIC_INVALID. */
export async function measureOwn(
  app: App,
  query: string,
  metric: Pick<OwnMetricRow, 'levels' | 'measures'>,
): Promise<Cell[]> {
  const records = recordsOf(query, await columnsOf(app, query));
  const aggregates = new Set(metric.measures.map(({ aggregate }) => aggregate));
  const counting = cellsOf(records, breakdownOf(metric), aggregates).compile(app.db).sql;
  // It holds no parameters: everything in it is the query and our own words.
  const rows = await runAsReader(app, counting, { limit: cellsAtMost });
  return cellsFrom(rows as unknown as CellRow[]); // as `cellsOf` selects them
}

const isByBoundary = ({ levels }: Pick<OwnMetricRow, 'levels'>): boolean =>
  levels.split(', ').includes('boundary');

export async function takeOwnMetric(
  app: App,
  metric: OwnMetricRow,
  { now, clock }: { readonly now: Date; readonly clock: () => number },
): Promise<TakenMetric> {
  const begun = clock();
  let cells: Cell[] = [];
  let problem: string | undefined;
  try {
    const all = await measureOwn(app, metric.query, metric);
    cells = isByBoundary(metric) ? all : all.filter(({ level }) => level === 'organization');
  } catch (error) {
    problem = messageOf(error);
    app.log.warn({ metric: metric.name }, `a metric could not be taken: ${problem}`);
  }
  const milliseconds = clock() - begun;
  const measures =
    problem === undefined
      ? metric.measures.map(({ key, aggregate }) => ({
          measure: key,
          aggregate,
          values: valuesOf(aggregate, cells, []),
        }))
      : [];
  const values = await app.store.transaction((tx) =>
    saveTake(tx.db, {
      metricId: metric.id,
      day: momentOfNow(now).today,
      takenAt: now,
      isComputed: false,
      milliseconds,
      lacks: [],
      measures,
      ...(problem === undefined ? {} : { problem }),
    }),
  );
  const { name, title } = metric;
  return {
    code: null,
    name,
    title,
    values,
    milliseconds,
    lacks: [],
    ...(problem === undefined ? {} : { problem }),
  };
}
