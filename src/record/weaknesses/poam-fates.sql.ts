/** What changes of weakness rules made of POA&Ms: made, split, merged, ended, continued, or given other texts. */
import { type Kysely, sql } from 'kysely';
import type { KeptText } from '../../canonical/weakness-rule/index.ts';
import { type Database, storableJson } from '../../platform/postgres/index.ts';
import type { Json, JsonObject } from '../../platform/values/index.ts';

export interface PoamFate {
  readonly poamId: string;
  /** weakness_rules.id of the version in force. */
  readonly ruleId: number;
  readonly fate: 'regrouped' | 'ended' | 'split';
  /** Of `ended`: the POA&M that has its findings; of `split`: the one that had them. */
  readonly other: string | null;
}

/** A text that another version of the rule says otherwise. */
export interface TextChange {
  /** A field of the POA&M; `milestones`: one of them, or all of a proposal that was not sent. */
  readonly field: string;
  readonly before: string;
  readonly after: string;
}

export interface PoamOutcome {
  readonly poamId: string;
  readonly systemId: string | null;
  readonly title: string | null;
  /** Whether a GRC system has it; of one that ends: it is cancelled there, else withdrawn before it was sent. */
  readonly isSent: boolean;
  /** `reworded`: it stays as it is but for its texts; those of one that continues about other findings change too. */
  readonly outcome: 'made' | 'split' | 'merged' | 'ended' | 'continued' | 'reworded';
  /** Of `split`: the one that had its findings; of `merged`: the one that has them. */
  readonly other: string | null;
  /** Open findings under it. */
  readonly findings: number;
  readonly texts: readonly TextChange[];
  /** Texts that stay, though the version says them otherwise. */
  readonly kept: readonly KeptText[];
}

type StoredOutcome = Omit<PoamOutcome, 'texts'> & {
  readonly texts: readonly { readonly field: string; readonly before: Json; readonly after: Json }[];
};

/** Of the milestones of a proposal their texts, a line each. */
const textOf = (value: Json): string =>
  Array.isArray(value)
    ? value.map((each) => (isMilestone(each) ? each.milestone_description : '')).join('\n')
    : typeof value === 'string'
      ? value
      : '';
const isMilestone = (value: Json): value is { milestone_description: string } =>
  typeof value === 'object' && value !== null && 'milestone_description' in value;

/** What an operation of ours made of POA&Ms of these boundaries by weakness rules. By idx_sync_changes_operation. */
export async function listPoamOutcomes(
  db: Kysely<Database>,
  {
    systemIds,
    since,
    operationId,
  }: { readonly systemIds: readonly string[]; readonly since: Date; readonly operationId: string },
): Promise<PoamOutcome[]> {
  const { rows } = await sql<StoredOutcome>`
    with said as (
      select coalesce(m.poam_id, c.entity_id) as poam_id, c.id, case c.entity_type when 'milestone' then 'milestones' else c.field_name end as field,
             c.before_value as before, c.after_value as after
        from sync_changes c
        left join ingestion_poam_milestones m on c.entity_type = 'milestone' and m.id::text = c.entity_id
       where c.operation_id in (select b.batch_id from ingestion_batches b where ${operationId}::uuid in (b.batch_id, b.parent_operation_id))
         and c.rule_code in ('weakness_rule_changed', 'planned_again')
         and (c.entity_type = 'poam' and c.field_name in ('weakness_description', 'remediation_plan', 'milestones')
              or c.entity_type = 'milestone' and c.field_name = 'milestone_description')
         and c.before_value is distinct from c.after_value
    ), texts as (
      select s.poam_id, jsonb_agg(jsonb_build_object('field', s.field, 'before', s.before, 'after', s.after) order by s.id) as texts from said s group by 1
    )
    select p.poam_id as "poamId", p.system_id as "systemId", split_part(to_jsonb(p) ->> 'weakness_description', E'\\n', 1) as title,
           exists (select from sync_links l where l.entity_type = 'poam' and l.entity_id = p.poam_id and l.retired_at is null) as "isSent",
           case when m.ended_at >= ${since} then case when m.merged_into is null then 'ended' else 'merged' end
                when m.made_at >= ${since} then case when m.split_from is null then 'made' else 'split' end
                when m.regrouped_at >= ${since} then 'continued' else 'reworded' end as outcome,
           case when m.ended_at >= ${since} then m.merged_into when m.made_at >= ${since} then m.split_from end as other,
           (select count(*)::int from weaknesses w join weakness_findings k on k.weakness_id = w.id
              join ingestion_vulnerabilities f on f.id = k.finding_id and f.lifecycle_state in ('open', 'reopened') where w.poam_id = p.id) as findings,
           coalesce(t.texts, '[]') as texts, case when m.reworded_at >= ${since} then coalesce(m.kept_texts, '[]') else '[]' end as kept
      from ingestion_poams p
      left join poam_rules m on m.poam_id = p.poam_id
      left join texts t on t.poam_id = p.poam_id
     where p.system_id = any(${[...systemIds]}::text[])
       and (m.made_at >= ${since} or m.ended_at >= ${since} or m.regrouped_at >= ${since} or t.poam_id is not null
            or m.reworded_at >= ${since} and m.kept_texts <> '[]')
     order by p.system_id, p.poam_id limit 20000`.execute(db);
  return rows.map((row) => ({
    ...row,
    texts: row.texts.map(({ field, before, after }) => ({
      field,
      before: textOf(before),
      after: textOf(after),
    })),
  }));
}

