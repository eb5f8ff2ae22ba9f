import { request } from 'node:http';
import { afterEach, expect, it } from 'vitest';
import { createClock } from './clock.ts';
import type { Fault } from './faults.ts';
import { serveSimulator, type SimulatorOptions } from './server.ts';

let running: { url: string; close(): Promise<void> } | undefined;
afterEach(async () => {
  await running?.close();
  running = undefined;
});

/** A simulator of one counter: POST raises it, GET tells it, GET /stream tells a hundred lines. */
async function start(options: Partial<SimulatorOptions> = {}): Promise<string> {
  let count = 0;
  running = await serveSimulator({
    port: 0,
    exitWithParent: false,
    ownProcess: false,
    clock: createClock(),
    routes: [
      {
        method: 'GET',
        path: '/counts/:name',
        handle: ({ params, now }) => ({ status: 200, json: { ...params, count, now } }),
      },
      {
        method: 'POST',
        path: '/counts/:name',
        handle: () => ({ status: 201, json: { count: (count += 1) } }),
      },
      {
        method: 'GET',
        path: '/stream',
        handle: () => ({ status: 200, stream: Array.from({ length: 100 }, (_, n) => `line ${n}\n`) }),
      },
    ],
    state: (stable) => (stable ? { count } : { count, at: 'now' }),
    reset: () => {
      count = 0;
    },
    edit: (body) => {
      if (typeof body !== 'object' || body === null || !('count' in body))
        throw new Error('expected a count');
      count = Number(body.count);
      return { count };
    },
    ...options,
  });
  return running.url;
}

async function json(url: string, init?: RequestInit): Promise<unknown> {
  return (await fetch(url, init)).json();
}
const post = (url: string, body?: unknown): Promise<Response> =>
  fetch(url, { method: 'POST', ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
const setFaults = (url: string, ...faults: Fault[]): Promise<Response> =>
  fetch(`${url}/__control/faults`, { method: 'PUT', body: JSON.stringify(faults) });

it('routes by method and path, and says 404 and 405', async () => {
  const url = await start();
  expect(await json(`${url}/counts/a%20b`)).toMatchObject({ name: 'a b', count: 0 });
  expect((await fetch(`${url}/nothing`)).status).toBe(404);
  const wrong = await fetch(`${url}/counts/a`, { method: 'DELETE' });
  expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'GET, POST']);
});

it.each([
  ['//', 404],
  ['//counts/a', 404],
  ['*', 400],
])('answers a request for %s and goes on', async (target, status) => {
  const url = await start();
  const answered = await new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    request({ hostname, port, path: target, method: 'OPTIONS', agent: false }, (answer) => {
      resolve(answer.resume().statusCode);
    })
      .on('error', reject)
      .end();
  });
  expect(answered).toBe(status);
  expect((await fetch(`${url}/counts/a`)).status).toBe(200);
});

it('refuses a body that is no JSON', async () => {
  const url = await start();
  expect(
    (
      await fetch(`${url}/counts/a`, {
        method: 'POST',
        body: '{"half"',
        headers: { 'content-type': 'application/json' },
      })
    ).status,
  ).toBe(400);
});

it('asks authorize for every route but the control endpoints', async () => {
  const url = await start({
    authorize: ({ headers }) => (headers['x-key'] === 'k' ? undefined : { status: 401 }),
  });
  expect((await fetch(`${url}/counts/a`)).status).toBe(401);
  expect((await fetch(`${url}/counts/a`, { headers: { 'x-key': 'k' } })).status).toBe(200);
  expect((await fetch(`${url}/__control/state`)).status).toBe(200);
});

it('counts requests and writes, and a reset puts all back', async () => {
  const url = await start();
  await post(`${url}/counts/a`);
  await fetch(`${url}/counts/a`);
  await setFaults(url, { kind: 'delay', ms: 1 });
  expect(await json(`${url}/__control/requests`)).toMatchObject({
    requests: { 'GET /counts/:name': 1, 'POST /counts/:name': 1 },
    writes: 1,
    answers: { 200: 1, 201: 1 },
  });
  await post(`${url}/__control/reset`);
  expect(await json(`${url}/__control/requests`)).toMatchObject({ total: 0, writes: 0 });
  expect(await json(`${url}/__control/state?stable=1`)).toEqual({ count: 0 });
  expect(await json(`${url}/__control/faults`)).toEqual([]);
});

it('lets a test edit the data and says what was wrong with an edit', async () => {
  const url = await start();
  expect((await post(`${url}/__control/edit`, { count: 7 })).status).toBe(200);
  expect(await json(`${url}/__control/state`)).toEqual({ count: 7, at: 'now' });
  const refused = await post(`${url}/__control/edit`, {});
  expect([refused.status, await refused.json()]).toEqual([
    400,
    { error: { code: 'control', message: 'expected a count' } },
  ]);
});

