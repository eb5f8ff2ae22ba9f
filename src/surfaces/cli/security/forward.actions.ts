/** `security forward show|set|off|test`. */
import { localOrigin } from '../../../operate/accounts/index.ts';
import {
  fetchForwardingState,
  type ForwardingSettings,
  type ForwardingState,
  setForwarding,
  testForwarding,
} from '../../../operate/security-log/index.ts';
import { TielineError } from '../../../platform/errors/index.ts';
import { accountName } from '../kit/account.ts';
import type { CommandContext, GlobalFlags } from '../kit/command-context.ts';
import { readNamedFile } from '../kit/flags.ts';
import { minuteText } from '../kit/instants.ts';
import { counted } from '../kit/table.ts';

function stateText(state: ForwardingState | null): string {
  if (state === null) return 'The security log is not forwarded. To begin: tieline security forward set HOST';
  const {
    host,
    port,
    transport,
    format,
    facility,
    isEnabled,
    behind,
    batches,
    lastSentAt,
    failingSince,
    failure,
    authorities,
  } = state;
  const last =
    lastSentAt === null ? 'nothing was delivered yet' : `last delivered ${minuteText(lastSentAt)} UTC`;
  return [
    `${isEnabled ? 'Forwarded' : 'Switched off; was forwarded'} to ${host}:${port} by ${transport}, ${format.toUpperCase()}, facility ${facility}; ${last}.`,
    ...(authorities.length === 0 ? [] : [`Trusted only with a certificate of ${authorities.join(' or ')}.`]),
    `${counted(behind, 'event')} not in a spool yet, ${counted(batches, 'batch', 'batches')} in the spool of this machine.`,
    ...(failingSince === null
      ? []
      : [
          `Failing since ${minuteText(failingSince)} UTC: ${failure ?? ''}. Nothing is lost: it is tried again every few seconds.`,
        ]),
  ].join('\n');
}

function show(context: CommandContext, flags: GlobalFlags, state: ForwardingState | null): void {
  if (flags.json) context.printJson('securityForwardingState', { forwarding: state });
  else context.print(stateText(state));
}

export async function showForwarding(context: CommandContext, flags: GlobalFlags): Promise<void> {
  show(context, flags, await context.host.withApp(flags, (app) => fetchForwardingState(app)));
}

export async function setReceiver(
  context: CommandContext,
  flags: GlobalFlags & Omit<ForwardingSettings, 'host' | 'isEnabled' | 'ca'> & { readonly caFile?: string },
  [host]: readonly [string],
): Promise<void> {
  const { port, transport, format, facility, caFile } = flags;
  const ca = caFile === undefined ? null : await readNamedFile(caFile);
  const state = await context.host.withApp(flags, (app) =>
    setForwarding(
      app,
      { host, port, transport, format, facility, isEnabled: true, ca },
      localOrigin(accountName()),
    ),
  );
  show(context, flags, state);
}

export async function switchOff(context: CommandContext, flags: GlobalFlags): Promise<void> {
  const state = await context.host.withApp(flags, async (app) => {
    const present = await fetchForwardingState(app);
    if (!present) throw new TielineError('RECORD_UNKNOWN', 'The security log is not forwarded.');
    const { host, port, transport, format, facility, ca } = present;
    return setForwarding(
      app,
      { host, port, transport, format, facility, isEnabled: false, ca },
      localOrigin(accountName()),
    );
  });
  show(context, flags, state);
}

export async function test(context: CommandContext, flags: GlobalFlags): Promise<void> {
  const tested = await context.host.withApp(flags, (app) => testForwarding(app, context.host.signal));
  if (flags.json) context.printJson('securityForwardingTested', tested);
  else
    context.print(
      `The receiver accepted the test in ${tested.tookMs} ms. Look for "test of the forwarding" there.`,
    );
}
