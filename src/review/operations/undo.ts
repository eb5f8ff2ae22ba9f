/**
 * Undo: an operation's values go back on our side, as a new operation; what is to change at the remote then goes the way of
 * every edit, through plan, outbox and journal, and meets the same conflicts. Nothing is deleted on either side.
 */
import { createHash } from 'node:crypto';
import { matchedColumns } from '../../modules/correlation/index.ts';
import { TielineError } from '../../platform/errors/index.ts';
import { isJsonObject, type Json, type JsonObject, scalarText } from '../../platform/values/index.ts';
import {
  type JournalRow,
  listJournal,
  listSteps,
  recordChanges,
  withOperation,
} from '../../ledger/operations/index.ts';
import { listHeldFields } from '../../ledger/conflicts/index.ts';
import { findLinkedSystems, markRecordsEdited } from '../../ledger/links/index.ts';
import {
  fetchRows,
  isLinked,
  linkedEntity,
  type LinkedEntityName,
  lockRows,
  updateRows,
} from '../../record/entities/index.ts';
import {
  type AssetTag,
  endWorkflowTag,
  listWorkflowTags,
  returnWorkflowTag,
} from '../../record/assets/index.ts';
import type { Tx } from '../../platform/postgres/index.ts';
import { type EntityPolicy, lookUpPolicy, type RecordFacts } from '../../canonical/policy/index.ts';
import { readRecordFacts } from '../../record/policy-facts/index.ts';
import { foldSteps, reverseField } from '../../engine/merge/index.ts';
import { compileMappings, type FieldMapping } from '../../canonical/mapping/index.ts';
import { byPerson, reasonOf } from '../../canonical/vocabulary/index.ts';
import type { App } from '../../engine/run/index.ts';
import { fetchMappings } from '../../engine/connections/index.ts';
import { fetchPolicies } from '../../engine/policies/index.ts';
import { findOneOperation } from './operations.ts';

export interface UndoneField {
  readonly entity: string;
  readonly entityId: string;
  readonly field: string;
  readonly before: Json;
  readonly after: Json;
  readonly note: string | undefined;
}

export interface NotUndone {
  readonly entity: string;
  readonly entityId: string;
  readonly field: string | null;
  readonly reason: string;
}

export interface Undo {
  /** The operation that undid; absent where it was only planned, or there was nothing to do. */
  readonly operationId: string | undefined;
  readonly undoes: string;
  readonly fields: readonly UndoneField[];
  readonly refused: readonly NotUndone[];
  /** SHA-256 of what is set back and what is not: the same only as long as nothing of it moved. */
  readonly sha256: string;
}

const pageSize = 5_000;
/**
 * Takes back what an operation and its steps changed.
 * @param id the whole id or its first characters. @param given.by the user's name, for the journal.
 * @param given.planOnly shows what would be done and does nothing. @param given.sha256 of what was shown: exactly that is done, or nothing.
 * @throws OPERATION_UNKNOWN; USAGE if the operation is still running; PLAN_MOVED if it would do something else than was shown.
 */
export async function undoOperation(
  app: App,
  id: string,
  given: {
    readonly by: string;
    readonly reason: string | undefined;
    readonly planOnly: boolean;
    readonly sha256?: string;
  },
): Promise<Undo> {
  const operation = await findOneOperation(app.db, id);
  const undoes = operation.batch_id;
  if (operation.status === 'in_progress')
    throw new TielineError('USAGE', `The operation ${undoes} is not finished.`, {
      remedy: 'Wait for it, or let the next sync take it up; then undo it.',
    });
  const ids = [undoes, ...(await listSteps(app.db, undoes)).map((step) => step.batch_id)];
  return app.store.transaction(async (tx) => {
    const plan = decideUndo(await gatherRecords(tx, ids, { lock: !given.planOnly }));
    const sha256 = createHash('sha256').update(JSON.stringify(plan)).digest('hex');
    if (given.sha256 !== undefined && given.sha256 !== sha256)
      throw new TielineError(
        'PLAN_MOVED',
        'Values have changed since it was shown what this would set back.',
        {
          remedy: 'Look at what it would do now. Nothing was set back.',
        },
      );
    const undo = { undoes, ...plan, sha256 };
    if (given.planOnly || plan.fields.length === 0) return { operationId: undefined, ...undo };
    return { operationId: await applyUndo(tx, undoes, plan, { ...given, at: app.now() }), ...undo };
  });
}

