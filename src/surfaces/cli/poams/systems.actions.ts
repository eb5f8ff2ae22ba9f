/** `systems list|show`: authorization boundaries. */
import { everywhere } from '../../../canonical/access/index.ts';
import { systemList } from '../../../canonical/lists/index.ts';
import { everyPage, filterPairs, parseFilter, parseSort } from '../../../platform/lists/index.ts';
import { countBoundaries, listBoundaries } from '../../../record/boundaries/index.ts';
import { fetchBoundaryId } from '../../../record/systems/index.ts';
import { fetchBoundary } from '../../../review/boundaries/index.ts';
import type { CommandContext, GlobalFlags } from '../kit/command-context.ts';
import { tellCut } from '../kit/cut-list.ts';
import type { ListFlags } from '../lists/list-options.ts';
import { writeCsv } from '../lists/write-csv.ts';
import { systemColumns, systemDetailLines, systemLines } from './systems.view.ts';

export async function showSystems(context: CommandContext, flags: ListFlags): Promise<void> {
  await context.host.withApp(flags, async (app) => {
    const now = app.now();
    const filter = parseFilter(systemList.filters, filterPairs(flags.filter ?? ''), now);
    const sort = parseSort(flags.sort ?? systemList.defaultSort, systemList.sorts);
    if (flags.csv) {
      await writeCsv(
        context,
        systemColumns,
        everyPage((after, limit) => listBoundaries(app.db, everywhere, { filter, sort, limit, after, now })),
      );
      return;
    }
    const { items } = await listBoundaries(app.db, everywhere, { filter, sort, limit: flags.limit, now });
    const total = await countBoundaries(app.db, everywhere, { filter, now });
    if (flags.json) context.printJson('systemRows', { items, total });
    else context.print(systemLines(items, context.width).join('\n'));
    tellCut(context, flags, { rows: [...items], total });
  });
}

export async function showSystem(
  context: CommandContext,
  flags: GlobalFlags,
  [named]: readonly [string],
): Promise<void> {
  const detail = await context.host.withApp(flags, async (app) =>
    fetchBoundary(app, everywhere, await fetchBoundaryId(app, named)),
  );
  if (flags.json) context.printJson('systemDetail', detail);
  else context.print(systemDetailLines(detail, context.width).join('\n'));
}
