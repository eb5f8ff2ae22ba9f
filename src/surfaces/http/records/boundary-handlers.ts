/** The parts of a system's page. */
import type { boundaryRoutes } from '../../../contract/index.ts';
import {
  listBoundaryComponents,
  listBoundaryControls,
  listBoundaryHistory,
} from '../../../review/boundaries/index.ts';
import type { Handlers } from '../kit/call.ts';

export const boundaryHandlers: Handlers<typeof boundaryRoutes> = {
  listSystemControls: async ({ app, scope, params, query: { after, limit } }) => {
    const rows = await listBoundaryControls(app.db, scope, params.systemId, { after, limit: limit + 1 });
    const items = rows.slice(0, limit);
    return { body: { items, next: rows.length > limit ? (items.at(-1)?.controlId ?? null) : null } };
  },
  listSystemComponents: async ({ app, scope, params: { systemId }, query }) => ({
    body: await listBoundaryComponents(app.db, scope, systemId, query),
  }),
  listSystemHistory: async ({ app, scope, params, query: { before, limit } }) => ({
    body: {
      items: await listBoundaryHistory(app.db, scope, params.systemId, { beforeId: before, limit }),
    },
  }),
};
