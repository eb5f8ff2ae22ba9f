/**
 * Removing a connection. What it reported is a fact and stays, with its links and journal, under its name; only what would
 * act through it ends: its secrets are erased, changes that wait for it are dropped, its schedules deleted. Adding the same
 * name, type and address again continues it. Deleting was rejected: findings, POA&Ms and their history would go with it.
 */
import type { Store } from '../../platform/postgres/index.ts';
import { isJsonObject, type JsonObject } from '../../platform/values/index.ts';
import { countWhatHangs, retireSystem, type WhatHangs } from './remove-system.sql.ts';
import { recordConnectionDecision } from './change-connection.ts';
import { holdAsRead, requireAsSeen } from './connection-version.ts';
import type { ConnectionContext } from './connect.ts';
import { isSealed } from './secret-box.ts';
import { fetchSystem } from './systems.ts';

export type { WhatHangs };

/** What hangs on a connection, for the question whether it is to be removed. @throws TielineError SYSTEM_UNKNOWN. */
export async function whatHangsOn(context: ConnectionContext, name: string): Promise<WhatHangs> {
  return countWhatHangs(context.db, (await fetchSystem(context, name)).id);
}

/** @returns what hung on it, and the operation. @throws TielineError SYSTEM_UNKNOWN. */
export async function removeConnection(
  context: ConnectionContext & { store: Store },
  name: string,
  decided: { readonly by: string; readonly reason: string | undefined; readonly version?: string },
): Promise<WhatHangs & { readonly operationId: string }> {
  const row = await fetchSystem(context, name);
  if (decided.version !== undefined) requireAsSeen(row, decided.version);
  const config: JsonObject = isJsonObject(row.connection_config) ? row.connection_config : {};
  const kept = Object.fromEntries(Object.entries(config).filter(([, value]) => !isSealed(value)));
  return context.store.transaction(async (tx) => {
    await holdAsRead(tx, row);
    const hangs = await countWhatHangs(tx.db, row.id);
    await retireSystem(tx.db, row.id, kept, { by: decided.by, reason: decided.reason ?? '' });
    const change = { field: 'connection', before: row.api_base_url, after: 'removed' };
    const operationId = await recordConnectionDecision(tx, row, 'remove connection', [change], decided);
    return { ...hangs, operationId };
  });
}
