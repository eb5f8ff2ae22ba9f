/** Weaknesses as rows: with their dates and controls, and the POA&M that answers each. */
import { type Kysely, type RawBuilder, sql } from 'kysely';
import { severities, type Severity } from '../../canonical/vocabulary/index.ts';
import type { WeaknessKind } from '../../canonical/weakness-rule/index.ts';
import { reasonValue, ruleValues } from '../../ledger/operations/index.ts';
import { type Database, storableJson } from '../../platform/postgres/index.ts';
import { moveFindingsOfPoams, releaseFindingsOfPoams, severityWord } from '../findings/index.ts';
import { assetsOfSystem, isSystemOf } from '../systems/index.ts';

export interface WeaknessToSave {
  readonly systemId: string;
  readonly grouping: WeaknessKind;
  readonly identifier: string;
  /** weakness_rules.id. */
  readonly ruleId: number;
  readonly title: string | null;
  readonly pluginId: string | null;
  readonly severity: Severity;
  readonly detectedOn: string;
  readonly dueOn: string;
  readonly dueReason: string;
  /** The approved risk adjustment (deviations.id) that its date goes by. */
  readonly dueAdjustment?: number | null;
  readonly controls: readonly string[];
  readonly controlReason: string;
  readonly poamId: string;
}

/**
 * Ties weaknesses to the POA&Ms that answer them. One that is tied already is due by the earliest day that it ever was, unless its POA&M is a
 * new one: a severity that falls, or a listing that is withdrawn, gives nobody more time. A day that rested on something unknown gives way to what
 * is known by now. An approved risk adjustment moves it both ways, and with its end the earliest day returns that it ever was without one.
 */
export async function saveWeaknesses(
  db: Kysely<Database>,
  weaknesses: readonly WeaknessToSave[],
): Promise<void> {
  if (weaknesses.length === 0) return;
  await sql`
    insert into weaknesses as known (system_id, grouping, identifier, rule_id, title, plugin_id, severity, detected_on, due_on, due_reason, controls, control_reason, poam_id, rated_severity, due_adjustment)
    select w."systemId", w."grouping", w.identifier, w."ruleId", w.title, w."pluginId", w.severity, w."detectedOn", w."dueOn", w."dueReason", w.controls, w."controlReason", p.id, w.severity, w."dueAdjustment"
      from jsonb_to_recordset(${storableJson(weaknesses)}::jsonb)
        as w("systemId" text, "grouping" text, identifier text, "ruleId" int, title text, "pluginId" text, severity text, "detectedOn" date, "dueOn" date, "dueReason" text,
             controls text[], "controlReason" text, "poamId" text, "dueAdjustment" int)
      join ingestion_poams p on p.poam_id = w."poamId"
    on conflict (system_id, grouping, identifier) do update
      set poam_id = excluded.poam_id, severity = excluded.severity, rule_id = excluded.rule_id, title = excluded.title, updated_at = tieline_now(),
          rated_severity = case when known.poam_id is distinct from excluded.poam_id then excluded.severity else known.rated_severity end,
          due_adjustment = excluded.due_adjustment,
          due_on = case when ${returnsTo('obliged_by')} < excluded.due_on then ${returnsTo('obliged_by')} when ${isToMove} then excluded.due_on else known.due_on end,
          due_reason = case when ${returnsTo('obliged_by')} < excluded.due_on then ${returnsTo('reason')} when ${isToMove} then excluded.due_reason else known.due_reason end
      where (known.poam_id, known.severity, known.rule_id, known.title) is distinct from (excluded.poam_id, excluded.severity, excluded.rule_id, excluded.title)
         or ${isToMove}`.execute(db);
}

/** SQL of whether the newest obligation of a stored weakness was proposed because something was not known. */
const restedOnUnknown = sql`coalesce((select jsonb_array_length(o.inputs -> 'unknown') > 0 from poam_obligations o
                                       where o.poam_ref = known.poam_id and o.weakness_id = known.id order by o.id desc limit 1), false)`;

/** SQL of whether a stored weakness takes the day that it is due by now. */
const isToMove = sql`(known.poam_id is distinct from excluded.poam_id or excluded.due_on < known.due_on or excluded.due_on > known.due_on and ${restedOnUnknown}
  or known.due_adjustment is distinct from excluded.due_adjustment)`;

/** SQL of the earliest obligation that a weakness had without an adjustment, where its adjustment has ended; else null. */
const returnsTo = (column: 'obliged_by' | 'reason'): RawBuilder<unknown> => sql`(
  select o.${sql.raw(column)} from poam_obligations o
   where known.due_adjustment is not null and excluded.due_adjustment is null and known.poam_id = excluded.poam_id
     and o.poam_ref = known.poam_id and o.weakness_id = known.id and o.inputs ->> 'adjustment' is null
     and coalesce(jsonb_array_length(o.inputs -> 'unknown'), 0) = 0
   order by o.obliged_by, o.id limit 1)`;

/**
 * Weaknesses that answered POA&Ms are about and under which no finding makes a weakness any more, since all are below the floor of their rule by now: what is stored of
 * their severity follows. Where a rule takes it from scores, only those say it.
 */
