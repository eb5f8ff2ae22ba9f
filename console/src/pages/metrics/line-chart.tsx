/**
 * Values over time as SVG of our own: one or a few lines, a target, and the straight continuation. Every chart has its numbers as a table, and a line is
 * recognized by its dashes and the name at its end, not by colour alone. A chart library would be larger than the rest of the page.
 */
import { useId } from 'react';
import type { MeasureRow } from '../../api/metrics.ts';
import styles from './metrics.module.css';
import { severityRank, targetWords, valueWords } from './words.ts';

export interface ChartLine {
  readonly name: string | null;
  readonly points: readonly { readonly day: string; readonly value: number }[];
}

const dashes = ['', '6 3', '2 3', '8 3 2 3', '1 4', '10 4'];
const tones = [
  'var(--link)',
  'var(--critical-solid)',
  'var(--medium-solid)',
  'var(--good)',
  'var(--info-solid)',
  'var(--high-solid)',
];
export const linesAtMost = dashes.length;

/** The colour of a severity is the one it has everywhere. */
const toneOf = (name: string | null, n: number): string | undefined =>
  name !== null && ['Critical', 'High', 'Medium', 'Low'].includes(name)
    ? `var(--${name.toLowerCase()}-solid)`
    : tones[n];
const labelHeight = 14;
/** Names at the ends of lines, pushed apart where they would lie on each other. @returns the height of each, in the order given. */
function placeLabels(heights: readonly number[]): number[] {
  const placed = [...heights];
  let before = -Infinity;
  for (const n of heights.map((_, at) => at).toSorted((a, b) => (heights[a] ?? 0) - (heights[b] ?? 0))) {
    before = Math.max(placed[n] ?? 0, before + labelHeight);
    placed[n] = before;
  }
  return placed;
}

const timeOf = (day: string): number => Date.parse(`${day}T00:00:00Z`);
const niceTop = (most: number): number => {
  if (most <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(most));
  return ([1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10].find((step) => step * power >= most) ?? 10) * power;
};
/** Straight lines between days that follow; what is not known between is not smoothed. */
const pathOf = (points: readonly (readonly [number, number])[]): string =>
  points.map(([x, y], n) => `${n === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`).join('');

type Points = ChartLine['points'];
type Measure = Pick<MeasureRow, 'unit' | 'target'>;

/** Where days and values lie in the picture. */
interface Frame {
  readonly width: number;
  readonly height: number;
  /** The ends of the lines that go across. */
  readonly left: number;
  readonly right: number;
  readonly from: number;
  readonly to: number;
  /** The value at the top. */
  readonly most: number;
  readonly x: (day: string) => number;
  readonly y: (value: number) => number;
}
/** @param points all that is drawn, at least one. */
function frameOf(points: Points, aim: number, hasNames: boolean): Frame {
  const [width, height, left, margin, top, bottom] = [760, 240, 56, hasNames ? 90 : 16, 12, 26];
  const days = points.map(({ day }) => timeOf(day));
  const [from, to] = [Math.min(...days), Math.max(...days)];
  const most = niceTop(Math.max(...points.map(({ value }) => value), aim));
  const x = (day: string): number =>
    from === to
      ? left + (width - left - margin) / 2
      : left + ((timeOf(day) - from) / (to - from)) * (width - left - margin);
  const y = (value: number): number => top + (1 - Math.max(0, value) / most) * (height - top - bottom);
  return { width, height, left, right: width - margin, from, to, most, x, y };
}

const Grid = ({
  frame: { left, right, most, y },
  unit,
}: {
  readonly frame: Frame;
  readonly unit: Measure['unit'];
}) =>
  [0, 0.5, 1].map((part) => (
    <g key={part}>
      <line x1={left} x2={right} y1={y(most * part)} y2={y(most * part)} className={styles['gridLine']} />
      <text x={left - 8} y={y(most * part) + 4} textAnchor="end" className={styles['axis']}>
        {valueWords(most * part, unit === 'count' && most < 2 ? 'ratio' : unit)}
      </text>
    </g>
  ));

