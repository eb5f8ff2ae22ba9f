/**
 * Results of audit checks where scanners write them as text: in elements (`<cm:compliance-result>FAILED</…>`), or, as Nessus 4
 * and Security Center do, as `"the check's name" : [FAILED]` with what was found below. Pure.
 */
import { createHash } from 'node:crypto';
import type { JsonObject } from '../../platform/values/index.ts';
import type { FieldMapping, Transform } from '../../canonical/mapping/index.ts';
import { complianceStatuses } from '../../canonical/vocabulary/index.ts';

/**
 * Security Center numbers the checks of audit files from here on, each file for itself: such an id is not a plugin of the feed, and two
 * servers' ids say nothing of each other.
 */
const firstAuditCheck = 1_000_000;

/** Whether a plugin id is that of an audit check. */
export const isAuditCheck = (pluginId: string): boolean =>
  /^\d{7,12}$/.test(pluginId) && Number(pluginId) >= firstAuditCheck;

/** What a result says, in the spelling of the elements: check_name, result, actual_value, reference, … */
export type AuditResult = Readonly<Record<string, string>>;

const element = /<cm:compliance-([a-z-]+)>([\s\S]*?)<\/cm:compliance-\1>/g;
const headline =
  /^[ \t]*"?([^"\n]+?)"?[ \t]*:[ \t]*\[(PASSED|FAILED|WARNING|ERROR|SKIPPED|UNKNOWN)\][ \t]*$/gim;
const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };
const unescaped = (text: string): string =>
  text.replaceAll(/&(lt|gt|quot|apos|amp);/g, (_, name: string) => entities[name] ?? '').trim();

/** Headings within a result's text, as releases spell them. */
const headings: readonly (readonly [RegExp, string])[] = [
  [/^(?:info|information|description)$/i, 'info'],
  [/^solution$/i, 'solution'],
  [/^see also$/i, 'see_also'],
  [/^references?(?:\(s\))?(?: information)?$/i, 'reference'],
  [/^(?:policy|expected) value$/i, 'policy_value'],
  [/^(?:actual|remote|system) value$/i, 'actual_value'],
  [/^audit file$/i, 'audit_file'],
];
const heading = /^[ \t]*([A-Za-z][A-Za-z ()]{2,30}?)[ \t]*:[ \t]*(.*)$/;

function sectionsOf(text: string): Record<string, string> {
  const sections: Record<string, string[]> = { info: [] };
  let open = 'info';
  for (const line of text.split('\n')) {
    const [, title, rest] = heading.exec(line) ?? [];
    const name = title === undefined ? undefined : headings.find(([spelling]) => spelling.test(title))?.[1];
    if (name === undefined) (sections[open] ??= []).push(line);
    else {
      open = name;
      (sections[name] ??= []).push(rest ?? '');
    }
  }
  return Object.fromEntries(
    Object.entries(sections)
      .map(([name, lines]) => [name, lines.join('\n').trim()] as const)
      .filter(([, said]) => said !== ''),
  );
}

/** The results in a text; empty where it has none. */
export function auditResultsIn(text: string): AuditResult[] {
  const elements = [...text.matchAll(element)];
  if (elements.some(([, name]) => name === 'result')) {
    const said: Record<string, string> = {};
    for (const [, name, value] of elements)
      said[(name ?? '').replaceAll('-', '_')] ??= unescaped(value ?? '');
    return said['check_name'] ? [said] : [];
  }
  const found = [...text.matchAll(headline)];
  return found.map((match, place) => {
    const [line, name, result] = match;
    const body = text.slice(match.index + line.length, found[place + 1]?.index);
    return {
      ...sectionsOf(body.replaceAll(/<\/?plugin_output>/g, '')),
      check_name: unescaped(name ?? ''),
      result: (result ?? '').toUpperCase(),
    };
  });
}

/** What the severity of an audit check's row stands for, where its text does not say the result. */
const resultOfSeverity: Readonly<Record<string, string>> = {
  info: 'PASSED',
  none: 'PASSED',
  '0': 'PASSED',
  low: 'WARNING',
  '1': 'WARNING',
  medium: 'WARNING',
  '2': 'WARNING',
  high: 'FAILED',
  critical: 'FAILED',
  '3': 'FAILED',
  '4': 'FAILED',
};

export const resultBySeverity = (severity: string): string =>
  resultOfSeverity[severity.trim().toLowerCase()] ?? 'UNKNOWN';

/**
 * What distinguishes a check from the others of its audit file where it has no id (files from before 2016, Security Center): its name.
 * src/record/findings/compliance.sql.ts knows such an id again by the same rule.
 */
export const checkIdOf = (checkName: string): string =>
  createHash('sha256').update(checkName).digest('hex').slice(0, 40);

/** `800-53|AC-3,CAT|II` and `800-53 #AC-3, CAT #II` as a list of `framework|id`. */
export const auditReferences = (text: string): string[] =>
  text
    .split(/[,\n]/)
    .map((each) => each.trim().replace(/\s*#\s*/, '|'))
    .filter((each) => each !== '');

/** A result as the mappings of compliance read it. @param given what is known from beside the text: the host, the plugin, times. */
export function auditRaw(said: AuditResult, given: JsonObject): JsonObject {
  return {
    ...said,
    check_id: said['check_id'] || checkIdOf(said['check_name'] ?? ''),
    references: auditReferences(said['reference'] ?? ''),
    ...given,
  };
}

const text: Transform = { kind: 'text' };
const read =
  (required: boolean) =>
  (
    externalField: string,
    internalField: string,
    transforms: readonly Transform[] = [text],
  ): FieldMapping => ({
    entityType: 'compliance',
    externalField,
    internalField,
    direction: 'inbound',
    transforms,
    required,
  });
const must = read(true);
const may = read(false);

/** How what `auditRaw` gives is read, whatever scanner it came from; states, and when a check was first found, each source reports in its own way. */
export const auditResultMappings: readonly FieldMapping[] = [
  must('host_key', 'asset_uuid', [{ kind: 'uuid', derive: true }]),
  must('audit_file', 'audit_file'),
  must('check_id', 'check_id'),
  must('check_name', 'check_name'),
  must('result', 'status', [
    { kind: 'case', to: 'lower' },
    {
      kind: 'values',
      map: Object.fromEntries(complianceStatuses.map((status) => [status, status])),
      otherwise: 'fail',
    },
  ]),
  may('plugin_id', 'plugin_id'),
  may('info', 'check_info'),
  may('actual_value', 'actual_value'),
  may('policy_value', 'expected_value'),
  may('solution', 'solution'),
  may('see_also', 'see_also'),
  may('benchmark_version', 'benchmark'),
  may('benchmark_profile', 'profile'),
  may('references', 'control_references', [{ kind: 'list' }]),
  may('seen_at', 'last_seen', [{ kind: 'date', external: 'iso', internal: 'instant' }]),
];
