/** M25 to M28: deviations, and how they are decided. */
import type { Catalogue, Measure } from '../metric.ts';
import { days, deviations } from './parts.ts';

const approved = `d.state = 'approved'`;
const ending = (within: number): Measure => ({
  key: `ends_in_${within}`,
  title: `Ending within ${within} days`,
  unit: 'count',
  aggregate: 'count',
  direction: 'down',
  records: deviations(`${approved} and d.expires_on between :today and :today + ${within}`),
});

export const deviation: Catalogue = [
  {
    code: 'M25',
    name: 'deviations',
    title: 'Deviations in force and ending',
    category: 'deviation',
    definition: 'Approved deviations by kind, and those that end within 30, 60 and 90 days.',
    formula: 'number by kind; number ending',
    source: 'DoD practice, risk accepted expiration date; ServiceNow Deferred Vulnerable Items',
    kind: 'deviation',
    by: ['band'],
    records: deviations(approved),
    measures: [
      {
        key: 'value',
        title: 'Deviations in force',
        unit: 'count',
        aggregate: 'count',
        direction: 'down',
        list: { noun: 'deviations', filter: { state: 'approved' } },
      },
      ending(30),
      ending(60),
      ending(90),
    ],
  },
  {
    code: 'M26',
    name: 'deviation-turnaround',
    title: 'Deviation turnaround',
    category: 'deviation',
    definition:
      'Mean days from request to decision of the deviations decided in the last 90 days, and the requests that have waited for more than 14 days.',
    formula: 'mean(decided − requested); number pending over 14 days',
    source: 'ServiceNow approval expiry',
    kind: 'deviation',
    by: ['band'],
    records: deviations(
      `d.decided_at >= (:now - interval '90 days') at time zone 'UTC' and d.requested_at is not null`,
      { amount: days('d.requested_at', 'd.decided_at') },
    ),
    measures: [
      { key: 'mean', title: 'Deviation turnaround', unit: 'days', aggregate: 'mean', direction: 'down' },
      {
        key: 'pending',
        title: 'Pending over 14 days',
        unit: 'count',
        aggregate: 'count',
        direction: 'down',
        records: deviations(
          `d.state = 'requested' and d.requested_at < (:now - interval '14 days') at time zone 'UTC'`,
        ),
      },
    ],
  },
  {
    code: 'M27',
    name: 'vendor-check-ins',
    title: 'Vendor dependency check-ins',
    category: 'deviation',
    definition: 'Share of the approved vendor dependencies whose vendor was asked in the last 30 days.',
    formula: 'checked within 30 days / vendor dependencies × 100',
    source: 'CSP POA&M Template Completion Guide, columns P and Q',
    kind: 'deviation',
    by: [],
    records: deviations(`${approved} and d.kind = 'vendor_dependency'`, {
      counted: `exists (select from deviation_checkins c where c.deviation_id = d.id and c.checked_on >= :today - 30 and c.checked_on <= :today)`,
    }),
    measures: [
      {
        key: 'value',
        title: 'Vendor dependency check-ins',
        unit: 'percent',
        aggregate: 'share',
        direction: 'up',
        target: { comparison: 'at_least', target: 100 },
      },
    ],
    needs: ['vendor_dependencies'],
  },
  {
    code: 'M28',
    name: 'false-positive-rate',
    title: 'False positive rate',
    category: 'quality',
    definition:
      'Share of the deviations decided in the last 365 days that were approved as false positives. Deviations are by POA&M, so a weakness counts once, not once for each machine.',
    formula: 'approved false positives / decided deviations × 100',
    source: 'VER-EVA-EFP',
    kind: 'deviation',
    by: [],
    records: deviations(`d.decided_at >= (:now - interval '365 days') at time zone 'UTC'`, {
      counted: `d.kind = 'false_positive' and d.state <> 'rejected'`,
    }),
    measures: [
      { key: 'value', title: 'False positive rate', unit: 'percent', aggregate: 'share', direction: 'down' },
    ],
    needs: ['deviations_decided'],
  },
];
