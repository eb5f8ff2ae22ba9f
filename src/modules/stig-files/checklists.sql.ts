/** What is known of an asset by checks of STIGs: results that checklists reported, one STIG at a time. */
import { sql, type Kysely } from 'kysely';
import type { Scope } from '../../canonical/access/index.ts';
import type { Database } from '../../platform/postgres/index.ts';
import { isThisAssetIn } from '../../record/systems/index.ts';

export interface AssetStig {
  readonly stig: string;
  readonly revision: string | null;
  readonly rules: number;
  readonly open: number;
  readonly lastSeen: Date | null;
}

/** Of checklists, and of audits that are named as they are. */
const ofStigs = sql`r.audit_file like 'STIG %'`;

export async function listAssetStigs(
  db: Kysely<Database>,
  scope: Scope,
  assetUuid: string,
): Promise<AssetStig[]> {
  const { rows } = await sql<AssetStig>`
    select substr(r.audit_file, 6) as stig, max(r.benchmark) as revision, count(*)::int as rules,
           (count(*) filter (where r.status = 'failed'))::int as open, max(r.last_seen) at time zone 'UTC' as "lastSeen"
      from compliance_results r
     where r.asset_uuid = ${assetUuid}::uuid and ${ofStigs} and ${isThisAssetIn(scope, sql`${assetUuid}::uuid`)}
     group by r.audit_file order by r.audit_file`.execute(db);
  return rows;
}

export interface StigResult {
  readonly group: string;
  readonly title: string;
  readonly status: string;
  readonly discussion: string | null;
  readonly fix: string | null;
  readonly details: string | null;
  readonly comments: string | null;
  readonly revision: string | null;
  readonly references: readonly string[];
}

export async function listStigResults(
  db: Kysely<Database>,
  scope: Scope,
  { assetUuid, stig }: { readonly assetUuid: string; readonly stig: string },
): Promise<StigResult[]> {
  const { rows } = await sql<StigResult>`
    select r.check_id as "group", r.check_name as title, r.status, r.check_info as discussion, r.solution as fix, r.actual_value as details,
           r.expected_value as comments, r.benchmark as revision, r.control_references as "references"
      from compliance_results r
     where r.asset_uuid = ${assetUuid}::uuid and r.audit_file = ${`STIG ${stig}`} and ${isThisAssetIn(scope, sql`${assetUuid}::uuid`)}
     order by r.check_id`.execute(db);
  return rows;
}

export interface StigTarget {
  readonly hostname: string | null;
  readonly ips: readonly string[];
  readonly macs: readonly string[];
  readonly fqdns: readonly string[];
}

export async function fetchStigTarget(db: Kysely<Database>, assetUuid: string): Promise<StigTarget> {
  const { rows } = await sql<StigTarget>`
    select a.hostname, array_remove(array(select distinct host(coalesce(n.ipv4_address, n.ipv6_address)::inet) from ingestion_asset_network n
                                           where n.asset_uuid = a.asset_uuid order by 1), null) as ips,
           array_remove(array(select distinct n.mac_address::text from ingestion_asset_network n where n.asset_uuid = a.asset_uuid order by 1), null) as macs,
           array_remove(array(select distinct n.fqdn::text from ingestion_asset_network n where n.asset_uuid = a.asset_uuid order by 1), null) as fqdns
      from ingestion_assets a where a.asset_uuid = ${assetUuid}::uuid`.execute(db);
  return rows[0] ?? { hostname: null, ips: [], macs: [], fqdns: [] };
}
