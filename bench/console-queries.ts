/** The queries that a console will ask most, with the literals of the invented world. */
const openStates = `v.lifecycle_state in ('open', 'reopened')`;

export const consoleQueries: Readonly<Record<string, string>> = {
  'open findings by severity': `
    select sum(open_info), sum(open_low), sum(open_medium), sum(open_high), sum(open_critical), sum(accepted) from asset_exposure`,
  'open findings by severity per system': `
    select a.system_id, sum(e.open_high), sum(e.open_critical), min(e.severe_since) from asset_exposure e join ingestion_assets a using (asset_uuid)
     group by 1`,
  'severe findings overdue': `
    select v.id, v.plugin_id, v.first_found from ingestion_vulnerabilities v
     where ${openStates} and v.severity_rank >= 3 and v.first_found < now() - interval '90 days' order by v.first_found limit 50`,
  'asset page': `
    select v.id, v.plugin_id, v.severity, v.state, v.last_found from ingestion_vulnerabilities v
     where v.asset_ref = (select asset_uuid from ingestion_assets order by asset_uuid offset 10 limit 1) order by v.severity_rank desc, v.id`,
  'asset by name': `select asset_uuid from ingestion_assets where hostname = (select hostname from ingestion_assets offset 20 limit 1)`,
  'finding search by text': `
    select v.id, v.asset_ref, p.name from scan_plugins p
     cross join lateral (select id, asset_ref from ingestion_vulnerabilities v where v.plugin_id = p.plugin_id and ${openStates} limit 50) v
     where p.name ilike '%openssl%' limit 50`,
  'findings of a plugin': `
    select v.id, v.asset_ref, v.state from ingestion_vulnerabilities v
     where v.plugin_id = (select plugin_id from scan_plugins order by plugin_id offset 5 limit 1) order by v.id limit 100`,
  'CVE look-up': `
    select v.id, v.asset_ref from ingestion_vulnerability_cves c join ingestion_vulnerabilities v on v.id = c.vulnerability_id
     where c.cve_id = (select cves[1] from scan_plugins where cardinality(cves) > 0 order by plugin_id limit 1) limit 100`,
  'newest findings': `
    select v.id, v.plugin_id, v.last_found from ingestion_vulnerabilities v where ${openStates} and v.severity_rank = 4 order by v.last_found desc limit 50`,
  'fixed in the last month': `
    select count(*) from finding_state_changes c where c.state = 'fixed' and c.occurred_at > timestamp '2026-10-01'`,
};
