/** How many findings are open on each asset, by severity: counted when they change, so that showing them does not count millions. */
import { severities } from '../../canonical/vocabulary/index.ts';
import { isAcceptedFinding, isOpenFinding } from './finding-lifecycle.sql.ts';
import type { Tx } from '../../platform/postgres/index.ts';

const counts = severities.map((severity) => `open_${severity.toLowerCase()}`);
const columns = [...counts, 'accepted', 'severe_since'];
const isAccepted = isAcceptedFinding('v');
const counted = [
  ...severities.map(
    (_, rank) => `count(*) filter (where v.severity_rank = ${rank} and not ${isAccepted})::int`,
  ),
  `count(*) filter (where ${isAccepted})::int`,
  `min(v.first_found) filter (where v.severity_rank >= 3 and not ${isAccepted})`,
].map((value, index) => `${value} as ${columns[index] ?? ''}`);
const isOpen = isOpenFinding('v.lifecycle_state');
const store = `
  on conflict (asset_uuid) do update set ${columns.map((name) => `${name} = excluded.${name}`).join(', ')}, counted_at = tieline_now()
   where (${columns.map((name) => `known.${name}`).join(', ')}) is distinct from (${columns.map((name) => `excluded.${name}`).join(', ')})`;

/** Counts again what is open on these assets. Counts on idx_ingestion_vulnerabilities_asset_ref. */
export async function renewExposure(tx: Tx, assetUuids: readonly string[]): Promise<void> {
  await tx.client.query(
    `insert into asset_exposure as known (asset_uuid, ${columns.join(', ')})
     select a.asset_uuid, ${columns.map((name) => `c.${name}`).join(', ')}
       from (select distinct asset_uuid from unnest($1::uuid[]) given(asset_uuid) order by asset_uuid) a
      cross join lateral (select ${counted.join(', ')} from ingestion_vulnerabilities v where v.asset_ref = a.asset_uuid and ${isOpen}) c
     ${store}`,
    [assetUuids],
  );
}

/** Counts again for all assets: also what others than Tieline have changed or deleted is right again. Reads all findings once. */
export async function renewAllExposure(tx: Tx): Promise<void> {
  await tx.client.query(
    `with counted as materialized (
       select v.asset_ref as asset_uuid, ${counted.join(', ')}
         from ingestion_vulnerabilities v where v.asset_ref is not null and ${isOpen} group by 1
     ), gone as (
       delete from asset_exposure e where not exists (select from counted where counted.asset_uuid = e.asset_uuid)
     )
     insert into asset_exposure as known (asset_uuid, ${columns.join(', ')})
     select asset_uuid, ${columns.join(', ')} from counted order by asset_uuid
     ${store}`,
  );
}
