/** `systems rules …`: which assets belong to a boundary, where neither a component nor a person says so. */
import { assetRoles, type ConditionKind, conditionKinds } from '../../../canonical/boundary-rules/index.ts';
import type { NounSpec, OptionSpec } from '../kit/command.ts';
import { allOption, decisionOptions, oneOf, rowId, several, wholeNumber } from '../kit/flags.ts';

const flagOf = (kind: string): string => kind.replaceAll('_', '-');
/** Metavariables of conditions, as they are shown in the help. */
const conditionOptions: readonly OptionSpec[] = (Object.keys(conditionKinds) as ConditionKind[]).map(
  (kind) => ({
    flags: `--${flagOf(kind)} <${flagOf(kind)}>`,
    description: `${conditionKinds[kind].of} (${conditionKinds[kind].example}); may be given more than once: one of them fits`,
    parse: several,
  }),
);
const ruleOptions: readonly OptionSpec[] = [
  ...conditionOptions,
  {
    flags: '--priority <n>',
    description: '1 comes first; two systems with the same one leave the asset to a person',
    parse: wholeNumber(1, 1000),
    default: 100,
  },
  {
    flags: '--role <role>',
    description:
      'responsible: its findings are weaknesses of this system; inherited: it is seen here, and another system answers for it',
    parse: oneOf('role', assetRoles),
    default: 'responsible',
  },
  { flags: '--note <text>', description: 'what the rule is for' },
];
const yes: OptionSpec = { flags: '--yes', description: 'do not ask', default: false };

export const rules: NounSpec = {
  name: 'rules',
  description: 'which assets belong to a system, by network, tag, repository, name or business context',
  commands: [
    {
      name: 'list',
      reads: true,
      arguments: '[system]',
      isDefault: true,
      description: 'the rules in force, first by priority, with how many assets each puts where',
      options: [allOption('also those that have ended')],
      action: async () => (await import('./rules.actions.ts')).listRules,
    },
    {
      name: 'preview',
      reads: true,
      arguments: '[system]',
      description: 'what a new rule would move, or with --remove the end of one; nothing is changed',
      options: [
        ...ruleOptions,
        { flags: '--remove <rule>', description: 'a rule, by its number', parse: rowId },
      ],
      examples: [
        'systems rules preview SYS-1 --network 10.20.0.0/16 --tag Environment:Production',
        'systems rules preview --remove 3',
      ],
      action: async () => (await import('./rules.actions.ts')).previewRule,
    },
    {
      name: 'add',
      arguments: '<system>',
      description: 'make a rule; all conditions must fit. What it would move is shown first',
      options: [...ruleOptions, yes, ...decisionOptions],
      examples: ['systems rules add SYS-1 --name "web-*.prod.example" --priority 20'],
      action: async () => (await import('./rules.actions.ts')).addRule,
    },
    {
      name: 'remove',
      arguments: '<rule>',
      description: 'end a rule, by its number. What that would move is shown first',
      options: [yes, ...decisionOptions],
      action: async () => (await import('./rules.actions.ts')).removeRule,
    },
  ],
};
