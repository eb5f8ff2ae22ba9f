/** One metric: over time, by what it is broken down by, compared with the period before, and the records behind it. */
import { Button, NativeSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { type ReactNode, useRef, useState } from 'react';
import {
  type MetricRow,
  type MetricSeries,
  metricsQuery,
  saveSeries,
  seriesQuery,
} from '../../api/metrics.ts';
import { TakeAway } from '../../kit/act/take-away.tsx';
import detail from '../../kit/detail/detail.module.css';
import { Facts, Section } from '../../kit/detail/facts.tsx';
import { Loaded } from '../../kit/detail/loaded.tsx';
import { PageTitle } from '../../kit/page-title.tsx';
import { useMay } from '../../shell/use-session.ts';
import { useNow } from '../../kit/now.ts';
import { Commands } from './commands.tsx';
import { LineChart, linesAtMost } from './line-chart.tsx';
import { MetricRecordsPart } from './metric-records.tsx';
import styles from './metrics.module.css';
import { savePng } from './save-png.ts';
import { TargetDialog } from './target-dialog.tsx';
import { byName, periods, severityRank, targetWords, usualDays, valueWords } from './words.ts';

const dayOf = (time: number): string => new Date(time).toISOString().slice(0, 10);
const dayMs = 86_400_000;

const NumbersTable = ({ of: { series: unordered, measure } }: { readonly of: MetricSeries }) => {
  const series = unordered.toSorted((a, b) => severityRank(a.of) - severityRank(b.of));
  return (
    <details className={styles['numbers']}>
      <summary>The numbers as a table</summary>
      <table className={detail['table']}>
        <thead>
          <tr>
            <th scope="col">Day</th>
            {series.map(({ of }) => (
              <th key={of ?? 'value'} scope="col" className={detail['num']}>
                {of ?? measure.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {[...new Set(series.flatMap(({ points }) => points.map(({ day }) => day)))]
            .toSorted()
            .map((day) => (
              <tr key={day}>
                <td>
                  {day}
                  {series[0]?.points.some((point) => point.day === day && point.isComputed) ? (
                    <span className="quiet"> computed</span>
                  ) : null}
                </td>
                {series.map(({ of, points }) => {
                  const point = points.find((each) => each.day === day);
                  return (
                    <td key={of ?? 'value'} className={detail['num']}>
                      {point ? valueWords(point.value, measure.unit) : '–'}
                    </td>
                  );
                })}
              </tr>
            ))}
        </tbody>
      </table>
    </details>
  );
};

const Remarks = ({ of }: { readonly of: MetricSeries }) => {
  const { measure, target, series, comparison, continuation, begins } = of;
  const [whole] = series;
  const end = continuation.at(-1);
  const words = (value: number | null): string => (value === null ? '–' : valueWords(value, measure.unit));
  return (
    <ul style={{ margin: '8px 0', paddingLeft: 20 }}>
      {begins !== null && begins > of.from ? <li>There is no history before {begins}.</li> : null}
      {whole?.points.some(({ isComputed }) => isComputed) ? (
        <li>
          Values from before metrics were first taken are computed from history, with the systems and
          severities of today.
        </li>
      ) : null}
      {target && of.by === null && whole && whole.met !== null ? (
        <li>
          Target {targetWords({ target, unit: measure.unit })}: met on {whole.met} of {whole.points.length}{' '}
          days that have a value, missed on {whole.missed}.
        </li>
      ) : null}
      {comparison ? (
        <li>
          Mean {words(comparison.now.mean)} from {comparison.now.from} to {comparison.now.to}; in the period
          before ({comparison.before.from} to {comparison.before.to}) it was {words(comparison.before.mean)}.
        </li>
      ) : null}
      {end ? (
        <li>
          Dotted: the straight line through these values, drawn on to {words(end.value)} on {end.day}. It is
          no forecast: it knows nothing of why the value changes.
        </li>
      ) : null}
      {series.length > linesAtMost ? (
        <li>
          The chart shows the first {linesAtMost} of {series.length}; the table has all.
        </li>
      ) : null}
    </ul>
  );
};

const Chart = ({ of, takeAway }: { readonly of: MetricSeries; readonly takeAway: ReactNode }) => {
  const box = useRef<HTMLDivElement>(null);
  const [failed, setFailed] = useState(false);
  const save = (): void => {
    const svg = box.current?.querySelector('svg');
    if (svg) savePng(svg, `${of.metric.name}-${of.to}`).catch(() => setFailed(true));
  };
  if (of.remark !== null) return <p className="quiet">{of.remark}</p>;
  const lines = of.series.map(({ of: name, points }) => ({ name, points }));
  return (
    <>
      <div ref={box}>
        <LineChart
          lines={lines}
          measure={{ unit: of.measure.unit, target: of.by === null ? of.target : null }}
          continuation={of.by === null ? of.continuation : []}
          label={`${of.measure.title}, ${of.from} to ${of.to}. The numbers are in the table below.`}
        />
      </div>
      <Remarks of={of} />
      <NumbersTable of={of} />
      <div className={styles['bar']} data-no-print>
        <Button variant="default" onClick={save}>
          Save the chart as PNG
        </Button>
        {takeAway}
      </div>
      {failed ? <p className="bad">This browser could not draw the picture.</p> : null}
    </>
  );
};

const Definition = ({ of }: { readonly of: MetricRow }) => (
  <Section title="What it says">
    <p style={{ maxWidth: 760 }}>{of.definition}</p>
    <Facts
      of={[
        ['Computed as', of.formula],
        ['After', of.source ?? (of.definedBy === null ? null : `defined here by ${of.definedBy}`)],
        [
          'Organization aims at',
          of.organizationTarget === null || of.measures[0] === undefined
            ? null
            : valueWords(of.organizationTarget, of.measures[0].unit),
        ],
        ['As of', of.takenOn],
      ]}
      columns={1}
    />
    <details className={styles['numbers']}>
      <summary>SQL of its records</summary>
      <pre className="mono" style={{ overflowX: 'auto' }}>
        {of.query}
      </pre>
    </details>
  </Section>
);

interface Search {
  readonly measure?: string | undefined;
  readonly by?: string | undefined;
  readonly system?: string | undefined;
}

/** The days up to today, and as many before them to compare with; not where there is a line for each of something. */
const askedOf = ({ measure, by, system }: Search, length: number, today: number) => ({
  measure,
  by,
  system,
  from: dayOf(today - (length - 1) * dayMs),
  to: dayOf(today),
  ...(by === undefined
    ? { againstFrom: dayOf(today - (2 * length - 1) * dayMs), againstTo: dayOf(today - length * dayMs) }
    : {}),
});

/** What of the metric is looked at; it stands in the address. */
const ViewFields = ({
  metric,
  metricName,
  search: { measure, by },
  length,
}: {
  readonly metric: MetricRow | undefined;
  readonly metricName: string;
  readonly search: Search;
  readonly length: number;
}) => {
  const navigate = useNavigate();
  const set = (change: { readonly [name: string]: string | undefined }): void =>
    void navigate({ to: '.', search: (before) => ({ ...before, ...change }) });
  return (
    <>
      <NativeSelect
        label="Value"
        value={measure ?? metric?.measures[0]?.key ?? ''}
        data={(metric?.measures ?? []).map(({ key, title }) => ({ value: key, label: title }))}
        onChange={(event) => set({ measure: event.currentTarget.value })}
      />
      <NativeSelect
        label="A line for"
        value={by ?? ''}
        data={[
          { value: '', label: 'the total' },
          ...(metric?.by ?? []).map((each) => ({
            value: each,
            label: `each ${byName(metric?.name ?? metricName, each)}`,
          })),
        ]}
        onChange={(event) =>
          set({ by: event.currentTarget.value === '' ? undefined : event.currentTarget.value })
        }
      />
      <NativeSelect
        label="Period"
        value={String(length)}
        data={periods.map(([value, label]) => ({ value, label }))}
        onChange={(event) => set({ days: event.currentTarget.value })}
      />
    </>
  );
};

const forms = [{ words: 'CSV', accept: 'text/csv', end: 'csv' }] as const;

export const MetricPage = () => {
  const { metricName = '' } = useParams({ strict: false });
  const { measure, by, system, days } = useSearch({ strict: false });
  const search: Search = { measure, by, system };
  const today = useNow();
  const length = Number(days ?? usualDays);
  const list = useQuery(metricsQuery);
  const asked = askedOf(search, length, today);
  const series = useQuery(seriesQuery(metricName, asked));
  const mayAim = useMay('metric:write');
  const [aiming, setAiming] = useState(false);
  const metric = list.data?.items.find(({ name, code }) => name === metricName || code === metricName);
  return (
    <div className={detail['page']}>
      <p data-no-print>
        <Link to="/metrics">Metrics</Link>
      </p>
      <PageTitle title={metric?.title ?? metricName} />
      <div className={styles['bar']} data-no-print>
        <ViewFields metric={metric} metricName={metricName} search={search} length={length} />
        {mayAim && metric ? (
          <Button variant="default" onClick={() => setAiming(true)}>
            Set a target…
          </Button>
        ) : null}
      </div>
      {metric?.needs ? (
        <p className="attention">
          <Commands in={`No value: it needs ${metric.needs}.`} />
        </p>
      ) : null}
      {aiming && metric ? (
        <TargetDialog of={metric} measure={measure} system={system} onClose={() => setAiming(false)} />
      ) : null}
      <Loaded query={series} whole>
        {(found) => (
          <Chart
            of={found}
            takeAway={
              <TakeAway
                label="Export the numbers"
                head={`The numbers of ${found.measure.title}`}
                what="these numbers"
                forms={forms}
                save={(_form, further) => saveSeries(metricName, asked, further)}
              />
            }
          />
        )}
      </Loaded>
      <MetricRecordsPart name={metricName} search={{ measure, system }} />
      {metric ? <Definition of={metric} /> : null}
    </div>
  );
};
