/** Weaknesses that a change of a rule groups anew: which they are, and how they follow (decided in modules/poams/regroup). */
import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { WeaknessKind } from '../../canonical/weakness-rule/index.ts';
import { type Database, storableJson } from '../../platform/postgres/index.ts';
import { releaseFindings } from '../findings/index.ts';
import { isOpenPoam } from '../poam-status/index.ts';
import { isSystemOf } from '../systems/index.ts';
import { recordKey } from './weakness-findings.sql.ts';
import type { RuleVersion } from './weakness-rules.sql.ts';

/** Weaknesses w of a GRC system with a living POA&M p that were last looked at under another version than is in force: as a relation. */
const changed = (
  externalSystemId: number,
  rules: readonly Pick<RuleVersion, 'id' | 'systemId'>[],
): RawBuilder<unknown> => sql`
  select w.*, p.poam_id as poam_key, p.ingestion_source is not distinct from 'tieline' as is_ours, r.id as in_force,
         coalesce(w.rule_id, (select min(first.id) from weakness_rules first where first.system_id is null)) as before_rule
    from weaknesses w
    join ingestion_poams p on p.id = w.poam_id and ${isOpenPoam('p')}
   cross join lateral (select g.id from jsonb_to_recordset(${storableJson(rules.map(({ id, systemId }) => ({ id, system_id: systemId })))}::jsonb) as g(id int, system_id text)
                        where g.system_id = w.system_id or g.system_id is null order by g.system_id nulls last limit 1) r
   where ${isSystemOf(externalSystemId, 'w.system_id')}
     and coalesce(w.rule_id, (select min(first.id) from weakness_rules first where first.system_id is null)) <> r.id`;

/** The boundaries of a GRC system whose weaknesses are to follow another version, with the latest version that they followed. */
export async function listChangedBoundaries(
  db: Kysely<Database>,
  externalSystemId: number,
  rules: readonly Pick<RuleVersion, 'id' | 'systemId'>[],
): Promise<{ readonly systemId: string; readonly before: number; readonly inForce: number }[]> {
  const { rows } = await sql<{ systemId: string; before: number; inForce: number }>`
    select system_id as "systemId", max(before_rule) as before, max(in_force) as "inForce"
      from (${changed(externalSystemId, rules)}) c group by 1`.execute(db);
  return rows;
}

/** Keeps what was gathered under the rules of before beside what is gathered next, in this transaction. */
export async function keepGathered(db: Kysely<Database>): Promise<void> {
  await sql`
    create temporary table if not exists weak_findings_before (finding_id integer, result_id bigint, system_id text not null) on commit delete rows`.execute(
    db,
  );
  await sql`truncate weak_findings_before`.execute(db);
  await sql`insert into weak_findings_before select finding_id, result_id, system_id from weak_findings`.execute(
    db,
  );
  await sql`analyze weak_findings_before`.execute(db);
}

export interface WeaknessBefore {
  readonly weaknessId: number;
  readonly poamId: string;
  readonly isOurs: boolean;
  /** Whether a GRC system has the POA&M. */
  readonly isSent: boolean;
  /** Whether the POA&M answers another weakness too, maybe of another boundary. */
  readonly hasOthers: boolean;
  readonly systemId: string;
  readonly grouping: WeaknessKind;
  readonly identifier: string;
  readonly title: string | null;
  /** Open findings under it that the rule of before named, and those of them that the rule in force still names. */
  readonly open: number;
  readonly named: number;
  /** What it has in common with weaknesses under the rule in force. */
  readonly common: readonly {
    readonly grouping: WeaknessKind;
    readonly identifier: string;
    readonly findings: number;
  }[];
}

/** The changed weaknesses with what they have in common with those under the rules in force, both gathered in this transaction. */
export async function listChangedWeaknesses(
  db: Kysely<Database>,
  externalSystemId: number,
  rules: readonly Pick<RuleVersion, 'id' | 'systemId'>[],
): Promise<WeaknessBefore[]> {
  const { rows } = await sql<WeaknessBefore>`
    with changed as materialized (${changed(externalSystemId, rules)}
    ), under as materialized (
      select c.id as weakness_id, k.finding_id, null::bigint as result_id, c.system_id from changed c join weakness_findings k on k.weakness_id = c.id
      union all
      select c.id, null, k.result_id, c.system_id from changed c join weakness_checks k on k.weakness_id = c.id
    ), common as (
      select u.weakness_id, t."grouping", t.identifier, count(*)::int as findings
        from under u
        join weak_findings t on t.system_id = u.system_id and t.exclusion_id is null and ${recordKey('t')} = ${recordKey('u')}
       group by 1, 2, 3
    ), still_named as (
      select distinct t.system_id, ${recordKey('t')} as key from weak_findings t
    ), open as (
      select u.weakness_id, count(*)::int as open, count(n.key)::int as named
        from under u
        join weak_findings_before b on b.system_id = u.system_id and ${recordKey('b')} = ${recordKey('u')}
        left join still_named n on n.system_id = u.system_id and n.key = ${recordKey('u')}
       group by 1
    )
    select c.id as "weaknessId", c.poam_key as "poamId", c.is_ours as "isOurs",
           exists (select from sync_links l where l.entity_type = 'poam' and l.entity_id = c.poam_key and l.retired_at is null) as "isSent",
           exists (select from weaknesses o where o.poam_id = c.poam_id and o.id <> c.id) as "hasOthers", c.system_id as "systemId", c."grouping", c.identifier, c.title,
           coalesce(open.open, 0) as open, coalesce(open.named, 0) as named,
           coalesce((select jsonb_agg(jsonb_build_object('grouping', m."grouping", 'identifier', m.identifier, 'findings', m.findings) order by m."grouping", m.identifier)
                       from common m where m.weakness_id = c.id), '[]') as common
      from changed c left join open on open.weakness_id = c.id
     order by c.id`.execute(db);
  return rows;
}

