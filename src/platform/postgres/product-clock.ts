/**
 * The product's clock: that of the database server, which all processes share. A process reads its own clock and adds by how much the
 * server's is ahead, measured whenever a connection is opened; in SQL it is `tieline_now()`.
 *
 * Tests move it, for SQL and TypeScript alike (`moveTo`). Nothing else does: a connection that is opened forgets whatever role or
 * database set as `tieline.clock_ahead`. Rejected: to hand the time to every statement (hundreds of them, and the defaults of columns
 * would still be the server's).
 */
import { type Kysely, sql } from 'kysely';
import type { Database } from './schema.ts';

/** Differences below this are those of the way to the server and back. */
const smallestAheadMs = 1000;

export class ProductClock {
  #aheadMs = 0;
  #moved: (() => Date) | undefined;
  #wasMoved = false;

  readonly now = (): Date => this.#moved?.() ?? new Date(Date.now() + this.#aheadMs);

  /** What the server's clock said to a question of ours. @param times all in milliseconds since 1970. */
  note(times: { readonly asked: number; readonly answered: number; readonly server: number }): void {
    const ahead = times.server - (times.asked + times.answered) / 2;
    const isSure = Math.abs(ahead) > smallestAheadMs + (times.answered - times.asked) / 2;
    this.#aheadMs = isSure ? ahead : 0;
  }

  /** For tests: from now on the time is what is said; undefined puts the clock back. */
  moveTo(now: (() => Date) | undefined): void {
    this.#moved = now;
    this.#wasMoved = true;
  }

  /** How far it is moved from the server's, as an interval of SQL; undefined if it never was. */
  get moved(): string | undefined {
    if (!this.#wasMoved) return undefined;
    return `${this.now().getTime() - Date.now() - this.#aheadMs} milliseconds`;
  }
}

/** The time of a transaction by the product's clock, for who is given a connection and no clock. */
export async function fetchProductTime(db: Kysely<Database>): Promise<Date> {
  const { rows } = await sql<{ at: Date }>`select tieline_now() as at`.execute(db);
  const [row] = rows;
  if (!row) throw new Error('a select without a table has a row');
  return row.at;
}
