/** `connections set|pause|resume|remove`. */
import { userInfo } from 'node:os';
import type { Command } from 'commander';
import {
  pauseConnection,
  planConnectionChange,
  saveConnectionChange,
  tryConnection,
  type ConnectionChange,
  type PlannedChange,
} from '../../app/connections/change-connection.ts';
import { moduleFor } from '../../app/connections/connect.ts';
import { removeConnection, whatHangsOn } from '../../app/connections/remove-connection.ts';
import { fetchSystem } from '../../app/connections/systems.ts';
import type { App } from '../../app/app.ts';
import { TielineError } from '../../errors/tieline-error.ts';
import type { CommandContext, GlobalFlags } from '../kit/command-context.ts';
import { confirmed } from '../kit/confirm.ts';
import { collect, secretsFor, settingsFrom } from './connection-inputs.ts';
import { hangingLines } from './connection.view.ts';
import { shortValue } from '../kit/short-value.ts';
import { counted } from '../kit/table.ts';

interface DecisionFlags extends GlobalFlags {
  readonly by?: string;
  readonly reason?: string;
}

interface SetFlags extends DecisionFlags {
  readonly url?: string;
  readonly set?: string[];
  readonly unset?: string[];
  readonly secret?: string[];
  readonly secretsFile?: string;
  readonly check: boolean;
  readonly yes?: boolean;
}

const tryForMs = 8000;
const decidedBy = (flags: DecisionFlags) => ({ by: flags.by ?? userInfo().username, reason: flags.reason });

const withDecision = (command: Command): Command =>
  command
    .option('--reason <text>', 'why; kept in the journal')
    .option('--by <name>', 'who decides (default: the name of the account)');

/** The change that the flags ask for. Secrets are asked for last, when all else is known to be right. */
async function changeFrom(
  app: App,
  name: string,
  flags: SetFlags,
  context: CommandContext,
): Promise<ConnectionChange> {
  const { declaration } = moduleFor(app, (await fetchSystem(app, name)).system_type);
  const change = {
    ...(flags.url === undefined ? {} : { url: flags.url }),
    settings: settingsFrom(flags.set ?? [], declaration),
    unset: flags.unset ?? [],
    secrets: {},
  };
  if (flags.secret === undefined && flags.secretsFile === undefined) return change;
  await planConnectionChange(app, name, change, { whole: false });
  const secrets = await secretsFor(declaration, flags.secret ?? [], {
    file: flags.secretsFile,
    terminal: context.host.terminal,
  });
  return { ...change, secrets };
}

/** @throws TielineError of what failed, where the server does not answer or does not let it sign in. */
async function tryFirst(app: App, planned: PlannedChange, context: CommandContext): Promise<void> {
  const failed = await tryConnection(app, planned.next, context.host.signal, tryForMs);
  if (!failed) return;
  throw new TielineError(
    failed.kind === 'authentication' ? 'REMOTE_UNAUTHORIZED' : 'REMOTE_UNREACHABLE',
    `The connection ${planned.row.system_name} was not changed, because it would not work: ${failed.check}: ${failed.detail}`,
    { remedy: `${failed.remedy ?? 'Correct it.'} To save it all the same: --no-check` },
  );
}

