/** `findings …`: what is open, where, how bad, and who promised to fix it. */
import { everywhere } from '../../../canonical/access/index.ts';
import { type FindingGroup, findingList } from '../../../canonical/lists/index.ts';
import { TielineError } from '../../../platform/errors/index.ts';
import { fetchFinding, findingHistory, groupFindings } from '../../../record/finding-lists/index.ts';
import type { CommandContext, GlobalFlags } from '../kit/command-context.ts';
import { fetchKey } from './find-key.ts';
import { findingLines } from './finding.view.ts';
import { findingTable, groupTable } from './findings.view.ts';
import type { ListFlags } from './list-flags.ts';
import { printFindings } from './print-findings.ts';
import { queryOf, readUpTo } from './read-list.ts';

export async function listThem(context: CommandContext, flags: ListFlags): Promise<void> {
  await context.host.withApp(flags, (app) => {
    const now = app.now();
    return printFindings(context, app, flags, {
      query: { ...queryOf(findingList, flags, now), now },
      noneMatches: 'No finding matches.',
      noneYet: 'No findings. Next: tieline import FILE, or tieline sync run',
      table: findingTable,
      more: 'tieline findings show KEY',
    });
  });
}

export async function listGroups(
  context: CommandContext,
  flags: GlobalFlags & { readonly filter: string[]; readonly by: FindingGroup; readonly limit: number },
): Promise<void> {
  const { rows, hasMore } = await context.host.withApp(flags, (app) => {
    const now = app.now();
    const { filter } = queryOf(findingList, flags, now);
    return readUpTo(flags.limit, (limit, after) =>
      groupFindings(app.db, everywhere, { filter, by: flags.by, limit, now, ...(after ? { after } : {}) }),
    );
  });
  if (flags.json) context.printJson('findingGroupRows', { items: rows, hasMore });
  else if (rows.length === 0) context.print('No finding matches.');
  else
    context.print(`${groupTable(rows, flags.by, context.width)}${hasMore ? '\n\n… and more: --limit' : ''}`);
}

export async function showOne(
  context: CommandContext,
  flags: GlobalFlags,
  [wanted]: readonly [string],
): Promise<void> {
  const { detail, history } = await context.host.withApp(flags, async (app) => {
    const key = await fetchKey(app, wanted);
    return {
      detail: await fetchFinding(app.db, everywhere, { key, now: app.now() }),
      history: await findingHistory(app.db, everywhere, key),
    };
  });
  // It was there a moment ago.
  if (!detail || !history) throw new TielineError('USAGE', `No finding has the key ${wanted}.`);
  if (flags.json) context.printJson('findingDetail', { ...detail, plugin: detail.plugin ?? null, history });
  else context.print(findingLines(detail, history).join('\n'));
}
