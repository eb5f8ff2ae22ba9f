/** A security key in software, for tests of what a real one and its browser would never send: other names, other origins, counters that go back. */
import { createHash, createSign, generateKeyPairSync, randomBytes } from 'node:crypto';
import type { Assertion, Attestation } from './webauthn.ts';

export interface Signing {
  readonly challenge: string;
  readonly origin: string;
  /** The name that the key signs for. */
  readonly party: string;
  /** How often it has signed by its own word. */
  readonly count: number;
  /** Whether it made sure of its person. Default: it did. */
  readonly isVerified?: boolean;
  readonly type?: 'webauthn.get' | 'webauthn.create';
}

export interface SoftwareKey {
  readonly id: string;
  attest(how: Signing): Attestation;
  sign(how: Signing): Assertion;
}

const sha256 = (bytes: Buffer | string): Buffer => createHash('sha256').update(bytes).digest();
const present = 0x01;
const verified = 0x04;
const withKey = 0x40;

const clientOf = ({ type, challenge, origin }: Signing, usual: string): Buffer =>
  Buffer.from(JSON.stringify({ type: type ?? usual, challenge, origin, crossOrigin: false }));

/** WebAuthn, 6.1: hash of the name, flags, counter, and of a new key its id and public half. */
function authenticatorData({ party, count, isVerified = true }: Signing, key?: Buffer): Buffer {
  const flags = present | (isVerified ? verified : 0) | (key ? withKey : 0);
  const counter = Buffer.alloc(4);
  counter.writeUInt32BE(count);
  return Buffer.concat([sha256(party), Buffer.from([flags]), counter, key ?? Buffer.alloc(0)]);
}

export function softwareKey(): SoftwareKey {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  const id = randomBytes(16);
  // RFC 9052: EC2, ES256, P-256 and the point, as CBOR.
  const cose = Buffer.concat([
    Buffer.from('a50102032620012158', 'hex'),
    Buffer.from([32]),
    Buffer.from(x, 'base64url'),
    Buffer.from('225820', 'hex'),
    Buffer.from(y, 'base64url'),
  ]);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(id.length);
  const made = Buffer.concat([Buffer.alloc(16), length, id, cose]);
  const named = {
    id: id.toString('base64url'),
    rawId: id.toString('base64url'),
    type: 'public-key' as const,
  };
  return {
    id: named.id,
    attest(how) {
      const data = authenticatorData(how, made);
      const head = Buffer.alloc(3);
      head.writeUInt8(0x59);
      head.writeUInt16BE(data.length, 1);
      // CBOR: { fmt: "none", attStmt: {}, authData }
      const object = Buffer.concat([
        Buffer.from('a363666d74646e6f6e656761747453746d74a0686175746844617461', 'hex'),
        head,
        data,
      ]);
      const response = {
        clientDataJSON: clientOf(how, 'webauthn.create').toString('base64url'),
        attestationObject: object.toString('base64url'),
      };
      return { ...named, response, clientExtensionResults: {} };
    },
    sign(how) {
      const client = clientOf(how, 'webauthn.get');
      const data = authenticatorData(how);
      const signature = createSign('sha256')
        .update(Buffer.concat([data, sha256(client)]))
        .sign(privateKey);
      const response = {
        clientDataJSON: client.toString('base64url'),
        authenticatorData: data.toString('base64url'),
        signature: signature.toString('base64url'),
      };
      return { ...named, response, clientExtensionResults: {} };
    },
  };
}
