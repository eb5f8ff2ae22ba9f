/**
 * The transforms of a field mapping (decision 0018), each with its way in and, where there is one, its way out.
 * Pure. A way in that cannot make sense of a value says so; it never guesses.
 */
import {
  deriveUuid,
  isJsonObject,
  type Json,
  type JsonObject,
  scalarText,
} from '../../platform/values/index.ts';
import { dateWords, type Transform } from './mapping.ts';
import { dateForm } from './date-forms.ts';

/** A value that a transform refuses, with the rule that it breaks. */
export class Refused {
  readonly rule: string;
  constructor(rule: string) {
    this.rule = rule;
  }
}

export type Way = (value: Json) => Json | Refused;

export interface TransformWays {
  readonly in: Way;
  /** Absent: the transform cannot be reversed, and a mapping with it is inbound only. */
  readonly out?: Way;
}

const same: Way = (value) => value;
const kindOf = (value: Json): string =>
  value === null
    ? 'null'
    : Array.isArray(value)
      ? 'a list'
      : typeof value === 'object'
        ? 'an object'
        : `the ${typeof value} ${JSON.stringify(value).slice(0, 60)}`;
const expected = (what: string, value: Json): Refused =>
  new Refused(`expected ${what}, got ${kindOf(value)}`);

/** Applies to a text, or to each text of a list. */
const onTexts =
  (way: (text: string) => Json | Refused): Way =>
  (value) => {
    if (typeof value === 'string') return way(value);
    if (!Array.isArray(value)) return expected('text', value);
    const results = value.map((each) => (typeof each === 'string' ? way(each) : expected('text', each)));
    return results.find((each) => each instanceof Refused) ?? (results as Json[]);
  };

const titleCase = (text: string): string =>
  text
    .toLowerCase()
    .replaceAll(
      /(^|[\s_-])(\p{L})/gu,
      (_all, before: string, letter: string) => before + letter.toUpperCase(),
    );
const cases = {
  upper: (text: string) => text.toUpperCase(),
  lower: (text: string) => text.toLowerCase(),
  title: titleCase,
};

function values(transform: Extract<Transform, { kind: 'values' }>): TransformWays {
  const inward = new Map(Object.entries(transform.map).map(([from, to]) => [from.trim().toLowerCase(), to]));
  const otherwise = transform.otherwise ?? 'fail';
  const translate: Way = (value) => {
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean')
      return expected('one of the known words', value);
    const found = inward.get(String(value).trim().toLowerCase());
    if (found !== undefined) return found;
    if (otherwise === 'keep') return value;
    if (otherwise === 'null') return null;
    return new Refused(
      `${JSON.stringify(value)} is none of the known words: ${Object.keys(transform.map).join(', ')}`,
    );
  };
  const entries = Object.entries(transform.map);
  const outward = new Map(entries.map(([from, to]) => [JSON.stringify(to), from]));
  if (outward.size < entries.length) return { in: translate };
  return {
    in: translate,
    out: (value) =>
      outward.get(JSON.stringify(value)) ??
      (otherwise === 'keep' ? value : new Refused(`${JSON.stringify(value)} has no word on the other side`)),
  };
}

type DateTransform = Extract<Transform, { kind: 'date' }>;

/** ISO 8601 date or date-time; without a zone it is taken as UTC. */
const isoText = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?\s*(Z|[+-]\d{2}(:?\d{2})?)?)?$/i;

/** As servers mostly write an instant: by far the quickest to read. Undefined for any other spelling, and for days that are not. */
const plainInstant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?Z$/;
function readPlainInstant(value: Json): string | undefined {
  if (typeof value !== 'string' || !plainInstant.test(value)) return undefined;
  const at = new Date(value);
  if (Number.isNaN(at.getTime())) return undefined;
  const instant = at.toISOString();
  return instant.startsWith(value.slice(0, 10)) ? instant : undefined;
}

/** An instant, and the day that its writer meant: of a text with a zone that is not always the day in UTC. */
interface ReadDate {
  readonly at: Date;
  readonly day: string;
}
const inUtc = (at: Date): ReadDate => ({ at, day: at.toISOString().slice(0, 10) });

function readEpoch(value: Json, external: string): Date | undefined {
  const numeric =
    typeof value === 'number'
      ? value
      : typeof value === 'string' && /^\d{9,13}$/.test(value.trim())
        ? Number(value)
        : undefined;
  if (numeric === undefined) return undefined;
  // Milliseconds are distinguished from seconds by their size where the mapping does not say: seconds reach 10^11 in the year 5138.
  const inMilliseconds =
    external === 'epoch-milliseconds' || (external !== 'epoch-seconds' && numeric > 1e11);
  return new Date(inMilliseconds ? numeric : numeric * 1000);
}

