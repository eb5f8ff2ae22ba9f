import { deriveUuid, scalarText } from '../../platform/values/index.ts';
import { systemRecord } from '../../canonical/record-fields/index.ts';
import { findTakenUuids, keepSystemMappings, saveImpactLevels } from '../systems/index.ts';
import { asJson, columnsOf, excludedSystems, ingested, sameText, stamped } from './columns.ts';
import { defineEntity } from './define-entity.ts';

const impactLevels = ['confidentiality_impact', 'integrity_impact', 'availability_impact'] as const;

export const system = defineEntity({
  name: 'system',
  kind: 'linked',
  title: { one: 'system', many: 'systems' },
  readTurn: 50,
  absence: 'ask',
  record: asJson(systemRecord),
  row: {
    table: 'ingestion_systems',
    key: 'system_id',
    keyKind: 'text',
    columns: { remote_id: 'xacta_system_id' },
    stamps: ['updated_at', 'last_xacta_sync'],
    whenConfirmed: {},
    madeHere: 'false',
    ownKey: 'false',
    // Systems of the same name in two GRC systems are two until a person links them.
    remoteKey: `(t.system_id = r ->> 'system_id' or t.xacta_system_id = r ->> 'remote_id' or t.uuid::text = r ->> 'uuid'
                  or ${sameText('t.name', "r ->> 'name'")})`,
    twinKey: 'remoteKey',
    shownAs: { title: `t.system_id || ': ' || t.name`, system: 't.system_id' },
    prefer: `t.system_id is distinct from r ->> 'system_id', t.xacta_system_id is distinct from r ->> 'remote_id', t.uuid::text is distinct from r ->> 'uuid'`,
    // Not every owner's database declares system_id unique.
    only: 'not exists (select from ingestion_systems older where older.system_id = t.system_id and older.id < t.id)',
  },
  fields: columnsOf(systemRecord, 'system_id', 'uuid', ...impactLevels),
  derived: [],
  growing: {},
  sentOnly: [],
  statusWords: [],
  formerNames: { xacta_system_id: 'remote_id' },
  remoteId: 'remote_id',
  ownId: 'system_id',
  isBoundary: true,
  // Two GRC systems that were copied from one another give their systems the same uuids.
  async withFreeIds(db, rows, source) {
    const taken = new Set(
      await findTakenUuids(
        db,
        rows.map((row) => scalarText(row['uuid'])),
      ),
    );
    return rows.map((row) => {
      const uuid = scalarText(row['uuid']).toLowerCase();
      const isTaken = taken.has(uuid);
      taken.add(uuid);
      return isTaken
        ? { ...row, uuid: deriveUuid('system', String(source.systemId), scalarText(row['system_id'])) }
        : row;
    });
  },
  excludedOwners: excludedSystems,
  begin: (record, source) => ({
    system_id: record['system_id'],
    uuid: record['uuid'],
    sync_enabled: true,
    ...stamped(),
    ...ingested(source),
  }),
  keepsRaw: true,
  twins: 'byKey',
  atEnd: { ended: {}, composed: false },
  awaited: false,
  renewLinked: keepSystemMappings,
  renewDetails: async (tx, _source, records) => ({
    waitsFor: new Map(),
    changed: await saveImpactLevels(
      tx.db,
      records.map(({ entityId, record }) => ({
        system_id: entityId,
        ...Object.fromEntries(impactLevels.map((level) => [level, record[level]])),
      })),
    ),
  }),
  outbound: { edits: false, orderWith: 'self', splitsByPlace: false },
});
