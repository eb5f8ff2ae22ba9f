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
import { cookieOf } from '../kit/cookie.ts';
import type { Identification } from '../kit/gate.ts';

const bearer = /^Bearer +(\S+)$/i;

async function byToken(app: App, request: FastifyRequest, header: string): Promise<SignedIn> {
  const token = bearer.exec(header)?.[1];
  if (token === undefined)
    throw new TielineError('NOT_SIGNED_IN', 'Authorization is not "Bearer" and a token.');
  const outcome = await authenticateToken(app, token, request.ip, request.id);
  // Why a token is refused is in the security log: who holds one that leaked learns nothing.
  if (outcome.kind === 'refused') throw new TielineError('NOT_SIGNED_IN', 'The token was not accepted.');
  return { actor: outcome.actor, way: 'token', isSteppedUp: true, tokenId: outcome.token.id };
}

/** What may be asked while a password must be changed first. */
const beforePasswordChange = new Set(['/api/v1/me/password', '/api/v1/session', '/api/v1/me/bootstrap']);

export function identification(app: App): Identification {
  return {
    async identify(request, isPassive) {
      const { authorization } = request.headers;
      if (authorization !== undefined) return byToken(app, request, authorization);
      const cookie = cookieOf(request);
      if (cookie === undefined) return undefined;
      const origin = { address: request.ip, requestId: request.id };
      const open = requireOpen(await authenticateSession(app, cookie, { passive: isPassive, origin }));
      const path = request.url.split('?')[0] ?? '';
      if (open.mustChangePassword && !beforePasswordChange.has(path))
        throw new TielineError('PASSWORD_EXPIRED', 'Choose a new password first.');
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
    if (outcome.kind !== 'open' || outcome.mustChangePassword) return undefined;
    const { actor, session } = outcome;
    return { actor, way: 'session', isSteppedUp: isSteppedUp(app, session), session };
  }
  const actor = by.tokenId === undefined ? undefined : await recheckToken(app, by.tokenId, address);
  return actor && { ...by, actor };
}
