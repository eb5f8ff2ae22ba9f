/**
 * What the remote refused goes out again by itself when what it depends on has changed: its system, a control, its POA&M or milestones
 * were seen changed there since, the mappings are others, or the record that was to be made says something else here now. What
 * depends on something that nobody can see from here (a right of our account) is for a person: `tieline outbox retry`.
 */
import type { EntityType } from '../../connectors/kit/contract.ts';
import type { JsonObject } from '../../model/json.ts';
import { byRule, reasonOf, type Reason } from '../../model/rule-codes.ts';
import { recordChanges } from '../../store/changes.ts';
import { fetchRows } from '../../store/negotiated.ts';
import { noCounts, recordCounts } from '../../store/operations.ts';
import { listRefused, reopenRefused, type RefusedRow } from '../../store/outbox-refused.ts';
import { inTransaction, type Tx } from '../../store/transaction.ts';
import { needsApproval } from '../../sync/approval.ts';
import { sameValue } from '../../sync/three-way.ts';
import type { ConnectedSystem } from '../connections/connected-system.ts';
import { inCanonicalWords, negotiatedShapes } from '../imports/negotiated-shapes.ts';
import type { RunContext } from '../runs/run-context.ts';
import { isSpellable, outboundEdition } from './outbound-change.ts';

interface Retried {
  readonly row: RefusedRow;
  readonly payload: JsonObject;
  readonly because: Reason;
}

/** Opens the refused changes of a system again that may be taken now. @param entities of these kinds of records only. */
export async function retryRefused(
  context: RunContext,
  system: ConnectedSystem,
  operationId: string,
  entities: readonly EntityType[],
): Promise<void> {
  const source = { systemId: system.id, operationId };
  await inTransaction(context.pool, async (tx) => {
    const refused = await listRefused(tx.db, system.id, entities);
    const payloads = await presentPayloads(tx, refused);
    const retried = refused.flatMap((row): Retried[] => {
      const payload = payloads.get(row.id) ?? row.payload;
      const because = whyNow(system, row, payload);
      return because === undefined ? [] : [{ row, payload, because }];
    });
    await reopenRefused(
      tx.db,
      source,
      retried.map(({ row, payload }) => ({ id: row.id, payload, asks: asksAgain(system, row, payload) })),
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
    if (retried.length > 0)
      await recordCounts(tx.db, operationId, { ...noCounts, read: retried.length, updated: retried.length });
  });
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
  const creates = refused.filter((row) => row.kind === 'create' && row.entity === 'poam');
  const rows = await fetchRows(
    tx.db,
    'poam',
    creates.map((row) => row.entityId),
  );
  return new Map(
    creates.flatMap((create): [number, JsonObject][] => {
      const stored = rows.get(create.entityId);
      if (!stored) return [];
      const row = inCanonicalWords('poam', stored.row);
      const fields = negotiatedShapes.poam.fields.filter(
        (field) => create.payload[field] !== undefined && !sameDay(create.payload[field], row[field]),
      );
      return [
        [
          create.id,
          { ...create.payload, ...Object.fromEntries(fields.map((field) => [field, row[field] ?? null])) },
        ],
      ];
    }),
  );
}

/** A day that a column keeps with the time 00:00 is the same day. */
const sameDay = (one: unknown, other: unknown): boolean =>
  sameValue(one as JsonObject, other as JsonObject) ||
  (typeof one === 'string' && typeof other === 'string' && other === `${one}T00:00:00`);

/** Whether a person must agree: what he agreed to before is something else. */
function asksAgain(system: ConnectedSystem, row: RefusedRow, payload: JsonObject): boolean {
  if (sameValue(row.payload, payload)) return false;
  const severity = payload['weakness_risk_level'] ?? payload['risk_rating'];
  return needsApproval(system.policies, {
    entity: row.entity,
    kind: row.kind,
    fields: Object.keys(payload),
    severity: typeof severity === 'string' ? severity : undefined,
  });
}
