/** Rows of deviations: made, moved by the table of their states, and read whole. */
import { sql, type Kysely } from 'kysely';
import type { DeviationKind, Severity } from '../../canonical/vocabulary/index.ts';
import { type Database, storableJson } from '../../platform/postgres/index.ts';
import { type ArtifactFile, insertArtifacts } from '../../record/artifacts/index.ts';
import { moveBy } from '../../platform/values/index.ts';
import { type DeviationEvent, type DeviationState, deviationTransitions } from './deviation-states.ts';
import type { DeviationDetails } from './requirements.ts';

export interface DeviationRow {
  readonly id: number;
  readonly kind: DeviationKind;
  readonly poamId: string;
  /** `ingestion_systems.system_id` of the POA&M; null where it is in none. */
  readonly boundary: string | null;
  readonly severity: string | null;
  readonly isWholePoam: boolean;
  readonly state: DeviationState;
  readonly rationale: string;
  readonly compensatingControls: string | null;
  readonly details: DeviationDetails;
  readonly adjustedSeverity: Severity | null;
  readonly ratingBefore: string | null;
  /** Days, YYYY-MM-DD. */
  readonly expiresOn: string | null;
  readonly reviewOn: string | null;
  readonly requestedBy: string;
  readonly requestedByPrincipal: string;
  readonly requestedAt: Date;
  readonly approvalId: string | null;
  readonly decidedBy: string | null;
  readonly decidedAt: Date | null;
  readonly decisionReason: string | null;
  readonly endedBy: string | null;
  readonly endedAt: Date | null;
  readonly endReason: string | null;
  /** The connection in which it was decided or ended; null: here. */
  readonly decidedIn: string | null;
  /** The POA&M that it was asked for, where that was merged into another one since. */
  readonly movedFrom: string | null;
  /** Of one that was found: the rule at a scanner's server (`acceptances.id`). */
  readonly foundRule: number | null;
  /** Of `deviation_assets`; empty where it is for the whole POA&M. */
  readonly assets: readonly string[];
}

const day = (column: string) => sql.raw(`to_char(d.${column}, 'YYYY-MM-DD')`);

/** SQL of a whole deviation `d`. */
export const deviationColumns = sql`
    d.id, d.kind, d.poam_id as "poamId", d.system_id as boundary, d.severity, d.is_whole_poam as "isWholePoam", d.state, d.rationale,
    d.compensating_controls as "compensatingControls", d.details, d.adjusted_severity as "adjustedSeverity", d.rating_before as "ratingBefore",
    ${day('expires_on')} as "expiresOn", ${day('review_on')} as "reviewOn", d.requested_by as "requestedBy",
    d.requested_by_principal as "requestedByPrincipal", d.requested_at as "requestedAt", d.approval_id as "approvalId", d.decided_by as "decidedBy",
    d.decided_at as "decidedAt", d.decision_reason as "decisionReason", d.ended_by as "endedBy", d.ended_at as "endedAt", d.end_reason as "endReason",
    d.decided_in as "decidedIn", d.moved_from as "movedFrom", d.found_rule_id as "foundRule",
    (select coalesce(array_agg(a.asset_uuid::text order by a.asset_uuid), '{}') from deviation_assets a where a.deviation_id = d.id) as assets`;

/** Locked until the transaction ends. */
export async function lockDeviation(db: Kysely<Database>, id: number): Promise<DeviationRow | undefined> {
  const { rows } = await sql<DeviationRow>`
    select ${deviationColumns} from deviations d where d.id = ${id} for update of d`.execute(db);
  return rows[0];
}

/** Those that wait or hold, locked, the oldest first. @param poamId only of this POA&M. */
export async function lockLivingDeviations(db: Kysely<Database>, poamId?: string): Promise<DeviationRow[]> {
  const { rows } = await sql<DeviationRow>`
    select ${deviationColumns} from deviations d
     where d.state in ('requested', 'approved') and (${poamId ?? null}::text is null or d.poam_id = ${poamId ?? null})
     order by d.id for update of d`.execute(db);
  return rows;
}

/** All of these POA&Ms, also those that ended. */
export async function listDeviationsOf(
  db: Kysely<Database>,
  poamIds: readonly string[],
): Promise<DeviationRow[]> {
  const { rows } = await sql<DeviationRow>`
    select ${deviationColumns} from deviations d where d.poam_id = any(${[...poamIds]}::text[]) order by d.id`.execute(
    db,
  );
  return rows;
}

export type NewDeviation = Pick<
  DeviationRow,
  | 'kind'
  | 'poamId'
  | 'boundary'
  | 'severity'
  | 'isWholePoam'
  | 'rationale'
  | 'compensatingControls'
  | 'details'
  | 'adjustedSeverity'
  | 'expiresOn'
  | 'reviewOn'
  | 'requestedBy'
  | 'requestedByPrincipal'
  | 'requestedAt'
  | 'assets'
>;

export async function insertDeviation(db: Kysely<Database>, asked: NewDeviation): Promise<number> {
  const { rows } = await sql<{ id: number }>`
    insert into deviations (kind, poam_id, system_id, severity, is_whole_poam, rationale, compensating_controls, details, adjusted_severity,
                            expires_on, review_on, requested_by, requested_by_principal, requested_at)
    values (${asked.kind}, ${asked.poamId}, ${asked.boundary}, ${asked.severity}, ${asked.isWholePoam}, ${asked.rationale},
            ${asked.compensatingControls}, ${storableJson(asked.details)}::jsonb, ${asked.adjustedSeverity}, ${asked.expiresOn}::date,
            ${asked.reviewOn}::date, ${asked.requestedBy}, ${asked.requestedByPrincipal}, ${asked.requestedAt}::timestamptz)
    returning id`.execute(db);
  const id = rows[0]?.id ?? 0;
  await sql`
    insert into deviation_assets (deviation_id, asset_uuid)
    select ${id}, a from unnest(${[...asked.assets]}::uuid[]) a`.execute(db);
  return id;
}

