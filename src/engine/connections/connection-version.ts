import { createHash } from 'node:crypto';
import { type ExternalSystemRow, lockSystem } from '../../ledger/external-systems/index.ts';
import type { Tx } from '../../platform/postgres/index.ts';
import { TielineError } from '../../platform/errors/index.ts';
import type { ConnectionContext } from './connect.ts';
import { fetchSystem } from './systems.ts';

/** What a change is made to: other when settings, address, secrets or a pause have changed; a sync leaves it as it is. */
export function connectionVersion(row: ExternalSystemRow): string {
  const { api_base_url, connection_config, sync_enabled, sync_paused_at, sending_paused_at } = row;
  const parts = [api_base_url, connection_config, sync_enabled, sync_paused_at, sending_paused_at];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16);
}

/** @throws TielineError SYSTEM_UNKNOWN, RECORD_MOVED where it is not as `version` says. */
export async function requireVersion(
  context: Pick<ConnectionContext, 'db'>,
  name: string,
  version: string,
): Promise<void> {
  requireAsSeen(await fetchSystem(context, name), version);
}

/** @throws TielineError RECORD_MOVED where the row is not as `version` says. */
export function requireAsSeen(row: ExternalSystemRow, version: string): void {
  if (connectionVersion(row) !== version) throw moved(row.system_name);
}

const moved = (name: string): TielineError =>
  new TielineError('RECORD_MOVED', `The connection ${name} was changed meanwhile.`, {
    remedy: 'Look at it as it is now, and decide again. Nothing was changed.',
  });

/**
 * Holds the row until the transaction ends: between what was read, tried at the server and written here, a minute may have passed.
 * @throws TielineError RECORD_MOVED where it is no longer as it was read.
 */
export async function holdAsRead(tx: Tx, read: ExternalSystemRow): Promise<void> {
  const present = await lockSystem(tx.db, read.id);
  if (!present || connectionVersion(present) !== connectionVersion(read)) throw moved(read.system_name);
}
