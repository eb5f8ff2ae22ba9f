/**
 * A checklist as what scan files are: a host, and the results of checks on it. Targets and results are read by STIG Manager's own parsers
 * (the Navy's, MIT); a rule that nobody has reviewed says nothing and changes nothing.
 */
import {
  type ParsedFile,
  reviewsFromCkl,
  reviewsFromCklb,
  reviewsFromXccdf,
} from '@nuwcdivnpt/stig-manager-client-modules';
import { messageOf, TielineError } from '../../platform/errors/index.ts';
import type { JsonObject } from '../../platform/values/index.ts';
import type { ScanFileEvent } from '../kit/index.ts';
import { isArf } from './arf-parts.ts';
import { factsOfJson, factsOfXml, type FileFacts, plainRuleId, type RuleFacts } from './rule-facts.ts';

export type ChecklistKind = 'ckl' | 'cklb' | 'xccdf';

/** Of files, of which one kind wraps several results. */
export type ChecklistFileKind = ChecklistKind | 'arf';

/** What a file is by its first bytes; undefined: no checklist. */
export function checklistKind(start: string): ChecklistFileKind | undefined {
  const head = start.replace(/^\uFEFF/, '').trimStart();
  if (head.startsWith('{'))
    return /"(stigs|target_data)"\s*:/.test(head) || head.includes('"cklb_version"') ? 'cklb' : undefined;
  if (!head.startsWith('<')) return undefined;
  if (/<CHECKLIST[\s>]/.test(head)) return 'ckl';
  if (isArf(head)) return 'arf';
  return /<(\w+:)?(Benchmark|TestResult)[\s>]/.test(head) ? 'xccdf' : undefined;
}

const importOptions = {
  autoStatus: 'saved',
  unreviewed: 'never',
  unreviewedCommented: 'informational',
  emptyDetail: 'ignore',
  emptyComment: 'ignore',
  allowCustom: true,
};
const fieldSettings = {
  detail: { enabled: 'always', required: 'optional' },
  comment: { enabled: 'always', required: 'optional' },
};

/** Words of XCCDF that are a result; the others are of checks that were not made. */
const results: Readonly<Record<string, string>> = {
  pass: 'PASSED',
  fixed: 'PASSED',
  fail: 'FAILED',
  notapplicable: 'SKIPPED',
  error: 'ERROR',
};
const categories: Readonly<Record<string, string>> = {
  high: 'I',
  medium: 'II',
  low: 'III',
  i: 'I',
  ii: 'II',
  iii: 'III',
  critical: 'I',
};

const fault = (name: string, message: string, cause?: unknown): TielineError =>
  new TielineError('SCAN_FILE_INVALID', `${name}: ${message}`, {
    fields: [{ field: name, message }],
    ...(cause === undefined ? {} : { cause }),
  });

function parsed(
  name: string,
  kind: ChecklistKind,
  text: string,
): { readonly file: ParsedFile; readonly facts: FileFacts } {
  const parse = { ckl: reviewsFromCkl, cklb: reviewsFromCklb, xccdf: reviewsFromXccdf }[kind];
  try {
    // First, so that nothing else is given XML that declares entities.
    const facts = kind === 'cklb' ? factsOfJson(text) : factsOfXml(text);
    const given = {
      data: kind === 'xccdf' ? withTestSystem(text) : text,
      fieldSettings,
      allowAccept: false,
      importOptions,
      sourceRef: name,
    };
    return { file: parse(given), facts };
  } catch (error) {
    throw fault(name, `the checklist cannot be read: ${messageOf(error)}`, error);
  }
}

/**
 * @param at when the file was written (ISO 8601), for results that bear no time of their own.
 * @throws TielineError SCAN_FILE_INVALID; nothing was reported before.
 */
