/** Weakness rules and exclusions, for people. */
import { severities } from '../../../canonical/vocabulary/index.ts';
import {
  type Exclusion,
  type Grouping,
  keptTextWords,
  type SeveritySource,
  type WeaknessRule,
} from '../../../canonical/weakness-rule/index.ts';
import type { BoundaryRule, RulesInForce } from '../../../modules/weaknesses/index.ts';
import type { RuleChangePreview } from '../../../review/rules/index.ts';
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

type Counted = RuleChangePreview['before'];

function countedLine(
  title: string,
  { weaknesses, findings, bySeverity, excluded, accepted }: Counted,
): string {
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
}

type Outcome = RuleChangePreview['poams'][number];
const outcomeText = ({ outcome, other, isSent }: Outcome): string => {
  switch (outcome) {
    case 'made':
      return 'made';
    case 'split':
      return `split from ${other ?? '?'}`;
    case 'merged':
      return `${isSent ? 'cancelled' : 'withdrawn'}: merged into ${other ?? '?'}`;
    case 'ended':
      return `${isSent ? 'cancelled' : 'withdrawn'}: the rule names none of its findings`;
    case 'continued':
      return 'continues, about other findings';
    case 'reworded':
      return 'stays as it is';
  }
};

const textWords: Readonly<Record<string, string>> = {
  weakness_description: 'description',
  remediation_plan: 'plan',
  milestones: 'milestone',
};
const inALine = (text: string): string => text.replaceAll(/\s*\n\s*/g, ' / ');
/** How many POA&Ms have their texts shown whole; the others are counted. */
const wordedAtMost = 20;

/** Which texts change, before and after, and which stay though the rule says them otherwise. */
function textLines(poams: readonly Outcome[]): string[] {
  const worded = poams.filter(({ texts, kept }) => texts.length + kept.length > 0);
  if (worded.length === 0) return [];
  const more = worded.length - wordedAtMost;
  return [
    '',
    'Texts that change (- now, + then):',
    ...worded
      .slice(0, wordedAtMost)
      .flatMap(({ poamId, texts, kept }) => [
        `  ${poamId}`,
        ...texts.flatMap(({ field, before, after }) => [
          `    ${textWords[field] ?? field}`,
          `      - ${inALine(before)}`,
          `      + ${inALine(after)}`,
        ]),
        ...kept.map(
          ({ field, why, text }) =>
            `    ${textWords[field] ?? field}${text === undefined ? '' : ` "${inALine(text)}"`} stays: ${keptTextWords[why]}`,
        ),
      ]),
    ...(more > 0 ? [`  and those of ${counted(more, 'more POA&M')}: --json has them all`] : []),
  ];
}

/** What is open under the rule in force, what would be, and what becomes of POA&Ms. */
export function previewLines(preview: RuleChangePreview, width: number | undefined): string[] {
  const { systemId, boundaries, before, after, outcomes, poams } = preview;
  const sums = [
    [outcomes.made, 'made'],
    [outcomes.split, 'split off'],
    [outcomes.merged, 'merged'],
    [outcomes.ended, 'ended'],
    [outcomes.continued, 'to continue about other findings'],
    [outcomes.reworded, 'with texts to look at'],
  ] as const;
  const some = sums.flatMap(([n, word]) => (n > 0 ? [`${n} ${word}`] : []));
  return [
    systemId === null
      ? `In ${counted(boundaries.length, 'boundary', 'boundaries')} that ${boundaries.length === 1 ? 'inherits' : 'inherit'} the rule of all:`
      : `In ${systemId}:`,
    countedLine('  now   ', before),
    countedLine('  then  ', after),
    some.length === 0 ? 'No POA&M would be another one.' : `POA&Ms with the next sync: ${some.join(', ')}.`,
    ...(poams.length === 0
      ? []
      : [
          '',
          fittedTable(
            ['POA&M', 'BOUNDARY', 'WHAT BECOMES OF IT', 'OPEN FINDINGS', 'WEAKNESS'],
            poams.map((each) => [
              each.poamId,
              each.systemId ?? '–',
              outcomeText(each),
              String(each.findings),
              each.title ?? '–',
            ]),
            width,
          ),
        ]),
    ...textLines(poams),
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
