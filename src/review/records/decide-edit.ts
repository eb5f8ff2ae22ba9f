/** Whether an edit of a record may be made, and what it changes. Pure: what it asks was gathered before. */
import type { z } from 'zod';
import { isWithin, type Scope } from '../../canonical/access/index.ts';
import { decisionIn, type PoamDecision } from '../../canonical/policy/index.ts';
import type { FieldFault } from '../../platform/errors/index.ts';
import type { Json, JsonObject } from '../../platform/values/index.ts';
import { canonicalStatus, comparisonOf } from '../../canonical/vocabulary/index.ts';
import { linkedEntity, type LinkedEntityName } from '../../record/entities/index.ts';
import { sameValue } from '../../engine/merge/index.ts';
import { type PoamContents, refusalOfDecision, stateOf, statusFaults } from '../../modules/poams/index.ts';
import { editableFields, type RecordSide, whyNotEditable } from './record-rules.ts';

/** A record as it is, with what an edit of it is judged by. */
export interface EditedRecord {
  readonly entity: LinkedEntityName;
  readonly entityId: string;
  /** Its authorization boundary; null: it is in none. */
  readonly boundary: string | null;
  /** In canonical words. */
  readonly row: JsonObject;
  readonly version: string;
  readonly sides: readonly RecordSide[];
  /** Fields in an open conflict. */
  readonly held: readonly string[];
  /** Of a POA&M whose status is edited: what the states ask of it beside its fields. */
  readonly life?: Pick<PoamContents, 'milestones' | 'isVerified'>;
  /** Of a milestone: the day that its POA&M promises, beyond which it may not be moved. */
  readonly promised?: string | null;
}

export interface FieldChange {
  readonly field: string;
  readonly before: Json;
  readonly after: Json;
}

export type EditVerdict =
  | { readonly may: true; readonly changes: readonly FieldChange[] }
  | {
      readonly may: false;
      readonly code: 'EDIT_REFUSED' | 'RECORD_MOVED';
      readonly faults: readonly FieldFault[];
    };

/** What is asked of one record. */
export interface AskedEdit {
  readonly changes: JsonObject;
  /** Of the record that the person saw; undefined: whatever it is. */
  readonly version: string | undefined;
  readonly reason: string | undefined;
  /** Where the editor may end POA&Ms (`poam:approve`). */
  readonly approves: Scope;
  /** YYYY-MM-DD. */
  readonly today: string;
}

const noValue = (value: Json | undefined): boolean => value === null || value === undefined || value === '';

/** Values as they come, in the words and types of the record. @returns also what is wrong with each. */
export function parseChanges(
  entity: LinkedEntityName,
  changes: JsonObject,
): { readonly values: JsonObject; readonly faults: readonly FieldFault[] } {
  const editable = editableFields(entity);
  const { record, statusWords } = linkedEntity(entity);
  const values: JsonObject = {};
  const faults: FieldFault[] = [];
  for (const [field, given] of Object.entries(changes)) {
    if (!editable.includes(field)) {
      faults.push({ field, message: `is not a field that people edit; they are ${editable.join(', ')}` });
      continue;
    }
    const value =
      statusWords.includes(field) && typeof given === 'string' ? canonicalStatus(field, given) : given;
    const shape = (record.shape as Readonly<Record<string, z.ZodType>>)[field]; // its schema names its fields
    const parsed = shape?.safeParse(value);
    if (parsed?.success === false)
      faults.push(...parsed.error.issues.map((issue) => ({ field, message: issue.message })));
    else values[field] = value ?? null;
  }
  return { values, faults };
}

/** Dates that were promised: who moves one says why. */
const promised: ReadonlySet<string> = new Set(['scheduled_completion']);

const isBeyond = ({ promised: day }: EditedRecord, after: Json): boolean =>
  typeof day === 'string' && typeof after === 'string' && after.slice(0, 10) > day;

/** What an edit decides that an edit does not decide; a draft promises nothing yet, and is dated freely. */
function decidedIn(record: EditedRecord, { field, before, after }: FieldChange): PoamDecision | undefined {
  if (record.entity !== 'poam') return undefined;
  const decision = decisionIn(field, [before], after);
  const status = record.row['status'];
  const isDraft = stateOf(typeof status === 'string' ? status : null) === 'draft';
  return decision === 'extend' && isDraft ? undefined : decision;
}

