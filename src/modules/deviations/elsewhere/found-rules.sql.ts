/** Rules at scanners' servers that nobody approved, and what they hide. */
import { sql, type Kysely } from 'kysely';
import type { Database } from '../../../platform/postgres/index.ts';
import { isOpenPoam } from '../../../record/poam-status/index.ts';

export interface FoundRule {
  readonly id: number;
  readonly kind: string;
  readonly pluginIds: readonly string[];
  readonly scope: string;
  readonly port: number | null;
  readonly severity: string | null;
  readonly comment: string | null;
  readonly expiresOn: string | null;
}

/**
 * A page of the rules in force at a server that were neither asked for here nor are of a deviation. A rule for a CVE is one for the plugins that
 * name it, as `plugin_cves` has them since the last sync or load.
 */
export async function listFoundRules(
  db: Kysely<Database>,
  systemId: number,
  { now, afterId, limit }: { readonly now: Date; readonly afterId: number; readonly limit: number },
): Promise<FoundRule[]> {
  const { rows } = await sql<FoundRule>`
    select r.id, r.kind, r.scope, r.port, r.severity, r.comment, to_char(r.expires_at, 'YYYY-MM-DD') as "expiresOn",
           case when r.plugin_id is not null then array[r.plugin_id]
                else coalesce((select array_agg(k.plugin_id::text) from plugin_cves k where k.cve = upper(r.cve_id)), '{}') end as "pluginIds"
      from acceptances r
      join sync_links l on l.external_system_id = ${systemId} and l.entity_type = 'acceptance' and l.entity_id = r.id::text
                       and l.retired_at is null and l.missing_since is null
     where r.external_system_id = ${systemId} and r.id > ${afterId} and r.status = 'active' and coalesce(r.expires_at > ${now}::timestamptz, true)
       and r.requested_by is null and not exists (select from deviation_rules d where d.acceptance_id = r.id)
     order by r.id limit ${limit}`.execute(db);
  return rows;
}

export interface FoundUnder {
  readonly poamId: string;
  readonly boundary: string | null;
  readonly severity: string | null;
  readonly assetUuid: string;
  /** What the server calls the asset. */
  readonly externalId: string;
  readonly pluginId: string;
  readonly port: number | null;
}

/** The open findings of these plugins under open POA&Ms, on assets that the server reports. All of them: asked for a few plugins at a time. */
export async function listFoundUnder(
  db: Kysely<Database>,
  systemId: number,
  plugins: readonly string[],
): Promise<FoundUnder[]> {
  const { rows } = await sql<FoundUnder>`
    select p.poam_id as "poamId", p.system_id as boundary, v.severity::text as severity, v.asset_ref::text as "assetUuid", l.external_id as "externalId",
           v.plugin_id::text as "pluginId", v.port
      from ingestion_vulnerabilities v
      join lateral (select v.poam_id as ref
                     union select w.poam_id from weakness_findings k join weaknesses w on w.id = k.weakness_id where k.finding_id = v.id) under on true
      join ingestion_poams p on p.id = under.ref and ${isOpenPoam('p')}
      join sync_links l on l.external_system_id = ${systemId} and l.entity_type = 'asset' and l.entity_id = v.asset_ref::text and l.retired_at is null
     where v.plugin_id = any(${[...plugins]}) and v.lifecycle_state in ('open', 'reopened') and ${systemId} = any(v.reported_by)
     order by p.poam_id, v.id`.execute(db);
  return rows;
}

export interface FoundRow {
  readonly id: number;
  readonly ruleId: number;
  readonly poamId: string;
  readonly assets: readonly string[];
}

/** Those that were found before, of the rules of a server. */
export async function listFound(db: Kysely<Database>, systemId: number): Promise<FoundRow[]> {
  const { rows } = await sql<FoundRow>`
    select d.id, d.found_rule_id as "ruleId", d.poam_id as "poamId",
           (select coalesce(array_agg(a.asset_uuid::text order by a.asset_uuid), '{}') from deviation_assets a where a.deviation_id = d.id) as assets
      from deviations d join acceptances r on r.id = d.found_rule_id
     where d.state = 'found' and r.external_system_id = ${systemId} for update of d`.execute(db);
  return rows;
}

/** Makes one that waits to be decided the question of a found rule. */
export async function markFound(db: Kysely<Database>, id: number, ruleId: number): Promise<void> {
  await sql`update deviations set state = 'found', found_rule_id = ${ruleId} where id = ${id}`.execute(db);
}

export async function setAssets(db: Kysely<Database>, id: number, assets: readonly string[]): Promise<void> {
  await sql`delete from deviation_assets where deviation_id = ${id} and asset_uuid <> all(${[...assets]}::uuid[])`.execute(
    db,
  );
  await sql`
    insert into deviation_assets (deviation_id, asset_uuid) select ${id}, a from unnest(${[...assets]}::uuid[]) a
    on conflict do nothing`.execute(db);
}

/** Of those that were found, and of approved ones whose rules were ended or given another day at their server: what a notice says. */
export async function listFoundNotices(
  db: Kysely<Database>,
): Promise<{ readonly id: number; readonly kind: 'found_there' | 'ended_there'; readonly about: string }[]> {
  const { rows } = await sql<{ id: number; kind: 'found_there' | 'ended_there'; about: string }>`
    select d.id, 'found_there' as kind, s.system_name || ', rule ' || r.id as about
      from deviations d join acceptances r on r.id = d.found_rule_id join external_systems s on s.id = r.external_system_id
     where d.state = 'found'
     union all
    select d.id, 'ended_there', count(distinct k.asset_uuid)::text
      from deviations d
      join deviation_rules k on k.deviation_id = d.id
      join acceptances r on r.id = k.acceptance_id
      left join sync_links l on l.external_system_id = r.external_system_id and l.entity_type = 'acceptance' and l.entity_id = r.id::text
     where d.state = 'approved'
       and (r.status <> 'active' or l.missing_since is not null or r.expires_at::date is distinct from d.expires_on)
     group by d.id`.execute(db);
  return rows;
}
