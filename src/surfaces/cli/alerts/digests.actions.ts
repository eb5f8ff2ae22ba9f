/** `alerts digests list|set|stop`. */
import type { DigestRhythm } from '../../../canonical/vocabulary/index.ts';
import { listDigests, setDigest, stopDigest } from '../../../operate/digests/index.ts';
import { decider } from '../kit/account.ts';
import type { CommandContext, GlobalFlags } from '../kit/command-context.ts';
import type { DecisionFlags } from '../kit/flags.ts';
import { digestTable } from './alerts.view.ts';

export async function showDigests(context: CommandContext, flags: GlobalFlags): Promise<void> {
  const rows = await context.host.withApp(flags, (app) => listDigests(app));
  if (flags.json) context.printJson('digests', rows);
  else context.print(rows.length === 0 ? 'Nobody gets a digest.' : digestTable(rows));
}

export async function setOne(
  context: CommandContext,
  flags: DecisionFlags & { readonly rhythm: DigestRhythm; readonly hour: number; readonly titles: boolean },
  [name]: readonly [string],
): Promise<void> {
  const { rhythm, hour, titles: namesRecords } = flags;
  const digest = await context.host.withApp(flags, (app) =>
    setDigest(app, { name }, { rhythm, hour, namesRecords }, decider(flags).by),
  );
  if (flags.json) context.printJson('digest', digest);
  else context.print(digestTable([digest]));
}

export async function stopOne(
  context: CommandContext,
  flags: GlobalFlags,
  [name]: readonly [string],
): Promise<void> {
  const was = await context.host.withApp(flags, (app) => stopDigest(app, { name }, decider(flags).by));
  if (!flags.json) context.print(was ? `${name} gets no digest any more.` : `${name} got none.`);
}
