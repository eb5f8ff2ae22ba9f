/** How each negotiated entity lies in our tables: which fields are columns, what it belongs to, how a row begins. */
import type { JsonObject } from '../../platform/values/index.ts';
import {
  acceptanceRecord,
  assetContextRecord,
  componentRecord,
  controlRecord,
  milestoneRecord,
  poamRecord,
  systemRecord,
} from '../../canonical/records/index.ts';
import { canonicalStatus } from '../../canonical/vocabulary/index.ts';
import type { NegotiatedEntity } from './negotiated.sql.ts';
import type { RecordSchema } from './sink.ts';

export interface NegotiatedShape {
  readonly schema: RecordSchema<JsonObject>;
  readonly table: string;
  /** Fields that are columns of the same name, and are merged field by field. */
  readonly fields: readonly string[];
  /** Fields that our row shows though they are kept elsewhere (`fetchRows`): they go out like edits, and are never written here. */
  readonly derived?: readonly string[];
  /**
   * Whether fields that a remote keeps in different places (the first word of the external field) go out in changes of their own: it
   * refuses them for reasons of their own (a role, a licence).
   */
  readonly splitsByPlace?: true;
  /** The record that this one belongs to: named in `field` by the remote's id, kept in `column` by ours. */
  readonly parent?: {
    readonly entity: NegotiatedEntity | 'asset';
    readonly field: string;
    readonly column: string;
  };
  /** Further columns of a new row. */
  readonly begin: (record: JsonObject, source: { systemId: number; operationId: string }) => JsonObject;
  /** Whether the table keeps the remote's record in raw_json. */
  readonly keepsRaw: boolean;
}

const columnsOf = (schema: { shape: object }, ...apart: string[]): string[] =>
  Object.keys(schema.shape).filter((field) => !apart.includes(field));

/** Of an asset, by its correlation. */
const xactaIds = ['xacta_component_id', 'xacta_system_id'] as const;

const ingested = (source: { operationId: string }): JsonObject => ({
  ingestion_source: 'xacta',
  ingestion_batch_id: source.operationId,
});

// The schemas say more than JsonObject (their output is a JSON object with known fields), which the compiler cannot see.
const asJson = (schema: RecordSchema<unknown>): RecordSchema<JsonObject> =>
  schema as RecordSchema<JsonObject>;

export const negotiatedShapes: Readonly<Record<NegotiatedEntity, NegotiatedShape>> = {
  system: {
    schema: asJson(systemRecord),
    table: 'ingestion_systems',
    fields: columnsOf(
      systemRecord,
      'system_id',
      'uuid',
      'confidentiality_impact',
      'integrity_impact',
      'availability_impact',
    ),
    begin: (record, source) => ({
      system_id: record['system_id'],
      uuid: record['uuid'],
      sync_enabled: true,
      ...stamped(),
      ...ingested(source),
    }),
    keepsRaw: true,
  },
  component: {
    schema: asJson(componentRecord),
    table: 'system_components',
    fields: [
      'name',
      'component_type',
      'description',
      'operating_system',
      'business_owner',
      'technical_owner',
    ],
    parent: { entity: 'system', field: 'xacta_system_id', column: 'system_id' },
    begin: (record, source) => ({
      component_id: record['component_id'],
      external_system_id: source.systemId,
      ...stamped(),
    }),
    keepsRaw: true,
  },
  control: {
    schema: asJson(controlRecord),
    table: 'ingestion_controls',
    fields: columnsOf(controlRecord, 'xacta_system_id', 'control_id'),
    parent: { entity: 'system', field: 'xacta_system_id', column: 'system_id' },
    begin: (record, source) => ({
      control_id: record['control_id'],
      sync_status: 'synced',
      ...stamped(),
      ...ingested(source),
    }),
    keepsRaw: true,
  },
  poam: {
    schema: asJson(poamRecord),
    table: 'ingestion_poams',
    fields: columnsOf(poamRecord, 'xacta_system_id', 'affected_assets', 'cves'),
    parent: { entity: 'system', field: 'xacta_system_id', column: 'system_id' },
    begin: (record, source) => ({
      poam_id: record['xacta_poam_id'],
      weakness_detection_source: record['source_of_discovery'],
      sync_status: 'synced',
      ...stamped(),
      ...ingested(source),
    }),
    keepsRaw: true,
  },
  milestone: {
    schema: asJson(milestoneRecord),
    table: 'ingestion_poam_milestones',
    fields: columnsOf(milestoneRecord, 'xacta_poam_id'),
    parent: { entity: 'poam', field: 'xacta_poam_id', column: 'poam_id' },
    begin: () => ({ created_at: 'now' }),
    keepsRaw: false,
  },
  asset_context: {
    schema: asJson(assetContextRecord),
    table: 'assets_extended',
    fields: columnsOf(assetContextRecord, 'scanner_asset_id', ...xactaIds),
    derived: xactaIds,
    splitsByPlace: true,
    parent: { entity: 'asset', field: 'scanner_asset_id', column: 'asset_uuid' },
    begin: () => ({}),
    keepsRaw: false,
  },
  acceptance: {
    schema: asJson(acceptanceRecord),
    table: 'acceptances',
    fields: columnsOf(acceptanceRecord),
    begin: (_record, source) => ({ external_system_id: source.systemId, ...stamped() }),
    keepsRaw: true,
  },
};

/** Fields in which we keep what the remote calls the record; nobody edits them, and undo leaves them. */
export const remoteIds: ReadonlySet<string> = new Set([
  'xacta_system_id',
  'xacta_control_id',
  'xacta_poam_id',
  'milestone_id',
  'acceptance_id',
]);

/** Our row with its statuses in canonical words; what is compared and sent, never what is written back unasked. */
export function inCanonicalWords(entity: NegotiatedEntity, row: JsonObject): JsonObject {
  if (entity === 'system' || entity === 'component' || entity === 'acceptance' || entity === 'asset_context')
    return row;
  const words = { ...row };
  for (const field of ['status', 'implementation_status']) {
    const value = row[field];
    if (typeof value === 'string') words[field] = canonicalStatus(field, value);
  }
  return words;
}

/** PostgreSQL reads the text `now` as the present instant when it becomes a timestamp. */
function stamped(): JsonObject {
  return { created_at: 'now', updated_at: 'now' };
}
