/** What a person sees and decides about changes on their way out. */
import { TielineError } from '../../platform/errors/index.ts';
import { recordChanges, withOperation } from '../../ledger/operations/index.ts';
import {
  countOutboxEntries,
  demandReplan,
  describeChanges,
  type DescribedChange,
  dropRows,
  listOutbox,
  type OutboxEntry,
  type OutboxFilter,
  retryFailed,
} from '../../engine/outbox/index.ts';
import { setSendingPaused } from '../../ledger/external-systems/index.ts';
import type { Tx } from '../../platform/postgres/index.ts';
import type { App } from '../../engine/run/index.ts';
import { fetchSystem } from '../../engine/connections/index.ts';
import { settleRejected } from '../../record/entities/index.ts';
import { byPerson } from '../../canonical/vocabulary/index.ts';
import { closeAfterChange } from '../../engine/conflicts/index.ts';

export type { OutboxEntry, OutboxFilter };

/** @throws SYSTEM_UNKNOWN where the filter names a system that there is not. */
export async function findOutbox(
  app: Pick<App, 'db'>,
  filter: OutboxFilter,
  limit: number,
): Promise<OutboxEntry[]> {
  if (filter.system !== undefined) await fetchSystem(app, filter.system);
  return listOutbox(app.db, filter, limit);
}

/** What the changes are about, in words, in the order given. */
export function describeEntries(
  app: Pick<App, 'db' | 'now'>,
  entries: readonly OutboxEntry[],
): Promise<DescribedChange[]> {
  return describeChanges(
    app.db,
    entries.map((entry) => ({ ...entry, after: entry.payload })),
    dayOf(app),
  );
}

const dayOf = (app: Pick<App, 'now'>): string => app.now().toISOString().slice(0, 10);

export function countFittingOutbox(app: Pick<App, 'db'>, filter: OutboxFilter): Promise<number> {
  return countOutboxEntries(app.db, filter);
}

export interface OutboxDecision {
  readonly operationId: string;
  readonly done: readonly number[];
  /** Rows that are not as the decision needs them, and how they are. */
  readonly refused: readonly { readonly id: number; readonly reason: string }[];
}

/**
 * Opens refused rows again, or drops rows permanently; a row that may have arrived cannot be dropped before that is known.
 * @param decided.by the user's name, for the journal. @throws USAGE if an id is none of the outbox.
 */
export async function decideOutbox(
  app: Pick<App, 'db' | 'store'>,
  ids: readonly number[],
  decided: { readonly what: 'retry' | 'drop'; readonly by: string; readonly reason: string },
): Promise<OutboxDecision> {
  return app.store.transaction(async (tx) => {
    const rows = await listOutbox(tx.db, { ids }, ids.length);
    const unknown = ids.filter((id) => !rows.some((row) => row.id === id));
    if (unknown.length > 0)
      throw new TielineError('USAGE', `There is no change ${unknown.join(', ')} in the outbox.`, {
        remedy: 'List them with `tieline outbox list --all`.',
      });
    const operation = { type: 'update', system: 'internal', step: `${decided.what} outbox` } as const;
    return withOperation(tx.db, operation, async ({ id: operationId, count, conclude }) => {
      const done =
        decided.what === 'retry' ? await retryFailed(tx.db, ids) : await dropRows(tx.db, ids, decided);
      const changed = rows.filter((row) => done.includes(row.id));
      for (const [systemId, ofSystem] of Map.groupBy(changed, (row) => row.systemId))
        await recordOutboxDecision(tx, { systemId, operationId }, ofSystem, decided);
      const untouched = rows.filter((row) => !done.includes(row.id));
      await count({ read: rows.length, updated: done.length, held: untouched.length });
      // What could not be decided so was said to the person at once, and nothing waits for them.
      conclude({ status: 'completed' });
      const refused = untouched.map((row) => ({ id: row.id, reason: `is ${row.state}` }));
      return { operationId, done, refused };
    });
  });
}

/** What a decision about changes of one system entails: its journal, POA&Ms that are not made, conflicts that it settles. */
async function recordOutboxDecision(
  tx: Tx,
  source: { readonly systemId: number; readonly operationId: string },
  rows: readonly OutboxEntry[],
  decided: { readonly what: 'retry' | 'drop'; readonly by: string; readonly reason: string },
): Promise<void> {
  await recordChanges(
    tx.db,
    source,
    rows.map((row) => ({
      entity: row.entity,
      entityId: row.entityId,
      field: 'outbox',
      before: { state: row.state, change: row.payload },
      after: decided.what === 'retry' ? 'to be sent again' : 'dropped',
      direction: 'internal' as const,
      decidedBy: byPerson(decided.by),
      reason: decided.reason,
    })),
  );
  if (decided.what === 'drop') await settleRejected(tx, source, rows, decided);
  for (const { entity, entityId } of rows)
    await closeAfterChange(tx, { systemId: source.systemId, entity }, [entityId]);
}

/**
 * Stops sending to a system, or lets it continue; reading continues either way. What was queued before or during the pause is
 * planned again by the next sync before it is sent: its reasons may be gone.
 * @returns after a pause, how many changes are planned again. @throws SYSTEM_UNKNOWN.
 */
export async function pauseSending(
  app: App,
  name: string,
  paused: { readonly by: string; readonly reason: string } | undefined,
): Promise<number> {
  const system = await fetchSystem(app, name);
  return app.store.transaction(async (tx) => {
    await setSendingPaused(tx.db, system.id, paused);
    return paused ? 0 : await demandReplan(tx.db, system.id);
  });
}
