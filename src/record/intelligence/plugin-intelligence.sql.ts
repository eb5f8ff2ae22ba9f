/**
 * `vulnerability_intelligence`: what is known of each plugin from its CVEs and from the scanner. Of several CVEs the worst counts: the plugin is
 * fixed when all of them are.
 */
import type { Tx } from '../../platform/postgres/index.ts';
import {
  exploitabilityFactor,
  factorReasons,
  reachFactor,
  scoreOfCve,
  severityFactorOrWord,
} from './risk-factors.sql.ts';

/** SQL of the word for an attack vector by its letter in a CVSS vector of any version. */
const vectorWord = (letter: string): string =>
  `case ${letter} when 'N' then 'network' when 'A' then 'adjacent' when 'L' then 'local' when 'P' then 'physical' end`;

/** The worst first. */
const places = `array['network', 'adjacent', 'local', 'physical']`;

const worst = (what: string, order: string): string => `(array_agg(${what} order by ${order}))[1]`;

/** What the CVEs of each plugin come to. */
const ofCves = `
  select n.plugin_id, (${places})[min(array_position(${places}, i.attack_vector::text))] as vector,
         max(i.exploitability_score) as exploitability, bool_or(i.patch_available) as patch,
         bool_or(i.exploit_known) as exploit, min(i.cve) filter (where i.exploit_known) as exploit_cve,
         bool_or(i.exploitation = 'active') as active, min(i.cve) filter (where i.exploitation = 'active') as active_cve,
         min(i.kev_added) as kev_added, ${worst('i.cve', 'i.kev_added nulls last, i.cve')} as kev_cve,
         min(i.kev_due) as kev_due, bool_or(i.kev_ransomware) as kev_ransomware,
         max(i.epss) as epss, ${worst('i.cve', 'i.epss desc nulls last, i.cve')} as epss_cve,
         ${worst('i.epss_date', 'i.epss desc nulls last, i.cve')} as epss_date, max(i.epss_percentile) as epss_percentile,
         max(${scoreOfCve}) as score, ${worst('i.cve', `${scoreOfCve} desc nulls last, i.cve`)} as score_cve
    from plugin_cves n join cve_intelligence i on i.cve = n.cve
   group by n.plugin_id`;

/** Columns with their SQL in terms of the plugin `p`, its CVEs `c` and its attack vector `w.vector`. */
const columns: Readonly<Record<string, string>> = {
  cve_ids: 'p.cves',
  attack_vector: 'w.vector',
  exploitability_score: 'c.exploitability',
  exploit_available: 'coalesce(p.exploit_available, false) or coalesce(c.exploit, false)',
  patch_available:
    'coalesce(p.has_patch, false) or p.patch_published_at is not null or coalesce(c.patch, false)',
  kev_added: 'c.kev_added',
  kev_due: 'c.kev_due',
  kev_ransomware: 'c.kev_ransomware',
  epss: 'c.epss',
  epss_percentile: 'c.epss_percentile',
  severity_factor: severityFactorOrWord,
  exploitability_factor: exploitabilityFactor,
  reach_factor: reachFactor('w.vector'),
  factor_reasons: factorReasons,
};
const names = Object.keys(columns);

/**
 * Renews it for all plugins at once: they are few, and a load touches most of them. A row that stays as it was is not rewritten.
 * @returns how many changed.
 */
export async function renewPluginIntelligence(tx: Tx): Promise<number> {
  await renewPluginCves(tx);
  const { rowCount } = await tx.client.query(
    `insert into vulnerability_intelligence as known (plugin_id, ${names.join(', ')})
     select p.plugin_id, ${names.map((name) => columns[name]).join(', ')}
       from scan_plugins p
       left join (${ofCves}) c using (plugin_id)
      cross join lateral (select coalesce(c.vector, ${vectorWord(`coalesce(substring(p.cvss3_vector from 'AV:([NALP])'), substring(p.cvss_vector from 'AV:([NALP])'))`)}) as vector) w
     on conflict (plugin_id) do update set ${names.map((name) => `${name} = excluded.${name}`).join(', ')}
       where (${names.map((name) => `known.${name}`).join(', ')}) is distinct from (${names.map((name) => `excluded.${name}`).join(', ')})`,
  );
  return rowCount ?? 0;
}

/** Brings `plugin_cves` up to what plugins name now. */
async function renewPluginCves(tx: Tx): Promise<void> {
  await tx.client.query(
    `delete from plugin_cves k
      where not exists (select from scan_plugins p where p.plugin_id = k.plugin_id and k.cve in (select upper(c) from unnest(p.cves) c))`,
  );
  await tx.client.query(
    `insert into plugin_cves (cve, plugin_id)
     select distinct upper(u.cve), p.plugin_id from scan_plugins p cross join lateral unnest(p.cves) u(cve)
     on conflict do nothing`,
  );
}
