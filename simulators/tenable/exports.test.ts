import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  everyAsset,
  everyFinding,
  identityOf,
  startTenable,
  type TenableClient,
} from './client.test-support.ts';

let tenable: TenableClient;
beforeAll(async () => {
  tenable = await startTenable();
});
beforeEach(async () => {
  await tenable.control('POST', '/reset');
});
afterAll(async () => {
  await tenable.stop();
});

const countOf = (items: readonly Record<string, unknown>[], key: string, value: unknown): number =>
  items.filter((item) => item[key] === value).length;

describe('an export of findings', () => {
  it('delivers 2,000 distinct findings, and twice over two of them in one chunk with another output', async () => {
    const items = await tenable.readAll('vulns', everyFinding);
    const byIdentity = Map.groupBy(items, identityOf);
    expect([items.length, byIdentity.size]).toEqual([2002, 2000]);
    const twice = [...byIdentity.values()].filter((same) => same.length > 1);
    for (const [first, second] of twice) expect(first?.['output']).not.toBe(second?.['output']);
    expect(countOf(items, 'state', 'FIXED')).toBeGreaterThan(200);
    expect(countOf(items, 'state', 'REOPENED')).toBeGreaterThan(30);
  });

  it('goes from queued over processing to finished, and its chunks become ready out of order', async () => {
    const slow = await startTenable('--size', '4', '--queued-ms', '300', '--processing-ms', '600');
    const { body } = await slow.send('POST', '/vulns/export', everyFinding);
    const path = `/vulns/export/${String(body['export_uuid'])}`;
    const seen = new Set<unknown>();
    const partial: number[][] = [];
    let status: Record<string, unknown> = {};
    while (status['status'] !== 'FINISHED') {
      ({ body: status } = await slow.send('GET', `${path}/status`));
      seen.add(status['status']);
      if (status['status'] === 'PROCESSING') partial.push(status['chunks_available'] as number[]);
      await delay(15);
    }
    expect([...seen]).toEqual(['QUEUED', 'PROCESSING', 'FINISHED']);
    expect(status).toMatchObject({ total_chunks: 7, chunks_available_count: 7, num_assets_per_chunk: 50 });
    expect(partial.some((ids) => ids.length > 0 && !ids.includes(1))).toBe(true);
    await slow.stop();
  });

  it('gives a bare array of bytes, refuses a chunk that is not ready and one whose time is over', async () => {
    const { uuid } = await tenable.finish('vulns', everyFinding);
    const chunk = await tenable.send('GET', `/vulns/export/${uuid}/chunks/1`);
    expect(chunk.headers.get('content-type')).toBe('application/octet-stream');
    expect(Array.isArray(chunk.body)).toBe(true);
    expect((await tenable.send('GET', `/vulns/export/${uuid}/chunks/77`)).status).toBe(400);
    await tenable.control('POST', '/edit', { expireChunks: true });
    expect(await tenable.send('GET', `/vulns/export/${uuid}/chunks/1`)).toMatchObject({
      status: 404,
      body: { statusCode: 404, error: 'Not Found' },
    });
  });

  it('lets chunks live as long as it was told', async () => {
    const brief = await startTenable('--chunk-ttl-seconds', '0.2');
    const { uuid } = await brief.finish('vulns', everyFinding);
    const statuses = [(await brief.send('GET', `/vulns/export/${uuid}/chunks/1`)).status];
    await delay(250);
    statuses.push((await brief.send('GET', `/vulns/export/${uuid}/chunks/1`)).status);
    expect(statuses).toEqual([200, 404]);
    await brief.stop();
  });

  it('answers 409 with the running job to the same request, and starts another one for another request', async () => {
    const first = await tenable.send('POST', '/vulns/export', everyFinding);
    const same = await tenable.send('POST', '/vulns/export', everyFinding);
    expect([same.status, same.body['active_job_id']]).toEqual([409, first.body['export_uuid']]);
    expect(typeof same.body['failure_reason']).toBe('string');
    expect((await tenable.send('POST', '/vulns/export', { ...everyFinding, num_assets: 60 })).status).toBe(
      200,
    );
  });

  it('clamps num_assets into 50 to 5000', async () => {
    const { status } = await tenable.finish('vulns', { ...everyFinding, num_assets: 1 });
    expect(status['num_assets_per_chunk']).toBe(50);
  });

  it('contradicts itself about a machine from finding to finding, and never about its uuid', async () => {
    const items = await tenable.readAll('vulns', everyFinding);
    const snapshots = Map.groupBy(items, (item) => item.asset['uuid']);
    const contradicting = [...snapshots.values()].filter(
      (same) => new Set(same.map((item) => JSON.stringify(item.asset))).size > 1,
    );
    expect(contradicting.length).toBeGreaterThan(70);
    expect(items.some((item) => !('fqdn' in item.asset))).toBe(true);
    for (const item of items)
      expect(item.asset['bios_uuid']).toBe(String(item.asset['bios_uuid']).toUpperCase());
  });

  it('says what rule changed a severity, and how long a fix took', async () => {
    const items = await tenable.readAll('vulns', everyFinding);
    const changed = items.filter((item) => item['severity_modification_type'] !== 'NONE');
    expect(changed.length).toBeGreaterThan(10);
    expect(changed.every((item) => 'recast_reason' in item && 'recast_rule_uuid' in item)).toBe(true);
    const fixed = items.filter((item) => item['state'] === 'FIXED');
    expect(fixed.every((item) => Number(item['time_taken_to_fix']) > 0)).toBe(true);
    const recasted = items.filter((item) => item['severity_modification_type'] === 'RECASTED');
    expect(
      recasted.every(
        (item) => item['severity_id'] !== item['severity_default_id'] || item['severity_id'] === 1,
      ),
    ).toBe(true);
  });
});