export async function lowerSeverities(db: Kysely<Database>, externalSystemId: number): Promise<void> {
  await sql`
    with now_lower as materialized (
      select w.id, max(v.severity_rank) as rank
        from weaknesses w
        join weakness_findings k on k.weakness_id = w.id
        join ingestion_vulnerabilities v on v.id = k.finding_id and v.lifecycle_state in ('open', 'reopened')
        left join weakness_rules r on r.id = w.rule_id
       where w.poam_id is not null and ${isSystemOf(externalSystemId, 'w.system_id')}
         and coalesce(r.definition ->> 'severitySource', 'plugin') = 'plugin'
       group by w.id, r.id having max(v.severity_rank) < coalesce(${rankOf(`r.definition ->> 'floor'`)}, 3)
    )
    update weaknesses w set severity = ${sql.raw(severityWord('n.rank'))}, updated_at = tieline_now()
      from now_lower n where n.id = w.id and w.severity is distinct from ${sql.raw(severityWord('n.rank'))}`.execute(
    db,
  );
}

export interface RatingChange {
  readonly poamId: string;
  readonly systemId: string;
  readonly status: string | null;
  readonly riskRating: string | null;
  readonly weaknessRiskLevel: string | null;
  /** Ranks: what it was rated by, and the severity of its weaknesses now. */
  readonly from: number;
  readonly to: number;
  /** YYYY-MM-DD: what it promises, and the earliest day on which one of its weaknesses is due. */
  readonly promised: string | null;
  readonly due: string;
  readonly dueReason: string;
  readonly isLinked: boolean;
}

const rankOf = (word: string) => sql`array_position(${[...severities]}::text[], ${sql.raw(word)}::text) - 1`;

/** POA&Ms of a GRC system a weakness of which is of another severity than they were rated by. */
export async function listRatingChanges(
  db: Kysely<Database>,
  externalSystemId: number,
): Promise<RatingChange[]> {
  const { rows } = await sql<RatingChange>`
    select p.poam_id as "poamId", p.system_id as "systemId", p.status, to_jsonb(p) ->> 'risk_rating' as "riskRating",
           to_jsonb(p) ->> 'weakness_risk_level' as "weaknessRiskLevel", moved.from, moved.to,
           left(p.scheduled_completion::text, 10) as promised, moved.due, moved.due_reason as "dueReason",
           exists (select from sync_links l where l.external_system_id = ${externalSystemId} and l.entity_type = 'poam'
                      and l.entity_id = p.poam_id and l.retired_at is null and l.missing_since is null) as "isLinked"
      from (select w.poam_id, max(${rankOf('w.rated_severity')}) as from, max(${rankOf('w.severity')}) as to,
                   (array_agg(w.due_on::text order by w.due_on))[1] as due, (array_agg(w.due_reason order by w.due_on))[1] as due_reason
              from weaknesses w
             where w.poam_id in (select o.poam_id from weaknesses o where o.rated_severity is distinct from o.severity)
             group by w.poam_id) moved
      join ingestion_poams p on p.id = moved.poam_id
     where ${isSystemOf(externalSystemId, 'p.system_id')} and moved.from is not null and moved.to is not null
     order by p.poam_id`.execute(db);
  return rows;
}

/** What the weaknesses of these POA&Ms are rated by is their severity now. */
export async function noteRated(db: Kysely<Database>, poamIds: readonly string[]): Promise<void> {
  if (poamIds.length === 0) return;
  await sql`
    update weaknesses w set rated_severity = w.severity
      from ingestion_poams p
     where p.id = w.poam_id and p.poam_id = any(${[...poamIds]}::text[]) and w.rated_severity is distinct from w.severity`.execute(
    db,
  );
}

/** Due dates of weaknesses whose POA&M has not gone out follow it: nothing was promised yet. */
export async function followDates(
  db: Kysely<Database>,
  weaknesses: readonly WeaknessToSave[],
): Promise<void> {
  if (weaknesses.length === 0) return;
  await sql`
    update weaknesses known set due_on = w."dueOn", due_reason = w."dueReason", updated_at = tieline_now()
      from jsonb_to_recordset(${storableJson(weaknesses)}::jsonb)
        as w("systemId" text, "grouping" text, identifier text, "dueOn" date, "dueReason" text, "poamId" text)
      join ingestion_poams p on p.poam_id = w."poamId"
     where known.system_id = w."systemId" and known.grouping = w."grouping" and known.identifier = w.identifier and known.poam_id = p.id
       and (known.due_on, known.due_reason) is distinct from (w."dueOn", w."dueReason")`.execute(db);
}

