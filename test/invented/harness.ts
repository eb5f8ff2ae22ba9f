/** Holds the connector of an invented product to the conformance suite. */
import { setTimeout as delay } from 'node:timers/promises';
import type { ConnectorModule, EntityType, ExternalRecord } from '../../src/connectors/kit/contract.ts';
import type { ConformanceFault, ConformanceHarness } from '../../src/connectors/kit/conformance/harness.ts';
import { createHttpClient } from '../../src/platform/http/undici-http-client.ts';
import { Secret } from '../../src/platform/values/secret.ts';
import type { JsonObject } from '../../src/platform/values/json.ts';
import type { TokenSettings } from './records-api.ts';
import { startInventedServer } from './start-server.ts';

const times: Readonly<Record<ConformanceFault, number>> = {
  'rate-limit': 3,
  'server-error': 3,
  'body-cut': 1,
  'commit-then-cut': 1,
  'duplicate-delivery': 1,
  'schema-drift': 1,
};

export interface InventedSubject {
  readonly product: 'lessor' | 'governor';
  readonly module: ConnectorModule<TokenSettings>;
  readonly lists: Partial<Record<EntityType, string>>;
  /** The text that an update writes, and what a new record says beside it. */
  readonly textField: string;
  readonly ofNew: JsonObject;
  readonly parentOfNew: string;
}

export async function startHarness(subject: InventedSubject): Promise<ConformanceHarness> {
  const server = await startInventedServer(subject.product);
  const clients: { close(): Promise<void> }[] = [];
  let samples = 0;
  const listOf = (entity: EntityType): string => subject.lists[entity] ?? '';
  return {
    connect() {
      const http = createHttpClient({
        baseUrl: server.url,
        requestsPerSecond: 1000,
        concurrency: 4,
        timeouts: { connectMs: 2000, headersMs: 5000, bodyMs: 5000 },
        userAgent: 'Tieline tests',
        attempts: 6,
        backoff: { baseMs: 5, capMs: 50 },
      });
      clients.push(http);
      return subject.module.connect({
        settings: { token: new Secret(server.token) },
        http,
        now: () => new Date(),
        sleep: async (ms, signal) => {
          await delay(ms, undefined, { signal });
        },
      });
    },
    async reset() {
      await server.control('POST', '/reset');
    },
    async setFault(fault) {
      const kind = fault === 'schema-drift' ? 'drift' : fault;
      await server.control('PUT', '/faults', { kind, times: times[fault] });
    },
    async clearFaults() {
      await server.control('DELETE', '/faults');
    },
    remoteIds: async (entity) => (await server.items(listOf(entity))).map(({ id }) => id),
    async remove(entity) {
      const id = (await server.items(listOf(entity))).at(-1)?.id ?? '';
      await server.remove(listOf(entity), id);
      return id;
    },
    touch: (entity, id) => server.edit(listOf(entity), id, {}),
    async sampleCreate() {
      samples += 1;
      return {
        kind: 'create',
        parentId: subject.parentOfNew,
        idempotencyKey: `sample-${samples}`,
        fields: { ...subject.ofNew, [subject.textField]: `sample-${samples}` },
      };
    },
    sampleUpdate(_entity, record: ExternalRecord) {
      samples += 1;
      return {
        kind: 'update',
        externalId: record.externalId,
        ...(record.version === undefined ? {} : { version: record.version }),
        idempotencyKey: `sample-${samples}`,
        fields: { [subject.textField]: `sample-${samples}` },
      };
    },
    findKey: (_entity, change) =>
      change.kind === 'update'
        ? { by: 'id', externalId: change.externalId ?? '' }
        : { by: 'idempotency-key', idempotencyKey: change.idempotencyKey },
    effects: async (entity, change) =>
      (await server.items(listOf(entity))).filter((item) => item[subject.textField] === change.idempotencyKey)
        .length,
    async stop() {
      await Promise.all(clients.map((client) => client.close()));
      await server.stop();
    },
  };
}
