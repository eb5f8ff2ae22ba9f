/** Export filters: what is allowed, and what matches (the vendor's OpenAPI; reference/tenable.md section 1). */
import type { AssetJson } from './asset-json.ts';
import type { FindingJson } from './finding-json.ts';

export type Filters = Record<string, unknown>;

const findingTimes = [
  'since',
  'first_found',
  'first_seen',
  'last_found',
  'last_seen',
  'last_fixed',
  'indexed_at',
  'resurfaced_date',
] as const;
const findingOthers = [
  'state',
  'severity',
  'severity_modification_type',
  'plugin_id',
  'plugin_family',
  'cve_id',
  'network_id',
  'source',
  'scan_uuid',
  'cidr_range',
  'time_taken_to_fix',
  'vpr_score',
  'epss_score',
];
const assetTimes = [
  'created_at',
  'updated_at',
  'terminated_at',
  'deleted_at',
  'first_scan_time',
  'last_authenticated_scan_time',
  'last_assessed',
] as const;
const assetOthers = [
  'is_terminated',
  'is_deleted',
  'is_licensed',
  'last_scan_id',
  'has_plugin_results',
  'network_id',
  'servicenow_sysid',
  'sources',
];

/** What is wrong with the filters of a findings export; undefined if nothing is. */
export function faultInFindingFilters(filters: Filters): string | undefined {
  for (const [name, value] of Object.entries(filters)) {
    if ((findingTimes as readonly string[]).includes(name)) {
      if (!Number.isInteger(value)) return `${name} must be a Unix timestamp in seconds`;
    } else if (!findingOthers.includes(name) && !name.startsWith('tag.')) return `unknown filter ${name}`;
  }
  const states = filters['state'];
  if (
    states !== undefined &&
    (!Array.isArray(states) ||
      states.some((state) => !['OPEN', 'REOPENED', 'FIXED'].includes(String(state).toUpperCase())))
  )
    return 'state must be a list of OPEN, REOPENED, FIXED';
  if (
    'since' in filters &&
    ['first_found', 'first_seen', 'last_found', 'last_seen', 'last_fixed'].some((name) => name in filters)
  )
    return 'since cannot be used with first_found, last_found or last_fixed';
  if (['first_found', 'last_found', 'last_fixed'].some((name) => name in filters) && states === undefined)
    return 'state is required with first_found, last_found or last_fixed';
  return undefined;
}

export function faultInAssetFilters(filters: Filters): string | undefined {
  for (const [name, value] of Object.entries(filters)) {
    if ((assetTimes as readonly string[]).includes(name)) {
      if (!Number.isInteger(value)) return `${name} must be a Unix timestamp in seconds`;
    } else if (!assetOthers.includes(name) && !name.startsWith('tag.')) return `unknown filter ${name}`;
  }
  return undefined;
}

const secondsOf = (value: unknown): number =>
  typeof value === 'string' ? Math.floor(Date.parse(value) / 1000) : Number.NaN;
const words = (value: unknown): string[] =>
  Array.isArray(value) ? value.map((each) => String(each).toUpperCase()) : [];

/** Whether a finding is in an export with these filters. Without a time filter only the last thirty days are. */
export function matchesFinding(finding: FindingJson, filters: Filters, now: Date): boolean {
  const state = String(finding['state']).toUpperCase();
  // The documentation contradicts itself on the default; users got open and reopened ones (elastic/integrations 5738).
  const states = filters['state'] === undefined ? ['OPEN', 'REOPENED'] : words(filters['state']);
  if (!states.includes(state)) return false;
  const seen =
    state === 'FIXED'
      ? secondsOf(finding['last_fixed'] ?? finding['last_found'])
      : secondsOf(finding['last_found']);
  const field: Record<(typeof findingTimes)[number], number> = {
    since: seen,
    first_found: secondsOf(finding['first_found']),
    first_seen: secondsOf(finding['first_found']),
    last_found: secondsOf(finding['last_found']),
    last_seen: secondsOf(finding['last_found']),
    last_fixed: secondsOf(finding['last_fixed']),
    // Old recordings do not tell when a finding was indexed; it was not before it was last seen.
    indexed_at: secondsOf(finding['indexed'] ?? finding['last_found']),
    resurfaced_date: secondsOf(finding['resurfaced_date']),
  };
  const asked = findingTimes.filter((name) => filters[name] !== undefined);
  if (asked.length === 0 && !(seen >= now.getTime() / 1000 - 30 * 86_400)) return false;
  if (!asked.every((name) => field[name] >= Number(filters[name]))) return false;
  if (
    filters['severity'] !== undefined &&
    !words(filters['severity']).includes(String(finding['severity']).toUpperCase())
  )
    return false;
  if (filters['plugin_id'] !== undefined && !words(filters['plugin_id']).includes(String(finding.plugin.id)))
    return false;
  const modification = filters['severity_modification_type'];
  return (
    modification === undefined ||
    (Array.isArray(modification) && modification.includes(finding['severity_modification_type']))
  );
}

/** Whether an asset is in an export with these filters. */
export function matchesAsset(asset: AssetJson, filters: Filters): boolean {
  const isTrue = (name: 'deleted_at' | 'terminated_at'): boolean => asset[name] !== null;
  if (filters['is_deleted'] !== undefined && isTrue('deleted_at') !== filters['is_deleted']) return false;
  if (filters['is_terminated'] !== undefined && isTrue('terminated_at') !== filters['is_terminated'])
    return false;
  if (
    filters['has_plugin_results'] !== undefined &&
    asset['has_plugin_results'] !== filters['has_plugin_results']
  )
    return false;
  return assetTimes.every(
    (name) => filters[name] === undefined || secondsOf(asset[name]) >= Number(filters[name]),
  );
}
