/**
 * Keeps what this process measured: the sums each minute, the history of five minutes at a time, both when it ends. What cannot be kept is counted again
 * the next time; a process that is killed loses a minute of the one and five of the other.
 */
import { hostname } from 'node:os';
import type { App } from '../../engine/run/index.ts';
import { addToTotals, insertTimings } from '../../ledger/performance/index.ts';
import { messageOf } from '../../platform/errors/index.ts';
import { Timings } from '../../platform/timings/index.ts';

const everyMs = 60_000;
const timesAPart = 5;

export interface KeptTimings {
  /** Keeps what was counted since the last time, as part of the history too. */
  flush(): Promise<void>;
  /** Keeps the rest, if it is more than what every command asks of the database. */
  close(): Promise<void>;
}

export function keepTimings({ store, timings, log }: Pick<App, 'store' | 'timings' | 'log'>): KeptTimings {
  const part = new Timings();
  let writing: Promise<void> = Promise.resolve();
  let times = 0;
  const write = async (isPartOver: boolean): Promise<void> => {
    const taken = timings?.take() ?? [];
    const over = isPartOver ? [...part.take()] : [];
    const history = new Timings();
    if (isPartOver) history.putBack([...over, ...taken]);
    try {
      await store.transaction(async ({ db }) => {
        await addToTotals(db, taken);
        await insertTimings(db, history.take(), `${hostname()}:${process.pid}`);
      });
      if (!isPartOver) part.putBack(taken);
    } catch (error) {
      timings?.putBack(taken);
      part.putBack(over);
      log.warn({ err: error }, `what was measured is kept later: ${messageOf(error)}`);
    }
  };
  const queued = (isPartOver: boolean): Promise<void> => (writing = writing.then(() => write(isPartOver)));
  const timer = setInterval(() => {
    times += 1;
    void queued(times % timesAPart === 0);
  }, everyMs).unref();
  return {
    flush: () => queued(true),
    async close() {
      clearInterval(timer);
      await writing;
      if (times > 0 || timings?.holdsMoreThanStatements === true) await queued(true);
    },
  };
}
