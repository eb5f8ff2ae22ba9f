/** `alerts channels list|add|set|remove`. */
import { readFile } from 'node:fs/promises';
import {
  type AlertKind,
  alertKinds,
  type ChannelKind,
  channelKinds,
  type Severity,
} from '../../../canonical/vocabulary/index.ts';
import {
  addChannel,
  changeChannel,
  channelSpecs,
  type ChannelWish,
  fetchChannel,
  listChannels,
  removeChannel,
} from '../../../modules/alerts/index.ts';
import { messageOf, TielineError } from '../../../platform/errors/index.ts';
import { defined, type JsonObject, Secret } from '../../../platform/values/index.ts';
import { decider } from '../kit/account.ts';
import type { CommandContext, GlobalFlags } from '../kit/command-context.ts';
import { type DecisionFlags, oneOf } from '../kit/flags.ts';
import { password } from '../kit/password-prompt.ts';
import { channelTable } from './alerts.view.ts';

interface ChannelFlags extends DecisionFlags {
  readonly set?: readonly string[];
  readonly secretFile?: string;
  readonly severity?: Severity;
  readonly kind?: string;
  readonly system?: string;
}

export async function showChannels(context: CommandContext, flags: GlobalFlags): Promise<void> {
  const channels = await context.host.withApp(flags, ({ db }) => listChannels(db));
  if (flags.json) context.printJson('alertChannels', channels);
  else
    context.print(
      channels.length === 0
        ? 'Alerts are in the inbox only. To have them delivered too: tieline alerts channels add --help'
        : channelTable(channels, context.width),
    );
}

/** An empty value takes a setting away. @throws TielineError USAGE. */
function settingsOf(kind: ChannelKind, pairs: readonly string[] = []): JsonObject {
  const secret = channelSpecs[kind].secret?.name;
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=');
      const name = pair.slice(0, at);
      if (at < 1) throw new TielineError('USAGE', `"${pair}" is not of the form key=value.`);
      if (name === secret)
        throw new TielineError(
          'USAGE',
          `${name} is a secret and must not be an argument: others on this machine can read arguments.`,
          {
            remedy: 'Give it with --secret-file or in TIELINE_CHANNEL_SECRET.',
          },
        );
      const value = pair.slice(at + 1);
      return [name, value === '' ? null : value];
    }),
  );
}

const words = (text: string | undefined): readonly string[] | undefined =>
  text === undefined
    ? undefined
    : text === 'all'
      ? []
      : text
          .split(',')
          .map((word) => word.trim())
          .filter(Boolean);

function wishOf(kind: ChannelKind, flags: ChannelFlags): ChannelWish {
  return defined({
    settings: settingsOf(kind, flags.set),
    leastSeverity: flags.severity,
    alertKinds: words(flags.kind)?.map((word): AlertKind => oneOf('kind', alertKinds)(word)),
    systemIds: words(flags.system),
  });
}

/** The secret from its file, the environment, or the terminal. @returns undefined where it is not wanted or not given. */
async function secretOf(
  context: CommandContext,
  kind: ChannelKind,
  { file, isAsked }: { readonly file: string | undefined; readonly isAsked: boolean },
): Promise<Secret | undefined> {
  const spec = channelSpecs[kind].secret;
  if (spec === null) return undefined;
  if (file !== undefined) {
    try {
      return new Secret((await readFile(file, 'utf8')).replace(/\r?\n$/, ''));
    } catch (cause) {
      throw new TielineError('SETTING_INVALID', `${file} could not be read: ${messageOf(cause)}`, { cause });
    }
  }
  const { terminal } = context.host;
  const given = terminal.env['TIELINE_CHANNEL_SECRET'];
  if (given !== undefined && given !== '') return new Secret(given);
  if (!isAsked || !terminal.in.isTTY) return undefined;
  return password(terminal, spec.means);
}

export async function addOne(
  context: CommandContext,
  flags: ChannelFlags,
  [type, name]: readonly [string, string],
): Promise<void> {
  const kind = oneOf('type', channelKinds)(type);
  const wish = wishOf(kind, flags);
  const needs = channelSpecs[kind].secret?.isRequired === true || wish.settings?.['user'] !== undefined;
  const secret = await secretOf(context, kind, { file: flags.secretFile, isAsked: needs });
  const channel = await context.host.withApp(flags, (app) =>
    addChannel(app, { ...wish, ...defined({ secret }), name, kind }, decider(flags).by),
  );
  if (flags.json) context.printJson('alertChannel', channel);
  else
    context.print(
      `${channelTable([channel], context.width)}\nTry it: tieline alerts test-delivery ${channel.name}`,
    );
}

export async function setOne(
  context: CommandContext,
  flags: ChannelFlags & { readonly secret: boolean; readonly on: boolean; readonly off: boolean },
  [name]: readonly [string],
): Promise<void> {
  if (flags.on && flags.off) throw new TielineError('USAGE', 'Give either --on or --off.');
  const channel = await context.host.withApp(flags, async (app) => {
    const { kind } = await fetchChannel(app.db, name);
    const secret =
      flags.secret || flags.secretFile !== undefined
        ? await secretOf(context, kind, { file: flags.secretFile, isAsked: true })
        : undefined;
    const isEnabled = flags.on ? true : flags.off ? false : undefined;
    return changeChannel(
      app,
      name,
      { ...wishOf(kind, flags), ...defined({ secret, isEnabled }) },
      decider(flags).by,
    );
  });
  if (flags.json) context.printJson('alertChannel', channel);
  else context.print(channelTable([channel], context.width));
}

export async function removeOne(
  context: CommandContext,
  flags: DecisionFlags,
  [name]: readonly [string],
): Promise<void> {
  await context.host.withApp(flags, (app) => removeChannel(app, name, decider(flags).by));
  if (!flags.json) context.print(`Nothing is delivered to ${name} any more.`);
}
