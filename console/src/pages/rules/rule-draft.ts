/** A rule as it is typed: lists in lines or with commas, milestones as `50: text`. */
import { orNull } from '../../kit/or-null.ts';
import type { Rule } from '../../api/rules.ts';

export interface Draft {
  readonly grouping: Rule['grouping'];
  readonly compliance: Rule['compliance'];
  readonly checkSeverity: Rule['checkSeverity'];
  readonly severitySource: Rule['severitySource'];
  readonly floor: Rule['floor'];
  readonly tags: string;
  readonly networks: string;
  readonly ports: string;
  readonly families: string;
  readonly exploitAvailable: boolean;
  readonly minAgeDays: string;
  readonly description: string;
  readonly plan: string;
  readonly milestones: string;
}

export const draftOf = (rule: Rule): Draft => ({
  grouping: rule.grouping,
  compliance: rule.compliance,
  checkSeverity: rule.checkSeverity,
  severitySource: rule.severitySource,
  floor: rule.floor,
  tags: rule.filters.tags.join(', '),
  networks: rule.filters.networks.join(', '),
  ports: rule.filters.ports.join(', '),
  families: rule.filters.families.join(', '),
  exploitAvailable: rule.filters.exploitAvailable,
  minAgeDays: String(rule.filters.minAgeDays),
  description: rule.templates.description ?? '',
  plan: rule.templates.plan ?? '',
  milestones: (rule.templates.milestones ?? []).map(({ at, text }) => `${at}: ${text}`).join('\n'),
});

const listed = (text: string): string[] =>
  text
    .split(/[,\n]/)
    .map((each) => each.trim())
    .filter((each) => each !== '');

/** @returns a sentence where a line of it cannot be read; all else is judged by the server. */
export function ruleOf(draft: Draft): Rule | string {
  const ports = listed(draft.ports).map(Number);
  if (ports.some((port) => !Number.isInteger(port))) return 'Ports are numbers, as 22, 443.';
  const lines = draft.milestones.split('\n').filter((line) => line.trim() !== '');
  const milestones = lines.map((line) => /^\s*(\d{1,3})\s*%?\s*:\s*(.+)$/.exec(line));
  if (milestones.includes(null)) return 'Each milestone is a line such as "50: Patch {machines}".';
  return {
    grouping: draft.grouping,
    compliance: draft.compliance,
    checkSeverity: draft.checkSeverity,
    severitySource: draft.severitySource,
    floor: draft.floor,
    filters: {
      tags: listed(draft.tags),
      networks: listed(draft.networks),
      ports,
      families: listed(draft.families),
      exploitAvailable: draft.exploitAvailable,
      minAgeDays: Number(draft.minAgeDays === '' ? 0 : draft.minAgeDays),
    },
    templates: {
      description: orNull(draft.description),
      plan: orNull(draft.plan),
      milestones:
        milestones.length === 0
          ? null
          : milestones.map((found) => ({ at: Number(found?.[1]), text: found?.[2]?.trim() ?? '' })),
    },
  };
}
