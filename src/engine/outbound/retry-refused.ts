/**
 * What the remote refused goes out again by itself when what it depends on has changed: its system, a control, its POA&M or milestones
 * were seen changed there since, the mappings are others, or the record that was to be made says something else here now. What
 * depends on something that cannot be seen from here (a right of our account) is left to a person: `tieline outbox retry`.
 */
import type { EntityType } from '../../connectors/kit/index.ts';
import type { Json, JsonObject } from '../../platform/values/index.ts';
import { byRule, comparisonOf, type Reason, reasonOf } from '../../canonical/vocabulary/index.ts';
import { noCounts, recordChanges, recordCounts } from '../../ledger/operations/index.ts';
import { fetchRows, inCanonicalWords, linkedEntity } from '../../record/entities/index.ts';
import { listRefused, type RefusedRow, reopenRefused } from '../outbox/index.ts';
import type { Tx } from '../../platform/postgres/index.ts';
import { needsApproval, type RecordFacts } from '../../canonical/policy/index.ts';
import { readFactsOfRows } from '../../record/policy-facts/index.ts';
import { sameValue } from '../merge/index.ts';
import type { ConnectedSystem } from '../connections/index.ts';
import type { RunContext } from '../run/index.ts';
import { isSpellable, outboundEdition } from './outbound-change.ts';

/** A refused change, and what it is to say by the record as it is now. */
interface Refused {
  readonly row: RefusedRow;
  readonly payload: JsonObject;
  /** What policies ask of the record. */
  readonly record: RecordFacts;
}

interface Retried extends Refused {
  readonly because: Reason;
  /** Whether a person must agree first. */
  readonly asks: boolean;
}

/** Opens the refused changes of a system again that may be taken now. @param entities of these kinds of records only. */
export async function retryRefused(
  context: RunContext,
  system: ConnectedSystem,
  operationId: string,
  entities: readonly EntityType[],
): Promise<void> {
  await context.store.transaction(async (tx) => {
    const refused = await gatherRefused(tx, system, entities);
    await reopen(tx, { systemId: system.id, operationId }, decideRetries(system, refused));
  });
}

async function gatherRefused(
  tx: Tx,
  system: ConnectedSystem,
  entities: readonly EntityType[],
): Promise<Refused[]> {
  const rows = await listRefused(tx.db, system.id, entities);
  const payloads = await presentPayloads(tx, rows);
  const factsOf = await readFactsOfRows(tx.db, system.policies, rows);
  return rows.map((row) => ({
    row,
    payload: payloads.get(row.id) ?? row.payload,
    record: factsOf(row),
  }));
}

function decideRetries(system: ConnectedSystem, refused: readonly Refused[]): Retried[] {
  return refused.flatMap((each): Retried[] => {
    const { row, payload } = each;
    const because = whyNow(system, row, payload);
    return because === undefined ? [] : [{ ...each, because, asks: asksAgain(system, each) }];
  });
}

/** Puts changes back into the queue, with their journal and counts. */
async function reopen(
  tx: Tx,
  source: { readonly systemId: number; readonly operationId: string },
  retried: readonly Retried[],
): Promise<void> {
  if (retried.length === 0) return;
  await reopenRefused(
    tx.db,
    source,
    retried.map(({ row, payload, asks }) => ({ id: row.id, payload, asks })),
  );
  await recordChanges(
    tx.db,
    source,
    retried.map(({ row, payload, because }) => ({
      entity: row.entity,
      entityId: row.entityId,
      field: 'outbox',
      before: { state: 'failed', change: row.payload },
      after: sameValue(row.payload, payload) ? 'to be sent again' : { change: payload },
      direction: 'internal' as const,
      decidedBy: byRule('dependency_changed'),
      reason: because,
    })),
  );
  const counts = { ...noCounts, read: retried.length, updated: retried.length };
  await recordCounts(tx.db, source.operationId, counts);
}

/** Why a refused change may be taken now; undefined: nothing speaks for it. */
function whyNow(system: ConnectedSystem, row: RefusedRow, payload: JsonObject): Reason | undefined {
  const spelled = isSpellable(system, { ...row, payload });
  if (row.failure['outcome'] === 'unmappable') return spelled ? reasonOf('spellable_now') : undefined;
  if (!spelled) return undefined;
  if (!sameValue(row.payload, payload)) return reasonOf('record_changed');
  if (row.isMoved) return reasonOf('dependency_changed');
  const { mappings } = row.failure;
  return typeof mappings === 'string' && mappings !== outboundEdition(system, row.entity)
    ? reasonOf('mappings_changed')
    : undefined;
}

/** What creations are to say by the rows as they are now. Updates are planned from the rows in any case. */
async function presentPayloads(
  tx: Tx,
  refused: readonly RefusedRow[],
): Promise<ReadonlyMap<number, JsonObject>> {
  const creates = refused.filter((row) => row.kind === 'create' && linkedEntity(row.entity).atEnd.composed);
  const present = new Map<number, JsonObject>();
  for (const [entity, ofEntity] of Map.groupBy(creates, (row) => row.entity)) {
    const rows = await fetchRows(
      tx.db,
      entity as EntityType,
      ofEntity.map((row) => row.entityId),
    );
    for (const create of ofEntity) {
      const stored = rows.get(create.entityId);
      if (stored) present.set(create.id, presentPayload(create, stored.row));
    }
  }
  return present;
}

function presentPayload({ entity, payload }: RefusedRow, stored: JsonObject): JsonObject {
  const row = inCanonicalWords(entity as EntityType, stored);
  const fields = linkedEntity(entity).fields.filter(
    (field) => payload[field] !== undefined && !sameSpelling(field, payload[field], row[field]),
  );
  return { ...payload, ...Object.fromEntries(fields.map((field) => [field, row[field] ?? null])) };
}

/** A day is the same day with the time 00:00, as payloads of former releases have it. */
const sameSpelling = (field: string, one: Json | undefined, other: Json | undefined): boolean =>
  sameValue(one, other, comparisonOf(field) === 'day' ? 'day' : 'text');

/** Whether a person must agree: what was agreed to before is something else. */
function asksAgain(system: ConnectedSystem, { row, payload, record }: Refused): boolean {
  if (sameValue(row.payload, payload)) return false;
  const severity = payload['weakness_risk_level'] ?? payload['risk_rating'];
  const change = {
    entity: row.entity,
    kind: row.kind,
    fields: Object.keys(payload),
    severity: typeof severity === 'string' ? severity : undefined,
  };
  return needsApproval(system.policies, change, record);
}
