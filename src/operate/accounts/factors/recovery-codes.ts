/**
 * Recovery codes stand in for a factor that was lost: ten, each once. 120 random bits each, so that a plain hash is enough (SP 800-63B,
 * look-up secrets), in letters that cannot be taken for one another.
 */
import { randomBytes } from 'node:crypto';
import { sha256Of } from '../accounts-app.ts';

export const codesInSet = 10;
/** From so few on, their person and the administrators are told. */
export const fewCodes = 2;

// Crockford's base32: without I, L, O and U.
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const signs = 24;

/** One code, in groups of four. */
function makeCode(): string {
  // 256 is a multiple of 32: no sign is likelier than another.
  const code = [...randomBytes(signs)].map((byte) => alphabet[byte % alphabet.length]).join('');
  return (code.match(/.{4}/g) ?? []).join('-');
}

/** A new set. Secrets, shown once. */
export const makeCodes = (): string[] => Array.from({ length: codesInSet }, makeCode);

/** What is stored of a code, as it was typed: small letters, blanks and hyphens do not count, O is 0, I and L are 1. */
export function hashOfCode(typed: string): Buffer {
  const plain = typed.toUpperCase().replaceAll(/[\s-]/g, '').replaceAll('O', '0').replaceAll(/[IL]/g, '1');
  return sha256Of(plain);
}
