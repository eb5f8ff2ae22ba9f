import { artifactRecord } from '../../canonical/record-fields/index.ts';
import { findExcludedOwners } from '../systems/index.ts';
import { asJson, columnsOf } from './columns.ts';
import { defineEntity } from './define-entity.ts';

/** A file of evidence of a POA&M: it goes out with its content, once, and is not read back as a list of its own. */
export const artifact = defineEntity({
  name: 'artifact',
  kind: 'linked',
  title: { one: 'file of evidence', many: 'files of evidence' },
  readTurn: null,
  absence: 'none',
  record: asJson(artifactRecord),
  row: {
    table: 'poam_artifacts',
    key: 'id',
    keyKind: 'number',
    columns: {},
    stamps: [],
    whenConfirmed: {},
    madeHere: 'true',
    ownKey: `t.poam_id = r ->> 'poam_id' and t.sha256 = r ->> 'sha256' and t.replaced_at is null`,
    remoteKey: `t.poam_id = r ->> 'poam_id' and t.artifact_id = r ->> 'artifact_id'`,
    inside: { entity: 'poam', column: 'poam_id' },
    only: 't.delivered_at is null and t.replaced_at is null',
    shownAs: {
      title: `(select coalesce(p.xacta_poam_id, p.poam_id) from ingestion_poams p where p.poam_id = t.poam_id order by p.id limit 1)
                || ', ' || t.file_name`,
      system: '(select p.system_id from ingestion_poams p where p.poam_id = t.poam_id order by p.id limit 1)',
    },
  },
  fields: columnsOf(artifactRecord, 'parent_remote_id'),
  derived: [],
  growing: {},
  sentOnly: [],
  statusWords: [],
  formerNames: {},
  remoteId: 'artifact_id',
  ownId: null,
  parent: { entity: 'poam', field: 'parent_remote_id', column: 'poam_id' },
  excludedOwners: (db, owners) => findExcludedOwners(db, 'poam', owners),
  begin: () => ({}),
  keepsRaw: false,
  twins: 'none',
  atEnd: { ended: {}, composed: false },
  awaited: false,
  outbound: {
    edits: false,
    orderWith: 'self',
    splitsByPlace: false,
    adds: 'every',
    file: { hash: 'sha256', name: 'file_name' },
  },
});
