/** A tile of a dashboard: the number, its target, how it moved, of when it is, what it means, and the records behind it. */
import { Popover } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { TileData } from '../../api/metrics.ts';
import { Bars } from './bars.tsx';
import { Sparkline } from './line-chart.tsx';
import styles from './metrics.module.css';
import { Commands } from './commands.tsx';
import { byWords, targetWords, trendOf, valueWords } from './words.ts';

const Meaning = ({ metric }: Pick<TileData, 'metric'>) => (
  <Popover width={340} position="bottom-end" trapFocus returnFocus withArrow>
    <Popover.Target>
      <button type="button" className={styles['ask']} aria-label={`What ${metric.title} means`} data-no-print>
        ?
      </button>
    </Popover.Target>
    <Popover.Dropdown aria-label={metric.title}>
      <p className="strong">{metric.title}</p>
      <p>{metric.definition}</p>
      {metric.formula === null ? null : <p className="quiet">{metric.formula}</p>}
      {metric.source === null ? null : <p className="quiet">After: {metric.source}</p>}
    </Popover.Dropdown>
  </Popover>
);

const Lacking = ({ metric }: Pick<TileData, 'metric'>) => (
  <p className="quiet">
    <Commands
      in={
        metric.problem === null ? `No value: it needs ${metric.needs ?? ''}.` : `It failed: ${metric.problem}`
      }
    />
  </p>
);

/** The number of the whole, its target, and how it moved. */
const Whole = ({ measure, points }: Pick<TileData, 'measure' | 'points'>) => {
  const trend = trendOf(measure);
  return (
    <>
      <p className={styles['number']}>
        <span data-tone={measure.isMet === false ? 'bad' : undefined}>
          {measure.value === null ? '–' : valueWords(measure.value, measure.unit)}
        </span>
        {measure.isMet === null ? null : (
          <span className={measure.isMet ? 'good' : 'bad'}>
            {measure.isMet ? '✓ target met' : '✗ target missed'}
          </span>
        )}
      </p>
      {measure.target === null ? null : <p className="quiet">Target: {targetWords(measure)}</p>}
      {trend === null ? null : <p className={trend.tone}>{trend.words}</p>}
      <Sparkline points={points} />
    </>
  );
};

/** The numbers of the parts, each as a bar. */
const Parts = ({ measure, bars }: Pick<TileData, 'measure' | 'bars'>) =>
  bars.length === 0 ? (
    <p className="quiet">Nothing to show.</p>
  ) : (
    <Bars bars={bars} unit={measure.unit} what={measure.title} />
  );

export const Tile = ({ of, system }: { readonly of: TileData; readonly system: string | undefined }) => {
  const { tile, metric, measure, points, bars, barsLeft } = of;
  const search = { measure: measure.key, ...(system === undefined ? {} : { system }) };
  const lacks = metric.needs !== null || metric.problem !== null;
  return (
    <section
      className={styles['tile']}
      aria-label={`${measure.title}${tile.by === null ? '' : `, ${byWords(metric.name, tile.by)}`}`}
    >
      <header className={styles['tileHead']}>
        <h2>
          <Link
            to="/metrics/$metricName"
            params={{ metricName: metric.name }}
            search={tile.by === null ? search : { ...search, by: tile.by }}
          >
            {measure.title}
          </Link>
          {tile.by === null ? null : <span className="quiet"> {byWords(metric.name, tile.by)}</span>}
        </h2>
        <Meaning metric={metric} />
      </header>
      {lacks ? <Lacking metric={metric} /> : null}
      {!lacks && tile.by === null ? <Whole measure={measure} points={points} /> : null}
      {!lacks && tile.by !== null ? <Parts measure={measure} bars={bars} /> : null}
      <footer className={styles['tileFoot']}>
        <span className="quiet">
          {metric.takenOn === null ? '' : `As of ${metric.takenOn}`}
          {barsLeft > 0 ? `, ${barsLeft} more not shown` : ''}
        </span>
        {lacks ? null : (
          <Link
            to="/metrics/$metricName"
            params={{ metricName: metric.name }}
            search={{ ...search, show: 'records' }}
            data-no-print
          >
            Records
          </Link>
        )}
      </footer>
    </section>
  );
};
