/** Reports of schedules that somebody is to be told of, what became of that, and which of them wait to be read. */
import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Database } from '../../platform/postgres/index.ts';
import type { OutsideRecipient } from './templates.sql.ts';

/** To a person here: `told`, or why not. To an address outside: `disclosed`, or why nothing left. */
export const reportDeliveryOutcomes = [
  'told',
  'no_right',
  'no_address',
  'no_channel',
  'not_active',
  'disclosed',
  'domain_not_allowed',
  'not_attachable',
  'owner_may_not',
] as const;
export type ReportDeliveryOutcome = (typeof reportDeliveryOutcomes)[number];

export interface ToTell {
  readonly reportId: string;
  readonly title: string;
  readonly schedule: string;
  readonly format: string;
  readonly boundary: string | null;
  readonly everywhere: boolean;
  readonly systemIds: readonly string[];
  readonly unassigned: boolean;
  readonly dataAsOf: Date | null;
  readonly fileName: string | null;
  readonly mediaType: string | null;
  readonly bytes: number | null;
  readonly sha256: string | null;
  readonly owner: string | null;
  readonly ownerPrincipal: string | null;
  /** Name of an account, or an address outside. */
  readonly recipient: string;
  /** Of an account: its mail address. */
  readonly address: string | null;
  /** Who has no account: what the accounting of disclosures says of it. */
  readonly outside: OutsideRecipient | null;
}

/** The oldest first. Those of before the last days are not told any more: the schedule was given its recipients later. */
export async function listToTell(db: Kysely<Database>, now: Date): Promise<ToTell[]> {
  const { rows } = await sql<ToTell>`
    select r.report_id as "reportId", r.report_name as title, t.template_name as schedule, r.report_format as format, r.data_as_of as "dataAsOf",
           r.parameters_used ->> 'boundary' as boundary, r.everywhere, r.system_ids as "systemIds", r.unassigned, r.file_name as "fileName",
           r.media_type as "mediaType", r.file_size_bytes::float8 as bytes, r.file_sha256 as sha256,
           t.owner_name as owner, t.owner_principal as "ownerPrincipal", x.recipient, x.outside,
           case when x.outside is null
                then (select p.email from principals p where p.kind = 'person' and lower(p.name) = lower(x.recipient) limit 1) end as address
      from generated_reports r join report_templates t on t.id = r.template_id
     cross join lateral (select distinct o as recipient, null::jsonb as outside from unnest(t.distribution_list) o
                         union all select distinct on (o ->> 'address') o ->> 'address', o from jsonb_array_elements(t.outside_recipients) o) x
     where r.generation_status = 'completed' and not t.is_shipped and r.generated_at > ${now}::timestamptz - interval '2 days'
       and not exists (select from report_deliveries d where d.report_id = r.report_id and d.recipient = x.recipient)
     order by r.generated_at, r.id, x.recipient limit 200`.execute(db);
  return rows;
}

export interface ReportDelivery {
  readonly reportId: string;
  readonly recipient: string;
  readonly outcome: ReportDeliveryOutcome;
  readonly deliveryId: string | null;
  /** Whoever may read it here; null: nobody, or they may not. */
  readonly principalId: string | null;
  readonly isAttached: boolean;
  readonly disclosureId: string | null;
  readonly now: Date;
}

/** @returns false where another worker told them meanwhile. */
export async function recordReportDelivery(db: Kysely<Database>, delivery: ReportDelivery): Promise<boolean> {
  const { reportId, recipient, outcome, deliveryId, principalId, isAttached, disclosureId, now } = delivery;
  const { numAffectedRows = 0n } = await sql`
    insert into report_deliveries (report_id, recipient, outcome, delivery_id, principal_id, is_attached, disclosure_id, settled_at)
    values (${reportId}::uuid, left(${recipient}, 255), ${outcome}, ${deliveryId}::uuid, ${principalId}::uuid, ${isAttached}, ${disclosureId}::uuid,
            ${now}::timestamptz)
    on conflict (report_id, recipient) do nothing`.execute(db);
  return numAffectedRows > 0n;
}

/**
 * SQL of reports of schedules that wait for a person to read them: subject, since, system_id, connection, entity_type, entity_id, detail,
 * place_kind, place_id. One whose file is not kept any more waits for nobody.
 * @param isReadable of a row `r` of generated_reports. @param person SQL of the ids of the person's accounts.
 */
export const unopenedReports = (
  isReadable: RawBuilder<boolean>,
  person: RawBuilder<unknown>,
  now: Date,
): RawBuilder<unknown> => sql`
  select r.report_id::text, d.settled_at, coalesce(r.parameters_used ->> 'boundary', r.system_ids[1])::text, null, null, null,
         concat_ws(' ', r.report_name || ',', 'as of', to_char(r.data_as_of at time zone 'UTC', 'YYYY-MM-DD')), 'report', r.report_id::text
    from report_deliveries d join generated_reports r on r.report_id = d.report_id
   where d.opened_at is null and d.principal_id in (${person}) and r.generation_status = 'completed'
     and (r.expires_at is null or r.expires_at > ${now}::timestamptz) and ${isReadable}`;

/** Says that a person has opened a report, so that it waits for them no longer. @returns whether it did. */
export async function markOpened(
  db: Kysely<Database>,
  {
    reportId,
    principal,
    now,
  }: {
    readonly reportId: string;
    readonly principal: { readonly id: string } | { readonly name: string };
    readonly now: Date;
  },
): Promise<boolean> {
  const whose =
    'id' in principal
      ? sql`d.principal_id::text = ${principal.id}`
      : sql`d.principal_id in (select p.id from principals p where lower(p.name) = lower(${principal.name}))`;
  const { numAffectedRows = 0n } = await sql`
    update report_deliveries d set opened_at = ${now}::timestamptz
     where d.report_id::text = ${reportId.toLowerCase()} and d.opened_at is null and ${whose}`.execute(db);
  return numAffectedRows > 0n;
}
