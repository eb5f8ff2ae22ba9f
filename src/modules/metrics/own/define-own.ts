/** Trying and saving a metric of one's own. Only who may define metrics for the whole installation is let to either. */
import type { Actor } from '../../../canonical/access/index.ts';
import type { MetricAggregate, MetricDirection, MetricUnit } from '../../../canonical/metrics/index.ts';
import { type FieldFault, TielineError } from '../../../platform/errors/index.ts';
import type { JsonObject } from '../../../platform/values/index.ts';
import type { App } from '../../../engine/run/index.ts';
import { shippedMetric } from '../catalogue/catalogue.ts';
import { ensureDefinitions, endOwnMetric, saveOwnMetric } from '../definitions.sql.ts';
import { type CellValue, valuesOf } from '../values/measure.sql.ts';
import { columnsOf, runAsReader } from './own-query.ts';
import { measureOwn } from './take-own.ts';

export interface OwnMetric {
  readonly name: string;
  readonly title: string;
  readonly definition: string;
  readonly query: string;
  readonly aggregate: MetricAggregate;
  readonly unit: MetricUnit;
  readonly direction: MetricDirection;
  /** Whether there are values by boundary, which readers of some boundaries see. */
  readonly byBoundary: boolean;
  readonly by: readonly ('severity' | 'band')[];
}

export interface Trial {
  readonly columns: readonly string[];
  /** The first records. */
  readonly records: readonly JsonObject[];
  readonly values: readonly Pick<CellValue, 'level' | 'systemId' | 'severity' | 'band' | 'value'>[];
  readonly milliseconds: number;
}

const sampled = 20;
const shownValues = 200;
const withoutAmount: ReadonlySet<MetricAggregate> = new Set(['count', 'share', 'ratio', 'growth']);

function faultsOf(metric: OwnMetric, there: ReadonlySet<string>): FieldFault[] {
  const lacks = (column: string, why: string): FieldFault[] =>
    there.has(column) ? [] : [{ field: 'query', message: `has no column ${column}: ${why}` }];
  return [
    ...lacks('record', 'the key of each record that is counted'),
    ...(metric.byBoundary ? lacks('system_id', 'the boundary of each record, for values by boundary') : []),
    ...metric.by.flatMap((column) => lacks(column, 'what the values are broken down by')),
    ...(withoutAmount.has(metric.aggregate)
      ? []
      : lacks('amount', `what a metric by ${metric.aggregate} is computed from`)),
    ...(['share', 'ratio', 'growth'].includes(metric.aggregate) && !there.has('counted')
      ? lacks('counted', 'which records are above the line')
      : []),
  ];
}

const levelsOf = ({ byBoundary, by }: OwnMetric): string =>
  ['organization', ...(byBoundary ? ['boundary'] : []), ...by].join(', ');
const measuresOf = ({ title, unit, aggregate, direction }: OwnMetric) => [
  { key: 'value', title, unit, aggregate, direction },
];

/** Runs it as it would be taken, and keeps nothing. @throws METRIC_INVALID that names what is wrong. */
export async function tryOwnMetric(app: App, metric: OwnMetric): Promise<Trial> {
  const begun = performance.now();
  const query = metric.query.replace(/;\s*$/, '');
  // By itself first: what is not whole by itself could become something else inside of another query.
  const records = await runAsReader(app, query, { limit: sampled });
  const columns = await columnsOf(app, query);
  const fields = faultsOf(metric, columns);
  if (fields.length > 0)
    throw new TielineError('METRIC_INVALID', `The query does not give the records of a metric.`, { fields });
  const cells = await measureOwn(app, query, { levels: levelsOf(metric), measures: measuresOf(metric) });
  const values = valuesOf(metric.aggregate, cells, [])
    .filter(({ level }) => metric.byBoundary || level === 'organization')
    .slice(0, shownValues)
    .map(({ level, systemId, severity, band, value }) => ({ level, systemId, severity, band, value }));
  return { columns: [...columns], records, values, milliseconds: performance.now() - begun };
}

/** Tries it and saves it. @returns what the trial gave. @throws METRIC_INVALID. */
export async function defineOwnMetric(
  app: App,
  actor: Pick<Actor, 'name'>,
  metric: OwnMetric,
): Promise<Trial> {
  if (!/^[a-z][a-z0-9-]{1,99}$/.test(metric.name) || shippedMetric(metric.name))
    throw new TielineError('METRIC_INVALID', 'The metric was not saved.', {
      fields: [
        {
          field: 'name',
          message: shippedMetric(metric.name)
            ? `${metric.name} is a metric that ships with Tieline`
            : 'lower-case letters, digits and hyphens, beginning with a letter; for example open-findings-of-finance',
        },
      ],
    });
  const trial = await tryOwnMetric(app, metric);
  const now = app.now();
  await app.store.transaction(async ({ db }) => {
    await ensureDefinitions(db, now);
    await saveOwnMetric(db, {
      name: metric.name,
      title: metric.title,
      definition: metric.definition,
      query: metric.query.replace(/;\s*$/, ''),
      levels: levelsOf(metric),
      unit: metric.unit,
      measures: measuresOf(metric),
      by: actor.name,
      now,
    });
  });
  return trial;
}

/** Takes it no more; its values are kept. @throws METRIC_UNKNOWN. */
export async function removeOwnMetric(app: Pick<App, 'db' | 'now'>, name: string): Promise<void> {
  if (!(await endOwnMetric(app.db, name, app.now())))
    throw new TielineError('METRIC_UNKNOWN', `There is no metric "${name}" that somebody here defined.`);
}
