/** The metrics with what they are now, against their targets, and how they moved. */
import type { Scope } from '../../canonical/access/index.ts';
import {
  isTargetMet,
  type MetricAggregate,
  type MetricCategory,
  type MetricDirection,
  type MetricRecordKind,
  type MetricUnit,
  type TargetComparison,
} from '../../canonical/metrics/index.ts';
import { TielineError } from '../../platform/errors/index.ts';
import type { App } from '../../engine/run/index.ts';
import { catalogue } from './catalogue/catalogue.ts';
import {
  listOrganizationTargets,
  listOwnMetrics,
  listTargets,
  type OwnMetricRow,
  type TargetRow,
} from './definitions.sql.ts';
import { lackWords } from './lacks.ts';
import type { Measure } from './metric.ts';
import { breakdownOf } from './own/breakdown.ts';
import { lastTakes, type TakeRow, type ValueRow, valuesOn } from './values/read-values.sql.ts';
import { dayAfter, valueTogether } from './values/series.ts';

/** The names of the metrics that are taken: those that ship, and those that somebody here defined. */
export async function listMetricNames({ db }: Pick<App, 'db'>): Promise<string[]> {
  return [...catalogue.map(({ name }) => name), ...(await listOwnMetrics(db)).map(({ name }) => name)];
}

export interface Target {
  readonly comparison: TargetComparison;
  readonly target: number;
  /** Of the boundary, of the organization, or as it ships. */
  readonly from: 'boundary' | 'organization' | 'shipped';
}

export interface ListedMeasure {
  readonly key: string;
  readonly title: string;
  readonly unit: MetricUnit;
  readonly aggregate: MetricAggregate;
  readonly direction: MetricDirection;
  readonly target: Target | null;
  readonly value: number | null;
  /** Whether the value meets the target; null: there is no target, or no value. */
  readonly isMet: boolean | null;
  /** The value about 30 days before, with its day. */
  readonly before: { readonly day: string; readonly value: number } | null;
}

export interface ListedMetric {
  readonly code: string | null;
  readonly name: string;
  readonly title: string;
  readonly category: MetricCategory;
  readonly definition: string;
  readonly formula: string | null;
  readonly source: string | null;
  readonly kind: MetricRecordKind;
  readonly by: readonly ('system' | 'severity' | 'band')[];
  readonly isOwn: boolean;
  readonly definedBy: string | null;
  readonly query: string;
  readonly measures: readonly ListedMeasure[];
  /** What the organization aims at by its leading measure, whatever a boundary has set for itself. */
  readonly organizationTarget: number | null;
  /** The day of the values. */
  readonly takenOn: string | null;
  readonly takenAt: Date | null;
  readonly isComputed: boolean;
  /** What is not recorded here that it needs, in words. */
  readonly needs: string | null;
  /** Why the last take of it failed. */
  readonly problem: string | null;
}

export interface KnownMetric extends Omit<
  ListedMetric,
  'measures' | 'organizationTarget' | 'takenOn' | 'takenAt' | 'isComputed' | 'needs' | 'problem'
> {
  readonly measures: readonly (Pick<Measure, 'key' | 'title' | 'unit' | 'aggregate' | 'direction'> &
    Partial<Measure>)[];
}

const ownMetric = (row: OwnMetricRow): KnownMetric => ({
  code: null,
  name: row.name,
  title: row.title,
  category: 'own',
  definition: row.definition,
  formula: null,
  source: null,
  kind: 'own',
  by: [...(row.levels.includes('boundary') ? (['system'] as const) : []), ...breakdownOf(row)],
  isOwn: true,
  definedBy: row.definedBy,
  query: row.query,
  measures: row.measures,
});

/** Every metric, those that ship first. */
export async function knownMetrics(app: Pick<App, 'db'>): Promise<KnownMetric[]> {
  const own = await listOwnMetrics(app.db);
  return [
    ...catalogue.map(
      ({
        code,
        name,
        title,
        category,
        definition,
        formula,
        source,
        kind,
        by,
        records,
        measures,
      }): KnownMetric => ({
        code,
        name,
        title,
        category,
        definition,
        formula,
        source,
        kind,
        by: ['system', ...by],
        isOwn: false,
        definedBy: null,
        query: records,
        measures,
      }),
    ),
    ...own.map(ownMetric),
  ];
}

/** @param named its code or name. @throws METRIC_UNKNOWN. */
export async function findMetric(app: Pick<App, 'db'>, named: string): Promise<KnownMetric> {
  const found = (await knownMetrics(app)).find(
    ({ code, name }) => code === named.toUpperCase() || name === named.toLowerCase(),
  );
  if (found) return found;
  throw new TielineError('METRIC_UNKNOWN', `There is no metric "${named}".`);
}

