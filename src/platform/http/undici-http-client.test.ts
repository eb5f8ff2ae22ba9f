import { createServer as createTcpServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { TielineError } from '../errors/tieline-error.ts';
import { Secret } from '../values/secret.ts';
import {
  client,
  drop,
  failure,
  get,
  listen,
  post,
  say,
  serve,
  closeAfterEachTest,
} from './loopback.test-support.ts';
import { requestMayHaveArrived } from './undici-http-client.ts';

closeAfterEachTest();

describe('a request that is safe to repeat', () => {
  it('a repeatable request is tried again after server errors and a broken connection, and each attempt is reported without its query', async () => {
    const { url } = await serve(say(503), drop, say(500), say(200, '{"ok":true}'));
    const http = client(url);
    const response = await http.send(get('/x', { query: { key: 'hidden', none: undefined } }));
    expect(await response.json()).toEqual({ ok: true });
    expect(http.calls.map((call) => [call.method, call.endpoint, call.status])).toEqual([
      ['GET', '/x', 503],
      ['GET', '/x', undefined],
      ['GET', '/x', 500],
      ['GET', '/x', 200],
    ]);
  });

  it('a repeatable request fails with the last error when the attempts are used up, quoting JSON only', async () => {
    const { url, seen } = await serve(say(500, '{"error":"Internal","message":"index is rebuilding"}'));
    const error = await failure(client(url).send(get()));
    expect(error).toMatchObject({
      code: 'REMOTE_FAILED',
      message: 'GET /x was answered with 500: Internal: index is rebuilding',
    });
    expect(seen).toHaveLength(4);
  });

  it('a repeatable request never shows HTML in a message', async () => {
    const { url } = await serve(
      say(502, '<html><h1>nginx secret</h1></html>', { 'content-type': 'text/html' }),
    );
    expect((await failure(client(url).send(get()))).message).toBe('GET /x was answered with 502');
  });

  it("a repeatable request resolves with statuses that are the caller's to read", async () => {
    const { url } = await serve(say(404), say(409), say(401));
    const http = client(url);
    for (const status of [404, 409, 401]) expect((await http.send(get())).status).toBe(status);
  });
});

describe('a request that must not be repeated', () => {
  it('an unrepeatable request is not tried again when the connection broke after it was sent, and may have arrived', async () => {
    const { url, seen } = await serve(drop);
    const error = await failure(client(url).send(post()));
    expect(error.code).toBe('REMOTE_UNREACHABLE');
    expect(requestMayHaveArrived(error)).toBe(true);
    expect(seen).toHaveLength(1);
  });

  it('an unrepeatable request is given back with a server error', async () => {
    const { url, seen } = await serve(say(502));
    expect((await client(url).send(post())).status).toBe(502);
    expect(seen).toHaveLength(1);
  });

  it('an unrepeatable request is tried again after 429, which did certainly not happen', async () => {
    const { url, seen } = await serve(say(429), say(201));
    expect((await client(url).send(post())).status).toBe(201);
    expect(seen).toHaveLength(2);
  });

  it('an unrepeatable request is tried again while the connection is refused, and has certainly not arrived', async () => {
    const probe = createTcpServer();
    const port = await listen(probe);
    probe.close();
    const http = client(`http://127.0.0.1:${port}`);
    const error = await failure(http.send(post()));
    expect(error).toMatchObject({ code: 'REMOTE_UNREACHABLE' });
    expect(requestMayHaveArrived(error)).toBe(false);
    expect(http.calls).toHaveLength(4);
  });

  it('an unrepeatable request ends with REMOTE_TIMEOUT when no answer begins in time', async () => {
    const { url } = await serve(() => undefined);
    const error = await failure(
      client(url, { timeouts: { connectMs: 500, headersMs: 300, bodyMs: 300 } }).send(post()),
    );
    expect(error.code).toBe('REMOTE_TIMEOUT');
    expect(requestMayHaveArrived(error)).toBe(true);
  });
});

describe('429', () => {
  it('a request answered with 429 waits for Retry-After in seconds, up to the cap, and holds all other calls back', async () => {
    const { url } = await serve(say(429, '<html>', { 'retry-after': '3600' }), say(200));
    const http = client(url, { retryAfterCapMs: 300, random: () => 0 });
    const startedAt = performance.now();
    const first = http.send(get('/first'));
    await new Promise((resolve) => setTimeout(resolve, 50));
    await http.send(get('/second'));
    expect(performance.now() - startedAt).toBeGreaterThan(290);
    await first;
    expect(http.waits).toEqual([300]);
  });

  it('a request answered with 429 waits for Retry-After as a date by the clock of the server', async () => {
    const headers = { date: 'Mon, 01 Jan 2001 00:00:00 GMT', 'retry-after': 'Mon, 01 Jan 2001 00:00:01 GMT' };
    const { url } = await serve(say(429, '', headers), say(200));
    // A clock that the sleep moves: over the real one, a sleep that takes no time would keep the process from doing anything else.
    let atMs = Date.now();
    const sleep = async (ms: number): Promise<void> => {
      atMs += ms;
    };
    const http = client(url, { random: () => 0, sleep, now: () => new Date(atMs) });
    await http.send(get());
    expect(http.waits).toEqual([1000]);
  });

  it('a request answered with 429 to the end fails with REMOTE_RATE_LIMITED, certainly not arrived', async () => {
    const { url } = await serve(say(429));
    const error = await failure(client(url).send(post()));
    expect(error.code).toBe('REMOTE_RATE_LIMITED');
    expect(requestMayHaveArrived(error)).toBe(false);
  });
});

describe('the gate', () => {
  it('the request gate lets no more requests in at once than allowed', async () => {
    let inside = 0;
    let most = 0;
    const { url } = await serve((_request, response) => {
      inside += 1;
      most = Math.max(most, inside);
      setTimeout(() => {
        inside -= 1;
        response.end('{}');
      }, 20);
    });
    const http = client(url, { concurrency: 2 });
    await Promise.all(Array.from({ length: 8 }, async () => await (await http.send(get())).text()));
    expect(most).toBe(2);
  });

  it('the request gate keeps to the rate', async () => {
    const { url } = await serve(say(200));
    const http = client(url, { requestsPerSecond: 50 });
    const startedAt = performance.now();
    await Promise.all(Array.from({ length: 26 }, async () => await (await http.send(get())).text()));
    expect(performance.now() - startedAt).toBeGreaterThan(380);
  });
});

describe('the breaker', () => {
  it('the circuit breaker opens after failures in a row, lets one probe through later, and closes when that succeeds', async () => {
    let clock = Date.now();
    const { url, seen } = await serve(say(500), say(500), say(500), say(200));
    const http = client(url, {
      attempts: 1,
      breaker: { failuresToOpen: 2, openMs: 1000 },
      now: () => new Date(clock),
    });
    await failure(http.send(get()));
    await failure(http.send(get()));
    const refused = await failure(http.send(post()));
    expect(refused.code).toBe('REMOTE_CIRCUIT_OPEN');
    expect(requestMayHaveArrived(refused)).toBe(false);
    expect(seen).toHaveLength(2);
    clock += 1001;
    expect((await failure(http.send(get()))).code).toBe('REMOTE_FAILED');
    expect((await failure(http.send(get()))).code).toBe('REMOTE_CIRCUIT_OPEN');
    clock += 1001;
    expect((await http.send(get())).status).toBe(200);
    expect((await http.send(get())).status).toBe(200);
  });
});

describe('a body', () => {
  it('a body that is cut ends in REMOTE_UNREACHABLE', async () => {
    const { url } = await serve((request, response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('[{"a":1},');
      setTimeout(() => request.socket.destroy(), 20);
    });
    const response = await client(url).send(get());
    expect((await failure(response.text())).code).toBe('REMOTE_UNREACHABLE');
  });

  it('a body that stalls ends in REMOTE_TIMEOUT', async () => {
    const { url } = await serve((_request, response) => void response.writeHead(200).write('['));
    const response = await client(url, { timeouts: { connectMs: 500, headersMs: 500, bodyMs: 300 } }).send(
      get(),
    );
    expect((await failure(response.text())).code).toBe('REMOTE_TIMEOUT');
  });

  it('a body that is not JSON is reported as such, without being shown', async () => {
    const { url } = await serve(say(200, '<html>secret</html>', { 'content-type': 'text/html' }));
    const response = await client(url).send(get());
    const error = await failure(response.json());
    expect(error.code).toBe('REMOTE_UNEXPECTED');
    expect(error.message).not.toContain('secret');
  });
});

describe('cancelling', () => {
  it('cancelling ends a request, a wait and a body at once with the reason given', async () => {
    const reason = new TielineError('SYNC_RUNNING', 'stop');
    const { url } = await serve(() => undefined);
    const one = new AbortController();
    const sending = client(url).send(get('/x', { signal: one.signal }));
    setTimeout(() => one.abort(reason), 30);
    await expect(sending).rejects.toBe(reason);

    const busy = await serve(say(429, '', { 'retry-after': '60' }));
    const two = new AbortController();
    const waiting = client(busy.url).send(get('/x', { signal: two.signal }));
    setTimeout(() => two.abort(reason), 100);
    await expect(waiting).rejects.toBe(reason);

    const slow = await serve((_request, response) => void response.writeHead(200).write('['));
    const three = new AbortController();
    const response = await client(slow.url).send(get('/x', { signal: three.signal }));
    setTimeout(() => three.abort(reason), 30);
    await expect(response.text()).rejects.toBe(reason);
  });
});

describe('headers', () => {
  it('headers carry secrets to the server and nowhere else', async () => {
    const { url, seen } = await serve(say(500, '{"message":"no"}'));
    const http = client(url, { attempts: 1, defaultHeaders: { 'X-ApiKeys': new Secret('k3y') } });
    const error = await failure(http.send(get()));
    expect(seen[0]?.headers['x-apikeys']).toBe('k3y');
    expect(JSON.stringify([error, error.message, error.stack, http.calls])).not.toContain('k3y');
  });
});
