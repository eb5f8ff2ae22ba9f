/** Rows of templates, snapshots and reports that were made. */
import { isUuid } from '../../platform/values/index.ts';
import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Scope } from '../../canonical/access/index.ts';
import { type Database, storableJson } from '../../platform/postgres/index.ts';
import type { JsonObject } from '../../platform/values/index.ts';
import type { ReportDeliveryOutcome } from './deliveries.sql.ts';
import type { ReportNote } from './rendered.ts';

export type ReportStatus = 'pending' | 'running' | 'completed' | 'failed' | 'cancelled';

export interface ReportRow {
  readonly id: string;
  readonly template: string;
  readonly title: string;
  readonly kind: string;
  readonly format: string;
  readonly status: ReportStatus;
  readonly boundary: string | null;
  readonly parameters: Readonly<Record<string, string>>;
  readonly periodFrom: string | null;
  readonly periodTo: string | null;
  readonly dataAsOf: Date | null;
  readonly fileName: string | null;
  readonly mediaType: string | null;
  readonly bytes: number | null;
  readonly sha256: string | null;
  readonly snapshot: string | null;
  readonly by: string | null;
  /** Of a schedule: who was told of it, and who was not and why. */
  readonly recipients: readonly {
    readonly recipient: string;
    readonly outcome: ReportDeliveryOutcome;
    readonly at: string;
    /** Whether the mail holds the file. */
    readonly isAttached: boolean;
    /** Of the mail, while its row is kept: pending, sending, sent, failed. */
    readonly mail: string | null;
    readonly openedAt: string | null;
  }[];
  readonly at: Date | null;
  readonly requestedAt: Date;
  readonly expiresAt: Date | null;
  readonly job: string | null;
  readonly notes: readonly ReportNote[];
  readonly problem: { readonly code: string; readonly message: string; readonly remedy?: string } | null;
}

/** SQL of whether what a row covers lies inside of a scope. */
export function isCovered(scope: Scope, row: string): RawBuilder<boolean> {
  if (scope.kind === 'everywhere') return sql<boolean>`true`;
  const of = (column: string) => sql.ref(`${row}.${column}`);
  return sql<boolean>`(not ${of('everywhere')} and ${of('system_ids')} <@ ${[...scope.systemIds]}::text[]
                       and (${scope.unassigned} or not ${of('unassigned')}))`;
}

/** SQL of whether a report may be read: by kind, what it covers lies inside of where its reader holds all that it needs. */
export const isReadable = (readable: ReadonlyMap<string, Scope>): RawBuilder<boolean> =>
  readable.size === 0
    ? sql<boolean>`false`
    : sql<boolean>`(${sql.join(
        [...readable].map(([kind, scope]) => sql`(r.report_type = ${kind} and ${isCovered(scope, 'r')})`),
        sql` or `,
      )})`;

const utcDay = (column: string) => sql.raw(`(${column} at time zone 'UTC')::date::text`);
const columns = sql`
  r.report_id as id, coalesce(t.template_name, r.report_name) as template, r.report_name as title, r.report_type as kind, r.report_format as format,
  r.generation_status as status, r.parameters_used ->> 'boundary' as boundary, r.parameters_used as parameters,
  ${utcDay('r.data_period_start')} as "periodFrom", ${utcDay('r.data_period_end')} as "periodTo", r.data_as_of as "dataAsOf",
  r.file_name as "fileName", r.media_type as "mediaType", r.file_size_bytes::float8 as bytes, r.file_sha256 as sha256, r.snapshot_sha256 as snapshot,
  coalesce((select jsonb_agg(jsonb_build_object('recipient', d.recipient, 'outcome', d.outcome, 'at', to_char(d.settled_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
                                                'isAttached', d.is_attached, 'mail', m.state, 'openedAt', to_char(d.opened_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'))
                             order by d.recipient)
              from report_deliveries d left join alert_deliveries m on m.delivery_id = d.delivery_id where d.report_id = r.report_id), '[]') as recipients,
  r.generated_by as by, r.generated_at as at, r.created_at as "requestedAt", r.expires_at as "expiresAt", r.job_id as job, r.notes, r.problem`;
const from = sql`from generated_reports r left join report_templates t on t.id = r.template_id`;

export interface ReportFilter {
  readonly template?: string | undefined;
  readonly boundary?: string | undefined;
  /** Those that follow this one; many may have been asked for in the same moment. */
  readonly after?: string | undefined;
}

/** The newest first. @param readable by kind, where its reader may see it. */
export async function listReportRows(
  db: Kysely<Database>,
  readable: ReadonlyMap<string, Scope>,
  { template, boundary, after, limit }: ReportFilter & { readonly limit: number },
): Promise<ReportRow[]> {
  const { rows } = await sql<ReportRow>`
    select ${columns} ${from}
     where ${isReadable(readable)} and (${template ?? null}::text is null or t.template_name = ${template ?? null})
       and (${boundary ?? null}::text is null or r.parameters_used ->> 'boundary' = ${boundary ?? null})
       and (${after ?? null}::uuid is null
            or (r.created_at, r.id) < (select a.created_at, a.id from generated_reports a where a.report_id = ${after ?? null}::uuid))
     order by r.created_at desc, r.id desc limit ${limit}`.execute(db);
  return rows;
}

