/**
 * By which day each POA&M is obliged: every date that a policy ever gave, as rows that are only added, and the earliest that holds now.
 * What a POA&M promises is its `scheduled_completion`; the two differ where it was extended, where the obligation was past when it was
 * made, and where an obligation arose later.
 */
import { sql, type Kysely, type RawBuilder } from 'kysely';
import { type Database, storableJson } from '../../platform/postgres/index.ts';
import { isOpenPoam } from '../../record/poam-status/index.ts';
import { recordUnknowns } from './facts.sql.ts';
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
    })),
  );
  await renewDueDates(db, source);
}

/** The organization's matrix, the one policy before there were others. */
const matrix = 'org-default';

const policyOf = ({ answer: { policyId, version } }: ReasonedDate) => ({ policyId, version });
const inputsOf = ({ answer, answers }: ReasonedDate) => ({
  since: answer.since,
  days: answer.days,
  cve: answer.cve,
  facts: answer.facts,
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
  readonly obligedBy: string;
  readonly promised: string;
  readonly reason: string;
  /** Of the row that gave the date. */
  readonly days: number | null;
}

/** Open POA&Ms that promise a later day than an obligation of this operation, whose policy says that the promise follows. */
export async function listFollowing(db: Kysely<Database>, operationId: string): Promise<FollowingPoam[]> {
  const { rows } = await sql<FollowingPoam>`
    select distinct on (p.id) p.poam_id as "poamId", d.obliged_by::text as "obligedBy", p.scheduled_completion::date::text as promised, o.reason,
           (o.inputs ->> 'days')::float8 as days
      from poam_obligations o
      join poam_due_dates d on d.poam_ref = o.poam_ref and d.obliged_by = o.obliged_by
      join ingestion_poams p on p.id = o.poam_ref
      join due_date_policy_versions v on v.policy_id = o.policy_id and v.version = o.version and v.when_earlier = 'follow'
     where o.operation_id = ${operationId}::uuid and p.ingestion_batch_id::text is distinct from ${operationId}
       and ${isLateAgainstObligation('d', 'p')}
     order by p.id, o.id desc`.execute(db);
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
