/** What comes of an identity provider: grants of its groups, and identities of accounts. */
import type { accountRoutes } from '../../../contract/index.ts';
import {
  checkCards,
  checkOidc,
  dismissIdentity,
  findGroupGrants,
  findUnknownIdentities,
  giveGroupGrant,
  linkIdentity,
  revokeGroupGrant,
  unlinkIdentity,
} from '../../../operate/accounts/index.ts';
import type { Handlers } from '../kit/call.ts';
import { originOf } from '../kit/origin.ts';
import { endOfDay } from './end-of-day.ts';

type Outside = Pick<
  Handlers<typeof accountRoutes>,
  | 'listGroupGrants'
  | 'giveGroupGrant'
  | 'revokeGroupGrant'
  | 'listUnknownIdentities'
  | 'checkIdentityProvider'
  | 'checkSmartCards'
  | 'linkUnknownIdentity'
  | 'dismissIdentity'
  | 'linkIdentity'
  | 'unlinkIdentity'
>;

/** There are as many as somebody gave by hand, or people who came and were not let in. */
const most = 1000;

export const outsideHandlers: Outside = {
  listGroupGrants: async ({ app }) => ({ body: { items: await findGroupGrants(app, most) } }),
  giveGroupGrant: async (call) => {
    const { until, ...rest } = call.body;
    const asked = { ...rest, ...(until === undefined ? {} : { until: endOfDay(until) }) };
    return { body: await giveGroupGrant(call.app, asked, originOf(call)) };
  },
  revokeGroupGrant: async (call) => ({
    body: await revokeGroupGrant(call.app, call.params.grantId, originOf(call), call.body.reason),
  }),
  listUnknownIdentities: async ({ app }) => ({ body: { items: await findUnknownIdentities(app, most) } }),
  checkIdentityProvider: async ({ app }) => ({ body: { items: await checkOidc(app) } }),
  checkSmartCards: async ({ app, body }) => ({ body: { items: await checkCards(app, body.card) } }),
  linkUnknownIdentity: async (call) => ({
    body: await linkIdentity(call.app, call.body.account, call.params.identityId, originOf(call)),
  }),
  dismissIdentity: async (call) => ({
    body: await dismissIdentity(call.app, call.params.identityId, originOf(call)),
  }),
  linkIdentity: async (call) => ({
    body: await linkIdentity(call.app, call.params.account, call.body, originOf(call)),
  }),
  unlinkIdentity: async (call) => ({
    body: await unlinkIdentity(call.app, call.params.account, call.params.identityId, originOf(call)),
  }),
};