function readIso(value: string): ReadDate | undefined {
  const text = value.trim().replace(' ', 'T');
  const at = new Date(
    text.length > 10 && !/(Z|[+-]\d{2}(:?\d{2})?)$/i.test(text.slice(11)) ? `${text}Z` : text,
  );
  // JavaScript rolls 2026-02-30 over to March; a date that does not exist is refused.
  const day = text.slice(0, 10);
  const exists =
    !Number.isNaN(at.getTime()) && new Date(`${day}T00:00:00Z`).toISOString().slice(0, 10) === day;
  return exists ? { at, day } : undefined;
}

function date(transform: DateTransform): TransformWays {
  const { external } = transform;
  const own = (dateWords as readonly string[]).includes(external) ? undefined : dateForm(external);
  const forms = [...(own ? [own] : []), ...(transform.also ?? []).map((each) => dateForm(each))];
  const known = ['ISO 8601 or epoch', ...(own ? [external] : []), ...(transform.also ?? [])].join(', ');

  function parse(value: Json, way: 'in' | 'out'): ReadDate | Refused {
    const epoch = readEpoch(value, way === 'in' ? external : 'iso');
    if (epoch) return Number.isNaN(epoch.getTime()) ? expected('a date', value) : inUtc(epoch);
    if (typeof value !== 'string') return expected(`a date (${known})`, value);
    if (isoText.test(value.trim())) return readIso(value) ?? expected('a date that exists', value);
    for (const form of way === 'in' ? forms : []) {
      const at = form.read(value);
      if (at) return inUtc(at);
    }
    return expected(`a date (${known})`, value);
  }

  const writes: Readonly<Record<(typeof dateWords)[number], (date: ReadDate) => Json>> = {
    iso: ({ at }) => at.toISOString(),
    date: ({ day }) => day,
    'epoch-seconds': ({ at }) => Math.floor(at.getTime() / 1000),
    'epoch-milliseconds': ({ at }) => at.getTime(),
  };
  const write = own
    ? ({ at, day }: ReadDate): Json =>
        own.write(transform.internal === 'date' ? new Date(`${day}T00:00:00Z`) : at)
    : writes[external as (typeof dateWords)[number]]; // a word, since it is not a form of its own
  return {
    in: (value) => {
      if (value === '') return null;
      const plain = readPlainInstant(value);
      if (plain !== undefined) return transform.internal === 'date' ? plain.slice(0, 10) : plain;
      const read = parse(value, 'in');
      if (read instanceof Refused) return read;
      return transform.internal === 'date' ? read.day : read.at.toISOString();
    },
    out: (value) => {
      const read = parse(value, 'out');
      return read instanceof Refused ? read : write(read);
    },
  };
}

function number(transform: Extract<Transform, { kind: 'number' }>): TransformWays {
  const scale = transform.scale ?? 1;
  // Scaling by 0.01 leaves binary dust (93.1 percent becomes 0.9309999…); twelve digits are more than any score has.
  const tidy = (value: number): number => Number(value.toPrecision(12));
  const parse = (value: Json): number | Refused => {
    const parsed =
      typeof value === 'number'
        ? value
        : typeof value === 'string' && value.trim() !== ''
          ? Number(value)
          : Number.NaN;
    return Number.isFinite(parsed) ? parsed : expected('a number', value);
  };
  return {
    in: (value) => {
      if (value === '') return null;
      const parsed = parse(value);
      if (parsed instanceof Refused) return parsed;
      const scaled = scale === 1 ? parsed : tidy(parsed * scale);
      if (transform.integer && !Number.isInteger(scaled)) return expected('a whole number', value);
      return scaled;
    },
    out: (value) => {
      const parsed = parse(value);
      return parsed instanceof Refused || scale === 1 ? parsed : tidy(parsed / scale);
    },
  };
}

const booleans: Readonly<Record<string, boolean>> = {
  true: true,
  yes: true,
  '1': true,
  false: false,
  no: false,
  '0': false,
};

/** A template with the fields that it names between braces; one that is not there leaves nothing. */
export const fillTemplate = (text: string, fields: JsonObject): string =>
  // A function: in a text as replacement, '$&' and its kind would be commands.
  text.replaceAll(/\{(\w+)\}/g, (_all, name: string) => scalarText(fields[name]));

