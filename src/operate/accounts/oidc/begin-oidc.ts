/**
 * Sends a browser to the identity provider. All that must be known when it comes back hangs on one secret, which only this browser's cookie
 * holds: state, nonce and code verifier are derived from it, and the database knows its hash. So a link with somebody else's code and state
 * signs nobody in, and who reads the database can finish no sign-in.
 */
import { createHmac } from 'node:crypto';
import { minutesAfter, newOpaqueSecret, rulesOf, sha256Of } from '../accounts-app.ts';
import { ownPath } from '../sign-in/arrival.ts';
import { authenticateSession } from '../sign-in/sessions.ts';
import type { OidcApp, OidcSetup } from './oidc-setup.ts';
import type { ProviderSource } from './provider.ts';
import { insertSignInRequest } from './sign-in-requests.sql.ts';

const validMinutes = 10;

export interface BeginRequest {
  /** A path of ours to open afterwards. */
  readonly next: string | undefined;
  readonly bannerAcknowledged: boolean;
  readonly purpose: 'sign_in' | 'step_up';
  /** The cookie of the session, of step_up. */
  readonly session: string | undefined;
}

export interface Begun {
  /** Where the browser goes: the provider. */
  readonly address: string;
  /** For the cookie of the pending sign-in. */
  readonly secret: string;
}

/** What is derived of the secret that the browser holds. */
export const derivedOf = (secret: string, what: 'state' | 'nonce' | 'code verifier'): string =>
  createHmac('sha256', secret).update(`tieline oidc ${what}`).digest('base64url');

/** The sign-in page, which shows the notice, and comes back here. */
export const signInPage = (query: Readonly<Record<string, string>>): string =>
  `/sign-in?${new URLSearchParams(query).toString()}`;

/** @returns where to go; without a secret: to a page of ours, since the notice comes first. @throws what opening the provider throws. */
export async function beginOidc(
  {
    app,
    setup,
    source,
  }: { readonly app: OidcApp; readonly setup: OidcSetup; readonly source: ProviderSource },
  asked: BeginRequest,
): Promise<Begun | { readonly address: string; readonly secret?: undefined }> {
  const next = ownPath(asked.next);
  const session = asked.purpose === 'step_up' ? await sessionOf(app, asked.session) : undefined;
  if (asked.purpose === 'step_up' && session === undefined) return { address: signInPage({ next }) };
  const needsBanner = asked.purpose === 'sign_in' && rulesOf(app).bannerFile !== undefined;
  if (needsBanner && !asked.bannerAcknowledged) return { address: signInPage({ next }) };
  const { client, config } = await source.open();
  const secret = newOpaqueSecret();
  const at = app.now();
  await insertSignInRequest(app.db, {
    secretSha256: sha256Of(secret),
    purpose: asked.purpose,
    nextPath: next,
    bannerAcknowledged: asked.bannerAcknowledged,
    sessionId: session ?? null,
    at,
    expiresAt: minutesAfter(at, validMinutes),
  });
  const challenge = await client.calculatePKCECodeChallenge(derivedOf(secret, 'code verifier'));
  const address = client.buildAuthorizationUrl(config, {
    redirect_uri: setup.redirectUri,
    scope: setup.scopes,
    code_challenge: challenge,
    code_challenge_method: 'S256',
    state: derivedOf(secret, 'state'),
    nonce: derivedOf(secret, 'nonce'),
    ...(setup.acr.length > 0 ? { acr_values: setup.acr.join(' ') } : {}),
    // Proving again means to do something there, not to have done it this morning.
    ...(asked.purpose === 'step_up' ? { prompt: 'login', max_age: '0' } : {}),
  });
  return { address: address.href, secret };
}

async function sessionOf(app: OidcApp, cookie: string | undefined): Promise<string | undefined> {
  if (cookie === undefined) return undefined;
  const outcome = await authenticateSession(app, cookie, { passive: true });
  return outcome.kind === 'open' && outcome.session.way === 'oidc' ? outcome.session.id : undefined;
}
