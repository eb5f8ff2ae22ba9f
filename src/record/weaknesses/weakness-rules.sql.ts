/** Weakness rules and exclusions as rows: every version stays, and an exclusion that ended too. */
import { type Kysely, type RawBuilder, sql } from 'kysely';
import { everywhere, inScope, type Scope } from '../../canonical/access/index.ts';
import {
  type Exclusion,
  type ExclusionScope,
  type KeptText,
  weaknessRule,
} from '../../canonical/weakness-rule/index.ts';
import type { WeaknessRule } from '../../canonical/weakness-rule/index.ts';
import { type Database, storableJson } from '../../platform/postgres/index.ts';
import type { Json } from '../../platform/values/index.ts';

/** One version of a rule. */
export interface RuleVersion {
  readonly id: number;
  /** The boundary; null: the rule of all that have none of their own. */
  readonly systemId: string | null;
  readonly version: number;
  /** Null: from this version on the boundary has the rule of all again. */
  readonly rule: WeaknessRule | null;
  readonly reason: string;
  readonly changedBy: string;
  /** ISO in UTC. */
  readonly changedAt: string;
}

/** A rule that is in force. */
export interface RuleInForce extends RuleVersion {
  readonly rule: WeaknessRule;
}

interface RuleRow extends Omit<RuleVersion, 'rule'> {
  readonly definition: Json;
}

const columns = sql`
  r.id, r.system_id as "systemId", r.version, r.definition, r.reason, r.changed_by as "changedBy", to_json(r.changed_at at time zone 'UTC') #>> '{}' || 'Z' as "changedAt"`;

const read = ({ definition, ...row }: RuleRow): RuleVersion => ({
  ...row,
  rule: definition === null ? null : weaknessRule.parse(definition),
});
const isInForce = (version: RuleVersion): version is RuleInForce => version.rule !== null;

/** SQL of a relation (id, system_id, version, definition): the latest version of each boundary and of all. */
const latest = sql`select distinct on (system_id) * from weakness_rules order by system_id, version desc`;

/** The rules in force: that of all, and those of boundaries that have one of their own. */
export async function listRulesInForce(db: Kysely<Database>): Promise<RuleInForce[]> {
  const { rows } = await sql<RuleRow>`
    select ${columns} from (${latest}) r where r.definition is not null order by r.system_id nulls first`.execute(
    db,
  );
  return rows.map(read).filter(isInForce);
}

/** Versions by their ids; those that say "the rule of all" are left out. */
export async function listRulesNumbered(
  db: Kysely<Database>,
  ids: readonly number[],
): Promise<RuleInForce[]> {
  const { rows } = await sql<RuleRow>`
    select ${columns} from weakness_rules r where r.id = any(${[...ids]}::int[]) and r.definition is not null`.execute(
    db,
  );
  return rows.map(read).filter(isInForce);
}

/** Every version of a boundary's rule, or of the rule of all, the latest first. */
export async function listRuleVersions(
  db: Kysely<Database>,
  systemId: string | null,
): Promise<RuleVersion[]> {
  const { rows } = await sql<RuleRow>`
    select ${columns} from weakness_rules r where r.system_id is not distinct from ${systemId}
     order by r.version desc limit 1000`.execute(db);
  return rows.map(read);
}

export interface NewRuleVersion {
  readonly systemId: string | null;
  readonly rule: WeaknessRule | null;
  readonly reason: string;
  readonly by: string;
  readonly principal: string;
  readonly operationId: string;
  readonly now: Date;
}

/** Whoever changes a rule waits here for who is at it, and then sees what that one made. */
export async function lockRules(db: Kysely<Database>): Promise<void> {
  await sql`lock table weakness_rules in share row exclusive mode`.execute(db);
}

/** Adds a version; under `lockRules`. */
export async function addRuleVersion(db: Kysely<Database>, given: NewRuleVersion): Promise<RuleVersion> {
  const { rows } = await sql<RuleRow>`
    insert into weakness_rules as r (system_id, version, definition, reason, changed_by, changed_by_principal, operation_id, changed_at)
    select ${given.systemId}, coalesce((select max(version) from weakness_rules known where known.system_id is not distinct from ${given.systemId}), 0) + 1,
           ${given.rule === null ? null : storableJson(given.rule)}::jsonb, ${given.reason}, ${given.by}, ${given.principal}, ${given.operationId}::uuid, ${given.now}
    returning ${columns}`.execute(db);
  const [row] = rows;
  if (!row) throw new Error('a version that was added was not returned');
  return read(row);
}

/** Which boundaries of the scope there are, each with the rule that holds in it. */
export async function listRulesByBoundary(
  db: Kysely<Database>,
  scope: Scope,
): Promise<{ readonly systemId: string; readonly name: string; readonly ruleId: number }[]> {
  const { rows } = await sql<{ systemId: string; name: string; ruleId: number }>`
    with latest as (${latest})
    select distinct on (s.system_id) s.system_id as "systemId", s.name,
           coalesce(own.id, (select id from latest where system_id is null)) as "ruleId"
      from ingestion_systems s
      left join latest own on own.system_id = s.system_id and own.definition is not null
     where s.system_id is not null and ${inScope(scope, sql`s.system_id`)}
     order by s.system_id, s.id limit 10000`.execute(db);
  return rows;
}

