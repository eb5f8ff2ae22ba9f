/**
 * Making two assets one, and taking a source's record out of an asset again. Rows stay: an asset that turned out to be another one
 * says so, and what a finding that was there twice said is in the journal.
 */
import { renewReporting, theseAssets } from './asset-reporting.sql.ts';
import {
  renewExposure,
  settleCovered,
  moveAllFindings,
  moveCompliance,
  moveCoverage,
  moveOwnCoverage,
  moveOwnFindings,
} from '../findings/index.ts';
import { deriveUuid } from '../../platform/values/index.ts';
import type { Tx } from '../../platform/postgres/index.ts';
import { reasonValue } from '../../ledger/operations/index.ts';
import { readAnew } from '../../ledger/external-systems/index.ts';
import { moveWorkflowTags } from './workflow-tags.sql.ts';
import { moveBoundaryDecisions, moveCorrelations } from '../matches/index.ts';

interface Decided {
  readonly operationId: string;
  readonly by: string;
  readonly reason: string | undefined;
}

/** Systems that say themselves that the two are different: both are linked there. */
export async function listSystemsKnowingBoth(
  tx: Tx,
  systemIds: readonly number[],
  one: string,
  other: string,
): Promise<string[]> {
  const { rows } = await tx.client.query<{ name: string }>(
    `select s.system_name as name from external_systems s
      where s.id = any($1::int[])
        and exists (select from sync_links l where l.external_system_id = s.id and l.entity_type = 'asset' and l.entity_id = $2 and l.retired_at is null)
        and exists (select from sync_links l where l.external_system_id = s.id and l.entity_type = 'asset' and l.entity_id = $3 and l.retired_at is null)`,
    [systemIds, one, other],
  );
  return rows.map((row) => row.name);
}

/** Makes `from` and `into` one asset: sources, links, findings and identifiers of the first are then the second's. */
export async function mergeAssets(tx: Tx, from: string, into: string, decided: Decided): Promise<void> {
  await moveAllFindings(tx, from, into, decided);
  await renewExposure(tx, [from, into]);
  await moveCompliance(tx, from, into);
  await moveIdentity(tx, from, into, decided);
  await moveCoverage(tx, from, into);
  await moveWorkflowTags(tx, from, into);
  await settleCovered(tx, { systemId: null, operationId: decided.operationId }, [into]);
  await tx.client.query(
    'update ingestion_assets set merged_into = $2::uuid, updated_at = tieline_now() where asset_uuid = $1::uuid',
    [from, into],
  );
  await renewReporting(tx, { systemId: null, operationId: decided.operationId }, theseAssets([into]));
}

/** Sources, links, identifiers and matches of an asset are then the other one's; each source's decision is kept. */
async function moveIdentity(tx: Tx, from: string, into: string, decided: Decided): Promise<void> {
  await tx.client.query(
    `insert into asset_identity_decisions (external_system_id, external_id, asset_uuid, decision, candidates, reason, reason_code, decided_by_kind, decided_by, operation_id)
     select x.external_system_id, x.external_id, $2::uuid, 'merged', jsonb_build_array(jsonb_build_object('assetUuid', $1::text)), $3,
            case when $3::text is null then ${reasonValue('person_merged')} end, 'person', $4, $5::uuid
       from asset_sources x where x.asset_uuid = $1::uuid`,
    [from, into, decided.reason ?? null, decided.by, decided.operationId],
  );
  await tx.client.query('update asset_sources set asset_uuid = $2::uuid where asset_uuid = $1::uuid', [
    from,
    into,
  ]);
  await tx.client.query(
    `update sync_links set entity_id = $2 where entity_type = 'asset' and entity_id = $1`,
    [from, into],
  );
  await tx.client.query(
    `insert into asset_identifiers as known (asset_uuid, kind, value, last_seen)
     select $2::uuid, kind, value, last_seen from asset_identifiers where asset_uuid = $1::uuid
     on conflict (asset_uuid, kind, value) do update set last_seen = greatest(known.last_seen, excluded.last_seen)`,
    [from, into],
  );
  await tx.client.query('delete from asset_identifiers where asset_uuid = $1::uuid', [from]);
  // What it was matched to, it is as the other one; the next correlation settles it where both were matched.
  await moveCorrelations(tx.db, from, into);
  await moveBoundaryDecisions(tx.db, from, into);
  await joinMemberships(tx, from, into);
}

/**
 * An asset is then also in the boundaries of another one: nobody loses sight of a machine because somebody says who it is. What came of a
 * match goes with the next match, as elsewhere.
 */
async function joinMemberships(tx: Tx, of: string, into: string): Promise<void> {
  await tx.client.query(
    `insert into ingestion_system_assets (system_id, asset_uuid, assignment_type)
     select distinct on (m.system_id) m.system_id, $2::uuid, m.assignment_type
       from (select system_id, assignment_type from ingestion_system_assets where asset_uuid = $1::uuid
             union all select system_id, 'direct' from ingestion_assets where asset_uuid = $1::uuid) m
      where m.system_id is not null
        and not exists (select from ingestion_assets a where a.asset_uuid = $2::uuid and a.system_id = m.system_id)
        and not exists (select from ingestion_system_assets known where known.asset_uuid = $2::uuid and known.system_id = m.system_id)
      order by m.system_id, m.assignment_type`,
    [of, into],
  );
}

