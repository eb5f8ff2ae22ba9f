/**
 * How long work took, counted in memory: number, failures, sum, longest and a histogram for each operation. Nothing is written here. Whoever
 * keeps them (`operate/performance`) takes them out every minute, so that a call or a statement costs two additions and no write.
 *
 * Rejected: a row for each call (a full read makes a million of them), and a library for metrics, which counts for one process and forgets with it,
 * while a sync from the command line is a process of some minutes that nobody can ask.
 */

/** What is measured. `api_call`: of an external system; `request`: of somebody to us. */
export const timingKinds = ['api_call', 'sync_step', 'job', 'query', 'request'] as const;
export type TimingKind = (typeof timingKinds)[number];

/** Upper bounds of the histogram, in milliseconds; a last place counts what is above. */
export const boundsMs = [5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 60_000, 600_000] as const;

export interface Timing {
  readonly kind: TimingKind;
  /** What does the work: a connection by its name, `postgres`, `worker`, `api`. */
  readonly component: string;
  readonly operation: string;
  readonly calls: number;
  readonly failed: number;
  readonly totalMs: number;
  readonly longestMs: number;
  /** One place more than there are bounds. */
  readonly histogram: readonly number[];
}

type Counted = { -readonly [K in keyof Timing]: K extends 'histogram' ? number[] : Timing[K] };

/** More operations than this in a minute are no operations, but names with something of the record in them: the rest is one. */
const mostOperations = 500;
const rest = 'other';

const placeOf = (ms: number): number => {
  const place = boundsMs.findIndex((bound) => ms <= bound);
  return place === -1 ? boundsMs.length : place;
};

export class Timings {
  #counted = new Map<string, Counted>();
  readonly #most: number;

  constructor(most = mostOperations) {
    this.#most = most;
  }

  /** Counts one piece of work. */
  record(kind: TimingKind, component: string, operation: string, ms: number, failed = false): void {
    const entry = this.#entry(kind, component, operation);
    entry.calls += 1;
    if (failed) entry.failed += 1;
    entry.totalMs += ms;
    entry.longestMs = Math.max(entry.longestMs, ms);
    const place = placeOf(ms);
    entry.histogram[place] = (entry.histogram[place] ?? 0) + 1;
  }

  /** Counts what work takes, also where it fails. @throws what the work throws. */
  async measure<T>(
    kind: TimingKind,
    component: string,
    operation: string,
    work: () => Promise<T>,
  ): Promise<T> {
    const begun = performance.now();
    try {
      const result = await work();
      this.record(kind, component, operation, performance.now() - begun);
      return result;
    } catch (error) {
      this.record(kind, component, operation, performance.now() - begun, true);
      throw error;
    }
  }

  /** Adds what was taken out and could not be kept. */
  putBack(timings: readonly Timing[]): void {
    for (const timing of timings) {
      const entry = this.#entry(timing.kind, timing.component, timing.operation);
      entry.calls += timing.calls;
      entry.failed += timing.failed;
      entry.totalMs += timing.totalMs;
      entry.longestMs = Math.max(entry.longestMs, timing.longestMs);
      timing.histogram.forEach((n, place) => (entry.histogram[place] = (entry.histogram[place] ?? 0) + n));
    }
  }

  /** Whether something was counted that is worth a write of its own: every command asks the database, so statements alone are not. */
  get holdsMoreThanStatements(): boolean {
    return this.#counted.values().some(({ kind }) => kind !== 'query');
  }

  /** Gives what was counted since the last time, and counts from nothing. */
  take(): Timing[] {
    const taken = [...this.#counted.values()];
    this.#counted = new Map();
    return taken;
  }

  #entry(kind: TimingKind, component: string, operation: string): Counted {
    const key = `${kind}\n${component}\n${operation}`;
    const known = this.#counted.get(key);
    if (known) return known;
    if (this.#counted.size >= this.#most && operation !== rest) return this.#entry(kind, component, rest);
    const histogram = Array.from({ length: boundsMs.length + 1 }, () => 0);
    const entry = { kind, component, operation, calls: 0, failed: 0, totalMs: 0, longestMs: 0, histogram };
    this.#counted.set(key, entry);
    return entry;
  }
}
