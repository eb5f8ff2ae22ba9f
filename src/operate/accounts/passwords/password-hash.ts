/**
 * Hashes of passwords, as PHC strings: `$argon2id$v=19$m=19456,t=2,p=1$salt$hash` by Node's own argon2 (OWASP's parameters). In FIPS mode
 * argon2 is no approved function; there PBKDF2 with HMAC-SHA-512 takes its place (`$pbkdf2-sha512$i=210000$salt$hash`). A hash of the one
 * kind is checked in the other mode too, and made again when its person signs in.
 *
 * At most two at a time: each takes 19 MiB and a core for 70 ms, so a flood of sign-ins waits instead of taking the machine.
 */
import { argon2, getFips, pbkdf2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { TielineError } from '../../../platform/errors/index.ts';
import type { Secret } from '../../../platform/values/index.ts';

const hashByArgon2 = promisify(argon2);
const hashByPbkdf2 = promisify(pbkdf2);

type Parameters =
  | {
      readonly kind: 'argon2id';
      readonly memory: number;
      readonly passes: number;
      readonly parallelism: number;
    }
  | { readonly kind: 'pbkdf2-sha512'; readonly iterations: number };

interface Hashed {
  readonly parameters: Parameters;
  readonly salt: Buffer;
  readonly hash: Buffer;
}

const present = (isFips: boolean): Parameters =>
  isFips
    ? { kind: 'pbkdf2-sha512', iterations: 210_000 }
    : { kind: 'argon2id', memory: 19_456, passes: 2, parallelism: 1 };

const atOnce = 2;
let running = 0;
const waiting: (() => void)[] = [];

async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (running >= atOnce) await new Promise<void>((go) => waiting.push(go));
  else running += 1;
  try {
    return await work();
  } finally {
    // The place goes to who waits longest, without becoming free in between.
    const next = waiting.shift();
    if (next) next();
    else running -= 1;
  }
}

const unpadded = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '');

/** The same text, however a keyboard composed it (SP 800-63B, 3.1.1.2). */
const normalized = (password: Secret): string => password.reveal().normalize('NFKC');

function derive(password: Secret, salt: Buffer, parameters: Parameters, length: number): Promise<Buffer> {
  const message = normalized(password);
  return inTurn(() =>
    parameters.kind === 'argon2id'
      ? hashByArgon2('argon2id', {
          message,
          nonce: salt,
          parallelism: parameters.parallelism,
          tagLength: length,
          memory: parameters.memory,
          passes: parameters.passes,
        })
      : hashByPbkdf2(message, salt, parameters.iterations, length, 'sha512'),
  );
}

function phcOf({ parameters, salt, hash }: Hashed): string {
  const head =
    parameters.kind === 'argon2id'
      ? `argon2id$v=19$m=${parameters.memory},t=${parameters.passes},p=${parameters.parallelism}`
      : `pbkdf2-sha512$i=${parameters.iterations}`;
  return `$${head}$${unpadded(salt)}$${unpadded(hash)}`;
}

const argon2Phc = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([\w+/]+)\$([\w+/]+)$/;
const pbkdf2Phc = /^\$pbkdf2-sha512\$i=(\d+)\$([\w+/]+)\$([\w+/]+)$/;

/** @throws INTERNAL where it is none of ours. */
function parsePhc(phc: string): Hashed {
  const bytes = (text: string | undefined): Buffer => Buffer.from(text ?? '', 'base64');
  const a = argon2Phc.exec(phc);
  if (a)
    return {
      parameters: { kind: 'argon2id', memory: Number(a[1]), passes: Number(a[2]), parallelism: Number(a[3]) },
      salt: bytes(a[4]),
      hash: bytes(a[5]),
    };
  const p = pbkdf2Phc.exec(phc);
  if (p)
    return {
      parameters: { kind: 'pbkdf2-sha512', iterations: Number(p[1]) },
      salt: bytes(p[2]),
      hash: bytes(p[3]),
    };
  throw new TielineError('INTERNAL', 'A stored hash of a password has a form that is not known.');
}

/** @param isFips whether the functions must be approved ones. */
export async function hashPassword(password: Secret, isFips = getFips() === 1): Promise<string> {
  const parameters = present(isFips);
  const salt = randomBytes(16);
  return phcOf({ parameters, salt, hash: await derive(password, salt, parameters, 32) });
}

/** @param phc undefined where there is nothing to compare with: that takes as long, and is never right. */
export async function isPassword(password: Secret, phc: string | undefined): Promise<boolean> {
  if (phc === undefined) {
    await hashPassword(password);
    return false;
  }
  const { parameters, salt, hash } = parsePhc(phc);
  return timingSafeEqual(await derive(password, salt, parameters, hash.length), hash);
}

/** Whether a hash is weaker than, or of another kind than, those made today. */
export function isToBeHashedAgain(phc: string, isFips = getFips() === 1): boolean {
  const { parameters } = parsePhc(phc);
  const wanted = present(isFips);
  if (parameters.kind === 'argon2id' && wanted.kind === 'argon2id')
    return parameters.memory < wanted.memory || parameters.passes < wanted.passes;
  if (parameters.kind === 'pbkdf2-sha512' && wanted.kind === 'pbkdf2-sha512')
    return parameters.iterations < wanted.iterations;
  return true;
}
