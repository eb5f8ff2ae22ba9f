/** `inbox`: everything that waits for a person. */
import { everywhere, localOperator } from '../../../canonical/access/index.ts';
import type { InboxKind } from '../../../canonical/lists/index.ts';
import type { App } from '../../../engine/run/index.ts';
import type { FilterTerm } from '../../../platform/lists/index.ts';
import { fetchBoundaryId } from '../../../record/systems/index.ts';
import { countInbox, type InboxFilter, listInbox } from '../../../review/inbox/index.ts';
import { accountName } from '../kit/account.ts';
import type { CommandContext, GlobalFlags } from '../kit/command-context.ts';
import { inboxText } from './inbox.view.ts';

interface InboxFlags extends GlobalFlags {
  readonly kind?: InboxKind;
  readonly system?: string;
  readonly limit: number;
}

const only = (value: string): FilterTerm => ({ is: 'in', values: [value], negated: false });

async function filterOf(app: App, { kind, system }: InboxFlags): Promise<InboxFilter> {
  return {
    ...(kind === undefined ? {} : { kind: only(kind) }),
    ...(system === undefined
      ? {}
      : system === 'none'
        ? { system: { is: 'presence', present: false } }
        : { system: only(await fetchBoundaryId(app, system)) }),
  };
}

export async function showInbox(context: CommandContext, flags: InboxFlags): Promise<void> {
  await context.host.withApp(flags, async (app) => {
    const reader = { actor: localOperator(accountName()), now: app.now() };
    const filter = await filterOf(app, flags);
    const sort = { by: 'since', descending: false } as const;
    const { items } = await listInbox(app.db, everywhere, reader, { filter, sort, limit: flags.limit });
    const counts = (await countInbox(app.db, everywhere, reader, filter)).filter((each) => each.count > 0);
    if (flags.json) context.printJson('inbox', { items, counts });
    else context.print(inboxText(items, counts, { width: context.width, place: flags }));
  });
}
