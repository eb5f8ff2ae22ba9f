/** Signing in and out, and what a page asks first of all. */
import { readFile } from 'node:fs/promises';
import { allRoles, heldBy, isPrivileged, roles } from '../../../canonical/access/index.ts';
import {
  approvalList,
  deviationList,
  assetList,
  callList,
  changeList,
  conflictList,
  findingList,
  grantList,
  importList,
  inboxList,
  type ListDefinition,
  matchList,
  milestoneList,
  operationList,
  outboxList,
  poamList,
  systemList,
  tokenList,
  userList,
} from '../../../canonical/lists/index.ts';
import { sessionRoutes } from '../../../contract/index.ts';
import {
  displayNameOf,
  redeemLink,
  requireGranted,
  requireOpen,
  setPassword,
  signIn,
  signInDemoPerson,
  type SignedIn as Begun,
  signOut,
  stepUp,
} from '../../../operate/accounts/index.ts';
import type { App } from '../../../engine/run/index.ts';
import { TielineError, unknownWord } from '../../../platform/errors/index.ts';
import { Secret } from '../../../platform/values/index.ts';
import { listBoundaryNames } from '../../../record/systems/index.ts';
import type { Answer, Call, Handlers } from '../kit/call.ts';
import { originOf } from '../kit/origin.ts';

export interface ServedFacts {
  readonly version: string;
  /** The marking of every page and export. */
  readonly classification: string;
  readonly isDemo: boolean;
}

/** Every list that the API has. */
export const lists: readonly ListDefinition[] = [
  findingList,
  assetList,
  poamList,
  milestoneList,
  systemList,
  conflictList,
  approvalList,
  deviationList,
  outboxList,
  operationList,
  changeList,
  importList,
  matchList,
  callList,
  inboxList,
  userList,
  grantList,
  tokenList,
];

const bannerOf = async (app: App): Promise<string | null> =>
  app.access?.bannerFile === undefined ? null : readFile(app.access.bannerFile, 'utf8');

async function begun(
  call: Pick<Call, 'app' | 'cookies'>,
  session: Begun,
): Promise<
  Answer<{
    name: string;
    displayName: string;
    lastSignIn: { at: Date; address: string | null } | null;
    failuresSince: number;
    mustChangePassword: boolean;
  }>
> {
  call.cookies.set(session.cookie);
  const { actor, lastSuccess, failuresSince, mustChangePassword } = session;
  return {
    body: {
      name: actor.name,
      displayName: await displayNameOf(call.app, actor),
      lastSignIn: lastSuccess ?? null,
      failuresSince,
      mustChangePassword,
    },
  };
}

const arrivalOf = (call: Pick<Call, 'address' | 'agent' | 'requestId'>) => ({
  address: call.address,
  requestId: call.requestId,
  ...(call.agent === undefined ? {} : { agent: call.agent }),
});

async function bootstrapOf(call: Call & { readonly by: NonNullable<Call['by']> }, facts: ServedFacts) {
  const { actor, session } = call.by;
  const held = heldBy(actor, call.now);
  const reads = held.get('system:read') ?? held.get('sync:read');
  const rules = call.app.access;
  const idle = isPrivileged(held.keys()) ? rules?.sessionIdlePrivilegedMinutes : rules?.sessionIdleMinutes;
  return {
    person: {
      name: actor.name,
      displayName: await displayNameOf(call.app, actor),
      roles: [...new Set(actor.grants.flatMap(({ gives }) => ('role' in gives ? [gives.role] : [])))],
      kind: actor.kind,
    },
    permissions: Object.fromEntries(held),
    boundaries: reads ? await listBoundaryNames(call.app.db, reads) : [],
    classification: { text: facts.classification },
    session: session
      ? { idleMinutes: idle ?? 15, endsAt: session.idleEndsAt, canStepUp: session.way === 'local' }
      : null,
    isDemo: facts.isDemo,
    version: facts.version,
  };
}

const described = ({ noun, filters, sorts, defaultSort, facets }: ListDefinition) => ({
  noun,
  filters: Object.entries(filters).map(([name, field]) => ({
    name,
    title: field.title,
    kind: field.kind,
    ...('known' in field ? { known: [...field.known] } : {}),
    ...('also' in field && field.also ? { also: [...field.also] } : {}),
    ...('lies' in field ? { lies: field.lies } : {}),
    ...('example' in field ? { example: field.example } : {}),
  })),
  sorts: [...sorts],
  defaultSort,
  facets: [...facets],
});

