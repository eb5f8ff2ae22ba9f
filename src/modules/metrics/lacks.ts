/** What a metric may lack: each with what its reader is told, and the question whether it is there. */
export interface LackSpec {
  /** After "needs". */
  readonly words: string;
  /** SQL of one boolean. */
  readonly isThere: string;
}

export const lackCodes = [
  'kev_feed',
  'epss_feed',
  'authorization_dates',
  'authenticated_scans',
  'scan_information',
  'audits',
  'vdr_classes',
  'links',
  'poams',
  'deviations_decided',
  'milestones',
  'vendor_dependencies',
] as const;
export type Lack = (typeof lackCodes)[number];

export const lacks: Readonly<Record<Lack, LackSpec>> = {
  kev_feed: {
    words: 'the KEV catalogue: load it with `tieline intelligence load kev`',
    isThere: 'select exists (select from cve_intelligence where kev_added is not null)',
  },
  epss_feed: {
    words: 'EPSS scores: load them with `tieline intelligence load epss`',
    isThere: 'select exists (select from cve_intelligence where epss is not null)',
  },
  authorization_dates: {
    words: 'a system with an authorization date that lies after the first finding on record',
    isThere: `select exists (select from ingestion_systems where authorization_date >=
                (select min(first_found) from ingestion_vulnerabilities where finding_key is not null))`,
  },
  authenticated_scans: {
    words: 'a source that says when assets were scanned with credentials',
    isThere: `select exists (select from asset_sources where record ? 'last_authenticated_at')
                  or exists (select from scan_coverage)`,
  },
  scan_information: {
    words: 'the output of plugin 19506 (scan information), which names the plugin feed of a scan',
    isThere: `select exists (select from ingestion_vulnerabilities where plugin_id::text = '19506')`,
  },
  audits: {
    words: 'results of audits (compliance scans)',
    isThere: 'select exists (select from compliance_results)',
  },
  vdr_classes: {
    words: 'the FedRAMP class of a boundary: say it with `tieline due-policies tell system`',
    isThere: 'select exists (select from boundary_due_facts where class is not null)',
  },
  links: {
    words: 'records that are linked to another system',
    isThere: 'select exists (select from sync_links)',
  },
  poams: { words: 'POA&Ms', isThere: 'select exists (select from ingestion_poams)' },
  deviations_decided: {
    words: 'a deviation that was decided',
    isThere: 'select exists (select from deviations where decided_at is not null)',
  },
  milestones: {
    words: 'milestones with a planned date',
    isThere: 'select exists (select from ingestion_poam_milestones where scheduled_completion is not null)',
  },
  vendor_dependencies: {
    words: 'an approved vendor dependency',
    isThere: `select exists (select from deviations where kind = 'vendor_dependency' and state = 'approved')`,
  },
};

export const lackWords = (codes: readonly string[]): string =>
  codes.map((code) => (code in lacks ? lacks[code as Lack].words : code)).join('; '); // just looked up
