/**
 * What every answer bears. The policy for pages allows nothing from elsewhere; styles need the nonce of the page,
 * and style attributes are allowed because virtual rows and the component library set them.
 */
import { randomBytes } from 'node:crypto';
import type { FastifyInstance } from 'fastify';

export const makeNonce = (): string => randomBytes(16).toString('base64');

export const pagePolicy = (nonce: string): string =>
  [
    "default-src 'self'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "object-src 'none'",
  ].join('; ');

const always: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
};

/** @param isSecure whether browsers reach it by TLS, and may be told to never try without. */
export function addHeaders(server: FastifyInstance, { isSecure }: { isSecure: boolean }): void {
  server.addHook('onSend', async (request, reply) => {
    void reply.headers(always);
    if (isSecure) void reply.header('strict-transport-security', 'max-age=31536000; includeSubDomains');
    if (!reply.hasHeader('content-security-policy'))
      void reply.header('content-security-policy', "default-src 'none'; frame-ancestors 'none'");
    if (request.url.startsWith('/api/')) void reply.header('cache-control', 'no-store');
  });
}
