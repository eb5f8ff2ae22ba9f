/**
 * Undo: an operation's values go back on our side, as a new operation; what is to change at the remote then goes the way of
 * every edit, through plan, outbox and journal, and meets the same conflicts. Nothing is deleted on either side.
 */
import { TielineError } from '../../errors/tieline-error.ts';
import type { Json, JsonObject } from '../../model/json.ts';
import { recordChanges } from '../../store/changes.ts';
import { listHeldFields } from '../../store/conflicts.ts';
import { findLinkedSystems } from '../../store/links.ts';
import { listJournal, type JournalRow } from '../../store/journal.ts';
import { fetchRows, updateRows, type NegotiatedEntity } from '../../store/negotiated.ts';
import {
  beginOperation,
  finishOperation,
  listSteps,
  noCounts,
  recordCounts,
} from '../../store/operations.ts';
import { inTransaction, type Tx } from '../../store/transaction.ts';
import { lookUpPolicy } from '../../sync/policy.ts';
import { foldSteps, reverseField } from '../../sync/reverse.ts';
import { compileMappings } from '../../sync/mapping.ts';
import type { FieldMapping } from '../../model/mapping.ts';
import type { EntityPolicy } from '../../model/policy.ts';
import { byPerson, reasonOf } from '../../model/rule-codes.ts';
import type { App } from '../app.ts';
import { fetchMappings } from '../connections/connect.ts';
import { negotiatedShapes, remoteIds } from '../imports/negotiated-shapes.ts';
import { fetchPolicies } from '../policies/policies.ts';
import { findOneOperation } from '../runs/operations.ts';

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
}

const pageSize = 5_000;
const isNegotiated = (entity: string): entity is NegotiatedEntity => entity in negotiatedShapes;

/**
 * Takes back what an operation and its steps changed.
 * @param id the whole id or its first characters. @param given.by the user's name, for the journal.
 * @param given.planOnly shows what would be done and does nothing.
 * @throws OPERATION_UNKNOWN; USAGE if the operation is still running.
 */
export async function undoOperation(
  app: App,
  id: string,
  given: { readonly by: string; readonly reason: string | undefined; readonly planOnly: boolean },
): Promise<Undo> {
  const operation = await findOneOperation(app.db, id);
  if (operation.status === 'in_progress')
    throw new TielineError('USAGE', `The operation ${operation.batch_id} is not finished.`, {
      remedy: 'Wait for it, or let the next sync take it up; then undo it.',
    });
  const ids = [
    operation.batch_id,
    ...(await listSteps(app.db, operation.batch_id)).map((step) => step.batch_id),
  ];
  const short = operation.batch_id.slice(0, 8);
  return inTransaction(app.pool, async (tx) => {
    const rules = new RulesBySystem(app);
    const fields: UndoneField[] = [];
    const refused: NotUndone[] = [];
    const journal = await wholeJournal(tx, ids);
    for (const [entity, rows] of Map.groupBy(journal, (row) => row.entity))
      await planEntity(tx, rules, entity, rows, { fields, refused });
    if (given.planOnly || fields.length === 0)
      return { operationId: undefined, undoes: operation.batch_id, fields, refused };
    const operationId = await beginOperation(tx.db, {
      type: 'undo',
      system: 'internal',
      step: 'undo',
      metadata: { undoes: operation.batch_id },
    });
    await carryOut(tx, fields);
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
        reason: given.reason ?? reasonOf('undo', { operation: short }),
      })),
    );
    await recordCounts(tx.db, operationId, {
      ...noCounts,
      read: fields.length + refused.length,
      updated: fields.length,
      held: refused.length,
    });
    await finishOperation(tx.db, operationId, refused.length > 0 ? 'completed_with_issues' : 'completed');
    return { operationId, undoes: operation.batch_id, fields, refused };
  });
}

async function wholeJournal(tx: Tx, ids: readonly string[]): Promise<JournalRow[]> {
  const all: JournalRow[] = [];
  for (;;) {
    const page = await listJournal(tx.db, ids, all.at(-1)?.id ?? 0, pageSize);
    all.push(...page);
    if (page.length < pageSize) return all;
  }
}

