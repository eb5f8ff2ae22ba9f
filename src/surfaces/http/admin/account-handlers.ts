/** Users, grants and tokens. */
import { allPermissions, allRoles, everywhere, permissions, roles } from '../../../canonical/access/index.ts';
import {
  type FacetOf,
  type FilterOf,
  grantList,
  type ListDefinition,
  tokenList,
  userList,
} from '../../../canonical/lists/index.ts';
import type { accountRoutes } from '../../../contract/index.ts';
import type { App } from '../../../engine/run/index.ts';
import type { Origin } from '../../../ledger/security/index.ts';
import {
  addAccount,
  disableAccount,
  enableAccount,
  endSession,
  endSessionsOf,
  fetchAccount,
  fetchSignInRules,
  findTokens,
  giveGrant,
  listedGrants,
  listedTokens,
  listedUsers,
  lockAccount,
  makeLink,
  makeToken,
  previewRevocation,
  type PrincipalRow,
  revokeGrant,
  resetFactors,
  revokeToken,
  unlockAccount,
} from '../../../operate/accounts/index.ts';
import { TielineError } from '../../../platform/errors/index.ts';
import type { FacetCount, Filter, ListCount, Page } from '../../../platform/lists/index.ts';
import { defined } from '../../../platform/values/index.ts';
import { listBoundaryNames } from '../../../record/systems/index.ts';
import { originOf } from '../kit/origin.ts';
import { endOfDay } from './end-of-day.ts';
import { outsideHandlers } from './outside-handlers.ts';
import type { Call, Handlers } from '../kit/call.ts';
import { byValue, most, type PageRequest } from '../kit/list-answer.ts';
import { listHandlers, type ListParts, type ListSource } from '../kit/list-handlers.ts';

type Db = App['db'];
/** A list of the room of accounts, which is cut to no boundaries: only who administers all of them reads it. */
interface Listed<L extends ListDefinition, Row> {
  page(db: Db, at: Date, query: PageRequest<L>): Promise<Page<Row>>;
  count(db: Db, at: Date, filter: Filter<FilterOf<L>>, atMost: number | undefined): Promise<ListCount>;
  facet(db: Db, at: Date, filter: Filter<FilterOf<L>>, by: FacetOf<L>): Promise<FacetCount[]>;
}
const sourceOf = <L extends ListDefinition, Row>(listed: Listed<L, Row>): ListSource<L, Row> => ({
  page: ({ db, now }, _scope, request) => listed.page(db, now(), request),
  count: ({ db, now }, _scope, filter, { exact }) => listed.count(db, now(), filter, most(exact)),
  facet: async ({ db, now }, _scope, filter, by) =>
    byValue(await listed.facet(db, now(), filter, by as FacetOf<L>)), // a facet of the same list
});

type Move = (app: App, wanted: string, by: Origin, reason?: string) => Promise<PrincipalRow>;
const moving =
  (move: Move) =>
  async (
    call: Call & {
      readonly params: { readonly account: string };
      readonly body: { readonly reason?: string | undefined };
    },
  ) => ({ body: await move(call.app, call.params.account, originOf(call), call.body.reason) });

type Lists = Pick<
  Handlers<typeof accountRoutes>,
  | 'listUsers'
  | 'countUsers'
  | 'facetUsers'
  | 'listGrants'
  | 'countGrants'
  | 'facetGrants'
  | 'listTokens'
  | 'countTokens'
  | 'facetTokens'
>;
const lists = (parts: ListParts): Lists => ({
  ...listHandlers('Users', userList, { parts, source: sourceOf(listedUsers) }),
  ...listHandlers('Grants', grantList, { parts, source: sourceOf(listedGrants) }),
  ...listHandlers('Tokens', tokenList, { parts, source: sourceOf(listedTokens) }),
});

/**
 * A token reaches only as far as it was cut to; what it made would not be. @throws TielineError NOT_ALLOWED for whoever came with one.
 */