/** What an operation did to one record, and how the record is now. */
interface ChangedRecord {
  readonly entity: string;
  readonly entityId: string;
  readonly journal: readonly JournalRow[];
  /** For linked entities; undefined for everything else, where no value is set back. */
  readonly present?: PresentRecord;
  /** Of assets that workflows tagged: the tags of workflows that stand now. */
  readonly tags?: readonly AssetTag[];
}

interface PresentRecord {
  readonly entity: LinkedEntityName;
  /** Undefined: it is not there any more. */
  readonly row: JsonObject | undefined;
  readonly held: readonly string[];
  readonly policies: readonly EntityPolicy[];
  /** What policies ask of it. */
  readonly facts: RecordFacts;
  readonly mappings: readonly FieldMapping[];
}

/** @param given.lock holds the rows until the transaction ends: what is decided over is what is then written. */
async function gatherRecords(
  tx: Tx,
  operationIds: readonly string[],
  given: { readonly lock: boolean },
): Promise<ChangedRecord[]> {
  const journal = await fetchWholeJournal(tx, operationIds);
  const rules = rulesReader(tx);
  const records: ChangedRecord[] = [];
  for (const [entity, ofEntity] of Map.groupBy(journal, (row) => row.entity)) {
    const byRecord = Map.groupBy(ofEntity, (row) => row.entityId);
    if (given.lock && isLinked(entity)) await lockRows(tx.db, entity, [...byRecord.keys()]);
    const presentOf = isLinked(entity)
      ? await presentReader(tx, entity, [...byRecord.keys()], rules)
      : undefined;
    for (const [entityId, rows] of byRecord)
      records.push({
        entity,
        entityId,
        journal: rows,
        ...(presentOf ? { present: await presentOf(entityId, rows) } : {}),
        ...(rows.some(isTagOfWorkflow) ? { tags: await listWorkflowTags(tx.db, entityId) } : {}),
      });
  }
  return records;
}

async function fetchWholeJournal(tx: Tx, ids: readonly string[]): Promise<JournalRow[]> {
  const all: JournalRow[] = [];
  for (;;) {
    const page = await listJournal(tx.db, ids, all.at(-1)?.id ?? 0, pageSize);
    all.push(...page);
    if (page.length < pageSize) return all;
  }
}

type Rules = Pick<PresentRecord, 'policies' | 'mappings'>;

/** Policies and mappings of the systems whose changes are undone, each fetched once. */
function rulesReader({ db }: Tx): (systemId: number | null) => Promise<Rules> {
  const known = new Map<number | null, Rules>([[null, { policies: [], mappings: [] }]]);
  return async (systemId) => {
    const rules =
      known.get(systemId) ??
      (systemId === null
        ? { policies: [], mappings: [] }
        : { policies: await fetchPolicies(db, systemId), mappings: await fetchMappings(db, systemId) });
    known.set(systemId, rules);
    return rules;
  };
}

/** Reads how records are now, all at once. */
async function presentReader(
  tx: Tx,
  entity: LinkedEntityName,
  entityIds: readonly string[],
  rulesOf: ReturnType<typeof rulesReader>,
): Promise<(entityId: string, journal: readonly JournalRow[]) => Promise<PresentRecord>> {
  const rows = await fetchRows(tx.db, entity, entityIds);
  const held = await listHeldFields(tx.db, entity, entityIds);
  const systems = await findLinkedSystems(tx.db, entity, entityIds);
  const facts = new Map<Rules, (entityId: string) => RecordFacts>();
  return async (entityId, journal) => {
    const changedBy = journal.find((row) => isValue(row) && row.systemId !== null)?.systemId;
    const rules = await rulesOf(changedBy ?? systems.get(entityId) ?? null);
    const factsOf = facts.get(rules) ?? (await readRecordFacts(tx.db, rules.policies, entity, entityIds));
    facts.set(rules, factsOf);
    return {
      entity,
      row: rows.get(entityId)?.row,
      held: held.get(entityId) ?? [],
      facts: factsOf(entityId),
      ...rules,
    };
  };
}

