/** M20 to M24: plans of action and milestones. */
import type { Catalogue } from '../metric.ts';
import { findings, poams } from './parts.ts';

const status = `case when p.is_late then 'Delayed' when p.is_open then 'Ongoing' when p.status = 'Completed' then 'Completed'
            when p.status = 'Risk Accepted' then 'Accepted Risk' when p.status = 'Cancelled' then 'Cancelled' else 'Not Applicable' end`;
const ageBand = `case when :today - p.created_on <= 30 then '0-30 days' when :today - p.created_on <= 90 then '31-90 days'
            when :today - p.created_on <= 180 then '91-180 days' when :today - p.created_on <= 365 then '181-365 days' else 'over 365 days' end`;
const covered = (days: number): string =>
  findings(`metric_open f where f.first_found < :now - interval '${days} days'`, {
    counted: 'f.poam is not null',
  });

const planned = `select m.id::text as record, p.system_id, true as main, p.severity, null::text as band,`;
const moved = `from ingestion_poam_milestones m
  join metric_poam p on p.poam_id = m.poam_id
 cross join lateral (select coalesce((select (c.before_value #>> '{}')::timestamp from sync_changes c
                                       where c.entity_type = 'milestone' and c.entity_id = m.id::text and c.field_name = 'scheduled_completion'
                                         and c.before_value is not null and jsonb_typeof(c.before_value) = 'string'
                                       order by c.changed_at, c.id limit 1), m.scheduled_completion) as first_planned) j
 where m.scheduled_completion is not null and p.is_open`;
const slipped = `m.scheduled_completion::date - j.first_planned::date`;

export const poam: Catalogue = [
  {
    code: 'M20',
    name: 'poam-status',
    title: 'POA&Ms by status',
    category: 'poam',
    definition:
      'POA&Ms by where they stand: ongoing, delayed (open and past the scheduled completion), completed, accepted risk, not applicable (false positives too), cancelled.',
    formula: 'number by status',
    source: 'CMS-10877 POA&M template, metrics sheet',
    kind: 'poam',
    by: ['severity', 'band'],
    records: poams('true', { band: status }),
    measures: [
      {
        key: 'value',
        title: 'POA&Ms',
        unit: 'count',
        aggregate: 'count',
        direction: 'none',
        list: { noun: 'poams', filter: {} },
      },
    ],
    needs: ['poams'],
    history: 'poams',
  },
  {
    code: 'M21',
    name: 'poam-ageing',
    title: 'Open POA&Ms by age',
    category: 'poam',
    definition:
      'Open POA&Ms by the days since the weakness was first detected, else since the POA&M was made.',
    formula: 'number in 0-30, 31-90, 91-180, 181-365, over 365 days',
    source: 'FedRAMP triggers; CMS template',
    kind: 'poam',
    by: ['severity', 'band'],
    records: poams('p.is_open', { band: ageBand }),
    measures: [
      {
        key: 'value',
        title: 'Open POA&Ms',
        unit: 'count',
        aggregate: 'count',
        direction: 'down',
        list: { noun: 'poams', filter: { open: 'yes' } },
      },
    ],
    needs: ['poams'],
    history: 'poams',
  },
  {
    code: 'M22',
    name: 'delayed-poams',
    title: 'Delayed POA&Ms',
    category: 'poam',
    definition:
      'Open POA&Ms past their scheduled completion, as a share of the open ones, and how many. An approved extension moves the scheduled completion.',
    formula: 'delayed / open × 100',
    source: 'CMS / BOE status Delayed',
    kind: 'poam',
    by: ['severity'],
    records: poams('p.is_open', { counted: 'p.is_late' }),
    measures: [
      {
        key: 'value',
        title: 'Delayed POA&Ms',
        unit: 'percent',
        aggregate: 'share',
        direction: 'down',
        list: { noun: 'poams', filter: { overdue: 'yes' } },
      },
      {
        key: 'delayed',
        title: 'Delayed POA&Ms',
        unit: 'count',
        aggregate: 'count',
        direction: 'down',
        records: poams('p.is_late'),
        list: { noun: 'poams', filter: { overdue: 'yes' } },
      },
    ],
    needs: ['poams'],
    history: 'poams',
  },
  {
    code: 'M23',
    name: 'poam-coverage',
    title: 'Findings that are on a POA&M',
    category: 'poam',
    definition: 'Share of the open findings older than 30, and older than 90 days, that a POA&M answers.',
    formula: 'on a POA&M / due to be on one × 100',
    source: 'C-PAT metrics workbook, POAM Coverage (ACAS) % CAT I 30+ Days',
    kind: 'finding',
    by: ['severity'],
    records: covered(30),
    measures: [
      {
        key: 'over_30',
        title: 'On a POA&M, over 30 days',
        unit: 'percent',
        aggregate: 'share',
        direction: 'up',
      },
      {
        key: 'over_90',
        title: 'On a POA&M, over 90 days',
        unit: 'percent',
        aggregate: 'share',
        direction: 'up',
        records: covered(90),
      },
    ],
  },
  {
    code: 'M24',
    name: 'milestone-slippage',
    title: 'Milestone slippage',
    category: 'poam',
    definition:
      'Days between the first and the current planned date of the milestones of open POA&Ms, as the journal has it: the mean, and the share that moved. Earlier moves than the journal knows are not counted.',
    formula: 'mean(current − first planned); moved / milestones × 100',
    source: 'FedRAMP POA&M, column Milestone Changes',
    kind: 'milestone',
    by: [],
    records: `${planned} true as counted, true as base, (${slipped})::numeric as amount ${moved}`,
    measures: [
      { key: 'mean', title: 'Milestone slippage', unit: 'days', aggregate: 'mean', direction: 'down' },
      {
        key: 'moved',
        title: 'Milestones moved',
        unit: 'percent',
        aggregate: 'share',
        direction: 'down',
        records: `${planned} ${slipped} <> 0 as counted, true as base, (${slipped})::numeric as amount ${moved}`,
      },
    ],
    needs: ['milestones'],
  },
];
