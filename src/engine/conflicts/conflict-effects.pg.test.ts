/** What is decided with one external system leaves alone what another one says about the same record. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { cloneDatabase, type ClonedDatabase } from '../../../test/support/database.ts';
import { closeConflictsOf } from '../../ledger/conflicts/index.ts';
import { listFailedRows } from './conflict-effects.sql.ts';
import { retireSystem } from '../connections/remove-system.sql.ts';

let database: ClonedDatabase;
const operation = '00000000-0000-4000-8000-000000000001';
const record = { entity: 'control', entityId: '7' };
const decided = { by: 'isso', reason: 'no longer used', conflict: 0 };
const run = (query: string, ...values: unknown[]) => database.pool.query<{ id: number }>(query, values);
const open = async (): Promise<string[]> =>
  (
    await database.pool.query<{ name: string }>(
      `select s.system_name || ' ' || c.entity_id as name from sync_conflicts c join external_systems s on s.id = c.external_system_id
        where c.resolution_status = 'pending' order by 1`,
    )
  ).rows.map((row) => row.name);
const systems: number[] = [];

beforeAll(async () => {
  database = await cloneDatabase();
  await run(`insert into ingestion_batches (batch_id, source_system) values ($1, 'tieline')`, operation);
  for (const name of ['grc-a', 'grc-b']) {
    const { rows } = await run(
      `insert into external_systems (system_name, system_type, api_base_url, connection_config) values ($1, 'xacta', 'http://grc.example', '{}') returning id`,
      name,
    );
    const id = rows[0]?.id ?? 0;
    systems.push(id);
    for (const entityId of ['7', '8'])
      await run(
        `insert into sync_conflicts (external_system_id, entity_type, entity_id, conflict_type) values ($1, 'control', $2, 'validation_rejected')`,
        id,
        entityId,
      );
    await run(
      `insert into sync_outbox (external_system_id, operation_id, entity_type, entity_id, change_kind, payload, idempotency_key, reason, state, failure)
       values ($1, $2, 'control', '7', 'update', $3, $4, 'edited here', 'failed', '{"outcome": "rejected"}')`,
      id,
      operation,
      JSON.stringify({ description: name }),
      name,
    );
  }
});
afterAll(async () => {
  await database[Symbol.asyncDispose]();
});

it('the refused changes and conflicts of one system are decided alone where two systems know the record', async () => {
  expect(await listFailedRows(database.db, systems[0] ?? 0, record)).toMatchObject([
    { payload: { description: 'grc-a' } },
  ]);
  await closeConflictsOf(database.db, systems[0] ?? 0, [record], decided);
  expect(await open()).toEqual(['grc-a 8', 'grc-b 7', 'grc-b 8']);
});

it('a removed connection takes its own conflicts along, also of records that were never linked', async () => {
  await retireSystem(database.db, systems[0] ?? 0, {}, decided);
  expect(await open()).toEqual(['grc-b 7', 'grc-b 8']);
  const { rows } = await database.pool.query(`select state from sync_outbox order by id`);
  expect(rows).toEqual([{ state: 'superseded' }, { state: 'failed' }]);
});
