/**
 * A person edits one record here: it is checked against the version that was shown, the schema of the record and the policies, then row and
 * journal change in one transaction. The next sync sends it as it sends an edit that the owner's application made.
 */
import { type Actor, nowhere, type Scope, scopeFor } from '../../canonical/access/index.ts';
import { TielineError } from '../../platform/errors/index.ts';
import { type Json, type JsonObject, scalarText } from '../../platform/values/index.ts';
import { withOperation } from '../../ledger/operations/index.ts';
import { linkedEntity, lockRows } from '../../record/entities/index.ts';
import { type Tx, underSavepoint } from '../../platform/postgres/index.ts';
import type { App } from '../../engine/run/index.ts';
import { applyEdits } from './apply-edits.ts';
import { decideEdit, type EditedRecord, type FieldChange } from './decide-edit.ts';
import { type EditableEntity, gatherRecords } from './gather-records.ts';
import { fetchRules, whyNotEditable } from './record-rules.ts';
import { versionOf } from './record-version.ts';

export interface RecordEdit {
  readonly entity: EditableEntity;
  /** Ours: `poam_id`, the id of a milestone, the uuid of an asset, `system_id`. */
  readonly id: string;
  /** New values by field; null empties one. */
  readonly changes: JsonObject;
  /** Of the record that the person saw; undefined: whatever it is. */
  readonly version?: string | undefined;
  readonly reason?: string | undefined;
}

export interface EditOutcome {
  readonly entity: EditableEntity;
  readonly id: string;
  readonly changes: readonly FieldChange[];
  /** Of the record as it is now. */
  readonly version: string;
  /** Absent where nothing changed. */
  readonly operationId: string | undefined;
}

/** The record was changed since it was shown: with what it is now. */
export class RecordMovedError extends TielineError {
  readonly present: JsonObject;
  readonly version: string;
  constructor(record: EditedRecord) {
    super(
      'RECORD_MOVED',
      `The ${linkedEntity(record.entity).title.one} ${record.entityId} was changed since it was shown.`,
    );
    this.present = record.row;
    this.version = record.version;
  }
}

export const unknownRecord = (entity: EditableEntity, id: string): TielineError =>
  new TielineError('RECORD_UNKNOWN', `There is no ${linkedEntity(entity).title.one} ${id}.`);

/**
 * @param scope where the actor may edit such records.
 * @throws RECORD_UNKNOWN where it is not there or out of scope; RECORD_MOVED with the present record; EDIT_REFUSED with a fault for each field.
 */
export function editRecord(app: App, actor: Actor, scope: Scope, edit: RecordEdit): Promise<EditOutcome> {
  return app.store.transaction((tx) => editWithin(app, tx, { actor, scope, edit }));
}

/** A milestone that is moved keeps in its comments from when, and why: what was planned first is never lost (grc-formats 3.4). */
function withNote(
  { entity, row, sides }: EditedRecord,
  changes: readonly FieldChange[],
  reason: string | undefined,
  now: Date,
): readonly FieldChange[] {
  const moved = changes.find(({ field }) => field === 'scheduled_completion');
  const isNoted = changes.some(({ field }) => field === 'comments');
  if (entity !== 'milestone' || moved === undefined || moved.before === null || isNoted) return changes;
  if (whyNotEditable(entity, 'comments', sides) !== undefined) return changes;
  const before = typeof row['comments'] === 'string' ? row['comments'] : null;
  const day = (value: Json): string => (value === null ? 'no day' : scalarText(value).slice(0, 10));
  const note = `Update ${now.toISOString().slice(0, 10)}: moved from ${day(moved.before)} to ${day(moved.after)}${reason ? `: ${reason}` : ''}`;
  const after = before === null || before === '' ? note : `${before}\n${note}`;
  return after.length > 2000 ? changes : [...changes, { field: 'comments', before, after }];
}

/** The same, inside of a transaction. */
export async function editWithin(
  app: Pick<App, 'modules' | 'now'>,
  tx: Tx,
  { actor, scope, edit }: { readonly actor: Actor; readonly scope: Scope; readonly edit: RecordEdit },
): Promise<EditOutcome> {
  const { entity, id } = edit;
  const now = app.now();
  const rules = await fetchRules(app, tx.db, entity);
  await lockRows(tx.db, entity, [id]);
  const record = (
    await gatherRecords(tx.db, scope, { entity, ids: [id], rules, withLife: 'status' in edit.changes })
  ).get(id);
  if (!record) throw unknownRecord(entity, id);
  const verdict = decideEdit(record, {
    changes: edit.changes,
    version: edit.version,
    reason: edit.reason,
    approves: scopeFor(actor, 'poam:approve', now) ?? nowhere,
    today: now.toISOString().slice(0, 10),
  });
  if (!verdict.may) {
    if (verdict.code === 'RECORD_MOVED') throw new RecordMovedError(record);
    throw new TielineError('EDIT_REFUSED', 'Nothing was changed.', { fields: [...verdict.faults] });
  }
  const changes = withNote(record, verdict.changes, edit.reason, now);
  if (changes.length === 0) return { entity, id, changes, version: record.version, operationId: undefined };
  const about = { principalId: actor.principalId, by: actor.name };
  const operation = { type: 'update', system: 'tieline', step: 'edit', metadata: about } as const;
  const operationId = await withOperation(tx.db, operation, async ({ id: current, count }) => {
    const done = await underSavepoint(tx, () =>
      applyEdits(tx, entity, [{ record, changes }], {
        name: actor.name,
        reason: edit.reason,
        operationId: current,
      }),
    );
    // A rule of the owner's database.
    if (!done.ok)
      throw new TielineError('EDIT_REFUSED', 'The database refused it; nothing was changed.', {
        fields: [{ field: done.field, message: done.message }],
      });
    await count({ read: 1, updated: 1 });
    return current;
  });
  const after = (await gatherRecords(tx.db, scope, { entity, ids: [id], rules })).get(id);
  return { entity, id, changes, version: after?.version ?? versionOf(entity, {}), operationId };
}
