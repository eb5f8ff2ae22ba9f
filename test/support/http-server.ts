/** The server over a test's database, called without a network, and what its callers need: a person, a session, a token. */
import { randomUUID } from 'node:crypto';
import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify';
import type { App } from '../../src/engine/run/app.ts';
import type { Rates } from '../../src/surfaces/http/kit/rates.ts';
import { openServer } from '../../src/surfaces/http/index.ts';

export interface Caller {
  readonly headers: Readonly<Record<string, string>>;
}

/** Bears what a page of the server bears. */
export const asPage = (cookie: string): Caller => ({
  headers: { cookie, 'x-tieline': '1', 'sec-fetch-site': 'same-origin' },
});
export const asProgram = (token: string): Caller => ({ headers: { authorization: `Bearer ${token}` } });
export const asNobody: Caller = { headers: { 'x-tieline': '1', 'sec-fetch-site': 'same-origin' } };

export interface TestServer extends AsyncDisposable {
  readonly server: FastifyInstance;
  call(
    caller: Caller,
    method: NonNullable<InjectOptions['method']>,
    path: string,
    more?: { readonly body?: unknown; readonly headers?: Readonly<Record<string, string>> },
  ): Promise<LightMyRequestResponse>;
}

/** A test is quicker than any person. */
const manyRequests: Rates = { reads: 100_000, writes: 100_000 };

export interface TestServerOptions {
  readonly isDemo?: boolean;
  readonly rates?: Rates;
}

export async function testServer(
  app: App,
  { isDemo = false, rates = manyRequests }: TestServerOptions = {},
): Promise<TestServer> {
  const server = await openServer(app, {
    version: '0.0.0',
    tls: undefined,
    trustedProxies: undefined,
    classification: 'CUI',
    consoleDirectory: undefined,
    isDemo,
    rates,
  });
  return {
    server,
    call: (caller, method, path, { body, headers } = {}) =>
      server.inject({
        method,
        url: path.startsWith('/api/') || path.startsWith('/healthz') ? path : `/api/v1${path}`,
        headers: {
          ...(method === 'POST' ? { 'idempotency-key': randomUUID() } : {}),
          ...caller.headers,
          ...headers,
        },
        ...(body === undefined ? {} : { payload: body as never }),
      }),
    [Symbol.asyncDispose]: async () => {
      await server.close();
    },
  };
}
