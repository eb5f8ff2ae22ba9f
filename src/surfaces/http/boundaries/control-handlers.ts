/** Controls of a system over HTTP. */
import type { controlRoutes } from '../../../contract/index.ts';
import { listProposals, proposeNow } from '../../../modules/controls/index.ts';
import { TielineError } from '../../../platform/errors/index.ts';
import { defined } from '../../../platform/values/index.ts';
import { decideProposal, editControl, fetchControl } from '../../../review/controls/index.ts';
import type { Handlers } from '../kit/call.ts';
import { orMoved } from '../kit/moved.ts';

/** Proposals are numbered; what is no number of one is none. */
function numberOf(id: string): number {
  if (/^\d{1,9}$/.test(id)) return Number(id);
  throw new TielineError('RECORD_UNKNOWN', `There is no proposal ${id}.`);
}

export const controlHandlers: Handlers<typeof controlRoutes> = {
  getSystemControl: async ({ app, scope, params }) => {
    const control = await fetchControl(app, scope, params);
    return { body: control, version: control.version };
  },
  editControl: async ({ app, by, scope, params, body, version }) => {
    const edit = { ...params, version, ...defined(body), changes: body.changes };
    const outcome = await orMoved(editControl(app, by.actor, scope, edit));
    return { body: defined(outcome), version: outcome.version };
  },
  listControlProposals: async ({ app, scope, query }) => ({
    body: await listProposals(app.db, scope, {
      waits: query.all === 'no',
      systemId: query.system,
      limit: 1000,
    }),
  }),
  proposeControlStatuses: async ({ app, scope, body }) => ({
    body: await proposeNow(app, scope, body.system),
  }),
  decideControlProposal: async ({ app, by, scope, params, body: { accepted, reason } }) => {
    const { proposal, edit } = await decideProposal(app, by.actor, scope, {
      id: numberOf(params.proposalId),
      accepted,
      reason,
    });
    return { body: { proposal, edit: edit && defined(edit) } };
  },
};
