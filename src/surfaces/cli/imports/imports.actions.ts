/** `imports …`: what became of scan files, and which folders are watched for them. */
import { importList } from '../../../canonical/lists/index.ts';
import { listWatchedFolders, needsPerson } from '../../../modules/scan-files/index.ts';
import { countImports, listImports } from '../../../operate/imports/index.ts';
import { everyPage, filterPairs, parseFilter, parseSort } from '../../../platform/lists/index.ts';
import type { CommandContext, GlobalFlags } from '../kit/command-context.ts';
import { tellCut } from '../kit/cut-list.ts';
import type { ListFlags } from '../lists/list-options.ts';
import { writeCsv } from '../lists/write-csv.ts';
import { folderLines, importColumns, importLines } from './imports.view.ts';

export async function showImports(context: CommandContext, flags: ListFlags): Promise<void> {
  await context.host.withApp(flags, async ({ db, now }) => {
    const filter = parseFilter(importList.filters, filterPairs(flags.filter ?? ''), now());
    const sort = parseSort(flags.sort ?? importList.defaultSort, importList.sorts);
    if (flags.csv) {
      await writeCsv(
        context,
        importColumns,
        everyPage((after, limit) => listImports(db, { filter, sort, limit, ...(after ? { after } : {}) })),
      );
      return;
    }
    const { items } = await listImports(db, { filter, sort, limit: flags.limit });
    const total = await countImports(db, filter, undefined);
    if (flags.json) context.printJson('importRows', { items, total: total.count });
    else context.print(importLines(items, context.width).join('\n'));
    tellCut(context, flags, { rows: [...items], total: total.count });
  });
}

export async function showFolders(context: CommandContext, flags: GlobalFlags): Promise<void> {
  const folders = await context.host.withApp(flags, ({ db, now }) => listWatchedFolders(db, now()));
  if (folders.some(needsPerson)) context.result.exitCode = 3;
  if (flags.json) context.printJson('watchedFolders', folders);
  else context.print(folderLines(folders, context.width).join('\n'));
}
