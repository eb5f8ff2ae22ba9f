/**
 * Reads a document that is one JSON object with a long list in it, as feeds are published: what stands before the list at once, the
 * records of the list one by one as the bytes arrive.
 */
import type { JsonObject } from '../values/index.ts';
import { recordsOfJsonArray } from './json-array.ts';

/** More than that before the list is no document of this kind. */
const longestHead = 1024 * 1024;

const code = {
  quote: 0x22,
  backslash: 0x5c,
  colon: 0x3a,
  open: 0x5b,
  openBrace: 0x7b,
  close: 0x5d,
  closeBrace: 0x7d,
};
const isBlank = (byte: number | undefined): boolean =>
  byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;

export interface JsonMember {
  /** The fields that stand before the list. */
  readonly head: JsonObject;
  readonly records: AsyncGenerator<JsonObject, void, undefined>;
}

/**
 * @param name of the member that is the list. @returns undefined where no such list begins within the first mebibyte.
 * @throws of the stream; `records` as `recordsOfJsonArray`.
 */
export async function openJsonMember(
  stream: AsyncIterable<Uint8Array>,
  name: string,
): Promise<JsonMember | undefined> {
  const pieces = stream[Symbol.asyncIterator]();
  let start: Buffer = Buffer.alloc(0);
  for (;;) {
    const next = await pieces.next();
    if (next.done) return undefined;
    start = Buffer.concat([start, next.value]);
    const found = findList(start, name);
    if (found) {
      const head = parseHead(start.subarray(0, found.before));
      if (!head) break;
      const all = (async function* (): AsyncGenerator<Uint8Array> {
        yield start.subarray(found.list);
        for (let more = await pieces.next(); !more.done; more = await pieces.next()) yield more.value;
      })();
      return { head, records: recordsOfJsonArray(all, { isMember: true }) };
    }
    if (start.length > longestHead) break;
  }
  await pieces.return?.(undefined);
  return undefined;
}

/** What stands before the member, closed to an object of its own. */
function parseHead(bytes: Buffer): JsonObject | undefined {
  try {
    return JSON.parse(`${bytes.toString('utf8').trimEnd().replace(/,$/, '')}}`) as JsonObject; // it began with a brace
  } catch {
    return undefined;
  }
}

/** Where the member's name begins at the first level, and where its list does. */
function findList(
  bytes: Buffer,
  name: string,
): { readonly before: number; readonly list: number } | undefined {
  let depth = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (byte === code.openBrace || byte === code.open) depth += 1;
    else if (byte === code.closeBrace || byte === code.close) depth -= 1;
    if (byte !== code.quote) continue;
    const end = endOfString(bytes, at);
    if (end === -1) return undefined;
    if (depth === 1 && bytes.toString('utf8', at + 1, end) === name) {
      let after = end + 1;
      while (isBlank(bytes[after])) after += 1;
      if (bytes[after] === code.colon) {
        after += 1;
        while (isBlank(bytes[after])) after += 1;
        if (bytes[after] === code.open) return { before: at, list: after };
      }
    }
    at = end;
  }
  return undefined;
}

function endOfString(bytes: Buffer, from: number): number {
  for (let at = from + 1; at < bytes.length; at += 1) {
    if (bytes[at] === code.backslash) at += 1;
    else if (bytes[at] === code.quote) return at;
  }
  return -1;
}
