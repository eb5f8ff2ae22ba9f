/** An item of a scan file in the spelling of `scanFileMappings`. Pure. */
import { createHash } from 'node:crypto';
import { scalarText, type JsonObject } from '../../model/json.ts';
import { instantOf, listOf, scoreOf, stateOf, vectorOf } from './file-values.ts';

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

const compliancePrefix = 'cm:compliance-';

export function itemKind({ attributes, children }: ItemFacts): 'finding' | 'compliance' {
  return attributes['pluginFamily'] === 'Policy Compliance' && children.has(`${compliancePrefix}check-name`)
    ? 'compliance'
    : 'finding';
}

const one = (facts: ItemFacts, name: string): string | undefined => facts.children.get(name)?.[0];

function pluginOf(facts: ItemFacts): JsonObject {
  const plugin: JsonObject = {
    id: facts.attributes['pluginID'] ?? null,
    name: facts.attributes['pluginName'] ?? null,
    family: facts.attributes['pluginFamily'] ?? null,
  };
  for (const [name, texts] of facts.children) {
    if (ofFinding.has(name) || name.startsWith(compliancePrefix)) continue;
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
    const at = instantOf(one(facts, source));
    if (at !== undefined) plugin[name] = at;
  }
  for (const name of ['cvss_base_score', 'cvss3_base_score', 'vpr_score']) {
    const score = scoreOf(one(facts, name));
    if (score === undefined) delete plugin[name];
    else plugin[name] = score;
  }
  const epss = Number(one(facts, 'epss_score') ?? Number.NaN);
  if (epss >= 0 && epss <= 1) plugin['epss_score'] = epss;
  else delete plugin['epss_score'];
  plugin['xref'] = [...(facts.children.get('xref') ?? [])];
  plugin['cve'] = [...(facts.children.get('cve') ?? [])];
  return plugin;
}

export function findingRaw(facts: ItemFacts, host: HostOfItem): JsonObject {
  const seen = host.seenAt;
  const told = (name: string): string | undefined => instantOf(one(facts, name));
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
    plugin: pluginOf(facts),
  };
}

export function complianceRaw(facts: ItemFacts, host: HostOfItem): JsonObject {
  const said: JsonObject = {};
  for (const [name, texts] of facts.children)
    if (name.startsWith(compliancePrefix))
      said[name.slice(compliancePrefix.length).replaceAll('-', '_')] = texts.join('\n');
  const name = scalarText(said['check_name'] ?? '');
  const references = scalarText(said['reference'] ?? '')
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '');
  return {
    ...said,
    host_key: host.key,
    plugin_id: facts.attributes['pluginID'] ?? null,
    audit_file: said['audit_file'] ?? said['benchmark_name'] ?? facts.attributes['pluginName'] ?? null,
    // Files of before 2016 have no id: the name is what tells one check of an audit from another.
    check_id: said['check_id'] ?? createHash('sha256').update(name).digest('hex').slice(0, 40),
    references,
    ...(host.seenAt === undefined ? {} : { seen_at: host.seenAt }),
  };
}