export async function findReportRow(
  db: Kysely<Database>,
  readable: ReadonlyMap<string, Scope>,
  id: string,
): Promise<ReportRow | undefined> {
  if (!isUuid(id)) return undefined;
  const { rows } = await sql<ReportRow>`
    select ${columns} ${from} where r.report_id = ${id}::uuid and ${isReadable(readable)}`.execute(db);
  return rows[0];
}

/** Reports whose file has this hash. */
export async function findReportsByHash(
  db: Kysely<Database>,
  readable: ReadonlyMap<string, Scope>,
  sha256: string,
): Promise<ReportRow[]> {
  const { rows } = await sql<ReportRow>`
    select ${columns} ${from} where r.file_sha256 = ${sha256} and ${isReadable(readable)}
     order by r.created_at desc limit 20`.execute(db);
  return rows;
}

/** The boundary of a POA&M; undefined where there is no such one. */
export async function findPoamPlace(
  db: Kysely<Database>,
  poamId: string,
): Promise<{ readonly systemId: string | null } | undefined> {
  const { rows } = await sql<{ systemId: string | null }>`
    select system_id as "systemId" from ingestion_poams where poam_id = ${poamId} order by id limit 1`.execute(
    db,
  );
  return rows[0];
}

/** What a job needs of a report that waits to be made. */
export interface ReportToMake {
  readonly id: string;
  readonly kind: string;
  readonly title: string;
  readonly status: ReportStatus;
  readonly parameters: Readonly<Record<string, string>>;
  readonly scope: Scope;
  readonly snapshot: string | null;
  readonly input: string | null;
  readonly keepDays: number;
}

export async function fetchReportToMake(db: Kysely<Database>, id: string): Promise<ReportToMake | undefined> {
  const { rows } = await sql<
    Omit<ReportToMake, 'scope'> & { everywhere: boolean; systemIds: string[]; unassigned: boolean }
  >`
    select r.report_id as id, r.report_type as kind, r.report_name as title, r.generation_status as status, r.parameters_used as parameters,
           r.everywhere, r.system_ids as "systemIds", r.unassigned, r.snapshot_sha256 as snapshot, r.input_sha256 as input,
           coalesce((t.template_definition ->> 'keepDays')::int, 1096) as "keepDays"
      ${from} where r.report_id = ${id}::uuid`.execute(db);
  const [row] = rows;
  if (!row) return undefined;
  const { everywhere, systemIds, unassigned, ...rest } = row;
  return {
    ...rest,
    scope: everywhere ? { kind: 'everywhere' } : { kind: 'boundaries', systemIds, unassigned },
  };
}

const covers = (scope: Scope) =>
  scope.kind === 'everywhere'
    ? { everywhere: true, systemIds: [], unassigned: true }
    : { everywhere: false, systemIds: [...scope.systemIds], unassigned: scope.unassigned };

export interface NewReport {
  readonly templateId: number;
  readonly title: string;
  readonly kind: string;
  readonly format: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly scope: Scope;
  readonly snapshot: string | undefined;
  readonly input: string | undefined;
  readonly by: string;
  readonly principalId: string;
  readonly now: Date;
}

/** @returns its id. */
export async function insertReport(db: Kysely<Database>, report: NewReport): Promise<string> {
  const { everywhere, systemIds, unassigned } = covers(report.scope);
  const { rows } = await sql<{ id: string }>`
    insert into generated_reports (template_id, report_name, report_type, report_format, parameters_used, everywhere, system_ids, unassigned,
                                   snapshot_sha256, input_sha256, generated_by, generated_by_principal, created_at)
    values (${report.templateId}, ${report.title}, ${report.kind}, ${report.format}, ${storableJson(report.parameters)}::jsonb, ${everywhere},
            ${systemIds}::text[], ${unassigned}, ${report.snapshot ?? null}, ${report.input ?? null}, left(${report.by}, 255),
            left(${report.principalId}, 255), ${report.now}::timestamptz)
    returning report_id as id`.execute(db);
  return rows[0]?.id ?? '';
}

export async function setReportJob(db: Kysely<Database>, id: string, job: string): Promise<void> {
  await sql`update generated_reports set job_id = ${job}::uuid where report_id = ${id}::uuid`.execute(db);
}

/** @returns whether it still waits to be made, or was being made when its worker was gone. */
export async function beginReport(db: Kysely<Database>, id: string): Promise<boolean> {
  const { numAffectedRows = 0n } = await sql`
    update generated_reports set generation_status = 'running'
     where report_id = ${id}::uuid and generation_status in ('pending', 'running')`.execute(db);
  return numAffectedRows > 0n;
}

