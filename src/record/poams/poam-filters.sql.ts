/** What each filter, sort and facet of the list of POA&Ms is in SQL, over `p`. */
import { type Kysely, type RawBuilder, sql } from 'kysely';
import { inScope, type Scope } from '../../canonical/access/index.ts';
import type { FacetOf, FilterOf, poamList, SortOf } from '../../canonical/lists/index.ts';
import {
  type Conditions,
  every,
  type Filter,
  filtered,
  type FilterTerm,
  flagOf,
  instantOf,
  type SortColumn,
  textOf,
  wordsOf,
} from '../../platform/lists/index.ts';
import type { Database } from '../../platform/postgres/index.ts';
import { TielineError } from '../../platform/errors/index.ts';
import { isOpenFinding } from '../findings/index.ts';
import { isFinishedStatus } from '../poam-status/index.ts';
import { agreementOf, agreementTerm, type AmongPoams } from './agreement.sql.ts';
import { isLateObligation, obligedTerm } from './obligation.sql.ts';
import { riskOf, riskTerm } from './risk.sql.ts';
import { isReviewLateInList, reviewedTerm } from './reviews.sql.ts';
import { fetchPoamColumns, type PoamColumns } from './poam-columns.sql.ts';

type PoamFilterName = FilterOf<typeof poamList>;
export type PoamFilter = Filter<PoamFilterName>;
export type PoamSort = SortOf<typeof poamList>;
export type PoamFacet = FacetOf<typeof poamList>;

/**
 * Asked POA&M by POA&M (`offset 0`), of an index that holds no more than what is asked: joined, all findings that have a POA&M were read to find
 * which POA&Ms have none.
 */
const openFinding = sql<boolean>`exists (select from ingestion_vulnerabilities v where v.poam_id = p.id and ${sql.raw(isOpenFinding('v.lifecycle_state'))} offset 0)`;

/** The first instant of the day (UTC) that `now` is in: what was due before it is overdue. */
const startOfDay = (now: Date): RawBuilder<unknown> => sql`${now.toISOString().slice(0, 10)}::timestamp`;

export const isOverdueAt = (columns: PoamColumns, now: Date): RawBuilder<boolean> =>
  sql<boolean>`(${columns.isOpen} and ${isLateAt(columns, now)})`;
/** Whether its day is past, whatever its status. */
const isLateAt = (columns: PoamColumns, now: Date): RawBuilder<boolean> =>
  sql<boolean>`coalesce(${columns.due} < ${startOfDay(now)}, false)`;

/**
 * POA&Ms among those that a subquery finds by words: found for all at once and then looked up (`is true` keeps the planner from joining what it
 * knows no size of; asked POA&M by POA&M a page of 20,000 took 0.4 s). @param column of `p`. @param found SQL, given the words as a parameter.
 */
const anyOf =
  (column: RawBuilder<unknown>, found: (words: RawBuilder<unknown>) => RawBuilder<unknown>) =>
  (term: FilterTerm): RawBuilder<boolean> => {
    if (term.is !== 'in') throw new TielineError('INTERNAL', `A term ${term.is} came to a filter of words.`);
    const among = sql`(${column} in (${found(sql`${[...term.values]}::text[]`)}))`;
    return term.negated ? sql<boolean>`${among} is not true` : sql<boolean>`${among} is true`;
  };

function findingsTerm(term: FilterTerm): RawBuilder<boolean> {
  if (term.is !== 'in') throw new TielineError('INTERNAL', `A term ${term.is} came to a filter of words.`);
  const either = term.values.map((word) =>
    word === 'open' ? openFinding : sql<boolean>`not ${openFinding}`,
  );
  const any = sql<boolean>`(${sql.join(either, sql` or `)})`;
  return term.negated ? sql<boolean>`not ${any}` : any;
}

