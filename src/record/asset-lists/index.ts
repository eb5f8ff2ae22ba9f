export type { AssetFilter } from './asset-conditions.sql.ts';
export {
  type AssetQuery,
  type AssetRow,
  type AssetSort,
  countAssets,
  facetAssets,
  listAssets,
} from './list-assets.sql.ts';