function faultsOfDecision(
  record: EditedRecord,
  { field, after }: FieldChange,
  { decision, approves }: { readonly decision: PoamDecision | undefined; readonly approves: Scope },
): FieldFault[] {
  if (decision === undefined) return [];
  if (decision !== 'cancel') return [{ field, message: refusalOfDecision(decision, record.entityId, after) }];
  return isWithin(approves, record.boundary)
    ? []
    : [{ field, message: 'needs the right to end POA&Ms: ask an ISSM or the authorizing official' }];
}

/** What the states ask of a POA&M whose status is edited, with the other fields of the same edit. */
function faultsOfStatus(
  record: EditedRecord,
  { before, after }: FieldChange,
  changed: readonly FieldChange[],
  { reason, today }: Pick<AskedEdit, 'reason' | 'today'>,
): FieldFault[] {
  const edited = Object.fromEntries(changed.map((each) => [each.field, each.after]));
  return statusFaults(before, after, {
    poamId: record.entityId,
    row: { ...record.row, ...edited },
    openMilestones: [],
    milestones: record.life?.milestones ?? 0,
    unsettled: [],
    isVerified: record.life?.isVerified ?? false,
    reason,
    today,
  });
}

/** A milestone is done on a day, and not in the future. */
function faultsOfDone(record: EditedRecord, changed: readonly FieldChange[], today: string): FieldFault[] {
  const edited = Object.fromEntries(changed.map((each) => [each.field, each.after]));
  if (record.entity !== 'milestone' || !('status' in edited || 'actual_completion' in edited)) return [];
  const { status, actual_completion: on } = { ...record.row, ...edited };
  if (status !== 'Completed') return [];
  const field = 'actual_completion';
  if (typeof on !== 'string')
    return [
      {
        field,
        message: `the day on which it was done is needed: tieline poams milestone done ${record.entityId} --on YYYY-MM-DD`,
      },
    ];
  return on.slice(0, 10) > today ? [{ field, message: `is after today, ${today}` }] : [];
}

function faultsOf(record: EditedRecord, changed: readonly FieldChange[], asked: AskedEdit): FieldFault[] {
  const { reason, approves, today } = asked;
  const faults = changed.flatMap((change): FieldFault[] => {
    const { field, before, after } = change;
    const owner = whyNotEditable(record.entity, field, record.sides);
    if (owner !== undefined) return [{ field, message: owner }];
    if (record.held.includes(field)) return [{ field, message: 'is in an open conflict: settle that first' }];
    const decision = decidedIn(record, change);
    const decided = faultsOfDecision(record, change, { decision, approves });
    if (decided.length > 0) return decided;
    if (record.entity === 'poam' && field === 'status') return faultsOfStatus(record, change, changed, asked);
    if (promised.has(field) && !noValue(before) && noValue(reason?.trim()))
      return [{ field, message: 'is a promised date: moving it needs a reason' }];
    const beyond =
      record.entity === 'milestone' && field === 'scheduled_completion' && isBeyond(record, after);
    if (beyond)
      return [
        {
          field,
          message: `is after the day that its POA&M promises, ${record.promised ?? ''}: ask for an extension of that first (tieline poams extend)`,
        },
      ];
    return [];
  });
  return [...faults, ...faultsOfDone(record, changed, today)];
}

export function decideEdit(record: EditedRecord, asked: AskedEdit): EditVerdict {
  if (asked.version !== undefined && asked.version !== record.version)
    return {
      may: false,
      code: 'RECORD_MOVED',
      faults: [{ field: record.entityId, message: 'was changed since it was shown' }],
    };
  const { values, faults } = parseChanges(record.entity, asked.changes);
  const changes = Object.entries(values).flatMap(([field, after]): FieldChange[] => {
    const before = record.row[field] ?? null;
    return sameValue(before, after ?? null, comparisonOf(field))
      ? []
      : [{ field, before, after: after ?? null }];
  });
  const all = [...faults, ...faultsOf(record, changes, asked)];
  return all.length > 0 ? { may: false, code: 'EDIT_REFUSED', faults: all } : { may: true, changes };
}