function addSetCommand(connections: Command, context: CommandContext): void {
  withDecision(
    connections
      .command('set <name>')
      .description('change its address, settings or secrets; it is tried at the server before it is saved')
      .option('--url <url>', 'its new address; of the same server, since the ids of its records are kept')
      .option('--set <key=value>', 'a setting that is not secret; may be given more than once', collect)
      .option('--unset <key>', 'back to the default; also takes a secret away', collect)
      .option(
        '--secret <name>',
        'enter this secret again: from its environment variable, or asked for; may be given more than once',
        collect,
      )
      .option('--secrets-file <file>', 'a YAML file with secrets, one `name: value` a line')
      .option('--no-check', 'save it without trying it at the server')
      .option('--yes', 'do not ask', false),
  ).action(async (name: string, _options, command: Command) => {
    const flags = command.optsWithGlobals<SetFlags>();
    await context.host.withApp(flags, async (app) => {
      const change = await changeFrom(app, name, flags, context);
      if (
        change.url === undefined &&
        [change.settings, change.secrets].every((given) => Object.keys(given).length === 0) &&
        change.unset.length === 0
      )
        throw new TielineError('USAGE', 'Say what is to be changed: --url, --set, --unset, --secret.', {
          remedy: `What there is now: tieline connections show ${name}`,
        });
      const planned = await planConnectionChange(app, name, change);
      if (planned.changes.length === 0) {
        if (flags.json) context.printJson({ name, changes: [] });
        else context.print(`${name} is already so. Nothing was changed.`);
        return;
      }
      if (
        planned.linkedElsewhere > 0 &&
        !(await confirmed(
          context,
          flags,
          `${name} has ${counted(planned.linkedElsewhere, 'linked record')}. The new address must be of the same server: records of another would be taken for them. For another server, add a connection of its own.`,
        ))
      )
        return;
      if (flags.check) await tryFirst(app, planned, context);
      const operationId = await saveConnectionChange(app.pool, planned, decidedBy(flags));
      if (flags.json) context.printJson({ name, changes: planned.changes, operationId });
      else {
        for (const each of planned.changes)
          context.print(
            each.before === each.after
              ? `${each.field}: entered again`
              : `${each.field}: ${shortValue(each.before)} → ${shortValue(each.after)}`,
          );
        context.print(`Saved${flags.check ? '; the server accepts it' : ''}. It holds from the next run on.`);
      }
    });
  });
}

function addPauseCommands(connections: Command, context: CommandContext): void {
  const says = {
    pause: (name: string) =>
      `${name} is paused: nothing is read from it, nothing is sent to it. Resume with: tieline connections resume ${name}`,
    resume: (name: string) => `${name} is on again. Next: tieline sync run --system ${name}`,
  };
  for (const what of ['pause', 'resume'] as const)
    withDecision(
      connections
        .command(`${what} <name>`)
        .description(
          what === 'pause'
            ? 'neither read from it nor send to it, until it is resumed (only sending: tieline outbox pause)'
            : 'let reading and sending continue',
        ),
    ).action(async (name: string, _options, command: Command) => {
      const flags = command.optsWithGlobals<DecisionFlags>();
      const changed = await context.host.withApp(flags, (app) =>
        pauseConnection(app, name, what, decidedBy(flags)),
      );
      if (flags.json) context.printJson({ name, enabled: what === 'resume', changed });
      else
        context.print(
          changed ? says[what](name) : `${name} is ${what === 'pause' ? 'paused' : 'on'} already.`,
        );
    });
}

function addRemoveCommand(connections: Command, context: CommandContext): void {
  withDecision(
    connections
      .command('remove <name>')
      .description('end a connection: its secrets are erased, what it reported stays')
      .option('--yes', 'do not ask', false),
  ).action(async (name: string, _options, command: Command) => {
    const flags = command.optsWithGlobals<DecisionFlags & { yes?: boolean }>();
    await context.host.withApp(flags, async (app) => {
      const hanging = hangingLines(await whatHangsOn(app, name));
      const question = [
        `Remove ${name}? Its secrets are erased, what waits for it is withdrawn, its schedules and open conflicts end. Findings, POA&Ms, links and history stay as they were last seen.`,
        ...(hanging.length > 0 ? [`What hangs on it: ${hanging.join('; ')}.`] : []),
      ].join(' ');
      if (!(await confirmed(context, flags, question))) return;
      const removed = await removeConnection(app, name, decidedBy(flags));
      if (flags.json) context.printJson({ name, ...removed });
      else
        context.print(
          `${name} is removed.${hanging.length > 0 ? ` What hung on it: ${hanging.join('; ')}.` : ''} The same name, type and address, added again, continue it.`,
        );
    });
  });
}

export function addChangeCommands(connections: Command, context: CommandContext): void {
  addSetCommand(connections, context);
  addPauseCommands(connections, context);
  addRemoveCommand(connections, context);
}
