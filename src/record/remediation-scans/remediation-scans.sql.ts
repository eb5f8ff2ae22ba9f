/** Remediation scans: what was asked for, how far each is, and which findings it is to verify. */
import { sql, type Kysely } from 'kysely';
import {
  type Decider,
  followedStates,
  type Reason,
  type ScanState,
  nextScanState,
} from '../../canonical/vocabulary/index.ts';
import {
  decisionColumnsOf,
  recordChanges,
  shownDecision,
  type StoredDecider,
  type StoredReason,
} from '../../ledger/operations/index.ts';
import { type Database, storableJson } from '../../platform/postgres/index.ts';
import { severityWord } from '../findings/index.ts';
import type { JsonObject } from '../../platform/values/index.ts';

export interface ScanProblem {
  readonly message: string;
  readonly remedy: string;
  readonly fields: readonly { readonly field: string; readonly message: string }[];
}

export interface RemediationScanRow {
  readonly id: number;
  readonly systemId: number;
  readonly system: string;
  readonly key: string;
  readonly name: string;
  readonly targets: readonly string[];
  readonly pluginIds: readonly string[];
  readonly state: ScanState;
  readonly externalId: string | null;
  readonly attempts: number;
  readonly startedAt: Date | null;
  readonly endedAt: Date | null;
  readonly settledAt: Date | null;
  readonly problem: ScanProblem | null;
  readonly requestedBy: string;
  readonly reason: string | null;
  readonly requestedAt: Date;
  readonly operationId: string;
  /** How many findings it is to verify. */
  readonly findings: number;
}

const scans = sql`
    select r.id, r.external_system_id as "systemId", s.system_name as system, r.idempotency_key as key, r.name, r.targets,
           r.plugin_ids as "pluginIds", r.state, r.external_id as "externalId", r.attempts, r.started_at as "startedAt",
           r.ended_at as "endedAt", r.settled_at as "settledAt", r.problem, r.requested_by as "requestedBy", r.reason,
           r.requested_at as "requestedAt", r.operation_id as "operationId",
           (select count(*)::int from remediation_scan_findings f where f.remediation_scan_id = r.id) as findings
      from remediation_scans r join external_systems s on s.id = r.external_system_id`;

export interface ScanFilter {
  readonly id?: number;
  readonly systemId?: number;
  /** Only those with something to send or to ask. */
  readonly followed?: boolean;
  /** Only those that may still change. */
  readonly unfinished?: boolean;
}

/** Scans that fit, the newest first. */
export async function listScans(
  db: Kysely<Database>,
  filter: ScanFilter,
  limit: number,
): Promise<RemediationScanRow[]> {
  const { rows } = await sql<RemediationScanRow>`${scans}
     where (${filter.id ?? null}::int is null or r.id = ${filter.id ?? null})
       and (${filter.systemId ?? null}::int is null or r.external_system_id = ${filter.systemId ?? null})
       and (not ${filter.followed ?? false} or r.state = any(${[...followedStates]}::text[]))
       and (not ${filter.unfinished ?? false} or r.state not in ('completed', 'failed', 'cancelled'))
     order by r.id desc limit ${limit}`.execute(db);
  return rows;
}

