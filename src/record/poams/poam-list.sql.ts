/** The list of POA&Ms: pages, count, facets, board and export, all of one selection (`poam-filters.sql.ts`). */
import { type Kysely, sql } from 'kysely';
import type { Scope } from '../../canonical/access/index.ts';
import type { Agreement } from '../../canonical/lists/index.ts';
import type { Severity } from '../../canonical/vocabulary/index.ts';
import {
  decisionColumnsOf,
  shownDecider,
  type StoredDecider,
  type StoredReason,
} from '../../ledger/operations/index.ts';
import {
  type After,
  behind,
  type KeySet,
  orderOf,
  type Page,
  pageOf,
  type Sort,
  sortValue,
} from '../../platform/lists/index.ts';
import type { Database } from '../../platform/postgres/index.ts';
import { isOpenFinding } from '../findings/index.ts';
import { agreementOf } from './agreement.sql.ts';
import { canonicalStatusOf } from '../poam-status/index.ts';
import { type Lateness, latenessOf, obligedBy } from './obligation.sql.ts';
import { riskOf } from './risk.sql.ts';
import { latestReview } from './reviews.sql.ts';
import { dayOf } from './poam-columns.sql.ts';
import {
  isOverdueAt,
  type PoamFacet,
  type PoamFilter,
  type PoamSelection,
  type PoamSort,
  selectPoams,
} from './poam-filters.sql.ts';

/** A POA&M as the list shows it. Days are `YYYY-MM-DD`. */
export interface PoamRow {
  readonly poamId: string;
  /** What the GRC system calls it. */
  readonly remoteId: string | null;
  readonly systemId: string | null;
  readonly systemName: string | null;
  /** The first line of its description. */
  readonly weakness: string | null;
  readonly severity: Severity | null;
  /** 0 to 100, of the worst group of findings under it; null where none was scored. */
  readonly risk: number | null;
  /** What the risk is adjusted to, as it was written. */
  readonly residualRisk: string | null;
  /** In canonical words where it is one. */
  readonly status: string | null;
  readonly isOpen: boolean;
  readonly isOverdue: boolean;
  readonly due: string | null;
  /** By which day policies oblige it; null where none does. */
  readonly obligedBy: string | null;
  /** How it is late against that day, where it is open; null where it is not. */
  readonly late: Lateness | null;
  readonly completed: string | null;
  readonly milestones: { readonly done: number; readonly all: number; readonly next: string | null };
  readonly findings: { readonly open: number; readonly all: number };
  readonly assets: number;
  readonly control: string | null;
  readonly owner: string | null;
  /** State of the newest request about it, and of its life, as the columns of the plan say them; null: none, or not looked at yet. */
  readonly approval: string | null;
  readonly workflow: string | null;
  readonly agreement: Agreement;
  readonly updatedAt: Date | null;
  /** When somebody last looked at it and found nothing to change, and who. */
  readonly reviewedOn: Date | null;
  readonly reviewedBy: string | null;
  /** The latest change that the journal has; null where it has none. */
  readonly changed: { readonly at: Date; readonly by: string; readonly where: 'here' | 'there' } | null;
}

export interface PoamQuery {
  readonly filter: PoamFilter;
  readonly sort: Sort<PoamSort>;
  readonly after?: After | undefined;
  readonly limit: number;
  /** What "overdue" is judged by. */
  readonly now: Date;
}

interface StoredRow extends Omit<PoamRow, 'milestones' | 'findings' | 'changed'> {
  readonly sort_value: string | number | null;
  readonly milestonesDone: number;
  readonly milestonesAll: number;
  readonly nextMilestone: string | null;
  readonly findingsOpen: number;
  readonly findingsAll: number;
  readonly changedAt: Date | null;
  readonly direction: 'inbound' | 'outbound' | 'internal' | null;
  readonly decider: (StoredDecider & StoredReason) | null;
}

const milestoneStatus = canonicalStatusOf(sql`m.status`);

/** SQL of what each row of the list shows, over `p` and what `besideRow` joins. */
const shownOf = ({ columns }: PoamSelection, now: Date) => sql`
  p.poam_id as "poamId", ${columns.of('xacta_poam_id')} as "remoteId", p.system_id as "systemId", s.name as "systemName",
  split_part(${columns.of('weakness_description')}, E'\\n', 1) as weakness, ${columns.severity} as severity, ${riskOf}::float8 as risk,
  ${columns.of('residual_risk_level')} as "residualRisk", ${columns.status} as status, ${columns.isOpen} as "isOpen",
  ${isOverdueAt(columns, now)} as "isOverdue", ${dayOf(columns.due)} as due, ${obligedBy}::text as "obligedBy", ${latenessOf(columns, now)} as late, ${columns.of('actual_completion')}::date::text as completed,
  ${columns.of('security_control')} as control, ${columns.of('poc')} as owner, p.approval_status::text as approval, p.workflow_status::text as workflow, p.updated_at as "updatedAt",
  steps.done as "milestonesDone", steps.every_one as "milestonesAll", steps.next as "nextMilestone",
  found.open as "findingsOpen", found.every_one as "findingsAll",
  (select count(*)::int from ingestion_poam_assets listed where listed.poam_id = p.poam_id) as assets,
  looked.reviewed_at as "reviewedOn", looked.reviewed_by as "reviewedBy",
  latest.changed_at as "changedAt", latest.direction, latest.decider`;

