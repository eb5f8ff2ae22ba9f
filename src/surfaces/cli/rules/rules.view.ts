/** Weakness rules and exclusions, for people. */
import { severities } from '../../../canonical/vocabulary/index.ts';
import type {
  Exclusion,
  Grouping,
  SeveritySource,
  WeaknessRule,
} from '../../../canonical/weakness-rule/index.ts';
import type { BoundaryRule, RulePreview, RulesInForce } from '../../../modules/weaknesses/index.ts';
import { fittedTable } from '../kit/fitted-table.ts';
import { counted } from '../kit/table.ts';

const groupingWords: Readonly<Record<Grouping, string>> = {
  plugin: 'plugin',
  cve: 'CVE',
  solution: 'remedy',
  plugin_asset: 'plugin and asset',
};
const sourceWords: Readonly<Record<SeveritySource, string>> = {
  plugin: 'as the scanner says',
  cvss2: 'CVSS v2',
  cvss3: 'CVSS v3',
  cvss4: 'CVSS v4',
  vpr: 'VPR',
  kev: 'as the scanner says, critical where exploited (KEV)',
};

const groupingText = ({ grouping, compliance }: WeaknessRule): string =>
  `${groupingWords[grouping]}${compliance === 'none' ? '' : '; each failed check'}`;

function filterTexts({ filters }: WeaknessRule): string[] {
  return [
    filters.tags.length > 0 && `tagged ${filters.tags.join(' or ')}`,
    filters.networks.length > 0 && `in ${filters.networks.join(', ')}`,
    filters.ports.length > 0 && `on port ${filters.ports.join(', ')}`,
    filters.families.length > 0 && `of ${filters.families.join(', ')}`,
    filters.exploitAvailable && 'with a known exploit',
    filters.minAgeDays > 0 && `found ${counted(filters.minAgeDays, 'day')} ago or more`,
  ].filter((each) => each !== false);
}

const floorText = ({ floor, severitySource }: WeaknessRule): string =>
  `${floor === 'Critical' ? floor : `${floor} or worse`}, ${sourceWords[severitySource]}`;

const versionText = ({ isInherited, rule }: Pick<BoundaryRule, 'isInherited' | 'rule'>): string =>
  isInherited ? `inherited (version ${rule.version})` : `version ${rule.version}`;

export function rulesTable({ inherited, boundaries }: RulesInForce, width: number | undefined): string {
  const row = (name: string, at: Pick<BoundaryRule, 'isInherited' | 'rule'>): string[] => [
    name,
    versionText(at),
    groupingText(at.rule.rule),
    floorText(at.rule.rule),
    filterTexts(at.rule.rule).join('; ') || 'all',
  ];
  return fittedTable(
    ['BOUNDARY', 'RULE', 'GROUPED BY', 'SEVERITY', 'FINDINGS'],
    [
      row('*', { isInherited: false, rule: inherited }),
      ...boundaries.map((boundary) => row(boundary.systemId, boundary)),
    ],
    width,
  );
}

export function ruleLines({
  systemId,
  isInherited,
  rule: version,
}: Pick<BoundaryRule, 'isInherited' | 'rule'> & { readonly systemId: string | null }): string[] {
  const { rule } = version;
  const { templates } = rule;
  return [
    `Rule of ${systemId ?? 'every boundary that has none of its own'}, ${versionText({ isInherited, rule: version })}`,
    `  since          ${version.changedAt.slice(0, 16).replace('T', ' ')} UTC, by ${version.changedBy}: ${version.reason}`,
    `  grouped by     ${groupingText(rule)}`,
    `  severity       ${floorText(rule)}`,
    ...(rule.compliance === 'none'
      ? []
      : [`  failed checks  ${rule.checkSeverity}, where the audit names no category`]),
    `  findings       ${filterTexts(rule).join('; ') || 'all'}`,
    `  description    ${templates.description ?? 'Tieline’s own words'}`,
    `  plan           ${templates.plan ?? 'Tieline’s own words'}`,
    ...(templates.milestones === null
      ? ['  milestones     Tieline’s own']
      : templates.milestones.map(({ at, text }) => `  milestone      at ${at} %: ${text}`)),
  ];
}