/** Scans that wait for a person's consent. */
export async function countWaitingScans(db: Kysely<Database>): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from remediation_scans where state = 'waiting'`.execute(db);
  return rows[0]?.n ?? 0;
}

/** An unfinished scan of just these plugins on just these targets; what is asked for twice is one scan. */
export async function findSameScan(
  db: Kysely<Database>,
  wanted: {
    readonly systemId: number;
    readonly targets: readonly string[];
    readonly pluginIds: readonly string[];
  },
): Promise<RemediationScanRow | undefined> {
  const { rows } = await sql<RemediationScanRow>`${scans}
     where r.external_system_id = ${wanted.systemId} and r.state not in ('completed', 'failed', 'cancelled')
       and r.targets = ${[...wanted.targets]}::text[] and r.plugin_ids = ${[...wanted.pluginIds]}::text[]
     order by r.id limit 1`.execute(db);
  return rows[0];
}

/** Prevents others from asking for a scan of this system until the transaction ends, so that two askers do not ask for the same. */
export async function lockScanRequests(db: Kysely<Database>, systemId: number): Promise<void> {
  await sql`select pg_advisory_xact_lock(745320, ${systemId})`.execute(db);
}

/** Records a request with the findings that it is to verify. @returns its id. */
export async function insertScan(
  db: Kysely<Database>,
  scan: {
    readonly systemId: number;
    readonly operationId: string;
    readonly name: string;
    readonly targets: readonly string[];
    readonly pluginIds: readonly string[];
    readonly state: 'waiting' | 'requested';
    readonly requestedBy: string;
    readonly reason: string | undefined;
    readonly findingIds: readonly number[];
  },
): Promise<number> {
  const { rows } = await sql<{ id: number }>`
    with scan as (
      insert into remediation_scans (external_system_id, name, targets, plugin_ids, state, requested_by, reason, operation_id)
      values (${scan.systemId}, ${scan.name}, ${[...scan.targets]}::text[], ${[...scan.pluginIds]}::text[], ${scan.state},
              ${scan.requestedBy}, ${scan.reason ?? null}, ${scan.operationId}::uuid)
      returning id
    ), findings as (
      insert into remediation_scan_findings (remediation_scan_id, vulnerability_id, state_before)
      select scan.id, v.id, coalesce(v.lifecycle_state, 'open')
        from scan, ingestion_vulnerabilities v where v.id = any(${[...scan.findingIds]}::int[])
    )
    select id from scan`.execute(db);
  return rows[0]?.id ?? 0;
}

/** Committed before the request goes out, so that a crash leaves a trace of what may have arrived. */
export async function markScanSent(db: Kysely<Database>, id: number): Promise<void> {
  await sql`update remediation_scans set attempts = attempts + 1, updated_at = tieline_now() where id = ${id}`.execute(
    db,
  );
}

export interface ScanMove {
  readonly operationId: string;
  readonly to: ScanState;
  readonly decidedBy: Decider;
  readonly reason?: Reason | string;
  readonly externalId?: string;
  readonly startedAt?: Date;
  readonly endedAt?: Date;
  /** Absent: none any more. */
  readonly problem?: ScanProblem;
  readonly over: boolean;
}

/** Moves a scan to a state and journals it, in one transaction; nothing if it is not in the state it was seen in. */
export async function moveScan(
  db: Kysely<Database>,
  scan: Pick<RemediationScanRow, 'id' | 'systemId' | 'state'>,
  move: ScanMove,
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update remediation_scans
       set state = ${move.to}, external_id = coalesce(${move.externalId ?? null}, external_id),
           started_at = coalesce(${move.startedAt ?? null}::timestamptz, started_at),
           ended_at = coalesce(${move.endedAt ?? null}::timestamptz, ended_at),
           settled_at = case when ${move.over} then tieline_now() + (clock_timestamp() - now()) end,
           problem = ${move.problem === undefined ? null : storableJson(move.problem)}::jsonb, updated_at = tieline_now()
     where id = ${scan.id} and state = ${scan.state}`.execute(db);
  if (!numAffectedRows) return false;
  await recordChanges(db, { systemId: scan.systemId, operationId: move.operationId }, [
    {
      entity: 'remediation_scan',
      entityId: String(scan.id),
      field: 'state',
      before: scan.state,
      after: move.to,
      direction: directionOf(move.to),
      decidedBy: move.decidedBy,
      ...(move.reason === undefined ? {} : { reason: move.reason }),
    },
  ]);
  return true;
}

const directionOf = (to: ScanState): 'outbound' | 'internal' | 'inbound' => {
  if (to === 'waiting') return 'internal';
  return to === 'created' || to === 'launched' ? 'outbound' : 'inbound';
};

export interface ClaimableScan {
  readonly state: ScanState;
  /** Whether a person agreed to it. What it asks for never changes. */
  readonly approved: boolean;
  /** The severity of the gravest finding that it is to verify; null where none says. */
  readonly severityRank: number | null;
  /** A person has stopped sending to the system. */
  readonly paused: boolean;
}