/** Before anybody is signed in. */
function entryHandlers(
  facts: ServedFacts,
): Pick<
  Handlers<typeof sessionRoutes>,
  'getBanner' | 'getSignInWays' | 'signIn' | 'signInToDemo' | 'redeemLink'
> {
  return {
    getBanner: async ({ app }) => ({ body: { text: await bannerOf(app) } }),
    getSignInWays: () =>
      Promise.resolve({
        body: {
          local: true,
          demo: facts.isDemo ? allRoles.map((role) => ({ role, title: roles[role].title })) : null,
          classification: { text: facts.classification },
        },
      }),
    signIn: async (call) => {
      const { name, password, bannerAcknowledged } = call.body;
      const asked = { ...arrivalOf(call), name, password: new Secret(password), bannerAcknowledged };
      return begun(call, requireGranted(await signIn(call.app, asked)));
    },
    signInToDemo: async (call) => {
      if (!facts.isDemo) throw unknownWord('way to sign in', 'demo', ['local'], { code: 'REQUEST_INVALID' });
      return begun(call, await signInDemoPerson(call.app, call.body.role, arrivalOf(call)));
    },
    redeemLink: async (call) => {
      const { link, password: text, bannerAcknowledged } = call.body;
      const password = new Secret(text);
      const from = { way: 'none', address: call.address, requestId: call.requestId } as const;
      const { name } = await redeemLink(call.app, { secret: new Secret(link), password }, from);
      const asked = { ...arrivalOf(call), name, password, bannerAcknowledged };
      return begun(call, requireGranted(await signIn(call.app, asked)));
    },
  };
}

/** @throws TielineError REQUEST_INVALID for a token. */
function requirePerson(call: Pick<Call, 'by'>): void {
  if (call.by?.way === 'token')
    throw new TielineError(
      'REQUEST_INVALID',
      'A token has neither a password nor a session: this is for who signed in.',
      {
        remedy:
          'A token does without: what asks a person for the password again, it may do at once. For another token: `tieline tokens make`.',
      },
    );
}

/** @param facts what the server says of itself. */
export const sessionHandlers = (facts: ServedFacts): Handlers<typeof sessionRoutes> => ({
  ...entryHandlers(facts),
  stepUp: async (call) => {
    requirePerson(call);
    const asked = {
      password: new Secret(call.body.password),
      address: call.address,
      requestId: call.requestId,
    };
    const outcome = requireGranted(await stepUp(call.app, call.cookies.value ?? '', asked));
    requireOpen(outcome);
    if (outcome.kind === 'open') call.cookies.set(outcome.cookie);
    return { body: undefined };
  },
  keepSession: async (call) => {
    requirePerson(call);
    return { body: { endsAt: call.by.session?.idleEndsAt ?? call.now } };
  },
  signOut: async (call) => {
    if (call.cookies.value !== undefined) await signOut(call.app, call.cookies.value, originOf(call));
    call.cookies.clear();
    return { body: undefined };
  },
  changePassword: async (call) => {
    requirePerson(call);
    const { actor, session } = call.by;
    const asked = {
      password: new Secret(call.body.present),
      address: call.address,
      requestId: call.requestId,
    };
    const outcome = requireGranted(await stepUp(call.app, call.cookies.value ?? '', asked));
    if (requireOpen(outcome) && outcome.kind === 'open') call.cookies.set(outcome.cookie);
    const change = {
      password: new Secret(call.body.next),
      mustChange: false,
      ...(session ? { keepsSession: session.id } : {}),
    };
    await setPassword(call.app, actor.principalId, change, originOf(call));
    return { body: undefined };
  },
  getBootstrap: async (call) => ({ body: await bootstrapOf(call, facts) }),
  getListDefinition: (call) => {
    const list = lists.find(({ noun }) => noun === call.params.noun);
    if (!list)
      throw unknownWord(
        'list',
        call.params.noun,
        lists.map(({ noun }) => noun),
        { code: 'RECORD_UNKNOWN' },
      );
    return Promise.resolve({ body: described(list) });
  },
});
