/** Findings, compliance results and what scans covered, where two assets become one, or one becomes two. */
import { deriveUuid } from '../../platform/values/index.ts';
import { findingKey } from '../../canonical/identity/index.ts';
import { storableJson, type Tx } from '../../platform/postgres/index.ts';
import { moveWork } from '../remediation/index.ts';
import { reasonValue } from '../../ledger/operations/index.ts';
import { twinColumns } from './finding-lifecycle.sql.ts';

interface DecidedMove {
  readonly operationId: string;
  readonly by: string;
}

/** What a source knows as one machine, and the asset that this was until now. */
interface MovedRecord {
  readonly systemId: number;
  readonly assetUuid: string;
}

interface MovedFinding {
  readonly id: number;
  readonly plugin_id: string;
  readonly port: number;
  readonly protocol: string;
}

/** Gives all findings of an asset to another one. */
export async function moveAllFindings(
  tx: Tx,
  from: string,
  into: string,
  decided: DecidedMove,
): Promise<void> {
  const { rows: findings } = await tx.client.query<MovedFinding>(
    `select id::int, plugin_id::text, port, protocol from ingestion_vulnerabilities where asset_ref = $1::uuid and finding_key is not null`,
    [from],
  );
  await moveFindings(tx, findings, into, decided);
}

/** Findings that only this system reported go along; of the others it is no longer among those that report them. */
export async function moveOwnFindings(
  tx: Tx,
  record: MovedRecord,
  uuid: string,
  decided: DecidedMove,
): Promise<void> {
  const { rows: own } = await tx.client.query<MovedFinding>(
    `select id::int, plugin_id::text, port, protocol from ingestion_vulnerabilities
      where asset_ref = $1::uuid and finding_key is not null and reported_by = array[$2::int]
        and not exists (select from asset_sources x where x.asset_uuid = $1::uuid and x.external_system_id = $2)`,
    [record.assetUuid, record.systemId],
  );
  await moveFindings(tx, own, uuid, decided);
  await tx.client.query(
    `update ingestion_vulnerabilities
        set reported_by = array_remove(reported_by, $2::int), rule_reports = rule_reports - $2::int::text, report_digest = null
      where asset_ref = $1::uuid and $2 = any (reported_by)
        and not exists (select from asset_sources x where x.asset_uuid = $1::uuid and x.external_system_id = $2)`,
    [record.assetUuid, record.systemId],
  );
}

/** Gives findings of an asset to another one; where it has the same already, the two become one. */
async function moveFindings(
  tx: Tx,
  findings: readonly MovedFinding[],
  into: string,
  decided: DecidedMove,
): Promise<void> {
  if (findings.length === 0) return;
  await tx.client.query(
    `create temp table if not exists moved_findings (id integer primary key, new_key uuid not null, twin integer) on commit delete rows`,
  );
  await tx.client.query('truncate moved_findings');
  await tx.client.query(
    `insert into moved_findings
     select m.id, m.key, v.id from jsonb_to_recordset($1::jsonb) m(id int, key uuid) left join ingestion_vulnerabilities v on v.finding_key = m.key`,
    [storableJson(findings.map((each) => ({ id: each.id, key: findingKey({ ...each, asset_uuid: into }) })))],
  );
  await tx.client.query(
    `update ingestion_vulnerabilities v set finding_key = m.new_key, asset_ref = $1::uuid, asset_uuid = $2, updated_at = tieline_now()
       from moved_findings m where m.id = v.id and m.twin is null`,
    [into, into],
  );
  await joinTwins(tx, decided);
}

/** Joins each moved finding that the other asset has already (`moved_findings.twin`) into that one, and deletes it. */
async function joinTwins(tx: Tx, decided: DecidedMove): Promise<void> {
  await tx.client.query(
    `insert into sync_changes (operation_id, entity_type, entity_id, before_value, after_value, direction, decided_by_kind, decided_by, reason_code)
     select $1::uuid, 'finding', m.twin::text, to_jsonb(v), to_jsonb(m.twin), 'internal', 'person', $2, ${reasonValue('finding_was_twice')}
       from moved_findings m join ingestion_vulnerabilities v on v.id = m.id where m.twin is not null`,
    [decided.operationId, decided.by],
  );
  await tx.client.query(`
    update ingestion_vulnerabilities v
       set ${twinColumns()
         .map(([column, value]) => `${column} = ${value}`)
         .join(', ')},
           report_digest = null, updated_at = tieline_now()
      from moved_findings m join ingestion_vulnerabilities t on t.id = m.id
     where m.twin = v.id`);
  await tx.client.query(`
    insert into finding_state_changes (vulnerability_id, state, occurred_at, external_system_id, operation_id, is_concluded)
    select m.twin, c.state, c.occurred_at, c.external_system_id, c.operation_id, c.is_concluded
      from moved_findings m join finding_state_changes c on c.vulnerability_id = m.id where m.twin is not null
    on conflict (vulnerability_id, occurred_at, state) do update set is_concluded = false
     where finding_state_changes.is_concluded and not excluded.is_concluded`);
  await moveWork(tx);
  await tx.client.query(`
    delete from ingestion_vulnerability_cves c using moved_findings m where m.id = c.vulnerability_id and m.twin is not null`);
  await tx.client.query(
    `delete from ingestion_vulnerabilities v using moved_findings m where m.id = v.id and m.twin is not null`,
  );
}

export async function moveCompliance(tx: Tx, from: string, into: string): Promise<void> {
  const { rows } = await tx.client.query<{ id: string; audit_file: string; check_id: string }>(
    'select id::text, audit_file, check_id from compliance_results where asset_uuid = $1::uuid',
    [from],
  );
  if (rows.length === 0) return;
  const keys = rows.map((row) => ({
    id: row.id,
    key: deriveUuid('compliance', into, row.audit_file, row.check_id),
  }));
  await tx.client.query(
    `with given as (select id, key from jsonb_to_recordset($1::jsonb) g(id bigint, key uuid)),
          doubled as (delete from compliance_results r using given g where r.id = g.id
                         and exists (select from compliance_results known where known.result_key = g.key) returning r.id)
     update compliance_results r set result_key = g.key, asset_uuid = $2::uuid, updated_at = tieline_now()
       from given g where r.id = g.id and not exists (select from doubled d where d.id = r.id)
        and not exists (select from compliance_results known where known.result_key = g.key)`,
    [storableJson(keys), into],
  );
}

export async function moveCoverage(tx: Tx, from: string, into: string): Promise<void> {
  await tx.client.query(
    `insert into scan_coverage (asset_uuid, ended_at, scope_id, external_system_id, operation_id)
     select $2::uuid, ended_at, scope_id, external_system_id, operation_id from scan_coverage where asset_uuid = $1::uuid on conflict do nothing`,
    [from, into],
  );
  await tx.client.query('delete from scan_coverage where asset_uuid = $1::uuid', [from]);
}

/** What the record's scans covered was the machine that it is now, not the one that it was taken for. */
export async function moveOwnCoverage(tx: Tx, record: MovedRecord, uuid: string): Promise<void> {
  await tx.client.query(
    `with taken as (
       delete from scan_coverage c where c.asset_uuid = $1::uuid and c.external_system_id = $2
          and not exists (select from asset_sources x where x.asset_uuid = $1::uuid and x.external_system_id = $2)
       returning c.*
     )
     insert into scan_coverage (asset_uuid, ended_at, scope_id, external_system_id, operation_id)
     select $3::uuid, ended_at, scope_id, external_system_id, operation_id from taken on conflict do nothing`,
    [record.assetUuid, record.systemId, uuid],
  );
}