/** Locks a scan that is about to be sent until the transaction ends. */
export async function lockScan(db: Kysely<Database>, id: number): Promise<ClaimableScan | undefined> {
  const { rows } = await sql<ClaimableScan>`
    select r.state, s.sending_paused_at is not null as paused,
           exists (select from approvals a where a.plan_id = r.plan_id and a.status = 'approved') as approved,
           (select max(v.severity_rank)::int from remediation_scan_findings f join ingestion_vulnerabilities v on v.id = f.vulnerability_id
             where f.remediation_scan_id = r.id) as "severityRank"
      from remediation_scans r join external_systems s on s.id = r.external_system_id
     where r.id = ${id} for update of r`.execute(db);
  return rows[0];
}

/** Puts scans that wait for a person's consent, by their keys, under a plan. @param among those of a system, or of another plan. */
export async function tieWaitingScans(
  db: Kysely<Database>,
  among: { readonly systemId: number } | { readonly planId: string },
  keys: readonly string[],
  planId: string,
): Promise<void> {
  await sql`
    update remediation_scans set plan_id = ${planId}::uuid
     where ${'systemId' in among ? sql`external_system_id = ${among.systemId}` : sql`plan_id = ${among.planId}::uuid`}
       and state = 'waiting' and idempotency_key::text = any(${[...keys]}::text[])`.execute(db);
}

/** Lets the scans of a plan be made, or ends them. @param problem why they are not made; undefined: they are. @returns their ids. */
export async function decideScansOfPlan(
  db: Kysely<Database>,
  planId: string,
  problem: JsonObject | undefined,
): Promise<number[]> {
  const isApproved = problem === undefined;
  const { rows } = await sql<{ id: number }>`
    update remediation_scans
       set state = ${nextScanState('waiting', isApproved ? 'approved' : 'rejected')}, updated_at = tieline_now(),
           settled_at = case when not ${isApproved} then tieline_now() end,
           problem = ${isApproved ? null : storableJson(problem)}::jsonb
     where plan_id = ${planId}::uuid and state = 'waiting'
    returning id`.execute(db);
  return rows.map((row) => row.id);
}

/** Ends the scans of a system that wait for a person's consent. */
export async function cancelWaitingScans(
  db: Kysely<Database>,
  systemId: number,
  problem: JsonObject,
): Promise<void> {
  await sql`
    update remediation_scans
       set state = 'cancelled', settled_at = tieline_now(), updated_at = tieline_now(), problem = ${storableJson(problem)}::jsonb
     where external_system_id = ${systemId} and state = 'waiting'`.execute(db);
}

/** Keeps why a scan does not continue yet, and when its run began; the state stays. */
export async function noteScan(
  db: Kysely<Database>,
  id: number,
  note: { readonly problem?: ScanProblem; readonly startedAt?: Date },
): Promise<void> {
  await sql`
    update remediation_scans
       set problem = ${note.problem === undefined ? null : storableJson(note.problem)}::jsonb,
           started_at = coalesce(${note.startedAt ?? null}::timestamptz, started_at), updated_at = tieline_now()
     where id = ${id}`.execute(db);
}

export interface ScanFindingRow {
  readonly findingId: number;
  readonly asset: string;
  readonly hostname: string | null;
  readonly pluginId: string;
  readonly name: string | null;
  readonly port: number | null;
  readonly stateBefore: string;
  readonly lifecycleState: string | null;
  readonly lastFound: Date | null;
  readonly lastFixed: Date | null;
}

/** The findings that a scan is to verify, in their present state. */
export async function listScanFindings(
  db: Kysely<Database>,
  scanId: number,
  limit: number,
): Promise<ScanFindingRow[]> {
  const { rows } = await sql<ScanFindingRow>`
    select v.id as "findingId", v.asset_uuid::text as asset, a.hostname, v.plugin_id::text as "pluginId",
           v.vulnerability_name as name, v.port, f.state_before as "stateBefore", v.lifecycle_state as "lifecycleState",
           v.last_found as "lastFound", v.last_fixed as "lastFixed"
      from remediation_scan_findings f
      join ingestion_vulnerabilities v on v.id = f.vulnerability_id
      left join ingestion_assets a on a.asset_uuid = v.asset_ref
     where f.remediation_scan_id = ${scanId}
     order by a.hostname, v.plugin_id::text, v.id limit ${limit}`.execute(db);
  return rows;
}

export interface ScanMoveRow {
  readonly at: Date;
  readonly state: ScanState;
  readonly by: string;
  readonly reason: string | null;
}