/** Weaknesses let go of POA&Ms that were moved to another system. Run before weaknesses are looked at. */
export async function letGoOfMovedPoams(
  db: Kysely<Database>,
  { systemId, operationId }: { readonly systemId: number; readonly operationId: string },
): Promise<void> {
  await sql`
    with apart as (
      select w.id, w.system_id, case when w.grouping = 'plugin' then 'plugin ' || w.identifier else coalesce(w.title, w.identifier) end as named, p.poam_id from weaknesses w join ingestion_poams p on p.id = w.poam_id
       where p.system_id is distinct from w.system_id and ${isSystemOf(systemId, 'p.system_id')}
    ), journal as (
      insert into sync_changes (operation_id, external_system_id, entity_type, entity_id, field_name, before_value, direction, decided_by_kind, rule_code, reason_code)
      select ${operationId}::uuid, ${systemId}, 'poam', apart.poam_id, 'weakness', to_jsonb(apart.system_id || ' ' || apart.named),
             'internal', ${sql.raw(ruleValues('remote_moved'))}, ${sql.raw(reasonValue('poam_moved'))} from apart
    )
    update weaknesses w set poam_id = null, updated_at = tieline_now() from apart where apart.id = w.id`.execute(
    db,
  );
}

/** Unties weaknesses and findings from POA&Ms that no longer exist, so that another can answer them. */
export async function untieWeaknesses(db: Kysely<Database>, poamIds: readonly string[]): Promise<void> {
  if (poamIds.length === 0) return;
  const gone = sql`select p.id from ingestion_poams p where p.poam_id = any(${[...poamIds]}::text[])`;
  await sql`update weaknesses set poam_id = null, updated_at = tieline_now() where poam_id in (${gone})`.execute(
    db,
  );
  await releaseFindingsOfPoams(db, poamIds);
}

/**
 * Moves the weaknesses and findings that one POA&M answers to another.
 * @param toPoamId undefined: they are unanswered, and the next sync answers them like new ones.
 */
export async function moveWeaknesses(
  db: Kysely<Database>,
  fromPoamId: string,
  toPoamId: string | undefined,
): Promise<void> {
  const to = sql`(select p.id from ingestion_poams p where p.poam_id = ${toPoamId ?? null} order by p.id limit 1)`;
  const from = sql`(select p.id from ingestion_poams p where p.poam_id = ${fromPoamId})`;
  await sql`update weaknesses set poam_id = ${to}, updated_at = tieline_now() where poam_id in ${from}`.execute(
    db,
  );
  await moveFindingsOfPoams(db, fromPoamId, toPoamId);
}

export interface Unanswered {
  readonly boundary: string;
  /** The plugin, or the first of them; of a check its identifier. */
  readonly plugin: string;
  /** What it is, such as `plugin 20001`. */
  readonly named: string;
  readonly severity: string;
  readonly openFindings: number;
}

/** For the weakness w: how many of its findings are open on living machines, as a relation (n). */
export const openFindingsOf: RawBuilder<unknown> = sql`
  select case when w.grouping = 'plugin' then (
                select count(*)::int
                  from (${assetsOfSystem(sql`w.system_id`)}) member
                  join ingestion_assets a on a.asset_uuid = member.asset_uuid and a.deleted_at is null and a.terminated_at is null
                  join ingestion_vulnerabilities f on f.asset_ref = a.asset_uuid and f.plugin_id::text = w.identifier and f.lifecycle_state in ('open', 'reopened'))
              when w.grouping = 'check' then (
                select count(*)::int from weakness_checks k join compliance_results r on r.id = k.result_id
                  join ingestion_assets a on a.asset_uuid = r.asset_uuid and a.deleted_at is null and a.terminated_at is null
                 where k.weakness_id = w.id and r.status = 'failed' and r.lifecycle_state is distinct from 'fixed')
              else (
                select count(*)::int from weakness_findings k join ingestion_vulnerabilities f on f.id = k.finding_id and f.lifecycle_state in ('open', 'reopened')
                  join ingestion_assets a on a.asset_uuid = f.asset_ref and a.deleted_at is null and a.terminated_at is null
                 where k.weakness_id = w.id) end as n`;

/** Weaknesses that this POA&M answers and that are open. */
export async function listOpenWeaknesses(db: Kysely<Database>, poamId: string): Promise<Unanswered[]> {
  const { rows } = await sql<Unanswered>`
    select w.system_id as boundary, coalesce(w.plugin_id, w.identifier) as plugin, case when w.grouping = 'plugin' then 'plugin ' || w.identifier else coalesce(w.title, w.identifier) end as named,
           w.severity, found.n as "openFindings"
      from ingestion_poams p
      join weaknesses w on w.poam_id = p.id
     cross join lateral (${openFindingsOf}) found
     where p.poam_id = ${poamId} and found.n > 0 order by w.system_id, w.identifier`.execute(db);
  return rows;
}

/** Open findings, high or critical, on the machines of a system. */
export async function countOpenFindings(db: Kysely<Database>, boundary: string): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n
      from (${assetsOfSystem(sql`${boundary}`)}) member
      join ingestion_assets a on a.asset_uuid = member.asset_uuid
      join ingestion_vulnerabilities f on f.asset_ref = a.asset_uuid
     where a.deleted_at is null and a.terminated_at is null
       and f.lifecycle_state in ('open', 'reopened') and f.severity_rank >= 3`.execute(db);
  return rows[0]?.n ?? 0;
}
