import { scalarText } from '../../platform/values/json.ts';
import type { EntityType, ExternalRecord } from '../kit/contract.ts';
import type { ConformanceFault, ConformanceHarness } from '../kit/conformance/harness.ts';
import { describeConnectorConformance } from '../kit/conformance/suite.ts';
import { tenableScConnector } from './connector.ts';
import { startSecurityCenter } from './simulator.test-support.ts';

interface HeldRow {
  readonly ip: string;
  readonly uuid: string;
  readonly dnsName: string;
  readonly uniqueness: string;
  readonly repository: { readonly id: string };
}
interface SimulatorState {
  readonly rules: readonly { readonly key: string; readonly comments: string }[];
  readonly hosts: readonly { readonly key: string; readonly row: HeldRow }[];
  readonly findings: readonly (HeldRow & {
    readonly key: string;
    readonly plugin: string;
    readonly port: string;
    readonly protocol: string;
  })[];
}

/** The two ways in which the simulator's world distinguishes machines. */
const hostId = ({ ip, uuid, dnsName, uniqueness, repository }: HeldRow): string =>
  (uniqueness.includes('uuid')
    ? `repositoryID=${repository.id}&uuid=${uuid}`
    : `repositoryID=${repository.id}&ip=${ip}&dnsName=${dnsName.toLowerCase()}`
  ).replace(uuid, uuid.toLowerCase());

function faultsFor(fault: ConformanceFault, entity: EntityType): object[] {
  switch (fault) {
    case 'rate-limit':
      return [{ kind: 'rate-limit', retryAfterSeconds: 0, times: 3 }];
    case 'server-error':
      return [{ kind: 'server-error', status: 503, times: 3 }];
    case 'body-cut':
      return [
        {
          kind: 'cut-body',
          afterBytes: 400,
          times: 1,
          match: { path: entity === 'acceptance' ? 'RiskRule' : '/analysis' },
        },
      ];
    case 'commit-then-cut':
      return [{ kind: 'commit-cut', times: 1, match: { method: 'POST', path: 'RiskRule' } }];
    case 'duplicate-delivery':
      return [{ kind: 'duplicate' }];
    case 'schema-drift':
      return [
        { kind: 'schema-drift', entity, field: 'synopsis', mode: 'missing' },
        { kind: 'schema-drift', entity, field: 'lastSeen', mode: 'wrong-type' },
        { kind: 'schema-drift', entity, field: 'brand_new', mode: 'extra' },
      ];
  }
}

async function start(): Promise<ConformanceHarness> {
  const simulator = await startSecurityCenter(['--machines', '24']);
  let samples = 0;

  const state = async (): Promise<SimulatorState> => await simulator.control('GET', '/state');
  async function makeRules(): Promise<void> {
    for (const [kind, plugin] of [
      ['accept', '10001'],
      ['recast', '10002'],
      ['accept', '10003'],
    ])
      await simulator.call('POST', `/rest/${kind}RiskRule`, {
        plugin: { id: plugin },
        repositories: [{ id: '1' }, { id: '2' }],
        hostType: 'all',
        comments: `kept for plugin ${plugin}`,
        ...(kind === 'recast' ? { newSeverity: { id: '1' } } : {}),
      });
  }
  async function idsOf(entity: EntityType): Promise<{ id: string; edit: object }[]> {
    const { rules, hosts, findings } = await state();
    if (entity === 'asset') return hosts.map(({ key, row }) => ({ id: hostId(row), edit: { host: key } }));
    if (entity === 'finding')
      return findings.map((row) => ({
        id: [hostId(row), row.plugin, row.port, row.protocol.toLowerCase()].join(':'),
        edit: { finding: row.key },
      }));
    return rules.map(({ key }) => ({ id: key, edit: { rule: key } }));
  }

  return {
    connect: () => simulator.connect(),
    async reset() {
      await simulator.control('POST', '/reset');
      await makeRules();
    },
    async setFault(fault, entity) {
      await simulator.control('PUT', '/faults', faultsFor(fault, entity));
    },
    async clearFaults() {
      await simulator.control('DELETE', '/faults');
    },
    remoteIds: async (entity) => (await idsOf(entity)).map(({ id }) => id),
    async remove(entity) {
      const [first] = await idsOf(entity);
      if (!first) throw new Error(`the simulator has no ${entity}`);
      await simulator.control('POST', '/edit', { ...first.edit, remove: true, delete: true });
      return first.id;
    },
    async touch(entity, id) {
      const found = (await idsOf(entity)).find((each) => each.id === id);
      await simulator.control('POST', '/edit', { ...found?.edit, comments: 'touched' });
    },
    sampleUpdate: (_entity, record: ExternalRecord) => ({
      kind: 'update',
      externalId: record.externalId,
      ...(record.version === undefined ? {} : { version: record.version }),
      idempotencyKey: 'changed',
      fields: { comment: 'changed here' },
    }),
    async sampleCreate() {
      samples += 1;
      return {
        kind: 'create',
        idempotencyKey: `key${samples}`,
        fields: {
          kind: 'accepted',
          plugin_id: String(19_000 + samples),
          scope: 'all',
          repository_id: '2',
          comment: `sample ${samples}`,
          standing: 'active',
        },
      };
    },
    findKey: (_entity, change) => ({ by: 'idempotency-key', idempotencyKey: change.idempotencyKey }),
    async effects(_entity, change) {
      const comment = scalarText(change.fields['comment'] ?? '');
      return (await state()).rules.filter((rule) => rule.comments.startsWith(comment)).length;
    },
    async stop() {
      await simulator.stop();
    },
  };
}

describeConnectorConformance({
  name: 'Tenable Security Center (simulator)',
  declaration: tenableScConnector.declaration,
  start,
});