/** What is looked up for the rows that are shown, and for no others; each by index. */
const besideRow = sql`
  left join lateral (select name from ingestion_systems own where own.system_id = p.system_id order by own.id limit 1) s on true
 cross join lateral (
   select count(*) filter (where ${milestoneStatus} = 'Completed')::int as done,
          count(*) filter (where ${milestoneStatus} is distinct from 'Cancelled')::int as every_one,
          ${dayOf(sql`min(m.scheduled_completion) filter (where coalesce(${milestoneStatus} not in ('Completed', 'Cancelled'), true))`)} as next
     from ingestion_poam_milestones m where m.poam_id = p.poam_id) steps
 cross join lateral (
   select count(*) filter (where ${sql.raw(isOpenFinding('v.lifecycle_state'))})::int as open, count(*)::int as every_one
     from ingestion_vulnerabilities v where v.poam_id = p.id) found
  left join lateral (${latestReview}) looked on true
  left join lateral (
   select c.changed_at, c.direction, (select to_jsonb(d) from (select ${sql.raw(decisionColumnsOf('c'))}) d) as decider
     from sync_changes c where c.entity_type = 'poam' and c.entity_id = p.poam_id
    order by c.changed_at desc, c.id desc limit 1) latest on true`;

function rowOf(stored: StoredRow): PoamRow {
  const {
    sort_value: _sorted,
    milestonesDone,
    milestonesAll,
    nextMilestone,
    findingsOpen,
    findingsAll,
    changedAt,
    direction,
    decider,
    ...row
  } = stored;
  return {
    ...row,
    milestones: { done: milestonesDone, all: milestonesAll, next: nextMilestone },
    findings: { open: findingsOpen, all: findingsAll },
    changed:
      changedAt && decider
        ? {
            at: changedAt,
            by: shownDecider(decider, decider.reasonParams),
            where: direction === 'inbound' ? 'there' : 'here',
          }
        : null,
  };
}

/** A page of POA&Ms. The page is chosen first, by its sort; all else is looked up for its rows only. */
export async function listPoams(
  db: Kysely<Database>,
  scope: Scope,
  query: PoamQuery,
): Promise<Page<PoamRow>> {
  const selection = await selectPoams(db, scope, query.filter, query.now);
  const keys: KeySet = {
    by: selection.sorts[query.sort.by],
    id: selection.sorts.id,
    descending: query.sort.descending,
  };
  const onPage: KeySet = { ...keys, by: { ...keys.by, column: sql`page.sort_key` } };
  const { rows } = await sql<StoredRow>`
    with page as materialized (
      select p.id, p.poam_id, ${keys.by.column} as sort_key, ${sortValue(keys.by)} as sort_value
        from ingestion_poams p
       where ${selection.where} and ${query.after ? behind(keys, query.after) : sql`true`}
       order by ${orderOf(keys)} limit ${query.limit + 1})
    select page.sort_value, ${agreementOf({ page: true })} as agreement, ${shownOf(selection, query.now)}
      from page join ingestion_poams p on p.id = page.id ${besideRow}
     order by ${orderOf(onPage)}`.execute(db);
  return pageOf(rows, query.limit, (row) => row.poamId, rowOf);
}

export async function countPoams(
  db: Kysely<Database>,
  scope: Scope,
  asked: Pick<PoamQuery, 'filter' | 'now'>,
): Promise<number> {
  const { where } = await selectPoams(db, scope, asked.filter, asked.now);
  const { rows } = await sql<{
    n: number;
  }>`select count(*)::int as n from ingestion_poams p where ${where}`.execute(db);
  return rows[0]?.n ?? 0;
}

/** The ids of all POA&Ms of a filter, by id. */
export async function listPoamIds(
  db: Kysely<Database>,
  scope: Scope,
  asked: Pick<PoamQuery, 'filter' | 'now'>,
): Promise<string[]> {
  const { where } = await selectPoams(db, scope, asked.filter, asked.now);
  const { rows } = await sql<{
    id: string;
  }>`select p.poam_id as id from ingestion_poams p where ${where} order by 1`.execute(db);
  return rows.map((row) => row.id);
}

export interface FacetValue {
  /** Null: the POA&Ms in which nothing is said of it. */
  readonly value: string | null;
  readonly count: number;
}

/** How many POA&Ms of the filter there are by each value of a facet, the most frequent first. */
export async function facetPoams(
  db: Kysely<Database>,
  scope: Scope,
  asked: Pick<PoamQuery, 'filter' | 'now'> & { readonly by: PoamFacet },
): Promise<FacetValue[]> {
  const { where, facets } = await selectPoams(db, scope, asked.filter, asked.now);
  const { rows } = await sql<FacetValue>`
    select value, count(*)::int as count from (select ${facets[asked.by]} as value from ingestion_poams p where ${where}) chosen
     group by value order by count(*) desc, value`.execute(db);
  return rows;
}

const exportPage = 1_000;

/** Every POA&M of the filter, a page at a time, so that memory does not grow with them. */
export async function* streamPoams(
  db: Kysely<Database>,
  scope: Scope,
  query: Pick<PoamQuery, 'filter' | 'sort' | 'now'>,
): AsyncGenerator<PoamRow> {
  let after: After | undefined;
  do {
    const page = await listPoams(db, scope, { ...query, after, limit: exportPage });
    yield* page.items;
    after = page.next;
  } while (after);
}

/** One POA&M as the list shows it. @returns undefined where it is not there or out of scope. */
export async function findPoamRow(
  db: Kysely<Database>,
  scope: Scope,
  poamId: string,
  now: Date,
): Promise<PoamRow | undefined> {
  const selection = await selectPoams(db, scope, {}, now);
  const { rows } = await sql<StoredRow>`
    select null as sort_value, ${agreementOf({ poam: poamId })} as agreement, ${shownOf(selection, now)}
      from ingestion_poams p ${besideRow}
     where p.poam_id = ${poamId} and ${selection.where}`.execute(db);
  const [found] = rows;
  return found && rowOf(found);
}
