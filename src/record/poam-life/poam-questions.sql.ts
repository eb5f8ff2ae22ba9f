/** What a person is asked about the life of POA&Ms: the rows of `poam_questions`. */
import { type RawBuilder, sql, type Kysely } from 'kysely';
import type { QuestionCode } from '../../canonical/vocabulary/index.ts';
import type { JsonObject } from '../../platform/values/index.ts';
import { type Database, storableJson } from '../../platform/postgres/index.ts';
import { isOpenPoam } from '../poam-status/index.ts';

interface QuestionToAsk {
  readonly poamId: string;
  readonly code: QuestionCode;
  readonly params: JsonObject;
}

interface Source {
  readonly systemId: number;
  readonly operationId: string;
}

/**
 * Asks what is not asked yet, renews what is asked with other names or numbers now, and closes what is over.
 * @param codes which questions are asked here: others stay as they are. @returns the POA&Ms about which something new is asked.
 */
export async function askAbout(
  db: Kysely<Database>,
  { systemId, operationId }: Source,
  codes: readonly QuestionCode[],
  questions: readonly QuestionToAsk[],
): Promise<ReadonlySet<string>> {
  const given = sql`jsonb_to_recordset(${storableJson(questions)}::jsonb) as q("poamId" text, code text, params jsonb)`;
  await sql`
    update poam_questions known set settled_at = tieline_now(), settlement = 'over'
     where known.external_system_id = ${systemId} and known.settled_at is null and known.code = any(${[...codes]}::text[])
       and not exists (select from ${given} where q."poamId" = known.poam_id and q.code = known.code)`.execute(
    db,
  );
  return addQuestions(db, { systemId, operationId }, questions);
}

/** Asks these, or renews them, and closes none. @returns the POA&Ms about which something new is asked. */
export async function addQuestions(
  db: Kysely<Database>,
  { systemId, operationId }: Source,
  questions: readonly QuestionToAsk[],
): Promise<ReadonlySet<string>> {
  if (questions.length === 0) return new Set();
  const { rows } = await sql<{ poamId: string; isNew: boolean }>`
    insert into poam_questions as known (poam_id, external_system_id, code, params, operation_id)
    select q."poamId", ${systemId}, q.code, q.params, ${operationId}::uuid
      from jsonb_to_recordset(${storableJson(questions)}::jsonb) as q("poamId" text, code text, params jsonb)
    on conflict (poam_id, code) where settled_at is null do update set params = excluded.params
      where known.params is distinct from excluded.params
    returning poam_id as "poamId", known.operation_id = ${operationId}::uuid as "isNew"`.execute(db);
  return new Set(rows.flatMap(({ poamId, isNew }) => (isNew ? [poamId] : [])));
}

/** Settles what is asked about a POA&M: a person has answered. @param codes undefined: all of it. */
export async function settleQuestions(
  db: Kysely<Database>,
  poamIds: readonly string[],
  by: { readonly by: string | null; readonly settlement: string },
  codes?: readonly QuestionCode[],
): Promise<void> {
  if (poamIds.length === 0) return;
  await sql`
    update poam_questions set settled_at = tieline_now(), settled_by = ${by.by}, settlement = ${by.settlement}
     where poam_id = any(${[...poamIds]}::text[]) and settled_at is null
       and ${codes === undefined ? sql`true` : sql`code = any(${[...codes]}::text[])`}`.execute(db);
}

export interface OpenQuestion {
  readonly code: string;
  readonly params: JsonObject;
  readonly since: Date;
}

/** What a person is asked about a POA&M, the oldest first. */
export async function listQuestions(db: Kysely<Database>, poamId: string): Promise<OpenQuestion[]> {
  const { rows } = await sql<OpenQuestion>`
    select code, params, opened_at as since from poam_questions
     where poam_id = ${poamId} and settled_at is null order by opened_at, id`.execute(db);
  return rows;
}

/** How many are open, by code. */
export async function countQuestions(db: Kysely<Database>): Promise<Record<string, number>> {
  const { rows } = await sql<{ code: string; n: number }>`
    select code, count(*)::int as n from poam_questions where settled_at is null group by code order by code`.execute(
    db,
  );
  return Object.fromEntries(rows.map(({ code, n }) => [code, n]));
}

/** SQL of whether those who decide are asked about the promised date of a POA&M: one thing is one row of the inbox. @param p its row. */
export const isAskedOfDeciders = (p: string): RawBuilder<unknown> =>
  sql`exists (select from approvals a where a.subject_kind = 'due_date' and a.subject_id = ${sql.raw(`${p}.poam_id`)} and a.status = 'pending')`;

/** The POA&Ms about whose promised date those who decide are asked. */
export async function listAskedOfDeciders(db: Kysely<Database>): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ poamId: string }>`
    select a.subject_id as "poamId" from approvals a where a.subject_kind = 'due_date' and a.status = 'pending'`.execute(
    db,
  );
  return new Set(rows.map(({ poamId }) => poamId));
}

/** Closes what was asked about ratings and dates that agree by now, or whose POA&M is over. */
export async function closeRatingQuestions(
  db: Kysely<Database>,
  systemId: number,
  now: { readonly judged: readonly string[]; readonly asked: readonly string[] },
): Promise<void> {
  // As ratings are spelled elsewhere (decide-rating.ts).
  const plain = (value: string) =>
    sql`(case lower(replace(${sql.raw(value)}, '_', ' ')) when 'moderate' then 'medium' when 'very high' then 'critical' when 'informational' then 'info'
              when 'very low' then 'info' else lower(replace(${sql.raw(value)}, '_', ' ')) end)`;
  await sql`
    update poam_questions q set settled_at = tieline_now(), settlement = 'over'
      from ingestion_poams p
     where q.external_system_id = ${systemId} and q.settled_at is null and q.code in ('rating_differs', 'due_earlier', 'plan_needed') and p.poam_id = q.poam_id
       and (not ${isOpenPoam('p')}
            or q.code = 'rating_differs' and p.poam_id = any(${[...now.judged]}::text[]) and p.poam_id <> all(${[...now.asked]}::text[])
            or q.code = 'due_earlier' and exists (select from poam_due_dates d where d.poam_ref = p.id and d.stands_for is not null)
            or q.code = 'due_earlier' and ${isAskedOfDeciders('p')}
            or q.code = 'plan_needed' and exists (select from ingestion_poam_milestones m
                                                   where m.poam_id = p.poam_id and coalesce(m.status not in ('Completed', 'Cancelled'), true))
            or q.code = 'rating_differs' and ${plain(`coalesce(to_jsonb(p) ->> 'risk_rating', to_jsonb(p) ->> 'weakness_risk_level')`)} = lower(q.params ->> 'to')
            or q.code = 'due_earlier' and p.scheduled_completion::date <= (q.params ->> 'obliged')::date)`.execute(
    db,
  );
}
