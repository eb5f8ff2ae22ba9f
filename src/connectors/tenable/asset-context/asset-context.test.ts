import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  startSimulatorProcess,
  type SimulatorProcess,
} from '../../../../simulators/kit/simulator-process.test-support.ts';
import type { JsonObject } from '../../../platform/values/json.ts';
import type { FieldMapping } from '../../../canonical/mapping/mapping.ts';
import { Secret } from '../../../platform/values/secret.ts';
import { sleep } from '../../../platform/values/abort.ts';
import type { Change, CheckResult, Connector, WriteResult } from '../../kit/contract.ts';
import { createHttpClient } from '../../../platform/http/undici-http-client.ts';
import { businessTagMappings } from './business-tags.ts';
import { tenableConnector } from '../connector.ts';

const keys = { SIMULATOR_ACCESS_KEY: randomUUID(), SIMULATOR_SECRET_KEY: randomUUID() };
const signal = new AbortController().signal;
const component = 'Xacta Component';
const outbound = (externalField: string, internalField: string): FieldMapping => ({
  entityType: 'asset_context',
  externalField,
  internalField,
  direction: 'outbound',
  transforms: [],
  required: false,
});
const mapped = [
  ...businessTagMappings,
  outbound(`attributes.${component}`, 'component_remote_id'),
  outbound('attributes.Xacta System', 'system_remote_id'),
  outbound('acr.score', 'acr_override'),
];

let simulator: SimulatorProcess;
const assets: string[] = [];
const clients: { close(): Promise<void> }[] = [];
beforeAll(async () => {
  simulator = await startSimulatorProcess('tenable', ['--machines', '4', '--acr-apply-ms', '150'], keys);
  const connector = connect(businessTagMappings);
  for await (const event of connector.read('asset', { signal }))
    if (event.type === 'page') for await (const record of event.records) assets.push(record.externalId);
});
beforeEach(async () => {
  await control('POST', '/reset');
});
afterEach(async () => {
  await control('DELETE', '/faults');
});
afterAll(async () => {
  await Promise.all(clients.map((client) => client.close()));
  await simulator.stop();
});

function connect(mappings: readonly FieldMapping[] = mapped, settings: JsonObject = {}): Connector {
  const http = createHttpClient({
    baseUrl: simulator.url,
    requestsPerSecond: 1000,
    concurrency: 4,
    timeouts: { connectMs: 2000, headersMs: 5000, bodyMs: 5000 },
    userAgent: 'Tieline tests',
    attempts: 3,
    backoff: { baseMs: 5, capMs: 50 },
  });
  clients.push(http);
  return tenableConnector.connect({
    settings: tenableConnector.declaration.settings.parse({
      access_key: new Secret(keys.SIMULATOR_ACCESS_KEY),
      secret_key: new Secret(keys.SIMULATOR_SECRET_KEY),
      poll_interval_seconds: 0.01,
      ...settings,
    }),
    http,
    mappings,
    now: () => new Date(),
    sleep,
  });
}
async function control<T = unknown>(method: string, path: string, body?: unknown): Promise<T> {
  const response = await fetch(`${simulator.url}/__control${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${await response.text()}`);
  return (await response.json()) as T;
}
const edit = (body: unknown): Promise<unknown> => control('POST', '/edit', body);
const state = (): Promise<{
  attributes: string[];
  attributeValues: Record<string, Record<string, string>>;
  overwrittenRatings: Record<string, number>;
}> => control('GET', '/state');
/** How often each endpoint was asked so far, by method and path. */
const requests = async (): Promise<Record<string, number>> =>
  (await control<{ requests: Record<string, number> }>('GET', '/requests')).requests;

const change = (asset: string | undefined, fields: JsonObject, before?: JsonObject): Change => ({
  kind: 'update',
  externalId: asset ?? '',
  idempotencyKey: 'k',
  fields,
  ...(before ? { before } : {}),
});
const write = (
  fields: JsonObject,
  { connector = connect(), before }: { connector?: Connector; before?: JsonObject } = {},
): Promise<WriteResult> => connector.write('asset_context', change(assets[0], fields, before), signal);
const check = async (mappings: readonly FieldMapping[]): Promise<CheckResult[]> => {
  const results: CheckResult[] = [];
  for await (const result of connect(mappings).check(signal)) results.push(result);
  return results;
};

