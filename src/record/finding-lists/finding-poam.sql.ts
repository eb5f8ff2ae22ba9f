/**
 * The POA&M that answers a finding, and the weakness that it is about. A finding points at one POA&M (`poam_id`), that of its asset's main
 * system. An asset that is beside in a second system has another weakness and POA&M there, which only who sees that system may see. So both
 * are of the scope: the POA&M that the finding points at, where its system is in the scope; else that of the weakness in a system of the scope
 * beside the main one. Most assets have one system, so the second case is asked of few rows.
 */
import { type RawBuilder, sql } from 'kysely';
import { inScope, type Scope } from '../../canonical/access/index.ts';
import { findingPoamStates } from '../../canonical/lists/index.ts';
import { type FilterTerm, instantOf } from '../../platform/lists/index.ts';
import { isFinished } from '../poam-status/index.ts';

/** SQL of where a POA&M stands, as `findingPoamStates` has it; null where there is none. */
export const poamStateOf = (poam: string): RawBuilder<string | null> =>
  sql`case when ${sql.raw(poam)}.id is null then null when ${isFinished(poam)} then 'completed'
           when ${sql.raw(poam)}.scheduled_completion < current_date then 'overdue' else 'open' end`;

/** Of each asset, systems of the scope beside its main one. */
const besideSystems = (scope: Scope): RawBuilder<unknown> => sql`
  select b.asset_uuid, b.system_id from ingestion_system_assets b
    join ingestion_assets main on main.asset_uuid = b.asset_uuid and main.system_id is distinct from b.system_id
   where b.system_id is not null and ${inScope(scope, sql`b.system_id`)}`;

/** Only what is open and severe makes a weakness. Spelled as idx_ingestion_vulnerabilities_severe is. */
const makesWeakness = sql`v.lifecycle_state in ('open', 'reopened') and v.severity_rank >= 3`;

const hasOwnPoam = (scope: Scope): RawBuilder<boolean> =>
  scope.kind === 'everywhere'
    ? sql`v.poam_id is not null`
    : sql`(v.poam_id is not null and (v.poam_id in (select owned.id from ingestion_poams owned where ${inScope(scope, sql`owned.system_id`)})) is true)`;

/** Of the finding `v`, the weakness in a system of the scope beside the main one, as one row or none. */
const besideWeakness = (scope: Scope): RawBuilder<unknown> => sql`
  select w.id, w.poam_id, w.due_on from weaknesses w
   where w.grouping = 'plugin' and w.identifier = v.plugin_id::text and w.poam_id is not null
     and w.system_id in (select beside.system_id from (${besideSystems(scope)}) beside where beside.asset_uuid = v.asset_ref)
   order by w.poam_id, w.id limit 1`;

/** The same of all findings at once, as a relation (id, poam_id, due_on): those of assets that have a second system. */
const answeredBeside = (scope: Scope): RawBuilder<unknown> => sql`
  select distinct on (v.id) v.id, w.poam_id, w.due_on
    from (${besideSystems(scope)}) beside
    join ingestion_vulnerabilities v on v.asset_ref = beside.asset_uuid and ${makesWeakness} and not ${hasOwnPoam(scope)}
    join weaknesses w on w.system_id = beside.system_id and w.grouping = 'plugin' and w.identifier = v.plugin_id::text and w.poam_id is not null
   order by v.id, w.poam_id, w.id`;

/** SQL of the POA&M (ingestion_poams.id) that answers the finding `v` in the scope; null where none does. For the rows of a page. */
export const poamInScope = (scope: Scope): RawBuilder<number | null> =>
  sql`case when ${hasOwnPoam(scope)} then v.poam_id when ${makesWeakness} then (select poam_id from (${besideWeakness(scope)}) beside) end`;

/** The same for many rows: which findings are answered beside is asked once. */
export const poamInScopeOfMany = (scope: Scope): RawBuilder<number | null> =>
  sql`case when ${hasOwnPoam(scope)} then v.poam_id
           when (v.id in (select id from (${answeredBeside(scope)}) beside)) is true then (select poam_id from (${besideWeakness(scope)}) beside) end`;

