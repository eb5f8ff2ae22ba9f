/**
 * Headers that only a proxy may set. From any other peer they are dropped before anything reads them, and the security log has it. Twice, or
 * with `_` for `-`, they are refused from everybody: proxies and servers disagree about which one counts. A certificate in a header is
 * believed only from a proxy that proves itself, by address and by a secret or a certificate of its own.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { addressesAmong, plainFingerprint } from '../../../operate/accounts/index.ts';
import type { App } from '../../../engine/run/index.ts';
import { type AccessSettings, usualAccessSettings } from '../../../platform/config/index.ts';
import { TielineError } from '../../../platform/errors/index.ts';
import { certificateInHeader, type HeaderCertificate } from './certificate-header.ts';
import type { ForgedHeaders } from './forged-headers.ts';

export interface ProxyRules extends Pick<
  AccessSettings,
  | 'cacProxyHeader'
  | 'cacProxyVerifyHeader'
  | 'cacProxySecret'
  | 'cacProxySecretHeader'
  | 'cacProxyCertificates'
> {
  readonly trustedProxies: readonly string[] | undefined;
}

/** Of the settings of sign-in. */
export const proxyRulesOf = ({
  access = usualAccessSettings,
}: Pick<App, 'access'>): Omit<ProxyRules, 'trustedProxies'> => access;

/** Lists by their nature: several of them are read as one. */
const lists = new Set(['x-forwarded-for', 'forwarded']);

const isOfProxies = (name: string, rules: ProxyRules): boolean =>
  isOfCertificates(name, rules) ||
  name === 'forwarded' ||
  name.startsWith('x-forwarded-') ||
  name === 'x-real-ip';

const isOfCertificates = (name: string, rules: ProxyRules): boolean =>
  name === 'client-cert' ||
  name === 'client-cert-chain' ||
  name.startsWith('x-ssl-') ||
  name.startsWith('ssl-client-') ||
  name === rules.cacProxySecretHeader ||
  name === rules.cacProxyHeader ||
  (rules.cacProxyHeader !== undefined && name === rules.cacProxyVerifyHeader);

const namesOf = (request: FastifyRequest): string[] =>
  request.raw.rawHeaders.filter((_text, index) => index % 2 === 0).map((name) => name.toLowerCase());

/** Pure: why a request cannot be read at all. @param isTrusted an untrusted peer's headers are dropped, however often they come. */
export function faultOfHeaders(
  names: readonly string[],
  rules: ProxyRules,
  isTrusted: boolean,
): { readonly name: string; readonly says: string } | undefined {
  const odd = names.find((name) => name.includes('_') && isOfProxies(name.replaceAll('_', '-'), rules));
  if (odd !== undefined) return { name: odd, says: `The header ${odd} is written with _ in place of -.` };
  if (!isTrusted) return undefined;
  const twice = names.find(
    (name, index) => isOfProxies(name, rules) && !lists.has(name) && names.indexOf(name) !== index,
  );
  return twice === undefined ? undefined : { name: twice, says: `The header ${twice} came twice.` };
}

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Whether a peer at a trusted address proves that it is the proxy: by each of what the settings name. */
function isProved(request: FastifyRequest, rules: ProxyRules): boolean {
  const { cacProxySecret, cacProxySecretHeader, cacProxyCertificates } = rules;
  if (cacProxySecret === undefined && cacProxyCertificates === undefined) return false;
  const sent = request.raw.headers[cacProxySecretHeader];
  if (cacProxySecret !== undefined)
    if (typeof sent !== 'string' || !timingSafeEqual(sha256(sent), sha256(cacProxySecret.reveal())))
      return false;
  if (cacProxyCertificates === undefined) return true;
  const shown = (request.raw.socket as TLSSocket).getPeerX509Certificate?.(); // plain sockets have none
  return shown !== undefined && cacProxyCertificates.includes(plainFingerprint(shown.fingerprint256));
}

/** What a proxy that proved itself said of the client's certificate, by request. */
const fromProxies = new WeakMap<FastifyRequest['raw'], HeaderCertificate>();
/** Requests that came through a trusted address: the certificate of their connection is the proxy's. */
const throughProxies = new WeakSet<FastifyRequest['raw']>();

/** Undefined: the request did not come through a proxy that may say so. */
export const certificateFromProxy = (request: FastifyRequest): HeaderCertificate | undefined =>
  fromProxies.get(request.raw);
export const isThroughProxy = (request: FastifyRequest): boolean => throughProxies.has(request.raw);

/** Before anything else of a request is read. */
export function guardProxyHeaders(server: FastifyInstance, rules: ProxyRules, forged: ForgedHeaders): void {
  const { trustedProxies } = rules;
  const isTrustedPeer = trustedProxies === undefined ? () => false : addressesAmong(trustedProxies);
  const drop = (request: FastifyRequest, names: Iterable<string>): void => {
    for (const name of names) delete request.raw.headers[name];
  };
  server.addHook('onRequest', (request, _reply, done) => {
    const peer = request.raw.socket.remoteAddress;
    const names = namesOf(request);
    const isTrusted = isTrustedPeer(peer);
    const fault = faultOfHeaders(names, rules, isTrusted);
    if (fault) {
      forged.count({ peer, names: [fault.name], what: 'refused', requestId: request.id });
      done(new TielineError('PROXY_HEADER_REFUSED', fault.says));
      return;
    }
    const watched = names.filter((name) => isOfProxies(name, rules));
    if (!isTrusted) {
      drop(request, watched);
      if (watched.length > 0) forged.count({ peer, names: watched, what: 'dropped', requestId: request.id });
      done();
      return;
    }
    throughProxies.add(request.raw);
    const certificates = watched.filter((name) => isOfCertificates(name, rules));
    if (rules.cacProxyHeader !== undefined && isProved(request, rules))
      fromProxies.set(request.raw, certificateInHeader(request.raw.headers, rules.cacProxyHeader, rules));
    // A proxy that the settings know, and which sends what nobody asked for, forges nothing.
    else if (rules.cacProxyHeader !== undefined && certificates.length > 0)
      forged.count({ peer, names: certificates, what: 'not proved', requestId: request.id });
    drop(request, certificates);
    done();
  });
}
