/** Findings and assets: their lists, as docs/lists.md describes them. */
import { assetList, findingList } from '../../../canonical/lists/index.ts';
import { assetRow, findingRow, type findingRoutes } from '../../../contract/index.ts';
import {
  type AssetRow,
  countAssets,
  facetAssets,
  fetchAssetContext,
  fetchAssetDetail,
  listAssets,
  streamAssets,
} from '../../../record/asset-lists/index.ts';
import {
  countFindings,
  facetFindings,
  fetchFinding,
  fetchPlugin,
  findingHistory,
  type FindingRow,
  groupFindings,
  listFindings,
  streamFindings,
} from '../../../record/finding-lists/index.ts';
import { TielineError } from '../../../platform/errors/index.ts';
import { withMe } from '../../../platform/lists/index.ts';
import type { Handlers } from '../kit/call.ts';
import { pageBody, pageRequest } from '../kit/list-answer.ts';
import { listHandlers, type ListParts } from '../kit/list-handlers.ts';
import { columnsOf, everyRow } from '../kit/list-export.ts';

const byValue = ({
  tally,
  exact,
}: {
  readonly tally: readonly { readonly value: string; readonly count: number }[];
  readonly exact: boolean;
}) => Object.fromEntries(tally.map(({ value, count }) => [value, { count, exact }]));

const unknown = (what: string, id: string): TielineError =>
  new TielineError('RECORD_UNKNOWN', `There is no ${what} ${id}.`);

type Single = Pick<Handlers<typeof findingRoutes>, 'getFinding' | 'getPlugin' | 'getAsset'>;
type Groups = Pick<Handlers<typeof findingRoutes>, 'groupFindings'>;

/** Groups have an order of their own, the worst first; a cursor is of one filter and one way to group. */
const groups = ({ cursors }: ListParts): Groups => ({
  groupFindings: async ({ app, by: caller, scope, query, now }) => {
    const { by, ...given } = query;
    const rest = Object.fromEntries(withMe(findingList.filters, Object.entries(given), caller.actor.name));
    const list = { ...findingList, noun: `findings by ${by}` };
    const { filter, after, limit } = pageRequest(list, rest, { cursors, now });
    const page = await groupFindings(app.db, scope, { filter, by, limit, now, ...(after ? { after } : {}) });
    return { body: pageBody(list, page, { query: rest, cursors }) };
  },
});

const single: Single = {
  getFinding: async ({ app, scope, params: { key }, now }) => {
    const detail = await fetchFinding(app.db, scope, { key, now });
    const history = detail && (await findingHistory(app.db, scope, key));
    if (!detail || !history) throw unknown('finding', key);
    return { body: { ...detail, plugin: detail.plugin ?? null, history } };
  },
  getPlugin: async ({ app, scope, params: { pluginId } }) => {
    const plugin = await fetchPlugin(app.db, scope, pluginId);
    if (!plugin) throw unknown('plugin', pluginId);
    return { body: plugin };
  },
  getAsset: async ({ app, scope, params: { assetUuid } }) => {
    const found = await fetchAssetDetail(app.db, scope, assetUuid);
    if (found?.is === 'merged')
      throw new TielineError('RECORD_UNKNOWN', `Asset ${assetUuid} was merged into ${found.into}.`);
    if (!found) throw unknown('asset', assetUuid);
    const said = await fetchAssetContext(app.db, scope, assetUuid);
    return { body: { ...found.asset, context: said?.here ?? {} } };
  },
};

export const findingHandlers = (parts: ListParts): Handlers<typeof findingRoutes> => ({
  ...single,
  ...groups(parts),
  ...listHandlers('Findings', findingList, {
    parts,
    source: {
      page: ({ db, now }, scope, request) => listFindings(db, scope, { ...request, now: now() }),
      count: ({ db, now }, scope, filter, options) =>
        countFindings(db, scope, filter, { ...options, now: now() }),
      facet: async ({ db, now }, scope, filter, by) =>
        byValue(await facetFindings(db, scope, { filter, by, now: now() })),
      stream: ({ store, now }, scope, { filter, sort }) =>
        everyRow(streamFindings(store, scope, { filter, sort, now: now() })),
      columns: columnsOf<FindingRow>(findingRow),
    },
  }),
  ...listHandlers('Assets', assetList, {
    parts,
    source: {
      page: ({ db }, scope, request) => listAssets(db, scope, request),
      count: ({ db }, scope, filter, options) => countAssets(db, scope, filter, options),
      facet: async ({ db }, scope, filter, by) => byValue(await facetAssets(db, scope, filter, by)),
      stream: ({ store }, scope, { filter, sort }) => everyRow(streamAssets(store, scope, { filter, sort })),
      columns: columnsOf<AssetRow>(assetRow),
    },
  }),
});