describe('an export that goes wrong', () => {
  const goesWrong = async (mishap: string): Promise<Record<string, unknown>> => {
    await tenable.control('POST', '/edit', { nextExport: mishap });
    return (await tenable.finish('vulns', everyFinding)).status;
  };

  it('is finished with a chunk that failed and later ones that were cancelled for it', async () => {
    expect(await goesWrong('chunk-failed')).toMatchObject({
      status: 'FINISHED',
      chunks_available: [],
      chunks_failed: [1],
      chunks_cancelled: [2],
    });
  });

  it('ends in error with a reason, or cancelled', async () => {
    expect(await goesWrong('error')).toMatchObject({ status: 'ERROR', reason: expect.any(String) as string });
    expect(await goesWrong('cancelled')).toMatchObject({ status: 'CANCELLED', chunks_available: [] });
  });

  it('counts a chunk that holds nothing, and loses nothing for it', async () => {
    expect(await goesWrong('empty-chunk')).toMatchObject({
      status: 'FINISHED',
      empty_chunks_count: 1,
      total_chunks: 3,
    });
    await tenable.control('POST', '/edit', { nextExport: 'empty-chunk' });
    expect(await tenable.readAll('vulns', { ...everyFinding, num_assets: 55 })).toHaveLength(2002);
  });

  it('is cancelled on demand and gives no chunk after', async () => {
    const { body } = await tenable.send('POST', '/vulns/export', everyFinding);
    const path = `/vulns/export/${String(body['export_uuid'])}`;
    expect((await tenable.send('POST', `${path}/cancel`)).body).toEqual({ status: 'CANCELLED' });
    expect((await tenable.send('GET', `${path}/status`)).body['status']).toBe('CANCELLED');
    expect((await tenable.send('GET', `${path}/chunks/1`)).status).toBe(400);
  });

  it('delivers a chunk a second time under another id when told to', async () => {
    await tenable.control('PUT', '/faults', [{ kind: 'duplicate', match: { path: '/vulns/export$' } }]);
    const { uuid, status } = await tenable.finish('vulns', everyFinding);
    expect(status['chunks_available']).toHaveLength(3);
    const [first, again] = await Promise.all(
      [1, 3].map((id) => tenable.send('GET', `/vulns/export/${uuid}/chunks/${id}`)),
    );
    expect(again?.text).toBe(first?.text);
  });

  it('drifts in a field that is named', async () => {
    const drift = { kind: 'schema-drift', entity: 'finding', match: { path: '/chunks/' } };
    await tenable.control('PUT', '/faults', [
      { ...drift, field: 'plugin.name', mode: 'missing' },
      { ...drift, field: 'severity_id', mode: 'wrong-type' },
      { ...drift, field: 'brand_new', mode: 'extra' },
    ]);
    const [item] = await tenable.readAll('vulns', everyFinding);
    expect(item?.plugin).not.toHaveProperty('name');
    expect(item?.['severity_id']).toEqual([expect.any(String)]);
    expect(item).toHaveProperty('brand_new');
  });
});

