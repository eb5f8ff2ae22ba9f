/** Every route of the API, by its operation id. */
import { accountRoutes } from './account-routes.ts';
import { connectionRoutes } from './connection-routes.ts';
import { approvalRoutes, conflictRoutes, syncRoutes } from './decision-routes.ts';
import { findingRoutes } from './finding-routes.ts';
import { importRoutes } from './import-routes.ts';
import { matchRoutes } from './match-routes.ts';
import { poamRoutes } from './poam-routes.ts';
import { repairRoutes } from './repair-routes.ts';
import { planRoutes, runRoutes } from './run-routes.ts';
import { sessionRoutes } from './session-routes.ts';

export const routes = {
  ...sessionRoutes,
  ...accountRoutes,
  ...connectionRoutes,
  ...findingRoutes,
  ...poamRoutes,
  ...conflictRoutes,
  ...approvalRoutes,
  ...syncRoutes,
  ...repairRoutes,
  ...importRoutes,
  ...matchRoutes,
  ...runRoutes,
  ...planRoutes,
} as const;
export { accountRoutes, connectionRoutes };
export {
  approvalRoutes,
  approvalRow,
  conflictRoutes,
  conflictRow,
  operationRow,
  syncRoutes,
} from './decision-routes.ts';
export { assetRow, findingRoutes, findingRow } from './finding-routes.ts';
export { importRoutes, matchRoutes, planRoutes, runRoutes };
export { poamRoutes } from './poam-routes.ts';
export { repairRoutes, sessionRoutes };
export { type Access, type Audit, defineRoutes, type Route } from './define-route.ts';
export { openApiOf } from './openapi.ts';
export { problem, statusOf } from './problem.ts';
