/** Sign-in: tokens that run out, and what the account may do. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../kit/clock.ts';
import type { Route, SimRequest, SimResponse } from '../kit/route.ts';
import { objectBody, xactaError } from './answers.ts';

export interface Account {
  readonly username: string;
  readonly password: string;
  permissions: string[];
}

export class Sessions {
  readonly #account: Account;
  readonly #clock: Clock;
  readonly #ttlSeconds: number;
  /** Token → the instant it runs out, in milliseconds. */
  readonly #tokens = new Map<string, number>();

  constructor(account: Account, clock: Clock, ttlSeconds: number) {
    this.#account = account;
    this.#clock = clock;
    this.#ttlSeconds = ttlSeconds;
  }

  reset(): void {
    this.#tokens.clear();
  }

  /** Refuses a request without a valid token, and a write of an account that may only read. */
  authorize(request: SimRequest): SimResponse | undefined {
    const token = tokenOf(request);
    const until = token === undefined ? undefined : this.#tokens.get(token);
    if (until === undefined) return unauthorized('unauthorized', 'A valid bearer token is required.');
    if (this.#clock.now().getTime() >= until)
      return unauthorized('token_expired', 'The token has expired; sign in again or refresh in time.');
    const writes = request.method !== 'GET' && !request.path.startsWith('/api/auth/');
    if (writes && !this.#account.permissions.includes('write'))
      return xactaError(403, 'forbidden', `The account ${this.#account.username} may only read.`);
    return undefined;
  }

  routes(): Route[] {
    return [
      {
        method: 'POST',
        path: '/api/auth/login',
        open: true,
        reading: true,
        handle: (request) => {
          const given = objectBody(request);
          if ('refused' in given) return given.refused;
          const { username, password } = { username: undefined, password: undefined, ...given.body };
          if (!same(username, this.#account.username) || !same(password, this.#account.password))
            return unauthorized('bad_credentials', 'User name or password is wrong.');
          return this.#issue(request);
        },
      },
      {
        method: 'POST',
        path: '/api/auth/refresh',
        reading: true,
        handle: (request) => {
          const token = tokenOf(request);
          if (token !== undefined) this.#tokens.delete(token);
          return this.#issue(request);
        },
      },
      {
        method: 'GET',
        path: '/api/users/me',
        handle: () => ({
          status: 200,
          json: { username: this.#account.username, permissions: this.#account.permissions },
        }),
      },
    ];
  }

  #issue(request: SimRequest): SimResponse {
    const token = randomBytes(24).toString('base64url');
    const lifeMs = this.#ttlSeconds * 1000;
    this.#tokens.set(token, this.#clock.now().getTime() + lifeMs);
    return {
      status: 200,
      headers: { 'cache-control': 'no-store' },
      json: {
        token,
        token_type: 'Bearer',
        expires_in: this.#ttlSeconds,
        expires_at: new Date(request.now.getTime() + lifeMs).toISOString(),
      },
    };
  }
}

function unauthorized(code: string, message: string): SimResponse {
  return xactaError(401, code, message, { headers: { 'www-authenticate': 'Bearer' } });
}

function tokenOf(request: SimRequest): string | undefined {
  return /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
}

function same(given: unknown, expected: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return typeof given === 'string' && timingSafeEqual(digest(given), digest(expected));
}
