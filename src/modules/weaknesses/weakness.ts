/** A weakness: findings of a system that belong together by its rule, what it is called, and the controls that it concerns. Pure. */
import type { Severity } from '../../canonical/vocabulary/index.ts';
import type { WeaknessKind } from '../../canonical/weakness-rule/index.ts';

export interface Weakness {
  readonly systemId: string;
  /** By what its findings belong together, and by which of these (weaknesses.grouping, identifier). */
  readonly grouping: WeaknessKind;
  readonly identifier: string;
  /** weakness_rules.id of the version of the rule that made it. */
  readonly ruleId: number;
  /** Of several the first; null for a check of an audit that comes without. */
  readonly pluginId: string | null;
  /** Of a check its name. */
  readonly pluginName: string;
  readonly family: string | null;
  readonly severity: Severity;
  readonly synopsis: string | null;
  readonly solution: string | null;
  readonly cves: readonly string[];
  /** What a check or plugin refers to, such as `800-53|AC-8` or `CWE:79`. */
  readonly references: readonly string[];
  /** The audit file of a check. */
  readonly audit: string | null;
  /** YYYY-MM-DD, of the first of its findings. */
  readonly detectedOn: string;
  readonly findings: number;
  /** As the scanner names them, and as the GRC system is told of them. */
  readonly assets: readonly string[];
  /** What people call them (name, else address, else as above), in order; null where no text of the rules in force says them. */
  readonly machineNames: readonly string[] | null;
}

/** What a rule goes by; the order among rules is their priority. */
export const controlMatches = ['cci', 'plugin_id', 'family', 'cwe', 'cve', 'name', 'any'] as const;

export interface ControlRule {
  readonly priority: number;
  readonly matchField: (typeof controlMatches)[number];
  readonly pattern: string;
  readonly controls: readonly string[];
  readonly source: string;
}

/** What tells one weakness of a system from another. */
export type WeaknessKey = Pick<Weakness, 'systemId' | 'grouping' | 'identifier'>;

/** Ours for a lookup; nobody reads it. */
export const keyOfWeakness = ({ systemId, grouping, identifier }: WeaknessKey): string =>
  `${systemId}\n${grouping}\n${identifier}`;

const upTo = (length: number, text: string): string =>
  text.length <= length ? text : `${text.slice(0, length - 1)}…`;

/** What a weakness is, in few words: `plugin 20001`, `CVE-2026-20001`, `the remedy of plugin 20001`, `the check …`. */
export function namedWeakness(
  weakness: Pick<Weakness, 'grouping' | 'identifier' | 'pluginId' | 'pluginName' | 'assets'>,
): string {
  const plugin = `plugin ${weakness.pluginId ?? '?'}`;
  switch (weakness.grouping) {
    case 'plugin':
      return `plugin ${weakness.identifier}`;
    case 'cve':
      return weakness.identifier;
    case 'solution':
      return weakness.identifier.startsWith('plugin ') ? weakness.identifier : `the remedy of ${plugin}`;
    case 'plugin_asset':
      return `${plugin} on ${weakness.assets[0] ?? 'an asset'}`;
    case 'check':
      return `the check "${upTo(120, weakness.pluginName)}"`;
  }
}

/** What it is called (weaknesses.title); null where the plugin's name says it. */
export const titleOf = (weakness: Weakness): string | null => {
  switch (weakness.grouping) {
    case 'plugin':
      return null;
    case 'cve':
      return weakness.identifier.startsWith('CVE-')
        ? `${weakness.identifier}: ${weakness.pluginName}`
        : weakness.pluginName;
    case 'solution':
      return weakness.solution === null ? weakness.pluginName : upTo(300, weakness.solution.trim());
    case 'plugin_asset':
      return `${weakness.pluginName} on ${weakness.assets[0] ?? 'an asset'}`;
    case 'check':
      return weakness.pluginName;
  }
};

/** The controls of SP 800-53 that a check names itself. */
const controlsNamed = (references: readonly string[]): string[] =>
  references.flatMap(
    (each) =>
      /^(?:NIST\s*)?(?:SP\s*)?800-53(?:r\d)?\s*[|#:]*\s*([A-Z]{2}-\d+)/i.exec(each)?.[1]?.toUpperCase() ?? [],
  );

/** Ids of a kind that references name, such as `CWE:79`, `CWE #79` or `CCI|CCI-000366`: only their numbers, without leading zeros. */
const numbersOf = (kind: 'CWE' | 'CCI', references: readonly string[]): ReadonlySet<string> =>
  new Set(
    references.flatMap((each) => {
      const number = new RegExp(`^(?:${kind}\\s*[|:#]\\s*)?(?:${kind}[- :#|]*)?0*(\\d+)$`, 'i').exec(
        each.trim(),
      )?.[1];
      return number !== undefined && each.trim().toUpperCase().startsWith(kind) ? [number] : [];
    }),
  );

/** Whether a rule matches a weakness. A pattern is the id itself, but for family and name, where it is a case-insensitive regular expression. */
export function controlRuleMatches(
  { matchField, pattern }: Pick<ControlRule, 'matchField' | 'pattern'>,
  weakness: Pick<Weakness, 'pluginId' | 'pluginName' | 'family' | 'references' | 'cves'>,
): boolean {
  switch (matchField) {
    case 'any':
      return true;
    case 'plugin_id':
      return pattern === weakness.pluginId;
    case 'family':
      return new RegExp(pattern, 'i').test(weakness.family ?? '');
    case 'name':
      return new RegExp(pattern, 'i').test(weakness.pluginName);
    case 'cve':
      return weakness.cves.some((cve) => cve.toUpperCase() === pattern.toUpperCase());
    case 'cci':
      return numbersOf('CCI', weakness.references).has(pattern.replace(/^CCI-0*/i, ''));
    case 'cwe':
      return numbersOf('CWE', weakness.references).has(pattern.replace(/^CWE-0*/i, ''));
  }
}

/**
 * The controls that a weakness concerns: those that its check or plugin names; else those of the first rule that matches.
 */
export function controlsFor(
  weakness: Pick<Weakness, 'pluginId' | 'pluginName' | 'family' | 'references' | 'cves'>,
  rules: readonly ControlRule[],
): { readonly controls: readonly string[]; readonly reason: string } {
  const named = [...new Set(controlsNamed(weakness.references))];
  if (named.length > 0) return { controls: named, reason: 'the check names it' };
  const rule = rules
    .toSorted((a, b) => a.priority - b.priority)
    .find((each) => controlRuleMatches(each, weakness));
  return rule
    ? { controls: rule.controls, reason: `${rule.matchField} matches ${rule.pattern}: ${rule.source}` }
    : { controls: [], reason: 'no rule matches' };
}
