import { severities, type Severity } from '../../../canonical/vocabulary/index.ts';
import { complianceParts, groupings, severitySources } from '../../../canonical/weakness-rule/index.ts';
import { untilDay } from '../access/access-options.ts';
import type { CommandSpec, FirstLevel, OptionSpec } from '../kit/command.ts';
import { allOption, byOption, oneOf, several, wholeNumber } from '../kit/flags.ts';

const severityOf = oneOf('severity', severities.slice(1) as readonly Severity[]);
const ports = (text: string, before: number[] | undefined): number[] => [
  ...(before ?? []),
  wholeNumber(0, 65_535)(text),
];

/** What of the rule is to be otherwise; what is not given stays. */
const ruleOptions: readonly OptionSpec[] = [
  {
    flags: '--grouping <by>',
    description: 'by what findings belong to one weakness',
    choices: groupings,
  },
  {
    flags: '--compliance <part>',
    description: 'whether failed checks of audits make weaknesses: one for each check',
    choices: complianceParts,
  },
  {
    flags: '--check-severity <severity>',
    description: 'how grave a failed check is for which its audit names no category',
    parse: severityOf,
  },
  {
    flags: '--severity-from <source>',
    description: 'where the severity of a finding comes from',
    choices: severitySources,
  },
  { flags: '--floor <severity>', description: 'the least severity that makes a weakness', parse: severityOf },
  {
    flags: '--tag <category:value>',
    description: 'only assets with one of these tags; may be given more than once',
    parse: several,
  },
  {
    flags: '--network <cidr>',
    description: 'only assets in one of these networks; may be given more than once',
    parse: several,
  },
  { flags: '--port <n>', description: 'only on these ports; may be given more than once', parse: ports },
  {
    flags: '--family <name>',
    description: 'only plugins of these families; may be given more than once',
    parse: several,
  },
  { flags: '--exploit-available', description: 'only what an exploit is known for' },
  {
    flags: '--min-age <days>',
    description: 'only what was first found at least so many days ago',
    parse: wholeNumber(0, 3650),
  },
  { flags: '--no-filters', description: 'no filters but those that are given here' },
  { flags: '--description <template>', description: 'what a POA&M says, as "{title} on {assets} assets"' },
  { flags: '--plan <template>', description: 'its plan' },
  {
    flags: '--milestone <percent:template>',
    description:
      'its milestones, each at so many percent of the days to the due date: "50:Patch {machines}"; may be given more than once',
    parse: several,
  },
  { flags: '--no-templates', description: 'Tieline’s own words, but for what is given here' },
  { flags: '--inherit', description: 'the rule of all boundaries again, none of its own' },
  {
    flags: '--file <file>',
    description: 'the whole rule from a YAML file, as `rules show --yaml` writes it',
  },
];

const boundary = '<boundary>';
const set: CommandSpec = {
  name: 'set',
  arguments: boundary,
  description:
    'change the rule of a boundary, or of all that have none of their own (*); shows what it would make, and saves with --yes',
  options: [
    ...ruleOptions,
    { flags: '--reason <text>', description: 'why, beside the version', required: true },
    byOption,
    { flags: '--yes', description: 'save it', default: false },
  ],
  examples: [
    'rules set SYS-1 --grouping solution --reason "one ticket for each patch"',
    'rules set "*" --floor Medium --severity-from cvss3 --reason "FedRAMP Moderate" --yes',
    'rules set SYS-1 --inherit --reason "as everywhere else" --yes',
  ],
  action: async () => (await import('./rules.actions.ts')).setWeaknessRule,
};

export const rules: FirstLevel = {
  commands: [
    {
      name: 'list',
      reads: true,
      isDefault: true,
      description: 'the rule of each boundary; those without one of their own have that of all',
      action: async () => (await import('./rules.actions.ts')).listWeaknessRules,
    },
    {
      name: 'show',
      reads: true,
      arguments: '[boundary]',
      description: 'a rule as a whole; without a boundary that of all',
      options: [{ flags: '--yaml', description: 'as YAML, for `rules set --file`', default: false }],
      action: async () => (await import('./rules.actions.ts')).showWeaknessRule,
    },
    set,
    {
      name: 'preview',
      reads: true,
      arguments: boundary,
      description: 'what a change of the rule would make of what is open now; saves nothing',
      options: ruleOptions,
      examples: ['rules preview SYS-1 --floor Medium'],
      action: async () => (await import('./rules.actions.ts')).previewWeaknessRule,
    },
    {
      name: 'history',
      arguments: '[boundary]',
      description: 'every version of a rule: when, by whom, why',
      action: async () => (await import('./rules.actions.ts')).showRuleHistory,
    },
    {
      name: 'exclude',
      description: 'let findings make no weakness until a day; they are counted and listed meanwhile',
      options: [
        { flags: '--boundary <id>', description: 'in this boundary only (default: in all)' },
        { flags: '--plugin <id>', description: 'findings of this plugin' },
        { flags: '--cve <id>', description: 'findings of this CVE' },
        { flags: '--asset <uuid>', description: 'findings on this asset' },
        { flags: '--network <cidr>', description: 'findings on assets in this network' },
        { flags: '--tag <category:value>', description: 'findings on assets with this tag' },
        {
          flags: '--until <day>',
          description: 'the last day on which it holds, YYYY-MM-DD in UTC',
          parse: untilDay,
          required: true,
        },
        { flags: '--reason <text>', description: 'why; it stands beside each finding', required: true },
        byOption,
      ],
      examples: [
        'rules exclude --boundary SYS-1 --network 10.9.0.0/16 --until 2027-01-31 --reason "test range, rebuilt in January"',
      ],
      action: async () => (await import('./rules.actions.ts')).excludeFindings,
    },
    {
      name: 'exclusions',
      arguments: '[id]',
      description: 'what is excluded, until when and why; with a number the findings that it leaves out',
      options: [allOption('also those that have ended')],
      action: async () => (await import('./rules.actions.ts')).showExclusions,
    },
    {
      name: 'unexclude',
      arguments: '<id>',
      description: 'end an exclusion before its day',
      options: [{ flags: '--reason <text>', description: 'why', required: true }, byOption],
      action: async () => (await import('./rules.actions.ts')).endOneExclusion,
    },
  ],
};
