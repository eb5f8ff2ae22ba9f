/** An item of a scan file in the spelling of `scanFileMappings`. Pure. */
import type { JsonObject } from '../../platform/values/index.ts';
import { auditRaw, type AuditResult, auditResultsIn, isAuditCheck, resultBySeverity } from '../kit/index.ts';
import { listOf, scoreOf, stateOf, vectorOf } from './file-values.ts';

/** Children that an item may have several of. */
const repeated: ReadonlySet<string> = new Set([
  'cve',
  'bid',
  'xref',
  'cwe',
  'iava',
  'iavb',
  'iavt',
  'see_also',
]);
/** What is of the finding; all else is of the plugin, and stored once. */
const ofFinding: ReadonlySet<string> = new Set([
  'plugin_output',
  'vulnerability_state',
  'first_found',
  'last_found',
  'last_fixed',
  'severity_default',
  'attachment',
]);
/** Elements under the names that other releases and exports give them. */
const spelledToday: Readonly<Record<string, string>> = {
  vulnerability_priority_rating: 'vpr_score',
  vpr: 'vpr_score',
  epss: 'epss_score',
  cvss_score: 'cvss_base_score',
  cvss2_base_score: 'cvss_base_score',
  cvss2_vector: 'cvss_vector',
  cvssv3_base_score: 'cvss3_base_score',
  cvss_v3_base_score: 'cvss3_base_score',
  cvssv3_vector: 'cvss3_vector',
  cvssv4_base_score: 'cvss4_base_score',
  cvss_v4_base_score: 'cvss4_base_score',
};

/** The name that an element of an item has today. */
export const childName = (name: string): string => spelledToday[name] ?? name;

export interface ItemFacts {
  readonly attributes: Readonly<Record<string, string>>;
  /** Texts of children by name, in order. */
  readonly children: ReadonlyMap<string, readonly string[]>;
}

export interface HostOfItem {
  readonly key: string;
  /** When the scan of the host ended, else began. */
  readonly seenAt: string | undefined;
}

/** Reads a time of the file. */
export type TakeTime = (text: string | undefined) => string | undefined;

const compliancePrefix = 'cm:compliance-';
const one = (facts: ItemFacts, name: string): string | undefined => facts.children.get(name)?.[0];

/** Plugin 0 is not a plugin: scanners list open ports under it. */
export const isOpenPort = ({ attributes }: ItemFacts): boolean => attributes['pluginID']?.trim() === '0';

/**
 * The audit results of an item: from its elements, or, where it has none, from its text. Empty where the item is a finding.
 */
export function auditResultsOf(facts: ItemFacts): readonly AuditResult[] {
  const { attributes, children } = facts;
  const pluginId = attributes['pluginID']?.trim() ?? '';
  const ofAudit = isAuditCheck(pluginId);
  if (!ofAudit && attributes['pluginFamily'] !== 'Policy Compliance') return [];
  if (children.has(`${compliancePrefix}check-name`)) return [elementsOf(facts)];
  for (const name of ['plugin_output', 'description']) {
    const found = auditResultsIn(children.get(name)?.join('\n') ?? '');
    if (found.length > 0) return found;
  }
  if (!ofAudit) return [];
  return [
    {
      check_name: attributes['pluginName'] ?? pluginId,
      result: resultBySeverity(attributes['severity'] ?? ''),
      ...(one(facts, 'plugin_output') === undefined
        ? {}
        : { actual_value: one(facts, 'plugin_output') ?? '' }),
    },
  ];
}

function elementsOf({ children }: ItemFacts): AuditResult {
  const said: Record<string, string> = {};
  for (const [name, texts] of children)
    if (name.startsWith(compliancePrefix))
      said[name.slice(compliancePrefix.length).replaceAll('-', '_')] = texts.join('\n');
  return said;
}

/** Whether a child is about the plugin: not about the finding, nor of an audit. */
export const isOfPlugin = (child: string): boolean =>
  !ofFinding.has(child) && !child.startsWith(compliancePrefix);

