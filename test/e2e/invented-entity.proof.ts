// An entity with nothing but its definition, a migration and a connector's mappings (test/invented/) lives like one that ships.
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PlanDocument } from '../../src/canonical/vocabulary/plan.ts';
import type { ConnectorModule } from '../../src/connectors/kit/contract.ts';
import { addSystem } from '../../src/engine/connections/systems.ts';
import { connectorModules } from '../../src/main/connectors.ts';
import { runWorker } from '../../src/operate/worker/worker.ts';
import { migrate } from '../../src/platform/migrations/migrate.ts';
import { Secret } from '../../src/platform/values/secret.ts';
import type { SyncSummary } from '../../src/runs/sync/summary.ts';
import { lessorConnector } from '../invented/connector.ts';
import { startInventedServer, type InventedServer } from '../invented/start-server.ts';
import { commandOver, commandText } from '../support/command-over.ts';
import { composeApp, type TestApp } from '../support/compose-app.ts';
import { cloneDatabase, type ClonedDatabase } from '../support/database.ts';

let server: InventedServer;
let database: ClonedDatabase;
let app: TestApp;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tieline-invented-'));
  server = await startInventedServer('lessor');
  database = await cloneDatabase();
  await migrate(database.pool, {
    folder: join(import.meta.dirname, '../../migrations'),
    sets: [{ name: 'invented', folder: join(import.meta.dirname, '../invented/migrations') }],
  });
  app = composeApp(database, randomBytes(32).toString('base64'), {
    modules: new Map([...connectorModules, ['lessor', lessorConnector as ConnectorModule]]),
  });
  await addSystem(app, {
    type: 'lessor',
    name: 'books',
    url: server.url,
    settings: { requests_per_second: 1000, concurrency: 4 },
    secrets: { token: new Secret(server.token) },
  });
});
afterAll(async () => {
  await server?.stop();
  await database?.[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

/** Runs a command with --json. Exit code 3 says that something waits for a person. */
async function command<T = Record<string, unknown>>(...args: string[]): Promise<T> {
  const { code, json, err } = await commandOver(app, args);
  if (code !== 0 && code !== 3) throw new Error(`${args.join(' ')} ended with ${code}: ${err}`);
  return json as T;
}
const sync = (...args: string[]): Promise<SyncSummary> => command('sync', 'run', ...args);
const plan = (...args: string[]): Promise<PlanDocument> => command('sync', 'plan', ...args);
const rows = async (query: string, ...values: unknown[]): Promise<Record<string, unknown>[]> =>
  (await app.pool.query(query, values)).rows as Record<string, unknown>[];
const here = async (remoteId: string): Promise<Record<string, unknown> | undefined> =>
  (
    await rows(
      `select id::text, lessee, rooms, ends_on::text, status, remarks from leases where remote_id = $1`,
      remoteId,
    )
  )[0];
const editHere = (remoteId: string, field: string, value: unknown): Promise<unknown> =>
  rows(`update leases set ${field} = $2 where remote_id = $1`, remoteId, value);
const there = async (id: string) => (await server.items('leases')).find((item) => item.id === id);
const editThere = (id: string, fields: object): Promise<void> => server.edit('leases', id, fields);
interface Conflict {
  readonly id: number;
  readonly type: string;
  readonly field: string | null;
  readonly boundary: string | null;
}
const conflictsOf = (entity: string): Promise<readonly Conflict[]> =>
  command('conflicts', 'list', '--entity', entity);
/** What a plan foresees for leases. */
const foreseen = ({ items }: PlanDocument) =>
  items
    .filter((item) => item.entity === 'lease')
    .map(({ direction, kind, field }) => [direction, kind, field].join(' '))
    .toSorted();

async function expectNothingToDo(): Promise<void> {
  expect((await plan()).items).toEqual([]);
  const { operationId, written } = await sync();
  expect(written).toBe(0);
  const changes = await rows(
    `select c.* from sync_changes c join ingestion_batches b on b.batch_id = c.operation_id where b.parent_operation_id = $1`,
    operationId,
  );
  expect(changes).toEqual([]);
}

// One story in order: each step begins where the one before ended.
describe('an invented entity', () => {
  it('an invented entity is read in full, with its systems, as the plan foresaw; the second sync finds nothing to do', async () => {
    const made = await plan();
    expect(foreseen(made)).toEqual(Array.from({ length: 10 }, () => 'inbound create '));
    const planned = made.steps.find(({ step }) => step === 'lease')?.counts;
    expect(planned).toMatchObject({ read: 10, created: 10 });
    const summary = await sync();
    const [done] = await rows(
      `select total_records as read from ingestion_batches where parent_operation_id = $1 and batch_type = 'lease'`,
      summary.operationId,
    );
    expect(done).toMatchObject({ read: planned?.read });
    expect(summary).toMatchObject({ read: 15, written: 0, systems: 5, linked: { lease: 10, system: 5 } });
    expect(await here('L-03')).toMatchObject({
      lessee: 'Tenant 3',
      rooms: ['r2a', 'r2b'],
      ends_on: '2031-03-15',
      status: 'Active',
    });
    await expectNothingToDo();
  });

  it('an invented entity is read by changes', async () => {
    await editThere('L-01', { lessee: 'Newcomer', until: '2032-01-01' });
    expect(foreseen(await plan())).toEqual(['inbound update ends_on', 'inbound update lessee']);
    expect(await sync()).toMatchObject({ read: 1, written: 0 });
    expect(await here('L-01')).toMatchObject({ lessee: 'Newcomer', ends_on: '2032-01-01' });
    await expectNothingToDo();
  });

  it('an invented entity is sent when it is edited here, as the plan shows', async () => {
    await editHere('L-02', 'lessee', 'Heir');
    await editHere('L-02', 'rooms', ['r1b', 'r1a', 'r1c']);
    const made = await plan();
    expect(foreseen(made)).toEqual(['outbound update lessee', 'outbound update rooms']);
    expect(new Set(made.items.map(({ key }) => key)).size).toBe(1);
    expect((await commandText(app, ['sync', 'plan'])).out).toContain('L-02 lessee: Tenant 2 → Heir');
    expect(await sync()).toMatchObject({ written: 1 });
    expect(await there('L-02')).toMatchObject({ lessee: 'Heir', rooms: ['r1b', 'r1a', 'r1c'] });
    await expectNothingToDo();
  });

  it('an invented entity does not treat the order of a list as an edit', async () => {
    await editHere('L-02', 'rooms', ['r1a', 'r1b', 'r1c']);
    expect((await plan()).items).toEqual([]);
    await rows(`update leases set rooms = '{r1b,r1a,r1c}' where remote_id = 'L-02'`);
  });

  it('an invented entity that was edited on both sides is a conflict, which a person settles', async () => {
    await editHere('L-03', 'lessee', 'ours');
    await editThere('L-03', { lessee: 'theirs' });
    expect(await sync()).toMatchObject({ written: 0, newConflicts: { field_mismatch: 1 } });
    const [conflict, ...others] = await conflictsOf('lease');
    expect(others).toEqual([]);
    expect(conflict).toMatchObject({ field: 'lessee' });
    await command('conflicts', 'resolve', String(conflict?.id), '--keep', 'internal');
    await sync();
    expect([(await here('L-03'))?.['lessee'], (await there('L-03'))?.['lessee']]).toEqual(['ours', 'ours']);
    await expectNothingToDo();
  });

  it('an invented entity that was edited on both sides is settled by a policy of its fields', async () => {
    await command('policies', 'set', 'books', 'lease', 'remarks', '--strategy', 'append');
    await command('policies', 'set', 'books', 'lease', 'rooms', '--strategy', 'union');
    await command('policies', 'set', 'books', 'lease', 'lessee', '--strategy', 'external_wins');
    await editHere('L-04', 'remarks', 'Signed.\nOurs.');
    await editHere('L-04', 'rooms', ['r3a', 'r3b', 'ours']);
    await editHere('L-04', 'lessee', 'ours');
    await editThere('L-04', {
      remarks: 'Signed.\nTheirs.',
      rooms: ['r3a', 'r3b', 'theirs'],
      lessee: 'theirs',
    });
    expect(await sync()).toMatchObject({ written: 1, conflictsPending: 0 });
    const joined = { remarks: 'Signed.\nTheirs.\nOurs.', lessee: 'theirs' };
    expect(await here('L-04')).toMatchObject(joined);
    expect(await there('L-04')).toMatchObject(joined);
    expect((await there('L-04'))?.['rooms']).toEqual((await here('L-04'))?.['rooms']);
    expect(await here('L-04')).toMatchObject({ rooms: expect.arrayContaining(['ours', 'theirs']) });
    await expectNothingToDo();
  });

  it('an invented entity refuses a policy that could not be carried out', async () => {
    const refused = await commandOver(app, [
      'policies',
      'set',
      'books',
      'lease',
      'lessee',
      '--strategy',
      'union',
    ]);
    expect(refused.code).toBe(2);
    expect(refused.err).toContain('rooms');
  });

  it('an invented entity waits for approval where its policy asks for it', async () => {
    await command('policies', 'set', 'books', 'lease', '--approval', 'always');
    await editHere('L-05', 'ends_on', '2033-05-05');
    expect(await sync()).toMatchObject({ written: 0, approvalsAsked: 1, waitingForApproval: 1 });
    const { out } = await commandText(app, ['approvals', 'list']);
    expect(out).toContain('L-104: Hall 5');
    await command('policies', 'set', 'books', 'lease', '--approval', 'never', '--yes');
    await sync();
    expect(await there('L-05')).toMatchObject({ until: '2033-05-05' });
    await expectNothingToDo();
  });

  it('an invented entity is in the journal, and an undo reverts what was imported', async () => {
    await editThere('L-06', { lessee: 'mistake' });
    const { operationId } = await sync();
    const shown = await commandText(app, ['ops', 'show', operationId.slice(0, 8), '--entity', 'lease']);
    expect(shown.out).toContain('L-105: Hall 6');
    await command('ops', 'undo', operationId);
    expect(await here('L-06')).toMatchObject({ lessee: 'Tenant 6' });
    expect(await sync()).toMatchObject({ written: 1 });
    expect(await there('L-06')).toMatchObject({ lessee: 'Tenant 6' });
    await expectNothingToDo();
  });

  it('an invented entity that a full read no longer shows is missing, and a person decides what becomes of it', async () => {
    await server.remove('leases', 'L-07');
    expect(await sync('--full', '--entity', 'lease')).toMatchObject({ newConflicts: { missing_record: 1 } });
    const [conflict] = await conflictsOf('lease');
    expect(conflict).toMatchObject({ type: 'missing_record', boundary: 'F-02' });
    await command('conflicts', 'resolve', String(conflict?.id), '--keep', 'external');
    expect(await here('L-07')).toMatchObject({ status: 'Ended' });
    await expectNothingToDo();
  });

  it('an invented entity goes with its system, about which alone a person is asked', async () => {
    await server.remove('facilities', 'F-03');
    await server.remove('leases', 'L-08');
    await server.remove('leases', 'L-03');
    expect((await sync('--full')).newConflicts).toEqual({ missing_record: 1 });
    expect(await conflictsOf('lease')).toEqual([]);
    const [conflict] = await conflictsOf('system');
    await command('conflicts', 'resolve', String(conflict?.id), '--keep', 'external');
    const living = await rows(
      `select external_id from sync_links where entity_type = 'lease' and retired_at is null order by 1`,
    );
    expect(living.map((row) => row['external_id'])).toEqual([
      'L-01',
      'L-02',
      'L-04',
      'L-05',
      'L-06',
      'L-09',
      'L-10',
    ]);
    await expectNothingToDo();
  });

  it('an invented entity is named by the status, in lists of links, by mappings that can be tried, and in the words of progress', async () => {
    const status = await command<{ reads: { entity: string }[] }>('sync', 'status');
    expect(status.reads.map((read) => read.entity)).toContain('lease');
    expect(await command('links', 'list', '--entity', 'lease')).toHaveLength(7);
    const listed = await commandText(app, ['mappings', 'list', 'books', '--entity', 'lease']);
    expect(listed.out).toContain('lease_number');
    const tried = await command('mappings', 'test', 'books', 'lease', '--record', 'L-09');
    expect(tried).toMatchObject({ faults: [] });
    const ran = await commandText(app, ['sync', 'run', '--entity', 'leases']);
    expect(ran.err).toContain('books: read leases');
  });

  it('an invented entity is synced by a schedule of its own', async () => {
    await command('schedules', 'set', 'books', 'leases', '--cron', '*/5 * * * *', '--entity', 'lease');
    await editThere('L-10', { lessee: 'by night' });
    await rows(`update sync_schedules set next_run_at = now() - interval '1 hour'`);
    await runWorker(app, { signal: new AbortController().signal, report: () => undefined, once: true });
    expect(await here('L-10')).toMatchObject({ lessee: 'by night' });
  });

  it('an invented entity that is linked by hand to another record is read again, and broken links are made again', async () => {
    const id = String((await here('L-09'))?.['id']);
    await command('links', 'break', 'books', 'lease', id);
    await command('links', 'make', 'books', 'lease', id, 'L-09');
    expect(await sync()).toMatchObject({ written: 0, conflictsPending: 0 });
    await expectNothingToDo();
  });
});
