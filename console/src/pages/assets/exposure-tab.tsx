/** How exposed the machine is now, and was on each of the last 90 days. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type AssetDetail, type AssetExposure, assetExposureQuery } from '../../api/assets.ts';
import type { Severity } from '../../api/findings.ts';
import detail from '../../kit/detail/detail.module.css';
import { Section } from '../../kit/detail/facts.tsx';
import { Loaded } from '../../kit/detail/loaded.tsx';
import { severitiesWorstFirst, SeverityMark } from '../../kit/marks/severity.tsx';
import { countsOf } from './asset-list.tsx';
import styles from './asset.module.css';

const open = 'open,reopened';

/** Each number is that of the list behind it: what is accepted is apart. */
const OpenNow = ({ of }: { readonly of: AssetDetail }) => {
  const counts = countsOf(of);
  const asset = of.assetUuid;
  return (
    <div className={styles['open']}>
      {severitiesWorstFirst.map((severity) => (
        <Link
          key={severity}
          to="/findings"
          search={{ asset, severity: severity.toLowerCase(), state: open, accepted: 'no' }}
        >
          <SeverityMark of={severity} /> {counts[severity].toLocaleString('en')}
        </Link>
      ))}
      <Link to="/findings" search={{ asset, state: open, accepted: 'yes' }}>
        Accepted {of.accepted.toLocaleString('en')}
      </Link>
    </div>
  );
};

interface DayCounts {
  readonly day: string;
  readonly counts: Readonly<Partial<Record<Severity, number>>>;
}

/** A row for each day of the period, also of those on which nothing was open. */
function byDay({ from, to, days }: AssetExposure): DayCounts[] {
  const found = Map.groupBy(days, ({ day }) => day);
  const rows: DayCounts[] = [];
  for (let at = Date.parse(from); at <= Date.parse(to); at += 86_400_000) {
    const day = new Date(at).toISOString().slice(0, 10);
    const counts = Object.fromEntries((found.get(day) ?? []).map((each) => [each.severity, each.open]));
    rows.push({ day, counts });
  }
  return rows;
}

const sumOf = ({ counts }: DayCounts): number =>
  severitiesWorstFirst.reduce((sum, severity) => sum + (counts[severity] ?? 0), 0);

const [width, height, left, bottom] = [1100, 180, 44, 22];

/** Bars of a day each, the worst at the foot. */
const Chart = ({ rows }: { readonly rows: readonly DayCounts[] }) => {
  const most = Math.max(1, ...rows.map(sumOf));
  const step = (width - left) / rows.length;
  const tall = (count: number): number => (count / most) * (height - bottom - 8);
  return (
    <svg
      className={styles['chart']}
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label={`Open findings on each day from ${rows[0]?.day ?? ''} to ${rows.at(-1)?.day ?? ''}, at most ${most}. The table below has the numbers.`}
    >
      <line className={styles['axis']} x1={left} x2={width} y1={height - bottom} y2={height - bottom} />
      {[most, Math.round(most / 2)].map((tick) => (
        <g key={tick}>
          <line
            className={styles['axis']}
            x1={left}
            x2={width}
            y1={height - bottom - tall(tick)}
            y2={height - bottom - tall(tick)}
          />
          <text className={styles['tick']} x={left - 6} y={height - bottom - tall(tick) + 4} textAnchor="end">
            {tick}
          </text>
        </g>
      ))}
      {rows.map((row, index) => {
        let from = height - bottom;
        return (
          <g key={row.day}>
            {severitiesWorstFirst.map((severity) => {
              const size = tall(row.counts[severity] ?? 0);
              from -= size;
              return size === 0 ? null : (
                <rect
                  key={severity}
                  className={styles[severity]}
                  x={left + index * step}
                  y={from}
                  width={Math.max(1, step - 1)}
                  height={size}
                />
              );
            })}
          </g>
        );
      })}
      <text className={styles['tick']} x={left} y={height - 6}>
        {rows[0]?.day}
      </text>
      <text className={styles['tick']} x={width} y={height - 6} textAnchor="end">
        {rows.at(-1)?.day}
      </text>
    </svg>
  );
};

/** Days on which the numbers changed, the latest first. */
const changedDays = (rows: readonly DayCounts[]): DayCounts[] =>
  rows
    .filter(
      (row, index) =>
        index === 0 || JSON.stringify(row.counts) !== JSON.stringify(rows[index - 1]?.counts ?? {}),
    )
    .toReversed();

const OverTime = ({ of }: { readonly of: AssetExposure }) => {
  if (of.days.length === 0)
    return <p className="quiet">Nothing was open on this machine in the last 90 days.</p>;
  const rows = byDay(of);
  return (
    <>
      <div className={styles['legend']} aria-hidden="true">
        {severitiesWorstFirst.map((severity) => (
          <span key={severity}>
            <span className={`${styles['swatch']} ${styles[severity]}`} /> {severity}
          </span>
        ))}
      </div>
      <Chart rows={rows} />
      <details className={styles['fold']}>
        <summary>Show as table</summary>
        <table className={detail['table']} style={{ maxWidth: 720 }}>
          <thead>
            <tr>
              <th scope="col">From</th>
              {severitiesWorstFirst.map((severity) => (
                <th key={severity} scope="col" className={detail['num']}>
                  {severity}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {changedDays(rows).map((row) => (
              <tr key={row.day}>
                <td>{row.day}</td>
                {severitiesWorstFirst.map((severity) => (
                  <td key={severity} className={detail['num']}>
                    {row.counts[severity] ?? 0}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </>
  );
};

const FixTimes = ({ of }: { readonly of: AssetExposure['fixTimes'] }) =>
  of.length === 0 ? (
    <p className="quiet">Nothing was fixed here yet.</p>
  ) : (
    <table className={detail['table']} style={{ maxWidth: 480 }}>
      <thead>
        <tr>
          <th scope="col">Severity</th>
          <th scope="col" className={detail['num']}>
            Fixed
          </th>
          <th scope="col" className={detail['num']}>
            Half of them within
          </th>
        </tr>
      </thead>
      <tbody>
        {of.map((each) => (
          <tr key={each.severity}>
            <td>
              <SeverityMark of={each.severity} />
            </td>
            <td className={detail['num']}>{each.fixed}</td>
            <td className={detail['num']}>
              {each.medianDays < 1 ? 'less than a day' : `${Math.round(each.medianDays)} d`}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );

export const ExposureTab = ({ of }: { readonly of: AssetDetail }) => (
  <>
    <Section title="Open now">
      <OpenNow of={of} />
    </Section>
    <Loaded query={useQuery(assetExposureQuery(of.assetUuid))}>
      {(exposure) => (
        <>
          <Section title="Open at the end of each day, accepted ones included">
            <OverTime of={exposure} />
          </Section>
          <Section title="Time to fix">
            <FixTimes of={exposure.fixTimes} />
          </Section>
        </>
      )}
    </Loaded>
  </>
);
