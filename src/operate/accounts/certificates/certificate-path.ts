/** Who signed a certificate, up to a root that is trusted, and what the lists of revocations say along that way. */
import type { Authority, CertificateFacts, ClientCertificate, Standing } from './certificate-facts.ts';
import type { RevocationList } from './revocation-list.ts';

export interface Trust {
  readonly authorities: readonly Authority[];
  /** By the fingerprint of the authority that signed it: the newest each. */
  readonly lists: ReadonlyMap<string, RevocationList>;
}

const mostAuthorities = 8;
/** Clocks of authorities may be ahead of ours by so much. */
const skewMs = 5 * 60_000;

const isIssuedBy = (it: ClientCertificate, by: Authority): boolean =>
  it.issuerDer === by.subjectDer &&
  it.certificate.checkIssued(by.certificate) &&
  it.certificate.verify(by.certificate.publicKey);

/**
 * The authorities above a certificate, each proved by its signature. An authority whose time is over is passed over where another one of
 * the same name and key is valid; where none is, the path through it is returned, so that the decision can say why it is refused.
 */
function findPath(
  it: ClientCertificate,
  trust: Trust,
  at: Date,
  below: readonly Authority[] = [],
): Authority[] | undefined {
  if (below.length >= mostAuthorities) return undefined;
  const isValid = (each: Authority): boolean => each.notBefore <= at && at < each.notAfter;
  const issuers = trust.authorities
    .filter((each) => !below.includes(each) && isIssuedBy(it, each))
    .toSorted((one, other) => Number(isValid(other)) - Number(isValid(one)));
  for (const issuer of issuers) {
    if (issuer.isRoot) return [issuer];
    const above = findPath(issuer, trust, at, [...below, issuer]);
    if (above) return [issuer, ...above];
  }
  return undefined;
}

function standingOf(
  it: ClientCertificate,
  issuer: Authority,
  { trust, at, graceMs }: { readonly trust: Trust; readonly at: Date; readonly graceMs: number },
): Standing {
  const list = trust.lists.get(issuer.fingerprint);
  if (!list) return 'no_list';
  // What it names is revoked, however old it is.
  if (list.revoked.has(it.serial)) return 'revoked';
  if (list.thisUpdate.getTime() > at.getTime() + skewMs) return 'list_not_yet_valid';
  if (list.nextUpdate === undefined || list.nextUpdate.getTime() + graceMs <= at.getTime())
    return 'list_too_old';
  return 'good';
}

const byGravity: readonly Standing[] = ['revoked', 'no_list', 'list_too_old', 'list_not_yet_valid', 'good'];

/** Gathers what the decision asks for. @param graceMs how long a list counts after the next was due. */
export function examine(
  card: ClientCertificate,
  { trust, at, graceMs }: { readonly trust: Trust; readonly at: Date; readonly graceMs: number },
): CertificateFacts {
  const path = findPath(card, trust, at);
  if (!path) return { card, path: undefined, standing: 'no_list' };
  const links = [card, ...path.slice(0, -1)].map((each, index) =>
    standingOf(each, path[index] as Authority, { trust, at, graceMs }),
  ); // as many authorities as links
  return { card, path, standing: byGravity.find((each) => links.includes(each)) ?? 'good' };
}
