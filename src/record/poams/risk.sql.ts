/**
 * The risk score of a POA&M: that of the worst group of findings under it (`group_risks`: a plugin in a boundary), so that a list can put first what
 * burns most. Null where nothing of it was scored: its findings are informational, accepted or fixed, or it answers an audit check.
 */
import { type RawBuilder, sql } from 'kysely';
import { type FilterTerm, numberOf } from '../../platform/lists/index.ts';

/** Scores of the plugins of weaknesses, a relation (poam_id, risk_score). @param of which weaknesses `w`. */
const scores = (of: RawBuilder<unknown>): RawBuilder<unknown> => sql`
  select w.poam_id, g.risk_score
    from weaknesses w
    join group_risks g on g.system_id = w.system_id and g.plugin_id = coalesce(w.plugin_id, w.identifier)
   where w.grouping in ('plugin', 'plugin_asset') and ${of}
   union all
  select w.poam_id, g.risk_score
    from weaknesses w
    join weakness_findings k on k.weakness_id = w.id
    join ingestion_vulnerabilities v on v.id = k.finding_id
    join group_risks g on g.system_id = w.system_id and g.plugin_id = v.plugin_id::text
   where w.grouping not in ('plugin', 'plugin_asset', 'check') and ${of}`;

/** SQL of the score of a row `p` of ingestion_poams. */
export const riskOf: RawBuilder<unknown> = sql`(select max(r.risk_score) from (${scores(sql`w.poam_id = p.id`)}) r)`;

/** The filter by it, for whole lists: which ones fit is found for all at once and then looked up. */
export function riskTerm(term: FilterTerm): RawBuilder<boolean> {
  const known = sql`select r.poam_id from (${scores(sql`w.poam_id is not null`)}) r group by r.poam_id`;
  if (term.is === 'presence') return term.present ? sql`(p.id in (${known}))` : sql`(p.id not in (${known}))`;
  return sql`(p.id in (${known} having ${numberOf(sql`max(r.risk_score)`)(term)}))`;
}
