/** The definition of an entity that does not ship: all that the engine is told of leases. */
import { z } from 'zod';
import { date, maybe, text, upTo, words } from '../../src/canonical/record-fields/field-types.ts';
import type { EntityName } from '../../src/canonical/vocabulary/entity-type.ts';
import '../../src/record/entities/all-entities.ts';
import { asJson, columnsOf, stamped } from '../../src/record/entities/columns.ts';
import { defineEntity, registerEntities } from '../../src/record/entities/define-entity.ts';
import { findExcludedOwners } from '../../src/record/systems/systems.sql.ts';

const leaseRecord = z.object({
  remote_id: text.min(1),
  parent_remote_id: text.min(1),
  lease_number: upTo(50).min(1),
  title: text.min(1),
  lessee: maybe(text),
  rooms: maybe(words),
  ends_on: maybe(date),
  status: maybe(z.enum(['Active', 'Suspended', 'Ended'])),
  remarks: maybe(text),
});

/** The registry makes names of what it knows; this one is on its way into it. */
export const leaseName = 'lease' as EntityName;

const lease = defineEntity({
  name: leaseName,
  kind: 'linked',
  title: { one: 'lease', many: 'leases' },
  readTurn: 55,
  absence: 'ask',
  record: asJson(leaseRecord),
  row: {
    table: 'leases',
    key: 'id',
    keyKind: 'number',
    columns: {},
    stamps: ['updated_at'],
    whenConfirmed: {},
    madeHere: 'false',
    ownKey: `t.system_id = r ->> 'system_id' and t.lease_number = r ->> 'lease_number'`,
    shownAs: { title: `t.lease_number || ': ' || t.title`, system: 't.system_id' },
  },
  fields: columnsOf(leaseRecord, 'parent_remote_id'),
  comparisons: { rooms: 'list', ends_on: 'day' },
  growing: { rooms: 'union', remarks: 'append' },
  derived: [],
  sentOnly: [],
  statusWords: [],
  formerNames: {},
  remoteId: 'remote_id',
  ownId: null,
  parent: { entity: 'system', field: 'parent_remote_id', column: 'system_id' },
  excludedOwners: (db, owners) => findExcludedOwners(db, 'system', owners),
  begin: () => stamped(),
  keepsRaw: true,
  twins: 'none',
  atEnd: { ended: { status: 'Ended' }, composed: false },
  awaited: false,
  outbound: { edits: true, orderWith: 'self', splitsByPlace: false },
});

registerEntities([lease]);
