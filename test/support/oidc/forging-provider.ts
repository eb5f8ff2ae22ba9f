/**
 * An identity provider that lies: it has the document and the keys of a real one, and answers any code with the id token that a test made. The
 * real one makes no such tokens; an attacker does, who sits on the way, or has another client's token.
 */
import { constants, createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Forged {
  readonly header?: object;
  readonly claims?: object;
  /** How it is signed; default: as the provider does. */
  readonly by?: 'the provider' | 'another key' | 'hmac with the public key' | 'nobody';
}

export interface ForgingProvider extends AsyncDisposable {
  readonly issuer: string;
  /** What the next id tokens are. */
  forge(next: Forged): void;
  /** A token of any kind, as `forge` makes them. */
  token(of: Forged): string;
  /** Where a browser comes back to, as the provider would lead it. */
  answerTo(authorization: string): URL;
}

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

const signature = (key: KeyObject, signed: string): string =>
  sign('sha256', Buffer.from(signed), { key, padding: constants.RSA_PKCS1_PADDING }).toString('base64url');

export async function startForgingProvider(): Promise<ForgingProvider> {
  const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const other = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = keys.publicKey.export({ type: 'spki', format: 'pem' }).toString();
  let next: Forged = {};
  let nonce = '';
  const token = ({ header, claims, by = 'the provider' }: Forged): string => {
    const alg = by === 'nobody' ? 'none' : by === 'hmac with the public key' ? 'HS256' : 'RS256';
    const now = Math.floor(Date.now() / 1000);
    const usual = { iss: issuer, aud: 'tieline', sub: 'ada', nonce, iat: now, exp: now + 300 };
    const signed = `${part({ alg, kid: 'k1', ...header })}.${part({ ...usual, ...claims })}`;
    if (by === 'nobody') return `${signed}.`;
    if (by === 'hmac with the public key')
      return `${signed}.${createHmac('sha256', pem).update(signed).digest('base64url')}`;
    return `${signed}.${signature(by === 'another key' ? other.privateKey : keys.privateKey, signed)}`;
  };
  const pages: Readonly<Record<string, () => object>> = {
    '/.well-known/openid-configuration': () => ({
      issuer,
      authorization_endpoint: `${issuer}/auth`,
      token_endpoint: `${issuer}/token`,
      jwks_uri: `${issuer}/keys`,
      id_token_signing_alg_values_supported: ['RS256', 'HS256', 'none'],
    }),
    '/keys': () => ({ keys: [{ ...keys.publicKey.export({ format: 'jwk' }), kid: 'k1', use: 'sig' }] }),
    '/token': () => ({ access_token: 'a', token_type: 'Bearer', id_token: token(next) }),
  };
  const server = createServer((request, response) => {
    const page = pages[request.url ?? ''];
    response.writeHead(page ? 200 : 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify(page?.() ?? {}));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    issuer,
    forge: (forged) => void (next = forged),
    token,
    answerTo(authorization) {
      const asked = new URL(authorization).searchParams;
      nonce = asked.get('nonce') ?? '';
      const back = new URL(asked.get('redirect_uri') ?? '');
      back.searchParams.set('code', 'any');
      back.searchParams.set('state', asked.get('state') ?? '');
      return back;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}
