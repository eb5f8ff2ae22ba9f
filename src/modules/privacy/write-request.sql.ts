/** Privacy requests as rows: receipt, steps, statements. */
import { type Kysely, sql } from 'kysely';
import type { PrivacyRequestType, PrivacyStatus, PrivacyStep } from '../../canonical/vocabulary/index.ts';
import { type Database, storableJson, storableText } from '../../platform/postgres/index.ts';
import type { JsonObject } from '../../platform/values/index.ts';

export interface NewRequest {
  readonly type: PrivacyRequestType;
  readonly subjectId: string;
  readonly name: string | null;
  readonly mail: string | null;
  readonly replyTo: string | null;
  readonly asked: string | null;
  readonly isNonUs: boolean;
  readonly receivedOn: string;
  readonly acknowledgeBy: string;
  readonly answerBy: string;
  readonly by: string;
  readonly now: Date;
}

/** @returns its number. */
export async function insertRequest(db: Kysely<Database>, request: NewRequest): Promise<number> {
  const { rows } = await sql<{ id: number }>`
    insert into data_subject_requests (request_id, request_type, data_subject_id, status, subject_name, subject_mail, reply_to, asked, is_non_us,
        received_on, acknowledge_by, answer_by, due_date, processed_by, response_details, created_at)
    values (gen_random_uuid(), ${request.type}, ${request.subjectId}, 'received', ${request.name}, ${request.mail}, ${request.replyTo}, ${request.asked},
        ${request.isNonUs}, ${request.receivedOn}::date, ${request.acknowledgeBy}::date, ${request.answerBy}::date,
        ${request.acknowledgeBy}::date, ${request.by}, '{}', ${request.now})
    returning id`.execute(db);
  return rows[0]?.id ?? 0;
}

/** Locks a request until the transaction ends. @returns its state; undefined where there is none. */
export async function lockRequest(db: Kysely<Database>, id: number): Promise<PrivacyStatus | undefined> {
  const { rows } = await sql<{ status: PrivacyStatus }>`
    select status from data_subject_requests where id = ${id} for update`.execute(db);
  return rows[0]?.status;
}

export interface StepTaken {
  readonly id: number;
  readonly step: PrivacyStep | 'receive' | 'copy' | 'amend' | 'annotate' | 'found';
  readonly from: PrivacyStatus | null;
  readonly to: PrivacyStatus;
  readonly due: string | null;
  readonly details: JsonObject;
  /** Added to what the answer says; what is absent stays. */
  readonly response?: JsonObject;
  readonly by: string;
  readonly now: Date;
}

/** Moves a request, and keeps the step. */
export async function takeStepRow(db: Kysely<Database>, taken: StepTaken): Promise<void> {
  const { id, step, from, to, due, details, response = {}, by, now } = taken;
  await sql`
    update data_subject_requests
       set status = ${to}, due_date = ${due}::date, processed_by = ${by.slice(0, 255)},
           response_details = coalesce(response_details, '{}') || ${storableJson(response)}::jsonb,
           acknowledged_at = case when ${step} = 'acknowledge' then ${now}::timestamptz else acknowledged_at end,
           completed_at = case when ${to} = 'closed' then coalesce(completed_at, ${now}::timestamptz) end
     where id = ${id}`.execute(db);
  await sql`
    insert into privacy_request_steps (request_ref, step, from_status, to_status, details, done_at, done_by)
    values (${id}, ${step}, ${from}, ${to}, ${storableJson(details)}::jsonb, ${now}, ${by.slice(0, 255)})`.execute(
    db,
  );
}

export async function setIdentity(
  db: Kysely<Database>,
  id: number,
  identity: {
    readonly how: string;
    readonly note: string | null;
    readonly consent: string;
    readonly by: string;
    readonly now: Date;
  },
): Promise<void> {
  const { how, note, consent, by, now } = identity;
  await sql`
    update data_subject_requests set identity_how = ${how}, identity_note = ${note}, identity_by = ${by.slice(0, 255)},
           identity_at = ${now}, consent = ${consent} where id = ${id}`.execute(db);
}

/** Keeps which files are the copy. @param copies undefined: what they were made from holds no longer, so that there is none. */
export async function setCopies(
  db: Kysely<Database>,
  id: number,
  copies: { readonly readable: string; readonly json: string } | undefined,
): Promise<void> {
  await sql`
    update data_subject_requests set readable_sha256 = ${copies?.readable ?? null}, json_sha256 = ${copies?.json ?? null} where id = ${id}`.execute(
    db,
  );
}

export interface StepRow {
  readonly step: string;
  readonly from: string | null;
  readonly to: string;
  readonly details: JsonObject;
  readonly at: Date;
  readonly by: string;
}

/** What was done about a request, the first step first. */
export async function listSteps(db: Kysely<Database>, id: number): Promise<StepRow[]> {
  const { rows } = await sql<StepRow>`
    select step, from_status as "from", to_status as "to", details, done_at as at, done_by as by
      from privacy_request_steps where request_ref = ${id} order by id limit 1000`.execute(db);
  return rows;
}

export interface StatementRow {
  readonly id: number;
  readonly request: number;
  readonly kind: 'disagreement' | 'annotation';
  readonly entity: string;
  readonly recordId: string;
  readonly statement: string;
  readonly at: Date;
  readonly by: string;
}

export async function insertStatement(
  db: Kysely<Database>,
  statement: Omit<StatementRow, 'id'> & { readonly systemId: string | null },
): Promise<void> {
  const { request, kind, entity, recordId, systemId, at, by } = statement;
  await sql`
    insert into record_statements (request_ref, kind, entity_type, entity_id, system_id, statement, made_at, made_by)
    values (${request}, ${kind}, ${entity.slice(0, 50)}, ${recordId.slice(0, 255)}, ${systemId}, ${storableText(statement.statement)},
        ${at}, ${by.slice(0, 255)})`.execute(db);
}

const statementColumns = sql`s.id, s.request_ref as request, s.kind, s.entity_type as entity, s.entity_id as "recordId", s.statement,
           s.made_at as at, s.made_by as by`;

/** The statements of a request. */
export async function listStatementsOf(db: Kysely<Database>, request: number): Promise<StatementRow[]> {
  const { rows } = await sql<StatementRow>`
    select ${statementColumns} from record_statements s where s.request_ref = ${request} order by s.id limit 1000`.execute(
    db,
  );
  return rows;
}

/** The statements that stay with a record, to be shown where it is shown. */
export async function listStatementsWith(
  db: Kysely<Database>,
  record: { readonly entity: string; readonly id: string },
): Promise<StatementRow[]> {
  const { rows } = await sql<StatementRow>`
    select ${statementColumns} from record_statements s
     where s.entity_type = ${record.entity} and s.entity_id = ${record.id} order by s.id limit 1000`.execute(
    db,
  );
  return rows;
}
