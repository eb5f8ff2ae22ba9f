/** Rows of report templates: those that came with the product, and schedules of people. */
import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Scope } from '../../canonical/access/index.ts';
import { type Database, storableJson } from '../../platform/postgres/index.ts';

export interface ScheduleConfig {
  /** Five fields, in UTC. */
  readonly cron: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/** Somebody without an account, who is sent the file itself: what the accounting of disclosures asks of it. */
export interface OutsideRecipient {
  readonly address: string;
  /** A person or an agency, by name. */
  readonly recipient: string;
  readonly purpose: string;
  /** The law, agreement or consent that allows it. */
  readonly authority: string;
}

export type ScheduleOutcome =
  | { readonly report: string }
  | { readonly code: string; readonly message: string };

export interface TemplateRow {
  readonly id: number;
  readonly name: string;
  readonly kind: string;
  readonly format: string;
  readonly title: string;
  readonly isShipped: boolean;
  readonly isActive: boolean;
  readonly boundary: string | null;
  readonly schedule: ScheduleConfig | null;
  readonly recipients: readonly string[];
  readonly outside: readonly OutsideRecipient[];
  readonly owner: string | null;
  readonly ownerPrincipal: string | null;
  readonly nextRunAt: Date | null;
  readonly lastRunAt: Date | null;
  readonly lastOutcome: ScheduleOutcome | null;
}

const columns = sql`
  t.id, t.template_name as name, t.template_type as kind, t.report_format as format, coalesce(t.title, t.template_name) as title,
  t.is_shipped as "isShipped", t.is_active as "isActive", t.system_id as boundary, t.distribution_list as recipients,
  case when t.schedule_config is not null then jsonb_build_object('cron', t.schedule_config -> 'cron', 'parameters', t.parameters) end as schedule,
  t.outside_recipients as outside,
  t.owner_name as owner, t.owner_principal as "ownerPrincipal", t.next_run_at as "nextRunAt", t.last_run_at as "lastRunAt",
  t.last_outcome as "lastOutcome"`;

/** Shipped ones, one's own, and those about a boundary that one sees. */
const isSeen = (scope: Scope, principalId: string): RawBuilder<boolean> =>
  scope.kind === 'everywhere'
    ? sql<boolean>`true`
    : sql<boolean>`(t.is_shipped or t.owner_principal = ${principalId} or t.system_id = any(${[...scope.systemIds]}::text[]))`;

export async function listTemplateRows(
  db: Kysely<Database>,
  { scope, principalId }: { readonly scope: Scope; readonly principalId: string },
): Promise<TemplateRow[]> {
  const { rows } = await sql<TemplateRow>`
    select ${columns} from report_templates t where ${isSeen(scope, principalId)} order by t.is_shipped desc, t.id limit 2000`.execute(
    db,
  );
  return rows;
}

export async function findTemplateRow(
  db: Kysely<Database>,
  { scope, principalId }: { readonly scope: Scope; readonly principalId: string },
  name: string,
): Promise<TemplateRow | undefined> {
  const { rows } = await sql<TemplateRow>`
    select ${columns} from report_templates t where t.template_name = ${name} and ${isSeen(scope, principalId)}`.execute(
    db,
  );
  return rows[0];
}

export interface ToSchedule {
  readonly name: string;
  readonly title: string;
  readonly kind: string;
  readonly format: string;
  readonly boundary: string | null;
  readonly schedule: ScheduleConfig;
  readonly recipients: readonly string[];
  readonly outside: readonly OutsideRecipient[];
  readonly owner: string;
  readonly ownerPrincipal: string;
  readonly nextRunAt: Date;
  readonly now: Date;
}

/** @returns false where a template of that name is another's or came with the product. */
export async function saveSchedule(db: Kysely<Database>, it: ToSchedule): Promise<boolean> {
  const { numAffectedRows = 0n } = await sql`
    insert into report_templates (template_name, template_type, report_format, title, template_definition, system_id, schedule_config, parameters, distribution_list,
                                  outside_recipients, owner_name, owner_principal, next_run_at, created_at, updated_at)
    values (${it.name}, ${it.kind}, ${it.format}, ${it.title}, jsonb_build_object('keepDays', 1096), ${it.boundary},
            jsonb_build_object('cron', ${it.schedule.cron}::text), ${storableJson(it.schedule.parameters)}::jsonb, ${[...it.recipients]}::text[],
            ${storableJson(it.outside)}::jsonb, left(${it.owner}, 255), left(${it.ownerPrincipal}, 255),
            ${it.nextRunAt}::timestamptz, ${it.now}::timestamptz, ${it.now}::timestamptz)
    on conflict (template_name) do update
      set template_type = excluded.template_type, report_format = excluded.report_format, title = excluded.title, system_id = excluded.system_id,
          schedule_config = excluded.schedule_config, parameters = excluded.parameters, distribution_list = excluded.distribution_list,
          outside_recipients = excluded.outside_recipients, next_run_at = excluded.next_run_at,
          is_active = true, updated_at = excluded.updated_at
    where not report_templates.is_shipped and report_templates.owner_principal = excluded.owner_principal`.execute(
    db,
  );
  return numAffectedRows > 0n;
}

/** A schedule by name. @param principalId its owner; undefined: whoever it is. */
export async function findOwnSchedule(
  db: Kysely<Database>,
  name: string,
  principalId: string | undefined,
): Promise<TemplateRow | undefined> {
  const { rows } = await sql<TemplateRow>`
    select ${columns} from report_templates t
     where t.template_name = ${name} and not t.is_shipped and (${principalId ?? null}::text is null or t.owner_principal = ${principalId ?? null})`.execute(
    db,
  );
  return rows[0];
}

/** Ends a schedule; its template and its reports stay. @returns whether there was one. */
export async function endSchedule(db: Kysely<Database>, id: number, now: Date): Promise<boolean> {
  const { numAffectedRows = 0n } = await sql`
    update report_templates set schedule_config = null, next_run_at = null, is_active = false, updated_at = ${now}::timestamptz
     where id = ${id} and not is_shipped and schedule_config is not null`.execute(db);
  return numAffectedRows > 0n;
}

/** Schedules whose time has come, locked; what another worker has locked is left to it. */
export async function takeDue(db: Kysely<Database>, now: Date): Promise<TemplateRow[]> {
  const { rows } = await sql<TemplateRow>`
    select ${columns} from report_templates t
     where t.next_run_at <= ${now}::timestamptz and t.is_active and t.schedule_config is not null order by t.next_run_at, t.id limit 100
       for update of t skip locked`.execute(db);
  return rows;
}

export async function moveSchedule(
  db: Kysely<Database>,
  id: number,
  { next, now }: { readonly next: Date; readonly now: Date },
): Promise<void> {
  await sql`
    update report_templates set next_run_at = ${next}::timestamptz, last_run_at = ${now}::timestamptz where id = ${id}`.execute(
    db,
  );
}

export async function saveOutcome(db: Kysely<Database>, id: number, outcome: ScheduleOutcome): Promise<void> {
  await sql`update report_templates set last_outcome = ${storableJson(outcome)}::jsonb where id = ${id}`.execute(
    db,
  );
}
