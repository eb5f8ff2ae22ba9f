/** Privacy requests: pages, counts and facets of one selection. They belong to no boundary: whoever handles them sees all of them. */
import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { FacetOf, FilterOf, ListQuery, privacyList } from '../../canonical/lists/index.ts';
import type { PrivacyRequestType, PrivacyStatus } from '../../canonical/vocabulary/index.ts';
import {
  type Conditions,
  countByFacet,
  countedAtMost,
  countFitting,
  type FacetCount,
  type Filter,
  filtered,
  flagOf,
  inOrderOf,
  instantOf,
  type ListCount,
  type Page,
  selectKeys,
  textOf,
  wordsOf,
} from '../../platform/lists/index.ts';
import type { Database } from '../../platform/postgres/index.ts';
import type { JsonObject } from '../../platform/values/index.ts';

type List = typeof privacyList;
export type PrivacyFilter = Filter<FilterOf<List>>;

export interface PrivacyRequestRow {
  readonly id: number;
  readonly requestId: string;
  readonly type: PrivacyRequestType;
  readonly status: PrivacyStatus;
  /** A user name or another name that the organization uses. */
  readonly subjectId: string;
  readonly name: string | null;
  readonly mail: string | null;
  readonly replyTo: string | null;
  readonly asked: string | null;
  readonly isNonUs: boolean;
  readonly receivedOn: string;
  /** The day that holds now; null: none does. */
  readonly due: string | null;
  readonly isLate: boolean;
  readonly acknowledgeBy: string | null;
  readonly answerBy: string | null;
  readonly acknowledgedAt: Date | null;
  readonly identityHow: string | null;
  readonly identityNote: string | null;
  readonly identityBy: string | null;
  readonly identityAt: Date | null;
  readonly consent: string | null;
  /** decision, reason, exemption, appealTo and the like. */
  readonly response: JsonObject;
  readonly readableSha256: string | null;
  readonly jsonSha256: string | null;
  readonly processedBy: string | null;
  readonly createdAt: Date;
  readonly closedAt: Date | null;
}

const state = sql`case when r.status = 'closed' then 'closed' else 'open' end`;
const isLate = (now: Date): RawBuilder<boolean> =>
  sql`(r.due_date is not null and r.status <> 'closed' and r.due_date < ${now.toISOString().slice(0, 10)}::date)`;

const conditions = (now: Date): Conditions<FilterOf<List>> => ({
  state: wordsOf(state),
  status: wordsOf(sql`r.status`),
  type: wordsOf(sql`r.request_type`),
  late: flagOf(isLate(now)),
  due: instantOf(sql`r.due_date`),
  received: instantOf(sql`r.received_on`),
  by: wordsOf(sql`r.processed_by`),
  q: textOf(sql`concat_ws(' ', r.data_subject_id, r.subject_name, r.subject_mail)`),
});

const source = {
  from: sql`data_subject_requests r`,
  id: { column: sql`r.id`, type: 'integer' as const, always: true as const },
  sorts: {
    due: { column: sql`r.due_date`, type: 'date' as const },
    received: { column: sql`r.created_at`, type: 'timestamptz' as const, always: true as const },
  },
  facets: { state, status: sql`r.status`, type: sql`r.request_type` },
};

async function fetchRows(
  db: Kysely<Database>,
  ids: readonly number[],
  now: Date,
): Promise<PrivacyRequestRow[]> {
  const { rows } = await sql<PrivacyRequestRow>`
    select r.id, r.request_id as "requestId", r.request_type as type, r.status, r.data_subject_id as "subjectId", r.subject_name as name,
           r.subject_mail as mail, r.reply_to as "replyTo", r.asked, r.is_non_us as "isNonUs",
           coalesce(r.received_on, r.created_at::date)::text as "receivedOn", r.due_date::text as due, ${isLate(now)} as "isLate",
           r.acknowledge_by::text as "acknowledgeBy", r.answer_by::text as "answerBy", r.acknowledged_at as "acknowledgedAt",
           r.identity_how as "identityHow", r.identity_note as "identityNote", r.identity_by as "identityBy", r.identity_at as "identityAt",
           r.consent, coalesce(r.response_details, '{}') as response, r.readable_sha256 as "readableSha256", r.json_sha256 as "jsonSha256",
           r.processed_by as "processedBy", r.created_at as "createdAt", r.completed_at as "closedAt"
      from data_subject_requests r where r.id = any(${[...ids]}::int[])`.execute(db);
  return rows;
}

export async function listPrivacyRequests(
  db: Kysely<Database>,
  query: ListQuery<List>,
  now: Date,
): Promise<Page<PrivacyRequestRow>> {
  const { items: keys, ...page } = await selectKeys(
    db,
    source,
    filtered(conditions(now), query.filter),
    query,
  );
  const rows = keys.length === 0 ? [] : await fetchRows(db, keys.map(Number), now);
  return { items: inOrderOf(keys, rows, (row) => String(row.id)), ...page };
}

export const findPrivacyRequest = async (
  db: Kysely<Database>,
  id: number,
  now: Date,
): Promise<PrivacyRequestRow | undefined> => (await fetchRows(db, [id], now))[0];

/** @param atMost undefined: all are counted. */
export const countPrivacyRequests = (
  db: Kysely<Database>,
  filter: PrivacyFilter,
  now: Date,
  atMost: number | undefined = countedAtMost,
): Promise<ListCount> => countFitting(db, source, filtered(conditions(now), filter), atMost);

export const facetPrivacyRequests = (
  db: Kysely<Database>,
  filter: PrivacyFilter,
  now: Date,
  by: FacetOf<List>,
): Promise<FacetCount[]> => countByFacet(db, source, filtered(conditions(now), filter), by);
