/** The factors of the risk score in SQL, one place for the statement that scores all and for the one that explains one. */
import {
  criticalityWords,
  environments,
  exploitability,
  exposure,
  impactLevels,
  reach,
  severityByRank,
  unknownCriticality,
  zones,
} from './risk-tables.ts';

const quotedWord = (word: string): string => `'${word.replaceAll("'", "''")}'`;
const byWord = (expression: string, table: Readonly<Record<string, number>>): string =>
  `case lower(trim(${expression})) ${Object.entries(table)
    .map(([word, value]) => `when ${quotedWord(word)} then ${value}`)
    .join(' ')} end`;
const listed = (words: readonly string[]): string => words.map(quotedWord).join(', ');

/** By the rank of a severity. */
export const factorOfRank = (rank: string): string => `(array[${severityByRank.join(', ')}])[${rank} + 1]`;

/** Newest CVSS rating of a CVE `i` that is known, 0 to 10. */
export const scoreOfCve = `coalesce(i.cvss #>> '{4.0,score}', i.cvss #>> '{3.1,score}', i.cvss #>> '{3.0,score}', i.cvss #>> '{2.0,score}')::numeric`;

/** The word of a scanner for how severe a plugin is, as a rank. */
const rankOfWord = (word: string): string =>
  `case lower(${word}) when 'critical' then 4 when 'high' then 3 when 'medium' then 2 when 'low' then 1 when 'none' then 0 when 'info' then 0 end`;

/** Severity of a plugin `p` whose worst CVE scores `c.score`; null where nobody says: then the finding's own severity counts. */
export const severityFactor = `round(coalesce(c.score, p.cvss3_base_score, p.cvss_base_score) / 10, 3)`;
const severityRule = `case when c.score is not null then jsonb_build_object('rule', 'cvss', 'cve', c.score_cve, 'score', c.score)
        when p.cvss3_base_score is not null then jsonb_build_object('rule', 'scanner', 'score', p.cvss3_base_score)
        when p.cvss_base_score is not null then jsonb_build_object('rule', 'scanner', 'score', p.cvss_base_score)
        else jsonb_build_object('rule', 'word', 'word', p.risk_factor) end`;
export const severityFactorOrWord = `coalesce(${severityFactor}, ${factorOfRank(rankOfWord('p.risk_factor'))})`;

const epss = `coalesce(c.epss, p.epss_score)`;
const isPublic = `(coalesce(p.exploit_available, false) or coalesce(c.exploit, false))`;
const byCvss = `${exploitability.cvssBase} + ${exploitability.cvssStep} * c.exploitability`;
/** The highest that applies. */
export const exploitabilityFactor = `round(case
        when c.kev_added is not null or coalesce(c.active, false) then ${exploitability.exploited}
        else greatest(${epss}, case when ${isPublic} then ${exploitability.public} end, ${byCvss},
                      case when num_nonnulls(${epss}, c.exploitability) = 0 and not ${isPublic} then ${exploitability.unknown} end, ${exploitability.least}) end, 3)`;
const exploitabilityRule = `case
        when c.kev_added is not null then jsonb_build_object('rule', 'kev', 'cve', c.kev_cve, 'since', c.kev_added)
        when coalesce(c.active, false) then jsonb_build_object('rule', 'active', 'cve', c.active_cve)
        when ${epss} >= greatest(case when ${isPublic} then ${exploitability.public} end, ${byCvss}, 0) then jsonb_build_object('rule', 'epss', 'cve', c.epss_cve, 'score', ${epss}, 'date', c.epss_date)
        when ${isPublic} then jsonb_build_object('rule', 'public', 'cve', c.exploit_cve)
        when c.exploitability is not null then jsonb_build_object('rule', 'cvss', 'score', c.exploitability)
        else jsonb_build_object('rule', 'unknown') end`;
export const factorReasons = `jsonb_build_object('severity', ${severityRule}, 'exploitability', ${exploitabilityRule})`;

/** @param vector the word of the attack vector, or null. */
export const reachFactor = (vector: string): string => `coalesce(${byWord(vector, reach)}, ${reach.unknown})`;

/**
 * Whether an asset with the context `x` is publicly exposed: yes, no, unknown. What somebody said of it (`said_asset`) or of its network zone
 * (`said_zone`) counts first, as it does for due dates; else what the name of the zone says.
 */
export const exposureWord = `case when coalesce(said_asset.exposed, said_zone.exposed) then 'yes'
        when not coalesce(said_asset.exposed, said_zone.exposed) then 'no'
        when lower(trim(x.network_zone)) in (${listed(zones.yes)}) then 'yes'
        when lower(trim(x.network_zone)) in (${listed(zones.no)}) then 'no' else 'unknown' end`;
export const exposureFactor = (word: string): string =>
  `case ${word} when 'yes' then ${exposure.yes} when 'no' then ${exposure.no} else ${exposure.unknown} end`;

/** What an asset `a` with the context `x` is worth by itself, 0 to 1; null where nothing says. */
export const assetWorth = `coalesce(x.acr_override / 10.0, ${byWord('x.business_criticality', criticalityWords)},
        case when a.acr_score between 1 and 10 then a.acr_score / 10.0 end, ${byWord('a.criticality_rating', criticalityWords)})`;

/** What a boundary is worth by the row `l` of its impact levels. */
export const boundaryWorth = byWord('l.overall_impact', impactLevels);

/** Of both: their mean where both are known. */
export const impactOf = (asset: string, boundary: string): string =>
  `coalesce((${asset} + ${boundary}) / 2, ${asset}, ${boundary}, ${unknownCriticality})`;

export const environmentFactor = `coalesce(${byWord('x.environment', environments)}, 1)`;
