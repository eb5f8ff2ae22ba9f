/**
 * Pure: reads a list of revoked certificates (CRL, RFC 5280 section 5). By hand: the library of the certificates took 16 s and 850 MB for a
 * list of 200,000 entries, as large authorities publish them; this takes half a second, and holds the serial numbers.
 */
import { verify } from 'node:crypto';
import { TielineError } from '../../../platform/errors/index.ts';
import { plainSerial } from './certificate-facts.ts';
import type { Authority } from './certificate-facts.ts';
import { derReader, type DerValue, oidOf, timeOf } from './der.ts';

export interface RevocationList {
  /** Name of the authority, in its bytes. */
  readonly issuerDer: string;
  readonly thisUpdate: Date;
  /** Undefined: it never says when the next is due, and cannot be relied on. */
  readonly nextUpdate: Date | undefined;
  readonly revoked: ReadonlySet<string>;
}

/** A list as it was read, with its bytes: once it is known who signed it, the list alone is kept. */
export interface ReadRevocationList {
  readonly list: RevocationList;
  /** Why it cannot be used at all; undefined: it can. */
  readonly unusable: string | undefined;
  isSignedBy(authority: Authority): boolean;
}

const hashes: Readonly<Record<string, string | null>> = {
  '1.2.840.113549.1.1.11': 'sha256', // RSA
  '1.2.840.113549.1.1.12': 'sha384',
  '1.2.840.113549.1.1.13': 'sha512',
  '1.2.840.10045.4.3.2': 'sha256', // ECDSA
  '1.2.840.10045.4.3.3': 'sha384',
  '1.2.840.10045.4.3.4': 'sha512',
  '1.3.101.112': null, // Ed25519
};

const sequence = 0x30;
const extensionsTag = 0xa0;
/** Which part of an authority's certificates a list is about, and which change to an earlier list it is. */
const understood = new Set(['2.5.29.20', '2.5.29.35']);

/** @throws TielineError CERTIFICATE_UNREADABLE. @param what is named in the message. */
export function readRevocationList(der: Buffer, what: string): ReadRevocationList {
  try {
    return listOf(der);
  } catch (cause) {
    throw new TielineError('CERTIFICATE_UNREADABLE', `${what} is no list of revoked certificates (CRL).`, {
      cause,
    });
  }
}

function listOf(der: Buffer): ReadRevocationList {
  const [whole] = derReader(der, 0, der.length);
  if (whole?.tag !== sequence || whole.end !== der.length) throw new Error('not one sequence');
  const [body, algorithm, signature] = whole.children();
  if (!body || !algorithm || signature?.tag !== 0x03) throw new Error('not three parts');
  const fields = [...body.children()];
  if (fields[0]?.tag === 0x02) fields.shift(); // the version
  const [, issuer, thisUpdate, ...rest] = fields;
  if (issuer?.tag !== sequence || thisUpdate === undefined) throw new Error('no issuer or time');
  const next = rest[0]?.tag === 0x17 || rest[0]?.tag === 0x18 ? rest.shift() : undefined;
  const entries = rest[0]?.tag === sequence ? rest.shift() : undefined;
  const signedWith = oidOf([...algorithm.children()][0]);
  return {
    list: {
      issuerDer: der.toString('hex', issuer.start, issuer.end),
      thisUpdate: timeOf(thisUpdate),
      nextUpdate: next && timeOf(next),
      revoked: serialsOf(entries),
    },
    unusable: unusableBecause(rest[0], signedWith),
    isSignedBy: ({ certificate }) =>
      verify(
        hashes[signedWith] ?? null,
        der.subarray(body.start, body.end),
        certificate.publicKey,
        der.subarray(signature.contentStart + 1, signature.end), // after the count of unused bits
      ),
  };
}

function serialsOf(entries: DerValue | undefined): Set<string> {
  const serials = new Set<string>();
  if (entries)
    for (const entry of entries.children()) {
      const [serial] = entry.children();
      if (serial?.tag !== 0x02) throw new Error('an entry without a serial number');
      serials.add(plainSerial(serial.content().toString('hex')));
    }
  return serials;
}

function unusableBecause(extensions: DerValue | undefined, signedWith: string): string | undefined {
  if (!(signedWith in hashes)) return `it is signed by an algorithm that is not accepted (${signedWith})`;
  if (extensions?.tag !== extensionsTag) return undefined;
  const [list] = extensions.children();
  for (const each of list?.children() ?? []) {
    const [id, critical] = each.children();
    const oid = oidOf(id);
    if (oid === '2.5.29.27') return 'it lists changes only (a delta CRL): load the full list';
    if (critical?.tag === 0x01 && !understood.has(oid))
      return `it covers a part of its authority's certificates only (extension ${oid}): load the full list`;
  }
  return undefined;
}
