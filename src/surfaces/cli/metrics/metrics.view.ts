/** How metrics are shown on a terminal. */
import { comparisonWords, type MetricUnit, valueWords } from '../../../canonical/metrics/index.ts';
import type {
  ListedMeasure,
  ListedMetric,
  MetricRecords,
  MetricSeries,
  TakeOutcome,
} from '../../../modules/metrics/index.ts';
import { shownText } from '../../../platform/errors/index.ts';
import { fittedTable } from '../kit/fitted-table.ts';
import { counted } from '../kit/table.ts';

/** `1,234`, `12.3%`, `4.5 d`. */
export const valueText = (value: number | null, unit: MetricUnit): string =>
  value === null ? '–' : valueWords(value, unit);

export const targetText = ({ target, unit }: Pick<ListedMeasure, 'target' | 'unit'>): string =>
  target === null ? '' : `${comparisonWords[target.comparison]} ${valueText(target.target, unit)}`;

const trendText = ({ value, before, unit }: ListedMeasure): string => {
  if (value === null || before === null) return '';
  const change = value - before.value;
  const text = valueText(Math.abs(change), unit);
  return change === 0 ? 'same' : `${change > 0 ? '+' : '-'}${text}`;
};

const metText = ({ isMet }: ListedMeasure): string => (isMet === null ? '' : isMet ? 'met' : 'MISSED');

export function metricTable(metrics: readonly ListedMetric[], width: number | undefined): string {
  const rows = metrics.flatMap((metric) =>
    metric.measures.map((measure, n): string[] => [
      n === 0 ? (metric.code ?? shownText(metric.name)) : '',
      shownText(measure.title),
      valueText(measure.value, measure.unit),
      targetText(measure),
      metText(measure),
      trendText(measure),
      n === 0
        ? shownText(
            metric.problem === null
              ? metric.needs === null
                ? (metric.takenOn ?? '')
                : `needs ${metric.needs}`
              : `failed: ${metric.problem}`,
          )
        : '',
    ]),
  );
  return fittedTable(['METRIC', 'MEASURE', 'VALUE', 'TARGET', '', 'IN 30 DAYS', 'AS OF'], rows, width);
}

export function metricText(metric: ListedMetric): string {
  const lines: (readonly [string, string | null])[] = [
    ['Definition', metric.definition],
    ['Formula', metric.formula],
    ['Source', metric.source ?? (metric.definedBy === null ? null : `defined by ${metric.definedBy}`)],
    ['By', metric.by.join(', ') || 'nothing'],
    [
      'Organization',
      metric.organizationTarget === null
        ? null
        : `aims at ${valueText(metric.organizationTarget, metric.measures[0]?.unit ?? 'count')}`,
    ],
    ['As of', metric.takenOn],
    ['Needs', metric.needs],
    ['Failed', metric.problem],
  ];
  return [
    `${metric.code ?? metric.name}  ${shownText(metric.title)}`,
    ...lines.flatMap(([name, text]) => (text === null ? [] : [`  ${name.padEnd(12)}${shownText(text)}`])),
    '',
    ...metric.measures.map(
      (measure) =>
        `  ${measure.key.padEnd(12)}${shownText(measure.title)}: ${valueText(measure.value, measure.unit)}${measure.target === null ? '' : `, target ${targetText(measure)}`}`,
    ),
  ].join('\n');
}

const drawnAtMost = 30;

export function seriesText(series: MetricSeries, width: number | undefined): string {
  const { unit } = series.measure;
  const lines = [
    `${shownText(series.measure.title)}, ${series.from} to ${series.to}`,
    ...(series.remark === null ? [] : ['', shownText(series.remark)]),
  ];
  if (series.by === null) {
    const [whole] = series.series;
    const points = whole?.points.slice(-drawnAtMost) ?? [];
    if (points.length > 0)
      lines.push(
        '',
        fittedTable(
          ['DAY', 'VALUE', ''],
          points.map(({ day, value, isComputed }) => [
            day,
            valueText(value, unit),
            isComputed ? 'computed' : '',
          ]),
          width,
        ),
      );
    if (whole && whole.points.length > points.length)
      lines.push(`The last ${points.length} of ${whole.points.length} values; --csv gives all.`);
  } else
    lines.push(
      '',
      fittedTable(
        [series.by.toUpperCase(), 'FIRST', 'LAST', 'VALUES'],
        series.series.map(({ of, points }) => [
          shownText(of ?? ''),
          valueText(points[0]?.value ?? null, unit),
          valueText(points.at(-1)?.value ?? null, unit),
          String(points.length),
        ]),
        width,
      ),
    );
  return [...lines, ...notesOn(series)].join('\n');
}

function notesOn(series: MetricSeries): string[] {
  const { unit } = series.measure;
  const notes: string[] = [];
  const [whole] = series.series;
  if (series.target && whole && whole.met !== null && whole.missed !== null)
    notes.push(
      `Target ${targetText({ target: series.target, unit })} (${series.target.from}): met on ${counted(whole.met, 'day')}, missed on ${whole.missed}.`,
    );
  if (series.comparison) {
    const { now, before } = series.comparison;
    const period = ({ from, to, first, last, mean }: typeof now): string =>
      `${from} to ${to}: ${valueText(first, unit)} to ${valueText(last, unit)}, mean ${valueText(mean, unit)}`;
    notes.push(`Before  ${period(before)}`, `Now     ${period(now)}`);
  }
  const end = series.continuation.at(-1);
  if (end)
    notes.push(
      `Continued as a straight line: ${valueText(end.value, unit)} on ${end.day}. No more is known of it.`,
    );
  return notes.length === 0 ? [] : ['', ...notes];
}

export function recordsText(found: MetricRecords, width: number | undefined): string {
  const hasAmounts = found.items.some(({ amount }) => amount !== null);
  const head = `${shownText(found.measure.title)}: ${counted(found.count, 'record')} now`;
  if (found.items.length === 0) return head;
  const rows = found.items.map((item) => [
    shownText(item.key ?? item.record),
    shownText(item.title ?? ''),
    item.systemId ?? 'none',
    item.severity ?? item.band ?? '',
    ...(hasAmounts ? [item.amount === null ? '' : valueText(item.amount, found.measure.unit)] : []),
  ]);
  return `${head}\n\n${fittedTable([found.kind.toUpperCase(), 'WHAT', 'SYSTEM', '', ...(hasAmounts ? ['AMOUNT'] : [])], rows, width)}`;
}

export function takeText({ day, milliseconds, metrics }: TakeOutcome, history: readonly string[]): string {
  const taken = metrics.filter(({ lacks, problem }) => lacks.length === 0 && problem === undefined);
  const values = metrics.reduce((sum, each) => sum + each.values, 0);
  const lines = [
    `${counted(taken.length, 'metric')} taken for ${day}: ${counted(values, 'value')} in ${(milliseconds / 1000).toFixed(1)} s.`,
  ];
  const lacking = metrics.filter(({ lacks }) => lacks.length > 0);
  if (lacking.length > 0)
    lines.push(
      `${counted(lacking.length, 'metric')} without a value: ${lacking.map(({ code, name }) => code ?? name).join(', ')}; \`tieline metrics list\` says what they need.`,
    );
  for (const { name, problem } of metrics)
    if (problem !== undefined) lines.push(`${name} failed: ${shownText(problem)}`);
  if (history.length > 0)
    lines.push(`History computed for ${counted(history.length, 'day')}, back to ${history.at(-1) ?? ''}.`);
  return lines.join('\n');
}
