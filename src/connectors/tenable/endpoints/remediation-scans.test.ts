import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTenable, type TenableClient } from '../../../../simulators/tenable/client.test-support.ts';
import { Secret } from '../../../platform/values/secret.ts';
import { sleep } from '../../../platform/values/abort.ts';
import type { ScanRequest, VerificationScans } from '../../kit/contract.ts';
import { createHttpClient } from '../../../platform/http/undici-http-client.ts';
import { tenableConnector } from '../connector.ts';

interface Scan {
  readonly id: number;
  readonly name: string;
  readonly targets: string[];
  readonly plugins: string[];
  readonly runs: string[];
}

const { signal } = new AbortController();
let tenable: TenableClient;
const clients: { close(): Promise<void> }[] = [];
beforeAll(async () => {
  tenable = await startTenable('--machines', '2', '--scan-pending-ms', '3600000');
});
beforeEach(async () => {
  await tenable.control('POST', '/reset');
});
afterAll(async () => {
  await Promise.all(clients.map((client) => client.close()));
  await tenable.stop();
});

function connect(settings: object = {}): VerificationScans {
  const http = createHttpClient({
    baseUrl: tenable.url,
    requestsPerSecond: 1000,
    concurrency: 2,
    timeouts: { connectMs: 2000, headersMs: 2000, bodyMs: 2000 },
    userAgent: 'test',
    attempts: 3,
    backoff: { baseMs: 1, capMs: 5 },
  });
  clients.push(http);
  const keys = { access_key: new Secret('a1'), secret_key: new Secret('s2') };
  const { scans } = tenableConnector.connect({
    settings: tenableConnector.declaration.settings.parse({ ...keys, ...settings }),
    http,
    now: () => new Date(),
    sleep,
  });
  if (!scans) throw new Error('the connector declares scans');
  return scans;
}

const request = (): ScanRequest => ({
  name: 'verify',
  description: 'patched',
  targets: ['192.0.2.1', 'a.example'],
  pluginIds: ['10114'],
  idempotencyKey: randomUUID(),
});
const fault = (...faults: object[]) => tenable.control('PUT', '/faults', faults);
const move = (scan: string, status: string) => tenable.control('POST', '/edit', { scan, status });
const there = async (): Promise<Scan[]> => (await tenable.control('GET', '/state')).body['scans'] as Scan[]; // as the simulator makes it
async function made(scans: VerificationScans, asked = request()): Promise<string> {
  const result = await scans.create(asked, signal);
  if (result.outcome !== 'confirmed') throw new Error(JSON.stringify(result));
  return result.externalId;
}

