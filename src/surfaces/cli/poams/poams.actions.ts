/** `poams list|show|milestones`: what is read of POA&Ms. */
import { everywhere } from '../../../canonical/access/index.ts';
import { milestoneList, poamList } from '../../../canonical/lists/index.ts';
import { everyPage, filterPairs, parseFilter, parseSort } from '../../../platform/lists/index.ts';
import {
  countMilestones,
  countPoams,
  listMilestones,
  listPoams,
  streamPoams,
} from '../../../record/poams/index.ts';
import { listRecordStatements } from '../../../review/privacy/index.ts';
import { fetchPoam } from '../../../review/records/index.ts';
import type { CommandContext, GlobalFlags } from '../kit/command-context.ts';
import { tellCut } from '../kit/cut-list.ts';
import type { ListFlags } from '../lists/list-options.ts';
import { writeCsv } from '../lists/write-csv.ts';
import {
  milestoneColumns,
  milestoneLines,
  poamColumns,
  poamDetailLines,
  poamLines,
  statementLines,
} from './poams.view.ts';

export async function showPoams(context: CommandContext, flags: ListFlags): Promise<void> {
  await context.host.withApp(flags, async (app) => {
    const now = app.now();
    const filter = parseFilter(poamList.filters, filterPairs(flags.filter ?? ''), now);
    const sort = parseSort(flags.sort ?? poamList.defaultSort, poamList.sorts);
    if (flags.csv) {
      await writeCsv(context, poamColumns, streamPoams(app.db, everywhere, { filter, sort, now }));
      return;
    }
    const { items } = await listPoams(app.db, everywhere, { filter, sort, limit: flags.limit, now });
    const total = await countPoams(app.db, everywhere, { filter, now });
    if (flags.json) context.printJson('poamRows', { items, total });
    else context.print(poamLines(items, context.width).join('\n'));
    tellCut(context, flags, { rows: [...items], total });
  });
}

export async function showPoam(
  context: CommandContext,
  flags: GlobalFlags,
  [poamId]: readonly [string],
): Promise<void> {
  const { detail, statements } = await context.host.withApp(flags, async (app) => ({
    detail: await fetchPoam(app, everywhere, poamId),
    statements: await listRecordStatements(app, everywhere, { entity: 'poam', id: poamId }),
  }));
  if (flags.json) context.printJson('poamShown', { ...detail, statements });
  else context.print([...poamDetailLines(detail, context.width), ...statementLines(statements)].join('\n'));
}

export async function showMilestones(context: CommandContext, flags: ListFlags): Promise<void> {
  await context.host.withApp(flags, async (app) => {
    const now = app.now();
    const filter = parseFilter(milestoneList.filters, filterPairs(flags.filter ?? ''), now);
    const sort = parseSort(flags.sort ?? milestoneList.defaultSort, milestoneList.sorts);
    const page = { filter, sort, limit: flags.limit, now };
    if (flags.csv) {
      await writeCsv(
        context,
        milestoneColumns,
        everyPage((after, limit) => listMilestones(app.db, everywhere, { ...page, limit, after })),
      );
      return;
    }
    const { items } = await listMilestones(app.db, everywhere, page);
    const total = await countMilestones(app.db, everywhere, { filter, now });
    if (flags.json) context.printJson('milestoneRows', { items, total });
    else context.print(milestoneLines(items, context.width).join('\n'));
    tellCut(context, flags, { rows: [...items], total });
  });
}
