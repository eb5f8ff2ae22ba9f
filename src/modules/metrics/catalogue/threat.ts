/** M13 to M15: what is exploited, or will be. */
import type { Catalogue } from '../metric.ts';
import { findings } from './parts.ts';

const exploited = 'metric_open f join metric_kev k on k.plugin_id = f.plugin_id';
const isLate = 'coalesce(coalesce(f.due_on, k.kev_due) < :today, false)';

export const threat: Catalogue = [
  {
    code: 'M13',
    name: 'known-exploited',
    title: 'Known exploited, open and past due',
    category: 'threat',
    definition:
      'Open findings of which a CVE is in the KEV catalogue; of them those past the date that applies: that of their weakness, by the policies in force, else the due date of the catalogue.',
    formula: 'number; number past due; share not past due × 100',
    source: 'BOD 26-04 (status reporting); KEV catalogue',
    kind: 'finding',
    by: ['severity'],
    records: findings(exploited),
    measures: [
      { key: 'open', title: 'Known exploited, open', unit: 'count', aggregate: 'count', direction: 'down' },
      {
        key: 'past_due',
        title: 'Known exploited, past due',
        unit: 'count',
        aggregate: 'count',
        direction: 'down',
        target: { comparison: 'at_most', target: 0 },
        records: findings(`${exploited} where ${isLate}`),
      },
      {
        key: 'on_time',
        title: 'Known exploited, within the date',
        unit: 'percent',
        aggregate: 'share',
        direction: 'up',
        records: findings(exploited, { counted: `not ${isLate}` }),
      },
    ],
    needs: ['kev_feed'],
  },
  {
    code: 'M14',
    name: 'bod-26-04-tiers',
    title: 'Open findings by tier of BOD 26-04',
    category: 'threat',
    definition:
      'Open findings with a CVE, by the time that table 1 of BOD 26-04 gives: from whether it is exploited, exposed, automatable, and what an attacker gains. What is not known is tried both ways; where that gives two answers, the tier is unknown.',
    formula: 'number by tier',
    source: 'BOD 26-04, table 1, as CERT/CC codes it',
    kind: 'finding',
    by: ['band'],
    records: findings(
      `metric_open f left join metric_exposed x on x.asset_uuid = f.asset join metric_tier t on t.plugin_id = f.plugin_id and t.exposed = coalesce(x.exposed, 'unknown')`,
      { band: 't.tier' },
    ),
    measures: [
      {
        key: 'value',
        title: 'Open findings with a tier',
        unit: 'count',
        aggregate: 'count',
        direction: 'down',
      },
    ],
    needs: ['kev_feed'],
  },
  {
    code: 'M15',
    name: 'epss-exposure',
    title: 'EPSS-weighted exposure',
    category: 'threat',
    definition:
      'How many machines are expected to be exploited within 30 days: of each machine the EPSS probabilities of its open CVEs together, at most 1.',
    formula: 'sum over machines of min(1, sum(EPSS of its open CVEs))',
    source: 'EPSS model documentation (probability of exploitation in 30 days)',
    kind: 'asset',
    by: [],
    records: `select f.asset::text as record, f.system_id, bool_or(f.main) as main, null::text as severity, null::text as band,
       true as counted, true as base, least(1, sum(i.epss)) as amount
  from (select distinct c.asset, c.system_id, c.main, k.cve
          from (select distinct asset, system_id, main, plugin_id from metric_open where asset is not null) c
          join plugin_cves k on k.plugin_id = c.plugin_id) f
  join cve_intelligence i on i.cve = f.cve and i.epss is not null
 group by f.asset, f.system_id`,
    measures: [
      { key: 'value', title: 'EPSS-weighted exposure', unit: 'score', aggregate: 'sum', direction: 'down' },
    ],
    needs: ['epss_feed'],
  },
];
