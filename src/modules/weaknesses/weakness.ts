/** A weakness: findings grouped by plugin and system, and the controls that it concerns. Pure. */
import type { Severity } from '../../canonical/vocabulary/index.ts';

export interface Weakness {
  readonly systemId: string;
  readonly pluginId: string;
  readonly pluginName: string;
  readonly family: string | null;
  readonly severity: Severity;
  readonly synopsis: string | null;
  readonly solution: string | null;
  readonly cves: readonly string[];
  /** YYYY-MM-DD, of the first of its findings. */
  readonly detectedOn: string;
  readonly findings: number;
  /** As the scanner names them. */
  readonly assets: readonly string[];
}

export interface ControlRule {
  readonly priority: number;
  readonly matchField: 'plugin_id' | 'family' | 'name' | 'any';
  readonly pattern: string;
  readonly controls: readonly string[];
  readonly source: string;
}

/**
 * The controls that a weakness concerns: those of the first rule that matches. A pattern is a case-insensitive
 * regular expression; for `plugin_id` it is the id itself.
 */
export function controlsFor(
  weakness: Pick<Weakness, 'pluginId' | 'pluginName' | 'family'>,
  rules: readonly ControlRule[],
): { readonly controls: readonly string[]; readonly reason: string } {
  const matches = (rule: ControlRule): boolean => {
    switch (rule.matchField) {
      case 'any':
        return true;
      case 'plugin_id':
        return rule.pattern === weakness.pluginId;
      case 'family':
        return new RegExp(rule.pattern, 'i').test(weakness.family ?? '');
      case 'name':
        return new RegExp(rule.pattern, 'i').test(weakness.pluginName);
    }
  };
  const rule = rules.toSorted((a, b) => a.priority - b.priority).find(matches);
  return rule
    ? { controls: rule.controls, reason: `${rule.matchField} matches ${rule.pattern}: ${rule.source}` }
    : { controls: [], reason: 'no rule matches' };
}
