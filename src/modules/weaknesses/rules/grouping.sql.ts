/**
 * How grave a finding is by the rule `r`, and to what it belongs. Of the finding `f` with its plugin `p` on the asset `a`; of a failed check
 * `f` on `a`. A rule belongs to a version: what groups by other keys than before makes other weaknesses.
 */
import { type RawBuilder, sql } from 'kysely';
import type { WeaknessRule } from '../../../canonical/weakness-rule/index.ts';

/** The oldest of the CVEs of the plugin: of several the same one always, however many are added later. */
const leadingCve = sql`(select c from unnest(p.cves) c where c ~* '^CVE-\\d{4}-\\d+$' order by split_part(c, '-', 2), length(c), c limit 1)`;

/** What the plugin tells to do, whatever its spacing and case; null where it tells nothing. */
const solutionKey = sql`
  case when p.solution is not null and lower(btrim(p.solution, E' \\t\\r\\n.')) not in ('', 'n/a', 'none')
       then 'solution ' || md5(lower(regexp_replace(btrim(p.solution), '\\s+', ' ', 'g'))) end`;

/** SQL of the identifier of the weakness (weaknesses.identifier) that a finding belongs to. */
export const groupKey: RawBuilder<string> = sql<string>`
  case r."grouping" when 'plugin' then f.plugin_id::text
                  when 'cve' then coalesce(upper(${leadingCve}), 'plugin ' || f.plugin_id::text)
                  when 'solution' then coalesce(${solutionKey}, 'plugin ' || f.plugin_id::text)
                  when 'plugin_asset' then f.plugin_id::text || ' ' || a.asset_uuid::text end`;

/** The same of a failed check: audit files and ids of checks can be long. */
export const checkKey: RawBuilder<string> = sql<string>`'check ' || md5(f.audit_file || E'\\n' || f.check_id)`;

/** The scale of CVSS 3 and 4, and of VPR. */
const rank = (score: RawBuilder<unknown>): RawBuilder<unknown> =>
  sql`case when ${score} >= 9 then 4 when ${score} >= 7 then 3 when ${score} >= 4 then 2 when ${score} > 0 then 1 end`;
/** NVD's of CVSS 2, which knows no critical. */
const rank2 = (score: RawBuilder<unknown>): RawBuilder<unknown> =>
  sql`case when ${score} >= 7 then 3 when ${score} >= 4 then 2 when ${score} > 0 then 1 end`;

const cvss2 = rank2(sql`p.cvss_base_score`);
const cvss3 = rank(sql`p.cvss3_base_score`);
/** The record of plugins has no column of it: as the scanner sent it. */
const cvss4 = rank(
  sql`(substring(p.raw_json ->> 'cvss4_base_score' from '^\\d{1,2}(?:\\.\\d+)?$'))::numeric`,
);
const vpr = rank(sql`p.vpr_score`);
/** By the catalogue that was loaded, or by what the plugin itself refers to. */
const isKnownExploited = sql`
  (exists (select from unnest(p.cves) named join cve_intelligence i on i.cve = upper(named) where i.kev_added is not null and i.kev_withdrawn_on is null)
   or exists (select from unnest(p.cross_references) x where x ilike 'CISA-KNOWN-EXPLOITED%'))`;

/**
 * SQL of how grave the finding is, by its rule: 0 for info to 4 for critical. What a person recast at the scanner stays as recast, whatever its
 * scores. Where the plugin lacks the score: of CVSS 3 version 2, then 4 (NVD's order, and what FedRAMP asks for); of CVSS 4 version 3, then 2;
 * of CVSS 2 version 3, then 4; and at last what the scanner says.
 */
export function rankBySource(rules: readonly WeaknessRule[]): RawBuilder<unknown> {
  const scanner = sql`f.severity_rank`;
  const others = rules.filter(({ severitySource }) => severitySource !== 'plugin');
  if (others.length === 0) return scanner;
  return sql`case when r.source = 'plugin' or f.severity_modification is not distinct from 'recast' then ${scanner}
           when r.source = 'kev' then case when ${isKnownExploited} then 4 else ${scanner} end
           when r.source = 'cvss2' then coalesce(${cvss2}, ${cvss3}, ${cvss4}, ${scanner})
           when r.source = 'cvss3' then coalesce(${cvss3}, ${cvss2}, ${cvss4}, ${scanner})
           when r.source = 'cvss4' then coalesce(${cvss4}, ${cvss3}, ${cvss2}, ${scanner})
           when r.source = 'vpr' then coalesce(${vpr}, ${scanner}) else ${scanner} end`;
}

/** SQL of how grave a failed check is: by the category that its audit names (CAT I high, II medium, III low), else as the rule says. */
export const checkRank: RawBuilder<unknown> = sql`
  coalesce((select max(case upper(btrim(regexp_replace(x, '^cat\\s*[|#:]?\\s*', '', 'i'))) when 'I' then 3 when 'II' then 2 when 'III' then 1 end)
              from unnest(f.control_references) x where x ~* '^cat'), r.check_rank)`;
