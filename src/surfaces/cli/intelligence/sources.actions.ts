/** `intelligence sources …`: from where a worker loads feeds by itself. */
import { removeFeedSource, setFeedSource } from '../../../operate/worker/index.ts';
import { findFeed } from '../../../record/intelligence/index.ts';
import { accountName } from '../kit/account.ts';
import type { CommandContext, GlobalFlags } from '../kit/command-context.ts';
import { secondText } from '../kit/instants.ts';

interface SetFlags extends GlobalFlags {
  readonly cron: string;
  readonly disable: boolean;
}

export async function setSource(
  context: CommandContext,
  flags: SetFlags,
  [name, address]: readonly [string, string],
): Promise<void> {
  const feed = findFeed(name);
  const source = { feed, address, cron: flags.cron, enabled: !flags.disable };
  const next = await context.host.withApp(flags, (app) => setFeedSource(app, accountName(), source));
  if (flags.json) context.printJson('feedSourceSaved', { feed, next });
  else
    context.print(
      `Saved. Next: ${next.map((at) => secondText(at)).join(', ')} UTC. A worker must run: tieline worker`,
    );
}

export async function removeSource(
  context: CommandContext,
  flags: GlobalFlags,
  [name]: readonly [string],
): Promise<void> {
  await context.host.withApp(flags, (app) => removeFeedSource(app, findFeed(name)));
  if (flags.json) context.printJson('feedSourceRemoved', { removed: true });
  else context.print('Removed. It is loaded by hand only now.');
}
