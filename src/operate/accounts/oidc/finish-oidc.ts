/** A browser comes back from the identity provider: what it brings is checked, and its person is signed in, or proved again who they are. */
import { timingSafeEqual } from 'node:crypto';
import { recordSecurityEvent } from '../../../ledger/security/index.ts';
import { sha256Of } from '../accounts-app.ts';
import { arrivalOrigin } from '../sign-in/arrival.ts';
import {
  type OutsideArrival,
  type OutsideRefusal,
  type ProvedIdentity,
  signInByIdentity,
} from '../sign-in/sign-in-by-identity.ts';
import { stepUpByIdentity } from '../sign-in/step-up-by-identity.ts';
import { derivedOf, signInPage } from './begin-oidc.ts';
import { type Claims, claimAt, groupsOf, pointsElsewhere, presentedOf, weaknessOf } from './claims.ts';
import { failureOf, OidcRefusal, type ProtocolRefusal } from './failure.ts';
import { sealIdToken } from './id-tokens.ts';
import type { OidcApp, OidcSetup } from './oidc-setup.ts';
import type { Provider, ProviderSource } from './provider.ts';
import { type SignInRequest, takeSignInRequest } from './sign-in-requests.sql.ts';

export interface ReturnRequest {
  /** What the provider added to our address. */
  readonly query: Readonly<Record<string, string | undefined>>;
  /** Of the cookie of the pending sign-in. */
  readonly secret: string | undefined;
  /** The cookie of the session, of step_up. */
  readonly session: string | undefined;
  readonly from: Omit<OutsideArrival, 'bannerAcknowledged'>;
}

export interface Returned {
  /** A page of ours. */
  readonly address: string;
  /** For the cookie of the session. */
  readonly session?: string;
}

export interface OidcParts {
  readonly app: OidcApp;
  readonly setup: OidcSetup;
  readonly source: ProviderSource;
}

/** Never throws for what comes from outside: each refusal is told on the sign-in page, and in the security log. */
export async function finishOidc(parts: OidcParts, back: ReturnRequest): Promise<Returned> {
  try {
    const request = await requestOf(parts.app, back);
    const proof = await proofOf(parts, back, request);
    return request.purpose === 'step_up'
      ? await proveAgain(parts.app, back, { request, proof })
      : await enter(parts.app, back, { request, proof });
  } catch (error) {
    const { why, told } = failureOf(error);
    await recordRefusal(parts, back.from, { why, told });
    return refused(back, why);
  }
}

const refused = ({ from }: ReturnRequest, why: ProtocolRefusal | OutsideRefusal): Returned => ({
  address: signInPage({ refused: why, ...(from.requestId === undefined ? {} : { request: from.requestId }) }),
});

/** Compared in a time that tells nothing. */
const isSame = (one: string, other: string): boolean => timingSafeEqual(sha256Of(one), sha256Of(other));

/** @throws OidcRefusal expired where this browser began none, it was too long ago, or it has come back before. */
async function requestOf(app: OidcApp, { query, secret }: ReturnRequest): Promise<SignInRequest> {
  if (secret === undefined || query['state'] === undefined)
    throw new OidcRefusal('expired', 'this browser has begun no sign-in');
  if (!isSame(query['state'], derivedOf(secret, 'state')))
    throw new OidcRefusal('expired', 'the state is of another sign-in');
  const request = await takeSignInRequest(app.db, sha256Of(secret), app.now());
  if (!request) throw new OidcRefusal('expired', 'the sign-in came back before, or too late');
  return request;
}

interface Proof {
  readonly claims: Claims;
  readonly identity: ProvedIdentity;
}

/** Exchanges the code and verifies the id token. @throws what the library throws, and OidcRefusal too_weak. */
async function proofOf(
  { app, setup, source }: OidcParts,
  { query, secret = '' }: ReturnRequest,
  { purpose }: SignInRequest,
): Promise<Proof> {
  const provider = await source.open();
  const current = new URL(setup.redirectUri);
  for (const [name, value] of Object.entries(query))
    if (value !== undefined) current.searchParams.set(name, value);
  const tokens = await provider.client.authorizationCodeGrant(provider.config, current, {
    expectedState: derivedOf(secret, 'state'),
    expectedNonce: derivedOf(secret, 'nonce'),
    pkceCodeVerifier: derivedOf(secret, 'code verifier'),
    idTokenExpected: true,
    ...(purpose === 'step_up' ? { maxAge: 0 } : {}),
  });
  const proved = tokens.claims();
  if (!proved) throw new OidcRefusal('proof', 'no id token came');
  const weakness = weaknessOf(proved, setup);
  if (weakness !== undefined) throw new OidcRefusal('too_weak', weakness);
  const claims = await withUserInfo(provider, setup, {
    claims: proved,
    token: tokens.access_token,
    subject: proved.sub,
  });
  return {
    claims,
    identity: identityOf(app, setup, { claims, subject: proved.sub, idToken: tokens.id_token }),
  };
}

