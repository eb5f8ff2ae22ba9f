/**
 * The three-way merge of one field, on canonical values (design section 5): B base, I internal, E external.
 *
 * | I = B? | E = B? | I = E? | verdict  |
 * |--------|--------|--------|----------|
 * | any    | any    | yes    | same     |
 * | yes    | no     | no     | take     |
 * | no     | yes    | no     | send     |
 * | no     | no     | no     | conflict |
 *
 * Without a base (a row from before Tieline that was just linked) an empty side gives way to the other; two different
 * values are a conflict, since nobody can tell which is the newer.
 */
import type { Json } from '../model/json.ts';

export type Verdict = 'same' | 'take' | 'send' | 'conflict';

const dateOrInstant = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}(:?\d{2})?)?)?$/;

/** A date or instant as JavaScript takes it: UTC where no zone is said, and hours of a zone with their minutes. */
function withZone(text: string): string {
  if (text.length === 10) return text;
  const zone = /(Z|[+-]\d{2}(:?\d{2})?)$/.exec(text.slice(10))?.[0];
  return zone === undefined ? `${text}Z` : zone.length === 3 ? `${text}:00` : text;
}

/**
 * The form in which values are compared: no difference between absent, null and empty; dates and times as UTC
 * instants (a text without zone holds UTC, design section 4); lists as sets; texts without outer white space.
 */
export function canonical(value: Json | undefined): Json {
  if (value === undefined || value === null) return null;
  if (typeof value === 'string') {
    const text = value.trim().replaceAll('\r\n', '\n');
    if (text === '') return null;
    if (!dateOrInstant.test(text)) return text;
    const instant = new Date(withZone(text));
    return Number.isNaN(instant.getTime()) ? text : instant.toISOString();
  }
  if (Array.isArray(value)) {
    if (value.length === 0) return null;
    return value
      .map((each) => canonical(each))
      .toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  }
  if (typeof value === 'object')
    return Object.fromEntries(
      Object.keys(value)
        .toSorted()
        .map((key) => [key, canonical(value[key])]),
    );
  return value;
}

export function sameValue(left: Json | undefined, right: Json | undefined): boolean {
  return JSON.stringify(canonical(left)) === JSON.stringify(canonical(right));
}

/**
 * Whether a value that a remote shows may be its own spelling of one that was sent to it: a GRC system trims and
 * re-cases. Only for telling whether a change arrived; what differs so is still two values.
 */
export function sameButForSpelling(left: Json | undefined, right: Json | undefined): boolean {
  const plain = (value: Json | undefined): string =>
    JSON.stringify(canonical(value))
      .toLowerCase()
      .replaceAll(/(\\n|\s)+/g, ' ');
  return plain(left) === plain(right);
}

/** `base` is undefined where the two sides have never agreed on this field. */
export function mergeField(values: {
  readonly base: Json | undefined;
  readonly internal: Json | undefined;
  readonly external: Json | undefined;
}): Verdict {
  const { base, internal, external } = values;
  if (sameValue(internal, external)) return 'same';
  // Without a base both sides are held against nothing: an empty side is the one that did not change.
  if (sameValue(internal, base)) return 'take';
  return sameValue(external, base) ? 'send' : 'conflict';
}
