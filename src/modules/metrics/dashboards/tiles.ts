/** What dashboards are made of, and those that ship. */
export interface Tile {
  /** Name of the metric. */
  readonly metric: string;
  /** Key of the measure. */
  readonly measure: string;
  /** Bars of the last day, one for each; null: the number and how it moved. */
  readonly by: 'system' | 'severity' | 'band' | null;
}

export interface ShippedDashboard {
  readonly id: string;
  readonly name: string;
  readonly purpose: string;
  readonly tiles: readonly Tile[];
}

const tile = (metric: string, measure = 'value', by: Tile['by'] = null): Tile => ({ metric, measure, by });

export const shippedDashboards: readonly ShippedDashboard[] = [
  {
    id: 'executive',
    name: 'Executive',
    purpose:
      'One page to sign under: what is open, what is late, whether scans see everything, whether both sides agree.',
    tiles: [
      tile('open-findings', 'findings'),
      tile('overdue-findings'),
      tile('known-exploited', 'past_due'),
      tile('closed-on-time'),
      tile('median-time-to-remediate', 'median'),
      tile('delayed-poams'),
      tile('scan-coverage', 'days_30'),
      tile('credentialed-scans'),
      tile('data-agreement'),
      tile('open-findings', 'findings', 'severity'),
      tile('poam-status', 'value', 'band'),
      tile('overdue-findings', 'value', 'system'),
    ],
  },
  {
    id: 'exposure',
    name: 'Exposure',
    purpose: 'What is open, how bad, how old, and what is exploited.',
    tiles: [
      tile('open-findings', 'findings'),
      tile('open-findings', 'weaknesses'),
      tile('vulnerabilities-per-host'),
      tile('old-high-weaknesses', 'over_30'),
      tile('old-moderate-weaknesses', 'over_90'),
      tile('known-exploited', 'open'),
      tile('known-exploited', 'past_due'),
      tile('epss-exposure'),
      tile('unsupported-software'),
      tile('open-findings', 'findings', 'severity'),
      tile('bod-26-04-tiers', 'value', 'band'),
      tile('open-findings', 'findings', 'system'),
    ],
  },
  {
    id: 'remediation',
    name: 'Remediation',
    purpose: 'How fast weaknesses are mended, and whether they stay mended.',
    tiles: [
      tile('median-time-to-remediate', 'median'),
      tile('median-time-to-remediate', 'p90'),
      tile('mean-time-to-remediate'),
      tile('closed-on-time'),
      tile('overdue-findings'),
      tile('age-of-open-findings'),
      tile('remediation-efficiency'),
      tile('reopen-rate'),
      tile('monthly-flow', 'closed'),
      tile('median-time-to-remediate', 'median', 'severity'),
      tile('overdue-findings', 'value', 'severity'),
      tile('mean-time-to-remediate', 'value', 'system'),
    ],
  },
  {
    id: 'poams',
    name: 'POA&M',
    purpose: 'What was promised, what is late, and what was deviated from.',
    tiles: [
      tile('poam-ageing'),
      tile('delayed-poams', 'delayed'),
      tile('delayed-poams'),
      tile('poam-coverage', 'over_30'),
      tile('milestone-slippage', 'mean'),
      tile('deviations'),
      tile('deviations', 'ends_in_30'),
      tile('deviation-turnaround', 'mean'),
      tile('vendor-check-ins'),
      tile('poam-status', 'value', 'band'),
      tile('poam-ageing', 'value', 'band'),
      tile('delayed-poams', 'delayed', 'system'),
    ],
  },
  {
    id: 'scan-coverage',
    name: 'Scan coverage',
    purpose: 'Whether scans see everything, well enough and lately.',
    tiles: [
      tile('scan-coverage', 'days_30'),
      tile('scan-coverage', 'days_14'),
      tile('scan-coverage', 'days_7'),
      tile('credentialed-scans'),
      tile('scan-freshness', 'p90'),
      tile('scan-freshness', 'never'),
      tile('plugin-feed-age', 'mean'),
      tile('cora-risk'),
      tile('scan-coverage', 'days_30', 'system'),
      tile('credentialed-scans', 'value', 'system'),
    ],
  },
  {
    id: 'sync-health',
    name: 'Sync health',
    purpose: 'Whether the scanners, the GRC system and this record say the same.',
    tiles: [
      tile('data-agreement'),
      tile('data-agreement', 'oldest'),
      tile('poam-coverage', 'over_30'),
      tile('data-agreement', 'value', 'system'),
    ],
  },
];
