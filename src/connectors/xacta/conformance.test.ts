import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { JsonObject } from '../../platform/values/json.ts';
import type { EntityType } from '../kit/contract.ts';
import type { ConformanceFault, ConformanceHarness } from '../kit/conformance/harness.ts';
import { describeConnectorConformance } from '../kit/conformance/suite.ts';
import { xactaConnector } from './connector.ts';
import { startXactaSimulator } from './simulator.test-support.ts';

type State = Record<
  'systems' | 'components' | 'controls' | 'poams' | 'artifacts',
  (JsonObject & { id: string })[]
>;

const listOf: Partial<Record<EntityType, keyof State>> = {
  system: 'systems',
  component: 'components',
  control: 'controls',
  poam: 'poams',
  artifact: 'artifacts',
};
const pathOf: Partial<Record<EntityType, string>> = {
  system: '^/api/systems$',
  component: '/components$',
  control: '/controls',
  poam: '/poams',
  milestone: '/(poams|milestones)',
  artifact: '/artifacts$',
};

function faultsFor(fault: ConformanceFault, entity: EntityType): unknown[] {
  const match = { path: pathOf[entity] };
  switch (fault) {
    case 'rate-limit':
      return [{ kind: 'rate-limit', retryAfterSeconds: 0, times: 3, match }];
    case 'server-error':
      return [{ kind: 'server-error', status: 503, times: 3, match: { ...match, method: 'GET' } }];
    case 'body-cut':
      return [{ kind: 'cut-body', afterBytes: 200, times: 1, match: { ...match, method: 'GET' } }];
    case 'commit-then-cut':
      return [
        { kind: 'commit-cut', times: 1, match: { ...match, method: 'POST' } },
        { kind: 'commit-cut', times: 1, match: { ...match, method: 'PUT' } },
      ];
    case 'duplicate-delivery':
      return [{ kind: 'duplicate', times: 1, match }];
    case 'schema-drift':
      return [
        { kind: 'schema-drift', entity, field: 'name', mode: 'wrong-type' },
        { kind: 'schema-drift', entity, field: 'status', mode: 'missing' },
        { kind: 'schema-drift', entity, field: 'brand_new', mode: 'extra' },
      ];
  }
}

async function start(): Promise<ConformanceHarness> {
  const simulator = await startXactaSimulator();
  let samples = 0;
  const state = () => simulator.control<State>('GET', '/state');
  const milestones = async () =>
    (await state()).poams.flatMap((poam) => poam['milestones'] as (JsonObject & { id: string })[]);
  const recordsOf = async (entity: EntityType) => {
    const list = listOf[entity];
    return list ? (await state())[list] : milestones();
  };
  return {
    connect: () => simulator.connect(),
    async reset() {
      await simulator.control('POST', '/reset');
    },
    async setFault(fault, entity) {
      await simulator.control('PUT', '/faults', faultsFor(fault, entity));
    },
    async clearFaults() {
      await simulator.control('DELETE', '/faults');
    },
    remoteIds: async (entity) => (await recordsOf(entity)).map((record) => record.id),
    async remove(entity) {
      const id = (await recordsOf(entity)).at(-1)?.id ?? '';
      await simulator.control('POST', '/edit', { entity, id, delete: true });
      return id;
    },
    async touch(entity, id) {
      await simulator.control('POST', '/edit', { entity, id, fields: {} });
    },
    async sampleCreate(entity) {
      samples += 1;
      const uid = `conformance-${samples}`;
      if (entity === 'milestone') {
        const open = (await recordsOf('poam')).find((poam) => poam['status'] === 'ongoing');
        // None may lie beyond the day of its POA&M.
        const fields = {
          description: uid,
          target_date: open?.['scheduled_completion'] ?? null,
          status: 'pending',
        };
        return { kind: 'create', parentId: open?.id ?? '', idempotencyKey: uid, fields };
      }
      if (entity === 'artifact') {
        const open = (await recordsOf('poam')).find((poam) => poam['status'] === 'ongoing');
        const content = Buffer.from(`what ${uid} shows\n`);
        const sha256 = createHash('sha256').update(content).digest('hex');
        return {
          kind: 'create',
          parentId: open?.id ?? '',
          idempotencyKey: uid,
          fields: { name: `${uid}.txt`, description: 'Evidence', sha256 },
          file: {
            sha256,
            name: `${uid}.txt`,
            bytes: content.length,
            open: () => Promise.resolve(Readable.from([content])),
          },
        };
      }
      return {
        kind: 'create',
        parentId: 'SYS-ENT-001',
        idempotencyKey: uid,
        fields: {
          external_uid: uid,
          weakness_description: `Sample ${samples}`,
          source: 'Conformance',
          poc: 'Jane Doe',
          resources: 'One hour',
          status: 'ongoing',
          scheduled_completion: '2031-01-31',
          original_detection_date: '2030-01-01',
        },
        children: [
          {
            entity: 'milestone',
            records: [{ description: 'Do it', target_date: '2031-01-15', status: 'pending' }],
          },
        ],
      };
    },
    sampleUpdate(entity, record) {
      samples += 1;
      const text = `updated ${samples}`;
      return {
        kind: 'update',
        externalId: record.externalId,
        ...(record.parentId === undefined ? {} : { parentId: record.parentId }),
        ...(record.version === undefined ? {} : { version: record.version }),
        idempotencyKey: text,
        fields: entity === 'control' ? { implementation_guidance: text } : { comments: text },
      };
    },
    findKey: (_entity, change) =>
      change.kind === 'update'
        ? {
            by: 'id',
            externalId: change.externalId ?? '',
            ...(change.parentId === undefined ? {} : { parentId: change.parentId }),
          }
        : {
            by: 'idempotency-key',
            idempotencyKey: change.idempotencyKey,
            parentId: change.parentId ?? '',
            fields: change.fields,
          },
    async effects(entity, change) {
      const records = await recordsOf(entity);
      return records.filter((record) =>
        change.kind === 'create'
          ? record[entity === 'milestone' ? 'description' : 'external_uid'] === change.idempotencyKey
          : record['comments'] === change.idempotencyKey ||
            record['implementation_guidance'] === change.idempotencyKey,
      ).length;
    },
    stop: () => simulator.stop(),
  };
}

describeConnectorConformance({
  name: 'Xacta (default profile, simulator)',
  declaration: xactaConnector.declaration,
  start,
});