describe('a remediation scan', () => {
  it('a remediation scan is made with the key in its name, launched, and followed to its end', async () => {
    const scans = connect();
    const asked = request();
    const id = await made(scans, asked);
    expect(await there()).toMatchObject([
      {
        name: `verify [tieline:${asked.idempotencyKey}]`,
        targets: asked.targets,
        plugins: ['10114'],
        runs: [],
      },
    ]);
    expect(await scans.find(asked.idempotencyKey, signal)).toEqual({ externalId: id });
    expect(await scans.find(randomUUID(), signal)).toBeUndefined();
    expect(await scans.status(id, signal)).toEqual({ phase: 'new', said: 'empty' });
    expect(await scans.launch(id, signal)).toMatchObject({ outcome: 'confirmed' });
    expect(await scans.status(id, signal)).toMatchObject({ phase: 'pending' });
    await move(id, 'running');
    expect(await scans.status(id, signal)).toMatchObject({ phase: 'running' });
    await move(id, 'completed');
    const status = await scans.status(id, signal);
    expect(status).toMatchObject({ phase: 'completed', said: 'completed' });
    expect(status?.endedAt && status.startedAt && status.endedAt >= status.startedAt).toBe(true);
  });

  it.each([
    ['the connection is cut after it was made', { kind: 'commit-cut', times: 1 }],
    ['the answer breaks off', { kind: 'cut-body', afterBytes: 10, times: 1 }],
    ['a 502 comes instead', { kind: 'server-error', status: 502, times: 1 }],
    ['the connection is cut before', { kind: 'cut-before', times: 1 }],
  ])(
    'the launch of a remediation scan is unclear, and not sent a second time, where %s',
    async (_what, broken) => {
      const scans = connect();
      await fault({ ...broken, match: { method: 'POST', path: '^/scans/remediation$' } });
      const asked = request();
      expect(await scans.create(asked, signal)).toMatchObject({ outcome: 'unknown' });
      const isThere = broken.kind === 'commit-cut' || broken.kind === 'cut-body';
      expect(await there()).toHaveLength(isThere ? 1 : 0);
      expect((await scans.find(asked.idempotencyKey, signal)) !== undefined).toBe(isThere);
    },
  );

  it('a remediation scan that was launched, but whose answer was lost, is recognized by its status; launched again it is the same run', async () => {
    const scans = connect();
    const id = await made(scans);
    await fault({ kind: 'commit-cut', times: 1, match: { method: 'POST', path: '/launch$' } });
    expect(await scans.launch(id, signal)).toMatchObject({ outcome: 'unknown' });
    expect(await scans.status(id, signal)).toMatchObject({ phase: 'pending' });
    expect(await scans.launch(id, signal)).toMatchObject({ outcome: 'confirmed' });
    expect((await there())[0]?.runs).toHaveLength(1);
  });

  it('a remediation scan is found among more than one page of them', async () => {
    const scans = connect();
    const asked = request();
    for (let n = 0; n < 201; n += 1) await made(scans);
    const id = await made(scans, asked);
    expect(await scans.find(asked.idempotencyKey, signal)).toEqual({ externalId: id });
  });

  it('a remediation scan is refused with a remedy where the account lacks a role, or there are too many scans', async () => {
    await tenable.control('POST', '/edit', { role: 16 });
    expect(await connect().create(request(), signal)).toMatchObject({
      outcome: 'rejected',
      fields: [{ field: 'template' }],
      remedy: expect.stringContaining('scan_template') as string,
    });
    const named = { scan_template: '76d67790-2969-411e-a9d0-667f05e8d49e' };
    expect(await connect(named).create(request(), signal)).toMatchObject({
      outcome: 'rejected',
      remedy: expect.stringContaining('Scan Operator [24]') as string,
    });
    await tenable.control('POST', '/edit', { role: 24 });
    expect(await connect(named).create(request(), signal)).toMatchObject({
      outcome: 'rejected',
      message: expect.stringContaining('policy_id') as string,
    });
    expect(await connect({ ...named, scan_policy: '12' }).create(request(), signal)).toMatchObject({
      outcome: 'confirmed',
    });
    await tenable.control('POST', '/edit', { role: 64 });
    await tenable.control('POST', '/edit', { scanLimits: { configurations: 1 } });
    expect(await connect().create(request(), signal)).toMatchObject({
      outcome: 'rejected',
      message: expect.stringContaining('limit of scans') as string,
      remedy: expect.stringContaining('10,000') as string,
    });
  });

  it('a remediation scan that is one too many at once may be launched later: it is not a refusal', async () => {
    const scans = connect();
    const [one, two] = [await made(scans), await made(scans)];
    await tenable.control('POST', '/edit', { scanLimits: { active: 1 } });
    await scans.launch(one, signal);
    await expect(scans.launch(two, signal)).rejects.toMatchObject({ code: 'REMOTE_RATE_LIMITED' });
    await move(one, 'aborted');
    expect(await scans.launch(two, signal)).toMatchObject({ outcome: 'confirmed' });
  });

  it('a remediation scan that somebody stopped or deleted is reported as such', async () => {
    const scans = connect();
    const [one, two] = [await made(scans), await made(scans)];
    for (const id of [one, two]) await scans.launch(id, signal);
    await move(one, 'canceled');
    expect(await scans.status(one, signal)).toMatchObject({ phase: 'stopped', said: 'canceled' });
    await tenable.control('POST', '/edit', { scan: two, delete: true });
    expect(await scans.status(two, signal)).toBeUndefined();
    expect(await scans.launch(two, signal)).toMatchObject({ outcome: 'missing' });
  });

  it('a remediation scan uses credentials and a scanner from the settings', () => {
    const parse = (settings: object) =>
      tenableConnector.declaration.settings.safeParse({
        access_key: new Secret('a'),
        secret_key: new Secret('s'),
        ...settings,
      });
    expect(parse({ scan_credentials: 'Host/SSH/00000000-0000-0000-0000-000000000001' }).success).toBe(true);
    expect(parse({ scan_credentials: 'root:toor' }).success).toBe(false);
  });
});