interface UndoPlan {
  readonly fields: readonly UndoneField[];
  readonly refused: readonly NotUndone[];
}

/** What goes back, and what cannot. */
function decideUndo(records: readonly ChangedRecord[]): UndoPlan {
  const plans = records.map(decideRecord);
  return {
    fields: plans.flatMap((plan) => plan.fields),
    refused: plans.flatMap((plan) => plan.refused),
  };
}

function decideRecord({ tags, ...record }: ChangedRecord): UndoPlan {
  const { fields, refused } = decideValues(record);
  const ofTags = tags ? decideTags(record, tags) : { fields: [], refused: [] };
  return { fields: [...fields, ...ofTags.fields], refused: [...refused, ...ofTags.refused] };
}

/** What a workflow tagged loses the tag, and what it untagged bears it again, unless that happened since. */
function decideTags(
  { entity, entityId, journal }: Pick<ChangedRecord, 'entity' | 'entityId' | 'journal'>,
  standing: readonly AssetTag[],
): UndoPlan {
  const field = 'tag';
  const fields: UndoneField[] = [];
  const refused: NotUndone[] = [];
  for (const { before, after } of journal.filter(isTagOfWorkflow)) {
    const tag = tagIn(after ?? before);
    const stands = standing.some(({ category, value }) => category === tag.category && value === tag.value);
    if (stands === (after !== null))
      fields.push({ entity, entityId, field, before: after, after: before, note: undefined });
    else
      refused.push({
        entity,
        entityId,
        field,
        reason: stands ? 'was set again since' : 'was taken away since',
      });
  }
  return { fields, refused };
}

const tagIn = (value: Json): AssetTag => {
  const { category = '', value: word = '' } = isJsonObject(value) ? value : {};
  return { category: scalarText(category), value: scalarText(word) };
};

/** A tag that a step of a workflow set or took away; what was sent to a scanner says so by another direction. */
const isTagOfWorkflow = (row: JournalRow): boolean =>
  row.entity === 'asset' && row.field === 'tag' && row.direction === 'internal';

function decideValues({ entity, entityId, journal, present }: Omit<ChangedRecord, 'tags'>): UndoPlan {
  const reasons = [...new Set(journal.flatMap((row) => whyNot(row) ?? []))];
  const refused = reasons.map((reason): NotUndone => ({ entity, entityId, field: null, reason }));
  const changes = journal.filter(isValue);
  if (!present || changes.length === 0) return { fields: [], refused };
  const { row } = present;
  if (!row) {
    const gone = { entity, entityId, field: null, reason: 'is not there any more' };
    return { fields: [], refused: [...refused, gone] };
  }
  const plan = decideFields({ ...present, row }, entityId, changes);
  return { fields: plan.fields, refused: [...refused, ...plan.refused] };
}

function decideFields(
  record: PresentRecord & { readonly row: JsonObject },
  entityId: string,
  changes: readonly JournalRow[],
): UndoPlan {
  const { entity, row } = record;
  const { sendable } = compileMappings(record.mappings, entity);
  const fields: UndoneField[] = [];
  const refused: NotUndone[] = [];
  for (const [field, ofField] of Map.groupBy(changes, (change) => change.field ?? '')) {
    const step = foldSteps(ofField);
    // That the remote trims or re-cases what is sent to it would only come back.
    if (ofField.every((change) => change.ruleCode === 'remote_reading')) continue;
    if (!step || linkedEntity(entity).remoteId === field || !linkedEntity(entity).fields.includes(field))
      continue;
    const reversal = reverseField(step, {
      present: row[field],
      policy: lookUpPolicy(record.policies, entity, field, record.facts),
      held: record.held.includes(field),
      sendable: sendable.has(field),
    });
    if (reversal.do === 'refuse') refused.push({ entity, entityId, field, reason: reversal.reason });
    if (reversal.do === 'set') {
      const { value: after, note } = reversal;
      fields.push({ entity, entityId, field, before: row[field] ?? null, after, note });
    }
  }
  return { fields, refused };
}

