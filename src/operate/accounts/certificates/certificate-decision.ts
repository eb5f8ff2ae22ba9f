/**
 * Pure: whether a certificate signs a person in, and as whom. Every check is made here, whatever the TLS library or a proxy said before:
 * they are a wall in front, not the decision.
 */
import type { Authority, CertificateFacts, ClientCertificate } from './certificate-facts.ts';
import type { CertificateRefusal } from './certificate-refusals.ts';

export interface CertificateRules {
  /** What of the certificate names its person. */
  readonly identity: 'upn' | 'subject' | 'email';
  /** Fingerprints of the authorities whose cards sign in; none: each in the file. Fingerprints, since two authorities may bear one name. */
  readonly issuers: readonly string[];
  /** One of them is needed; none: any. */
  readonly policies: readonly string[];
}

export interface CardIdentity {
  /** The root that answers for it, and its key: the same name below another root is another person. */
  readonly issuer: string;
  readonly subject: string;
}

export type CertificateDecision =
  | { readonly kind: 'accepted'; readonly identity: CardIdentity }
  | { readonly kind: 'refused'; readonly why: CertificateRefusal };

const clientAuthentication = '1.3.6.1.5.5.7.3.2';
const smartCardLogon = '1.3.6.1.4.1.311.20.2.2';
const broken = /md5|sha1(?!\d)/i;

const refused = (why: CertificateRefusal): CertificateDecision => ({ kind: 'refused', why });

/** Of the authority at that place of the path, 0 being the one above the card. */
const mayIssue = (it: Authority, index: number, at: Date): boolean =>
  it.isAuthority &&
  it.signsCertificates &&
  it.notBefore <= at &&
  at < it.notAfter &&
  (it.pathLength === undefined || index <= it.pathLength);

const isBroken = (it: ClientCertificate): boolean =>
  it.unknownExtensions.length > 0 || broken.test(it.signatureAlgorithm);

function faultOf(
  { card, path, standing }: CertificateFacts & { readonly path: readonly Authority[] },
  { issuers, policies }: CertificateRules,
  at: Date,
): CertificateRefusal | undefined {
  const [issuer] = path;
  if (card.notBefore > at) return 'not_yet_valid';
  if (card.notAfter <= at) return 'expired';
  if (!path.every((each, index) => mayIssue(each, index, at))) return 'authority_invalid';
  // What a root says of itself is not what makes it trusted.
  if (isBroken(card) || path.slice(0, -1).some(isBroken)) return 'unsupported';
  if (issuers.length > 0 && !issuers.includes(issuer?.fingerprint ?? '')) return 'authority_not_allowed';
  if (card.isAuthority || !card.signs) return 'not_for_sign_in';
  if (!card.purposes.some((each) => each === clientAuthentication || each === smartCardLogon))
    return 'not_for_sign_in';
  if (policies.length > 0 && !card.policies.some((each) => policies.includes(each))) return 'policy_missing';
  if (standing === 'revoked') return 'revoked';
  if (standing === 'no_list') return 'revocation_unknown';
  return standing === 'good' ? undefined : 'revocation_too_old';
}

const namesOf: Readonly<
  Record<CertificateRules['identity'], (card: ClientCertificate) => readonly string[]>
> = {
  upn: (card) => card.upns,
  email: (card) => card.emails,
  subject: (card) => (card.subject === '' ? [] : [card.subject]),
};

const longest = 500;
// No spaces and nothing that does not show: what looks the same to an administrator must be the same.
const account = /^[\x21-\x3f\x41-\x7e]+@[\x21-\x3f\x41-\x7e]+$/;

function identityOf(
  card: ClientCertificate,
  path: readonly Authority[],
  by: CertificateRules['identity'],
): CertificateDecision {
  const names = new Set(namesOf[by](card));
  if (names.size > 1) return refused('several_identities');
  const [subject] = names;
  const root = path.at(-1);
  if (subject === undefined || !root || (by !== 'subject' && !account.test(subject)))
    return refused('no_identity');
  const anchor = `${root.subject} (key ${root.keyFingerprint.slice(0, 32)})`;
  const issuer = by === 'subject' ? `${card.issuer} below ${anchor}` : anchor;
  if (subject.length > longest || issuer.length > longest) return refused('no_identity');
  return { kind: 'accepted', identity: { issuer, subject } };
}

export function decideCertificate(
  facts: CertificateFacts,
  rules: CertificateRules,
  at: Date,
): CertificateDecision {
  const { card, path } = facts;
  if (!path) return refused('unknown_authority');
  const fault = faultOf({ ...facts, path }, rules, at);
  return fault === undefined ? identityOf(card, path, rules.identity) : refused(fault);
}