/** What became of a scan, state by state, the oldest first. */
export async function listScanMoves(db: Kysely<Database>, scanId: number): Promise<ScanMoveRow[]> {
  const { rows } = await sql<Pick<ScanMoveRow, 'at' | 'state'> & StoredDecider & StoredReason>`
    select changed_at as at, after_value #>> '{}' as state, ${sql.raw(decisionColumnsOf('c'))}
      from sync_changes c where entity_type = 'remediation_scan' and entity_id = ${String(scanId)} and field_name = 'state'
     order by id limit 100`.execute(db);
  return rows.map((row) => {
    const { at, state, decidedBy: by, reason } = shownDecision(row);
    return { at, state, by, reason };
  });
}

export interface VerifiableFinding {
  readonly findingId: number;
  readonly scannerId: string | null;
  readonly asset: string;
  readonly hostname: string | null;
  readonly pluginId: string;
  readonly name: string | null;
  readonly severity: string | null;
  readonly port: number | null;
  readonly lifecycleState: string | null;
  /** Where a scanner finds the machine: the address it was last seen with, else its name. */
  readonly target: string | null;
  /** Whether this system reports it: only that one's scan can say that it is fixed. */
  readonly isReported: boolean;
}

export type VerifiableQuery =
  | { readonly by: 'poam'; readonly poam: string }
  /** Ids of rows, and the server's ids. */
  | { readonly by: 'findings'; readonly ids: readonly number[]; readonly uuids: readonly string[] }
  | { readonly by: 'assets'; readonly assets: readonly string[]; readonly plugins: readonly string[] };

/** Findings that a person names, whatever their state. Those of a POA&M are its own and those of its weakness. */
export async function listVerifiable(
  db: Kysely<Database>,
  systemId: number,
  query: VerifiableQuery,
  limit: number,
): Promise<VerifiableFinding[]> {
  const named = {
    poam: () =>
      query.by === 'poam'
        ? sql`v.poam_id = (select p.id from ingestion_poams p where p.poam_id = ${query.poam})`
        : sql`false`,
    findings: () =>
      query.by === 'findings'
        ? sql`(v.id = any(${[...query.ids]}::int[]) or v.tenable_vuln_id = any(${[...query.uuids]}::text[]))`
        : sql`false`,
    assets: () =>
      query.by === 'assets'
        ? sql`v.asset_ref = any(${[...query.assets]}::uuid[]) and v.plugin_id::text = any(${[...query.plugins]}::text[])`
        : sql`false`,
  }[query.by]();
  const { rows } = await sql<VerifiableFinding>`
    select v.id as "findingId", v.tenable_vuln_id::text as "scannerId", v.asset_uuid::text as asset, a.hostname,
           v.plugin_id::text as "pluginId", v.vulnerability_name as name,
           ${sql.raw(severityWord('v.severity_rank'))} as severity, v.port,
           v.lifecycle_state as "lifecycleState", coalesce(address.value, a.hostname) as target,
           coalesce(v.reported_by @> array[${systemId}::int], v.external_system_id = ${systemId}, false) as "isReported"
      from ingestion_vulnerabilities v
      left join ingestion_assets a on a.asset_uuid = v.asset_ref
      left join lateral (
        -- An address of the machine alone (loopback, link-local) would have the scanner look at itself.
        select i.value from asset_identifiers i
         where i.asset_uuid = v.asset_ref and i.kind in ('ip', 'fqdn')
           and not (i.kind = 'ip' and i.value ~ '^(127\\.|169\\.254\\.|fe80:|::1$)')
         order by i.kind = 'ip' desc, i.value like '%:%', i.last_seen desc nulls last, i.value limit 1) address on true
     where ${named}
     order by a.hostname, v.plugin_id::text, v.id limit ${limit}`.execute(db);
  return rows;
}

/** When the findings of a system were last read to the end. */
export async function findFindingsReadAt(db: Kysely<Database>, systemId: number): Promise<Date | null> {
  const { rows } = await sql<{ at: Date | null }>`
    select mark_set_at as at from sync_reads where external_system_id = ${systemId} and entity_type = 'finding'`.execute(
    db,
  );
  return rows[0]?.at ?? null;
}
