/** Rows of an analysis as records. The identity of a host is declared row by row (decision 0020). Pure. */
import { isJsonObject, type Json, type JsonObject, scalarText } from '../../platform/values/index.ts';
import {
  auditRaw,
  auditReferences,
  auditResultsIn,
  type ExternalRecord,
  isAuditCheck,
  resultBySeverity,
} from '../kit/index.ts';

const word = (value: Json | undefined): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';
const idOf = (value: Json | undefined): string => (isJsonObject(value) ? word(value['id']) : word(value));

/**
 * What a host is called: the fields that its row names as what makes it unique, with their values. So a host in two repositories is two
 * (`repositoryID=1&ip=10.0.0.5&dnsName=web1.example`).
 */
export function hostKeyOf(row: JsonObject): string {
  const declared = word(row['hostUniqueness'] ?? row['uniqueness']);
  const fields = (declared === '' ? 'repositoryID,ip,dnsName' : declared)
    .split(',')
    .map((field) => field.trim());
  return fields
    .map(
      (field) =>
        `${field}=${(field === 'repositoryID' ? idOf(row['repository']) : word(row[field])).toLowerCase()}`,
    )
    .join('&')
    .slice(0, 255);
}

/** An instant in ISO 8601 from epoch seconds; -1 and empty are none. */
export function instantOf(value: Json | undefined): string | undefined {
  const seconds = Number(word(value));
  return word(value) === '' || !(seconds > 0 && seconds < 1e11)
    ? undefined
    : new Date(seconds * 1000).toISOString();
}

const listOf = (value: Json | undefined, separator: RegExp): string[] =>
  word(value)
    .split(separator)
    .map((each) => each.trim())
    .filter((each) => each !== '');

/** A row of `sumip`, with what mappings cannot shape said beside it. */
export function hostRecord(row: JsonObject): ExternalRecord {
  const key = hostKeyOf(row);
  const seen = [instantOf(row['lastSeen']), instantOf(row['lastAuthRun']), instantOf(row['lastUnauthRun'])]
    .filter((each) => each !== undefined)
    .toSorted();
  const authenticated = instantOf(row['lastAuthRun']);
  const dnsName = word(row['dnsName']);
  const ips = listOf(row['ips'] ?? row['ip'], /[,\s]+/);
  return {
    externalId: key,
    raw: {
      ...row,
      host_key: key,
      hostname: dnsName === '' ? word(row['netbiosName']).split('\\').at(-1) || (ips[0] ?? '') : dnsName,
      fqdns: dnsName.includes('.') ? [dnsName] : [],
      ipv4s: ips.filter((ip) => !ip.includes(':')),
      ipv6s: ips.filter((ip) => ip.includes(':')),
      macs: listOf(row['macAddress'], /[,\s]+/),
      netbios: word(row['netbiosName']).split('\\').at(-1) ?? '',
      operating_systems: word(row['operatingSystem']) === '' ? [] : [word(row['operatingSystem'])],
      ...(seen.at(-1) === undefined ? {} : { seen_at: seen.at(-1) ?? null }),
      ...(authenticated === undefined ? {} : { authenticated_at: authenticated }),
    },
  };
}

export type SourceType = 'cumulative' | 'patched';

/** Whether a row is the result of an audit check: it is listed among the vulnerabilities, but is not one. */
const isAuditRow = (row: JsonObject): boolean =>
  isAuditCheck(word(row['pluginID'])) ||
  (isJsonObject(row['family']) && word(row['family']['type']).toLowerCase() === 'compliance');

/**
 * A row of `vulndetails`: a finding, or an audit result.
 * @param fixedAfter of a mitigated one the start of the window that showed it, if it is known.
 */
export function analysisRecord(
  row: JsonObject,
  source: SourceType,
  fixedAfter: string | undefined,
): ExternalRecord {
  const isAudit = isAuditRow(row);
  return isAudit ? auditRecord(row, source, fixedAfter) : findingRecord(row, source, fixedAfter);
}

/** A mitigated row does not say since when: not before it was last seen, nor before the window. */
function fixedAtOf(row: JsonObject, source: SourceType, fixedAfter: string | undefined): string | undefined {
  if (source !== 'patched') return undefined;
  return [instantOf(row['lastSeen']), fixedAfter]
    .filter((each) => each !== undefined)
    .toSorted()
    .at(-1);
}

const stateOf = (row: JsonObject, source: SourceType): string =>
  source === 'patched' ? 'fixed' : word(row['hasBeenMitigated']) === '1' ? 'reopened' : 'open';

