/**
 * What stands behind a finding: its weakness, and the POA&M that answers it. A finding points at one POA&M (`poam_id`), that of its asset's main
 * system. An asset that is in a second system has another weakness and POA&M there, which only who sees that system may see. So both are of
 * the scope: the POA&M that the finding points at, where its system is in the scope, else the one of its weakness in a system of the scope.
 */
import { type RawBuilder, sql } from 'kysely';
import { inScope, type Scope } from '../../canonical/access/index.ts';
import { every, type FilterTerm, instantOf } from '../../platform/lists/index.ts';
import { isFinished } from '../poams/index.ts';
import { systemsOfAsset } from '../systems/index.ts';

/** SQL of where a POA&M stands, as `findingPoamStates` has it; null where there is none. */
export const poamStateOf = (poam: string): RawBuilder<string | null> =>
  sql`case when ${sql.raw(poam)}.id is null then null when ${isFinished(poam)} then 'completed'
           when ${sql.raw(poam)}.scheduled_completion < current_date then 'overdue' else 'open' end`;

/** The systems of the scope in which assets are beside their main one. Most assets have one system. */
const besideSystems = (scope: Scope): RawBuilder<unknown> => sql`
    from ingestion_system_assets b
    join ingestion_assets main on main.asset_uuid = b.asset_uuid and main.system_id is distinct from b.system_id
   where b.system_id is not null and ${inScope(scope, sql`b.system_id`)}`;

const ownPoam = (scope: Scope): RawBuilder<number | null> =>
  scope.kind === 'everywhere'
    ? sql`v.poam_id`
    : sql`case when v.poam_id in (select owned.id from ingestion_poams owned where ${inScope(scope, sql`owned.system_id`)}) then v.poam_id end`;
const poamBeside = (scope: Scope): RawBuilder<number | null> => sql`
  (select min(w.poam_id) from weaknesses w
    where w.grouping = 'plugin' and w.identifier = v.plugin_id::text and w.system_id in (select b.system_id ${besideSystems(scope)} and b.asset_uuid = v.asset_ref))`;
const mayBeAnswered = sql`v.lifecycle_state in ('open', 'reopened')`;

/** SQL of the POA&M (ingestion_poams.id) that answers the finding `v` in the scope; null where none does. For some rows. */
export const poamInScope = (scope: Scope): RawBuilder<number | null> =>
  sql`coalesce(${ownPoam(scope)}, case when ${mayBeAnswered} then ${poamBeside(scope)} end)`;

/** The same for many rows: which assets have a second system is asked once. */
export const poamInScopeOfMany = (scope: Scope): RawBuilder<number | null> =>
  sql`coalesce(${ownPoam(scope)}, case when ${mayBeAnswered} and v.asset_ref in (select b.asset_uuid ${besideSystems(scope)}) then ${poamBeside(scope)} end)`;

const hasOwnPoam = (scope: Scope): RawBuilder<boolean> =>
  scope.kind === 'everywhere'
    ? sql`v.poam_id is not null`
    : sql`v.poam_id in (select owned.id from ingestion_poams owned where ${inScope(scope, sql`owned.system_id`)})`;
const hasPoamBeside = (scope: Scope): RawBuilder<boolean> =>
  sql`(${mayBeAnswered} and v.asset_ref in (select b.asset_uuid ${besideSystems(scope)}) and ${poamBeside(scope)} is not null)`;

/** Whether a POA&M answers the finding in the scope: spelled so that the planner knows how many findings have none. */
export const hasPoamInScope = (scope: Scope, present: boolean): RawBuilder<boolean> =>
  present
    ? sql`(${hasOwnPoam(scope)} or ${hasPoamBeside(scope)})`
    : sql`((v.poam_id is null${scope.kind === 'everywhere' ? sql`` : sql` or (${hasOwnPoam(scope)}) is not true`}) and ${hasPoamBeside(scope)} is not true)`;

/** SQL of the weakness of the finding `v` in the scope, as one row or none: the one of its POA&M, else the first that is due. */
export const weaknessInScope = (scope: Scope): RawBuilder<unknown> => sql`
  select w.id, w.system_id, w.due_on, w.due_reason, w.detected_on, w.controls, w.control_reason, w.poam_id
    from weaknesses w
   where w.grouping = 'plugin' and w.identifier = v.plugin_id::text and w.system_id in (${systemsOfAsset(scope, sql`v.asset_ref`)})
   order by w.poam_id is not distinct from v.poam_id desc, w.due_on, w.id limit 1`;

/**
 * The filter `due`: of the day by which the weakness of the finding is due. The weaknesses that fit are few beside the findings: their plugins
 * are looked for first, and only of those each finding's own weakness.
 */
export const weaknessesOf =
  (scope: Scope) =>
  (term: FilterTerm): RawBuilder<boolean> => {
    const due = sql`(select due.due_on from (${weaknessInScope(scope)}) due)`;
    if (term.is === 'presence')
      return term.present
        ? every([hasWeakness(sql`true`), sql`${due} is not null`])
        : sql`(${hasWeakness(sql`true`)} and ${due} is not null) is not true`;
    const range = instantOf(sql`w.due_on::timestamp`)(term);
    return every([hasWeakness(range), instantOf(sql`${due}::timestamp`)(term)]);
  };

const hasWeakness = (condition: RawBuilder<boolean>): RawBuilder<boolean> =>
  sql`v.plugin_id::text in (select w.identifier from weaknesses w where w.grouping = 'plugin' and ${condition})`;
