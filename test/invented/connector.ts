/** The connector of an invented lessor's server: facilities, which are systems here, and their leases. */
import type { FieldMapping, Transform } from '../../src/canonical/mapping/mapping.ts';
import type { ConnectorModule } from '../../src/connectors/kit/contract.ts';
import { leaseName } from './lease.ts';
import { connectToRecords, tokenSettings, type TokenSettings } from './records-api.ts';

const text: Transform = { kind: 'text' };
const day: Transform = { kind: 'date', external: 'date', internal: 'date' };
const states: Transform = {
  kind: 'values',
  map: { active: 'Active', suspended: 'Suspended', ended: 'Ended' },
};

const inbound = (
  entityType: string,
  externalField: string,
  internalField: string,
  transforms: readonly Transform[] = [text],
): FieldMapping => ({
  entityType,
  externalField,
  internalField,
  direction: 'inbound',
  transforms,
  required: true,
});
const both = (
  externalField: string,
  internalField: string,
  transforms: readonly Transform[] = [text],
): FieldMapping => ({
  entityType: 'lease',
  externalField,
  internalField,
  direction: 'bidirectional',
  transforms,
  required: false,
});

export const lessorConnector: ConnectorModule<TokenSettings> = {
  declaration: {
    systemType: 'lessor',
    title: 'Lessor',
    settings: tokenSettings,
    secrets: [{ name: 'token', prompt: 'API token', env: 'LESSOR_TOKEN' }],
    entities: {
      system: { readAll: true, readChanges: true, create: false, update: false, find: true },
      [leaseName]: { readAll: true, readChanges: true, create: true, update: true, find: true },
    },
    limits: { requestsPerSecond: 1000, concurrency: 4 },
    mappings: [
      inbound('system', 'id', 'remote_id'),
      inbound('system', 'id', 'system_id'),
      inbound('system', 'name', 'name'),
      inbound('system', 'id', 'uuid', [{ kind: 'uuid', derive: true }]),
      inbound('lease', 'id', 'remote_id'),
      inbound('lease', 'facility', 'parent_remote_id'),
      inbound('lease', 'number', 'lease_number'),
      both('subject', 'title'),
      both('lessee', 'lessee'),
      both('rooms', 'rooms', [{ kind: 'list' }]),
      both('until', 'ends_on', [day]),
      both('state', 'status', [states]),
      both('remarks', 'remarks'),
    ],
  },
  connect: (context) =>
    connectToRecords(context, [
      { entity: 'system', list: 'facilities' },
      { entity: leaseName, list: 'leases', parent: 'facility' },
    ]),
};
