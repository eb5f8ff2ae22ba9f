/** Values side by side: a table in which each number has its bar. */
import type { ReactNode } from 'react';
import type { MeasureRow } from '../../api/metrics.ts';
import styles from './metrics.module.css';
import { valueWords } from './words.ts';

const toneOf = (name: string): string =>
  ['Critical', 'High', 'Medium', 'Low'].includes(name) ? `var(--${name.toLowerCase()}-solid)` : 'var(--link)';

export const Bars = ({
  bars,
  unit,
  what,
  name = (of) => of,
}: {
  readonly bars: readonly { readonly of: string; readonly value: number }[];
  readonly unit: MeasureRow['unit'];
  /** What the rows are, for who listens. */
  readonly what: string;
  readonly name?: (of: string) => ReactNode;
}) => {
  const most = Math.max(...bars.map(({ value }) => value), 0.0001);
  return (
    <table className={styles['bars']}>
      <caption className="hidden-text">{what}</caption>
      <tbody>
        {bars.map(({ of, value }) => (
          <tr key={of}>
            <th scope="row">{name(of)}</th>
            <td className={styles['barCell']}>
              <svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden>
                <rect x={0} y={0} height={10} width={Math.max(0.5, (value / most) * 100)} fill={toneOf(of)} />
              </svg>
            </td>
            <td className="num">{valueWords(value, unit)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
};
