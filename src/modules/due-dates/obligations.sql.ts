/**
 * By which day each POA&M is obliged: every date that a policy ever gave, as rows that are only added, and the earliest that holds now.
 * What a POA&M promises is its `scheduled_completion`; the two differ where it was extended, where the obligation was past when it was
 * made, and where an obligation arose later.
 */
import { sql, type Kysely, type RawBuilder } from 'kysely';
import { type Database, storableJson } from '../../platform/postgres/index.ts';
import { severities } from '../../canonical/vocabulary/index.ts';
import { isOpenPoam } from '../../record/poam-status/index.ts';
import { concernsRunOf } from '../../record/systems/index.ts';
import { recordUnknowns } from './facts.sql.ts';
import type { DueAnswer } from './due-inputs.ts';
import type { ReasonedDate } from './due-dates.ts';

/** A weakness that a POA&M answers, with the date that policies give it. */
export interface Obliged {
  readonly systemId: string;
  readonly grouping: string;
  readonly identifier: string;
  readonly due: ReasonedDate;
}

export interface ObligationSource {
  readonly operationId: string;
  readonly now: Date;
}

interface Renewed {
  readonly weaknessId: number;
  readonly poamRef: number;
  readonly dueOn: string;
  readonly reason: string;
  readonly place: string;
}

/** The weaknesses whose date is another one than the newest obligation of their POA&M says, or that have none. */
async function listRenewed(db: Kysely<Database>, obliged: readonly Obliged[]): Promise<Renewed[]> {
  const column = (name: 'systemId' | 'grouping' | 'identifier'): string[] =>
    obliged.map((each) => each[name]);
  const { rows } = await sql<Renewed>`
    select w.id as "weaknessId", w.poam_id as "poamRef", w.due_on::text as "dueOn", w.due_reason as reason, given.place
      from unnest(${column('systemId')}::text[], ${column('grouping')}::text[], ${column('identifier')}::text[]) with ordinality
             as given(system_id, kind, identifier, place)
      join weaknesses w on w.system_id = given.system_id and w.grouping = given.kind and w.identifier = given.identifier and w.poam_id is not null
      left join lateral (select o.obliged_by from poam_obligations o where o.poam_ref = w.poam_id and o.weakness_id = w.id
                          order by o.id desc limit 1) newest on true
     where newest.obliged_by is distinct from w.due_on`.execute(db);
  return rows;
}

/** Adds an obligation for each weakness whose date is a new one, and keeps by which day each POA&M is obliged now. */
export async function recordObligations(
  db: Kysely<Database>,
  source: ObligationSource,
  obliged: readonly Obliged[],
): Promise<void> {
  const renewed = obliged.length === 0 ? [] : await listRenewed(db, obliged);
  const added = renewed.flatMap(({ place, reason, ...row }) => {
    const due = obliged[Number(place) - 1]?.due;
    if (!due) return [];
    // A date that stands since before there were policies as rows was given by the matrix.
    return due.on === row.dueOn
      ? [{ ...row, ...policyOf(due), reason, inputs: inputsOf(due) }]
      : [{ ...row, policyId: matrix, version: 1, reason, inputs: {} }];
  });
  if (added.length > 0)
    await sql`
      insert into poam_obligations (poam_ref, weakness_id, obliged_by, policy_id, version, reason, inputs, since, operation_id)
      select o."poamRef", o."weaknessId", o."dueOn", o."policyId", o.version, o.reason, o.inputs, ${source.now}::timestamptz, ${source.operationId}::uuid
        from jsonb_to_recordset(${storableJson(added)}::jsonb)
          as o("poamRef" integer, "weaknessId" integer, "dueOn" date, "policyId" text, version integer, reason text, inputs jsonb)`.execute(
      db,
    );
  await recordUnknowns(
    db,
    source.now,
    obliged.map(({ systemId, grouping, identifier, due: { answers } }) => ({
      systemId,
      grouping,
      identifier,
      unknown: [...new Set(answers.flatMap((each) => each.unknown))].toSorted(),
      evaluateBy: answers.flatMap((each) => each.evaluateBy ?? []).toSorted()[0] ?? null,
    })),
  );
  await renewDueDates(db, source);
}

/** The organization's matrix, the one policy before there were others. */
const matrix = 'org-default';

const policyOf = ({ answer: { policyId, version } }: ReasonedDate) => ({ policyId, version });
/** The risk adjustment that a policy which applies goes by: without it the dates would be others. */
export const adjustmentOf = (answers: readonly DueAnswer[]): number | null =>
  answers.find(({ adjustment }) => adjustment !== null)?.adjustment ?? null;
const inputsOf = ({ answer, answers }: ReasonedDate) => ({
  since: answer.since,
  days: answer.days,
  cve: answer.cve,
  facts: answer.facts,
  adjustment: adjustmentOf(answers),
  unknown: answer.unknown,
  latest: answer.latest,
  others: answers
    .filter((each) => each.policyId !== answer.policyId)
    .map(({ policyId, version, on, latest, silence, unknown }) => ({
      policyId,
      version,
      on,
      latest,
      silence,
      unknown,
    })),
});

/** Of every POA&M the earliest date of its weaknesses; one that answers none any more is obliged by none; what a person said of it is kept. */
async function renewDueDates(db: Kysely<Database>, { operationId, now }: ObligationSource): Promise<void> {
  await sql`
    insert into poam_due_dates as known (poam_ref, obliged_by, since, proposed)
    select p.id, w.due_on, ${now}::timestamptz,
           case when p.ingestion_batch_id::text = ${operationId} and p.scheduled_completion::date > w.due_on then p.scheduled_completion::date end
      from (select poam_id, min(due_on) as due_on from weaknesses where poam_id is not null group by poam_id) w
      join ingestion_poams p on p.id = w.poam_id
      left join poam_due_dates d on d.poam_ref = p.id
     where d.obliged_by is distinct from w.due_on
    on conflict (poam_ref) do update set obliged_by = excluded.obliged_by, since = excluded.since`.execute(
    db,
  );
  await sql`
    update poam_due_dates d set obliged_by = null
     where obliged_by is not null and not exists (select from weaknesses w where w.poam_id = d.poam_ref)`.execute(
    db,
  );
}

