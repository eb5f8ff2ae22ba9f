/** Matches that rules leave to a person. */
import { matchList } from '../../../canonical/lists/index.ts';
import { matchRow, type matchRoutes } from '../../../contract/index.ts';
import {
  countMatches,
  countMatchesBy,
  decideMatch,
  fetchMatchDetail,
  listMatches,
  type MatchRow,
} from '../../../review/matches/index.ts';
import { scopeFor } from '../../../canonical/access/index.ts';
import type { Handlers } from '../kit/call.ts';
import { byValue, most } from '../kit/list-answer.ts';
import { columnsOf, everyPage } from '../kit/list-export.ts';
import { listHandlers, type ListParts } from '../kit/list-handlers.ts';

export const matchHandlers = (parts: ListParts): Handlers<typeof matchRoutes> => ({
  ...listHandlers('Matches', matchList, {
    parts,
    source: {
      page: ({ db }, scope, request) => listMatches(db, scope, request),
      count: ({ db }, scope, filter, { exact }) => countMatches(db, scope, filter, most(exact)),
      facet: async ({ db }, scope, filter, by) => byValue(await countMatchesBy(db, scope, filter, by)),
      stream: ({ db }, scope, { filter, sort }) =>
        everyPage((after, limit) =>
          listMatches(db, scope, { filter, sort, limit, ...(after ? { after } : {}) }),
        ),
      columns: columnsOf<MatchRow>(matchRow),
    },
  }),
  getMatch: async ({ app, scope, params }) => ({ body: await fetchMatchDetail(app, scope, params.matchId) }),
  decideMatch: async ({ app, by, scope, params, body, now }) => {
    const { reason, ...rest } = body;
    const decision = {
      ...rest,
      merges: scopeFor(by.actor, 'asset:identify', now),
      rules: scopeFor(by.actor, 'policy:write', now),
    };
    return {
      body: await decideMatch(app, scope, params.matchId, decision, { by: by.actor.name, reason }),
    };
  },
});
