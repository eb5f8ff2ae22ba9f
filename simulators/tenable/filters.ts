/** Export filters: what is allowed, and what matches (https://developer.tenable.com/reference; decision 0020). */
import type { AssetJson } from './asset-json.ts';
import type { FindingJson } from './finding-json.ts';
import { assetFilters, faultInValue, findingFilters, matchesTags, type NamedTag } from './value-filters.ts';

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
const assetTimes = [
  'created_at',
  'updated_at',
  'terminated_at',
  'deleted_at',
  'first_scan_time',
  'last_authenticated_scan_time',
  'last_assessed',
] as const;
/** What is wrong with the filters of a findings export; undefined if nothing is. */
export function faultInFindingFilters(filters: Filters): string | undefined {
  const fault = faultInNames(filters, findingTimes, { ...findingFilters, state: true });
  if (fault !== undefined) return fault;
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
  return faultInNames(filters, assetTimes, assetFilters);
}

function faultInNames(filters: Filters, times: readonly string[], others: object): string | undefined {
  for (const [name, value] of Object.entries(filters)) {
    if (times.includes(name)) {
      if (!Number.isInteger(value)) return `${name} must be a Unix timestamp in seconds`;
    } else if (Object.hasOwn(others, name)) {
      const fault = faultInValue(name, value);
      if (fault !== undefined) return fault;
    } else if (!name.startsWith('tag.')) return `unknown filter ${name}`;
  }
  return undefined;
}

const secondsOf = (value: unknown): number =>
  typeof value === 'string' ? Math.floor(Date.parse(value) / 1000) : Number.NaN;
const words = (value: unknown): string[] =>
  Array.isArray(value) ? value.map((each) => String(each).toUpperCase()) : [];

/** Whether a finding is in an export with these filters. Without a time filter only the last thirty days are. */
export function matchesFinding(
  finding: FindingJson,
  filters: Filters,
  { now, tagsOf }: { readonly now: Date; readonly tagsOf: (assetUuid: string) => readonly NamedTag[] },
): boolean {
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
  return (
    Object.entries(findingFilters).every(
      ([name, matches]) => filters[name] === undefined || matches(finding, filters[name]),
    ) &&
    (!hasTagFilter(filters) || matchesTags(tagsOf(finding.asset.uuid), filters))
  );
}

const hasTagFilter = (filters: Filters): boolean =>
  Object.keys(filters).some((name) => name.startsWith('tag.'));

/** Whether an asset is in an export with these filters. */
export function matchesAsset(asset: AssetJson, filters: Filters): boolean {
  const tags = Array.isArray(asset['tags']) ? (asset['tags'] as NamedTag[]) : []; // as exports have them
  if (hasTagFilter(filters) && !matchesTags(tags, filters)) return false;
  if (
    !Object.entries(assetFilters).every(
      ([name, matches]) => filters[name] === undefined || matches(asset, filters[name]),
    )
  )
    return false;
  return assetTimes.every(
    (name) => filters[name] === undefined || secondsOf(asset[name]) >= Number(filters[name]),
  );
}
