/**
 * Whether the pages of a list move on. A remote that answers with the same page whatever it is asked for, or names a next page that
 * was there before, would be asked for ever: a plain mistake in a profile is enough (a misspelt page parameter).
 *
 * While a list is walked, records may be added in front, which moves those that were read to the next page. So a short page may repeat
 * once; a long one that comes again in the same order does not happen by itself.
 */
import { createHash } from 'node:crypto';
import { TielineError } from '../../platform/errors/index.ts';

/** A page of so many records that comes again whole is not a coincidence. */
const longPage = 10;
const repeatsOfShortPages = 2;
/** Servers that filter after paging may give some pages without a record. */
const emptyPagesInARow = 100;

export interface WalkedPage {
  /** What named this page; undefined: it was the first. */
  readonly at?: string | undefined;
  /** What names the next page; undefined: there is none. */
  readonly next: string | undefined;
  /** The ids of its records, in the order of the answer. */
  readonly ids: readonly string[];
}

/** Watches one walk through one list, from its first page to its last. */
export class PageWalk {
  readonly #where: string;
  readonly #names = new Set<string>();
  readonly #pages = new Set<string>();
  #repeats = 0;
  #empty = 0;

  /** @param where the request, for messages: "GET /api/systems". */
  constructor(where: string) {
    this.#where = where;
  }

  /** Takes note of a page. @throws TielineError REMOTE_UNEXPECTED when the walk does not move on. */
  note({ at, next, ids }: WalkedPage): void {
    if (at !== undefined) this.#names.add(at);
    if (next !== undefined && this.#names.has(next))
      throw this.#stuck(`the page after "${at ?? 'the first'}" is "${next}", which was read already`);
    if (ids.length === 0) {
      this.#empty += 1;
      if (next !== undefined && this.#empty > emptyPagesInARow)
        throw this.#stuck(`${emptyPagesInARow} pages in a row were empty, and each named another`);
      return;
    }
    this.#empty = 0;
    const digest = createHash('sha256').update(JSON.stringify(ids)).digest('base64');
    if (!this.#pages.has(digest)) {
      this.#pages.add(digest);
      this.#repeats = 0;
      return;
    }
    this.#repeats += 1;
    if (ids.length >= longPage || this.#repeats >= repeatsOfShortPages)
      throw this.#stuck(`the same ${ids.length} records came again on another page`);
  }

  #stuck(what: string): TielineError {
    return new TielineError('REMOTE_UNEXPECTED', `${this.#where}: the pages do not move on: ${what}.`, {
      remedy:
        'Check how this system pages its lists (the page, offset or cursor parameter of its profile); what was read so far is stored.',
    });
  }
}
