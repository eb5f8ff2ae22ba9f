/** `assets list|show`: which machines there are, and how exposed each is. */
import { everywhere } from '../../../canonical/access/index.ts';
import { assetList } from '../../../canonical/lists/index.ts';
import { TielineError } from '../../../platform/errors/index.ts';
import {
  type AssetRow,
  countAssets,
  fetchAssetContext,
  fetchAssetDetail,
  listAssets,
  streamAssets,
} from '../../../record/asset-lists/index.ts';
import { fetchPresentAsset } from '../../../record/assets/index.ts';
import type { CommandContext, GlobalFlags } from '../kit/command-context.ts';
import { assetDetailLines, assetTable } from './assets.view.ts';
import type { ListFlags } from './list-flags.ts';
import { moreText, queryOf, readUpTo, writeCsv } from './read-list.ts';

/** The columns of an export, in their order. */
const columns = [
  'assetUuid',
  'name',
  'ips',
  'fqdns',
  'operatingSystem',
  'systemIds',
  'componentId',
  'state',
  'firstSeen',
  'lastSeen',
  'hasAgent',
  'risk',
  'acr',
  'criticality',
  'environment',
  'tags',
  'sources',
  'openCritical',
  'openHigh',
  'openMedium',
  'openLow',
  'openInfo',
  'accepted',
] as const satisfies readonly (keyof AssetRow)[];

export async function listThem(context: CommandContext, flags: ListFlags): Promise<void> {
  await context.host.withApp(flags, async (app) => {
    const query = queryOf(assetList, flags, app.now());
    if (flags.csv)
      return writeCsv(context, columns, streamAssets(app.store, everywhere, query, context.host.signal));
    const { rows } = await readUpTo(flags.limit, (limit, after) =>
      listAssets(app.db, everywhere, { ...query, limit, ...(after ? { after } : {}) }),
    );
    const total = await countAssets(app.db, everywhere, query.filter);
    if (flags.json) context.printJson('assetRows', { items: rows, total });
    else if (rows.length === 0)
      context.print(
        flags.filter.length > 0
          ? 'No asset matches.'
          : 'No assets. Next: tieline import FILE, or tieline sync run',
      );
    else {
      context.print(assetTable(rows, context.width));
      const more = moreText(rows.length, total);
      context.print(`${more ? `\n${more}` : ''}\nMore of one: tieline assets show ASSET`);
    }
  });
}

export async function showOne(
  context: CommandContext,
  flags: GlobalFlags,
  [wanted]: readonly [string],
): Promise<void> {
  const { found, said } = await context.host.withApp(flags, async (app) => {
    const { assetUuid } = await fetchPresentAsset(app, wanted);
    return {
      found: await fetchAssetDetail(app.db, everywhere, assetUuid),
      said: await fetchAssetContext(app.db, everywhere, assetUuid),
    };
  });
  // It was there a moment ago.
  if (found?.is !== 'asset') throw new TielineError('USAGE', `No asset fits ${wanted}.`);
  if (flags.json) context.printJson('assetDetail', { ...found.asset, context: said?.here ?? {} });
  else context.print(assetDetailLines(found.asset, said?.here ?? {}).join('\n'));
}
