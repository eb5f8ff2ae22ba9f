import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';
import type { Secret } from '../values/index.ts';

const iterations = 4096;

/**
 * What PostgreSQL keeps of a password (RFC 5803), made here: `ALTER ROLE … PASSWORD` with it shows the password to no log of the server.
 * @param password ASCII only: anything else would have to be normalised (SASLprep).
 */
export function scramVerifier(password: Secret): string {
  const salt = randomBytes(16);
  const salted = pbkdf2Sync(password.reveal(), salt, iterations, 32, 'sha256');
  const keyed = (text: string): Buffer => createHmac('sha256', salted).update(text).digest();
  const storedKey = createHash('sha256').update(keyed('Client Key')).digest('base64');
  return `SCRAM-SHA-256$${iterations}:${salt.toString('base64')}$${storedKey}:${keyed('Server Key').toString('base64')}`;
}
