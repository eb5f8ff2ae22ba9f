import type { Kysely } from 'kysely';
import { recordEvents } from '../../ledger/events/index.ts';
import type { Database } from '../../platform/postgres/index.ts';

/** Tells streams that are open for these accounts to look again whether they still may be. In the transaction of the change. */
export const tellAccessChanged = (db: Kysely<Database>, principalIds: Iterable<string>): Promise<void> =>
  recordEvents(
    db,
    [...principalIds].map((subject) => ({ kind: 'access.changed', subject })),
  );
