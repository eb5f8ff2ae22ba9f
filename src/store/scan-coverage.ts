/**
 * What scans with credentials covered, and what follows from it: a finding that such a scan would have shown, and did not, is
 * fixed since then. Kept, so that it follows also for what is told of later.
 */
import { createHash } from 'node:crypto';
import { ran, scopeAsJson, scopeFromJson, type ScanScope } from '../model/scan-scope.ts';
import type { Json } from '../model/json.ts';
import { renewExposure } from './asset-exposure.ts';
import { storableJson } from './copy-rows.ts';
import type { Tx } from './transaction.ts';

interface Source {
  readonly systemId: number;
  readonly operationId: string;
}

export interface CoveringScan {
  readonly assetUuid: string;
  /** ISO 8601, UTC. */
  readonly endedAt: string;
}

/** @returns the id of the scope, made where there is none. */
export async function saveScope(tx: Tx, scope: ScanScope): Promise<number> {
  const json = storableJson(scopeAsJson(scope));
  const sha256 = createHash('sha256').update(json).digest('hex');
  const { rows } = await tx.client.query<{ id: number }>(
    `with made as (
       insert into scan_scopes (sha256, scope) values ($1, $2::jsonb) on conflict (sha256) do nothing returning id
     )
     select id from made union all select id from scan_scopes where sha256 = $1 limit 1`,
    [sha256, json],
  );
  return rows[0]?.id ?? 0;
}

export async function saveCoverage(
  tx: Tx,
  source: Source,
  scopeId: number,
  scans: readonly CoveringScan[],
): Promise<void> {
  if (scans.length === 0) return;
  await tx.client.query(
    `insert into scan_coverage (asset_uuid, ended_at, scope_id, external_system_id, operation_id)
     select c."assetUuid", (c."endedAt"::timestamptz at time zone 'UTC'), $1, $2, $3::uuid
       from jsonb_to_recordset($4::jsonb) c("assetUuid" uuid, "endedAt" text)
     on conflict do nothing`,
    [
      scopeId,
      source.systemId,
      source.operationId,
      storableJson(scans.map(({ assetUuid, endedAt }) => ({ assetUuid, endedAt }))),
    ],
  );
}

async function fetchScopes(tx: Tx, ids: readonly number[]): Promise<ReadonlyMap<number, ScanScope>> {
  const { rows } = await tx.client.query<{ id: number; scope: Json }>(
    'select id, scope from scan_scopes where id = any($1::int[])',
    [ids],
  );
  return new Map(rows.map((row) => [row.id, scopeFromJson(row.scope)]));
}

interface Late {
  readonly id: number;
  readonly plugin_id: string;
  readonly family: string | null;
  readonly scans: readonly { readonly scope: number; readonly at: string }[];
}

/**
 * Says fixed of findings of these assets that a covering scan after their last sighting did not show; at the time of the first
 * such scan. Counts on idx_ingestion_vulnerabilities_asset_ref.
 * @returns how many became fixed.
 */
export async function settleCovered(tx: Tx, source: Source, assetUuids: readonly string[]): Promise<number> {
  const { rows: covered } = await tx.client.query<{ asset_uuid: string }>(
    'select distinct asset_uuid::text from scan_coverage where asset_uuid = any($1::uuid[])',
    [assetUuids],
  );
  if (covered.length === 0) return 0;
  const { rows: late } = await tx.client.query<Late>(
    `select v.id::int, v.plugin_id::text, p.family,
            jsonb_agg(jsonb_build_object('scope', c.scope_id, 'at', c.ended_at::text) order by c.ended_at, c.scope_id) as scans
       from ingestion_vulnerabilities v
       join scan_coverage c on c.asset_uuid = v.asset_ref and c.ended_at > v.last_found
       left join scan_plugins p on p.plugin_id = v.plugin_id::text
      where v.asset_ref = any($1::uuid[]) and v.finding_key is not null
        and (v.last_fixed is null or v.last_fixed < v.last_found or c.ended_at < v.last_fixed)
      group by v.id, v.plugin_id, p.family`,
    [covered.map((row) => row.asset_uuid)],
  );
  if (late.length === 0) return 0;
  const scopes = await fetchScopes(tx, [
    ...new Set(late.flatMap((row) => row.scans.map((scan) => scan.scope))),
  ]);
  const fixed = late.flatMap((row) => {
    const first = row.scans.find(({ scope }) => {
      const known = scopes.get(scope);
      return known !== undefined && ran(known, { id: row.plugin_id, family: row.family });
    });
    return first ? [{ id: row.id, at: first.at }] : [];
  });
  if (fixed.length === 0) return 0;
  const { rows } = await tx.client.query<{ n: number }>(
    `with given as (
       select id, at from jsonb_to_recordset($3::jsonb) f(id int, at timestamp)
     ), before as (
       select v.id, v.lifecycle_state from ingestion_vulnerabilities v join given using (id)
     ), written as (
       update ingestion_vulnerabilities v
          set last_fixed = given.at, lifecycle_state = 'fixed', state = 'Fixed', updated_at = now(), batch_id = $1
         from given where v.id = given.id
       returning v.id
     ), changes as (
       insert into finding_state_changes (vulnerability_id, state, occurred_at, external_system_id, operation_id)
       select id, 'fixed', at, $2, $1::uuid from given on conflict do nothing
     ), journal as (
       insert into sync_changes (operation_id, external_system_id, entity_type, entity_id, field_name, before_value, after_value, direction, decided_by, reason)
       select $1, $2, 'finding', b.id, 'lifecycle_state', to_jsonb(b.lifecycle_state), '"fixed"', 'inbound',
              'rule:a scan with credentials no longer shows it', 'not in the scan that ended ' || g.at
         from before b join given g using (id) where b.lifecycle_state is distinct from 'fixed'
     )
     select count(*)::int as n from written`,
    [source.operationId, source.systemId, storableJson(fixed)],
  );
  await renewExposure(
    tx,
    covered.map((row) => row.asset_uuid),
  );
  return rows[0]?.n ?? 0;
}
