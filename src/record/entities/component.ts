import { identifiersOfComponent } from '../../canonical/identity/index.ts';
import { componentRecord, type ComponentRecord } from '../../canonical/record-fields/index.ts';
import { replaceComponentIdentifiers } from '../systems/index.ts';
import { asJson, excludedSystems, stamped } from './columns.ts';
import { defineEntity } from './define-entity.ts';

export const component = defineEntity({
  name: 'component',
  kind: 'linked',
  title: { one: 'component', many: 'components' },
  readTurn: 60,
  absence: 'mark',
  record: asJson(componentRecord),
  row: {
    table: 'system_components',
    key: 'id',
    keyKind: 'number',
    columns: {},
    stamps: ['updated_at'],
    whenConfirmed: {},
    madeHere: 'false',
    shownAs: { title: `t.component_id || ': ' || t.name`, system: 't.system_id' },
    ownKey: `t.component_id = r ->> 'component_id' and t.external_system_id = (r ->> 'external_system_id')::int`,
    beside: [{ table: 'component_identifiers', column: 'component_id', what: 'i.kind, i.value' }],
  },
  fields: ['name', 'component_type', 'description', 'operating_system', 'business_owner', 'technical_owner'],
  derived: [],
  growing: {},
  sentOnly: [],
  statusWords: [],
  formerNames: { xacta_system_id: 'parent_remote_id', tenable_uuid: 'scanner_uuid' },
  remoteId: null,
  ownId: null,
  parent: { entity: 'system', field: 'parent_remote_id', column: 'system_id' },
  excludedOwners: excludedSystems,
  begin: (record, source) => ({
    component_id: record['component_id'],
    external_system_id: source.systemId,
    ...stamped(),
  }),
  keepsRaw: true,
  twins: 'none',
  atEnd: { ended: {}, composed: false },
  awaited: false,
  renewDetails: async (tx, _source, records) => ({
    waitsFor: new Map(),
    changed: await replaceComponentIdentifiers(
      tx.db,
      records.map(({ entityId, record }) => ({
        componentId: Number(entityId),
        identifiers: identifiersOfComponent(record as unknown as ComponentRecord), // validated by its schema
      })),
    ),
  }),
  outbound: { edits: false, orderWith: 'self', splitsByPlace: false },
});
