/** Sending to an invented server whose answers the tests choose: what many changes at once leave behind. */
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { ClonedDatabase } from '../../../test/support/database.ts';
import { databaseWithConnection } from '../../../test/support/one-connection.ts';
import type { Change, Connector, WriteResult } from '../../connectors/kit/contract.ts';
import { xactaConnector } from '../../connectors/xacta/connector.ts';
import { beginOperation } from '../../ledger/operations/operations.sql.ts';
import { enqueueChanges, listOpenRows } from '../outbox/outbox.sql.ts';
import { createSender } from './send-row.ts';

let database: ClonedDatabase;
let systemId: number;
let operationId: string;
beforeAll(async () => {
  ({ database, systemId } = await databaseWithConnection());
  await database.pool.query(
    `insert into ingestion_systems (system_id, name, uuid, xacta_system_id) values ('S-1', 'One', gen_random_uuid(), 'S-1')`,
  );
  await database.pool.query(
    `insert into sync_links (external_system_id, entity_type, entity_id, external_id) values ($1, 'system', 'S-1', 'S-1')`,
    [systemId],
  );
});
beforeEach(async () => {
  await database.pool.query(
    'truncate sync_outbox, sync_changes, sync_conflicts, ingestion_errors, ingestion_poams restart identity cascade',
  );
  await database.pool.query(`delete from sync_links where entity_type = 'poam'`);
  operationId = await beginOperation(database.db, { type: 'export', system: 'xacta', step: 'send' });
});
afterAll(async () => {
  await database[Symbol.asyncDispose]();
});

/** Queues an edit of so many POA&Ms that the server has as, … */
async function queueEdits(n: number): Promise<void> {
  await database.pool.query(
    `insert into ingestion_poams (poam_id, system_id, weakness_description, comments) select 'P-' || n, 'S-1', 'a weakness', 'new' from generate_series(1, $1::int) n`,
    [n],
  );
  await database.pool.query(
    `insert into sync_links (external_system_id, entity_type, entity_id, external_id, base, remote_version)
     select $1, 'poam', 'P-' || n, 'R-' || n, '{"comments": "old"}', '1' from generate_series(1, $2::int) n`,
    [systemId, n],
  );
  await enqueueChanges(
    database.db,
    { systemId, operationId },
    Array.from({ length: n }, (_, at) => ({
      entity: 'poam',
      entityId: `P-${at + 1}`,
      kind: 'update',
      externalId: `R-${at + 1}`,
      baseVersion: '1',
      payload: { comments: 'new' },
      before: { comments: 'old' },
      idempotencyKey: `key ${at + 1}`,
      reason: 'edited here',
    })),
  );
}

const confirmed = (externalId: string): WriteResult => ({
  outcome: 'confirmed',
  record: {
    externalId,
    version: '2',
    raw: {
      id: externalId,
      system_id: 'S-1',
      weakness_description: 'a weakness',
      status: 'open',
      comments: 'new',
    },
  },
});

/** Sends all that is queued at once. */
async function sendAll(answer: (change: Change) => WriteResult) {
  const never = (): never => {
    throw new Error('is not asked for');
  };
  const connector: Connector = {
    check: never,
    read: never,
    find: () => Promise.resolve(undefined),
    write: (_entity, change) => Promise.resolve(answer(change)),
  };
  const sender = createSender({
    operationId,
    system: {
      id: systemId,
      name: 'xacta',
      module: xactaConnector,
      connector,
      mappings: xactaConnector.declaration.mappings,
      policies: [],
      setOperation: () => undefined,
      flushCalls: () => Promise.resolve(),
      close: () => Promise.resolve(),
    },
    context: {
      ...database,
      operationId,
      systems: [],
      modules: new Map(),
      now: () => new Date(),
      sleep: () => Promise.resolve(),
      signal: new AbortController().signal,
      report: () => undefined,
      log: { info: () => undefined, warn: () => undefined },
      absence: { sharePercent: 5, atLeast: 20, accept: false },
    },
  });
  const rows = await listOpenRows(database.db, systemId, 0, 100);
  return Promise.all(rows.map((row) => sender.send(row)));
}

const all = async (text: string): Promise<unknown[]> =>
  (await database.pool.query<Record<string, unknown>>(text)).rows;