/**
 * Whether a POA&M promises a later day than the one by which it is obliged, and no person has said that it stands.
 * @param d its row of poam_due_dates. @param p its row of ingestion_poams.
 */
export const isLateAgainstObligation = (d: string, p: string): RawBuilder<unknown> => {
  const column = (table: string, name: string): RawBuilder<unknown> => sql.raw(`${table}.${name}`);
  return sql`(${column(p, 'scheduled_completion')}::date > ${column(d, 'obliged_by')}
    and ${column(d, 'stands_for')} is distinct from ${column(d, 'obliged_by')} and ${isOpenPoam(p)})`;
};

export interface FollowingPoam {
  readonly poamId: string;
  readonly boundary: string | null;
  readonly obligedBy: string;
  readonly promised: string;
  readonly reason: string;
  /** Of the row that gave the date. */
  readonly days: number | null;
}

/**
 * SQL of what becomes of the promise of a POA&M `p` by an obligation `o` under version `v`: as its boundary says of the policy, else as the default
 * of all says, else as the policy says.
 */
const ruleWhenEarlier = sql`coalesce(
  (select u.when_earlier from due_date_policy_uses u where u.policy_id = o.policy_id and u.system_id = p.system_id and u.ended_at is null),
  (select u.when_earlier from due_date_policy_uses u where u.policy_id = o.policy_id and u.system_id is null and u.ended_at is null), v.when_earlier)`;

/** Open POA&Ms that promise a later day than an obligation of this operation, whose policy says that the promise follows. */
export async function listFollowing(db: Kysely<Database>, operationId: string): Promise<FollowingPoam[]> {
  const { rows } = await sql<FollowingPoam>`
    select distinct on (p.id) p.poam_id as "poamId", p.system_id as boundary, d.obliged_by::text as "obligedBy", p.scheduled_completion::date::text as promised, o.reason,
           (o.inputs ->> 'days')::float8 as days
      from poam_obligations o
      join poam_due_dates d on d.poam_ref = o.poam_ref and d.obliged_by = o.obliged_by
      join ingestion_poams p on p.id = o.poam_ref
      join due_date_policy_versions v on v.policy_id = o.policy_id and v.version = o.version
     where o.operation_id = ${operationId}::uuid and p.ingestion_batch_id::text is distinct from ${operationId}
       and ${ruleWhenEarlier} = 'follow' and ${isLateAgainstObligation('d', 'p')}
     order by p.id, o.id desc`.execute(db);
  return rows;
}

/** The authorization boundaries that a run of a GRC system concludes about: one that several have is of one of them, so that they do not take turns. */
export async function listBoundariesOf(
  db: Kysely<Database>,
  externalSystemId: number,
): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ id: string }>`
    select s.system_id as id from ingestion_systems s where ${concernsRunOf(externalSystemId, sql`s.system_id`)}`.execute(
    db,
  );
  return new Set(rows.map(({ id }) => id));
}

/** One whose date moves only once those who decide agree. */
export interface PoamToAsk extends FollowingPoam {
  /** The gravest of its weaknesses. */
  readonly severity: string | null;
  /** Since when it is obliged so. */
  readonly since: Date;
}

/**
 * Open POA&Ms that promise a later day than they are obliged to, whose policy wants consent before that moves, and about whose obligation nobody has
 * decided yet. A request that lapsed was no decision.
 */
export async function listToAsk(db: Kysely<Database>): Promise<PoamToAsk[]> {
  const { rows } = await sql<PoamToAsk>`
    select p.poam_id as "poamId", p.system_id as boundary, d.obliged_by::text as "obligedBy", d.since,
           p.scheduled_completion::date::text as promised, o.reason, (o.inputs ->> 'days')::float8 as days,
           (select w.severity from weaknesses w where w.poam_id = p.id
             order by array_position(${[...severities]}::text[], w.severity::text) desc nulls last limit 1) as severity
      from poam_due_dates d
      join ingestion_poams p on p.id = d.poam_ref
      join lateral (select own.* from poam_obligations own where own.poam_ref = d.poam_ref and own.obliged_by = d.obliged_by
                     order by own.id desc limit 1) o on true
      join due_date_policy_versions v on v.policy_id = o.policy_id and v.version = o.version
     where ${isLateAgainstObligation('d', 'p')} and ${ruleWhenEarlier} = 'approve'
       and not exists (select from approvals a where a.subject_kind = 'due_date' and a.subject_id = p.poam_id
                          and a.status in ('approved', 'rejected', 'expired') and a.requested_at >= d.since)
     order by d.obliged_by, p.id`.execute(db);
  return rows;
}

/** POA&Ms that an obligation of these operations made late: they promise a later day. */
export async function countNewlyLate(db: Kysely<Database>, operationIds: readonly string[]): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(distinct d.poam_ref)::int as n
      from poam_obligations o join poam_due_dates d on d.poam_ref = o.poam_ref join ingestion_poams p on p.id = d.poam_ref
     where o.operation_id = any(${[...operationIds]}::uuid[]) and ${isLateAgainstObligation('d', 'p')}`.execute(
    db,
  );
  return rows[0]?.n ?? 0;
}
