/** The words of metrics: units, aggregates, levels, and how a value stands against its target. */

export const metricCategories = [
  'exposure',
  'remediation',
  'threat',
  'assurance',
  'poam',
  'deviation',
  'quality',
  'stig',
  'fedramp-vdr',
  'sync',
  'own',
] as const;
export type MetricCategory = (typeof metricCategories)[number];

export const metricUnits = ['count', 'percent', 'days', 'hours', 'ratio', 'score'] as const;
export type MetricUnit = (typeof metricUnits)[number];

/**
 * How a number is made of the records: of those that are `counted`, of all that are its `base`, and of their `amount`.
 *
 *   count   how many are counted           share   counted / base × 100
 *   ratio   counted / base                 growth  (counted − base) / base × 100
 *   sum     amounts of the counted         mean    sum of the amounts / counted
 *   rate    sum of the amounts / base      largest, median, p90   of the amounts of the counted
 *   cora    weighted shares by band        (STIG Manager, calculateCoraRiskRating)
 */
export const metricAggregates = [
  'count',
  'share',
  'ratio',
  'growth',
  'sum',
  'mean',
  'rate',
  'largest',
  'median',
  'p90',
  'cora',
] as const;
export type MetricAggregate = (typeof metricAggregates)[number];

/** `unassigned`: what is in no authorization boundary. */
export const metricLevels = ['organization', 'boundary', 'unassigned'] as const;
export type MetricLevel = (typeof metricLevels)[number];

/** Where a better number lies; `none`: it says how things are, not how good. */
export const metricDirections = ['down', 'up', 'none'] as const;
export type MetricDirection = (typeof metricDirections)[number];

export const targetComparisons = ['at_most', 'below', 'at_least', 'above'] as const;
export type TargetComparison = (typeof targetComparisons)[number];

export const comparisonWords: Readonly<Record<TargetComparison, string>> = {
  at_most: 'at most',
  below: 'below',
  at_least: 'at least',
  above: 'above',
};

/** Whether a value meets its target. */
export function isTargetMet(
  value: number,
  target: { comparison: TargetComparison; target: number },
): boolean {
  switch (target.comparison) {
    case 'at_most':
      return value <= target.target;
    case 'below':
      return value < target.target;
    case 'at_least':
      return value >= target.target;
    case 'above':
      return value > target.target;
  }
}

/** What the record behind a number is. */
export const metricRecordKinds = [
  'finding',
  'plugin',
  'asset',
  'poam',
  'milestone',
  'deviation',
  'weakness',
  'check',
  'link',
  'own',
] as const;
export type MetricRecordKind = (typeof metricRecordKinds)[number];

const suffixes: Readonly<Record<MetricUnit, string>> = {
  count: '',
  percent: '%',
  days: ' d',
  hours: ' h',
  ratio: '',
  score: '',
};

/** `1,234`, `12.3%`, `4.5 d`. */
export const valueWords = (value: number, unit: MetricUnit): string =>
  `${value.toLocaleString('en-US', { maximumFractionDigits: unit === 'count' ? 0 : unit === 'ratio' ? 2 : 1 })}${suffixes[unit]}`;
