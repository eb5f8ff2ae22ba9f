import { createHash } from 'node:crypto';
import type { ExternalSystemRow } from '../../ledger/external-systems/index.ts';
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
  if (connectionVersion(await fetchSystem(context, name)) !== version)
    throw new TielineError('RECORD_MOVED', `The connection ${name} was changed meanwhile.`);
}
