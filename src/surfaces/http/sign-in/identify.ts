/** Finds out who a request is from: a session's cookie or a token. */
import type { FastifyRequest } from 'fastify';
import {
  authenticateSession,
  authenticateToken,
  isSteppedUp,
  recheckSession,
  recheckToken,
  requireOpen,
} from '../../../operate/accounts/index.ts';
import type { App } from '../../../engine/run/index.ts';
import { TielineError } from '../../../platform/errors/index.ts';
import type { SignedIn } from '../kit/call.ts';
import { shownCertificate } from '../proxy/client-certificates.ts';
import { cookieOf } from '../kit/cookie.ts';
import type { Identification } from '../kit/gate.ts';

const bearer = /^Bearer +(\S+)$/i;

async function byToken(app: App, request: FastifyRequest, header: string): Promise<SignedIn> {
  const token = bearer.exec(header)?.[1];
  if (token === undefined)
    throw new TielineError('NOT_SIGNED_IN', 'Authorization is not "Bearer" and a token.');
  const outcome = await authenticateToken(app, token, {
    address: request.ip,
    requestId: request.id,
    certificate: () => shownCertificate(request, app.now()),
  });
  // Why a token is refused is in the security log: who holds one that leaked learns nothing.
  if (outcome.kind === 'refused') throw new TielineError('NOT_SIGNED_IN', 'The token was not accepted.');
  const { id: tokenId, certificateSha256 } = outcome.token;
  return {
    actor: outcome.actor,
    way: 'token',
    isSteppedUp: true,
    tokenId,
    certificate: certificateSha256 ?? undefined,
  };
}

/** What may be asked while a password must be changed first; of who has a second factor the change asks for a proof that is not old. */
const beforePasswordChange = new Set([
  '/api/v1/me/password',
  '/api/v1/session',
  '/api/v1/session/step-up',
  '/api/v1/session/step-up/key',
  '/api/v1/me/bootstrap',
]);

/** What may be asked while a second factor must be set up first. */
const beforeFactor = new Set([
  ...beforePasswordChange,
  '/api/v1/me/sign-in',
  '/api/v1/me/recovery-codes',
  '/api/v1/session/activity',
]);
const ownFactors = '/api/v1/me/factors/';

/** What comes before anything else. @throws TielineError PASSWORD_EXPIRED, SECOND_FACTOR_MISSING. */
function requireMusts(
  { mustChangePassword, mustSetUpFactor }: { mustChangePassword: boolean; mustSetUpFactor: boolean },
  path: string,
): void {
  if (mustChangePassword && !beforePasswordChange.has(path))
    throw new TielineError('PASSWORD_EXPIRED', 'Choose a new password first.');
  if (mustSetUpFactor && !beforeFactor.has(path) && !path.startsWith(ownFactors))
    throw new TielineError('SECOND_FACTOR_MISSING', 'Set up a second factor first.');
}

export function identification(app: App): Identification {
  return {
    async identify(request, isPassive) {
      const { authorization } = request.headers;
      if (authorization !== undefined) return byToken(app, request, authorization);
      const cookie = cookieOf(request);
      if (cookie === undefined) return undefined;
      const origin = { address: request.ip, requestId: request.id };
      const open = requireOpen(await authenticateSession(app, cookie, { passive: isPassive, origin }));
      requireMusts(open, request.url.split('?')[0] ?? '');
      return {
        actor: open.actor,
        way: 'session',
        isSteppedUp: isSteppedUp(app, open.session),
        session: open.session,
      };
    },
  };
}

/**
 * Who it is by now, for what lasts longer than a request: with the rights of this moment.
 * @returns undefined where the session or token has ended, its account is locked, or a password must be changed first.
 */
export async function recheck(
  app: App,
  by: SignedIn,
  address: string | undefined,
): Promise<SignedIn | undefined> {
  if (by.session) {
    const outcome = await recheckSession(app, by.session.id);
    if (outcome.kind !== 'open' || outcome.mustChangePassword || outcome.mustSetUpFactor) return undefined;
    const { actor, session } = outcome;
    return { actor, way: 'session', isSteppedUp: isSteppedUp(app, session), session };
  }
  const actor =
    by.tokenId === undefined
      ? undefined
      : await recheckToken(app, by.tokenId, { address, certificate: () => by.certificate });
  return actor && { ...by, actor };
}