interface Continued {
  readonly weaknessId: number;
  readonly grouping: WeaknessKind;
  readonly identifier: string;
}

/**
 * Gives weaknesses that continue what they are grouped by now. Where a row of that is there already (a rule that held before), that one
 * takes the POA&M and the dates over.
 * @returns by the weaknesses that continue so the row that took over.
 */
export async function continueWeaknesses(
  db: Kysely<Database>,
  continued: readonly Continued[],
  now: Date,
): Promise<ReadonlyMap<number, number>> {
  if (continued.length === 0) return new Map();
  const given = sql`jsonb_to_recordset(${storableJson(continued)}::jsonb) as g("weaknessId" int, "grouping" text, identifier text)`;
  const { rows: taken } = await sql<{ weaknessId: number; by: number }>`
    update weaknesses known
       set poam_id = old.poam_id, detected_on = least(known.detected_on, old.detected_on), due_on = old.due_on, due_reason = old.due_reason,
           superseded_at = null, superseded_by = null, updated_at = ${now}
      from ${given} join weaknesses old on old.id = g."weaknessId"
     where known.system_id = old.system_id and known.grouping = g."grouping" and known.identifier = g.identifier and known.id <> old.id
    returning old.id as "weaknessId", known.id as by`.execute(db);
  await supersedeWeaknesses(db, taken, now);
  await sql`
    update weaknesses known set "grouping" = g."grouping", identifier = g.identifier, updated_at = ${now}
      from ${given}
     where known.id = g."weaknessId" and (known.grouping, known.identifier) is distinct from (g."grouping", g.identifier)
       and g."weaknessId" <> all(${taken.map((each) => each.weaknessId)}::int[])`.execute(db);
  return new Map(taken.map(({ weaknessId, by }) => [weaknessId, by]));
}

/** Weaknesses that no rule makes any more have no POA&M; their findings, fixed ones too, go to the one that has them since. */
export async function supersedeWeaknesses(
  db: Kysely<Database>,
  superseded: readonly { readonly weaknessId: number; readonly by: number | null }[],
  now: Date,
): Promise<void> {
  if (superseded.length === 0) return;
  const given = sql`jsonb_to_recordset(${storableJson(superseded)}::jsonb) as g("weaknessId" int, "by" int)`;
  for (const [table, column] of [
    ['weakness_findings', 'finding_id'],
    ['weakness_checks', 'result_id'],
  ] as const) {
    const [rows, id] = [sql.table(table), sql.ref(column)];
    await sql`
      insert into ${rows} (weakness_id, ${id})
      select g."by", k.${id} from ${given} join ${rows} k on k.weakness_id = g."weaknessId" where g."by" is not null on conflict do nothing`.execute(
      db,
    );
    await sql`delete from ${rows} k using ${given} where k.weakness_id = g."weaknessId" and g."by" is not null`.execute(
      db,
    );
  }
  await sql`
    update weaknesses w set poam_id = null, superseded_at = ${now}, superseded_by = g."by", updated_at = ${now}
      from ${given} where w.id = g."weaknessId"`.execute(db);
}

export interface SplitOff {
  /** poam_id of the one that answered it. */
  readonly from: string;
  readonly systemId: string;
  readonly grouping: WeaknessKind;
  readonly identifier: string;
}

/** Findings of weaknesses that were split off point at none until these have a POA&M. */
export async function releaseSplitFindings(db: Kysely<Database>, splits: readonly SplitOff[]): Promise<void> {
  if (splits.length === 0) return;
  await releaseFindings(
    db,
    sql`
      select t.finding_id as id, p.id as poam_id
        from jsonb_to_recordset(${storableJson(splits)}::jsonb) as g("from" text, "systemId" text, "grouping" text, identifier text)
        join ingestion_poams p on p.poam_id = g."from"
        join weak_findings t on t.system_id = g."systemId" and t."grouping" = g."grouping" and t.identifier = g.identifier`,
  );
}

/** Notes that the weaknesses of these boundaries follow the version in force now, whatever became of them. */
export async function followRules(
  db: Kysely<Database>,
  boundaries: readonly { readonly systemId: string; readonly inForce: number }[],
): Promise<void> {
  if (boundaries.length === 0) return;
  await sql`
    update weaknesses w set rule_id = g."inForce" from jsonb_to_recordset(${storableJson(boundaries)}::jsonb) as g("systemId" text, "inForce" int)
     where w.system_id = g."systemId" and w.poam_id is not null and w.rule_id is distinct from g."inForce"`.execute(
    db,
  );
}
