/**
 * The records behind a number, as they are now. A number of the organization has each record once; one of boundaries has a record of two boundaries
 * twice, as their sum has. So a count is the number of rows here, by construction: both come from the query of the metric.
 */
import {
  type Actor,
  intersected,
  isEmpty,
  type Permission,
  type Scope,
  scopeFor,
} from '../../../canonical/access/index.ts';
import type { MetricRecordKind } from '../../../canonical/metrics/index.ts';
import { TielineError } from '../../../platform/errors/index.ts';
import type { App } from '../../../engine/run/index.ts';
import { isBoundaryWithin } from '../../../record/boundaries/index.ts';
import { factsBefore } from '../facts/facts.sql.ts';
import { atMoment, momentOfNow } from '../facts/moment.ts';
import { findMetric, type KnownMetric, measureOf } from '../list-metrics.ts';
import { columnsOf, recordsOf, runAsReader } from '../own/own-query.ts';
import { describeRecords } from './describe-records.sql.ts';
import type { MetricRecord, RecordsQuery } from './metric-record.ts';
import { pageAlone, pageOf, readFacts, type Row } from './record-pages.sql.ts';

export interface MetricRecords {
  readonly metric: KnownMetric;
  readonly measure: KnownMetric['measures'][number];
  readonly kind: MetricRecordKind;
  readonly count: number;
  readonly items: readonly MetricRecord[];
  /** The list of this product that shows the same records, with its filter. */
  readonly list: { readonly noun: string; readonly filter: Readonly<Record<string, string>> } | null;
  readonly countedAt: Date;
}

/** @param system ids, separated by commas. @throws RECORD_UNKNOWN where a boundary is not there or out of scope. */
export async function requireBoundary(
  app: Pick<App, 'db'>,
  scope: Scope,
  system: string | undefined,
): Promise<Scope> {
  if (system === undefined) return scope;
  const systemIds = system.split(',').filter((each) => each !== '');
  for (const each of systemIds)
    if (!(await isBoundaryWithin(app.db, scope, each)))
      throw new TielineError('RECORD_UNKNOWN', `There is no system ${each}.`);
  return intersected(scope, { kind: 'boundaries', systemIds, unassigned: false });
}

/** How long the records of a whole organization may take to be counted; the server gives a request less by itself. */
const patienceMs = 20_000;

async function readPage(
  app: App,
  metric: KnownMetric,
  records: string,
  of: { reach: Scope; query: RecordsQuery },
): Promise<Row[]> {
  const { reach, query } = of;
  if (metric.isOwn) {
    const text = recordsOf(records, await columnsOf(app, records));
    const paging = pageAlone(text, reach, query).compile(app.db).sql;
    return (await runAsReader(app, paging, { limit: query.limit + 1 })) as unknown as Row[]; // as `pageOf` selects them
  }
  const moment = momentOfNow(app.now());
  const text = atMoment(records, moment);
  const facts = await factsBefore(app.db, text, { moment, reach });
  return await app.store.transaction(({ db }) =>
    readFacts(db, facts, pageOf(text, reach, query), patienceMs),
  );
}

/** Who sees records of a kind: a number is for more people than the records behind it. */
const seenBy: Readonly<Record<MetricRecordKind, Permission>> = {
  finding: 'finding:read',
  plugin: 'finding:read',
  weakness: 'finding:read',
  check: 'finding:read',
  asset: 'asset:read',
  poam: 'poam:read',
  milestone: 'poam:read',
  deviation: 'poam:read',
  link: 'link:read',
  own: 'metric:read',
};

/** @throws TielineError NOT_ALLOWED where the reader sees none of that kind. */
function narrowed(scope: Scope, kind: MetricRecordKind, { actor, now }: { actor: Actor; now: Date }): Scope {
  const held = scopeFor(actor, seenBy[kind], now);
  const within = held && intersected(scope, held);
  if (within === undefined || isEmpty(within))
    throw new TielineError('NOT_ALLOWED', `The records behind this number are seen with ${seenBy[kind]}.`);
  return within;
}

/**
 * @param reader cuts the records to what they see of that kind; undefined: who works at the machine.
 * @throws METRIC_UNKNOWN, RECORD_UNKNOWN, NOT_ALLOWED.
 */
export async function metricRecords(
  app: App,
  scope: Scope,
  query: RecordsQuery,
  reader?: Actor,
): Promise<MetricRecords> {
  const metric = await findMetric(app, query.metric);
  const measure = measureOf(metric, query.measure);
  const own = measure.kind ?? metric.kind;
  const kind = query.part === 'base' ? (measure.baseKind ?? own) : own;
  const seen = reader ? narrowed(scope, kind, { actor: reader, now: app.now() }) : scope;
  const reach = await requireBoundary(app, seen, query.system);
  const rows = await readPage(app, metric, measure.records ?? metric.query, { reach, query });
  const found = rows.filter(({ record }) => record !== null);
  const described = await describeRecords(
    app.db,
    kind,
    found.map(({ record }) => record),
  );
  return {
    metric,
    measure,
    kind,
    count: rows[0]?.total ?? 0,
    items: found.map(({ total: _total, ...row }) => ({
      ...row,
      key: described.get(row.record)?.key ?? null,
      title: described.get(row.record)?.title ?? null,
    })),
    list: listOf(measure, query),
    countedAt: app.now(),
  };
}

/** The list that shows the same, where one can say it. */
function listOf(measure: KnownMetric['measures'][number], query: RecordsQuery): MetricRecords['list'] {
  const { list } = measure;
  if (!list || query.band !== undefined || query.part === 'base') return null;
  return {
    noun: list.noun,
    filter: {
      ...list.filter,
      ...(query.severity === undefined ? {} : { severity: query.severity }),
      ...(query.system === undefined ? {} : { system: query.system }),
    },
  };
}