/** What the check found, from its text; where that has no result, from the severity that represents it. */
function auditRecord(row: JsonObject, source: SourceType, fixedAfter: string | undefined): ExternalRecord {
  const key = hostKeyOf(row);
  const text = scalarText(row['pluginText'] ?? '');
  const name = word(row['pluginName']);
  const [said] = auditResultsIn(text.replaceAll(/<\/?plugin_output>/g, '\n'));
  const severity = isJsonObject(row['severity']) ? word(row['severity']['id']) : word(row['severity']);
  const first = instantOf(row['firstSeen']);
  const last = instantOf(row['lastSeen']);
  const fixed = fixedAtOf(row, source, fixedAfter);
  const result = said ?? {
    check_name: name,
    result: resultBySeverity(severity),
    actual_value: outputOf(text) ?? '',
  };
  const shown = auditRaw(
    // The row's own name is the check's; the text repeats an abbreviation of it.
    { ...result, check_name: name || (result['check_name'] ?? '') },
    {
      host_key: key,
      plugin_id: word(row['pluginID']),
      audit_file: result['audit_file'] || result['benchmark_name'] || 'audit checks',
      info: result['info'] || word(row['description']) || null,
      solution: result['solution'] || word(row['solution']) || null,
      see_also: result['see_also'] || word(row['seeAlso']) || null,
      references: auditReferences(result['reference'] || word(row['xref'])),
      state: stateOf(row, source),
      ...(first === undefined ? {} : { first_found: first }),
      ...(last === undefined ? {} : { seen_at: last }),
      ...(fixed === undefined ? {} : { last_fixed: fixed }),
    },
  );
  return { externalId: [key, word(row['pluginID'])].join(':'), entity: 'compliance', raw: shown };
}

export function findingRecord(
  row: JsonObject,
  source: SourceType,
  fixedAfter: string | undefined,
): ExternalRecord {
  const key = hostKeyOf(row);
  const first = instantOf(row['firstSeen']);
  const last = instantOf(row['lastSeen']);
  const fixed = fixedAtOf(row, source, fixedAfter);
  const plugin: JsonObject = {
    id: row['pluginID'] ?? null,
    name: row['pluginName'] ?? null,
    family: isJsonObject(row['family']) ? (row['family']['name'] ?? null) : null,
    synopsis: row['synopsis'] ?? null,
    description: row['description'] ?? null,
    solution: row['solution'] ?? null,
    risk_factor: row['riskFactor'] ?? null,
    cvss_base_score: scoreOf(row['baseScore']),
    cvss_vector: row['cvssVector'] ?? null,
    cvss3_base_score: scoreOf(row['cvssV3BaseScore']),
    cvss3_vector: row['cvssV3Vector'] ?? null,
    vpr_score: scoreOf(row['vprScore']),
    cves: listOf(row['cve'], /,/),
    cross_references: listOf(row['xref'], /,/),
    see_also: listOf(row['seeAlso'], /\n/),
    exploit_available: word(row['exploitAvailable']).toLowerCase() === 'yes',
    published_at: instantOf(row['pluginPubDate']) ?? null,
    modified_at: instantOf(row['pluginModDate']) ?? null,
    patch_published_at: instantOf(row['patchPubDate']) ?? null,
  };
  const port = word(row['port']);
  const protocol = word(row['protocol']).toLowerCase();
  const kept = Object.fromEntries(Object.entries(row).filter(([name]) => !ofPlugin.has(name)));
  return {
    externalId: [key, word(row['pluginID']), port, protocol].join(':'),
    raw: {
      ...kept,
      host_key: key,
      plugin,
      state: stateOf(row, source),
      severity_id: idOf(row['severity']),
      severity_modification:
        word(row['acceptRisk']) === '1' ? 'accepted' : word(row['recastRisk']) === '1' ? 'recast' : 'none',
      output: outputOf(row['pluginText']),
      ...(first === undefined ? {} : { first_found: first }),
      ...(last === undefined ? {} : { last_found: last }),
      ...(fixed === undefined ? {} : { last_fixed: fixed }),
    },
  };
}

/** Said once for the plugin. */
const ofPlugin = new Set(
  'pluginName pluginInfo family synopsis description solution riskFactor seeAlso xref cpe baseScore temporalScore cvssVector cvssV3BaseScore cvssV3TemporalScore cvssV3Vector cve bid vulnPubDate patchPubDate pluginPubDate pluginModDate checkType version exploitEase exploitFrameworks exploitAvailable stigSeverity vprScore vprContext pluginText'.split(
    ' ',
  ),
);

function scoreOf(value: Json | undefined): number | null {
  const score = Number(word(value));
  return word(value) === '' || !Number.isFinite(score) || score < 0 || score > 10 ? null : score;
}

function outputOf(value: Json | undefined): string | null {
  const text = scalarText(value ?? '');
  const inner = /^\s*<plugin_output>([\s\S]*?)<\/plugin_output>\s*$/.exec(text)?.[1] ?? text;
  return inner.trim() === '' ? null : inner.trim();
}