/** What is open under the rule in force, and what would be. */
export function previewLines(
  preview: Pick<RulePreview, 'systemId' | 'boundaries' | 'before' | 'after'>,
): string[] {
  const { before, after } = preview;
  const line = (
    title: string,
    { weaknesses, findings, bySeverity, excluded, accepted }: RulePreview['before'],
  ): string => {
    const each = severities
      .toReversed()
      .flatMap((severity) =>
        bySeverity[severity] ? [`${bySeverity[severity]} ${severity.toLowerCase()}`] : [],
      );
    const apart = [
      ...(excluded > 0 ? [`${counted(excluded, 'finding')} excluded`] : []),
      ...(accepted > 0 ? [`${counted(accepted, 'finding')} accepted at the scanner`] : []),
    ];
    return `${title}${counted(weaknesses, 'weakness', 'weaknesses')}${each.length > 0 ? ` (${each.join(', ')})` : ''} of ${counted(findings, 'open finding')}${apart.length > 0 ? `; ${apart.join(', ')}` : ''}`;
  };
  return [
    preview.systemId === null
      ? `In ${counted(preview.boundaries, 'boundary', 'boundaries')} that ${preview.boundaries === 1 ? 'inherits' : 'inherit'} the rule of all:`
      : `In ${preview.systemId}:`,
    line('  now   ', before),
    line('  then  ', after),
  ];
}

export const historyTable = (
  versions: readonly {
    readonly version: number;
    readonly changedAt: string;
    readonly changedBy: string;
    readonly rule: WeaknessRule | null;
    readonly reason: string;
  }[],
  width: number | undefined,
): string =>
  fittedTable(
    ['VERSION', 'SINCE (UTC)', 'BY', 'RULE', 'WHY'],
    versions.map(({ version, changedAt, changedBy, rule, reason }) => [
      String(version),
      changedAt.slice(0, 16).replace('T', ' '),
      changedBy,
      rule === null ? 'inherited' : [groupingText(rule), floorText(rule), ...filterTexts(rule)].join('; '),
      reason,
    ]),
    width,
  );

const scopeText = ({ scope }: Exclusion): string =>
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
const lastDay = (until: string): string => new Date(Date.parse(until) - 1).toISOString().slice(0, 10);

export const exclusionLine = (exclusion: Exclusion): string =>
  `Exclusion ${exclusion.id}: ${scopeText(exclusion)} in ${exclusion.systemId ?? 'every boundary'}, ` +
  `${exclusion.endedAt === null ? `until ${lastDay(exclusion.expiresAt)}` : `ended ${exclusion.endedAt.slice(0, 10)} by ${exclusion.endedBy ?? '?'}`}: ${exclusion.reason} (${exclusion.excludedBy})`;

export const exclusionsTable = (exclusions: readonly Exclusion[], width: number | undefined): string =>
  fittedTable(
    ['ID', 'BOUNDARY', 'EXCLUDED', 'UNTIL', 'OPEN FINDINGS', 'BY', 'WHY'],
    exclusions.map((each) => [
      String(each.id),
      each.systemId ?? 'all',
      scopeText(each),
      each.endedAt === null ? lastDay(each.expiresAt) : `ended ${each.endedAt.slice(0, 10)}`,
      String(each.findings),
      each.excludedBy,
      each.reason,
    ]),
    width,
  );

export const excludedTable = (
  findings: readonly {
    readonly systemId: string;
    readonly asset: string;
    readonly plugin: string | null;
    readonly name: string;
    readonly severity: string | null;
    readonly firstFound: string | null;
  }[],
  width: number | undefined,
): string =>
  fittedTable(
    ['BOUNDARY', 'ASSET', 'PLUGIN', 'SEVERITY', 'SINCE', 'NAME'],
    findings.map((each) => [
      each.systemId,
      each.asset,
      each.plugin ?? '–',
      each.severity ?? '–',
      each.firstFound ?? '–',
      each.name,
    ]),
    width,
  );