it('changes that are confirmed at the same time each have their row, base, journal and count', async () => {
  await queueEdits(20);
  const outcomes = await sendAll((change) => confirmed(change.externalId ?? ''));
  expect(outcomes.map((outcome) => outcome.settled && outcome.version)).toEqual(
    Array.from({ length: 20 }, () => '2'),
  );
  expect(await all(`select state, attempts, count(*)::int as n from sync_outbox group by 1, 2`)).toEqual([
    { state: 'confirmed', attempts: 1, n: 20 },
  ]);
  expect(
    await all(
      `select base ->> 'comments' as comments, remote_version, count(*)::int as n from sync_links where entity_type = 'poam' group by 1, 2`,
    ),
  ).toEqual([{ comments: 'new', remote_version: '2', n: 20 }]);
  expect(
    await all(
      `select direction, before_value, after_value, count(distinct entity_id)::int as n from sync_changes where rule_code = 'outbox' group by 1, 2, 3`,
    ),
  ).toEqual([{ direction: 'outbound', before_value: 'old', after_value: 'new', n: 20 }]);
  expect(await all('select record_identifier, error_message from ingestion_errors')).toEqual([]);
  expect(
    await all(`select status, sync_status, count(*)::int as n from ingestion_poams group by 1, 2`),
  ).toEqual([{ status: 'Open', sync_status: 'synced', n: 20 }]);
  expect(
    await all(
      `select total_records, metadata -> 'counts' -> 'updated' as updated from ingestion_batches where batch_id = '${operationId}'`,
    ),
  ).toEqual([{ total_records: 20, updated: 20 }]);
});

it('a change whose answer the database refuses holds up none of those that were confirmed with it', async () => {
  await queueEdits(8);
  await database.pool.query(
    `create or replace function refuse_one() returns trigger language plpgsql as $$ begin raise exception 'no' using errcode = 'P0001'; end $$`,
  );
  await database.pool.query(
    `create trigger refuse_one before update on sync_links for each row when (new.entity_id = 'P-5') execute function refuse_one()`,
  );
  await expect(sendAll((change) => confirmed(change.externalId ?? ''))).rejects.toThrow('no');
  await database.pool.query('drop trigger refuse_one on sync_links');
  await expect
    .poll(() => all(`select entity_id, state from sync_outbox where state <> 'confirmed'`))
    .toEqual([{ entity_id: 'P-5', state: 'sent' }]);
  expect(await all(`select entity_id from sync_links where remote_version = '1'`)).toEqual([
    { entity_id: 'P-5' },
  ]);
});

it('changes sent at the same time are kept apart: refused, stale or missing ones from confirmed ones', async () => {
  await queueEdits(4);
  const answers: Readonly<Record<string, WriteResult>> = {
    'R-1': { outcome: 'rejected', message: 'invalid', fields: [{ field: 'comments', message: 'too long' }] },
    'R-2': { outcome: 'missing', message: 'gone' },
    'R-3': { outcome: 'conflict', message: 'stale' },
  };
  await sendAll((change) => answers[change.externalId ?? ''] ?? confirmed(change.externalId ?? ''));
  expect(
    await all(
      `select o.entity_id, o.state, c.conflict_type from sync_outbox o left join sync_conflicts c on c.entity_id = o.entity_id order by 1`,
    ),
  ).toEqual([
    { entity_id: 'P-1', state: 'failed', conflict_type: 'validation_rejected' },
    { entity_id: 'P-2', state: 'failed', conflict_type: 'missing_record' },
    { entity_id: 'P-3', state: 'failed', conflict_type: 'stale_version' },
    { entity_id: 'P-4', state: 'confirmed', conflict_type: null },
  ]);
});

it('an answer that stays unclear leaves the change open, to be looked up before it is sent again', async () => {
  await queueEdits(1);
  const [outcome] = await sendAll(() => ({ outcome: 'unknown', message: 'timeout' }));
  expect(outcome).toMatchObject({ settled: false, because: { code: 'REMOTE_FAILED' } });
  expect(await all(`select state, attempts, not_before > now() as later from sync_outbox`)).toEqual([
    { state: 'sent', attempts: 4, later: true },
  ]);
});
