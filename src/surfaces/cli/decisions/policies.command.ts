import { conflictStrategies, syncDirections } from '../../../canonical/policy/index.ts';
import { severities, type Severity } from '../../../canonical/vocabulary/index.ts';
import type { CommandSpec, FirstLevel, OptionSpec } from '../kit/command.ts';
import { oneOf, several } from '../kit/flags.ts';

const yes: OptionSpec = {
  flags: '--yes',
  description: 'do not ask before changes that wait are released',
  default: false,
};

const severityNamed = (text: string, before: Severity[] | undefined): Severity[] => [
  ...(before ?? []),
  oneOf('severity', severities)(text),
];

const set: CommandSpec = {
  name: 'set',
  arguments: '<system> <entity> [field]',
  description: 'change the policy of an entity (* for all), or of one field of it',
  options: [
    {
      flags: '--direction <direction>',
      description: 'which way values may go',
      choices: syncDirections,
    },
    { flags: '--strategy <strategy>', description: 'who gives way', choices: conflictStrategies },
    {
      flags: '--approval <when>',
      description: 'whether a person must agree before a change goes out',
      choices: ['always', 'never'],
    },
    {
      flags: '--approval-field <field>',
      description: 'only for changes of this field; may be given more than once',
      parse: several,
    },
    {
      flags: '--approval-severity <severity>',
      description: `only for this severity (${severities.join(', ')}); may be given more than once`,
      parse: severityNamed,
    },
    {
      flags: '--filter <filter>',
      description:
        'only for these records of the entity, as in lists: system=SYS-001 severity=critical,high; "" for all again',
    },
    yes,
  ],
  action: async () => (await import('./policies.actions.ts')).setPolicy,
};

export const policies: FirstLevel = {
  commands: [
    {
      name: 'list',
      reads: true,
      arguments: '[system]',
      isDefault: true,
      description: 'the policies of an external system, or of all',
      action: async () => (await import('./policies.actions.ts')).listPolicies,
    },
    set,
    {
      name: 'unset',
      arguments: '<system> <entity>',
      description: 'remove the policy of an entity; what is above it then holds',
      options: [yes],
      action: async () => (await import('./policies.actions.ts')).unsetPolicy,
    },
    {
      name: 'export',
      reads: true,
      arguments: '<system>',
      description: 'the policies as YAML',
      action: async () => (await import('./policies.actions.ts')).exportPolicies,
    },
    {
      name: 'import',
      arguments: '<system> <file>',
      description:
        'make the policies exactly those of a YAML file; nothing is changed if one of them is wrong',
      options: [yes],
      action: async () => (await import('./policies.actions.ts')).importPolicies,
    },
  ],
};