/** The plugin of an item. */
export function pluginOf(facts: ItemFacts, takeTime: TakeTime): JsonObject {
  const plugin: JsonObject = {
    id: facts.attributes['pluginID'] ?? null,
    name: facts.attributes['pluginName'] ?? null,
    family: facts.attributes['pluginFamily'] || null,
  };
  for (const [name, texts] of facts.children) {
    if (!isOfPlugin(name)) continue;
    if (name === 'see_also') plugin[name] = texts.flatMap((text) => listOf(text));
    else if (name.endsWith('_vector')) plugin[name] = vectorOf(texts[0] ?? '');
    else
      plugin[name] = repeated.has(name) ? [...texts] : texts.length === 1 ? (texts[0] ?? null) : [...texts];
  }
  const dates = [
    ['published_at', 'plugin_publication_date'],
    ['modified_at', 'plugin_modification_date'],
    ['patch_published_at', 'patch_publication_date'],
  ] as const;
  for (const [name, source] of dates) {
    const at = takeTime(one(facts, source));
    if (at !== undefined) plugin[name] = at;
  }
  for (const name of ['cvss_base_score', 'cvss3_base_score', 'vpr_score']) {
    const score = scoreOf(one(facts, name));
    if (score === undefined) delete plugin[name];
    else plugin[name] = score;
  }
  const epss = Number(one(facts, 'epss_score')?.replace(',', '.') || Number.NaN);
  if (epss >= 0 && epss <= 1) plugin['epss_score'] = epss;
  else delete plugin['epss_score'];
  plugin['xref'] = [...(facts.children.get('xref') ?? [])];
  plugin['cve'] = [...(facts.children.get('cve') ?? [])];
  return plugin;
}

/** @param plugin gives what the item says about its plugin, from `pluginOf`. */
export function findingRaw(
  facts: ItemFacts,
  host: HostOfItem,
  takeTime: TakeTime,
  plugin: () => JsonObject,
): JsonObject {
  const seen = host.seenAt;
  const told = (name: string): string | undefined => takeTime(one(facts, name));
  const lastFound = told('last_found') ?? seen;
  const firstFound = told('first_found') ?? seen;
  const lastFixed = told('last_fixed');
  return {
    host_key: host.key,
    port: facts.attributes['port'] ?? null,
    protocol: facts.attributes['protocol'] ?? null,
    svc_name: facts.attributes['svc_name'] ?? null,
    severity: facts.attributes['severity'] ?? null,
    state: stateOf(one(facts, 'vulnerability_state')),
    ...(one(facts, 'plugin_output') === undefined
      ? {}
      : { plugin_output: one(facts, 'plugin_output') ?? null }),
    ...(firstFound === undefined ? {} : { first_found: firstFound }),
    ...(lastFound === undefined ? {} : { last_found: lastFound }),
    ...(lastFixed === undefined ? {} : { last_fixed: lastFixed }),
    ...(seen === undefined ? {} : { seen_at: seen }),
    plugin: plugin(),
  };
}

export function complianceRaw(
  said: AuditResult,
  facts: ItemFacts,
  host: HostOfItem,
  takeTime: TakeTime,
): JsonObject {
  const pluginId = facts.attributes['pluginID']?.trim() ?? '';
  const seen = takeTime(one(facts, 'last_found')) ?? host.seenAt;
  const first = takeTime(one(facts, 'first_found'));
  const beside = (field: string, child: string): JsonObject =>
    said[field] || one(facts, child) === undefined || !isAuditCheck(pluginId)
      ? {}
      : { [field]: one(facts, child) ?? null };
  return auditRaw(
    { ...said, reference: said['reference'] ?? facts.children.get('xref')?.join(',') ?? '' },
    {
      ...beside('solution', 'solution'),
      ...beside('info', 'description'),
      ...beside('see_also', 'see_also'),
      host_key: host.key,
      plugin_id: pluginId,
      // An audit check's own plugin carries the name of the check, not of the audit.
      audit_file:
        said['audit_file'] ??
        said['benchmark_name'] ??
        (isAuditCheck(pluginId) ? 'audit checks' : (facts.attributes['pluginName'] ?? null)),
      ...(first === undefined ? {} : { first_found: first }),
      ...(seen === undefined ? {} : { seen_at: seen }),
    },
  );
}
