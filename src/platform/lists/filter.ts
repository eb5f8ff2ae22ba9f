/**
 * The filter grammar of every list, the same in a URL, in the API and on the command line. A filter is pairs of name and text:
 *
 *   severity=critical,high     one of these            severity=!info          none of these
 *   first=..30d                longer than 30 days ago  seen=30d..              within the last 30 days
 *   due=..30d                  within the next 30 days (of what lies ahead), overdue included
 *   due=2026-12-01..2026-12-31 from one day to another, both included (UTC)
 *   poam=none, poam=any        nothing there, something there
 *   ip=10.2.0.0/16             in this network         vpr=7..9, vpr=7..       from, to
 *   q=two words                both words, anywhere in the text
 *
 * An unknown name or value is refused with the possible ones: a filter that is left out silently shows the wrong rows.
 */
import { type FieldFault, TielineError, closest } from '../errors/index.ts';
import { isIP } from 'node:net';

/** What a filter takes. `known` words are matched in any case; `also` says which of `none` and `any` it takes. */
export type FilterKind =
  | { readonly kind: 'choice'; readonly known: readonly string[]; readonly also?: readonly Presence[] }
  | {
      readonly kind: 'word';
      readonly example: string;
      readonly also?: readonly Presence[];
      /** It takes names of people; `me` stands for whoever asks. */
      readonly isPerson?: true;
    }
  | { readonly kind: 'text' }
  | { readonly kind: 'address' }
  | { readonly kind: 'number'; readonly also?: readonly Presence[] }
  | { readonly kind: 'instant'; readonly lies: 'behind' | 'ahead'; readonly also?: readonly Presence[] }
  | { readonly kind: 'flag' };
export type Presence = 'none' | 'any';
export type FilterFields<Name extends string = string> = Readonly<
  Record<Name, FilterKind & { readonly title: string }>
>;

/** One condition, parsed: what a list's SQL is made of. Instants are in UTC; the end of a range is not included. */
export type FilterTerm =
  | { readonly is: 'in'; readonly values: readonly string[]; readonly negated: boolean }
  | { readonly is: 'presence'; readonly present: boolean }
  | { readonly is: 'text'; readonly words: readonly string[] }
  | { readonly is: 'networks'; readonly networks: readonly string[]; readonly negated: boolean }
  | { readonly is: 'numbers'; readonly from?: number; readonly to?: number }
  | { readonly is: 'instants'; readonly from?: Date; readonly before?: Date }
  | { readonly is: 'flag'; readonly value: boolean };
export type Filter<Name extends string = string> = Partial<Readonly<Record<Name, FilterTerm>>>;

/** Puts the name of whoever asks in the place of `me`, in filters that take people. Before parsing: a cursor belongs to the person then. */
export const withMe = <V>(
  fields: FilterFields,
  pairs: readonly (readonly [name: string, value: V])[],
  me: string,
): (readonly [name: string, value: V | string])[] =>
  pairs.map(([name, value]) => {
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
    return field?.kind === 'word' && field.isPerson && typeof value === 'string'
      ? [name, value.replaceAll(/(^!?|,)\s*me\s*(?=,|$)/gi, (_all, before: string) => `${before}${me}`)]
      : [name, value];
  });

const mostValues = 200;
const dayMs = 86_400_000;

class Refused extends Error {}

const listed = (words: readonly string[]): string => words.join(', ');

function values(text: string): { values: string[]; negated: boolean } {
  const negated = text.startsWith('!');
  const found = (negated ? text.slice(1) : text)
    .split(',')
    .map((each) => each.trim())
    .filter(Boolean);
  if (found.length === 0) throw new Refused('is empty; leave the filter out to see all');
  if (found.length > mostValues) throw new Refused(`names more than ${mostValues} values`);
  return { values: found, negated };
}

/** `none` and `any`; `!none` is `any`. @throws Refused where one of them stands among other values: it is no value. */
function presence(text: string, also: readonly Presence[] = []): FilterTerm | undefined {
  const negated = text.trim().startsWith('!');
  const words = text
    .trim()
    .slice(negated ? 1 : 0)
    .split(',')
    .map((each) => each.trim().toLowerCase());
  const word = also.find((each) => words.includes(each));
  if (word === undefined) return undefined;
  if (words.length > 1) throw new Refused(`names "${word}" beside other values; it stands alone`);
  return { is: 'presence', present: (word === 'any') !== negated };
}

const ends = (text: string): [string, string] => {
  const at = text.indexOf('..');
  if (at < 0) return [text.trim(), text.trim()];
  const [from, to] = [text.slice(0, at).trim(), text.slice(at + 2).trim()];
  if (from === '' && to === '') throw new Refused('is a range without a beginning and an end');
  return [from, to];
};

