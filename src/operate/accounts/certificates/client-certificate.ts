/** Pure: what a certificate says, as far as signing in asks. Loaded only where certificates are in use: the library is large. */
import 'reflect-metadata'; // the library's own dependencies need it before it is loaded
import { X509Certificate as NodeCertificate } from 'node:crypto';
import {
  BasicConstraintsExtension,
  CertificatePolicyExtension,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  X509Certificate,
} from '@peculiar/x509';
import { TielineError } from '../../../platform/errors/index.ts';
import {
  type Authority,
  type ClientCertificate,
  plainFingerprint,
  plainSerial,
  sha256Hex,
} from './certificate-facts.ts';

/** Extensions that are understood here, or by the TLS library that was shown the card (name and policy constraints). */
const understood = new Set([
  '2.5.29.14', // subject key identifier
  '2.5.29.15', // key usage
  '2.5.29.17', // alternative names
  '2.5.29.19', // basic constraints
  '2.5.29.30', // name constraints
  '2.5.29.31', // where its lists of revocations are
  '2.5.29.32', // policies
  '2.5.29.33', // policy mappings
  '2.5.29.35', // authority key identifier
  '2.5.29.36', // policy constraints
  '2.5.29.37', // purposes
  '2.5.29.54', // inhibit any policy
]);

/** Longest certificate that is read: cards hold some 2 kB, and a certificate with a picture less than this. */
const mostBytes = 64 * 1024;

const hexOf = (bytes: ArrayBuffer): string => Buffer.from(bytes).toString('hex');

/** @throws TielineError CERTIFICATE_UNREADABLE. @param what is named in the message: a file, a header. */
export function readCertificate(der: Buffer, what: string): ClientCertificate {
  if (der.length > mostBytes)
    throw new TielineError(
      'CERTIFICATE_UNREADABLE',
      `${what} is ${der.length} bytes: no certificate is so long.`,
    );
  try {
    return factsOf(der);
  } catch (cause) {
    throw new TielineError('CERTIFICATE_UNREADABLE', `${what} is not an X.509 certificate.`, { cause });
  }
}

function factsOf(der: Buffer): ClientCertificate {
  const node = new NodeCertificate(der);
  const read = new X509Certificate(node.raw);
  if (read.rawData.byteLength !== der.length) throw new Error('Something follows the certificate.');
  const names = read.getExtension(SubjectAlternativeNameExtension)?.names.items ?? [];
  const of = (type: string): string[] =>
    names.filter((name) => name.type === type).map((name) => name.value.toLowerCase());
  const constraints = read.getExtension(BasicConstraintsExtension);
  const usages = read.getExtension(KeyUsagesExtension)?.usages;
  return {
    certificate: node,
    fingerprint: plainFingerprint(node.fingerprint256),
    keyFingerprint: keyFingerprintOf(node),
    serial: plainSerial(read.serialNumber),
    subject: read.subject,
    issuer: read.issuer,
    subjectDer: hexOf(read.subjectName.toArrayBuffer()),
    issuerDer: hexOf(read.issuerName.toArrayBuffer()),
    notBefore: read.notBefore,
    notAfter: read.notAfter,
    isAuthority: constraints?.ca === true,
    pathLength: constraints?.pathLength,
    signs: usages === undefined || (usages & KeyUsageFlags.digitalSignature) !== 0,
    signsCertificates: usages === undefined || (usages & KeyUsageFlags.keyCertSign) !== 0,
    purposes: read.getExtension(ExtendedKeyUsageExtension)?.usages.map(String) ?? [],
    policies: read.getExtension(CertificatePolicyExtension)?.policies ?? [],
    upns: of('upn'),
    emails: of('email'),
    unknownExtensions: read.extensions
      .filter(({ critical, type }) => critical && !understood.has(type))
      .map(({ type }) => type),
    signatureAlgorithm: node.signatureAlgorithm ?? 'unknown',
  };
}

function keyFingerprintOf(node: NodeCertificate): string {
  const spki = node.publicKey.export({ type: 'spki', format: 'der' });
  return sha256Hex(spki);
}

/** Every certificate of a PEM text. @throws TielineError CERTIFICATE_UNREADABLE where one is none, or there is none. */
export function readCertificates(pem: string, what: string): ClientCertificate[] {
  const blocks = pem.includes('-----BEGIN') ? PemConverter.decodeWithHeaders(pem) : [];
  const read = blocks
    .filter(({ type }) => type === 'CERTIFICATE')
    .map(({ rawData }, at) => readCertificate(Buffer.from(rawData), `certificate ${at + 1} of ${what}`));
  if (read.length === 0)
    throw new TielineError('CERTIFICATE_UNREADABLE', `${what} holds no certificate in PEM.`);
  return read;
}

/** Those that may sign others. */
export const authoritiesOf = (read: readonly ClientCertificate[]): Authority[] =>
  read.map((each) => ({
    ...each,
    isRoot: each.subjectDer === each.issuerDer && each.certificate.verify(each.certificate.publicKey),
  }));
