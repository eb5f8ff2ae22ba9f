/**
 * Whether the workers that hold jobs still live. The queue's library judges that by age alone, four hours; here each worker holds an advisory
 * lock for as long as its connection lives, and what is held by one without it is given back: the next worker continues within
 * seconds, whether the last one was killed, lost its machine, or was asked to end.
 */
import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../errors/index.ts';
import type { SessionLock, Store } from '../postgres/index.ts';
import { freeJobsOf, listJobHolders, listPresentWorkers, presenceLockKey } from './queue-schema.sql.ts';

const lookEveryMs = 5_000;
/** A worker is there a moment before its lock is: only who is missed at two looks so far apart is gone. */
const graceMs = 2_000;

/** The number by which a worker's lock is known; below 2³¹, so that it is the same as int4 and as oid. */
const numberOf = (workerId: string): number =>
  createHash('sha256').update(workerId).digest().readUInt32BE() & 0x7f_ff_ff_ff;

export class Presence {
  readonly #store: Store;
  readonly #log: { warn(event: object, message: string): void };
  readonly #ending = new AbortController();
  #workerId: string | undefined;
  #lock: SessionLock | undefined;
  #keeping: Promise<void> = Promise.resolve();

  constructor(store: Store, log: { warn(event: object, message: string): void }) {
    this.#store = store;
    this.#log = log;
  }

  /** Shows from now on that this worker lives, and looks who else does not. */
  begin(workerId: string): void {
    this.#workerId = workerId;
    this.#keeping = this.#keep();
  }

  /** Gives back what the worker still holds, and its lock. */
  async end(): Promise<void> {
    this.#ending.abort();
    await this.#keeping;
    if (this.#workerId !== undefined)
      await freeJobsOf(this.#store.db, [this.#workerId]).catch((error: unknown) =>
        this.#log.warn({ err: error }, `jobs are left to the next worker: ${messageOf(error)}`),
      );
    await this.#lock?.release();
  }

  /** Frees what those hold who are gone, before anything is worked on. */
  async freeAtOnce(): Promise<void> {
    const missed = await this.#missed();
    if (missed.length === 0) return;
    await delay(graceMs);
    await this.#free(missed);
  }

  async #keep(): Promise<void> {
    const { signal } = this.#ending;
    let missed: readonly string[] = [];
    while (!signal.aborted) {
      try {
        await this.#show();
        missed = await this.#free(missed);
      } catch (error) {
        if (!signal.aborted)
          this.#log.warn({ err: error }, `other workers are looked after later: ${messageOf(error)}`);
      }
      await delay(missed.length > 0 ? graceMs : lookEveryMs, undefined, { signal }).catch(() => undefined);
    }
  }

  async #show(): Promise<void> {
    if (this.#workerId === undefined || (this.#lock && !this.#lock.signal.aborted)) return;
    this.#lock = await this.#store.takeLock({
      numbers: [presenceLockKey, numberOf(this.#workerId)],
    });
  }

  /** Frees what was missed before and is missed now. @returns who is missed now. */
  async #free(before: readonly string[]): Promise<readonly string[]> {
    const missed = await this.#missed();
    const gone = missed.filter((holder) => before.includes(holder));
    if (gone.length === 0) return missed;
    await freeJobsOf(this.#store.db, gone);
    this.#log.warn({ workers: gone }, 'the jobs of a worker that is gone are taken over');
    return [];
  }

  async #missed(): Promise<string[]> {
    const present = new Set(await listPresentWorkers(this.#store.db));
    const holders = await listJobHolders(this.#store.db);
    return holders.filter((holder) => holder !== this.#workerId && !present.has(numberOf(holder)));
  }
}
