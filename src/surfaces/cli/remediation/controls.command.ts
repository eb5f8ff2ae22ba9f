import type { FirstLevel, OptionSpec } from '../kit/command.ts';
import { allOption, byOption, decisionOptions, several, wholeNumber } from '../kit/flags.ts';

const matches = 'cci, plugin_id, family, cwe, cve, name, any';

const systemOption: OptionSpec = {
  flags: '--system <system>',
  description: 'only of this authorization boundary',
};

const ruleOptions: readonly OptionSpec[] = [
  {
    flags: '--control <id>',
    description: 'of SP 800-53 revision 5; may be given more than once, the first one leads',
    parse: several,
    required: true,
  },
  {
    flags: '--priority <n>',
    description: 'the lowest is asked first',
    parse: wholeNumber(1, 100_000),
    default: 50,
  },
  { flags: '--source <text>', description: 'why', required: true },
  byOption,
];

export const controls: FirstLevel = {
  commands: [
    {
      name: 'list',
      reads: true,
      arguments: '<system>',
      description:
        'the controls of a system: status, what is proposed, open weaknesses, evidence, next assessment',
      action: async () => (await import('./control-status.actions.ts')).list,
    },
    {
      name: 'show',
      reads: true,
      arguments: '<system> <control>',
      description: 'one control: its fields, what is under it, what was proposed of its status',
      action: async () => (await import('./control-status.actions.ts')).show,
    },
    {
      name: 'edit',
      arguments: '<system> <control>',
      description:
        'edit a control: evidence_required, automation_level, assessment_frequency_months and others',
      options: [
        {
          flags: '--set <field=value>',
          description: 'may be repeated; members of a list are parted by ";", nothing empties a field',
          parse: several,
          required: true,
        },
        ...decisionOptions,
      ],
      examples: [
        'controls edit SYS-001 SI-2 --set "evidence_required=scan report;patch policy" --set assessment_frequency_months=12',
      ],
      action: async () => (await import('./control-status.actions.ts')).edit,
    },
    {
      name: 'proposals',
      description: 'statuses that are proposed from open and closed weaknesses, with the scans they go by',
      options: [systemOption, allOption('also those that were decided or lapsed')],
      action: async () => (await import('./control-status.actions.ts')).proposals,
    },
    {
      name: 'propose',
      description: 'propose now what each sync proposes by itself; nothing of a control changes',
      options: [systemOption],
      action: async () => (await import('./control-status.actions.ts')).propose,
    },
    {
      name: 'accept',
      arguments: '<proposal>',
      description: 'accept a status that is proposed; the next sync sends it to the GRC system',
      options: decisionOptions,
      action: async () => (await import('./control-status.actions.ts')).accept,
    },
    {
      name: 'refuse',
      arguments: '<proposal>',
      description: 'refuse a status that is proposed; needs a reason',
      options: decisionOptions,
      action: async () => (await import('./control-status.actions.ts')).refuse,
    },
    {
      name: 'rules',
      description: 'rules that tie weaknesses to NIST SP 800-53 controls',
      commands: [
        {
          name: 'list',
          reads: true,
          isDefault: true,
          description: 'all rules, in the order in which they are asked: the first that matches counts',
          action: async () => (await import('./controls.actions.ts')).listRules,
        },
        {
          name: 'add',
          arguments: '<match> <pattern>',
          description: `add a rule by ${matches}; family and name take a regular expression`,
          options: ruleOptions,
          examples: [
            'controls rules add cwe CWE-798 --control IA-5 --source "hard-coded credentials" --priority 300',
          ],
          action: async () => (await import('./controls.actions.ts')).addRule,
        },
        {
          name: 'change',
          arguments: '<rule> <match> <pattern>',
          description: 'change a rule; by its number. What it was is kept in its history',
          options: ruleOptions,
          action: async () => (await import('./controls.actions.ts')).changeRule,
        },
        {
          name: 'remove',
          arguments: '<rule>',
          description: 'remove a rule; by its number',
          options: [byOption],
          action: async () => (await import('./controls.actions.ts')).removeRule,
        },
        {
          name: 'explain',
          reads: true,
          arguments: '<plugin>',
          description: 'which controls a plugin concerns, and by which rule',
          action: async () => (await import('./controls.actions.ts')).explain,
        },
      ],
    },
  ],
};
