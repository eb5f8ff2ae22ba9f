/** `connections set|pause|resume|remove`. */
import {
  type ConnectionChange,
  fetchSystem,
  moduleFor,
  pauseConnection,
  planConnectionChange,
  type PlannedChange,
  removeConnection,
  requireWorking,
  saveConnectionChange,
  whatHangsOn,
} from '../../../engine/connections/index.ts';
import type { App } from '../../../engine/run/index.ts';
import { TielineError } from '../../../platform/errors/index.ts';
import { defined } from '../../../platform/values/index.ts';
import { decider } from '../kit/account.ts';
import type { CommandContext } from '../kit/command-context.ts';
import { confirmed } from '../kit/confirm.ts';
import type { Action } from '../kit/command.ts';
import type { DecisionFlags } from '../kit/flags.ts';
import { shellWord } from '../kit/hint.ts';
import { shortValue } from '../kit/short-value.ts';
import { counted } from '../kit/table.ts';
import { secretsFor, settingsFrom } from './connection-inputs.ts';
import { hangingLines } from './connection.view.ts';

interface SetFlags extends DecisionFlags {
  readonly url?: string;
  readonly set?: string[];
  readonly unset?: string[];
  readonly secret?: string[];
  readonly secretsFile?: string;
  readonly check: boolean;
  readonly yes?: boolean;
}

export async function setConnection(
  context: CommandContext,
  flags: SetFlags,
  [name]: readonly [string],
): Promise<void> {
  await context.host.withApp(flags, async (app) => {
    const change = await changeFrom(app, name, flags, context);
    refuseNothing(change, name);
    const planned = await planConnectionChange(app, name, change);
    if (planned.changes.length === 0) {
      if (flags.json) context.printJson('connectionChanged', { name, changes: [] });
      else context.print(`${name} is already so. Nothing was changed.`);
      return;
    }
    if (planned.linkedElsewhere > 0 && !(await confirmed(context, flags, sameServer(name, planned)))) return;
    if (flags.check) await requireWorking(app, planned, context.host.signal);
    const operationId = await saveConnectionChange(app.store, planned, decider(flags));
    if (flags.json) context.printJson('connectionChanged', { name, changes: planned.changes, operationId });
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
}

/** The change that the flags ask for. Secrets are asked for last, when all else is known to be right. */
async function changeFrom(
  app: App,
  name: string,
  flags: SetFlags,
  context: CommandContext,
): Promise<ConnectionChange> {
  const { declaration } = moduleFor(app, (await fetchSystem(app, name)).system_type);
  const change = {
    ...defined({ url: flags.url }),
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

function refuseNothing(change: ConnectionChange, name: string): void {
  const given = [change.settings, change.secrets].some((each) => Object.keys(each).length > 0);
  if (change.url !== undefined || given || change.unset.length > 0) return;
  throw new TielineError('USAGE', 'Say what is to be changed: --url, --set, --unset, --secret.', {
    remedy: `What there is now: tieline connections show ${shellWord(name)}`,
  });
}

const sameServer = (name: string, planned: PlannedChange): string =>
  `${name} has ${counted(planned.linkedElsewhere, 'linked record')}. The new address must be of the same server: records of another would be taken for them. For another server, add a connection of its own.`;

const pausing =
  (what: 'pause' | 'resume'): Action<DecisionFlags, readonly [string]> =>
  async (context, flags, [name]) => {
    const changed = await context.host.withApp(flags, (app) =>
      pauseConnection(app, name, what, decider(flags)),
    );
    const is = what === 'pause' ? 'paused' : 'on';
    if (flags.json) context.printJson('connectionPaused', { name, enabled: what === 'resume', changed });
    else if (!changed) context.print(`${name} is already ${is}.`);
    else if (what === 'pause')
      context.print(
        `${name} is paused: nothing is read from it, nothing is sent to it. Resume with: tieline connections resume ${shellWord(name)}`,
      );
    else context.print(`${name} is on again. Next: tieline sync run --system ${shellWord(name)}`);
  };

export const pause = pausing('pause');
export const resume = pausing('resume');

export async function remove(
  context: CommandContext,
  flags: DecisionFlags & { readonly yes?: boolean },
  [name]: readonly [string],
): Promise<void> {
  await context.host.withApp(flags, async (app) => {
    const hanging = hangingLines(await whatHangsOn(app, name));
    const question = [
      `Remove ${name}? Its secrets are erased, what waits for it is withdrawn, its schedules and open conflicts end. Findings, POA&Ms, links and history stay as they were last seen.`,
      ...(hanging.length > 0 ? [`What hangs on it: ${hanging.join('; ')}.`] : []),
    ].join(' ');
    if (!(await confirmed(context, flags, question))) return;
    const removed = await removeConnection(app, name, decider(flags));
    if (flags.json) context.printJson('connectionRemoved', { name, ...removed });
    else
      context.print(
        `${name} is removed.${hanging.length > 0 ? ` What hung on it: ${hanging.join('; ')}.` : ''} The same name, type and address, added again, continue it.`,
      );
  });
}
