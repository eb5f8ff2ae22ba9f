import { hash, randomUUID } from 'node:crypto';
import type { Json, JsonObject } from '../values/index.ts';

/**
 * Objects that thousands of records repeat word for word, such as the plugin of a finding: each is read once, and what it came to
 * is shared by every record that has the same bytes. It is frozen, since many share it. The oldest are forgotten.
 *
 * Measured on export chunks of Tenable VM: two thirds of their bytes are plugins, and of 50,000 findings 150 were different.
 */
export class RepeatedObjects {
  readonly #key: string;
  readonly #before: Buffer;
  readonly #known = new Map<string, Json>();
  readonly #most: number;
  /** What stands in for the object while the rest is read: nothing that a record could say by itself. */
  readonly #standIn = randomUUID();

  /** @param key under which records have it. @param most how many are kept. */
  constructor(key: string, most = 4_000) {
    this.#key = key;
    this.#before = Buffer.from(`${JSON.stringify(key)}:`);
    this.#most = most;
  }

  /**
   * A record whose object is taken from what is known; undefined where it has none in a place that can be determined from outside
   * (then it is to be read as it is). Whether the bytes are UTF-8 was checked by the caller.
   * @param inner start and end of the values that are objects or lists, one after the other.
   * @throws SyntaxError for what is not JSON.
   */
  parse(record: Buffer, inner: readonly number[]): JsonObject | undefined {
    for (let n = 0; n + 1 < inner.length; n += 2) {
      const [from, to] = [inner[n] ?? 0, inner[n + 1] ?? 0];
      const before = from - this.#before.length;
      if (before < 0 || this.#before.compare(record, before, from) !== 0) continue;
      const rest = JSON.parse(
        `${record.toString('utf8', 0, from)}"${this.#standIn}"${record.toString('utf8', to)}`,
      ) as JsonObject;
      // The key may be there twice; the last one counts.
      if (rest[this.#key] !== this.#standIn) return undefined;
      rest[this.#key] = this.#read(record.subarray(from, to));
      return rest;
    }
    return undefined;
  }

  #read(bytes: Buffer): Json {
    const digest = hash('sha1', bytes, 'binary');
    const known = this.#known.get(digest);
    if (known !== undefined) return known;
    const read = JSON.parse(bytes.toString('utf8')) as Json;
    Object.freeze(read);
    this.#known.set(digest, read);
    if (this.#known.size > this.#most) this.#known.delete(this.#known.keys().next().value ?? '');
    return read;
  }
}