describe('custom attributes', () => {
  const ids = { [component]: 'CMP-7', 'Xacta System': 'SYS-1' };

  it('custom attributes are defined with the first value, and confirmed when the asset shows them', async () => {
    const written = await write({ attributes: ids });
    expect(written).toMatchObject({ outcome: 'confirmed', record: { raw: { attributes: ids } } });
    const { attributes, attributeValues } = await state();
    expect([attributes, attributeValues]).toEqual([
      ['Xacta Component', 'Xacta System'],
      { [assets[0] ?? '']: ids },
    ]);
    const found = await connect().find('asset_context', { by: 'id', externalId: assets[0] ?? '' }, signal);
    expect(found?.raw).toMatchObject({ attributes: ids, acr: { score: expect.any(Number) as number } });
    // An export shows none: the version must be the same with them and without.
    expect(found?.version).toBe(written.outcome === 'confirmed' ? written.record.version : '');
  });

  it('custom attributes are not requested where no mapping names one', async () => {
    const before = await requests();
    const found = await connect(businessTagMappings).find(
      'asset_context',
      { by: 'id', externalId: assets[0] ?? '' },
      signal,
    );
    expect(Object.keys(found?.raw ?? {})).toEqual(['asset', 'tags']);
    const asked = Object.entries(await requests()).filter(([what, n]) => n !== (before[what] ?? 0));
    expect(asked.map(([what]) => what)).toEqual(['GET /tags/assets/:uuid/assignments']);
  });

  it('custom attributes are defined once by many changes at once', async () => {
    const connector = connect();
    const results = await Promise.all(
      assets.map((asset) => connector.write('asset_context', change(asset, { attributes: ids }), signal)),
    );
    expect(results.map((each) => each.outcome)).toEqual(assets.map(() => 'confirmed'));
    expect((await state()).attributes).toHaveLength(2);
  });

  it('custom attributes are written only where they differ', async () => {
    await write({ attributes: ids });
    const before = await requests();
    await write({ attributes: ids }, { before: { attributes: ids } });
    const after = await requests();
    const put = 'PUT /api/v3/assets/:asset/attributes/:id';
    expect(after[put]).toBe(before[put]);
  });

  it('custom attributes are removed where no value should be any more', async () => {
    await write({ attributes: ids });
    const off = { attributes: { [component]: null } };
    expect(await write(off, { before: { attributes: ids } })).toMatchObject({ outcome: 'confirmed' });
    expect((await state()).attributeValues).toEqual({ [assets[0] ?? '']: { 'Xacta System': 'SYS-1' } });
  });

  it('custom attributes name the administrator where the account may not define one, and are written where it is defined', async () => {
    await edit({ role: 40 });
    const connector = connect();
    expect(await write({ attributes: ids }, { connector })).toMatchObject({
      outcome: 'rejected',
      fields: [
        {
          field: `attributes.${component}`,
          message: expect.stringMatching(/may not define it.*Administrator \[64\]/) as string,
        },
        { field: 'attributes.Xacta System' },
      ],
    });
    await edit({ defineAttributes: Object.keys(ids) });
    expect(await write({ attributes: ids })).toMatchObject({ outcome: 'confirmed' });
  });

  it('a container full of custom attributes is tried once, and the refusal lists what it holds', async () => {
    const others = Array.from({ length: 9 }, (_, n) => `Other ${n}`);
    await edit({ defineAttributes: others });
    const connector = connect();
    const message = expect.stringMatching(/takes 10 custom attributes and has 9 \(Other 0, /) as string;
    const refused = { outcome: 'rejected', fields: [{ message }, { message }] };
    expect(await write({ attributes: ids }, { connector })).toMatchObject(refused);
    expect((await state()).attributes).toEqual(others);
    expect(await write({ attributes: { [component]: 'CMP-7' } }, { connector: connect() })).toMatchObject({
      outcome: 'confirmed',
    });
  });

  it('custom attributes do not overwrite what somebody else wrote', async () => {
    await edit({ defineAttributes: [component] });
    await edit({ asset: assets[0], attributes: { [component]: 'by hand' } });
    expect(await write({ attributes: { [component]: 'CMP-7' } })).toMatchObject({
      outcome: 'rejected',
      fields: [{ field: `attributes.${component}`, message: expect.stringContaining('"by hand"') as string }],
    });
    expect((await state()).attributeValues[assets[0] ?? '']).toEqual({ [component]: 'by hand' });
    const knowing = { before: { attributes: { [component]: 'by hand' } } };
    expect(await write({ attributes: { [component]: 'CMP-7' } }, knowing)).toMatchObject({
      outcome: 'confirmed',
    });
  });

  it.each([
    ['a definition', { method: 'POST', path: '/assets/attributes$' }],
    ['a value', { method: 'PUT', path: '/attributes/' }],
  ])('custom attributes are made once though the answer to %s is lost', async (_what, match) => {
    await control('PUT', '/faults', [{ kind: 'commit-cut', times: 3, match }]);
    const connector = connect();
    expect((await write({ attributes: ids }, { connector })).outcome).toBe('unknown');
    await control('DELETE', '/faults');
    expect(await write({ attributes: ids }, { connector })).toMatchObject({ outcome: 'confirmed' });
    const { attributes, attributeValues } = await state();
    expect([attributes, attributeValues]).toEqual([
      ['Xacta Component', 'Xacta System'],
      { [assets[0] ?? '']: ids },
    ]);
  });

  it('custom attributes must be one text', async () => {
    expect(await write({ attributes: { [component]: ['a', 'b'] } })).toMatchObject({
      outcome: 'rejected',
      fields: [{ field: `attributes.${component}`, message: expect.stringContaining('one text') as string }],
    });
  });
});

describe('the criticality rating', () => {
  it('the criticality rating is confirmed when the asset shows it, and seen in an export', async () => {
    expect(await write({ acr: { score: 9 } })).toMatchObject({
      outcome: 'confirmed',
      record: { raw: { acr: { score: 9 } } },
    });
    expect((await state()).overwrittenRatings).toEqual({ [assets[0] ?? '']: 9 });
    const shown: unknown[] = [];
    for await (const event of connect().read('asset', { signal }))
      if (event.type === 'page')
        for await (const { externalId, raw } of event.records)
          if (externalId === assets[0]) shown.push([raw['acr_score'], raw['ratings']]);
    expect(shown).toMatchObject([['9.0', { acr: { score: 9 } }]]);
  });

  it('the criticality rating stays unknown while the asset shows another', async () => {
    await write({ acr: { score: 9 } });
    const connector = connect(mapped, { tag_visible_seconds: 0 });
    expect((await write({ acr: { score: 3 } }, { connector })).outcome).toBe('unknown');
  });

  it.each([[0], [11], [5.5], ['9']])(
    'the criticality rating %s is refused before anything is sent',
    async (score) => {
      const before = await requests();
      expect(await write({ acr: { score } })).toMatchObject({
        outcome: 'rejected',
        fields: [{ field: 'acr.score', message: 'must be a whole number from 1 to 10.' }],
      });
      expect(await requests()).toEqual(before);
    },
  );

  it('the criticality rating cannot be given back, and that is reported', async () => {
    expect(await write({ acr: { score: null } })).toMatchObject({
      outcome: 'rejected',
      fields: [{ message: expect.stringContaining('cannot be given back') as string }],
    });
  });

  it.each([
    ['a Lumin licence', { lumin: false }],
    ['the role Scan Operator', { role: 16 }],
  ])('the criticality rating is refused without %s, with the remedy', async (_what, lack) => {
    await edit(lack);
    expect(await write({ acr: { score: 9 } })).toMatchObject({
      outcome: 'rejected',
      fields: [
        {
          field: 'acr.score',
          message: expect.stringMatching(/Lumin licence and the role Scan Operator \[24\]/) as string,
        },
      ],
    });
  });

  it('the criticality rating of an asset that does not exist is missing', async () => {
    const gone = '11111111-1111-4111-8111-111111111111';
    const result = await connect().write('asset_context', change(gone, { acr: { score: 9 } }), signal);
    expect(result.outcome).toBe('missing');
  });
});

describe('checking', () => {
  const ofContext = (results: readonly CheckResult[]): CheckResult[] =>
    results.filter(({ check: name }) => ['custom attributes', 'criticality rating'].includes(name));
  const brief = (results: readonly CheckResult[]): string[] =>
    ofContext(results).map((each) => `${each.check}: ${each.status}`);

  it('the connection check reports nothing about attributes that no mapping names', async () => {
    expect(brief(await check(businessTagMappings))).toEqual([]);
  });

  it('the connection check reports what the account may do, and what is missing', async () => {
    expect(brief(await check(mapped))).toEqual(['custom attributes: ok', 'criticality rating: ok']);
    await edit({ role: 16 });
    const results = await check(mapped);
    expect(brief(results)).toEqual(['custom attributes: failed', 'criticality rating: failed']);
    expect(ofContext(results).map((each) => each.remedy)).toEqual([
      expect.stringContaining('administrator'),
      expect.stringContaining('Lumin licence'),
    ]);
    await edit({ defineAttributes: [component, 'Xacta System'] });
    expect(brief(await check(mapped))[0]).toBe('custom attributes: ok');
  });

  it('the connection check fails where the container is full', async () => {
    await edit({ defineAttributes: Array.from({ length: 10 }, (_, n) => `Other ${n}`) });
    const found = (await check(mapped)).find((each) => each.check === 'custom attributes');
    expect(found).toMatchObject({ status: 'failed', detail: expect.stringContaining('takes 10') as string });
  });
});
