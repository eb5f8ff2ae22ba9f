/** `findings …`: what is open, where, how bad, and who promised to fix it. */
import { everywhere } from '../../../canonical/access/index.ts';
import { type FindingGroup, findingList } from '../../../canonical/lists/index.ts';
import { TielineError } from '../../../platform/errors/index.ts';
import {
  countFindings,
  fetchFinding,
  findingHistory,
  groupFindings,
  listFindings,
  streamFindings,
} from '../../../record/finding-lists/index.ts';
import type { CommandContext, GlobalFlags } from '../kit/command-context.ts';
import { findingColumns } from './finding-columns.ts';
import { fetchKey } from './find-key.ts';
import { findingLines } from './finding.view.ts';
import { findingTable, groupTable } from './findings.view.ts';
import type { ListFlags } from './list-flags.ts';
import { moreText, queryOf, readUpTo, writeCsv } from './read-list.ts';

export async function listThem(context: CommandContext, flags: ListFlags): Promise<void> {
  await context.host.withApp(flags, async (app) => {
    const now = app.now();
    const query = { ...queryOf(findingList, flags, now), now };
    if (flags.csv)
      return writeCsv(
        context,
        findingColumns,
        streamFindings(app.store, everywhere, query, context.host.signal),
      );
    const { rows } = await readUpTo(flags.limit, (limit, after) =>
      listFindings(app.db, everywhere, { ...query, limit, ...(after ? { after } : {}) }),
    );
    const total = await countFindings(app.db, everywhere, query.filter, { now });
    if (flags.json) context.printJson('findingRows', { items: rows, total });
    else if (rows.length === 0)
      context.print(
        flags.filter.length > 0
          ? 'No finding matches.'
          : 'No findings. Next: tieline import FILE, or tieline sync run',
      );
    else {
      context.print(findingTable(rows, context.width));
      const more = moreText(rows.length, total);
      context.print(`${more ? `\n${more}` : ''}\nMore of one: tieline findings show KEY`);
    }
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
