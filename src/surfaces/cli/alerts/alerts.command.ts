import {
  alertDirections,
  ruledAlertKinds,
  channelKinds,
  digestRhythms,
  severities,
} from '../../../canonical/vocabulary/index.ts';
import type { CommandSpec, FirstLevel, NounSpec } from '../kit/command.ts';
import { byOption, decisionOptions, oneOf, several, wholeNumber } from '../kit/flags.ts';
import { listOptions } from '../lists/list-options.ts';

const channelOptions = [
  {
    flags: '--set <key=value>',
    description: 'a setting, as often as needed: docs/alerts.md lists them',
    parse: several,
  },
  {
    flags: '--secret-file <file>',
    description:
      'a file with the secret: the password of a mail account, or what a webhook is signed with (else TIELINE_CHANNEL_SECRET, else asked for)',
  },
  {
    flags: '--severity <severity>',
    description: 'what is less grave is not sent (default: High)',
    parse: oneOf('severity', severities),
  },
  { flags: '--kind <kinds>', description: 'only alerts of these kinds, by commas; all: every kind' },
  { flags: '--system <ids>', description: 'only alerts of these systems, by commas; all: every system' },
  byOption,
];

const rules: NounSpec = {
  name: 'rules',
  description: 'when alerts are raised: thresholds for every system, and where one differs',
  commands: [
    {
      name: 'list',
      reads: true,
      isDefault: true,
      description: 'every rule with its thresholds',
      action: async () => (await import('./rules.actions.ts')).showRules,
    },
    {
      name: 'set',
      arguments: '<kind> [levels...]',
      description: 'set thresholds, each severity with its value: High=24 Critical=72',
      options: [
        { flags: '--system <id>', description: 'only for this system (default: every one without its own)' },
        { flags: '--metric <name>', description: 'of kind metric: which one' },
        {
          flags: '--direction <way>',
          description: 'of kind metric: above or below the threshold',
          parse: oneOf('direction', alertDirections),
        },
        { flags: '--off', description: 'switch it off; its thresholds stay', default: false },
        ...decisionOptions,
      ],
      examples: [
        'alerts rules set connection_lagging Medium=12 High=48 --reason "reads are nightly"',
        'alerts rules set metric High=50 --metric open_critical --reason "agreed with the AO"',
      ],
      action: async () => (await import('./rules.actions.ts')).setRule,
    },
    {
      name: 'remove',
      arguments: '<kind>',
      description: 'let a system, or a metric, go without a rule of its own',
      options: [
        { flags: '--system <id>', description: 'of this system' },
        { flags: '--metric <name>', description: 'of this metric' },
        ...decisionOptions,
      ],
      action: async () => (await import('./rules.actions.ts')).removeRule,
    },
  ],
};

const channels: NounSpec = {
  name: 'channels',
  description: 'where alerts are delivered to: mail, webhooks, syslog',
  commands: [
    {
      name: 'list',
      reads: true,
      isDefault: true,
      description: 'every channel, without its secret',
      action: async () => (await import('./channels.actions.ts')).showChannels,
    },
    {
      name: 'add',
      arguments: '<type> <name>',
      description: `deliver to a further place; types: ${channelKinds.join(', ')}`,
      options: channelOptions,
      examples: [
        'alerts channels add email team --set host=mail.example --set from=tieline@agency.example --set to=isso@agency.example',
        'alerts channels add webhook soc --set url=https://hooks.example/tieline --severity Medium',
      ],
      action: async () => (await import('./channels.actions.ts')).addOne,
    },
    {
      name: 'set',
      arguments: '<name>',
      description: 'change a channel; what is not given stays',
      options: [
        ...channelOptions,
        { flags: '--secret', description: 'set a new secret', default: false },
        { flags: '--on', description: 'switch it on', default: false },
        { flags: '--off', description: 'switch it off: what waits for it keeps waiting', default: false },
      ],
      action: async () => (await import('./channels.actions.ts')).setOne,
    },
    {
      name: 'remove',
      arguments: '<name>',
      description: 'deliver nothing there any more',
      options: [byOption],
      action: async () => (await import('./channels.actions.ts')).removeOne,
    },
  ],
};