/** Whether a change is of a value that can be set back. */
const isValue = (row: JournalRow): boolean =>
  row.field !== null && !isTagOfWorkflow(row) && whyNot(row) === undefined;

/** Why a change cannot be undone on its own; undefined where it is a value that can. */
function whyNot(row: JournalRow): string | undefined {
  if (row.ruleCode === 'remote_moved') return 'was moved at the remote: it is moved back there';
  if (isTagOfWorkflow(row)) return undefined;
  if (row.entity === 'asset' && row.field === 'tag')
    return 'the tag follows from the component that the asset is matched to: `tieline links break` that, and the tag is not set again';
  if (row.entity === 'asset' && matchedColumns.has(row.field ?? ''))
    return 'was matched by its identifiers, and would be again: `tieline links break` it';
  if (row.field === 'link') return 'is a link: `tieline links break` and `tieline links make` change it';
  if (row.field === 'weakness' || row.field === 'outbox' || row.entity === 'approval')
    return 'is a decision, and no value';
  if (row.entity === 'connection')
    return 'is a setting of a connection: `tieline connections set` changes it';
  if (row.entity === 'finding' && row.direction === 'internal')
    return 'is the work on a finding: `tieline remediation` changes it';
  if (['task', 'poam_review', 'review_interval'].includes(row.entity)) return 'is a decision, and no value';
  if (!isLinked(row.entity)) return 'is what a scanner reported: it is read, not decided here';
  if (row.field !== null) return undefined;
  if (row.ruleCode === 'natural_key')
    return 'was linked to a record of the remote: `tieline links break` takes that back';
  if (row.ruleCode === 'full_read') return 'was missing at the remote, or came back there';
  return row.direction === 'inbound'
    ? 'was made because the remote has it, and would be again'
    : 'was made at the remote too; Tieline deletes nothing: set its status to Cancelled';
}

/** Sets the values back, with their journal and counts, as an operation of its own. @returns its id. */
async function applyUndo(
  tx: Tx,
  undoes: string,
  { fields, refused }: UndoPlan,
  given: { readonly by: string; readonly reason: string | undefined; readonly at: Date },
): Promise<string> {
  const { at } = given;
  const operation = { type: 'undo', system: 'internal', step: 'undo', metadata: { undoes } } as const;
  return withOperation(tx.db, operation, async ({ id: operationId, count }) => {
    for (const [entity, ofEntity] of Map.groupBy(fields, (each) => each.entity))
      if (isLinked(entity)) {
        await updateRows(tx.db, entity, columnsByRecord(ofEntity));
        const entityIds = [...new Set(ofEntity.map(({ entityId }) => entityId))];
        await markRecordsEdited(tx.db, { entity, entityIds });
      } else await setTagsBack(tx, ofEntity, { by: given.by, at, operationId });
    await recordChanges(
      tx.db,
      { systemId: null, operationId },
      fields.map(({ entity, entityId, field, before, after }) => ({
        entity,
        entityId,
        field,
        before,
        after,
        direction: 'internal' as const,
        decidedBy: byPerson(given.by),
        reason: given.reason ?? reasonOf('undo', { operation: undoes.slice(0, 8) }),
      })),
    );
    await count({ read: fields.length + refused.length, updated: fields.length, held: refused.length });
    return operationId;
  });
}

/** Of tags of workflows; the next sync tells the scanners. */
async function setTagsBack(
  tx: Tx,
  fields: readonly UndoneField[],
  set: { readonly by: string; readonly at: Date; readonly operationId: string },
): Promise<void> {
  for (const { entityId, before, after } of fields)
    if (after === null) await endWorkflowTag(tx.db, entityId, tagIn(before), set);
    else await returnWorkflowTag(tx.db, entityId, tagIn(after), set);
}

const columnsByRecord = (fields: readonly UndoneField[]) =>
  [...Map.groupBy(fields, (each) => each.entityId)].map(([entityId, changes]) => ({
    entityId,
    columns: Object.fromEntries(changes.map(({ field, after }) => [field, after])),
  }));
