/**
 * The export filters that are not about time, each with what it matches. A filter that is not here (nor a time, nor
 * `tag.…`) is refused, so that none is ever taken and ignored.
 */
import { BlockList } from 'node:net';
import type { AssetJson } from './asset-json.ts';
import type { FindingJson } from './finding-json.ts';

type Matcher<T> = (record: T, wanted: unknown) => boolean;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
/** Lists and single values alike, in upper case; nothing for null. */
const words = (value: unknown): string[] =>
  (Array.isArray(value) ? value : value === undefined || value === null ? [] : [value]).map((each) =>
    String(each).toUpperCase(),
  );
const anyOf = (have: unknown, wanted: unknown): boolean => {
  const given = words(wanted);
  return words(have).some((each) => given.includes(each));
};

const comparisons: Record<string, (have: number, wanted: number) => boolean> = {
  eq: (have, wanted) => have === wanted,
  neq: (have, wanted) => have !== wanted,
  gt: (have, wanted) => have > wanted,
  gte: (have, wanted) => have >= wanted,
  lt: (have, wanted) => have < wanted,
  lte: (have, wanted) => have <= wanted,
};
/** `{gte: 7}`; several must all hold. A record without the number matches none. */
function compares(have: unknown, wanted: unknown): boolean {
  if (typeof have !== 'number' || !isObject(wanted)) return false;
  return Object.entries(wanted).every(([operator, bound]) =>
    words(bound).some((each) => comparisons[operator]?.(have, Number(each)) === true),
  );
}

function isInRange(address: unknown, range: unknown): boolean {
  const [network = '', bits] = String(range).split('/');
  const list = new BlockList();
  list.addSubnet(network, Number(bits ?? 32));
  return typeof address === 'string' && list.check(address);
}

/** All values but `state`, whose default is a rule of its own. */
export const findingFilters: Readonly<Record<string, Matcher<FindingJson>>> = {
  severity: (finding, wanted) => anyOf(finding['severity'], wanted),
  // Case-sensitive (the vendor's OpenAPI).
  severity_modification_type: (finding, wanted) =>
    Array.isArray(wanted) && wanted.includes(finding['severity_modification_type']),
  plugin_id: (finding, wanted) => anyOf(finding.plugin.id, wanted),
  plugin_family: (finding, wanted) => anyOf(finding.plugin['family'], wanted),
  plugin_type: (finding, wanted) => anyOf(finding.plugin['type'], wanted),
  cve_id: (finding, wanted) => anyOf(finding.plugin['cve'], wanted),
  network_id: (finding, wanted) => anyOf(finding.asset['network_id'], wanted),
  source: (finding, wanted) => anyOf(finding['source'], wanted),
  scan_uuid: (finding, wanted) => isObject(finding['scan']) && anyOf(finding['scan']['uuid'], wanted),
  cidr_range: (finding, wanted) => isInRange(finding.asset['ipv4'], wanted),
  time_taken_to_fix: (finding, wanted) => compares(finding['time_taken_to_fix'], wanted),
  vpr_score: (finding, wanted) =>
    isObject(finding.plugin['vpr']) && compares(finding.plugin['vpr']['score'], wanted),
  epss_score: (finding, wanted) => compares(finding.plugin['epss_score'], wanted),
};

const isSet = (value: unknown): boolean => value !== null && value !== undefined;

export const assetFilters: Readonly<Record<string, Matcher<AssetJson>>> = {
  is_deleted: (asset, wanted) => isSet(asset.deleted_at) === wanted,
  is_terminated: (asset, wanted) => isSet(asset.terminated_at) === wanted,
  is_licensed: (asset, wanted) => isSet(asset['last_licensed_scan_date']) === wanted,
  has_plugin_results: (asset, wanted) => (asset['has_plugin_results'] === true) === wanted,
  servicenow_sysid: (asset, wanted) => isSet(asset['servicenow_sysid']) === wanted,
  last_scan_id: (asset, wanted) => anyOf(asset['last_scan_id'], wanted),
  network_id: (asset, wanted) => anyOf(asset['network_id'], wanted),
  sources: (asset, wanted) =>
    Array.isArray(asset['sources']) &&
    asset['sources'].some((each: unknown) => isObject(each) && anyOf(each['name'], wanted)),
};

/** Tags as an asset export tells them. */
export interface NamedTag {
  readonly key: string;
  readonly value: string;
}

/** `tag.<category>: [values]`: one of the values in each category that is named. */
export function matchesTags(tags: readonly NamedTag[], filters: Readonly<Record<string, unknown>>): boolean {
  return Object.entries(filters).every(
    ([name, wanted]) =>
      !name.startsWith('tag.') ||
      tags.some((tag) => `tag.${tag.key}`.toUpperCase() === name.toUpperCase() && anyOf(tag.value, wanted)),
  );
}

/** What is wrong with the value of a filter; undefined if nothing is. */
export function faultInValue(name: string, value: unknown): string | undefined {
  if (name === 'cidr_range') {
    try {
      isInRange('127.0.0.1', value);
    } catch {
      return 'cidr_range must be an IPv4 range such as 10.20.0.0/16';
    }
  }
  if (!['time_taken_to_fix', 'vpr_score', 'epss_score'].includes(name)) return undefined;
  return isObject(value) && Object.keys(value).every((operator) => Object.hasOwn(comparisons, operator))
    ? undefined
    : `${name} must be an object of ${Object.keys(comparisons).join(', ')}`;
}
