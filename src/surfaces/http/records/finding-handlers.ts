/** Findings and assets: their lists, as docs/lists.md describes them. */
import { assetList, findingList } from '../../../canonical/lists/index.ts';
import { assetRow, findingRow, type findingRoutes } from '../../../contract/index.ts';
import { type AssetRow, countAssets, facetAssets, listAssets } from '../../../record/asset-lists/index.ts';
import {
  countFindings,
  facetFindings,
  type FindingRow,
  listFindings,
} from '../../../record/finding-lists/index.ts';
import type { Handlers } from '../kit/call.ts';
import { listHandlers, type ListParts } from '../kit/list-handlers.ts';
import { columnsOf, everyPage } from '../kit/list-export.ts';

const byValue = ({
  tally,
  exact,
}: {
  readonly tally: readonly { readonly value: string; readonly count: number }[];
  readonly exact: boolean;
}) => Object.fromEntries(tally.map(({ value, count }) => [value, { count, exact }]));

export const findingHandlers = (parts: ListParts): Handlers<typeof findingRoutes> => ({
  ...listHandlers('Findings', findingList, {
    parts,
    source: {
      page: ({ db }, scope, request) => listFindings(db, scope, request),
      count: ({ db }, scope, filter, options) => countFindings(db, scope, filter, options),
      facet: async ({ db }, scope, filter, by) => byValue(await facetFindings(db, scope, filter, by)),
      stream: ({ db }, scope, { filter, sort }) =>
        everyPage((after, limit) =>
          listFindings(db, scope, { filter, sort, limit, ...(after ? { after } : {}) }),
        ),
      columns: columnsOf<FindingRow>(findingRow),
    },
  }),
  ...listHandlers('Assets', assetList, {
    parts,
    source: {
      page: ({ db }, scope, request) => listAssets(db, scope, request),
      count: ({ db }, scope, filter, options) => countAssets(db, scope, filter, options),
      facet: async ({ db }, scope, filter, by) => byValue(await facetAssets(db, scope, filter, by)),
      stream: ({ db }, scope, { filter, sort }) =>
        everyPage((after, limit) =>
          listAssets(db, scope, { filter, sort, limit, ...(after ? { after } : {}) }),
        ),
      columns: columnsOf<AssetRow>(assetRow),
    },
  }),
});
