import type { Kysely } from 'kysely';
import { recordEvents } from '../events/index.ts';
import type { Database } from '../../platform/postgres/index.ts';

/**
 * Tells whoever watches that conflicts opened or were settled; nobody where the statement changed none. Which boundaries they lie in is
 * found out when it is told: what a record's boundary is, this room does not know.
 */
export async function announce(
  db: Kysely<Database>,
  kind: 'conflict.opened' | 'conflict.settled',
  { rows }: { readonly rows: readonly { readonly id: number }[] },
  subject?: string,
): Promise<void> {
  if (rows.length === 0) return;
  const conflicts = rows.map(({ id }) => id);
  await recordEvents(db, [{ kind, subject, count: rows.length, conflicts }]);
}
