/** Every route of the API, by its operation id. */
import { sessionRoutes } from './session-routes.ts';

export const routes = {
  ...sessionRoutes,
} as const;
export { sessionRoutes };