export async function noteApproval(db: Kysely<Database>, id: number, approvalId: string): Promise<void> {
  await sql`update deviations set approval_id = ${approvalId}::uuid where id = ${id}`.execute(db);
}

/** The terms that a decision gave, where they are other than those asked for. */
export async function setTerms(
  db: Kysely<Database>,
  id: number,
  { expiresOn, adjustedSeverity }: Pick<DeviationRow, 'expiresOn' | 'adjustedSeverity'>,
): Promise<void> {
  await sql`
    update deviations set expires_on = ${expiresOn}::date, adjusted_severity = ${adjustedSeverity} where id = ${id}`.execute(
    db,
  );
}

export async function noteRatingBefore(
  db: Kysely<Database>,
  id: number,
  rating: string | null,
): Promise<void> {
  await sql`update deviations set rating_before = ${rating} where id = ${id}`.execute(db);
}

export interface DeviationMove {
  readonly by: string | undefined;
  readonly at: Date;
  readonly reason: string | undefined;
  /** The connection in which it happened; undefined: here. */
  readonly decidedIn?: string | undefined;
}

/** Moves a deviation by an event; false where it is in a state in which that cannot happen. */
export async function moveDeviation(
  db: Kysely<Database>,
  id: number,
  event: DeviationEvent,
  { by, at, reason, decidedIn }: DeviationMove,
): Promise<boolean> {
  const { from, to } = moveBy(deviationTransitions, event);
  const signed =
    event === 'approve' || event === 'reject'
      ? sql`decided_by = ${by ?? 'the rules'}, decided_at = ${at}::timestamptz, decision_reason = ${reason ?? null}`
      : sql`ended_by = ${by ?? null}, ended_at = ${at}::timestamptz, end_reason = ${reason ?? null}`;
  const { numAffectedRows } = await sql`
    update deviations set state = ${to}, decided_in = coalesce(${decidedIn ?? null}, decided_in), ${signed} where id = ${id} and state = any(${[...from]}::text[])`.execute(
    db,
  );
  return (numAffectedRows ?? 0n) > 0n;
}

export interface EvidenceFile {
  readonly sha256: string;
  readonly name: string;
  readonly bytes: number;
  readonly addedBy: string;
  readonly addedAt: Date;
}

export async function insertEvidence(
  db: Kysely<Database>,
  id: number,
  files: readonly { readonly sha256: string; readonly name: string }[],
  added: { readonly by: string; readonly at: Date },
): Promise<void> {
  if (files.length === 0) return;
  await sql`
    insert into deviation_files (deviation_id, sha256, file_name, added_by, added_at)
    select ${id}, f.sha256, f.name, ${added.by}, ${added.at}::timestamptz
      from jsonb_to_recordset(${storableJson(files)}::jsonb) as f(sha256 text, name text)
    on conflict (deviation_id, sha256) do nothing`.execute(db);
  await noteAsArtifacts(db, [id], added.at);
}

/** The files of deviations are evidence of their POA&Ms, which the GRC system is sent. */
export async function noteAsArtifacts(
  db: Kysely<Database>,
  ids: readonly number[],
  now: Date,
): Promise<void> {
  const { rows } = await sql<ArtifactFile>`
    select d.poam_id as "poamId", f.sha256, f.file_name as name, concat('Evidence of deviation ', d.id, ', ', replace(d.kind, '_', ' ')) as description,
           'deviation' as purpose, d.id as "deviationId", f.added_by as by
      from deviations d join deviation_files f on f.deviation_id = d.id
     where d.id = any(${[...ids]}::int[]) order by d.id, f.added_at`.execute(db);
  await insertArtifacts(db, rows, now);
}

export async function listEvidence(db: Kysely<Database>, id: number): Promise<EvidenceFile[]> {
  const { rows } = await sql<EvidenceFile>`
    select f.sha256, f.file_name as name, k.size_bytes::float8 as bytes, f.added_by as "addedBy", f.added_at as "addedAt"
      from deviation_files f join stored_files k on k.sha256 = f.sha256
     where f.deviation_id = ${id} order by f.added_at, f.file_name limit 1000`.execute(db);
  return rows;
}

export interface CheckIn {
  readonly on: string;
  readonly note: string;
  readonly by: string;
}

export async function insertCheckIn(
  db: Kysely<Database>,
  id: number,
  checkIn: CheckIn & { readonly at: Date },
): Promise<void> {
  await sql`
    insert into deviation_checkins (deviation_id, checked_on, note, checked_by, recorded_at)
    values (${id}, ${checkIn.on}::date, ${checkIn.note}, ${checkIn.by}, ${checkIn.at}::timestamptz)`.execute(
    db,
  );
}

/** The newest first. */
export async function listCheckIns(db: Kysely<Database>, id: number): Promise<CheckIn[]> {
  const { rows } = await sql<CheckIn>`
    select to_char(checked_on, 'YYYY-MM-DD') as on, note, checked_by as by from deviation_checkins
     where deviation_id = ${id} order by checked_on desc, id desc limit 1000`.execute(db);
  return rows;
}
