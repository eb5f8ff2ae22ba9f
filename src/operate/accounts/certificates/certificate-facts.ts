/** What is known of a certificate, of its authorities, and of whether it was revoked: the input of the decision. */
import { createHash, type X509Certificate } from 'node:crypto';

export interface ClientCertificate {
  readonly certificate: X509Certificate;
  /** SHA-256 of the certificate, in lower hexadecimal. */
  readonly fingerprint: string;
  /** The same of its public key. */
  readonly keyFingerprint: string;
  /** In lower hexadecimal, without leading zeros. */
  readonly serial: string;
  /** As text, for people; names are compared by their bytes. */
  readonly subject: string;
  readonly issuer: string;
  readonly subjectDer: string;
  readonly issuerDer: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly isAuthority: boolean;
  /** How many authorities may stand below it; undefined: any number. */
  readonly pathLength: number | undefined;
  /** Whether its key may sign, as signing in needs. */
  readonly signs: boolean;
  readonly signsCertificates: boolean;
  /** Object identifiers of what it is for. */
  readonly purposes: readonly string[];
  readonly policies: readonly string[];
  /** In lower case: Windows compares them so. */
  readonly upns: readonly string[];
  readonly emails: readonly string[];
  /** Critical ones that nothing here understands: such a certificate must be refused (RFC 5280, 4.2). */
  readonly unknownExtensions: readonly string[];
  readonly signatureAlgorithm: string;
}

export interface Authority extends ClientCertificate {
  /** Whether it signed itself: only such a one is trusted for its own sake. */
  readonly isRoot: boolean;
}

/** What the lists of revocations say of one certificate. */
export type Standing = 'good' | 'revoked' | 'no_list' | 'list_too_old' | 'list_not_yet_valid';

export interface CertificateFacts {
  readonly card: ClientCertificate;
  /** From the one that signed the card up to the root; undefined: none leads to a trusted root. */
  readonly path: readonly Authority[] | undefined;
  /** Of the card and of each authority but the root, the gravest. */
  readonly standing: Standing;
}

export const sha256Hex = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** `AA:BB` and `aabb` are the same fingerprint. */
export const plainFingerprint = (text: string): string => text.replaceAll(/[^0-9a-f]/gi, '').toLowerCase();

export const plainSerial = (hex: string): string => hex.toLowerCase().replace(/^0+(?=.)/, '');