/** @throws METRIC_UNKNOWN naming the measures that there are. */
export function measureOf(metric: KnownMetric, key: string | undefined): KnownMetric['measures'][number] {
  const found = key === undefined ? metric.measures[0] : metric.measures.find((each) => each.key === key);
  if (found) return found;
  throw new TielineError('METRIC_UNKNOWN', `${metric.title} has no measure "${key ?? ''}".`, {
    remedy: `It has ${metric.measures.map((each) => each.key).join(', ')}.`,
  });
}

/** The target that holds for a measure: of the boundary, else of the organization, else the one that ships. */
export function targetOf(
  targets: readonly TargetRow[],
  metric: KnownMetric,
  { measure, systemId }: { readonly measure: string; readonly systemId?: string | undefined },
): Target | null {
  const of = (system: string | null): TargetRow | undefined =>
    targets.find((row) => row.metric === metric.name && row.measure === measure && row.systemId === system);
  const boundary = systemId === undefined ? undefined : of(systemId);
  if (boundary) return { comparison: boundary.comparison, target: boundary.target, from: 'boundary' };
  const organization = of(null);
  if (organization)
    return { comparison: organization.comparison, target: organization.target, from: 'organization' };
  const shipped = metric.measures.find(({ key }) => key === measure)?.target;
  return shipped ? { ...shipped, from: 'shipped' } : null;
}

const trendDays = 30;
const soleSystem = (scope: Scope): string | undefined =>
  scope.kind === 'boundaries' && !scope.unassigned && scope.systemIds.length === 1
    ? scope.systemIds[0]
    : undefined;

/** Every metric as it is now, in the caller's scope. @param only names; undefined: all. */
export async function listMetrics(
  app: Pick<App, 'db' | 'now'>,
  scope: Scope,
  only?: ReadonlySet<string>,
): Promise<ListedMetric[]> {
  const known = (await knownMetrics(app)).filter(({ name }) => only?.has(name) ?? true);
  const [targets, takes] = [await listTargets(app.db), await lastTakes(app.db)];
  const ofOrganization = await listOrganizationTargets(app.db);
  const byName = new Map(takes.map((take) => [take.metric, take]));
  const asOf = takes
    .map(({ day }) => day)
    .toSorted()
    .at(-1);
  const earlier = asOf === undefined ? [] : await lastTakes(app.db, dayAfter(asOf, -trendDays));
  const names = new Set(known.map(({ name }) => name));
  const daysOf = (rows: readonly TakeRow[]): Map<string, string> =>
    new Map(rows.filter(({ metric }) => names.has(metric)).map(({ metric, day }) => [metric, day]));
  const now = Map.groupBy(await valuesOn(app.db, scope, daysOf(takes)), keyOf);
  const before = Map.groupBy(await valuesOn(app.db, scope, daysOf(earlier)), keyOf);
  return known.map((metric) => {
    const take = byName.get(metric.name);
    const sees = !metric.isOwn || metric.by.includes('system') || scope.kind === 'everywhere';
    return {
      ...metric,
      measures: metric.measures.map((measure): ListedMeasure => {
        const key = `${metric.name} ${measure.key}`;
        const target = targetOf(targets, metric, { measure: measure.key, systemId: soleSystem(scope) });
        return shown(measure, { target, now: now.get(key) ?? [], before: before.get(key) ?? [], take });
      }),
      organizationTarget:
        ofOrganization.get(metric.name) ??
        targetOf(targets, metric, { measure: metric.measures[0]?.key ?? '' })?.target ??
        null,
      takenOn: take?.day ?? null,
      takenAt: take?.takenAt ?? null,
      isComputed: take?.isComputed ?? false,
      needs: needsOf(take, sees),
      problem: take?.problem ?? null,
    };
  });
}

const keyOf = ({ metric, measure }: ValueRow): string => `${metric} ${measure}`;

function needsOf(take: TakeRow | undefined, sees: boolean): string | null {
  if (!sees) return 'the right to see every boundary: it has no values by boundary';
  if (take === undefined) return 'to be taken for the first time: `tieline metrics take`, or a worker';
  return take.lacks.length > 0 ? lackWords(take.lacks) : null;
}

function shown(
  { key, title, unit, aggregate, direction }: KnownMetric['measures'][number],
  of: {
    readonly target: Target | null;
    readonly now: readonly ValueRow[];
    readonly before: readonly ValueRow[];
    readonly take: TakeRow | undefined;
  },
): ListedMeasure {
  const value = valueTogether(aggregate, of.now) ?? null;
  const past = valueTogether(aggregate, of.before);
  const day = of.before[0]?.day;
  return {
    key,
    title,
    unit,
    aggregate,
    direction,
    target: of.target,
    value,
    isMet: value === null || of.target === null ? null : isTargetMet(value, of.target),
    before: past === undefined || day === undefined ? null : { day, value: past },
  };
}
