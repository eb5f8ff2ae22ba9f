/** Every route of the API, by its operation id. */
import { findingRoutes } from './finding-routes.ts';
import { poamRoutes } from './poam-routes.ts';
import { sessionRoutes } from './session-routes.ts';

export const routes = {
  ...sessionRoutes,
  ...findingRoutes,
  ...poamRoutes,
} as const;
export { assetRow, findingRoutes, findingRow } from './finding-routes.ts';
export { poamRoutes } from './poam-routes.ts';
export { sessionRoutes };