const conditionsOf = (
  columns: PoamColumns,
  now: Date,
  among: AmongPoams | undefined,
): Conditions<PoamFilterName> => ({
  system: wordsOf(sql`p.system_id`),
  status: wordsOf(columns.status),
  open: flagOf(columns.isOpen),
  severity: wordsOf(columns.severity),
  risk: riskTerm,
  due: instantOf(columns.due),
  overdue: flagOf(isOverdueAt(columns, now)),
  obliged: obligedTerm,
  late: flagOf(isLateObligation(columns, now)),
  owner: wordsOf(columns.of('poc')),
  control: wordsOf(columns.of('security_control')),
  approval: wordsOf(sql`p.approval_status::text`),
  agreement: agreementTerm(among),
  plugin: anyOf(
    sql`p.id`,
    (words) => sql`
      select w.poam_id from weaknesses w
       where w.poam_id is not null
         and case when w.grouping = 'plugin' then w.identifier = any(${words})
                  else exists (select from weakness_findings k join ingestion_vulnerabilities v on v.id = k.finding_id where k.weakness_id = w.id and v.plugin_id::text = any(${words})) end`,
  ),
  asset: anyOf(
    sql`p.poam_id`,
    (words) => sql`
      -- The machines first, as an array: by it what lists them is looked up by index. Joined, every machine of every POA&M was read.
      select listed.poam_id from ingestion_poam_assets listed
       where listed.poam_id is not null
         and listed.asset_uuid = any(array(
               select a.asset_uuid from ingestion_assets a
                where a.asset_uuid::text = any(${words}) or lower(a.hostname) = any(array(select lower(word) from unnest(${words}) word))))`,
  ),
  findings: findingsTerm,
  contradiction: flagOf(sql<boolean>`(${isFinishedStatus(columns.of('status'))} and ${openFinding})`),
  reviewed: reviewedTerm,
  unreviewed: flagOf(isReviewLateInList(now)),
  updated: instantOf(sql`p.updated_at`),
  q: textOf(
    sql`concat_ws(' ', p.poam_id, ${columns.of('xacta_poam_id')}, ${columns.of('weakness_description')})`,
  ),
});

const sortsOf = (columns: PoamColumns): Readonly<Record<PoamSort, SortColumn>> => ({
  due: { column: columns.due, type: 'timestamp' },
  severity: { column: columns.severityRank, type: 'integer' },
  risk: { column: riskOf, type: 'numeric' },
  id: { column: sql`p.poam_id`, type: 'text', always: true },
  updated: { column: sql`p.updated_at`, type: 'timestamp' },
});

const facetsOf = (
  columns: PoamColumns,
  among: AmongPoams | undefined,
): Readonly<Record<PoamFacet, RawBuilder<string | null>>> => ({
  status: columns.status,
  severity: columns.severity,
  system: sql`p.system_id`,
  agreement: agreementOf(among),
});

/** The POA&Ms that a filter means in a scope, as parts of SQL. */
export interface PoamSelection {
  readonly columns: PoamColumns;
  readonly sorts: Readonly<Record<PoamSort, SortColumn>>;
  readonly facets: Readonly<Record<PoamFacet, RawBuilder<string | null>>>;
  /** Of `ingestion_poams p`. */
  readonly where: RawBuilder<boolean>;
}

/** So many systems are asked about alone; of more, everything that stands in the way is gathered at once. */
const fewSystems = 5;

/** @returns undefined where the POA&Ms of all systems, or of many, are meant. */
function systemsMeant(scope: Scope, { system }: PoamFilter): AmongPoams | undefined {
  const named = system?.is === 'in' && !system.negated ? system.values : undefined;
  const systems = named ?? (scope.kind === 'boundaries' && !scope.unassigned ? scope.systemIds : undefined);
  return systems && systems.length <= fewSystems ? { systems } : undefined;
}

export async function selectPoams(
  db: Kysely<Database>,
  scope: Scope,
  filter: PoamFilter,
  now: Date,
): Promise<PoamSelection> {
  const columns = await fetchPoamColumns(db);
  const among = systemsMeant(scope, filter);
  return {
    columns,
    sorts: sortsOf(columns),
    facets: facetsOf(columns, among),
    where: every([inScope(scope, sql`p.system_id`), ...filtered(conditionsOf(columns, now, among), filter)]),
  };
}

/**
 * SQL of a relation (system_id, open, overdue): how many POA&Ms each boundary has, as the list counts them.
 * @param among which boundaries: a condition on their id.
 */
export async function countedBySystem(
  db: Kysely<Database>,
  now: Date,
  among: (systemId: RawBuilder<unknown>) => RawBuilder<boolean>,
): Promise<RawBuilder<unknown>> {
  const columns = await fetchPoamColumns(db);
  // What a status comes to is the dear part: asked once of each, and of what is overdue only where it is open.
  return sql`
    select each.system_id, count(*) filter (where each.open)::int as open, count(*) filter (where each.open and each.late)::int as overdue
      from (select p.system_id, ${columns.isOpen} as open, ${isLateAt(columns, now)} as late
              from ingestion_poams p where p.system_id is not null and ${among(sql`p.system_id`)} offset 0) each
     group by 1`;
}
