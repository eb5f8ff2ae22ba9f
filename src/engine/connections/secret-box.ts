/**
 * Encryption of secrets at rest: AES-256-GCM with a fresh nonce for each value. What the secret is for (system and
 * setting) is authenticated with it, so a sealed value that is moved elsewhere in the database does not open.
 * A sealed value names the key that made it, so that a rotation cut short leaves nothing unreadable.
 */
import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';
import { TielineError } from '../../platform/errors/index.ts';
import { isJsonObject, type Json, type JsonObject, Secret } from '../../platform/values/index.ts';

const version = 'v1';
const nonceBytes = 12;
const tagBytes = 16;

export interface MasterKey {
  /** The first eight hexadecimal digits of the key's SHA-256; says which key it is and nothing of it. */
  readonly id: string;
  readonly bytes: Buffer;
}

/** @param base64 32 bytes in base64. @throws TielineError SETTING_INVALID if they are not. */
export function masterKeyFrom(base64: Secret): MasterKey {
  const bytes = Buffer.from(base64.reveal().trim(), 'base64');
  if (bytes.length !== 32)
    throw new TielineError('SETTING_INVALID', `The master key is ${bytes.length} bytes long, not 32.`, {
      fields: [
        {
          field: 'TIELINE_MASTER_KEY',
          message: '32 random bytes in base64, as `openssl rand -base64 32` prints',
        },
      ],
    });
  return { id: createHash('sha256').update(bytes).digest('hex').slice(0, 8), bytes };
}

export interface SecretBox {
  /** Seals with the present key. `purpose`: what the secret is for, `system/setting`. */
  seal(secret: Secret, purpose: string): JsonObject;
  /** @throws TielineError SECRET_UNREADABLE. */
  open(sealed: Json | undefined, purpose: string): Secret;
  /** 32 bytes made of the present key, for signing what is handed out; another purpose gives others. */
  derive(purpose: string): Uint8Array;
}

/** A sealed secret in a jsonb column. */
export function isSealed(value: Json | undefined): value is { $secret: string } {
  return isJsonObject(value) && typeof value['$secret'] === 'string';
}

/** The id of the master key that sealed it. */
export const sealingKeyOf = (sealed: { $secret: string }): string => sealed.$secret.split('.')[1] ?? '';

/** @param keys the present key first; the others only open. */
export function createSecretBox(keys: readonly [MasterKey, ...MasterKey[]]): SecretBox {
  const [present] = keys;
  return {
    derive: (purpose) => new Uint8Array(hkdfSync('sha256', present.bytes, '', `tieline ${purpose}`, 32)),
    seal(secret, purpose) {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv('aes-256-gcm', present.bytes, nonce).setAAD(Buffer.from(purpose));
      const sealed = Buffer.concat([cipher.update(secret.reveal(), 'utf8'), cipher.final()]);
      const whole = Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64');
      return { $secret: `${version}.${present.id}.${whole}` };
    },
    open(sealed, purpose) {
      const [madeBy, keyId, whole] = isSealed(sealed) ? sealed.$secret.split('.') : [];
      const unreadable = (why: string, cause?: unknown): TielineError =>
        new TielineError('SECRET_UNREADABLE', `The stored secret ${purpose} cannot be read: ${why}.`, {
          cause,
        });
      if (madeBy !== version || !keyId || !whole) throw unreadable('it is not a sealed secret');
      const key = keys.find((each) => each.id === keyId);
      if (!key) throw unreadable(`it was sealed with the key ${keyId}, and the present one is ${present.id}`);
      try {
        const bytes = Buffer.from(whole, 'base64');
        const decipher = createDecipheriv('aes-256-gcm', key.bytes, bytes.subarray(0, nonceBytes), {
          authTagLength: tagBytes,
        })
          .setAAD(Buffer.from(purpose))
          .setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes));
        return new Secret(
          decipher.update(bytes.subarray(nonceBytes + tagBytes), undefined, 'utf8') + decipher.final('utf8'),
        );
      } catch (error) {
        throw unreadable('it was altered, or belongs to another system or setting', error);
      }
    },
  };
}
