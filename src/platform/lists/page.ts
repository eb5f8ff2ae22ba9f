/**
 * Pages of a list by key: each continues behind the last row of the one before, so that rows that come or go meanwhile move none of the others
 * and the thousandth page costs what the first does. A cursor is signed and names the list, sort and filter that it belongs to.
 */
import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { TielineError, unknownWord } from '../errors/index.ts';
import type { Json } from '../values/index.ts';

export interface Sort<Name extends string> {
  readonly by: Name;
  readonly descending: boolean;
}

/** @param text `-severity`, `lastSeen`; @throws TielineError FILTER_INVALID that lists what there is. */
export function parseSort<Name extends string>(text: string, known: readonly Name[]): Sort<Name> {
  const descending = text.startsWith('-');
  const named = (descending ? text.slice(1) : text).trim();
  const by = known.find((each) => each.toLowerCase() === named.toLowerCase());
  if (by !== undefined) return { by, descending };
  const { message, remedy } = unknownWord('sort', named, known);
  throw new TielineError('FILTER_INVALID', message, {
    remedy,
    fields: [{ field: 'sort', message: `Unknown "${named}". Expected: ${known.join(', ')}` }],
  });
}

/** Where a page begins: behind the row with this value of the sort column and this id. */
export interface After {
  readonly value: string | number | null;
  readonly id: string | number;
}

export interface Page<Row> {
  readonly items: readonly Row[];
  /** Where the next page begins; undefined after the last. */
  readonly next?: After;
}

/** What a cursor is for: it is refused for anything else. */
export interface CursorUse {
  readonly list: string;
  readonly sort: string;
  readonly filter: Json;
}

/** Signs cursors. @param secret of the installation, the same in all its processes. */
export function createCursors(secret: Uint8Array): {
  write(after: After, use: CursorUse): string;
  read(cursor: string, use: CursorUse): After;
} {
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'tieline list cursors', 32));
  const sign = (body: string, use: CursorUse): Buffer =>
    createHmac('sha256', key)
      .update(JSON.stringify([use.list, use.sort, use.filter]))
      .update('\0')
      .update(body)
      .digest()
      .subarray(0, 16);
  return {
    write(after, use) {
      const body = Buffer.from(JSON.stringify([after.value, after.id])).toString('base64url');
      return `${body}.${sign(body, use).toString('base64url')}`;
    },
    read(cursor, use) {
      const [body = '', signature = ''] = cursor.split('.');
      const given = Buffer.from(signature, 'base64url');
      const wanted = sign(body, use);
      if (given.length !== wanted.length || !timingSafeEqual(given, wanted))
        throw new TielineError(
          'CURSOR_INVALID',
          'The cursor does not belong to this list, sort and filter, or was changed.',
        );
      const [value, id] = JSON.parse(Buffer.from(body, 'base64url').toString()) as [
        After['value'],
        After['id'],
      ]; // we signed it
      return { value, id };
    },
  };
}
