import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { startSimulatorProcess } from '../../../simulators/kit/simulator-process.test-support.ts';
import { scalarText } from '../../platform/values/json.ts';
import { Secret } from '../../platform/values/secret.ts';
import type { Connector, EntityType } from '../kit/contract.ts';
import type { ConformanceFault, ConformanceHarness } from '../kit/conformance/harness.ts';
import { describeConnectorConformance } from '../kit/conformance/suite.ts';
import { createHttpClient } from '../../platform/http/undici-http-client.ts';
import { tenableConnector } from './connector.ts';

const keys = { SIMULATOR_ACCESS_KEY: randomUUID(), SIMULATOR_SECRET_KEY: randomUUID() };
const headers = {
  'X-ApiKeys': `accessKey=${keys.SIMULATOR_ACCESS_KEY};secretKey=${keys.SIMULATOR_SECRET_KEY}`,
};

const kindOf = (entity: EntityType): 'assets' | 'vulns' | 'compliance' =>
  entity === 'asset' ? 'assets' : entity === 'compliance' ? 'compliance' : 'vulns';

function faultsFor(fault: ConformanceFault, entity: EntityType): object[] {
  if (entity === 'acceptance' && fault === 'body-cut')
    return [{ kind: 'cut-body', afterBytes: 400, times: 1, match: { path: '/rules/search' } }];
  const kind = kindOf(entity);
  switch (fault) {
    case 'rate-limit':
      return [{ kind: 'rate-limit', retryAfterSeconds: 0, times: 3 }];
    case 'server-error':
      return [{ kind: 'server-error', status: 503, times: 3 }];
    case 'body-cut':
      return [{ kind: 'cut-body', afterBytes: 2000, times: 1, match: { path: `/${kind}/.*/chunks/` } }];
    case 'commit-then-cut':
      return [
        {
          kind: 'commit-cut',
          times: 1,
          match: { method: 'P(OST|UT)', path: '^/(tags/|v1/recast/rules(/[0-9a-f-]+)?$)' },
        },
      ];
    case 'duplicate-delivery':
      return [{ kind: 'duplicate' }];
    case 'schema-drift':
      return [
        {
          kind: 'schema-drift',
          entity,
          field: entity === 'asset' ? 'hostnames' : entity === 'compliance' ? 'solution' : 'severity',
          mode: 'missing',
        },
        {
          kind: 'schema-drift',
          entity,
          field: entity === 'asset' ? 'updated_at' : 'state',
          mode: 'wrong-type',
        },
        { kind: 'schema-drift', entity, field: 'brand_new', mode: 'extra' },
      ];
  }
}