export function* readChecklist(
  name: string,
  kind: ChecklistKind,
  text: string,
  at: string,
): Generator<ScanFileEvent, void, undefined> {
  const { file, facts } = parsed(name, kind, text);
  const { target } = file;
  const key = keyOf(target);
  if (key === undefined) throw fault(name, 'it names no host: neither a name nor an address');
  yield { type: 'scan', name, scope: { pluginIds: undefined, families: new Map(), plugins: new Map() } };
  const endedAt = instantOf(facts.endedAt) ?? at;
  yield { type: 'host', key, raw: hostRaw(key, target, endedAt), credentialed: undefined, endedAt };
  let items = 0;
  for (const { benchmarkId, revisionStr, reviews } of file.checklists)
    for (const review of reviews) {
      const result = results[review.result];
      if (result === undefined) continue;
      const ruleId = plainRuleId(review.ruleId);
      const rule = facts.rules.get(ruleId);
      items += 1;
      yield {
        type: 'item',
        kind: 'compliance',
        raw: {
          host_key: key,
          audit_file: `STIG ${benchmarkId}`,
          check_id: rule?.group ?? groupOf(ruleId),
          check_name: rule?.title ?? ruleId,
          result,
          info: rule?.discussion ?? null,
          solution: rule?.fix ?? null,
          actual_value: review.detail,
          policy_value: review.comment,
          benchmark_version: revisionStr,
          references: referencesOf(ruleId, rule),
          seen_at: instantOf(review.resultEngine?.time) ?? endedAt,
        },
      };
    }
  yield { type: 'host-end', items };
}

/** `SV-207184r695317_rule` is a revision of the rule of V-207184. */
const groupOf = (ruleId: string): string => {
  const number = /^SV-(\d+)/i.exec(ruleId)?.[1];
  return number === undefined ? ruleId : `V-${number}`;
};

function referencesOf(ruleId: string, rule: RuleFacts | undefined): string[] {
  const category = categories[rule?.severity?.toLowerCase() ?? ''];
  return [
    ...(category === undefined ? [] : [`CAT|${category}`]),
    ...(rule?.ccis ?? []).map((cci) => `CCI|${cci}`),
    `Rule-ID|${ruleId}`,
    ...(rule?.version === undefined ? [] : [`STIG-ID|${rule.version}`]),
  ];
}

/** What checked is optional in XCCDF, and the parser cannot do without. */
const withTestSystem = (text: string): string =>
  text.replace(/<((?:\w+:)?TestResult)(?=[\s>])(?![^>]*\btest-system=)/, '<$1 test-system="unknown:0"');

const instantOf = (text: string | undefined): string | undefined => {
  if (text === undefined || text.trim() === '') return undefined;
  const at = new Date(/(Z|[+-]\d{2}:?\d{2})$/.test(text) ? text : `${text}Z`);
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString();
};

type Target = ParsedFile['target'];
const split = (text: string | null): string[] => [
  ...new Set((text ?? '').split(/[\s,;]+/).filter((each) => each !== '')),
];
const isAddress = (text: string): boolean => /^\d{1,3}(\.\d{1,3}){3}$/.test(text) || text.includes(':');

/** As scan files call a host of which they know as much, so that both are one record of a source. */
function keyOf(target: Target): string | undefined {
  const fqdn =
    target.fqdn?.trim() || (target.name.includes('.') && !isAddress(target.name) ? target.name : undefined);
  const [mac] = split(target.mac);
  const [ip] = split(target.ip);
  if (fqdn) return `fqdn=${fqdn}`.toLowerCase().slice(0, 255);
  if (mac !== undefined) return `mac=${mac}`.toLowerCase().slice(0, 255);
  if (ip !== undefined) return `ip=${ip}`.toLowerCase().slice(0, 255);
  return target.name.trim() === '' ? undefined : `name=${target.name.trim()}`.toLowerCase().slice(0, 255);
}

function hostRaw(key: string, target: Target, endedAt: string): JsonObject {
  const ips = split(target.ip).filter((ip) => isAddress(ip));
  return {
    key,
    hostname: (target.name || target.fqdn || ips[0] || '').slice(0, 255),
    fqdns: split(target.fqdn),
    ipv4s: ips.filter((ip) => !ip.includes(':')),
    ipv6s: ips.filter((ip) => ip.includes(':')),
    macs: split(target.mac),
    operating_systems: [],
    system_types: [],
    seen_at: endedAt,
  };
}