export interface PoamRule {
  readonly ruleId: number;
  /** Null: the rule of all boundaries. */
  readonly systemId: string | null;
  readonly version: number;
  /** ISO in UTC. */
  readonly madeAt: string;
  /** The POA&M that answered its findings before a rule was changed. */
  readonly splitFrom: string | null;
  /** When a change of a rule ended it, and the POA&M that answers its findings since, if one does. */
  readonly endedAt: string | null;
  readonly mergedInto: string | null;
  /** The version of the rule in force that was last to give it other texts, and which of them stayed; null: none was. */
  readonly reworded: {
    readonly version: number;
    readonly at: string;
    readonly kept: readonly KeptText[];
  } | null;
}

/** Under which version of which rule Tieline made a POA&M; undefined: by others, or before rules had versions. */
export async function findPoamRule(db: Kysely<Database>, poamId: string): Promise<PoamRule | undefined> {
  const { rows } = await sql<PoamRule>`
    select r.id as "ruleId", r.system_id as "systemId", r.version, to_json(m.made_at at time zone 'UTC') #>> '{}' || 'Z' as "madeAt",
           m.split_from as "splitFrom", to_json(m.ended_at at time zone 'UTC') #>> '{}' || 'Z' as "endedAt", m.merged_into as "mergedInto",
           case when t.id is not null then jsonb_build_object('version', t.version, 'at', to_json(m.reworded_at at time zone 'UTC') #>> '{}' || 'Z', 'kept', coalesce(m.kept_texts, '[]')) end as reworded
      from poam_rules m join weakness_rules r on r.id = m.rule_id left join weakness_rules t on t.id = m.reworded_by
     where m.poam_id = ${poamId}`.execute(db);
  return rows[0];
}

/** Notes under which version of a rule POA&Ms were made. */
export async function recordPoamRules(
  db: Kysely<Database>,
  made: readonly { readonly poamId: string; readonly ruleId: number }[],
  now: Date,
): Promise<void> {
  if (made.length === 0) return;
  await sql`
    insert into poam_rules (poam_id, rule_id, made_at)
    select m."poamId", m."ruleId", ${now} from jsonb_to_recordset(${storableJson(made)}::jsonb) as m("poamId" text, "ruleId" int)
    on conflict (poam_id) do nothing`.execute(db);
}

const exclusionColumns = (scope: Scope): RawBuilder<unknown> => sql`
  e.id, e.system_id as "systemId",
  jsonb_strip_nulls(jsonb_build_object('plugin', e.plugin_id, 'cve', e.cve, 'asset', e.asset_uuid, 'network', e.network, 'tag', e.tag)) as scope,
  e.reason, to_json(e.expires_at at time zone 'UTC') #>> '{}' || 'Z' as "expiresAt", e.excluded_by as "excludedBy",
  to_json(e.excluded_at at time zone 'UTC') #>> '{}' || 'Z' as "excludedAt",
  to_json(e.ended_at at time zone 'UTC') #>> '{}' || 'Z' as "endedAt", e.ended_by as "endedBy",
  (select count(*)::int from weakness_excluded k where k.exclusion_id = e.id and ${inScope(scope, sql`k.system_id`)}) as findings`;

/** SQL that is true of an exclusion `e` that holds at that moment. */
export const isExcluding = (now: Date): RawBuilder<boolean> =>
  sql<boolean>`(e.ended_at is null and e.expires_at > ${now})`;

/** Exclusions of the scope; those of all boundaries are seen by everybody. @param all also those that have ended. */
export async function listExclusions(
  db: Kysely<Database>,
  scope: Scope,
  { now, all }: { readonly now: Date; readonly all: boolean },
): Promise<Exclusion[]> {
  const { rows } = await sql<Exclusion>`
    select ${exclusionColumns(scope)} from weakness_exclusions e
     where ${all ? sql`true` : isExcluding(now)} and (e.system_id is null or ${inScope(scope, sql`e.system_id`)})
     order by e.ended_at is null desc, e.expires_at, e.id limit 10000`.execute(db);
  return rows;
}

export interface NewExclusion {
  readonly systemId: string | null;
  readonly scope: ExclusionScope;
  readonly reason: string;
  readonly expiresAt: Date;
  readonly by: string;
  readonly principal: string;
  readonly operationId: string;
  readonly now: Date;
}

export async function addExclusion(db: Kysely<Database>, given: NewExclusion): Promise<Exclusion> {
  const { plugin = null, cve = null, asset = null, network = null, tag = null } = given.scope;
  const { rows } = await sql<Exclusion>`
    insert into weakness_exclusions as e (system_id, plugin_id, cve, asset_uuid, network, tag, reason, expires_at, excluded_by, excluded_by_principal, excluded_at, operation_id)
    values (${given.systemId}, ${plugin}, ${cve}, ${asset}::uuid, ${network}, ${tag}, ${given.reason}, ${given.expiresAt}, ${given.by}, ${given.principal}, ${given.now}, ${given.operationId}::uuid)
    returning ${exclusionColumns(everywhere)}`.execute(db);
  const [row] = rows;
  if (!row) throw new Error('an exclusion that was added was not returned');
  return row;
}

/** @returns undefined where no exclusion of this number holds any more. */
export async function endExclusion(
  db: Kysely<Database>,
  id: number,
  ended: { readonly by: string; readonly reason: string; readonly now: Date },
): Promise<Exclusion | undefined> {
  const { rows } = await sql<Exclusion>`
    update weakness_exclusions e set ended_at = ${ended.now}, ended_by = ${ended.by}, ended_reason = ${ended.reason}
     where e.id = ${id} and ${isExcluding(ended.now)} returning ${exclusionColumns(everywhere)}`.execute(db);
  return rows[0];
}
