/** The work on findings over HTTP. */
import { isEmpty, intersected } from '../../../canonical/access/index.ts';
import { findingList } from '../../../canonical/lists/index.ts';
import type { remediationRoutes } from '../../../contract/index.ts';
import {
  changeRemediation,
  fetchPoamRemediation,
  fetchRemediation,
  listAssignees,
  tryRemediation,
  type WorkAsked,
} from '../../../modules/remediation/index.ts';
import { TielineError } from '../../../platform/errors/index.ts';
import { parseFilter, withMe } from '../../../platform/lists/index.ts';
import { defined } from '../../../platform/values/index.ts';
import type { Call, Handlers } from '../kit/call.ts';

type Body = Call<typeof remediationRoutes.tryRemediation>['body'];

/** @throws TielineError FILTER_INVALID; USAGE unless either a filter or keys are given. */
function askedOf(
  { filter, keys, change, reason }: Body,
  { me, now }: { readonly me: string; readonly now: Date },
): WorkAsked {
  if ((filter === undefined) === (keys === undefined))
    throw new TielineError('USAGE', 'The work was not planned.', {
      fields: [{ field: 'filter', message: 'give either a filter or keys of findings' }],
    });
  const pairs = withMe(findingList.filters, Object.entries(filter ?? {}), me);
  return {
    selection: keys === undefined ? { filter: parseFilter(findingList.filters, pairs, now) } : { keys },
    wish: defined(change),
    reason,
  };
}

export const remediationHandlers: Handlers<typeof remediationRoutes> = {
  listAssignees: async ({ app, scope, now }) => ({
    body: (await listAssignees(app.db, now))
      .filter(({ sees }) => sees.some((seen) => !isEmpty(intersected(seen, scope))))
      .map(({ kind, name, title }) => ({ kind, name, title })),
  }),
  tryRemediation: async ({ app, by, scope, body, now }) => ({
    body: await tryRemediation(app, scope, askedOf(body, { me: by.actor.name, now }), by.actor),
  }),
  changeRemediation: async ({ app, by, scope, body, now }) => ({
    body: await changeRemediation(
      app,
      scope,
      { ...askedOf(body, { me: by.actor.name, now }), token: body.token },
      by.actor,
    ),
  }),
  getRemediation: async ({ app, scope, params: { key } }) => {
    const detail = await fetchRemediation(app.db, scope, key);
    if (!detail) throw new TielineError('RECORD_UNKNOWN', `There is no finding ${key}.`);
    return { body: detail };
  },
  getPoamRemediation: async ({ app, scope, params: { poamId }, now }) => {
    const added = await fetchPoamRemediation(app.db, scope, { poamId, now });
    if (!added) throw new TielineError('RECORD_UNKNOWN', `There is no POA&M ${poamId}.`);
    return { body: added };
  },
};