const digests: NounSpec = {
  name: 'digests',
  description: 'mails to people of what waits for them',
  commands: [
    {
      name: 'list',
      reads: true,
      isDefault: true,
      description: 'who gets one, when, and what the last one came to',
      action: async () => (await import('./digests.actions.ts')).showDigests,
    },
    {
      name: 'set',
      arguments: '<person>',
      description: 'send a person a digest',
      options: [
        {
          flags: '--rhythm <rhythm>',
          description: digestRhythms.join(', '),
          parse: oneOf('rhythm', digestRhythms),
          default: 'weekdays',
        },
        { flags: '--hour <hour>', description: 'of the day, in UTC', parse: wholeNumber(0, 23), default: 12 },
        { flags: '--titles', description: 'with titles of records (default: counts only)', default: false },
        byOption,
      ],
      action: async () => (await import('./digests.actions.ts')).setOne,
    },
    {
      name: 'stop',
      arguments: '<person>',
      description: 'send a person none',
      action: async () => (await import('./digests.actions.ts')).stopOne,
    },
  ],
};

const handling: readonly CommandSpec[] = [
  {
    name: 'list',
    reads: true,
    isDefault: true,
    description: 'alerts, the gravest first; without a filter, those that are not over',
    options: listOptions,
    examples: ['alerts list --filter "severity=critical,high state=active"'],
    action: async () => (await import('./alerts.actions.ts')).showAlerts,
  },
  {
    name: 'show',
    reads: true,
    arguments: '<alert>',
    description: 'an alert with its story and its deliveries; by its id, or the beginning of it',
    action: async () => (await import('./alerts.actions.ts')).showOne,
  },
  {
    name: 'ack',
    arguments: '<alert>',
    description: 'somebody looks after it: it leaves the inbox of the others',
    options: decisionOptions,
    action: async () => (await import('./alerts.actions.ts')).acknowledge,
  },
  {
    name: 'assign',
    arguments: '<alert> <to>',
    description: 'give it to a person or team; nobody: take it from whose it is',
    options: decisionOptions,
    action: async () => (await import('./alerts.actions.ts')).assign,
  },
  {
    name: 'suppress',
    arguments: '<alert>',
    description: 'tell nobody of it until a time; it is active again then, if it still holds',
    options: [{ flags: '--until <time>', description: 'such as 2026-12-24 or 3d' }, ...decisionOptions],
    examples: ['alerts suppress 3f0c --until 7d --reason "the server is being replaced"'],
    action: async () => (await import('./alerts.actions.ts')).suppress,
  },
  {
    name: 'reactivate',
    arguments: '<alert>',
    description: 'take an acknowledgement or a suppression back',
    options: decisionOptions,
    action: async () => (await import('./alerts.actions.ts')).reactivate,
  },
  {
    name: 'resolve',
    arguments: '<alert>',
    description: 'say that an alert which a workflow raised is over',
    options: decisionOptions,
    examples: ['alerts resolve 3f0c --reason "the owner answered"'],
    action: async () => (await import('./alerts.actions.ts')).resolve,
  },
  {
    name: 'evaluate',
    description: 'evaluate the rules now, and deliver what follows',
    options: [
      {
        flags: '--kind <kind>',
        description: `only one: ${ruledAlertKinds.join(', ')}`,
        parse: oneOf('kind', ruledAlertKinds),
      },
    ],
    action: async () => (await import('./evaluate.actions.ts')).evaluate,
  },
  {
    name: 'deliveries',
    description: 'what was sent where, and what could not be',
    options: listOptions,
    examples: ['alerts deliveries --filter "state=pending,failed"'],
    action: async () => (await import('./evaluate.actions.ts')).showDeliveries,
  },
  {
    name: 'test-delivery',
    arguments: '<channel>',
    description: 'send a test to a channel, and say what it came to',
    options: [byOption],
    action: async () => (await import('./evaluate.actions.ts')).testDelivery,
  },
  {
    name: 'retry',
    arguments: '<channel>',
    description: 'try again now what a channel was not given',
    action: async () => (await import('./evaluate.actions.ts')).retry,
  },
];

export const alerts: FirstLevel = { commands: [...handling, rules, channels, digests] };
