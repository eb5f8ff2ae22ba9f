/** The cookie of a session. */
import type { FastifyReply, FastifyRequest } from 'fastify';

const isSecure = (request: FastifyRequest): boolean => request.protocol === 'https';

/** Bound to this host by its prefix, which browsers accept with TLS only; without TLS (loopback) under a plain name. */
const cookieName = (request: FastifyRequest): string => (isSecure(request) ? '__Host-tieline' : 'tieline');

export const cookieOf = (request: FastifyRequest): string | undefined => request.cookies[cookieName(request)];

export function setCookie(request: FastifyRequest, reply: FastifyReply, value: string): void {
  void reply.setCookie(cookieName(request), value, {
    path: '/',
    httpOnly: true,
    sameSite: 'lax',
    secure: isSecure(request),
  });
}

export function clearCookie(request: FastifyRequest, reply: FastifyReply): void {
  void reply.clearCookie(cookieName(request), { path: '/' });
}
