/** `connections …`: the servers that Tieline talks to. `systems add|check` are old names that still work. */
import { trustLevels } from '../../../canonical/policy/index.ts';
import type { CommandSpec, FirstLevel, OptionSpec } from '../kit/command.ts';
import { decisionOptions, oneOf, several, wholeNumber } from '../kit/flags.ts';

/** How long `connections check` lets a server take, so that the answer is there within ten seconds. */
const answersWithinSeconds = 8;

const yes: OptionSpec = { flags: '--yes', description: 'do not ask', default: false };
const setting: OptionSpec = {
  flags: '--set <key=value>',
  description: 'a setting that is not secret; may be given more than once',
  parse: several,
};

const add: CommandSpec = {
  name: 'add',
  arguments: '<type>',
  description: 'add one; its secrets are asked for, or taken from the environment or a file',
  options: [
    { flags: '--name <name>', description: 'what to call it, for example tenable-prod', required: true },
    {
      flags: '--url <url>',
      description: 'its address, for example https://cloud.tenable.com',
      required: true,
    },
    setting,
    {
      flags: '--secrets-file <file>',
      description: 'a YAML file with the secrets, one `name: value` a line',
    },
  ],
  examples: [
    'connections add tenable --name tenable-prod --url https://cloud.tenable.com',
    'connections add xacta --name xacta-prod --url https://xacta.example',
  ],
  notes: async (host) =>
    (await import('./connection.view.ts')).typesText((await host.loadModules()).values()),
  action: async () => (await import('./connections.actions.ts')).addConnection,
};

const list: CommandSpec = {
  name: 'list',
  reads: true,
  description: 'the connections, without their settings',
  action: async () => (await import('./list-connections.actions.ts')).listConnections,
};

const check: CommandSpec = {
  name: 'check',
  reads: true,
  arguments: '<name>',
  description: 'reach, TLS, sign-in, each permission, clock: one line each, with the remedy',
  options: [
    {
      flags: '--timeout <seconds>',
      description: 'for a slow server',
      parse: wholeNumber(1, 600),
      default: answersWithinSeconds,
    },
  ],
  action: async () => (await import('./connections.actions.ts')).checkConnection,
};

const set: CommandSpec = {
  name: 'set',
  arguments: '<name>',
  description: 'change its address, settings or secrets; it is tried at the server before it is saved',
  options: [
    {
      flags: '--url <url>',
      description: 'its new address; of the same server, since the ids of its records are kept',
    },
    setting,
    {
      flags: '--unset <key>',
      description: 'back to the default; also takes a secret away; may be given more than once',
      parse: several,
    },
    {
      flags: '--secret <name>',
      description:
        'enter this secret again: from its environment variable, or asked for; may be given more than once',
      parse: several,
    },
    { flags: '--secrets-file <file>', description: 'a YAML file with secrets, one `name: value` a line' },
    { flags: '--no-check', description: 'save it without trying it at the server' },
    yes,
    ...decisionOptions,
  ],
  action: async () => (await import('./change-connection.actions.ts')).setConnection,
};

export const connections: FirstLevel = {
  commands: [
    add,
    list,
    {
      name: 'show',
      reads: true,
      arguments: '<name>',
      description: 'one connection: its settings, which secrets it has, what is missing, what hangs on it',
      action: async () => (await import('./connections.actions.ts')).showConnection,
    },
    check,
    set,
    {
      name: 'pause',
      arguments: '<name>',
      description:
        'neither read from it nor send to it, until it is resumed (only sending: tieline outbox pause)',
      options: decisionOptions,
      action: async () => (await import('./change-connection.actions.ts')).pause,
    },
    {
      name: 'resume',
      arguments: '<name>',
      description: 'let reading and sending continue',
      options: decisionOptions,
      action: async () => (await import('./change-connection.actions.ts')).resume,
    },
    {
      name: 'trust',
      arguments: '<name>',
      description:
        'how far it may be written to: read_only, plan_only, approved, automatic; more of it one step at a time',
      options: [
        { flags: '--level <level>', description: 'the next step', parse: oneOf('level', trustLevels) },
        yes,
        ...decisionOptions,
      ],
      examples: ['connections trust xacta-prod --level plan_only --reason "mappings are reviewed"'],
      action: async () => (await import('./trust-connection.actions.ts')).trust,
    },
    {
      name: 'remove',
      arguments: '<name>',
      description: 'end a connection: its secrets are erased, what it reported stays',
      options: [yes, ...decisionOptions],
      action: async () => (await import('./change-connection.actions.ts')).remove,
    },
  ],
};

/** Under `systems`, which lists authorization boundaries now, these keep working. */
export const formerCommands: readonly CommandSpec[] = [add, check].map((spec) => ({
  ...spec,
  isNow: `connections ${spec.name}`,
}));
