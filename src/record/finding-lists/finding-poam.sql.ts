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
import { isFinished } from '../poams/index.ts';

/** SQL of where a POA&M stands, as `findingPoamStates` has it; null where there is none. */
export const poamStateOf = (poam: string): RawBuilder<string | null> =>
  sql`case when ${sql.raw(poam)}.id is null then null when ${isFinished(poam)} then 'completed'
           when ${sql.raw(poam)}.scheduled_completion < current_date then 'overdue' else 'open' end`;

const besideSystems = (scope: Scope): RawBuilder<unknown> => sql`
    from ingestion_system_assets b
    join ingestion_assets main on main.asset_uuid = b.asset_uuid and main.system_id is distinct from b.system_id
   where b.system_id is not null and ${inScope(scope, sql`b.system_id`)}`;

/** Of the finding `v`, the weakness in a system of the scope beside the main one. */
const besideWeakness = (scope: Scope, column: 'poam_id' | 'due_on' | 'id'): RawBuilder<unknown> => sql`
  (select ${sql.ref(`w.${column}`)} from weaknesses w
    where w.grouping = 'plugin' and w.identifier = v.plugin_id::text and w.poam_id is not null
      and w.system_id in (select b.system_id ${besideSystems(scope)} and b.asset_uuid = v.asset_ref)
    order by w.poam_id, w.id limit 1)`;

const hasOwnPoam = (scope: Scope): RawBuilder<boolean> =>
  scope.kind === 'everywhere'
    ? sql`v.poam_id is not null`
    : sql`(v.poam_id is not null and (v.poam_id in (select owned.id from ingestion_poams owned where ${inScope(scope, sql`owned.system_id`)})) is true)`;

/** Only what is open and severe makes a weakness. */
const makesWeakness = sql`v.lifecycle_state in ('open', 'reopened') and v.severity_rank >= 3`;
const mayBeBeside = (scope: Scope): RawBuilder<boolean> =>
  sql`${makesWeakness} and (v.asset_ref in (select b.asset_uuid ${besideSystems(scope)})) is true`;

/** SQL of the POA&M (ingestion_poams.id) that answers the finding `v` in the scope; null where none does. For the rows of a page. */
export const poamInScope = (scope: Scope): RawBuilder<number | null> =>
  sql`case when ${hasOwnPoam(scope)} then v.poam_id when ${makesWeakness} then ${besideWeakness(scope, 'poam_id')} end`;

/** The same for many rows: which assets have a second system is asked once. */
export const poamInScopeOfMany = (scope: Scope): RawBuilder<number | null> =>
  sql`case when ${hasOwnPoam(scope)} then v.poam_id when ${mayBeBeside(scope)} then ${besideWeakness(scope, 'poam_id')} end`;

/** SQL of the weakness (weaknesses.id) of the finding `v` in the scope: the one that its POA&M answers. */
export const weaknessInScope = (scope: Scope): RawBuilder<number | null> => sql`
  case when ${hasOwnPoam(scope)} then (
         select w.id from weaknesses w where w.poam_id = v.poam_id and w.grouping = 'plugin' and w.identifier = v.plugin_id::text order by w.due_on, w.id limit 1)
       when ${makesWeakness} then ${besideWeakness(scope, 'id')} end`;

/** Whether the POA&M in the scope is such. @param own of `v.poam_id`. @param beside of the value of `column`. */
const answeredSo = (
  scope: Scope,
  own: RawBuilder<boolean>,
  column: 'poam_id' | 'due_on',
  beside: (value: RawBuilder<unknown>) => RawBuilder<boolean>,
): RawBuilder<boolean> =>
  sql`(${own} or case when ${mayBeBeside(scope)} and not ${hasOwnPoam(scope)} then ${beside(besideWeakness(scope, column))} else false end)`;

/** Spelled so that the planner knows how many findings have none. */
function presence(scope: Scope, present: boolean): RawBuilder<boolean> {
  const any = answeredSo(scope, hasOwnPoam(scope), 'poam_id', (value) => sql`${value} is not null`);
  if (present) return any;
  return scope.kind === 'everywhere' ? sql`(v.poam_id is null and not ${any})` : sql`not ${any}`;
}

const lowered = (words: readonly string[]): string[] => words.map((word) => word.toLowerCase());

/** The filter `poam`: by id; or by where it stands (`overdue`), for POA&Ms are not called so. */
export const poamCondition =
  (scope: Scope) =>
  (term: FilterTerm): RawBuilder<boolean> => {
    if (term.is === 'presence') return presence(scope, term.present);
    if (term.is !== 'in') return sql`true`;
    const words = lowered(term.values);
    const states = findingPoamStates.filter((state) => words.includes(state));
    const named = sql`select k.id from ingestion_poams k where ${inScope(scope, sql`k.system_id`)}
                         and (lower(k.poam_id) = any(${words}::text[]) or ${poamStateOf('k')} = any(${states}::text[]))`;
    const among = answeredSo(
      scope,
      sql`(v.poam_id in (${named})) is true`,
      'poam_id',
      (value) => sql`(${value} in (${named})) is true`,
    );
    return term.negated ? sql`not ${among}` : among;
  };

/** The filter `due`: of the day by which the weakness of the finding is due. */
export const dueCondition =
  (scope: Scope) =>
  (term: FilterTerm): RawBuilder<boolean> => {
    const within = (day: RawBuilder<unknown>): RawBuilder<boolean> =>
      term.is === 'presence' ? sql`${day} is not null` : instantOf(sql`${day}::timestamp`)(term);
    const own = sql<boolean>`((v.poam_id, v.plugin_id::text) in (
      select w.poam_id, w.identifier from weaknesses w where w.grouping = 'plugin' and w.poam_id is not null group by 1, 2 having ${within(sql`min(w.due_on)`)})) is true`;
    const due = answeredSo(scope, sql`(${hasOwnPoam(scope)} and ${own})`, 'due_on', within);
    return term.is === 'presence' && !term.present ? sql`not ${due}` : due;
  };
