/**
 * Splits a JSON array of objects into its elements while its bytes arrive, so that an export chunk of any size takes
 * the memory of one element. Only the boundaries are looked for here; each element is then read by `JSON.parse`.
 *
 * Rejected: a full streaming parser (stream-json, clarinet: 10 to 40 MB/s, an event per token).
 */
import { isAscii, isUtf8 } from 'node:buffer';
import { TielineError } from '../errors/index.ts';
import type { JsonObject } from '../values/index.ts';
import type { RepeatedObjects } from './repeated-objects.ts';

export interface JsonArrayOptions {
  /** Longest element in bytes; default 64 MiB. */
  readonly elementBytes?: number;
  /** Deepest nesting within an element; default 200. */
  readonly depth?: number;
  /** Objects that elements repeat word for word are read once. */
  readonly repeated?: RepeatedObjects;
  /** It stands within an object: what follows it is not looked at. */
  readonly isMember?: boolean;
}

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const openBrace = 0x7b;

/** 1: opens, 2: closes, 3: begins a string; 0: of no interest between strings. */
const kinds = new Uint8Array(256);
for (const byte of '{[') kinds[byte.charCodeAt(0)] = 1;
for (const byte of '}]') kinds[byte.charCodeAt(0)] = 2;
kinds[quote] = 3;

function isWhitespace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

/** Finds where elements end. Keeps its state between pieces; yields whole elements as byte ranges of a piece. */
class ElementScanner {
  index = 0;
  /** Bytes of earlier pieces that belong to the current element. */
  held: Uint8Array[] = [];
  heldBytes = 0;
  elementOffset = 0;
  state: 'before array' | 'before first' | 'before element' | 'in element' | 'after element' | 'after array' =
    'before array';
  #depth = 0;
  #inString = false;
  #afterBackslash = false;
  /** Where in the stream the values of the current element that are objects or lists start and end, one after the other. */
  #inner: number[] = [];
  readonly #elementBytes: number;
  readonly #maxDepth: number;
  readonly #repeated: RepeatedObjects | undefined;

  constructor(options: JsonArrayOptions) {
    this.#elementBytes = options.elementBytes ?? 64 * 1024 * 1024;
    this.#maxDepth = options.depth ?? 200;
    this.#repeated = options.repeated;
  }

  fail(what: string, offset: number): TielineError {
    return new TielineError(
      'REMOTE_UNEXPECTED',
      `The JSON array is broken at element ${this.index}, byte ${offset}: ${what}.`,
    );
  }

  /** One byte between elements. Returns true if an element begins with it. */
  between(byte: number, offset: number): boolean {
    if (isWhitespace(byte)) return false;
    switch (this.state) {
      case 'before array':
        if (byte !== openBracket) throw this.fail('expected [', offset);
        this.state = 'before first';
        return false;
      case 'before first':
      case 'before element':
        if (byte === openBrace) {
          this.state = 'in element';
          this.elementOffset = offset;
          this.#inner = [];
          return true;
        }
        if (byte === closeBracket && this.state === 'before first') {
          this.state = 'after array';
          return false;
        }
        throw this.fail('expected an object', offset);
      case 'after element':
        if (byte === comma) this.state = 'before element';
        else if (byte === closeBracket) this.state = 'after array';
        else throw this.fail('expected , or ]', offset);
        return false;
      case 'after array':
        throw this.fail('something follows the array', offset);
      case 'in element':
        throw this.fail('the scanner lost its place', offset);
    }
  }

  /** Looks for the end of the current element from `at`; returns the index after it, or -1 if the piece ends first. */
  endOfElement(piece: Uint8Array, from: number, pieceOffset: number): number {
    const length = piece.length;
    let depth = this.#depth;
    let inString = this.#inString;
    let at = from;
    if (this.#afterBackslash && at < length) {
      this.#afterBackslash = false;
      at += 1;
    }
    while (at < length) {
      if (inString) {
        let byte = piece[at] as number;
        while (byte !== quote && byte !== backslash) {
          at += 1;
          if (at === length) break;
          byte = piece[at] as number;
        }
        if (at === length) break;
        if (byte === backslash) {
          at += 2;
          if (at > length) {
            this.#afterBackslash = true;
            at = length;
          }
          continue;
        }
        inString = false;
        at += 1;
        continue;
      }
      const kind = kinds[piece[at] as number] as number;
      at += 1;
      if (kind === 0) continue;
      if (kind === 3) inString = true;
      else if (kind === 1) {
        depth += 1;
        if (depth === 2) this.#inner.push(pieceOffset + at - 1);
        if (depth > this.#maxDepth)
          throw this.fail(`nested deeper than ${this.#maxDepth}`, pieceOffset + at - 1);
      } else {
        depth -= 1;
        if (depth === 1) this.#inner.push(pieceOffset + at);
        if (depth === 0) {
          this.#depth = 0;
          this.#inString = false;
          this.checkLength(pieceOffset + at);
          this.state = 'after element';
          return at;
        }
      }
    }
    this.#depth = depth;
    this.#inString = inString;
    this.checkLength(pieceOffset + length);
    return -1;
  }

  checkLength(offset: number): void {
    if (offset - this.elementOffset > this.#elementBytes)
      throw this.fail(`longer than ${this.#elementBytes} bytes`, this.elementOffset);
  }

  parse(last: Uint8Array): JsonObject {
    const bytes =
      this.held.length === 0 ? last : Buffer.concat([...this.held, last], this.heldBytes + last.length);
    this.held = [];
    this.heldBytes = 0;
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    const ascii = isAscii(buffer);
    if (!ascii && !isUtf8(buffer)) throw this.fail('invalid UTF-8', this.elementOffset);
    let parsed: JsonObject;
    try {
      parsed =
        this.#repeated?.parse(
          buffer,
          this.#inner.map((at) => at - this.elementOffset),
        ) ?? (JSON.parse(buffer.toString(ascii ? 'latin1' : 'utf8')) as JsonObject); // It begins with a brace.
    } catch {
      // The parser's own message quotes the text, which may be anything.
      throw this.fail('malformed JSON', this.elementOffset);
    }
    this.index += 1;
    return parsed;
  }
}

/**
 * Yields the elements of a JSON array of objects, in order, as the bytes of `stream` come in. Errors of the stream
 * pass through. Throws TielineError REMOTE_UNEXPECTED, with the element's index (from 0) and a byte offset, for
 * anything that is not a whole array of objects in valid UTF-8.
 */
export async function* recordsOfJsonArray(
  stream: AsyncIterable<Uint8Array>,
  options: JsonArrayOptions = {},
): AsyncGenerator<JsonObject, void, undefined> {
  const scanner = new ElementScanner(options);
  let offset = 0;
  for await (const piece of stream) {
    let at = 0;
    let start = 0;
    while (at < piece.length) {
      if (scanner.state !== 'in element') {
        if (scanner.state === 'after array' && options.isMember === true) break;
        if (scanner.between(piece[at] as number, offset + at)) start = at;
        else at += 1;
        continue;
      }
      const end = scanner.endOfElement(piece, at, offset);
      if (end === -1) break;
      yield scanner.parse(piece.subarray(start, end));
      at = end;
    }
    if (scanner.state === 'in element') {
      // A copy: the stream may use its buffer again.
      const rest = Uint8Array.from(piece.subarray(start));
      scanner.held.push(rest);
      scanner.heldBytes += rest.length;
    }
    offset += piece.length;
  }
  if (scanner.state !== 'after array') throw scanner.fail('it ends too early', offset);
}
