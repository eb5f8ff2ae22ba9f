/** The certificate that a client proved in its connection: to us, or to a proxy that proved itself. */
import { X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import type { FastifyRequest } from 'fastify';
import { plainFingerprint } from '../../../operate/accounts/index.ts';
import { certificateFromProxy, isThroughProxy } from './proxy-headers.ts';

function parsed(der: Buffer): X509Certificate | undefined {
  try {
    return new X509Certificate(der);
  } catch {
    return undefined;
  }
}

function certificateOf(request: FastifyRequest): X509Certificate | undefined {
  const fromProxy = certificateFromProxy(request);
  if (fromProxy) return fromProxy.kind === 'certificate' ? parsed(fromProxy.der) : undefined;
  // Of a connection with a proxy the certificate is the proxy's own.
  if (isThroughProxy(request)) return undefined;
  return (request.raw.socket as TLSSocket).getPeerX509Certificate?.(); // plain sockets have none
}

/** SHA-256 fingerprint, in lower hexadecimal; undefined: none was shown, or it is not valid now. */
export function shownCertificate(request: FastifyRequest, now: Date): string | undefined {
  const it = certificateOf(request);
  if (!it || it.validFromDate > now || it.validToDate <= now) return undefined;
  return plainFingerprint(it.fingerprint256);
}
