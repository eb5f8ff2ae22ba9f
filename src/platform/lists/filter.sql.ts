/** What a term of a filter is in SQL. Values travel as parameters; the expressions are the room's own, never a caller's. */
import { type RawBuilder, sql } from 'kysely';
import { TielineError } from '../errors/index.ts';
import type { Filter, FilterTerm } from './filter.ts';

type Condition = RawBuilder<boolean>;
/** The condition of one filter; what it is given was parsed by the definition of the same name. */
export type Conditions<Name extends string> = Readonly<Record<Name, (term: FilterTerm) => Condition>>;

const unfit = (term: FilterTerm): never => {
  throw new TielineError('INTERNAL', `A term ${term.is} came to a column that takes none.`);
};

/** A text column (or expression) that is one of the words, is there, or is not. `cast` where the column is no text: its own type. */
export const wordsOf =
  (column: RawBuilder<unknown>, cast: RawBuilder<unknown> = sql`text`) =>
  (term: FilterTerm): Condition => {
    if (term.is === 'presence') return term.present ? sql`${column} is not null` : sql`${column} is null`;
    if (term.is !== 'in') return unfit(term);
    const among = sql<boolean>`${column} = any(${term.values}::${cast}[])`;
    return term.negated ? sql`(${among}) is not true` : among;
  };

/** A number: `from` and `to` are both included. */
export const numberOf =
  (column: RawBuilder<unknown>) =>
  (term: FilterTerm): Condition => {
    if (term.is === 'presence') return term.present ? sql`${column} is not null` : sql`${column} is null`;
    if (term.is !== 'numbers') return unfit(term);
    return every([
      ...(term.from === undefined ? [] : [sql<boolean>`${column} >= ${term.from}`]),
      ...(term.to === undefined ? [] : [sql<boolean>`${column} <= ${term.to}`]),
    ]);
  };

/** A timestamp column without a zone, which holds UTC. */
export const instantOf =
  (column: RawBuilder<unknown>) =>
  (term: FilterTerm): Condition => {
    if (term.is === 'presence') return term.present ? sql`${column} is not null` : sql`${column} is null`;
    if (term.is !== 'instants') return unfit(term);
    const at = (when: Date): RawBuilder<unknown> => sql`${when.toISOString().slice(0, -1)}::timestamp`;
    return every([
      ...(term.from === undefined ? [] : [sql<boolean>`${column} >= ${at(term.from)}`]),
      ...(term.before === undefined ? [] : [sql<boolean>`${column} < ${at(term.before)}`]),
    ]);
  };

/** A yes or no; `condition` is what yes means. */
export const flagOf =
  (condition: Condition) =>
  (term: FilterTerm): Condition =>
    term.is !== 'flag' ? unfit(term) : term.value ? condition : sql`(${condition}) is not true`;

const octet = '(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])';
const groups = '[0-9a-f]{1,4}(:[0-9a-f]{1,4})';
/** What PostgreSQL reads as an address without an error; with `::` at most seven colons. */
export const addressPatterns = {
  4: `^(${octet}[.]){3}${octet}$`,
  6: `^${groups}{7}$|^(?!(.*:){8})(${groups}*)?::(${groups}*)?$`,
};

/** SQL of the address that a text is; null where it is none. */
export const addressOf = (column: RawBuilder<unknown>): RawBuilder<string | null> =>
  sql`case when lower(${column}) ~ ${addressPatterns[4]} or lower(${column}) ~ ${addressPatterns[6]} then ${column}::inet end`;

/** Whole octets that every address of the network begins with: compared as text first, which is quicker than reading addresses. */
function prefixOf(network: string): string {
  const [address = '', length = '32'] = network.split('/');
  const whole = address.split('.').slice(0, Math.floor(Number(length) / 8));
  return whole.length === 4 ? address : `${[...whole, ''].join('.').replace(/^\.$/, '')}%`;
}

/** Addresses of one family, kept as text, that are in one of the networks. A text that is no address is in none. */
export const networksOf =
  (column: RawBuilder<unknown>, family: 4 | 6) =>
  (term: FilterTerm): Condition => {
    if (term.is !== 'networks') return unfit(term);
    const networks = term.networks.filter((network) => network.includes(':') === (family === 6));
    if (networks.length === 0) return term.negated ? sql`true` : sql`false`;
    const begins =
      family === 4 ? sql`${column} like any(${networks.map(prefixOf)}::text[])` : sql`${column} is not null`;
    const among = sql<boolean>`case when ${begins} then case when lower(${column}) ~ ${addressPatterns[family]} then ${column}::inet <<= any(${networks}::inet[]) end end`;
    return term.negated ? sql`(${among}) is not true` : among;
  };

/** Every word somewhere in the text, in any case. */
export const textOf =
  (column: RawBuilder<unknown>) =>
  (term: FilterTerm): Condition =>
    term.is !== 'text'
      ? unfit(term)
      : every(term.words.map((word) => sql<boolean>`${column} ilike ${`%${escapedLike(word)}%`}`));

export const escapedLike = (text: string): string => text.replaceAll(/[\\%_]/g, (sign) => `\\${sign}`);

export const every = (conditions: readonly Condition[]): Condition =>
  conditions.length === 0 ? sql`true` : sql`(${sql.join(conditions, sql` and `)})`;

/** All terms of a filter, by the conditions of its list. */
export const filtered = <Name extends string>(
  conditions: Conditions<Name>,
  filter: Filter<Name>,
): Condition[] =>
  (Object.entries(filter) as [Name, FilterTerm][]) // its own keys
    .map(([name, term]) => conditions[name](term));
