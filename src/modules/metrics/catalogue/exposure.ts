/** M08 to M12, M29 and M31: how much is open. */
import type { Catalogue } from '../metric.ts';
import { findings, uniqueWeaknesses } from './parts.ts';

const open = findings('metric_open f');
const listed = { state: 'open,reopened', accepted: 'no', severity: 'Critical,High,Medium,Low' } as const;

/** An age in whole days, over `f`. */
const older = (days: number): string => `f.first_found < :now - interval '${days} days'`;

export const exposure: Catalogue = [
  {
    code: 'M08',
    name: 'open-findings',
    title: 'Open findings by severity',
    category: 'exposure',
    definition:
      'Open findings, each machine counted (instances), and the weaknesses behind them, each plugin counted once (unique). Neither informational ones nor those accepted or declared false positives.',
    formula: 'number of findings; number of distinct weaknesses',
    source: 'C-PAT metrics workbook, Open Findings CAT I/II/III; FedRAMP ConMon monthly summary',
    kind: 'finding',
    by: ['severity'],
    records: open,
    measures: [
      {
        key: 'findings',
        title: 'Open findings',
        unit: 'count',
        aggregate: 'count',
        direction: 'down',
        list: { noun: 'findings', filter: listed },
      },
      {
        key: 'weaknesses',
        title: 'Unique weaknesses',
        unit: 'count',
        aggregate: 'count',
        direction: 'down',
        kind: 'plugin',
        records: uniqueWeaknesses('true'),
      },
    ],
    history: 'findings',
  },
  {
    code: 'M09',
    name: 'monthly-flow',
    title: 'New, closed and carried this month',
    category: 'exposure',
    definition:
      'Findings first found since the first of the month (UTC), closed by a scan since then, and open from before. On the last day of a month these are the numbers of a ConMon package.',
    formula: 'number new; number closed; number carried',
    source: 'DefectDojo ConMon snapshot; FedRAMP monthly executive summary',
    kind: 'finding',
    by: ['severity'],
    records: findings(`metric_event f where f.kind = 'new' and f.occurred >= date_trunc('month', :now)`),
    measures: [
      { key: 'new', title: 'New this month', unit: 'count', aggregate: 'count', direction: 'none' },
      {
        key: 'closed',
        title: 'Closed this month',
        unit: 'count',
        aggregate: 'count',
        direction: 'none',
        records: findings(`metric_closed f where f.closed_at >= date_trunc('month', :now)`),
      },
      {
        key: 'carried',
        title: 'Carried from before',
        unit: 'count',
        aggregate: 'count',
        direction: 'none',
        records: findings(`metric_open f where f.first_found < date_trunc('month', :now)`),
      },
    ],
    history: 'findings',
  },
  {
    code: 'M10',
    name: 'growth-since-authorization',
    title: 'Unique weaknesses against the authorization baseline',
    category: 'exposure',
    definition:
      'How far the number of unique weaknesses of the boundaries has grown since the day of authorization. Boundaries whose authorization lies before the first finding on record have no baseline and are left out.',
    formula: '(now − baseline) / baseline × 100',
    source:
      'FedRAMP ConMon Performance Management, table 1: trigger at +20 percent or +10, whichever is greater',
    kind: 'plugin',
    by: [],
    records: `select coalesce(o.plugin_id, b.plugin_id) as record, coalesce(o.system_id, b.system_id) as system_id, true as main,
       null::text as severity, null::text as band, o.plugin_id is not null as counted, b.plugin_id is not null as base, null::numeric as amount
  from (select distinct f.system_id, f.plugin_id from metric_open f where f.system_id in (select system_id from metric_baseline)) o
  full join metric_baseline b on b.system_id = o.system_id and b.plugin_id = o.plugin_id`,
    measures: [
      {
        key: 'value',
        title: 'Growth since authorization',
        unit: 'percent',
        aggregate: 'growth',
        direction: 'down',
        target: { comparison: 'below', target: 20 },
      },
    ],
    needs: ['authorization_dates'],
  },
  {
    code: 'M11',
    name: 'old-high-weaknesses',
    title: 'High weaknesses older than 30 and 60 days',
    category: 'exposure',
    definition:
      'Unique weaknesses of severity high or critical with an open finding that is older than 30, and older than 60 days.',
    formula: 'number high with age over n days',
    source:
      'FedRAMP ConMon Performance Management, table 1: 5 or more at 30 days (detailed finding review), at 60 days (corrective action plan)',
    kind: 'plugin',
    by: [],
    records: uniqueWeaknesses(`f.rank >= 3 and ${older(30)}`),
    measures: [
      {
        key: 'over_30',
        title: 'High, over 30 days',
        unit: 'count',
        aggregate: 'count',
        direction: 'down',
        target: { comparison: 'below', target: 5 },
      },
      {
        key: 'over_60',
        title: 'High, over 60 days',
        unit: 'count',
        aggregate: 'count',
        direction: 'down',
        target: { comparison: 'below', target: 5 },
        records: uniqueWeaknesses(`f.rank >= 3 and ${older(60)}`),
      },
    ],
    history: 'findings',
  },
  {
    code: 'M12',
    name: 'old-moderate-weaknesses',
    title: 'Moderate weaknesses older than 90 and 120 days',
    category: 'exposure',
    definition:
      'Unique weaknesses of severity medium with an open finding that is older than 90, and older than 120 days.',
    formula: 'number medium with age over n days',
    source:
      'FedRAMP ConMon Performance Management, table 1: 10 or more at 90 days (detailed finding review), at 120 days (corrective action plan)',
    kind: 'plugin',
    by: [],
    records: uniqueWeaknesses(`f.rank = 2 and ${older(90)}`),
    measures: [
      {
        key: 'over_90',
        title: 'Moderate, over 90 days',
        unit: 'count',
        aggregate: 'count',
        direction: 'down',
        target: { comparison: 'below', target: 10 },
      },
      {
        key: 'over_120',
        title: 'Moderate, over 120 days',
        unit: 'count',
        aggregate: 'count',
        direction: 'down',
        target: { comparison: 'below', target: 10 },
        records: uniqueWeaknesses(`f.rank = 2 and ${older(120)}`),
      },
    ],
    history: 'findings',
  },
  {
    code: 'M29',
    name: 'vulnerabilities-per-host',
    title: 'Vulnerabilities per host (VPH)',
    category: 'exposure',
    definition:
      'Weighted open findings for each machine seen in the last 30 days: CAT I (critical and high) weighs 10, CAT II (medium) 4, CAT III (low) 1, divided by 15. Below 2.5 is low, above 3.5 very high.',
    formula: '(10 × CAT I + 4 × CAT II + 1 × CAT III) / 15 / machines seen in 30 days',
    source: 'C-PAT metrics and their tests; weights 4 and 1 as in CORA',
    kind: 'finding',
    by: [],
    records: `${findings(
      `metric_open f join (select distinct asset_uuid from metric_asset where seen_at >= :now - interval '30 days') h on h.asset_uuid = f.asset`,
      { base: 'false', amount: 'case when f.rank >= 3 then 10 when f.rank = 2 then 4 else 1 end / 15.0' },
    )}
 union all
select a.asset_uuid::text, a.system_id, a.main, null, null, false, true, null from metric_asset a where a.seen_at >= :now - interval '30 days'`,
    measures: [
      {
        key: 'value',
        title: 'Vulnerabilities per host',
        unit: 'score',
        aggregate: 'rate',
        direction: 'down',
        baseKind: 'asset',
        target: { comparison: 'below', target: 2.5 },
      },
    ],
  },
  {
    code: 'M31',
    name: 'unsupported-software',
    title: 'Unsupported software findings',
    category: 'exposure',
    definition:
      'Open findings of plugins that say that software is unsupported or past its end of life, by their name.',
    formula: 'number open of such plugins',
    source: 'C-PAT, ACAS Security End of Life Software Findings',
    kind: 'finding',
    by: ['severity'],
    records: findings(
      `metric_open f join scan_plugins p on p.plugin_id = f.plugin_id where p.name ~* '(unsupported|end[ -]of[ -]life|\\ySEoL\\y)'`,
    ),
    measures: [
      {
        key: 'value',
        title: 'Unsupported software findings',
        unit: 'count',
        aggregate: 'count',
        direction: 'down',
      },
    ],
    history: 'findings',
  },
];
