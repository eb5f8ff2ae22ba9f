/** A dashboard on paper: each tile with its target, how it moved, and what the number means. */
import { comparisonWords, valueWords } from '../../../canonical/metrics/index.ts';
import type { App } from '../../../engine/run/index.ts';
import type { Block } from '../../../platform/paper/index.ts';
import type { DashboardData, TileData } from './dashboards.ts';

const valueOf = ({ metric, measure }: TileData): string =>
  metric.needs === null && measure.value !== null ? valueWords(measure.value, measure.unit) : 'no value';

function noteOf({ metric, measure }: TileData): string {
  if (metric.needs !== null) return `needs ${metric.needs}`;
  const { target, isMet, unit } = measure;
  const goal =
    target === null
      ? 'no target'
      : `target ${comparisonWords[target.comparison]} ${valueWords(target.target, unit)}${isMet === null ? '' : isMet ? ', met' : ', missed'}`;
  return `${goal}; as of ${metric.takenOn ?? 'no day'}${metric.isComputed ? ', computed' : ''}`;
}

/** So many places a line has room for; of more days the last of each stretch stays. */
const mostPlaces = 60;

function lineOf({ measure, points }: TileData): Block {
  const step = Math.max(1, Math.ceil(points.length / mostPlaces));
  const shown = points.filter((_, index) => (points.length - 1 - index) % step === 0);
  const [first] = shown;
  const last = shown.at(-1);
  const words =
    first && last
      ? `From ${valueWords(first.value, measure.unit)} on ${first.day} to ${valueWords(last.value, measure.unit)} on ${last.day}.`
      : 'No value.';
  return {
    kind: 'lines',
    title: `${measure.title} over time`,
    alt: `${measure.title} over time. ${words}`,
    along: 'Day',
    places: shown.map(({ day }) => day),
    lines: [{ of: measure.title, values: shown.map(({ value }) => value) }],
    show: (value) => valueWords(value, measure.unit),
  };
}

function barsOf({ tile, metric, measure, bars, barsLeft }: TileData): Block[] {
  const shown = bars.map(({ of, value }) => ({ of, value, shown: valueWords(value, measure.unit) }));
  const words = shown.map(({ of, shown: value }) => `${of}: ${value}`).join('; ');
  const by = tile.by === 'band' ? 'kind' : (tile.by ?? '');
  return [
    {
      kind: 'bars',
      title: `${measure.title} by ${by}`,
      alt: `${measure.title} by ${by}. ${words}`,
      head: [by.replace(/^./, (first) => first.toUpperCase()), measure.title],
      bars: shown,
    },
    ...(barsLeft > 0
      ? [
          {
            kind: 'text',
            tone: 'quiet',
            text: `${barsLeft} more are not shown: tieline metrics values ${metric.name} --by ${tile.by}`,
          } as const,
        ]
      : []),
  ];
}

function blocksOf({ tiles }: DashboardData): Block[] {
  const numbers = tiles.filter(({ tile }) => tile.by === null);
  const meanings = [...new Map(tiles.map(({ metric }) => [metric.name, metric])).values()];
  return [
    {
      kind: 'numbers',
      items: numbers.map((of) => ({
        title: of.measure.title,
        value: valueOf(of),
        note: noteOf(of),
        tone:
          valueOf(of) === 'no value'
            ? 'quiet'
            : of.measure.isMet === null
              ? 'plain'
              : of.measure.isMet
                ? 'good'
                : 'bad',
      })),
    },
    ...tiles.filter(({ tile }) => tile.by !== null).flatMap(barsOf),
    ...numbers.filter(({ points }) => points.length > 1).map(lineOf),
    { kind: 'heading', level: 1, text: 'What the numbers mean' },
    {
      kind: 'table',
      title: 'Definitions',
      columns: [
        { title: 'Metric', share: 1.4 },
        { title: 'What it says', share: 4 },
        { title: 'Formula', share: 2.4 },
      ],
      rows: meanings.map(({ code, title, definition, formula }) => [
        `${code ?? ''} ${title}`.trim(),
        definition,
        formula,
      ]),
      empty: 'This dashboard has no tile.',
    },
  ];
}

export interface PrintedDashboard {
  readonly bytes: Uint8Array;
  readonly fileName: string;
}

/** @param signal ends it. */
export async function printDashboard(
  { papers, now }: Pick<App, 'papers' | 'now'>,
  dashboard: DashboardData,
  signal: AbortSignal,
): Promise<PrintedDashboard> {
  // What prints is large, and most who look at metrics print nothing.
  const { printPaper } = await import('../../../platform/paper/index.ts');
  const { name, from, to, system, tiles } = dashboard;
  const generator = papers?.generator ?? 'Tieline';
  const days = [...new Set(tiles.flatMap(({ metric }) => metric.takenOn ?? []))].toSorted();
  const asOf = days.at(-1) ?? 'never';
  const { bytes } = await printPaper(
    {
      title: `${name} dashboard`,
      subtitle: system ?? 'All boundaries that you may see',
      marking: papers?.marking ?? '',
      orientation: 'portrait',
      at: new Date(`${to}T00:00:00Z`),
      author: generator,
      about: [
        ['Period', `${from} to ${to}`],
        ['Data as of', asOf],
        ['Printed', now().toISOString().slice(0, 10)],
        ['Made by', generator],
      ],
      foot: `${name} dashboard · data as of ${asOf} · ${generator}`,
      blocks: blocksOf(dashboard),
    },
    signal,
  );
  return { bytes, fileName: `${dashboard.id}-${to}.pdf` };
}
