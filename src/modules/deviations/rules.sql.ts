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

/** For each of these rules the one at the server that does just that and is of no deviation yet; null: there is none. */
export async function findSameRules(
  db: Kysely<Database>,
  systemId: number,
  rules: readonly {
    readonly kind: string;
    readonly pluginId: string;
    readonly scope: string;
    readonly severity: string | null;
  }[],
): Promise<(number | null)[]> {
  const { rows } = await sql<{ id: number | null }>`
    select (select a.id from acceptances a
             where a.external_system_id = ${systemId} and a.plugin_id = w.rule ->> 'pluginId' and a.scope = w.rule ->> 'scope' and a.kind = w.rule ->> 'kind'
               and a.severity is not distinct from w.rule ->> 'severity' and a.port is null and a.cve_id is null and a.status = 'active'
               and a.acceptance_id is not null and not exists (select from deviation_rules d where d.acceptance_id = a.id)
             order by a.id limit 1) as id
      from jsonb_array_elements(${storableJson(rules)}::jsonb) with ordinality w(rule, n) order by w.n`.execute(
    db,
  );
  return rows.map(({ id }) => id);
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
