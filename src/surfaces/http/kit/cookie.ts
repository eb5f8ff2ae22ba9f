/** The cookies of a session, and of a sign-in that has not come back from outside. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { KeptCookie } from './call.ts';

const isSecure = (request: FastifyRequest): boolean => request.protocol === 'https';

/** Bound to this host by its prefix, which browsers accept with TLS only; without TLS (loopback) under a plain name. */
const cookieName = (request: FastifyRequest): string => (isSecure(request) ? '__Host-tieline' : 'tieline');

export const cookieOf = (request: FastifyRequest): string | undefined => request.cookies[cookieName(request)];

/** A cookie is set and cleared with the same attributes: browsers ignore whatever says `__Host-` and not `Secure`, also what would clear it. */
const attributesOf = (request: FastifyRequest, sameSite: 'lax' | 'strict') =>
  ({ path: '/', httpOnly: true, sameSite, secure: isSecure(request) }) as const;

export function setCookie(request: FastifyRequest, reply: FastifyReply, value: string): void {
  void reply.setCookie(cookieName(request), value, attributesOf(request, 'lax'));
}

export function clearCookie(request: FastifyRequest, reply: FastifyReply): void {
  void reply.clearCookie(cookieName(request), attributesOf(request, 'lax'));
}

const keptSeconds = 600;

function keptCookie(
  request: FastifyRequest,
  reply: FastifyReply,
  { name, sameSite }: { readonly name: string; readonly sameSite: 'lax' | 'strict' },
): KeptCookie {
  const whole = isSecure(request) ? `__Host-tieline-${name}` : `tieline-${name}`;
  const attributes = attributesOf(request, sameSite);
  return {
    value: request.cookies[whole],
    set: (value) => void reply.setCookie(whole, value, { ...attributes, maxAge: keptSeconds }),
    clear: () => void reply.clearCookie(whole, attributes),
  };
}

/** Lax: the browser comes back by a link of the other server, and must bring it. */
export const pendingCookie = (request: FastifyRequest, reply: FastifyReply): KeptCookie =>
  keptCookie(request, reply, { name: 'pending', sameSite: 'lax' });

/** Of a sign-in whose second factor is still to come: our own pages alone send it. */
export const secondStepCookie = (request: FastifyRequest, reply: FastifyReply): KeptCookie =>
  keptCookie(request, reply, { name: 'second-step', sameSite: 'strict' });
