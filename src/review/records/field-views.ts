/** A record field by field: what it is here and there, who changed it, who decides it. */
import type { Scope } from '../../canonical/access/index.ts';
import { policyWords } from '../../canonical/policy/index.ts';
import { comparisonOf } from '../../canonical/vocabulary/index.ts';
import type { Json } from '../../platform/values/index.ts';
import { type JournalRow, listLatestEdits } from '../../ledger/operations/index.ts';
import { linkedEntity, type LinkedEntityName } from '../../record/entities/index.ts';
import { type ConflictRow, listConflictsOf } from '../../engine/conflicts/index.ts';
import { sameValue } from '../../engine/merge/index.ts';
import type { App } from '../../engine/run/index.ts';
import type { EditedRecord } from './decide-edit.ts';
import { unknownRecord } from './edit-record.ts';
import { type EditableEntity, gatherRecords } from './gather-records.ts';
import { editableFields, fetchRules, policyOf, type RecordSide, whyNotEditable } from './record-rules.ts';

/** What a connection has of a field. */
export interface FieldThere {
  readonly connection: string;
  /** As last read; of a field in conflict what the remote says now. */
  readonly there: Json;
  /** What both sides last agreed on. */
  readonly base: Json;
  readonly differs: boolean;
  readonly conflictId: number | null;
  /** Who decides, in words. */
  readonly policy: string;
}

export interface FieldView {
  readonly field: string;
  readonly here: Json;
  readonly sides: readonly FieldThere[];
  /** The latest change of it that the journal has. */
  readonly changed: {
    readonly at: Date;
    readonly by: string;
    readonly where: 'here' | 'there';
    readonly reason: string | null;
  } | null;
  readonly isEditable: boolean;
  /** Why it may not be edited here; null where it may. */
  readonly whyNot: string | null;
}

/** Where a record is at a connection. */
export interface RemoteRecord {
  readonly connection: string;
  readonly externalId: string;
  readonly version: string | null;
  readonly confirmedAt: Date;
  readonly missingSince: Date | null;
}

function fieldThere(
  name: LinkedEntityName,
  field: string,
  here: Json,
  side: RecordSide,
  conflict: ConflictRow | undefined,
): FieldThere | undefined {
  const { link, rules } = side;
  const base = link.base[field];
  if (base === undefined && conflict === undefined) return undefined;
  const there = conflict ? conflict.external : (base ?? null);
  return {
    connection: rules.connection,
    there,
    base: conflict ? conflict.base : (base ?? null),
    differs: !sameValue(here, there, comparisonOf(field)),
    conflictId: conflict?.id ?? null,
    policy: policyWords(policyOf(side, name, field), rules.connection),
  };
}

/** Why an editable field may not be edited as the record stands; undefined where it may. */
export const whyNotNow = (record: EditedRecord, field: string): string | undefined =>
  record.held.includes(field)
    ? 'is in an open conflict: settle that first'
    : whyNotEditable(record.entity, field, record.sides);

/** Each field of a record on both sides. Pure. */
function viewFields(
  name: LinkedEntityName,
  record: EditedRecord,
  conflicts: readonly ConflictRow[],
  edits: readonly (JournalRow & { readonly at: Date })[],
): FieldView[] {
  const editable = new Set(editableFields(name));
  return linkedEntity(name).fields.map((field) => {
    const here = record.row[field] ?? null;
    const sides = record.sides.flatMap(
      (side) =>
        fieldThere(
          name,
          field,
          here,
          side,
          conflicts.find((each) => each.field === field && each.systemId === side.link.systemId),
        ) ?? [],
    );
    const edit = edits.find((each) => each.field === field);
    const whyNot = editable.has(field) ? whyNotNow(record, field) : 'names the record';
    return {
      field,
      here,
      sides,
      changed: edit
        ? {
            at: edit.at,
            by: edit.decidedBy,
            where: edit.direction === 'inbound' ? 'there' : 'here',
            reason: edit.reason,
          }
        : null,
      isEditable: whyNot === undefined,
      whyNot: whyNot ?? null,
    };
  });
}

/** @throws RECORD_UNKNOWN where it is not there or out of scope. */
export async function listFieldViews(
  app: App,
  scope: Scope,
  { entity, id }: { readonly entity: EditableEntity; readonly id: string },
): Promise<{
  /** For an edit: what was seen. */
  readonly version: string;
  readonly fields: readonly FieldView[];
  readonly remotes: readonly RemoteRecord[];
}> {
  const rules = await fetchRules(app, app.db, entity);
  const record = (await gatherRecords(app.db, scope, { entity, ids: [id], rules })).get(id);
  if (!record) throw unknownRecord(entity, id);
  const conflicts = await listConflictsOf(app.db, { entity, entityId: id });
  return {
    version: record.version,
    fields: viewFields(entity, record, conflicts, await listLatestEdits(app.db, { entity, entityId: id })),
    remotes: record.sides.map(({ link, rules: { connection } }) => ({
      connection,
      externalId: link.externalId,
      version: link.version,
      confirmedAt: link.confirmedAt,
      missingSince: link.missingSince,
    })),
  };
}