export interface SourceRecord {
  readonly systemId: number;
  readonly externalId: string;
  readonly assetUuid: string;
  /** The uuid by which the source names it. */
  readonly ownUuid: string;
  readonly hostname: string | null;
  readonly others: number;
}

export async function findSourceRecord(
  tx: Tx,
  systemId: number,
  externalId: string,
): Promise<SourceRecord | undefined> {
  const { rows } = await tx.client.query<SourceRecord>(
    `select x.external_system_id as "systemId", x.external_id as "externalId", x.asset_uuid::text as "assetUuid",
            lower(x.record ->> 'asset_uuid') as "ownUuid", x.record ->> 'hostname' as hostname,
            (select count(*)::int - 1 from asset_sources o where o.asset_uuid = x.asset_uuid) as others
       from asset_sources x where x.external_system_id = $1 and x.external_id = $2`,
    [systemId, externalId],
  );
  return rows[0];
}

/**
 * Makes a source's record an asset of its own again: the one that it was before it was merged, else a new one. Findings that only
 * this source reported go with it; the others come again with the next read.
 * @returns the asset that it is now.
 */
export async function splitAsset(tx: Tx, record: SourceRecord, decided: Decided): Promise<string> {
  const uuid = await separateRecord(tx, record, decided);
  await moveOwnFindings(tx, record, uuid, decided);
  await moveOwnCoverage(tx, record, uuid);
  const both = [record.assetUuid, uuid];
  const source = { systemId: null, operationId: decided.operationId };
  await settleCovered(tx, source, both);
  await renewExposure(tx, both);
  await renewIdentifiers(tx, both);
  await renewReporting(tx, source, theseAssets(both));
  await tx.client.query(
    `insert into asset_identity_decisions (external_system_id, external_id, asset_uuid, decision, candidates, reason, reason_code, decided_by_kind, decided_by, operation_id)
     values ($1, $2, $3::uuid, 'split', jsonb_build_array(jsonb_build_object('assetUuid', $4::text)), $5,
             case when $5::text is null then ${reasonValue('person_split')} end, 'person', $6, $7::uuid)`,
    [
      record.systemId,
      record.externalId,
      uuid,
      record.assetUuid,
      decided.reason ?? null,
      decided.by,
      decided.operationId,
    ],
  );
  // What both reported is asked for again, so that it is at both.
  for (const entity of ['asset', 'finding', 'compliance']) await readAnew(tx.db, record.systemId, entity);
  return uuid;
}

/** Makes the asset that the record is now, or wakes the one that it was, and gives it the record and its link. @returns its uuid. */
async function separateRecord(tx: Tx, record: SourceRecord, decided: Decided): Promise<string> {
  const { rows: earlier } = await tx.client.query<{ uuid: string; taken: boolean }>(
    `select asset_uuid::text as uuid, merged_into is distinct from $2::uuid as taken from ingestion_assets where asset_uuid = $1::uuid`,
    [record.ownUuid, record.assetUuid],
  );
  const isFree = earlier[0] === undefined || !earlier[0].taken;
  const uuid = isFree
    ? record.ownUuid
    : deriveUuid('asset', String(record.systemId), record.externalId, record.assetUuid);
  await tx.client.query(
    `insert into ingestion_assets (asset_uuid, hostname, ingestion_source, ingestion_batch_id, created_at)
     select $1::uuid, $2, system_type, $4::uuid, tieline_now() from external_systems where id = $3
     on conflict (asset_uuid) do update set merged_into = null, updated_at = tieline_now()`,
    [uuid, record.hostname, record.systemId, decided.operationId],
  );
  // One that was an asset before is where it was; a new one is where it was thought to be, until a match says otherwise.
  if (earlier[0] === undefined) await joinMemberships(tx, record.assetUuid, uuid);
  const key = [record.systemId, record.externalId];
  await tx.client.query(
    `update asset_sources set asset_uuid = $3::uuid where external_system_id = $1 and external_id = $2`,
    [...key, uuid],
  );
  await tx.client.query(
    `update sync_links set entity_id = $3 where external_system_id = $1 and entity_type = 'asset' and external_id = $2`,
    [...key, uuid],
  );
  return uuid;
}

async function renewIdentifiers(tx: Tx, assets: readonly string[]): Promise<void> {
  await tx.client.query('delete from asset_identifiers where asset_uuid = any($1::uuid[])', [assets]);
  await tx.client.query(
    `insert into asset_identifiers (asset_uuid, kind, value, last_seen)
     select x.asset_uuid, v.kind, v.value, max(x.last_seen)
       from asset_sources x cross join lateral jsonb_to_recordset(x.identifiers) v(kind text, value text)
      where x.asset_uuid = any($1::uuid[]) group by x.asset_uuid, v.kind, v.value`,
    [assets],
  );
}
