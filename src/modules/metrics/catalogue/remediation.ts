/** M01 to M07: how fast weaknesses are mended, and whether they stay mended. */
import type { Catalogue } from '../metric.ts';
import { days, findings } from './parts.ts';

const closedRecently = `metric_closed f left join metric_kev k on k.plugin_id = f.plugin_id
 where f.closed_at >= :now - interval '30 days' and f.first_found is not null`;
const age = days('f.first_found', 'f.closed_at');

const happened = `select f.id || ' ' || f.kind as record, f.system_id, f.main, f.severity, f.kind as band,`;

export const remediation: Catalogue = [
  {
    code: 'M01',
    name: 'mean-time-to-remediate',
    title: 'Mean time to remediate',
    category: 'remediation',
    definition:
      'Mean age, at closure, of the findings that a scan showed fixed in the last 30 days and that are still fixed. Age counts from the day it was first found, also where it had come back.',
    formula: 'sum(fixed − first found) / number fixed',
    source: 'ServiceNow VR CISO dashboard, Vulnerable Items Mean Time to Remediate (30 days running)',
    kind: 'finding',
    by: ['severity', 'band'],
    records: findings(closedRecently, {
      amount: age,
      band: `case when k.plugin_id is null then 'other' else 'known exploited' end`,
    }),
    measures: [
      { key: 'value', title: 'Mean time to remediate', unit: 'days', aggregate: 'mean', direction: 'down' },
    ],
    history: 'findings',
  },
  {
    code: 'M02',
    name: 'median-time-to-remediate',
    title: 'Median and 90th percentile time to remediate',
    category: 'remediation',
    definition:
      'As the mean time to remediate, but the age that half of the findings stayed under, and the age that nine of ten stayed under: it shows the tail that a mean hides.',
    formula: 'percentile 0.5 and 0.9 of (fixed − first found)',
    source: 'own, beside M01',
    kind: 'finding',
    by: ['severity'],
    records: findings(closedRecently, { amount: age }),
    measures: [
      {
        key: 'median',
        title: 'Median time to remediate',
        unit: 'days',
        aggregate: 'median',
        direction: 'down',
      },
      { key: 'p90', title: '90th percentile', unit: 'days', aggregate: 'p90', direction: 'down' },
    ],
    history: 'findings',
  },
  {
    code: 'M03',
    name: 'closed-on-time',
    title: 'Closed within the due date',
    category: 'remediation',
    definition:
      'Share of the findings closed in the last 30 days that were closed on or before the due date of their weakness. Findings without a due date are left out.',
    formula: 'closed on time / closed × 100',
    source: 'ServiceNow VR, % of Closed Vulnerable Items that Met Target; DefectDojo, Mitigated Within SLA',
    kind: 'finding',
    by: ['severity'],
    records: findings(
      `metric_closed f where f.closed_at >= :now - interval '30 days' and f.due_on is not null`,
      {
        counted: 'f.closed_at::date <= f.due_on',
      },
    ),
    measures: [
      {
        key: 'value',
        title: 'Closed within the due date',
        unit: 'percent',
        aggregate: 'share',
        direction: 'up',
      },
    ],
  },
  {
    code: 'M04',
    name: 'overdue-findings',
    title: 'Overdue open findings',
    category: 'remediation',
    definition:
      'Open findings past the due date of their weakness, without an approved deviation or extension that moves it.',
    formula: 'number open with due date before today',
    source: 'FedRAMP ConMon Performance Management, table 1',
    kind: 'finding',
    by: ['severity'],
    records: findings('metric_open f where f.due_on < :today and not f.released'),
    measures: [
      { key: 'value', title: 'Overdue open findings', unit: 'count', aggregate: 'count', direction: 'down' },
    ],
  },
  {
    code: 'M05',
    name: 'age-of-open-findings',
    title: 'Average age of open findings',
    category: 'remediation',
    definition: 'Mean number of days since the open findings were first found.',
    formula: 'mean(now − first found)',
    source: 'ServiceNow VR, Average Age of Vulnerable Items',
    kind: 'finding',
    by: ['severity'],
    records: findings('metric_open f where f.first_found is not null', {
      amount: days('f.first_found', ':now'),
    }),
    measures: [
      {
        key: 'value',
        title: 'Average age of open findings',
        unit: 'days',
        aggregate: 'mean',
        direction: 'down',
      },
    ],
    history: 'findings',
  },
  {
    code: 'M06',
    name: 'remediation-efficiency',
    title: 'Remediation efficiency',
    category: 'remediation',
    definition:
      'Findings closed in the last 30 days for each one that was new or came back in the same time. Above 1, more is closed than arrives.',
    formula: 'closed / (new + reopened)',
    source: 'ServiceNow VR, Monthly Remediation Efficiency',
    kind: 'finding',
    by: ['severity'],
    records: `${happened} f.kind = 'closed' as counted, f.kind in ('new', 'reopened') as base, null::numeric as amount
  from metric_event f where f.recent`,
    measures: [
      { key: 'value', title: 'Remediation efficiency', unit: 'ratio', aggregate: 'ratio', direction: 'up' },
    ],
    history: 'findings',
  },
  {
    code: 'M07',
    name: 'reopen-rate',
    title: 'Reopen rate',
    category: 'remediation',
    definition:
      'Findings that came back in the last 30 days after a scan had shown them fixed, as a share of those closed in the 30 days before.',
    formula: 'reopened / closed in the period before × 100',
    source: 'own; FedRAMP trigger Multiple Recurrences',
    kind: 'finding',
    by: ['severity'],
    records: `${happened} f.kind = 'reopened' and f.recent as counted, f.kind = 'closed' and not f.recent as base, null::numeric as amount
  from metric_event f where f.kind = 'reopened' and f.recent or f.kind = 'closed' and not f.recent`,
    measures: [
      { key: 'value', title: 'Reopen rate', unit: 'percent', aggregate: 'share', direction: 'down' },
    ],
    history: 'findings',
  },
];