/** What the id token lacks and is needed is asked of the provider; what the id token says goes before. */
async function withUserInfo(
  { client, config, metadata }: Provider,
  setup: OidcSetup,
  { claims, token, subject }: { readonly claims: Claims; readonly token: string; readonly subject: string },
): Promise<Claims> {
  const wanted = [setup.nameClaim, ...(setup.groupsClaim === undefined ? [] : [setup.groupsClaim])];
  if (metadata.userinfo_endpoint === undefined) return claims;
  if (wanted.every((name) => claimAt(claims, name) !== undefined)) return claims;
  return { ...((await client.fetchUserInfo(config, token, subject)) as Claims), ...claims };
}

/** An id token that would make the address too long is not handed back at sign-out. */
const longestIdToken = 4000;

function identityOf(
  app: OidcApp,
  setup: OidcSetup,
  it: { readonly claims: Claims; readonly subject: string; readonly idToken: string | undefined },
): ProvedIdentity {
  const { claims, subject, idToken } = it;
  const { sid, acr, amr } = claims;
  const { groupsClaim } = setup;
  const hasGroups = groupsClaim === undefined || claimAt(claims, groupsClaim) !== undefined;
  return {
    way: 'oidc',
    issuer: setup.issuer,
    subject,
    presented: presentedOf(claims, setup),
    groups: groupsOf(claims, setup),
    makesAccounts: setup.makesAccounts,
    session: {
      sid: typeof sid === 'string' ? sid.slice(0, 500) : undefined,
      sealedIdToken:
        idToken === undefined || idToken.length > longestIdToken
          ? undefined
          : sealIdToken(app.secretBox, idToken),
    },
    details: {
      acr: typeof acr === 'string' ? acr.slice(0, 200) : null,
      amr: Array.isArray(amr) ? amr.filter((each) => typeof each === 'string').slice(0, 20) : null,
      ...(hasGroups
        ? {}
        : { noGroupsClaim: groupsClaim, pointsElsewhere: pointsElsewhere(claims, groupsClaim) }),
    },
  };
}

interface Proved {
  readonly request: SignInRequest;
  readonly proof: Proof;
}

async function enter(app: OidcApp, back: ReturnRequest, { request, proof }: Proved): Promise<Returned> {
  const { bannerAcknowledged, nextPath } = request;
  const outcome = await signInByIdentity(app, proof.identity, { ...back.from, bannerAcknowledged });
  return outcome.kind === 'signed_in'
    ? { address: nextPath, session: outcome.cookie }
    : refused(back, outcome.why);
}

/** The session goes on under a new cookie, if it is the same person who is there. @throws OidcRefusal. */
async function proveAgain(app: OidcApp, back: ReturnRequest, { request, proof }: Proved): Promise<Returned> {
  const outcome = await stepUpByIdentity(app, proof.identity, {
    session: { cookie: back.session, sessionId: request.sessionId },
    from: back.from,
    details: { way: 'oidc' },
  });
  switch (outcome.kind) {
    case 'proved':
      return { address: request.nextPath, session: outcome.cookie };
    case 'ended':
      throw new OidcRefusal('expired', 'the session that was to go on has ended');
    case 'other_person':
      throw new OidcRefusal('other_person', 'another identity than that of the session');
  }
}

/** Every refusal of the protocol is an event. Of a sign-in that nobody here began, too: somebody may have been led into another's. */
export async function recordRefusal(
  { app, setup }: Pick<OidcParts, 'app' | 'setup'>,
  from: ReturnRequest['from'],
  { why, told }: { readonly why: string; readonly told: string },
): Promise<void> {
  await recordSecurityEvent(app.db, {
    kind: 'sign_in_refused',
    at: app.now(),
    origin: arrivalOrigin(from),
    outcome: 'refused',
    failureReason: why,
    details: { way: 'oidc', issuer: setup.issuer, told: told.slice(0, 1000) },
  });
}
