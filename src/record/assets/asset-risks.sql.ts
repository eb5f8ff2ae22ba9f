import type { Tx } from '../../platform/postgres/index.ts';

/**
 * Keeps the risk scores that are staged in `staging_asset_scores` (asset_uuid, score). A score that stays as it was is not rewritten.
 * @returns how many changed.
 */
export async function saveAssetRisks(tx: Tx, now: Date): Promise<number> {
  const updated = await tx.client.query(
    `update assets_extended x set risk_score = s.score, last_risk_assessment = $1::timestamptz at time zone 'UTC'
       from staging_asset_scores s where s.asset_uuid = x.asset_uuid and x.risk_score is distinct from s.score`,
    [now],
  );
  const inserted = await tx.client.query(
    `insert into assets_extended (asset_uuid, risk_score, last_risk_assessment)
     select s.asset_uuid, s.score, $1::timestamptz at time zone 'UTC'
       from staging_asset_scores s
      where s.score > 0 and not exists (select from assets_extended x where x.asset_uuid = s.asset_uuid)
     on conflict (asset_uuid) do nothing`,
    [now],
  );
  return (updated.rowCount ?? 0) + (inserted.rowCount ?? 0);
}
