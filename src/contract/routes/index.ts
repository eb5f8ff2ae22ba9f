/** Every route of the API, by its operation id. */
import { approvalRoutes, conflictRoutes, syncRoutes } from './decision-routes.ts';
import { assetRoutes } from './asset-routes.ts';
import { boundaryRoutes } from './boundary-routes.ts';
import { findingRoutes } from './finding-routes.ts';
import { poamRoutes } from './poam-routes.ts';
import { mappingRoutes } from './mapping-routes.ts';
import { viewRoutes } from './view-routes.ts';
import { sessionRoutes } from './session-routes.ts';

export const routes = {
  ...sessionRoutes,
  ...findingRoutes,
  ...assetRoutes,
  ...poamRoutes,
  ...boundaryRoutes,
  ...conflictRoutes,
  ...approvalRoutes,
  ...syncRoutes,
  ...viewRoutes,
  ...mappingRoutes,
} as const;
export { approvalRoutes, conflictRoutes, syncRoutes } from './decision-routes.ts';
export { assetRoutes } from './asset-routes.ts';
export { assetRow, findingRoutes, findingRow } from './finding-routes.ts';
export { boundaryRoutes } from './boundary-routes.ts';
export { poamRoutes } from './poam-routes.ts';
export { mappingRoutes, sessionRoutes, viewRoutes };
export { type Access, type Audit, defineRoutes, type Route } from './define-route.ts';
export { openApiOf } from './openapi.ts';
export { problem, statusOf } from './problem.ts';
