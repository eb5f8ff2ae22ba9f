/** Counts what was asked of a simulator, for tests that must know what crossed the wire. */
export interface RequestCounts {
  /** Requests by method and route, such as "GET /api/systems/:id/poams"; whatever became of them. */
  readonly requests: Readonly<Record<string, number>>;
  readonly total: number;
  /** Requests that changed a record, answered or not. */
  readonly writes: number;
  readonly writesByRoute: Readonly<Record<string, number>>;
  /** Answers by status; "cut" where none or only a part was sent. */
  readonly answers: Readonly<Record<string, number>>;
}

export class RequestCounters {
  readonly #requests = new Map<string, number>();
  readonly #writes = new Map<string, number>();
  readonly #answers = new Map<string, number>();

  arrived(route: string): void {
    add(this.#requests, route);
  }

  wrote(route: string): void {
    add(this.#writes, route);
  }

  answered(status: number | 'cut'): void {
    add(this.#answers, String(status));
  }

  clear(): void {
    for (const counts of [this.#requests, this.#writes, this.#answers]) counts.clear();
  }

  counts(): RequestCounts {
    return {
      requests: sorted(this.#requests),
      total: sum(this.#requests),
      writes: sum(this.#writes),
      writesByRoute: sorted(this.#writes),
      answers: sorted(this.#answers),
    };
  }
}

function add(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

function sum(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((total, count) => total + count, 0);
}

function sorted(counts: ReadonlyMap<string, number>): Record<string, number> {
  return Object.fromEntries([...counts].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
