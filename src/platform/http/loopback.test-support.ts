/** Servers on this machine and clients of them, for tests; all are closed after each test. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo, Server } from 'node:net';
import { afterEach } from 'vitest';
import { TielineError } from '../errors/tieline-error.ts';
import type { HttpCall, HttpRequest } from './http-client.ts';
import { createHttpClient, type HttpClientOptions } from './undici-http-client.ts';

const closers: (() => Promise<unknown>)[] = [];
/** Called once by each file of tests: files that share a worker share this module too. */
export function closeAfterEachTest(): void {
  afterEach(async () => {
    for (const close of closers.splice(0)) await close();
  });
}

export async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(async () => {
    if ('closeAllConnections' in server && typeof server.closeAllConnections === 'function')
      server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** A server that answers its nth request with the nth listener, and the last one ever after. */
export async function serve(
  ...answers: RequestListener[]
): Promise<{ url: string; seen: IncomingMessage[] }> {
  const seen: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    const answer = answers[Math.min(seen.length, answers.length - 1)];
    seen.push(request);
    answer?.(request, response);
  });
  return { url: `http://127.0.0.1:${await listen(server)}`, seen };
}

export const say =
  (status: number, body = '{}', headers: Record<string, string> = {}) =>
  (_request: IncomingMessage, response: ServerResponse): void => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
  };
export const drop = (request: IncomingMessage): void => void request.socket.destroy();

export function client(baseUrl: string, options: Partial<HttpClientOptions> = {}) {
  const calls: HttpCall[] = [];
  const waits: number[] = [];
  const made = createHttpClient({
    baseUrl,
    requestsPerSecond: 1000,
    concurrency: 4,
    timeouts: { connectMs: 2000, headersMs: 2000, bodyMs: 2000 },
    userAgent: 'test',
    attempts: 4,
    backoff: { baseMs: 1, capMs: 5 },
    onCall: (call) => calls.push(call),
    onWait: (reason, ms) => {
      if (reason === 'retry') waits.push(ms);
    },
    ...options,
  });
  closers.push(() => made.close());
  return { ...made, calls, waits };
}

export const get = (path = '/x', more: Partial<HttpRequest> = {}): HttpRequest => ({
  method: 'GET',
  path,
  retry: 'safe',
  signal: new AbortController().signal,
  ...more,
});
export const post = (more: Partial<HttpRequest> = {}): HttpRequest =>
  get('/x', { method: 'POST', json: { a: 1 }, retry: 'never', ...more });

export async function failure(promise: Promise<unknown>): Promise<TielineError> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof TielineError) return error;
    throw error;
  }
  throw new Error('it did not fail');
}
