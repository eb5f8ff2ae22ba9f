import type { MeasureRow, MetricRow } from '../../api/metrics.ts';

const suffixes: Readonly<Record<MeasureRow['unit'], string>> = {
  count: '',
  percent: '%',
  days: ' d',
  hours: ' h',
  ratio: '',
  score: '',
};

/** `1,234`, `12.3%`, `4.5 d`. */
export const valueWords = (value: number, unit: MeasureRow['unit']): string =>
  `${value.toLocaleString('en', { maximumFractionDigits: unit === 'count' ? 0 : unit === 'ratio' ? 2 : 1 })}${suffixes[unit]}`;

const comparisons = { at_most: 'at most', below: 'below', at_least: 'at least', above: 'above' } as const;

export const targetWords = ({ target, unit }: Pick<MeasureRow, 'target' | 'unit'>): string =>
  target === null ? '' : `${comparisons[target.comparison]} ${valueWords(target.target, unit)}`;

/** How a value moved, and whether that is better. */
export function trendOf({
  value,
  before,
  unit,
  direction,
}: MeasureRow): { words: string; tone: 'good' | 'bad' | 'quiet' } | null {
  if (value === null || before === null) return null;
  const change = value - before.value;
  const size = valueWords(Math.abs(change), unit);
  if (change === 0 || size === valueWords(0, unit))
    return { words: `unchanged since ${before.day}`, tone: 'quiet' };
  const better = direction === 'none' ? null : change < 0 === (direction === 'down');
  return {
    words: `${change > 0 ? '▲' : '▼'} ${size} since ${before.day}`,
    tone: better === null ? 'quiet' : better ? 'good' : 'bad',
  };
}

/** What the bands of a metric are. */
const bands: Readonly<Record<string, string>> = {
  'bod-26-04-tiers': 'tier',
  'poam-status': 'status',
  'poam-ageing': 'age',
  'accepted-vulnerabilities': 'impact',
  'cora-risk': 'category',
  'mean-time-to-remediate': 'exploitation',
};
/** What it is broken down by: `system`, `severity`, `status`. */
export const byName = (metric: string, by: 'system' | 'severity' | 'band'): string =>
  by === 'band' ? (bands[metric] ?? 'kind') : by;
export const byWords = (metric: string, by: 'system' | 'severity' | 'band'): string =>
  `by ${byName(metric, by)}`;

/** Worst first; anything that is not a severity keeps its place. */
const severities = ['Critical', 'High', 'Medium', 'Low', 'Info'];
export const severityRank = (name: string | null): number => {
  const at = severities.indexOf(name ?? '');
  return at === -1 ? severities.length : at;
};

export const categoryWords: Readonly<Record<MetricRow['category'], string>> = {
  exposure: 'Exposure',
  remediation: 'Remediation',
  threat: 'Threat',
  assurance: 'Scan coverage',
  poam: 'POA&Ms',
  deviation: 'Deviations',
  quality: 'Quality of decisions',
  stig: 'Audits',
  'fedramp-vdr': 'FedRAMP VDR',
  sync: 'Agreement of both sides',
  own: 'Defined here',
};

export const periods: readonly (readonly [days: string, words: string])[] = [
  ['30', '30 days'],
  ['90', '90 days'],
  ['180', '6 months'],
  ['365', '1 year'],
];
export const usualDays = 90;