describe('an export of assets', () => {
  it('delivers each machine once, flat and with its nulls', async () => {
    const items = await tenable.readAll('assets', everyAsset);
    expect([items.length, new Set(items.map((item) => item['id'])).size]).toEqual([80, 80]);
    expect(items[0]).toMatchObject({
      deleted_at: null,
      terminated_at: null,
      servicenow_sysid: null,
      tags: [],
    });
    const agents = items.filter((item) => item['has_agent'] === true);
    expect(agents.every((item) => /^[0-9a-f]{32}$/.test(String(item['agent_uuid'])))).toBe(true);
  });

  it.each([[{}], [{ chunk_size: 99 }], [{ chunk_size: 10_001 }], [{ chunk_size: '100' }]])(
    'refuses %j: a chunk has 100 to 10,000 assets',
    async (body) => {
      expect((await tenable.send('POST', '/assets/export', body)).status).toBe(400);
    },
  );

  it('tells little of its status, and more of it in the list of jobs', async () => {
    const { uuid, status } = await tenable.finish('assets', everyAsset);
    expect(status).toEqual({ status: 'FINISHED', chunks_available: [1] });
    const { body } = await tenable.send('GET', '/assets/export/status');
    expect(body['exports']).toMatchObject([{ uuid, status: 'FINISHED', total_chunks: 1 }]);
  });
});

describe('what changed', () => {
  it('is what an incremental export brings: a deleted and a terminated asset, an edited and an added finding', async () => {
    const [one, two] = await tenable.readAll('assets', everyAsset);
    const [finding] = await tenable.readAll('vulns', everyFinding);
    const since = Math.floor(Date.now() / 1000) - 5;
    await tenable.control('POST', '/clock', { offsetSeconds: 3600 });
    await tenable.control('POST', '/edit', { asset: one?.['id'], delete: true });
    await tenable.control('POST', '/edit', { asset: two?.['id'], terminate: true });
    await tenable.control('POST', '/edit', {
      asset: finding?.asset['uuid'],
      plugin: finding?.plugin['id'],
      fields: { state: 'FIXED', last_fixed: new Date().toISOString() },
    });
    await tenable.control('POST', '/edit', {
      addFinding: { ...finding, plugin: { ...finding?.plugin, id: 999_001 }, indexed: undefined },
    });
    const changed = await tenable.readAll('assets', { ...everyAsset, filters: { updated_at: since } });
    expect(new Set(changed.map((item) => item['id']))).toEqual(new Set([one?.['id'], two?.['id']]));
    const deleted = await tenable.readAll('assets', { ...everyAsset, filters: { is_deleted: true } });
    expect(deleted.map((item) => item['id'])).toEqual([one?.['id']]);
    const [fixed] = await tenable.readAll('vulns', {
      num_assets: 50,
      filters: { indexed_at: since, state: ['FIXED'] },
    });
    expect(fixed && identityOf(fixed)).toBe(finding && identityOf(finding));
  });
});
