import type { CommandSpec, FirstLevel, NounSpec } from '../kit/command.ts';
import { byOption, oneOf, wholeNumber } from '../kit/flags.ts';
import { listOptions } from '../lists/list-options.ts';

const showing: readonly CommandSpec[] = [
  {
    name: 'list', // who reads the log is in it
    isDefault: true,
    description: 'who did what, from where, and how it ended; newest first',
    options: listOptions,
    examples: [
      'security list',
      'security list --filter "outcome=refused,failure occurred=-7d.."',
      'security list --filter "who=jdoe kind=export" --csv',
    ],
    action: async () => (await import('./security.actions.ts')).showEvents,
  },
  {
    name: 'show',
    arguments: '<event>',
    description: 'one event with everything recorded, its investigation and related events',
    action: async () => (await import('./security.actions.ts')).showEvent,
  },
];

const forward: NounSpec = {
  name: 'forward',
  description: 'send security events to a SIEM as they are written: syslog over TLS, in CEF, OCSF or ECS',
  commands: [
    {
      name: 'show',
      reads: true,
      isDefault: true,
      description: 'where to, how far, and what waits',
      action: async () => (await import('./forward.actions.ts')).showForwarding,
    },
    {
      name: 'set',
      arguments: '<host>',
      description: 'forward to this server, which TIELINE_ALERT_RECEIVERS must name; from now on',
      options: [
        { flags: '--port <n>', description: 'its port', parse: wholeNumber(1, 65_535), default: 6514 },
        {
          flags: '--transport <way>',
          description: 'tls or tcp',
          parse: oneOf('transport', ['tls', 'tcp']),
          default: 'tls',
        },
        {
          flags: '--format <format>',
          description: 'cef, ocsf or ecs',
          parse: oneOf('format', ['cef', 'ocsf', 'ecs']),
          default: 'cef',
        },
        {
          flags: '--facility <n>',
          description: 'of syslog, 0 to 23; 13 is log audit',
          parse: wholeNumber(0, 23),
          default: 13,
        },
        {
          flags: '--ca-file <file>',
          description:
            'PEM of the only authority to trust here; default: those that Tieline trusts (TIELINE_CA_FILE too)',
        },
      ],
      examples: ['security forward set siem.example --format ecs'],
      action: async () => (await import('./forward.actions.ts')).setReceiver,
    },
    {
      name: 'off',
      description: 'stop forwarding; what waits stays in the spool',
      action: async () => (await import('./forward.actions.ts')).switchOff,
    },
    {
      name: 'test',
      reads: true,
      description: 'send one made-up event now',
      action: async () => (await import('./forward.actions.ts')).test,
    },
  ],
};

export const security: FirstLevel = {
  commands: [
    ...showing,
    forward,
    {
      name: 'investigate',
      arguments: '<event>',
      description: 'record what was found about an event; each step is an event too',
      options: [
        { flags: '--notes <text>', description: 'what was looked at and found', required: true },
        {
          flags: '--state <state>',
          description: 'open: it is being looked at; resolved or harmless: it is closed',
          parse: oneOf('state', ['open', 'resolved', 'harmless']),
          default: 'open',
        },
        byOption,
      ],
      examples: ['security investigate 7d3f0a4e --state harmless --notes "on call, agreed by phone"'],
      action: async () => (await import('./security.actions.ts')).investigate,
    },
    {
      name: 'verify',
      reads: true, // it records itself what it found
      description: 'verify every row of the log: names what was changed, added, or is missing',
      options: [
        {
          flags: '--heads <file>',
          description: 'compare it also with heads kept elsewhere, such as those of another machine',
        },
      ],
      action: async () => (await import('./security.actions.ts')).verify,
    },
  ],
};