function refuseToken({ by }: Call, what: string): void {
  if (by?.way === 'token')
    throw new TielineError('NOT_ALLOWED', `A token may not ${what}: sign in for that.`);
}

/** A token acts in its owner's name: a person's is made by that person alone. @throws TielineError NOT_ALLOWED, ACCOUNT_UNKNOWN. */
async function refuseOthers({ app, by }: Call, account: string): Promise<void> {
  const owner = await fetchAccount(app, account);
  if (owner.kind === 'person' && owner.id !== by?.actor.principalId)
    throw new TielineError('NOT_ALLOWED', `Only ${owner.name} makes tokens that act in that name.`);
}

type Granting = Pick<
  Handlers<typeof accountRoutes>,
  'getGrantChoices' | 'giveGrant' | 'tryGrantRevocation' | 'revokeGrant' | 'makeToken' | 'revokeToken'
>;
const granting: Granting = {
  getGrantChoices: async ({ app }) => ({
    body: {
      roles: allRoles.map((role) => ({ role, title: roles[role].title, may: [...roles[role].may] })),
      permissions: allPermissions.map((permission) => ({ permission, ...permissions[permission] })),
      boundaries: await listBoundaryNames(app.db, everywhere),
    },
  }),
  giveGrant: async (call) => {
    const { account, gives, scope, namedIn, until, reason } = call.body;
    const asked = {
      gives,
      scope,
      namedIn,
      reason,
      ...(until === undefined ? {} : { until: endOfDay(until) }),
    };
    return { body: await giveGrant(call.app, account, asked, originOf(call)) };
  },
  tryGrantRevocation: async ({ app, params }) => ({ body: await previewRevocation(app, params.grantId) }),
  revokeGrant: async (call) => ({
    body: await revokeGrant(call.app, call.params.grantId, originOf(call), call.body.reason),
  }),
  makeToken: async (call) => {
    const { account, name, permissions: at, scope, addresses, days, certificate } = call.body;
    refuseToken(call, 'make another token');
    await refuseOthers(call, account);
    const asked = { name, scope, addresses, days, ...defined({ permissions: at, certificate }) };
    return { body: await makeToken(call.app, account, asked, originOf(call)) };
  },
  revokeToken: async (call) => ({
    body: await revokeToken(
      call.app,
      call.params.tokenId,
      originOf(call),
      defined({ reason: call.body.reason }),
    ),
  }),
};

export const accountHandlers = (parts: ListParts): Handlers<typeof accountRoutes> => ({
  ...lists(parts),
  ...granting,
  ...outsideHandlers,
  getUser: async ({ app, params }) => {
    const [detail, tokens] = await Promise.all([
      fetchAccount(app, params.account),
      findTokens(app, { account: params.account }, 1000),
    ]);
    return { body: { ...detail, tokens } };
  },
  addUser: async (call) => {
    const by = originOf(call);
    const account = await addAccount(call.app, call.body, by);
    const link = account.kind === 'person' ? await makeLink(call.app, account.id, by) : null;
    return {
      body: { account, role: null, link },
      location: `/api/v1/users/${encodeURIComponent(account.name)}`,
    };
  },
  getSignInRules: async ({ app }) => ({ body: await fetchSignInRules(app) }),
  makeUserLink: async (call) => ({ body: await makeLink(call.app, call.params.account, originOf(call)) }),
  lockUser: moving(lockAccount),
  unlockUser: moving(unlockAccount),
  disableUser: moving(disableAccount),
  enableUser: moving(enableAccount),
  resetUserFactors: moving(resetFactors),
  endUserSessions: async (call) => ({
    body: { ended: await endSessionsOf(call.app, call.params.account, originOf(call)) },
  }),
  endUserSession: async (call) => {
    const { id } = await fetchAccount(call.app, call.params.account);
    if (!(await endSession(call.app, call.params.sessionId, originOf(call), id)))
      throw new TielineError('RECORD_UNKNOWN', `${call.params.account} has no open session with that id.`);
    return { body: { ended: 1 } };
  },
});
