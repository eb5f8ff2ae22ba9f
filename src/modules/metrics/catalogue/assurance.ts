/** M16 to M19: whether scans see everything, well enough and lately. */
import type { Catalogue, Measure } from '../metric.ts';
import { assets, days } from './parts.ts';

const coverage = (window: number): Omit<Measure, 'target'> => ({
  key: `days_${window}`,
  title: `Scanned within ${window} days`,
  unit: 'percent',
  aggregate: 'share',
  direction: 'up',
  records: assets('true', { counted: `coalesce(a.seen_at >= :now - interval '${window} days', false)` }),
});
const sinceAuthenticated = { amount: days('a.authenticated_at', ':now') };

export const assurance: Catalogue = [
  {
    code: 'M16',
    name: 'scan-coverage',
    title: 'Scan coverage',
    category: 'assurance',
    definition:
      'Share of the machines on record that a scanner saw within 30, 14 and 7 days. Terminated and deleted machines are left out.',
    formula: 'seen in the window / machines × 100',
    source:
      'ServiceNow VR, Current Scan Coverage; C-PAT, ACAS Asset Coverage %; FedRAMP monthly scan of 100 percent',
    kind: 'asset',
    by: [],
    records: assets('true', { counted: `coalesce(a.seen_at >= :now - interval '30 days', false)` }),
    measures: [
      { ...coverage(30), target: { comparison: 'at_least', target: 100 } },
      coverage(14),
      coverage(7),
    ],
  },
  {
    code: 'M17',
    name: 'credentialed-scans',
    title: 'Credentialed scan rate',
    category: 'assurance',
    definition:
      'Share of the machines seen in the last 30 days that were scanned with credentials in the same time.',
    formula: 'scanned with credentials / scanned × 100',
    source:
      'FedRAMP Vulnerability Scanning, RA-5(5); ConMon table 1: trigger when 10 percent or more are unauthenticated',
    kind: 'asset',
    by: [],
    records: assets(`a.seen_at >= :now - interval '30 days'`, {
      counted: `coalesce(a.authenticated_at >= :now - interval '30 days', false)`,
    }),
    measures: [
      {
        key: 'value',
        title: 'Credentialed scan rate',
        unit: 'percent',
        aggregate: 'share',
        direction: 'up',
        target: { comparison: 'above', target: 90 },
      },
    ],
    needs: ['authenticated_scans'],
  },
  {
    code: 'M18',
    name: 'scan-freshness',
    title: 'Scan freshness',
    category: 'assurance',
    definition:
      'Days since each machine was last scanned with credentials: what nine of ten stay under, and the oldest. Machines that never were are a number of their own.',
    formula: 'percentile 0.9 and maximum of (now − last scan with credentials)',
    source: 'own; the window of M16',
    kind: 'asset',
    by: [],
    records: assets('a.authenticated_at is not null', sinceAuthenticated),
    measures: [
      {
        key: 'p90',
        title: 'Scan freshness, 90th percentile',
        unit: 'days',
        aggregate: 'p90',
        direction: 'down',
      },
      {
        key: 'oldest',
        title: 'Scan freshness, oldest',
        unit: 'days',
        aggregate: 'largest',
        direction: 'down',
      },
      {
        key: 'never',
        title: 'Never scanned with credentials',
        unit: 'count',
        aggregate: 'count',
        direction: 'down',
        records: assets('a.authenticated_at is null'),
      },
    ],
    needs: ['authenticated_scans'],
  },
  {
    code: 'M19',
    name: 'plugin-feed-age',
    title: 'Plugin feed age at scan',
    category: 'assurance',
    definition:
      'How old the plugin feed of the scanner was when it last scanned a machine, as plugin 19506 (scan information) reports it: the mean and the oldest.',
    formula: 'mean and maximum of (scan day − day of the feed)',
    source: 'FedRAMP scanning, Signature Updates, RA-5(2)',
    kind: 'finding',
    by: [],
    records: `select f.id::text as record, m.system_id, coalesce(m.main, true) as main, null::text as severity, null::text as band,
       true as counted, true as base, greatest(0, f.scanned_at::date - f.feed_date)::numeric as amount
  from metric_feed f left join metric_member m on m.asset_uuid = f.asset
 where f.feed_date is not null and f.scanned_at >= :now - interval '30 days'`,
    measures: [
      { key: 'mean', title: 'Plugin feed age', unit: 'days', aggregate: 'mean', direction: 'down' },
      { key: 'oldest', title: 'Oldest plugin feed', unit: 'days', aggregate: 'largest', direction: 'down' },
    ],
    needs: ['scan_information'],
  },
];