async function start(): Promise<ConformanceHarness> {
  // Twice the small world in chunks of the smallest size: a read of each entity takes several chunks.
  const simulator = await startSimulatorProcess(
    'tenable',
    ['--size', '2', '--queued-ms', '0', '--processing-ms', '20', '--doubles', 'no'],
    keys,
  );
  const clients: { close(): Promise<void> }[] = [];
  let samples = 0;

  function connect(): Connector {
    const http = createHttpClient({
      baseUrl: simulator.url,
      requestsPerSecond: 1000,
      concurrency: 2,
      timeouts: { connectMs: 2000, headersMs: 5000, bodyMs: 5000 },
      userAgent: 'Tieline tests',
      attempts: 6,
      backoff: { baseMs: 5, capMs: 50 },
    });
    clients.push(http);
    const settings = tenableConnector.declaration.settings.parse({
      access_key: new Secret(keys.SIMULATOR_ACCESS_KEY),
      secret_key: new Secret(keys.SIMULATOR_SECRET_KEY),
      num_assets_per_chunk: 50,
      chunk_size: 100,
      num_results_per_chunk: 50,
      poll_interval_seconds: 0.01,
      tag_visible_seconds: 2,
      rules_per_page: 2,
    });
    return tenableConnector.connect({
      settings,
      http,
      now: () => new Date(),
      sleep: async (ms, signal) => {
        await delay(Math.min(ms, 20), undefined, { signal });
      },
    });
  }
  async function control<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(`${simulator.url}/__control${path}`, {
      method,
      ...(body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${await response.text()}`);
    return (await response.json()) as T;
  }
  type Rule = { readonly rule_id: string; readonly rule_value: { readonly comment?: string } };
  const rules = async (): Promise<Rule[]> => (await control<{ rules: Rule[] }>('GET', '/state')).rules;
  /** Rules that somebody made in Tenable. */
  async function makeRules(): Promise<void> {
    for (const plugin of [10_001, 10_002, 10_003, 10_004, 10_005])
      await fetch(`${simulator.url}/v1/recast/rules`, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        body: JSON.stringify({
          resource_type: 'HOST',
          rule_value: { action: 'ACCEPT', comment: `kept for plugin ${plugin}` },
          filter: { and: [{ property: 'definition.id', operator: 'eq', value: String(plugin) }] },
        }),
      });
  }
  /** The ids that an export of everything gives, asked for without the connector. */
  async function exported(entity: EntityType): Promise<string[]> {
    if (entity === 'acceptance') return (await rules()).map((rule) => rule.rule_id);
    const kind = kindOf(entity);
    const body =
      entity === 'asset'
        ? { chunk_size: 5000 }
        : entity === 'compliance'
          ? { num_findings: 10_000 }
          : { num_assets: 5000, filters: { since: 1, state: ['OPEN', 'REOPENED', 'FIXED'] } };
    const call = async <T>(path: string, init: RequestInit = {}): Promise<T> =>
      (await (
        await fetch(`${simulator.url}${path}`, {
          ...init,
          headers: { ...headers, 'content-type': 'application/json' },
        })
      ).json()) as T;
    const { export_uuid } = await call<{ export_uuid: string }>(`/${kind}/export`, {
      method: 'POST',
      body: JSON.stringify(body),
    });
    let chunks: number[] = [];
    for (let waited = 0; waited < 3000 && chunks.length === 0; waited += 20) {
      await delay(20);
      chunks = (await call<{ chunks_available: number[] }>(`/${kind}/export/${export_uuid}/status`))
        .chunks_available;
    }
    const records = (
      await Promise.all(
        chunks.map((chunk) =>
          call<Record<string, unknown>[]>(`/${kind}/export/${export_uuid}/chunks/${chunk}`),
        ),
      )
    ).flat();
    return [...new Set(records.map((record) => idOf(entity, record)))];
  }
  function idOf(entity: EntityType, record: Record<string, unknown>): string {
    if (entity === 'asset') return String(record['id']);
    return entity === 'compliance'
      ? [record['asset_uuid'], record['audit_file'], record['check_id']].join(':')
      : findingId(record);
  }
  function findingId(record: Record<string, unknown>): string {
    const { asset, plugin, port } = record as {
      asset: { uuid: string };
      plugin: { id: number };
      port: { port: number; protocol: string };
    }; // as the simulator makes them
    return `${asset.uuid}:${plugin.id}:${port.port}:${port.protocol.toLowerCase()}`;
  }

  return {
    connect,
    async reset() {
      await control('POST', '/reset');
      await makeRules();
    },
    async setFault(fault, entity) {
      await control('PUT', '/faults', faultsFor(fault, entity));
    },
    async clearFaults() {
      await control('DELETE', '/faults');
    },
    remoteIds: exported,
    async remove(entity) {
      const [id = ''] = await exported(entity);
      const [asset = '', plugin] = id.split(':');
      await control(
        'POST',
        '/edit',
        entity === 'acceptance'
          ? { rule: id, delete: true }
          : entity === 'asset'
            ? { asset: id, delete: true }
            : entity === 'compliance'
              ? { asset, check: id.split(':')[2], fields: { removed: true } }
              : { asset, plugin: Number(plugin), fields: { removed: true } },
      );
      return id;
    },
    saysDeleted: (_entity, record) => typeof record.raw['deleted_at'] === 'string',
    async touch(entity, id) {
      if (entity === 'asset_context') {
        const change = { kind: 'update', externalId: id, idempotencyKey: 'somebody else' } as const;
        const fields = { tags: { 'Network Zone': 'DMZ' } };
        await connect().write(entity, { ...change, fields }, new AbortController().signal);
        return;
      }
      const [asset = '', plugin] = id.split(':');
      await control(
        'POST',
        '/edit',
        entity === 'acceptance'
          ? { rule: id, fields: { rule_name: 'touched' } }
          : entity === 'asset'
            ? { asset: id }
            : entity === 'compliance'
              ? { asset, check: id.split(':')[2], fields: {} }
              : { asset, plugin: Number(plugin), fields: {} },
      );
    },
    async sampleRecord(entity) {
      if (entity !== 'asset_context') return undefined;
      const [asset = ''] = await exported('asset');
      return await connect().find(entity, { by: 'id', externalId: asset }, new AbortController().signal);
    },
    sampleUpdate: (entity, record) => ({
      kind: 'update',
      externalId: record.externalId,
      ...(record.version === undefined ? {} : { version: record.version }),
      idempotencyKey: 'context',
      fields:
        entity === 'acceptance'
          ? { rule: { comment: 'changed here' } }
          : { tags: { Environment: 'Staging' } },
    }),
    async sampleCreate(entity) {
      samples += 1;
      if (entity === 'acceptance')
        return {
          kind: 'create',
          idempotencyKey: `key${samples}`,
          fields: {
            rule: {
              kind: 'accepted',
              plugin_id: String(19_000 + samples),
              scope: 'all',
              comment: `sample ${samples}`,
              status: 'active',
            },
          },
        };
      return {
        kind: 'create',
        idempotencyKey: `key${samples}`,
        fields: {
          category: 'Xacta System',
          value: `SYS-${samples}`,
          asset_uuids: (await exported('asset')).slice(0, 2),
        },
      };
    },
    findKey: (entity, change) =>
      entity === 'acceptance'
        ? { by: 'idempotency-key', idempotencyKey: change.idempotencyKey }
        : {
            by: 'id',
            externalId: String((change.fields['asset_uuids'] as string[])[0]),
          },
    async effects(entity, change) {
      if (entity === 'asset_context') {
        const state = await control<{ assignments: Record<string, string[]> }>('GET', '/state');
        const tags = state.assignments[change.externalId ?? ''] ?? [];
        return tags.filter((tag) => tag === 'Environment:Staging').length;
      }
      if (entity === 'acceptance') {
        const { comment } = change.fields['rule'] as { comment: string };
        return (await rules()).filter((rule) => rule.rule_value.comment === comment).length;
      }
      const { assignments } = await control<{ assignments: Record<string, string[]> }>('GET', '/state');
      const tag = `Xacta System:${scalarText(change.fields['value'])}`;
      return (
        Object.values(assignments)
          .flat()
          .filter((each) => each === tag).length / 2
      );
    },
    async stop() {
      await Promise.all(clients.map((client) => client.close()));
      await simulator.stop();
    },
  };
}

describeConnectorConformance({
  name: 'Tenable (simulator)',
  declaration: tenableConnector.declaration,
  start,
});