/** One that was made before rules had versions was made by what is their first one. */
const firstRule = sql`(select min(first.id) from weakness_rules first where first.system_id is null)`;
/** When the POA&M of `g` was made; null where it is not there. */
const madeAt = sql`(select min(p.created_at) at time zone 'UTC' from ingestion_poams p where p.poam_id = g."poamId")`;

/** Keeps beside POA&Ms what a change of a rule made of them. */
export async function recordFates(
  db: Kysely<Database>,
  fates: readonly PoamFate[],
  now: Date,
): Promise<void> {
  if (fates.length === 0) return;
  await sql`
    insert into poam_rules as known (poam_id, rule_id, made_at, split_from, regrouped_at, regrouped_by, ended_at, ended_by, merged_into)
    select g."poamId",
           case g.fate when 'split' then g."ruleId" else ${firstRule} end,
           case g.fate when 'split' then ${now}::timestamptz else coalesce(${madeAt}, ${now}::timestamptz) end,
           case g.fate when 'split' then g.other end,
           case g.fate when 'regrouped' then ${now}::timestamptz end, case g.fate when 'regrouped' then g."ruleId" end,
           case g.fate when 'ended' then ${now}::timestamptz end, case g.fate when 'ended' then g."ruleId" end, case g.fate when 'ended' then g.other end
      from jsonb_to_recordset(${storableJson(fates)}::jsonb) as g("poamId" text, "ruleId" int, fate text, other text)
    on conflict (poam_id) do update
      set split_from = coalesce(known.split_from, excluded.split_from), regrouped_at = coalesce(excluded.regrouped_at, known.regrouped_at),
          regrouped_by = coalesce(excluded.regrouped_by, known.regrouped_by), ended_at = coalesce(excluded.ended_at, known.ended_at),
          ended_by = coalesce(excluded.ended_by, known.ended_by), merged_into = coalesce(excluded.merged_into, known.merged_into)`.execute(
    db,
  );
}

/**
 * The texts that Tieline last composed for POA&Ms that it made, by poam_id: those that a changed rule gave them, else those of the proposal.
 * By idx_sync_outbox_entity.
 */
export async function listComposedTexts(
  db: Kysely<Database>,
  poamIds: readonly string[],
): Promise<ReadonlyMap<string, JsonObject>> {
  const { rows } = await sql<{ poamId: string; texts: JsonObject }>`
    select given.poam_id as "poamId", coalesce(m.texts, o.texts) as texts
      from unnest(${[...poamIds]}::text[]) as given(poam_id)
      left join poam_rules m on m.poam_id = given.poam_id
      left join lateral (select coalesce(c.composed, c.payload) as texts from sync_outbox c
                          where c.entity_type = 'poam' and c.entity_id = given.poam_id and c.change_kind = 'create'
                          order by c.id desc limit 1) o on true
     where coalesce(m.texts, o.texts) is not null`.execute(db);
  return new Map(rows.map(({ poamId, texts }) => [poamId, texts]));
}

/** Keeps what a changed rule said of texts: the base to tell edits from, and what stayed. */
export async function recordTexts(
  db: Kysely<Database>,
  said: readonly {
    readonly poamId: string;
    readonly ruleId: number;
    readonly texts: object;
    readonly kept: readonly KeptText[];
  }[],
  now: Date,
): Promise<void> {
  if (said.length === 0) return;
  await sql`
    insert into poam_rules as known (poam_id, rule_id, made_at, texts, reworded_at, reworded_by, kept_texts)
    select g."poamId", (select min(first.id) from weakness_rules first where first.system_id is null),
           coalesce((select min(p.created_at) at time zone 'UTC' from ingestion_poams p where p.poam_id = g."poamId"), ${now}::timestamptz),
           g.texts, ${now}::timestamptz, g."ruleId", g.kept
      from jsonb_to_recordset(${storableJson(said)}::jsonb) as g("poamId" text, "ruleId" int, texts jsonb, kept jsonb)
    on conflict (poam_id) do update
      set texts = excluded.texts, reworded_at = excluded.reworded_at, reworded_by = excluded.reworded_by, kept_texts = excluded.kept_texts`.execute(
    db,
  );
}