it('answers 429 with Retry-After only as often as the fault says, then as usual', async () => {
  const url = await start();
  await setFaults(url, {
    kind: 'rate-limit',
    retryAfterSeconds: 2,
    times: 2,
    skip: 1,
    match: { path: '^/counts' },
  });
  const statuses = [];
  for (let n = 0; n < 4; n += 1) {
    const answer = await fetch(`${url}/counts/a`);
    statuses.push(answer.status, answer.headers.get('retry-after'));
  }
  expect(statuses).toEqual([200, null, 429, '2', 429, '2', 200, null]);
});

it('leaves requests alone that a fault does not match', async () => {
  const url = await start();
  await setFaults(url, { kind: 'server-error', status: 503, match: { method: 'POST' } });
  expect((await fetch(`${url}/counts/a`)).status).toBe(200);
  expect((await post(`${url}/counts/a`)).status).toBe(503);
  expect(await json(`${url}/__control/state?stable=1`)).toEqual({ count: 0 });
});

it('draws the same requests for a fault with a probability on every run', async () => {
  const runs: string[] = [];
  for (let run = 0; run < 2; run += 1) {
    const url = await start();
    await setFaults(url, { kind: 'server-error', status: 502, probability: 0.5, seed: 5 });
    const statuses = [];
    for (let n = 0; n < 12; n += 1) statuses.push((await fetch(`${url}/counts/a`)).status);
    runs.push(statuses.join(' '));
    await running?.close();
  }
  expect(runs[1]).toBe(runs[0]);
  expect(runs[0]).toContain('200');
  expect(runs[0]).toContain('502');
});

it('cuts before the request is handled without any effect', async () => {
  const url = await start();
  await setFaults(url, { kind: 'cut-before', times: 1 });
  await expect(post(`${url}/counts/a`)).rejects.toThrow('fetch failed');
  expect(await json(`${url}/__control/state?stable=1`)).toEqual({ count: 0 });
});

it('cuts after the request was handled and keeps its effect', async () => {
  const url = await start();
  await setFaults(url, { kind: 'commit-cut', times: 1 });
  await expect(post(`${url}/counts/a`)).rejects.toThrow('fetch failed');
  expect(await json(`${url}/__control/state?stable=1`)).toEqual({ count: 1 });
  expect(await json(`${url}/__control/requests`)).toMatchObject({ writes: 1, answers: { cut: 1 } });
});

it.each(['/counts/a', '/stream'])('cuts the body of %s after the headers', async (path) => {
  const url = await start();
  await setFaults(url, { kind: 'cut-body', afterBytes: 12, times: 1 });
  const answer = await fetch(`${url}${path}`);
  expect(answer.status).toBe(200);
  await expect(answer.text()).rejects.toThrow('terminated');
  expect((await (await fetch(`${url}${path}`)).text()).length).toBeGreaterThan(12);
});

it('never sends the last byte of a body it cuts, however short', async () => {
  const url = await start();
  await setFaults(url, { kind: 'cut-body', afterBytes: 1_000_000 });
  for (const path of ['/counts/a', '/stream'])
    await expect(fetch(`${url}${path}`).then((answer) => answer.text())).rejects.toThrow('terminated');
});

it('shows a skewed clock in the Date header and to the handlers', async () => {
  const url = await start();
  await setFaults(url, { kind: 'clock-skew', seconds: 3600 });
  const answer = await fetch(`${url}/counts/a`);
  const body = (await answer.json()) as { now: string };
  expect(Date.parse(answer.headers.get('date') ?? '') - Date.now()).toBeGreaterThan(3_590_000);
  expect(Date.parse(body.now) - Date.now()).toBeGreaterThan(3_590_000);
});

it('moves the whole clock on demand', async () => {
  const url = await start();
  await post(`${url}/__control/clock`, { offsetSeconds: -86_400 });
  const answer = await fetch(`${url}/counts/a`);
  expect(Date.now() - Date.parse(answer.headers.get('date') ?? '')).toBeGreaterThan(86_000_000);
  expect((await post(`${url}/__control/clock`, {})).status).toBe(400);
});

it('limits the rate as a real server and says how long to wait', async () => {
  const url = await start({ requestsPerSecond: 5 });
  const answers = await Promise.all(Array.from({ length: 12 }, () => fetch(`${url}/counts/a`)));
  const refused = answers.filter((answer) => answer.status === 429);
  expect(refused.length).toBeGreaterThanOrEqual(5);
  expect(refused.every((answer) => answer.headers.get('retry-after') === '1')).toBe(true);
});

it('lets a request pass now and then where the rate is below one a second', async () => {
  const url = await start({ requestsPerSecond: 0.25 });
  const first = await fetch(`${url}/counts/a`);
  const second = await fetch(`${url}/counts/a`);
  expect([first.status, second.status, second.headers.get('retry-after')]).toEqual([200, 429, '4']);
});

it('refuses a fault that it does not know, naming what is wrong', async () => {
  const url = await start();
  const answer = await fetch(`${url}/__control/faults`, { method: 'PUT', body: '[{"kind":"delay"}]' });
  expect(answer.status).toBe(400);
  expect(await answer.text()).toContain('ms');
});
