/**
 * `node bin/run.js bench/security-log.ts [--seconds 10]`: events a second that writers put into the security log at once, as links of its chains,
 * against the same rows as plain inserts into a table like it without chains, triggers or keys. One, four and sixteen writers, each an event a
 * transaction. Prints the ratio: what evidence costs.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Kysely, sql } from 'kysely';
import { holdLogKeys, logKeyOf, recordSecurityEvent } from '../src/ledger/security/index.ts';
import { removeDataDirectory } from '../src/platform/embedded/remove-data.ts';
import { openEmbeddedServer } from '../src/platform/embedded/server.ts';
import { migrate } from '../src/platform/migrations/migrate.ts';
import { openDatabase } from '../src/platform/postgres/database.ts';
import type { Database } from '../src/platform/postgres/index.ts';

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '10' } } });
const forMs = Number(values.seconds) * 1000;
const writerCounts = [1, 4, 16];

const directory = mkdtempSync(join(tmpdir(), 'tieline-bench-'));
const server = await openEmbeddedServer({ dataDir: join(directory, 'data') });
const database = await openDatabase(server.url, { maxConnections: Math.max(...writerCounts) });
const { db, pool } = database;

const details = {
  fields: ['comments', 'status'],
  before: 'Open',
  after: 'In Progress',
  note: 'x'.repeat(200),
};
const event = (db: Kysely<Database>) =>
  recordSecurityEvent(db, {
    kind: 'record_changed',
    at: new Date(),
    origin: { way: 'local', actor: { principalId: 'local:bench', name: 'bench', kind: 'local' } },
    object: { type: 'poam', id: 'P-1', boundary: 'S-1' },
    details,
  });
const plain = (db: Kysely<Database>) =>
  sql`
  insert into plain_events (event_id, event_type, severity, source_system, event_details, occurred_at, principal_name, outcome, object_type, object_id, boundary, source_way)
  values (gen_random_uuid(), 'record_changed', 'Info', 'tieline', ${JSON.stringify(details)}::jsonb, now(), 'bench', 'success', 'poam', 'P-1', 'S-1', 'local')`.execute(
    db,
  );

/** How many a second so many writers make, each the next when its last is there. */
async function rate(writers: number, write: (db: Kysely<Database>) => Promise<unknown>): Promise<number> {
  let done = 0;
  const begun = performance.now();
  const end = begun + forMs;
  await Promise.all(
    Array.from({ length: writers }, async () => {
      for (; performance.now() < end; done += 1) await database.store.transaction(({ db }) => write(db));
    }),
  );
  return done / ((performance.now() - begun) / 1000);
}

try {
  await migrate(pool, { folder: join(import.meta.dirname, '../migrations') });
  holdLogKeys([logKeyOf(Buffer.alloc(32, 7))]);
  await pool.query(
    'create table plain_events (like security_events_extended including defaults including indexes)',
  );
  await event(db);
  console.log('writers  chained/s  plain/s  ratio');
  for (const writers of writerCounts) {
    const chained = await rate(writers, event);
    const inserted = await rate(writers, plain);
    console.log(
      `${String(writers).padStart(7)}  ${chained.toFixed(0).padStart(9)}  ${inserted.toFixed(0).padStart(7)}  ${(inserted / chained).toFixed(2).padStart(5)}`,
    );
  }
} finally {
  await database.close();
  await server.close();
  await removeDataDirectory(join(directory, 'data'));
  rmSync(directory, { recursive: true, force: true });
}
