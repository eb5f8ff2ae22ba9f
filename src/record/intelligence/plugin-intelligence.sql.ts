import { sql } from 'kysely';
import type { Tx } from '../../platform/postgres/index.ts';

/** SQL of the word for an attack vector by its letter in a CVSS vector of any version. */
const vectorWord = (letter: string): string =>
  `case ${letter} when 'N' then 'network' when 'A' then 'adjacent' when 'L' then 'local' when 'P' then 'physical' end`;

/** The worst first; what the plugin's own vector says counts where no CVE of it is rated. */
const places = `array['network', 'adjacent', 'local', 'physical']`;

/**
 * Renews `vulnerability_intelligence`: what is known of each plugin from its CVEs and from the scanner. Of several CVEs the worst
 * counts: the plugin is fixed when all of them are. A row that stays as it was is not rewritten. All plugins at once: they are few, and
 * a load touches most of them. @returns how many changed.
 */
export async function renewPluginIntelligence(tx: Tx): Promise<number> {
  await renewPluginCves(tx);
  const { numAffectedRows } = await sql`
    insert into vulnerability_intelligence as known
      (plugin_id, cve_ids, attack_vector, exploitability_score, exploit_available, patch_available,
       kev_added, kev_due, kev_ransomware, epss, epss_percentile)
    select p.plugin_id, p.cves,
           coalesce((${sql.raw(places)})[c.vector], ${sql.raw(vectorWord(`coalesce(substring(p.cvss3_vector from 'AV:([NALP])'), substring(p.cvss_vector from 'AV:([NALP])'))`))}),
           c.exploitability,
           coalesce(p.exploit_available, false) or coalesce(c.exploit, false),
           coalesce(p.has_patch, false) or p.patch_published_at is not null or coalesce(c.patch, false),
           c.kev_added, c.kev_due, c.kev_ransomware, c.epss, c.epss_percentile
      from scan_plugins p
      left join (
        select n.plugin_id, min(array_position(${sql.raw(places)}, i.attack_vector::text)) as vector, max(i.exploitability_score) as exploitability,
               bool_or(i.exploit_known) as exploit, bool_or(i.patch_available) as patch, min(i.kev_added) as kev_added,
               min(i.kev_due) as kev_due, bool_or(i.kev_ransomware) as kev_ransomware, max(i.epss) as epss,
               max(i.epss_percentile) as epss_percentile
          from plugin_cves n join cve_intelligence i on i.cve = n.cve
         group by n.plugin_id
      ) c using (plugin_id)
    on conflict (plugin_id) do update
      set cve_ids = excluded.cve_ids, attack_vector = excluded.attack_vector, exploitability_score = excluded.exploitability_score,
          exploit_available = excluded.exploit_available, patch_available = excluded.patch_available, kev_added = excluded.kev_added,
          kev_due = excluded.kev_due, kev_ransomware = excluded.kev_ransomware, epss = excluded.epss,
          epss_percentile = excluded.epss_percentile
      where (known.cve_ids, known.attack_vector, known.exploitability_score, known.exploit_available, known.patch_available,
             known.kev_added, known.kev_due, known.kev_ransomware, known.epss, known.epss_percentile)
            is distinct from (excluded.cve_ids, excluded.attack_vector, excluded.exploitability_score, excluded.exploit_available,
             excluded.patch_available, excluded.kev_added, excluded.kev_due, excluded.kev_ransomware, excluded.epss, excluded.epss_percentile)`.execute(
    tx.db,
  );
  return Number(numAffectedRows ?? 0n);
}

/** Brings `plugin_cves` up to what plugins name now. */
async function renewPluginCves(tx: Tx): Promise<void> {
  await sql`
    delete from plugin_cves k
     where not exists (select from scan_plugins p where p.plugin_id = k.plugin_id and k.cve in (select upper(c) from unnest(p.cves) c))`.execute(
    tx.db,
  );
  await sql`
    insert into plugin_cves (cve, plugin_id)
    select distinct upper(u.cve), p.plugin_id from scan_plugins p cross join lateral unnest(p.cves) u(cve)
    on conflict do nothing`.execute(tx.db);
}