export interface MadeReport {
  readonly sha256: string;
  readonly bytes: number;
  readonly path: string;
  readonly fileName: string;
  readonly mediaType: string;
  readonly notes: readonly ReportNote[];
  readonly snapshot: string;
  readonly period: { readonly from: string; readonly to: string };
  readonly dataAsOf: string;
  readonly now: Date;
  readonly expiresAt: Date;
}

export async function completeReport(db: Kysely<Database>, id: string, made: MadeReport): Promise<void> {
  await sql`
    update generated_reports
       set generation_status = 'completed', file_sha256 = ${made.sha256}, file_size_bytes = ${made.bytes}, file_path = ${made.path},
           file_name = left(${made.fileName}, 255), media_type = ${made.mediaType}, notes = ${storableJson(made.notes)}::jsonb,
           snapshot_sha256 = ${made.snapshot}, data_period_start = ${made.period.from}::date::timestamp at time zone 'UTC',
           data_period_end = ${made.period.to}::date::timestamp at time zone 'UTC', data_as_of = ${made.dataAsOf}::timestamptz,
           generated_at = ${made.now}::timestamptz, expires_at = ${made.expiresAt}::timestamptz, problem = null
     where report_id = ${id}::uuid`.execute(db);
}

export async function endReport(
  db: Kysely<Database>,
  id: string,
  end: { readonly status: 'failed' | 'cancelled'; readonly problem: JsonObject | null },
): Promise<void> {
  await sql`
    update generated_reports set generation_status = ${end.status}, problem = ${end.problem === null ? null : storableJson(end.problem)}::jsonb
     where report_id = ${id}::uuid and generation_status in ('pending', 'running')`.execute(db);
}

export async function saveSnapshotRow(
  db: Kysely<Database>,
  snapshot: {
    readonly sha256: string;
    readonly takenAt: string;
    readonly kind: string;
    readonly scope: Scope;
    readonly keepUntil: Date;
  },
): Promise<void> {
  const { everywhere, systemIds, unassigned } = covers(snapshot.scope);
  await sql`
    insert into report_snapshots (sha256, taken_at, report_type, everywhere, system_ids, unassigned, keep_until)
    values (${snapshot.sha256}, ${snapshot.takenAt}::timestamptz, ${snapshot.kind}, ${everywhere}, ${systemIds}::text[], ${unassigned},
            ${snapshot.keepUntil}::timestamptz)
    on conflict (sha256) do update set keep_until = greatest(report_snapshots.keep_until, excluded.keep_until)`.execute(
    db,
  );
}

/** A snapshot by its hash or the first digits of it, where it lies inside of the scope. */
export async function findSnapshots(
  db: Kysely<Database>,
  { scope, kind, id }: { readonly scope: Scope; readonly kind: string; readonly id: string },
): Promise<{ readonly sha256: string; readonly scope: Scope }[]> {
  if (!/^[0-9a-f]{8,64}$/.test(id)) return [];
  const { rows } = await sql<{
    sha256: string;
    everywhere: boolean;
    systemIds: string[];
    unassigned: boolean;
  }>`
    select s.sha256, s.everywhere, s.system_ids as "systemIds", s.unassigned from report_snapshots s
     where s.sha256 like ${`${id}%`} and s.report_type = ${kind} and ${isCovered(scope, 's')} limit 2`.execute(
    db,
  );
  return rows.map(({ sha256, everywhere, systemIds, unassigned }) => ({
    sha256,
    scope: everywhere ? { kind: 'everywhere' } : { kind: 'boundaries', systemIds, unassigned },
  }));
}

/** Files whose time is over and that no report or snapshot names any more; their rows say so. */
export async function forgetExpired(db: Kysely<Database>, now: Date): Promise<string[]> {
  const { rows: reports } = await sql<{ sha256: string | null }>`
    update generated_reports r set file_path = null
     where r.id in (select id from generated_reports where expires_at < ${now}::timestamptz and file_path is not null order by id limit 1000)
    returning r.file_sha256 as sha256`.execute(db);
  const { rows: snapshots } = await sql<{ sha256: string }>`
    delete from report_snapshots s
     where s.keep_until < ${now}::timestamptz
       and not exists (select from generated_reports r where r.snapshot_sha256 = s.sha256
                          and (r.expires_at > ${now}::timestamptz or r.generation_status in ('pending', 'running')))
    returning s.sha256`.execute(db);
  const over = [...reports, ...snapshots].flatMap(({ sha256 }) => (sha256 === null ? [] : [sha256]));
  const { rows } = await sql<{ sha256: string }>`
    select distinct o as sha256 from unnest(${over}::text[]) o
     where not exists (select from generated_reports r where r.file_sha256 = o and r.file_path is not null)
       and not exists (select from generated_reports r where r.input_sha256 = o and r.file_path is not null)
       and not exists (select from report_snapshots s where s.sha256 = o)
       and not exists (select from deviation_files f where f.sha256 = o)
       and not exists (select from poam_artifacts a where a.sha256 = o)
       and not exists (select from evidence_uploads u where u.sha256 = o)`.execute(db);
  return rows.map(({ sha256 }) => sha256);
}
