import { milestoneRecord } from '../../canonical/record-fields/index.ts';
import { findExcludedOwners } from '../systems/index.ts';
import { asJson, columnsOf, firstLine, sameText } from './columns.ts';
import { defineEntity } from './define-entity.ts';

export const milestone = defineEntity({
  name: 'milestone',
  kind: 'linked',
  title: { one: 'milestone', many: 'milestones' },
  readTurn: 90,
  absence: 'ask',
  record: asJson(milestoneRecord),
  row: {
    table: 'ingestion_poam_milestones',
    key: 'id',
    keyKind: 'number',
    columns: {},
    stamps: [],
    whenConfirmed: {},
    madeHere: `exists (select from ingestion_poams p where p.poam_id = t.poam_id and p.ingestion_source = 'tieline')`,
    ownKey: `t.poam_id = r ->> 'poam_id' and ${sameText('t.milestone_description', "r ->> 'milestone_description'")}`,
    remoteKey: `t.poam_id = r ->> 'poam_id' and t.milestone_id = r ->> 'milestone_id'`,
    inside: { entity: 'poam', column: 'poam_id' },
    shownAs: {
      title: `(select coalesce(p.xacta_poam_id, p.poam_id) from ingestion_poams p where p.poam_id = t.poam_id order by p.id limit 1)
                || ', ' || coalesce(${firstLine('t.milestone_description')}, '')`,
      system: '(select p.system_id from ingestion_poams p where p.poam_id = t.poam_id order by p.id limit 1)',
      severity:
        '(select coalesce(p.weakness_risk_level, p.risk_rating) from ingestion_poams p where p.poam_id = t.poam_id order by p.id limit 1)',
    },
    prefer: `t.milestone_id is distinct from r ->> 'milestone_id'`,
  },
  fields: columnsOf(milestoneRecord, 'parent_remote_id'),
  derived: [],
  growing: { comments: 'append' },
  sentOnly: [],
  statusWords: ['status', 'implementation_status'],
  formerNames: { xacta_poam_id: 'parent_remote_id' },
  remoteId: 'milestone_id',
  ownId: null,
  parent: { entity: 'poam', field: 'parent_remote_id', column: 'poam_id' },
  excludedOwners: (db, owners) => findExcludedOwners(db, 'poam', owners),
  begin: () => ({ created_at: 'now' }),
  keepsRaw: false,
  twins: 'none',
  atEnd: { ended: { status: 'Cancelled' }, composed: false },
  awaited: false,
  // A milestone moves its POA&M's version.
  outbound: { edits: true, orderWith: 'parent', splitsByPlace: false, adds: 'byPeople' },
});
