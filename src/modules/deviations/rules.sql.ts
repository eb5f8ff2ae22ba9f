/** By which rules at scanners' servers deviations hold there. */
import { sql, type Kysely } from 'kysely';
import { type Database, storableJson } from '../../platform/postgres/index.ts';

export async function insertRules(
  db: Kysely<Database>,
  rules: readonly {
    readonly deviationId: number;
    readonly acceptanceId: number;
    readonly systemId: number;
    readonly assetUuid: string;
    readonly pluginId: string;
  }[],
): Promise<void> {
  if (rules.length === 0) return;
  await sql`
    insert into deviation_rules (deviation_id, acceptance_id, external_system_id, asset_uuid, plugin_id)
    select r."deviationId", r."acceptanceId", r."systemId", r."assetUuid", r."pluginId"
      from jsonb_to_recordset(${storableJson(rules)}::jsonb)
        as r("deviationId" int, "acceptanceId" int, "systemId" int, "assetUuid" uuid, "pluginId" text)`.execute(
    db,
  );
}

export interface RuleOfDeviation {
  readonly deviationId: number;
  readonly acceptanceId: number;
  readonly connection: string;
  readonly assetUuid: string;
  readonly hostname: string | null;
  readonly pluginId: string;
  /** `active` or `withdrawn`. */
  readonly status: string;
  /** Whether the server has it. */
  readonly isThere: boolean;
}

export async function listRulesOf(
  db: Kysely<Database>,
  deviations: readonly number[],
): Promise<RuleOfDeviation[]> {
  const { rows } = await sql<RuleOfDeviation>`
    select r.deviation_id as "deviationId", r.acceptance_id as "acceptanceId", s.system_name as connection, r.asset_uuid::text as "assetUuid",
           a.hostname, r.plugin_id as "pluginId", c.status, c.acceptance_id is not null as "isThere"
      from deviation_rules r
      join acceptances c on c.id = r.acceptance_id
      join external_systems s on s.id = r.external_system_id
      left join ingestion_assets a on a.asset_uuid = r.asset_uuid
     where r.deviation_id = any(${[...deviations]}::int[])
     order by r.deviation_id, a.hostname, r.plugin_id, r.acceptance_id limit 10000`.execute(db);
  return rows;
}