const Days = ({ frame: { height, from, to, x } }: { readonly frame: Frame }) => {
  const dayText = (time: number): string => new Date(time).toISOString().slice(0, 10);
  return [from, ...(from === to ? [] : [(from + to) / 2, to])].map((time, n, ticks) => (
    <text
      key={time}
      x={x(dayText(time))}
      y={height - 8}
      textAnchor={ticks.length === 1 ? 'middle' : n === 0 ? 'start' : n === 1 ? 'middle' : 'end'}
      className={styles['axis']}
    >
      {dayText(time)}
    </text>
  ));
};

const TargetLine = ({
  frame: { left, right, most, y },
  measure,
}: {
  readonly frame: Frame;
  readonly measure: Measure;
}) => {
  const { target } = measure;
  if (!target || target.target > most) return null;
  return (
    <g>
      <line
        x1={left}
        x2={right}
        y1={y(target.target)}
        y2={y(target.target)}
        className={styles['targetLine']}
      />
      <text x={left + 4} y={y(target.target) - 4} className={styles['axis']}>
        target {targetWords(measure)}
      </text>
    </g>
  );
};

const Lines = ({ frame: { x, y }, of }: { readonly frame: Frame; readonly of: readonly ChartLine[] }) => {
  const labels = placeLabels(of.map(({ points }) => y(points.at(-1)?.value ?? 0)));
  return of.map(({ name, points }, n) => {
    const places = points.map(({ day, value }) => [x(day), y(value)] as const);
    const end = places.at(-1);
    return (
      <g key={name ?? 'whole'}>
        <path
          d={pathOf(places)}
          fill="none"
          stroke={toneOf(name, n)}
          strokeWidth={2}
          strokeDasharray={dashes[n]}
        />
        {points.length < 40
          ? places.map(([cx, cy]) => <circle key={cx} cx={cx} cy={cy} r={2} fill={toneOf(name, n)} />)
          : null}
        {name !== null && end ? (
          <text x={end[0] + 6} y={(labels[n] ?? end[1]) + 4} className={styles['axis']}>
            {name}
          </text>
        ) : null}
      </g>
    );
  });
};

export const LineChart = ({
  lines,
  measure,
  continuation = [],
  label,
}: {
  readonly lines: readonly ChartLine[];
  readonly measure: Measure;
  readonly continuation?: Points;
  readonly label: string;
}) => {
  const id = useId();
  const shown = lines
    .filter(({ points }) => points.length > 0)
    .toSorted((a, b) => severityRank(a.name) - severityRank(b.name))
    .slice(0, linesAtMost);
  if (shown.length === 0) return null;
  const all = [...shown.flatMap(({ points }) => points), ...continuation];
  const frame = frameOf(all, measure.target?.target ?? 0, shown.length > 1);
  return (
    <svg
      className={styles['chart']}
      viewBox={`0 0 ${frame.width} ${frame.height}`}
      role="img"
      aria-labelledby={id}
    >
      <title id={id}>{label}</title>
      <Grid frame={frame} unit={measure.unit} />
      <Days frame={frame} />
      <TargetLine frame={frame} measure={measure} />
      <Lines frame={frame} of={shown} />
      {continuation.length > 1 ? (
        <path
          d={pathOf(continuation.map(({ day, value }) => [frame.x(day), frame.y(value)] as const))}
          fill="none"
          className={styles['continued']}
        />
      ) : null}
    </svg>
  );
};

/** How a value moved, as small as a word. Its numbers are in the table of the tile. */
export const Sparkline = ({ points }: { readonly points: readonly { readonly value: number }[] }) => {
  if (points.length < 2) return null;
  const [width, height] = [240, 36];
  const most = Math.max(...points.map(({ value }) => value), 0.0001);
  const least = Math.min(...points.map(({ value }) => value), 0);
  const places = points.map(
    ({ value }, n) =>
      [
        (n / (points.length - 1)) * (width - 4) + 2,
        2 + (1 - (value - least) / (most - least)) * (height - 4),
      ] as const,
  );
  return (
    <svg
      className={styles['spark']}
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="none"
      aria-hidden
    >
      <path
        d={pathOf(places)}
        fill="none"
        stroke="var(--link)"
        strokeWidth={1.5}
        vectorEffect="non-scaling-stroke"
      />
    </svg>
  );
};
