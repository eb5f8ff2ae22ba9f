export { boundariesOf, concernsRunOf, everyBoundary, isRuledBy, isSystemOf } from './boundaries.sql.ts';
export { listBoundaryNames } from './boundary-names.sql.ts';
export { fetchBoundaryId } from './boundary.ts';
export { replaceComponentIdentifiers } from './components.sql.ts';
export {
  assetsIn,
  assetsOfSystem,
  fetchAssetReach,
  isAssetIn,
  isThisAssetIn,
  isUnassigned,
  membershipsIn,
  systemsOfAsset,
} from './scope.sql.ts';
export { findBoundaryTags, keepBoundaryTag, keepSystemMappings } from './elsewhere.sql.ts';
export { boundariesOfGrant, unclearOfGrant } from './named-in.sql.ts';
export { findExcludedOwners, findTakenUuids, saveImpactLevels } from './systems.sql.ts';