/** SQL of the weakness (weaknesses.id) of the finding `v` in the scope: the one that its POA&M answers. */
export const weaknessInScope = (scope: Scope): RawBuilder<number | null> => sql`
  case when ${hasOwnPoam(scope)} then (
         select w.id from weaknesses w where w.poam_id = v.poam_id and w.grouping = 'plugin' and w.identifier = v.plugin_id::text order by w.due_on, w.id limit 1)
       when ${makesWeakness} then (select id from (${besideWeakness(scope)}) beside) end`;

/** What a filter asks of the POA&M or the day it is due. */
interface Answer {
  /** Of `v`, whose own POA&M is in the scope. */
  readonly own: RawBuilder<boolean>;
  /** Of `beside(poam_id, due_on)`. */
  readonly beside: RawBuilder<boolean>;
}

const answered = (scope: Scope, { own, beside }: Answer): RawBuilder<boolean> =>
  sql`(${hasOwnPoam(scope)} and ${own} or (v.id in (select id from (${answeredBeside(scope)}) beside where ${beside})) is true)`;

const lowered = (words: readonly string[]): string[] => words.map((word) => word.toLowerCase());

function poamAnswer(scope: Scope, term: FilterTerm): Answer {
  if (term.is !== 'in') return { own: sql`true`, beside: sql`true` };
  const words = lowered(term.values);
  const states = findingPoamStates.filter((state) => words.includes(state));
  const named = sql`select k.id from ingestion_poams k where ${inScope(scope, sql`k.system_id`)}
                       and (lower(k.poam_id) = any(${words}::text[]) or ${poamStateOf('k')} = any(${states}::text[]))`;
  return { own: sql`(v.poam_id in (${named})) is true`, beside: sql`beside.poam_id in (${named})` };
}

function dueAnswer(term: FilterTerm): Answer {
  const within = (day: RawBuilder<unknown>): RawBuilder<boolean> =>
    term.is === 'presence' ? sql`${day} is not null` : instantOf(sql`${day}::timestamp`)(term);
  return {
    own: sql`((v.poam_id, v.plugin_id::text) in (select w.poam_id, w.identifier from weaknesses w
                where w.grouping = 'plugin' and w.poam_id is not null group by 1, 2 having ${within(sql`min(w.due_on)`)})) is true`,
    beside: within(sql`beside.due_on`),
  };
}

/** The filter `poam`: by id; or by where it stands (`overdue`), for POA&Ms are not called so. */
export const poamCondition =
  (scope: Scope) =>
  (term: FilterTerm): RawBuilder<boolean> => {
    const answer = answered(scope, poamAnswer(scope, term));
    if (term.is === 'in' && term.negated) return sql`not ${answer}`;
    if (term.is !== 'presence' || term.present) return answer;
    // Spelled so that the planner knows how many findings have none.
    return scope.kind === 'everywhere' ? sql`(v.poam_id is null and not ${answer})` : sql`not ${answer}`;
  };

/** The filter `due`: of the day by which the weakness of the finding is due. */
export const dueCondition =
  (scope: Scope) =>
  (term: FilterTerm): RawBuilder<boolean> => {
    const answer = answered(scope, dueAnswer(term));
    return term.is === 'presence' && !term.present ? sql`not ${answer}` : answer;
  };

/**
 * SQL of the findings (id) that a POA&M answers by which the filter asks for, found by their POA&Ms (idx_ingestion_vulnerabilities_poam), not
 * each by each. @returns undefined where the filter does not say which.
 */
export function answeredIds(
  scope: Scope,
  term: FilterTerm | undefined,
  of: 'poam' | 'due',
): RawBuilder<unknown> | undefined {
  if (term === undefined || term.is === 'presence' || (term.is === 'in' && term.negated)) return undefined;
  const { own, beside } = of === 'poam' ? poamAnswer(scope, term) : dueAnswer(term);
  return sql`
    select v.id from ingestion_vulnerabilities v where v.poam_id is not null and ${hasOwnPoam(scope)} and ${own}
    union all
    select beside.id from (${answeredBeside(scope)}) beside where ${beside}`;
}
