import { isJsonObject } from '../../platform/values/index.ts';
import { poamRecord } from '../../canonical/record-fields/index.ts';
import {
  addPoamAssets,
  addPoamCves,
  type AssetLists,
  findUnknownAssets,
  recordTakenOff,
} from '../poams/index.ts';
import { asJson, columnsOf, excludedSystems, firstLine, ingested, stamped } from './columns.ts';
import { defineEntity, type RecordOfRow } from './define-entity.ts';
import { cancelRejectedPoams } from './rejected-poams.ts';

const words = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);

/** The remote's list of machines as it was and is, where both were read and it has moved. */
function listsOf({ entityId, record, before }: RecordOfRow): AssetLists[] {
  if (!isJsonObject(before) || record['affected_assets'] === undefined) return [];
  const [was, is] = [words(before['affected_assets']), words(record['affected_assets'])];
  const isSame = was.length === is.length && was.every((name) => is.includes(name));
  return isSame ? [] : [{ poamId: entityId, was, is }];
}

const listed = (records: readonly RecordOfRow[], field: string) =>
  records.flatMap(({ entityId, record }) =>
    words(record[field]).map((value) => ({ poamId: entityId, value })),
  );

/** They follow from deviations (modules/deviations/elsewhere). */
const deviationFields = [
  'deviation_kind',
  'deviation_status',
  'deviation_reference',
  'deviation_summary',
  'deviation_decided_by',
  'deviation_decided_on',
  'deviation_expires_on',
  'deviation_rating',
] as const;

export const poam = defineEntity({
  name: 'poam',
  kind: 'linked',
  title: { one: 'POA&M', many: 'POA&Ms' },
  readTurn: 80,
  absence: 'ask',
  record: asJson(poamRecord),
  row: {
    table: 'ingestion_poams',
    key: 'poam_id',
    keyKind: 'text',
    columns: { remote_id: 'xacta_poam_id' },
    stamps: ['updated_at'],
    whenConfirmed: { sync_status: 'synced' },
    madeHere: `coalesce(t.ingestion_source = 'tieline', false)`,
    ownKey: `t.external_uid = r ->> 'external_uid' and t.system_id = r ->> 'system_id'`,
    remoteKey: `(t.xacta_poam_id = r ->> 'remote_id' or t.poam_id = r ->> 'remote_id')`,
    inside: { entity: 'system', column: 'system_id' },
    beside: [
      { table: 'ingestion_poam_assets', column: 'poam_id', what: 'i.asset_uuid' },
      { table: 'ingestion_poam_cves', column: 'poam_id', what: 'i.cve_id' },
      { table: 'poam_asset_departures', column: 'poam_id', what: 'i.asset_uuid' },
    ],
    shownAs: {
      title: `coalesce(t.xacta_poam_id, t.poam_id) || coalesce(': ' || ${firstLine('t.weakness_description')}, '')`,
      system: 't.system_id',
      severity: 'coalesce(t.weakness_risk_level, t.risk_rating)',
    },
    prefer: `t.external_uid is distinct from r ->> 'external_uid', t.xacta_poam_id is distinct from r ->> 'remote_id'`,
  },
  fields: columnsOf(poamRecord, 'parent_remote_id', 'affected_assets', 'cves'),
  derived: [],
  growing: { comments: 'append', deviation_rationale: 'append' },
  sentOnly: [],
  decided: deviationFields,
  unsaidWhenEmpty: deviationFields,
  statusWords: ['status', 'implementation_status'],
  severityFields: ['weakness_risk_level', 'risk_rating'],
  formerNames: { xacta_poam_id: 'remote_id', xacta_system_id: 'parent_remote_id' },
  remoteId: 'remote_id',
  ownId: 'poam_id',
  parent: { entity: 'system', field: 'parent_remote_id', column: 'system_id' },
  excludedOwners: excludedSystems,
  begin: (record, source) => ({
    poam_id: record['remote_id'],
    weakness_detection_source: record['source_of_discovery'],
    sync_status: 'synced',
    ...stamped(),
    ...ingested(source),
  }),
  keepsRaw: true,
  twins: 'byKey',
  twinField: 'external_uid',
  atEnd: { ended: { status: 'Cancelled' }, composed: true },
  awaited: true,
  // Assets and CVEs of both sides are joined, member by member; an asset that a person took off the remote's list stays off.
  async renewDetails(tx, source, records) {
    await recordTakenOff(tx.db, source, records.flatMap(listsOf));
    const assets = await addPoamAssets(tx.db, listed(records, 'affected_assets'));
    const cves = await addPoamCves(tx.db, listed(records, 'cves'));
    return {
      changed: new Set([...assets, ...cves]),
      waitsFor: await findUnknownAssets(tx.db, listed(records, 'affected_assets')),
    };
  },
  outbound: {
    edits: true,
    orderWith: 'self',
    splitsByPlace: false,
    children: { field: 'milestones', entity: 'milestone' },
    severityIn: ['weakness_risk_level', 'risk_rating'],
    whenRejected: cancelRejectedPoams,
  },
});
