import type { Kysely } from 'kysely';
import { recordEvents } from '../events/index.ts';
import type { Database } from '../../platform/postgres/index.ts';

/** Tells whoever watches that conflicts opened or were settled; nobody where the statement changed none. */
export async function announce(
  db: Kysely<Database>,
  kind: 'conflict.opened' | 'conflict.settled',
  { numAffectedRows = 0n }: { readonly numAffectedRows?: bigint | undefined },
  subject?: string,
): Promise<void> {
  if (numAffectedRows > 0n) await recordEvents(db, [{ kind, subject, count: Number(numAffectedRows) }]);
}