function numbers(text: string): FilterTerm {
  const [from, to] = ends(text).map((each) => {
    if (each === '') return undefined;
    if (!/^-?\d{1,9}(\.\d{1,6})?$/.test(each))
      throw new Refused(`"${each}" is not a number; expected 7, 7..9, 7.. or ..9`);
    return Number(each);
  });
  return { is: 'numbers', ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
}

/**
 * A day or a count of days. @returns the instant that begins it, and whether it was a day, which as an end includes that day.
 * Of what lies ahead `0d` is the beginning of today (UTC): what is due today is neither past nor left out.
 */
function moment(text: string, lies: 'behind' | 'ahead', now: Date): { at: Date; isDay: boolean } {
  const days = /^(\d{1,5})d$/.exec(text);
  if (lies === 'ahead' && Number(days?.[1]) === 0)
    return { at: new Date(Math.floor(now.getTime() / dayMs) * dayMs), isDay: false };
  if (days)
    return {
      at: new Date(now.getTime() + (lies === 'behind' ? -1 : 1) * Number(days[1]) * dayMs),
      isDay: false,
    };
  const at = /^\d{4}-\d{2}-\d{2}$/.test(text) ? new Date(`${text}T00:00:00Z`) : undefined;
  if (at === undefined || Number.isNaN(at.getTime()) || at.toISOString().slice(0, 10) !== text)
    throw new Refused(
      `"${text}" is not a day; expected 2026-12-01, 30d, or a range of them such as 30d.. or ..2026-12-31`,
    );
  return { at, isDay: true };
}

function instants(text: string, lies: 'behind' | 'ahead', now: Date): FilterTerm {
  if (!text.includes('..') && text.endsWith('d'))
    throw new Refused(`"${text}" is no range; expected ${text}.. or ..${text}`);
  const [first, last] = ends(text);
  const from = first === '' ? undefined : moment(first, lies, now).at;
  const end = last === '' ? undefined : moment(last, lies, now);
  const before = end && (end.isDay ? new Date(end.at.getTime() + dayMs) : end.at);
  return { is: 'instants', ...(from ? { from } : {}), ...(before ? { before } : {}) };
}

function networks(text: string): FilterTerm {
  const found = values(text);
  for (const each of found.values) {
    const [address = '', length, ...rest] = each.split('/');
    const family = isIP(address);
    const fits =
      length === undefined || (/^\d{1,3}$/.test(length) && Number(length) <= (family === 4 ? 32 : 128));
    if (family === 0 || !fits || rest.length > 0)
      throw new Refused(
        `"${each}" is not an address or network; expected 10.2.3.4, 10.2.0.0/16 or 2001:db8::/32`,
      );
  }
  return { is: 'networks', networks: found.values, negated: found.negated };
}

function choice(text: string, known: readonly string[]): FilterTerm {
  const found = values(text);
  const meant = found.values.map((each) => {
    const word = known.find((one) => one.toLowerCase() === each.toLowerCase());
    if (word !== undefined) return word;
    throw new Refused(`Unknown "${each}". Expected: ${listed(known)}`);
  });
  return { is: 'in', values: [...new Set(meant)], negated: found.negated };
}

function term(field: FilterKind, text: string, now: Date): FilterTerm {
  const there = 'also' in field ? presence(text, field.also) : undefined;
  if (there) return there;
  switch (field.kind) {
    case 'choice':
      return choice(text, [...field.known, ...(field.also ?? [])]);
    case 'word':
      return { is: 'in', ...values(text) };
    case 'text': {
      const words = text.split(/\s+/).filter(Boolean).slice(0, 8);
      if (words.length === 0) throw new Refused('is empty; leave the filter out to see all');
      return { is: 'text', words };
    }
    case 'address':
      return networks(text);
    case 'number':
      return numbers(text);
    case 'instant':
      return instants(text, field.lies, now);
    case 'flag':
      if (!/^(yes|no)$/i.test(text.trim())) throw new Refused(`Unknown "${text}". Expected: yes, no`);
      return { is: 'flag', value: /^yes$/i.test(text.trim()) };
  }
}

/**
 * @param fields of the list. @param pairs name and text, as they come from a URL or a command line; a name that comes twice is refused.
 * @param now what `30d` counts from.
 * @throws TielineError FILTER_INVALID that names each wrong one, its rule and what is possible.
 */
export function parseFilter<Name extends string>(
  fields: FilterFields<Name>,
  pairs: Iterable<readonly [string, string]>,
  now: Date,
): Filter<Name> {
  const filter: Partial<Record<Name, FilterTerm>> = {};
  const faults: FieldFault[] = [];
  const names = Object.keys(fields) as Name[]; // its own keys
  for (const [name, text] of pairs) {
    const known = names.find((each) => each === name);
    const meant = closest(name, names);
    if (known === undefined)
      faults.push({
        field: name,
        message: `is no filter of this list.${meant ? ` Did you mean ${meant}?` : ''} Expected: ${listed(names)}`,
      });
    else if (filter[known] !== undefined)
      faults.push({ field: name, message: 'is given twice; separate several values by commas' });
    else
      try {
        filter[known] = term(fields[known], text, now);
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        faults.push({ field: name, message: error.message });
      }
  }
  if (faults.length > 0)
    throw new TielineError('FILTER_INVALID', 'The filter was not understood.', { fields: faults });
  return filter;
}

/** The pairs of one line, `severity=critical,high poam=none`; quotes hold a value with spaces together. @throws FILTER_INVALID. */
export function filterPairs(line: string): [string, string][] {
  const pairs: [string, string][] = [];
  const pattern = /\s*([\w.-]+)=(?:"([^"]*)"|'([^']*)'|(\S*))(?=\s|$)/gy;
  let end = 0;
  for (let match = pattern.exec(line); match; match = pattern.exec(line)) {
    pairs.push([match[1] ?? '', match[2] ?? match[3] ?? match[4] ?? '']);
    end = pattern.lastIndex;
  }
  const rest = line.slice(end).trim();
  if (rest !== '')
    throw new TielineError('FILTER_INVALID', 'The filter was not understood.', {
      fields: [
        { field: 'filter', message: `"${rest}" is not name=value; put a value with spaces in quotes` },
      ],
    });
  return pairs;
}
