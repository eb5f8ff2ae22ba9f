/** Teams over HTTP. */
import type { teamRoutes } from '../../../contract/index.ts';
import { addTeam, changeTeam, listTeams, removeTeam } from '../../../operate/accounts/index.ts';
import { defined } from '../../../platform/values/index.ts';
import type { Handlers } from '../kit/call.ts';

export const teamHandlers: Handlers<typeof teamRoutes> = {
  listTeams: async ({ app }) => ({ body: await listTeams(app.db) }),
  addTeam: async ({ app, by, body }) => ({ body: await addTeam(app, body, by.actor) }),
  changeTeam: async ({ app, by, params, body }) => ({
    body: await changeTeam(app, params.team, defined(body), by.actor),
  }),
  removeTeam: async ({ app, by, params }) => ({ body: await removeTeam(app, params.team, by.actor) }),
};
