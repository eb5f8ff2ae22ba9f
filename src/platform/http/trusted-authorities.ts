import * as tls from 'node:tls';

let system: readonly string[] | undefined;

/**
 * The certificate authorities to trust: Node's own, those of the operating system, those that NODE_EXTRA_CA_CERTS
 * adds, and `extra` (PEM text of one or more certificates) if given.
 */
export function trustedAuthorities(extra: string | undefined): string[] {
  system ??= [...new Set([...tls.getCACertificates('default'), ...tls.getCACertificates('system')])];
  return extra === undefined ? [...system] : [...system, extra];
}
