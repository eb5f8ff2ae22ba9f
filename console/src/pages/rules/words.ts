/** What a weakness rule says, in words. */
import type { Exclusion, Rule } from '../../api/rules.ts';

export const groupingWords: Readonly<Record<Rule['grouping'], string>> = {
  plugin: 'one for each plugin',
  cve: 'one for each CVE',
  solution: 'one for each remedy (patch)',
  plugin_asset: 'one for each plugin and machine',
};
export const complianceWords: Readonly<Record<Rule['compliance'], string>> = {
  none: 'make no weakness',
  check: 'one for each check',
};
export const sourceWords: Readonly<Record<Rule['severitySource'], string>> = {
  plugin: 'as the scanner says',
  cvss2: 'CVSS v2 base score',
  cvss3: 'CVSS v3 base score',
  cvss4: 'CVSS v4 base score',
  vpr: 'VPR',
  kev: 'as the scanner says, critical where known to be exploited (KEV)',
};
export const severityChoices = ['Critical', 'High', 'Medium', 'Low'] as const;

export const floorWords = (rule: Rule): string =>
  rule.floor === 'Critical' ? 'critical only' : `${rule.floor.toLowerCase()} or worse`;

export function filterWords({ filters }: Rule): string {
  const parts = [
    filters.tags.length > 0 && `tagged ${filters.tags.join(' or ')}`,
    filters.networks.length > 0 && `in ${filters.networks.join(', ')}`,
    filters.ports.length > 0 && `on port ${filters.ports.join(', ')}`,
    filters.families.length > 0 && `of ${filters.families.join(', ')}`,
    filters.exploitAvailable && 'with a known exploit',
    filters.minAgeDays > 0 && `found ${filters.minAgeDays} days ago or more`,
  ].filter((each) => each !== false);
  return parts.length === 0 ? 'all' : parts.join('; ');
}

export const scopeWords = ({ scope }: Exclusion): string =>
  [
    scope.plugin !== undefined && `plugin ${scope.plugin}`,
    scope.cve,
    scope.asset !== undefined && `asset ${scope.asset}`,
    scope.network !== undefined && `network ${scope.network}`,
    scope.tag !== undefined && `tag ${scope.tag}`,
  ]
    .filter((each) => typeof each === 'string')
    .join(', ');

/** The last moment of a day belongs to it. */
export const lastDay = (until: string): string => new Date(Date.parse(until) - 1).toISOString().slice(0, 10);
