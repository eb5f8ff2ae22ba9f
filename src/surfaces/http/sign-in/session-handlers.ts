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
  confirmPassword,
  displayNameOf,
  fetchOwnFactors,
  finishSignIn,
  type OpenOidc,
  outsideWaysOf,
  redeemLink,
  requireGranted,
  requireOpen,
  type SecondFactorAsked,
  setPassword,
  signIn,
  signInDemoPerson,
  type SignedIn as Begun,
  signOut,
  stepUpAddressOf,
  stepUp,
} from '../../../operate/accounts/index.ts';
import type { App } from '../../../engine/run/index.ts';
import { TielineError, unknownWord } from '../../../platform/errors/index.ts';
import { Secret } from '../../../platform/values/index.ts';
import { listBoundaryNames } from '../../../record/systems/index.ts';
import type { Answer, Call, Handlers } from '../kit/call.ts';
import { cardHandlers, type CardWays } from './card-handlers.ts';
import { originOf } from '../kit/origin.ts';
import {
  askedOf,
  hostOf,
  proofOf,
  secondFactorHandlers,
  standingOf,
  ticketOf,
} from './second-factor-handlers.ts';
import { oidcHandlers } from './oidc-handlers.ts';

export interface ServedFacts {
  readonly version: string;
  /** The marking of every page and export. */
  readonly classification: string;
  readonly isDemo: boolean;
  /** Undefined: cards do not sign in here. */
  readonly cards?: CardWays | undefined;
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
    mustSetUpFactor: boolean;
  }>
> {
  call.cookies.set(session.cookie);
  const { actor, lastSuccess, failuresSince, mustChangePassword, mustSetUpFactor } = session;
  return {
    body: {
      name: actor.name,
      displayName: await displayNameOf(call.app, actor),
      lastSignIn: lastSuccess ?? null,
      failuresSince,
      mustChangePassword,
      mustSetUpFactor,
    },
  };
}

/** A right password: signed in, or asked for a second factor. */
const begunOrAsked = async (
  call: Pick<Call, 'app' | 'headers' | 'cookies'>,
  outcome: Begun | SecondFactorAsked,
) => (outcome.kind === 'second_factor' ? askedOf(call, outcome) : begun(call, outcome));

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
      ? {
          idleMinutes: idle ?? 15,
          endsAt: session.idleEndsAt,
          canStepUp: session.way === 'local',
          ...(await standingOf(call.app, actor, session)),
          stepUpAddress: stepUpAddressOf(call.app, session.way) ?? null,
          lastSignIn: session.previousSignInAt && {
            at: session.previousSignInAt,
            address: session.previousSignInAddress,
          },
          failuresSince: session.failuresBefore ?? 0,
        }
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
  'getBanner' | 'getSignInWays' | 'signIn' | 'finishSignIn' | 'signInToDemo' | 'redeemLink'
> {
  return {
    getBanner: async ({ app }) => ({ body: { text: await bannerOf(app) } }),
    getSignInWays: ({ app }) =>
      Promise.resolve({
        body: {
          local: true,
          demo: facts.isDemo ? allRoles.map((role) => ({ role, title: roles[role].title })) : null,
          outside: outsideWaysOf(app).map(({ way, title, address }) => ({ way, title, address })),
          classification: { text: facts.classification },
        },
      }),
    signIn: async (call) => {
      const { name, password, bannerAcknowledged } = call.body;
      const asked = { ...arrivalOf(call), name, password: new Secret(password), bannerAcknowledged };
      return begunOrAsked(call, requireGranted(await signIn(call.app, asked)));
    },
    signInToDemo: async (call) => {
      if (!facts.isDemo) throw unknownWord('way to sign in', 'demo', ['local'], { code: 'REQUEST_INVALID' });
      return begun(call, await signInDemoPerson(call.app, call.body.role, arrivalOf(call)));
    },
    finishSignIn: async (call) => {
      const proof = proofOf(call.body.factor);
      const done = requireGranted(await finishSignIn(call.app, { ...ticketOf(call), proof }));
      call.cookies.secondStep.clear();
      return begun(call, done);
    },
    redeemLink: async (call) => {
      const { link, password: text, bannerAcknowledged } = call.body;
      const password = new Secret(text);
      const from = { way: 'none', address: call.address, requestId: call.requestId } as const;
      const { name } = await redeemLink(call.app, { secret: new Secret(link), password }, from);
      const asked = { ...arrivalOf(call), name, password, bannerAcknowledged };
      return begunOrAsked(call, requireGranted(await signIn(call.app, asked)));
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

async function confirmed(
  { app }: Pick<Call, 'app'>,
  principalId: string,
  asked: Parameters<typeof confirmPassword>[2],
): Promise<void> {
  const refusal = await confirmPassword(app, principalId, asked);
  if (refusal) requireGranted(refusal);
}

const changePassword: Handlers<typeof sessionRoutes>['changePassword'] = async (call) => {
  requirePerson(call);
  const { actor, session } = call.by;
  const { factors } = await fetchOwnFactors(call.app, actor.principalId);
  // Before the password is looked at: it alone must not do, and a right one must not wipe the count of refused codes.
  if (factors.length > 0 && !call.by.isSteppedUp)
    throw new TielineError('STEP_UP_NEEDED', 'Prove again who you are: you did too long ago.');
  const asked = {
    password: new Secret(call.body.present),
    address: call.address,
    requestId: call.requestId,
  };
  if (factors.length > 0) await confirmed(call, actor.principalId, asked);
  else {
    const outcome = requireGranted(await stepUp(call.app, call.cookies.value ?? '', asked));
    if (requireOpen(outcome) && outcome.kind === 'open') call.cookies.set(outcome.cookie);
  }
  const change = {
    password: new Secret(call.body.next),
    mustChange: false,
    ...(session ? { keepsSession: session.id } : {}),
  };
  await setPassword(call.app, actor.principalId, change, originOf(call));
  return { body: undefined };
};

/** @param facts what the server says of itself. @param oidc undefined where that way is switched off. */
export const sessionHandlers = (
  facts: ServedFacts,
  oidc: OpenOidc | undefined,
): Handlers<typeof sessionRoutes> => ({
  ...entryHandlers(facts),
  ...cardHandlers(facts.cards),
  ...oidcHandlers(oidc),
  ...secondFactorHandlers,
  stepUp: async (call) => {
    requirePerson(call);
    const { password, factor } = call.body;
    const asked = {
      ...(password === undefined ? {} : { password: new Secret(password) }),
      ...(factor === undefined ? {} : { factor: proofOf(factor) }),
      host: hostOf(call),
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
    const { value } = call.cookies;
    const there = value === undefined ? undefined : await oidc?.findSignedInThere(value);
    if (value !== undefined) await signOut(call.app, value, originOf(call));
    call.cookies.clear();
    // Not before the session is over: a provider that does not answer would keep it open.
    return { body: { continueAt: there ? ((await oidc?.signOutAddress(there)) ?? null) : null } };
  },
  changePassword,
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
