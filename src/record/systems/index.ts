export { boundariesOf, everyBoundary, isSystemOf } from './boundaries.sql.ts';
export { fetchBoundaryId } from './boundary.ts';
export { replaceComponentIdentifiers } from './components.sql.ts';
export { findExcludedOwners, findTakenUuids, saveImpactLevels } from './systems.sql.ts';
export { assetsIn, isAssetIn, isSystemIn, isUnassigned, membershipsIn, systemsOfAsset } from './scope.sql.ts';
