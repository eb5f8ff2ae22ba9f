/** To which records of its entity a policy is limited, in the grammar of lists: `system=SYS-001 severity=critical,high`. */
import { type Filter, type FilterFields, filterPairs, parseFilter } from '../../platform/lists/index.ts';
import { systemFilter } from '../lists/index.ts';
import { severities } from '../vocabulary/index.ts';

/** What is known of a record of any entity wherever a policy is asked about it. */
export interface RecordFacts {
  /** Of the weakness that it is about; undefined where nobody said, or it is about none. */
  readonly severity: string | undefined;
  /** Our id of its authorization boundary; undefined where it is in none. */
  readonly boundary: string | undefined;
}

/** What is no record that policies with a filter could mean: a tag, a scan, a connection as a whole. */
export const noRecord: RecordFacts = { severity: undefined, boundary: undefined };

const policyFilterFields = {
  system: systemFilter,
  severity: {
    kind: 'choice',
    known: severities,
    also: ['none', 'any'],
    title: 'severity of the weakness',
  },
} as const satisfies FilterFields;
type Name = keyof typeof policyFilterFields;
export const policyFilterNames = ['system', 'severity'] as const satisfies readonly Name[];

/** As it is stored and shown: name to text. Empty: every record. */
export type PolicyFilter = Readonly<Partial<Record<Name, string>>>;

/** Neither of the two counts days, so that the moment does not matter. */
const anyMoment = new Date(0);
const parsed = new WeakMap<PolicyFilter, Filter<Name>>();

function termsOf(filter: PolicyFilter): Filter<Name> {
  const terms = parsed.get(filter) ?? parseFilter(policyFilterFields, Object.entries(filter), anyMoment);
  parsed.set(filter, terms);
  return terms;
}

/** One line, `severity=high system=SYS-001`, as a filter; an empty line is every record. @throws FILTER_INVALID. */
export function policyFilterOf(line: string): PolicyFilter {
  const filter: PolicyFilter = Object.fromEntries(filterPairs(line));
  termsOf(filter);
  return filter;
}

/** The line that stands for a filter; empty: every record. */
export const policyFilterLine = (filter: PolicyFilter | undefined): string =>
  policyFilterNames
    .flatMap((name) => {
      const text = filter?.[name];
      return text === undefined ? [] : [[name, text] as const];
    })
    .map(([name, text]) => `${name}=${/\s/.test(text) ? `"${text}"` : text}`)
    .join(' ');

/** The boundaries that a filter names. */
export function boundariesNamed(filter: PolicyFilter): readonly string[] {
  const term = termsOf(filter).system;
  return term?.is === 'in' ? term.values : [];
}

/** Whether a record is one of those that the filter names. What nobody said of it is none of the values, as in lists. */
export function fitsPolicy(filter: PolicyFilter | undefined, record: RecordFacts): boolean {
  if (filter === undefined) return true;
  const { system, severity } = termsOf(filter);
  return fits(system, record.boundary) && fits(severity, record.severity);
}

function fits(term: Filter<Name>[Name], value: string | undefined): boolean {
  if (term === undefined) return true;
  if (term.is === 'presence') return term.present === (value !== undefined);
  if (term.is !== 'in') return false;
  return term.values.some((each) => each.toLowerCase() === value?.toLowerCase()) !== term.negated;
}