function template(text: string): TransformWays {
  const names = [...text.matchAll(/\{(\w*)\}/g)].map((match) => match[1] ?? '');
  const fill = (value: Json): Json | Refused => {
    if (!isJsonObject(value)) {
      if (names.some((name) => name !== '') || (typeof value !== 'string' && typeof value !== 'number'))
        return expected('an object with the named fields', value);
      // A function: in a text as replacement, '$&' and its kind would be commands.
      return text.replaceAll('{}', () => String(value));
    }
    const missing = names.find((name) => typeof value[name] !== 'string' && typeof value[name] !== 'number');
    if (missing !== undefined) return new Refused(`the field ${missing} of the template is missing`);
    return fillTemplate(text, value);
  };
  const fillAll: Way = (value) => {
    if (!Array.isArray(value)) return fill(value);
    // Some releases send ready texts where others send objects; a text that is there already is kept.
    const filled = value.map((each) =>
      typeof each === 'string' && names.some((name) => name !== '') ? each : fill(each),
    );
    return filled.find((each) => each instanceof Refused) ?? (filled as Json[]);
  };
  const [before, after, ...more] = text.split('{}');
  if (before === undefined || after === undefined || more.length > 0 || names.length !== 1)
    return { in: fillAll };
  return {
    in: fillAll,
    out: (value) =>
      typeof value === 'string' &&
      value.startsWith(before) &&
      value.endsWith(after) &&
      value.length >= before.length + after.length
        ? value.slice(before.length, value.length - after.length)
        : new Refused(`does not have the form ${text}`),
  };
}

const uuidText = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i;

function uuid(derive: boolean): TransformWays {
  return {
    in: (value) => {
      if (typeof value !== 'string' && typeof value !== 'number') return expected('a UUID', value);
      const text = String(value).trim();
      if (uuidText.test(text)) {
        const hex = text.replaceAll('-', '').toLowerCase();
        return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
      }
      return derive && text !== '' ? deriveUuid('external id', text) : expected('a UUID', value);
    },
    ...(derive ? {} : { out: same }),
  };
}

function boolean(): TransformWays {
  return {
    in: (value) => {
      if (typeof value === 'boolean') return value;
      return (
        (typeof value === 'string' || typeof value === 'number'
          ? booleans[String(value).trim().toLowerCase()]
          : undefined) ?? expected('true or false', value)
      );
    },
    out: same,
  };
}

function text(): TransformWays {
  return {
    in: (value) =>
      typeof value === 'string'
        ? value
        : typeof value === 'number' || typeof value === 'boolean'
          ? String(value)
          : expected('text', value),
    out: same,
  };
}

const isTexts = (value: Json): value is string[] =>
  Array.isArray(value) && value.every((each) => typeof each === 'string');

function split(separator: string): TransformWays {
  return {
    in: (value) =>
      typeof value === 'string'
        ? value
            .split(separator)
            .map((each) => each.trim())
            .filter(Boolean)
        : isTexts(value)
          ? value
          : expected('text', value),
    out: (value) => (isTexts(value) ? value.join(separator) : expected('a list of texts', value)),
  };
}

type Lookups = Readonly<Record<string, ReadonlyMap<string, Json>>>;

function lookup(name: string, lookups: Lookups): TransformWays {
  const table = lookups[name];
  return {
    in: (value) =>
      table?.get(scalarText(value)) ?? new Refused(`${kindOf(value)} is not in the table ${name}`),
  };
}

/** The two ways of a transform. @param lookups tables that `lookup` names, by external value. */
export function waysOf(transform: Transform, lookups: Lookups): TransformWays {
  switch (transform.kind) {
    case 'trim':
      return { in: onTexts((each) => each.trim()), out: same };
    case 'case':
      return { in: onTexts(cases[transform.to]), out: same };
    case 'values':
      return values(transform);
    case 'date':
      return date(transform);
    case 'number':
      return number(transform);
    case 'boolean':
      return boolean();
    case 'text':
      return text();
    case 'list':
      return { in: (value) => (Array.isArray(value) ? value : value === '' ? [] : [value]), out: same };
    case 'split':
      return split(transform.separator);
    case 'first':
      return { in: (value) => (Array.isArray(value) ? (value[0] ?? null) : value) };
    case 'last':
      return { in: (value) => (Array.isArray(value) ? (value.at(-1) ?? null) : value) };
    case 'template':
      return template(transform.text);
    case 'constant':
      return { in: () => transform.value, out: () => transform.value };
    case 'default':
      return { in: (value) => value ?? transform.value, out: same };
    case 'lookup':
      return lookup(transform.table, lookups);
    case 'uuid':
      return uuid(transform.derive ?? false);
  }
}
