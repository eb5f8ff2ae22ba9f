/**
 * Codes of authenticator apps (RFC 6238 over RFC 4226): six digits for each half minute, made of a key that app and server share. What every
 * app understands is taken: SHA-1, which stays approved inside of an HMAC. Pure: time and randomness are inputs.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Secret } from '../../../platform/values/index.ts';

export const stepSeconds = 30;
const digits = 6;
/** A clock may be so many steps off, and a code be typed so late. */
const tolerance = 1;
/** RFC 4226 recommends 160 bits. */
export const keyBytes = 20;

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** Base32 (RFC 4648) without padding, as apps take a key that is typed. */
export function base32(bytes: Uint8Array): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const groups = bits.match(/.{1,5}/g) ?? [];
  return groups.map((group) => alphabet[Number.parseInt(group.padEnd(5, '0'), 2)]).join('');
}

/** The bytes of a key in base32; other signs are passed over. */
export function bytesOfBase32(text: string): Buffer {
  const known = Array.from(text.toUpperCase())
    .map((sign) => alphabet.indexOf(sign))
    .filter((value) => value >= 0);
  const bits = known.map((value) => value.toString(2).padStart(5, '0')).join('');
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
}

export const stepAt = (at: Date): number => Math.floor(at.getTime() / 1000 / stepSeconds);

/** The code of one step (RFC 4226, 5.3). */
export function codeOfStep(key: Uint8Array, step: number, length = digits): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const hmac = createHmac('sha1', key).update(counter).digest();
  const offset = (hmac.at(-1) ?? 0) & 0xf;
  const number = hmac.readUInt32BE(offset) & 0x7fff_ffff;
  return String(number % 10 ** length).padStart(length, '0');
}

/** @param typed blanks in it do not count. @returns the step that the code is of, whatever was accepted before; undefined: of none near now. */
export function stepOfCode(key: Uint8Array, typed: string, at: Date): number | undefined {
  const code = Buffer.from(typed.replaceAll(/\s/g, ''));
  const now = stepAt(at);
  let found: number | undefined;
  // All are compared, so that the time that it takes tells nothing.
  for (let step = now - tolerance; step <= now + tolerance; step += 1) {
    const right = Buffer.from(codeOfStep(key, step));
    if (code.length === right.length && timingSafeEqual(code, right)) found = step;
  }
  return found;
}

/** What an app reads from the picture: the key with whose it is. */
export function addressForApps(
  key: Secret,
  { account, issuer }: { account: string; issuer: string },
): string {
  const label = `${encodeURIComponent(issuer)}:${encodeURIComponent(account)}`;
  const parameters = new URLSearchParams({
    secret: key.reveal(),
    issuer,
    algorithm: 'SHA1',
    digits: String(digits),
    period: String(stepSeconds),
  });
  return `otpauth://totp/${label}?${parameters.toString().replaceAll('+', '%20')}`;
}
