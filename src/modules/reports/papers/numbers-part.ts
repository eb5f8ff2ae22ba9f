/** Stored values on paper: numbers against their targets, and a year in lines. */
import { comparisonWords, valueWords } from '../../../canonical/metrics/index.ts';
import type { Block, Tone } from '../../../platform/paper/index.ts';
import type { ReportNote } from '../rendered.ts';
import type { MetricFacts, SeriesFacts, Snapshot } from '../snapshot/snapshot.ts';
import { type Part, said } from './parts.ts';

export interface Chosen {
  readonly metric: string;
  readonly measure: string;
  /** Said in its place where it is short for the measure's own. */
  readonly title?: string;
}

export function measureOf({ metrics }: Snapshot, { metric, measure }: Chosen) {
  const found = metrics?.metrics.find(({ name }) => name === metric);
  const its = found?.measures.find(({ key }) => key === measure);
  return found && its ? { metric: found, measure: its } : undefined;
}

const targetNote = ({ target, isMet, unit, before, value }: MetricFacts['measures'][number]): string => {
  const goal =
    target === null
      ? 'no target'
      : `target ${comparisonWords[target.comparison]} ${valueWords(target.target, unit)}, ${isMet ? 'met' : 'missed'}`;
  if (before === null || value === null) return goal;
  const change = value - before.value;
  const moved =
    change === 0 ? 'unchanged' : `${change > 0 ? 'up' : 'down'} ${valueWords(Math.abs(change), unit)}`;
  return `${goal}; ${moved} since ${before.day}`;
};

type NumberItem = Extract<Block, { kind: 'numbers' }>['items'][number];

/** The numbers that matter, each against its target. What has no value says so, and is listed. */
export function numbersPart(snapshot: Snapshot, picks: readonly Chosen[]): Part {
  const notes: ReportNote[] = [];
  const items = picks.map((pick): NumberItem => {
    const found = measureOf(snapshot, pick);
    const title = pick.title ?? found?.measure.title ?? pick.metric;
    if (!found || found.measure.value === null) {
      const why = found?.metric.needs ?? found?.metric.problem ?? undefined;
      notes.push({ code: 'no_value', subject: title, ...(why === undefined ? {} : { detail: why }) });
      return { title, value: 'no value', note: 'see the last page', tone: 'quiet' };
    }
    const { measure } = found;
    const tone: Tone = measure.isMet === null ? 'plain' : measure.isMet ? 'good' : 'bad';
    return { title, value: valueWords(found.measure.value, measure.unit), note: targetNote(measure), tone };
  });
  return { blocks: [{ kind: 'numbers', items }], notes };
}

/** On which day the numbers were taken. */
export function takenWords({ metrics }: Snapshot): string {
  const days = [...new Set((metrics?.metrics ?? []).flatMap(({ takenOn }) => takenOn ?? []))].toSorted();
  const [first] = days;
  const last = days.at(-1);
  if (first === undefined || last === undefined) return 'No metric has been taken yet.';
  return first === last
    ? `Metrics as they were taken on ${first}.`
    : `Metrics as they were taken from ${first} to ${last}.`;
}

const severityOrder = ['Critical', 'High', 'Medium', 'Low'];

/** A year in lines, one for each of what the series are of. */
export function yearPart(
  snapshot: Snapshot,
  title: string,
  chosen: readonly { readonly of: Chosen; readonly name: string | null }[],
): Part {
  const { metrics } = snapshot;
  if (metrics === null) return said();
  const lines = chosen.flatMap(({ of, name }) => {
    const series = metrics.series.filter(
      ({ metric, measure }) => metric === of.metric && measure === of.measure,
    );
    return series
      .toSorted((one, other) => severityOrder.indexOf(one.of ?? '') - severityOrder.indexOf(other.of ?? ''))
      .map((each) => ({ of: name ?? each.of ?? of.metric, values: valuesOf(each, metrics.months) }));
  });
  // Months before the first value are no history: they are said, and not drawn as a line of nothing.
  const begins = metrics.months.findIndex((_, at) => lines.some(({ values }) => values[at] !== null));
  const skipped = Math.max(0, begins);
  const [pick] = chosen;
  const unit = (pick && measureOf(snapshot, pick.of)?.measure.unit) ?? 'count';
  const words = lines.map(({ of, values }) => {
    const known = values.filter((value) => value !== null);
    const [first] = known;
    const last = known.at(-1);
    return first === undefined || last === undefined
      ? `${of}: no value`
      : `${of}: from ${valueWords(first, unit)} to ${valueWords(last, unit)}`;
  });
  const places = metrics.months.slice(skipped);
  return said(
    {
      kind: 'lines',
      title,
      alt: `${title}, ${places[0] ?? ''} to ${places.at(-1) ?? ''}. ${words.join('; ')}.`,
      along: 'Month',
      places,
      lines: lines.map(({ of, values }) => ({ of, values: values.slice(skipped) })),
      show: (value) => valueWords(value, unit),
    },
    ...(skipped > 0
      ? [{ kind: 'text', tone: 'quiet', text: `No value is kept from before ${places[0] ?? ''}.` } as const]
      : []),
  );
}

const valuesOf = ({ months }: SeriesFacts, all: readonly string[]): (number | null)[] => {
  const known = new Map(months.map(({ month, value }) => [month, value]));
  return all.map((month) => known.get(month) ?? null);
};
