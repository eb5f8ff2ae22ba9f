/** Coming times, in the person's zone and in UTC. */
import { absolute } from '../../kit/time.ts';
import styles from './schedules.module.css';

const isUtc = new Date().getTimezoneOffset() === 0;

export const NextTimes = ({ of }: { readonly of: readonly string[] }) => (
  <ol className={styles['times']}>
    {of.map((at) => (
      <li key={at}>
        <time dateTime={at}>{absolute(at, 'utc')}</time>
        {isUtc ? null : <span className="quiet"> · {absolute(at, 'local')}</span>}
      </li>
    ))}
  </ol>
);