/** Policies and mappings of the systems whose changes are undone, each fetched once. */
class RulesBySystem {
  readonly #app: App;
  readonly #known = new Map<number, Promise<{ policies: EntityPolicy[]; mappings: FieldMapping[] }>>();
  constructor(app: App) {
    this.#app = app;
  }
  of(systemId: number | null): Promise<{ policies: EntityPolicy[]; mappings: FieldMapping[] }> {
    if (systemId === null) return Promise.resolve({ policies: [], mappings: [] });
    const known = this.#known.get(systemId) ?? this.#fetch(systemId);
    this.#known.set(systemId, known);
    return known;
  }
  async #fetch(systemId: number) {
    return {
      policies: await fetchPolicies(this.#app.db, systemId),
      mappings: await fetchMappings(this.#app.db, systemId),
    };
  }
}

interface Plan {
  readonly fields: UndoneField[];
  readonly refused: NotUndone[];
}

/** Plans the records of one entity. */
async function planEntity(
  tx: Tx,
  rules: RulesBySystem,
  entity: string,
  journal: readonly JournalRow[],
  plan: Plan,
): Promise<void> {
  const byRecord = Map.groupBy(journal, (row) => row.entityId);
  const entityIds = [...byRecord.keys()];
  const present = isNegotiated(entity)
    ? {
        rows: await fetchRows(tx.db, entity, entityIds),
        held: await listHeldFields(tx.db, entity, entityIds),
        systems: await findLinkedSystems(tx.db, entity, entityIds),
      }
    : undefined;
  for (const [entityId, rows] of byRecord) {
    for (const reason of new Set(rows.flatMap((row) => whyNot(row) ?? [])))
      plan.refused.push({ entity, entityId, field: null, reason });
    const changes = rows.filter((row) => row.field !== null && whyNot(row) === undefined);
    if (!isNegotiated(entity) || !present || changes.length === 0) continue;
    const row = present.rows.get(entityId)?.row;
    if (!row) {
      plan.refused.push({ entity, entityId, field: null, reason: 'is not there any more' });
      continue;
    }
    const systemId = changes.find((change) => change.systemId !== null)?.systemId;
    const { policies, mappings } = await rules.of(systemId ?? present.systems.get(entityId) ?? null);
    const held = present.held.get(entityId) ?? [];
    planFields({ entity, entityId, row, held, policies, mappings }, changes, plan);
  }
}

function planFields(
  record: {
    readonly entity: NegotiatedEntity;
    readonly entityId: string;
    readonly row: JsonObject;
    readonly held: readonly string[];
    readonly policies: readonly EntityPolicy[];
    readonly mappings: readonly FieldMapping[];
  },
  changes: readonly JournalRow[],
  plan: Plan,
): void {
  const { entity, entityId, row } = record;
  const { sendable } = compileMappings(record.mappings, entity);
  for (const [field, ofField] of Map.groupBy(changes, (change) => change.field ?? '')) {
    const step = foldSteps(ofField);
    // That the remote trims or re-cases what is sent to it would only come back.
    if (ofField.every((change) => change.ruleCode === 'remote_reading')) continue;
    if (!step || remoteIds.has(field) || !negotiatedShapes[entity].fields.includes(field)) continue;
    const reversal = reverseField(step, {
      present: row[field],
      policy: lookUpPolicy(record.policies, entity, field),
      held: record.held.includes(field),
      sendable: sendable.has(field),
    });
    if (reversal.do === 'refuse') plan.refused.push({ entity, entityId, field, reason: reversal.reason });
    if (reversal.do === 'set') {
      const { value: after, note } = reversal;
      plan.fields.push({ entity, entityId, field, before: row[field] ?? null, after, note });
    }
  }
}

/** Why a change cannot be taken back by itself; undefined where it is a value that can. */
function whyNot(row: JournalRow): string | undefined {
  if (row.ruleCode === 'remote_moved') return 'was moved at the remote: it is moved back there';
  if (row.entity === 'asset' && row.field === 'tag')
    return 'the tag follows from the component that the asset is matched to: `tieline links break` that, and the tag is not set again';
  if (row.entity === 'asset' && (row.field === 'system_id' || row.field === 'xacta_component_id'))
    return 'was matched by its identifiers, and would be again: `tieline links break` it';
  if (row.field === 'link') return 'is a link: `tieline links break` and `tieline links make` change it';
  if (row.field === 'weakness' || row.field === 'outbox' || row.entity === 'approval')
    return 'is a decision, and no value';
  if (row.entity === 'connection')
    return 'is a setting of a connection: `tieline connections set` changes it';
  if (!isNegotiated(row.entity)) return 'is what a scanner reported: it is read, not decided here';
  if (row.field !== null) return undefined;
  if (row.ruleCode === 'natural_key')
    return 'was linked to a record of the remote: `tieline links break` takes that back';
  if (row.ruleCode === 'full_read') return 'was missing at the remote, or came back there';
  return row.direction === 'inbound'
    ? 'was made because the remote has it, and would be again'
    : 'was made at the remote too; Tieline deletes nothing: set its status to Cancelled';
}

async function carryOut(tx: Tx, fields: readonly UndoneField[]): Promise<void> {
  for (const [entity, ofEntity] of Map.groupBy(fields, (each) => each.entity)) {
    if (!isNegotiated(entity)) continue;
    const byRecord = Map.groupBy(ofEntity, (each) => each.entityId);
    await updateRows(
      tx.db,
      entity,
      [...byRecord].map(([entityId, changes]) => ({
        entityId,
        columns: Object.fromEntries(changes.map(({ field, after }) => [field, after])),
      })),
    );
  }
}
