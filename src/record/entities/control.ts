import { controlRecord } from '../../canonical/record-fields/index.ts';
import { asJson, columnsOf, excludedSystems, ingested, stamped } from './columns.ts';
import { defineEntity } from './define-entity.ts';

/** `AC-2 (1)`, `ac-02(01)` and `AC-2(1)` are one control, as NIST SP 800-53 counts its enhancements. */
const sameControl = (left: string, right: string): string => {
  const plain = (control: string): string =>
    `regexp_replace(regexp_replace(upper(${control}), '\\s', '', 'g'), '(^|[-(.])0+(?=[0-9])', '\\1', 'g')`;
  return `${plain(left)} = ${plain(right)}`;
};

export const control = defineEntity({
  name: 'control',
  kind: 'linked',
  title: { one: 'control', many: 'controls' },
  readTurn: 70,
  absence: 'ask',
  record: asJson(controlRecord),
  row: {
    table: 'ingestion_controls',
    key: 'id',
    keyKind: 'number',
    columns: { remote_id: 'xacta_control_id' },
    stamps: ['updated_at'],
    whenConfirmed: { sync_status: 'synced' },
    madeHere: 'false',
    ownKey: `t.system_id = r ->> 'system_id' and ${sameControl('t.control_id', "r ->> 'control_id'")}`,
    shownAs: { title: 't.control_id', system: 't.system_id' },
    prefer: `t.control_id is distinct from r ->> 'control_id'`,
  },
  fields: columnsOf(controlRecord, 'parent_remote_id', 'control_id'),
  derived: [],
  growing: { implementation_guidance: 'append', assessment_procedures: 'append' },
  sentOnly: [],
  statusWords: ['status', 'implementation_status'],
  formerNames: { xacta_control_id: 'remote_id', xacta_system_id: 'parent_remote_id' },
  remoteId: 'remote_id',
  ownId: null,
  parent: { entity: 'system', field: 'parent_remote_id', column: 'system_id' },
  excludedOwners: excludedSystems,
  begin: (record, source) => ({
    control_id: record['control_id'],
    sync_status: 'synced',
    ...stamped(),
    ...ingested(source),
  }),
  keepsRaw: true,
  twins: 'none',
  atEnd: { ended: {}, composed: false },
  awaited: false,
  outbound: { edits: true, orderWith: 'self', splitsByPlace: false },
});
