/** Mappings and policies, for reading. */
import type { mappingRoutes } from '../../../contract/index.ts';
import { fetchConnectionMappings, listMappedConnections } from '../../../review/mappings/index.ts';
import type { Handlers } from '../kit/call.ts';

export const mappingHandlers: Handlers<typeof mappingRoutes> = {
  listMappedConnections: async ({ app }) => ({ body: { items: await listMappedConnections(app) } }),
  getMappings: async ({ app, params }) => ({ body: await fetchConnectionMappings(app, params.connection) }),
};
