/**
 * The three-way merge of one field, on canonical values (decision 0009): B base, I internal, E external.
 *
 * | I = B? | E = B? | I = E? | verdict  |
 * |--------|--------|--------|----------|
 * | any    | any    | yes    | same     |
 * | yes    | no     | no     | take     |
 * | no     | yes    | no     | send     |
 * | no     | no     | no     | conflict |
 *
 * Without a base (a row from before Tieline that was just linked) an empty side yields to the other; two different
 * values are a conflict, since it is unknown which is newer.
 */
import type { Comparison } from '../../canonical/vocabulary/index.ts';
import type { Json } from '../../platform/values/index.ts';

export type Verdict = 'same' | 'take' | 'send' | 'conflict';

const dateOrInstant = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}(:?\d{2})?)?)?$/;

/** A date or instant as JavaScript takes it: UTC where no zone is said, and hours of a zone with their minutes. */
function withZone(text: string): string {
  if (text.length === 10) return text;
  const zone = /(Z|[+-]\d{2}(:?\d{2})?)$/.exec(text.slice(10))?.[0];
  return zone === undefined ? `${text}Z` : zone.length === 3 ? `${text}:00` : text;
}

const mailAddress = /[\p{L}\p{N}._%+-]+@[\p{L}\p{N}-]+(\.[\p{L}\p{N}-]+)+/gu;

/** White space is not an edit, but where it parts lines; neither is the case of a mail address, nor how an accent is composed. */
function plainText(value: string): string {
  return value
    .normalize('NFC')
    .replaceAll(/\r\n?/g, '\n')
    .replaceAll(/[^\S\n]+/g, ' ')
    .replaceAll(/ ?\n ?/g, '\n')
    .trim()
    .replaceAll(mailAddress, (address) => address.toLowerCase());
}

/** `ac-02 (01)` is `AC-2(1)`. */
const plainControl = (text: string): string =>
  text
    .toUpperCase()
    .replaceAll(/\s/g, '')
    .replaceAll(/(^|[-(.])0+(?=\d)/g, '$1');

/** The writer's day: the part before a time, whatever its zone makes of it. */
function plainDay(text: string): Json {
  const day = text.slice(0, 10);
  return dateOrInstant.test(text) && !Number.isNaN(new Date(day).getTime()) ? day : canonicalText(text);
}

function canonicalText(text: string): Json {
  if (!dateOrInstant.test(text)) return text;
  const instant = new Date(withZone(text));
  return Number.isNaN(instant.getTime()) ? text : instant.toISOString();
}

/** A text, compared by the kind of its field; a list that is written as a text becomes a list. */
const textAs: Readonly<Record<Comparison, (text: string) => Json>> = {
  text: canonicalText,
  word: (text) => text.toLowerCase().replaceAll(/[\s_-]+/g, ' '),
  controls: (text) => parts(text).map(plainControl),
  list: (text) => parts(text),
  day: plainDay,
};
const parts = (text: string): string[] =>
  text
    .split(/[,;\n]/)
    .map((each) => each.trim())
    .filter(Boolean);
/** The members of a list, each as what it is. */
const memberAs: Readonly<Record<Comparison, Comparison>> = {
  text: 'text',
  word: 'word',
  controls: 'controls',
  list: 'text',
  day: 'day',
};

/**
 * The form in which values are compared: no difference between absent, null and empty; dates and times as UTC
 * instants (a text without zone holds UTC, decision 0007); lists as sets; texts as their field is compared.
 */
export function canonical(value: Json | undefined, as: Comparison = 'text'): Json {
  if (value === undefined || value === null) return null;
  if (typeof value === 'string') {
    const text = plainText(value);
    if (text === '') return null;
    const read = textAs[as](text);
    return Array.isArray(read) ? setOf(read) : read;
  }
  if (Array.isArray(value))
    return setOf(
      value.flatMap((each): Json[] => {
        const member = canonical(each, memberAs[as]);
        return typeof each === 'string' && Array.isArray(member) ? member : [member];
      }),
    );
  if (typeof value === 'object')
    return Object.fromEntries(
      Object.keys(value)
        .toSorted()
        .map((key) => [key, canonical(value[key])]),
    );
  return value;
}

function setOf(members: readonly Json[]): Json {
  if (members.length === 0) return null;
  return members.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

export function sameValue(left: Json | undefined, right: Json | undefined, as: Comparison = 'text'): boolean {
  // Most values are the same to the letter; canonical forms are dear.
  return left === right || JSON.stringify(canonical(left, as)) === JSON.stringify(canonical(right, as));
}

/**
 * Whether a value that a remote shows may be its own spelling of one that was sent to it: a GRC system trims and
 * re-cases. Only for telling whether a change arrived; what differs so is still two values.
 */
export function sameButForSpelling(
  left: Json | undefined,
  right: Json | undefined,
  as: Comparison = 'text',
): boolean {
  const plain = (value: Json | undefined): string =>
    JSON.stringify(canonical(value, as))
      .toLowerCase()
      .replaceAll(/(\\n|\s)+/g, ' ');
  return plain(left) === plain(right);
}

/** `base` is undefined where the two sides have never agreed on this field. @param as how its values are compared. */
export function mergeField(
  values: {
    readonly base: Json | undefined;
    readonly internal: Json | undefined;
    readonly external: Json | undefined;
  },
  as: Comparison = 'text',
): Verdict {
  const { base, internal, external } = values;
  if (sameValue(internal, external, as)) return 'same';
  // Without a base both sides are held against nothing: an empty side is the one that did not change.
  if (sameValue(internal, base, as)) return 'take';
  return sameValue(external, base, as) ? 'send' : 'conflict';
}
