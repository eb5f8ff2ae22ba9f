/**
 * An identity provider as a process of its own: oidc-provider over HTTP, with its pages for signing in. Told by OIDC_PROVIDER (JSON) who the
 * client is; prints its issuer when it listens. People sign in by any name; `POST /people/NAME` says what claims they have.
 */
import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider, { type ClientMetadata, type JWK } from 'oidc-provider';

export interface ProviderOptions {
  readonly clients: readonly ClientMetadata[];
}

const { clients } = JSON.parse(process.env['OIDC_PROVIDER'] ?? '') as ProviderOptions; // written by start-provider
const people = new Map<string, Record<string, unknown>>();

/** What the test says of a person. */
const claimsOf = (name: string): Record<string, unknown> => ({
  preferred_username: name,
  name: `${name} of the agency`,
  email: `${name}@agency.example`,
  ...people.get(name),
});

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const key = { ...privateKey.export({ format: 'jwk' }), kid: 'k1', use: 'sig', alg: 'RS256' } as JWK; // RSA, as was asked for

const server = createServer().listen(0, '127.0.0.1');
await new Promise((listening) => server.once('listening', listening));
const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

const provider = new Provider(issuer, {
  clients: [...clients],
  jwks: { keys: [key] },
  cookies: { keys: ['only for tests'] },
  claims: { openid: ['sub'], profile: ['name', 'preferred_username'], email: ['email'], groups: ['groups'] },
  scopes: ['openid', 'profile', 'email', 'groups'],
  features: { backchannelLogout: { enabled: true }, devInteractions: { enabled: true } },
  findAccount: (_ctx, name) => ({ accountId: name, claims: () => ({ sub: name, ...claimsOf(name) }) }),
  // Clients of tests are on this machine, which the library would not call.
  fetch: (url, options) =>
    fetch(url, { method: options?.method, headers: options?.headers, body: options?.body } as RequestInit),
});
const answer = provider.callback();
server.on('request', (request, response) => {
  const name = /^\/people\/([\w.-]+)$/.exec(request.url ?? '')?.[1];
  if (name === undefined || request.method !== 'POST') {
    void answer(request, response);
    return;
  }
  let text = '';
  request.on('data', (piece: Buffer) => (text += piece.toString()));
  request.on('end', () => {
    people.set(name, JSON.parse(text) as Record<string, unknown>);
    response.end();
  });
});
process.stdout.write(`${issuer}\n`);
