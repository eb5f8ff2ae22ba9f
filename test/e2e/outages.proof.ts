/** A database that goes away, and systems that fail or stand still beside others that do not. */
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { syncWhatCanBe } from '../../src/runs/sync/sync-systems.ts';
import { addSystem } from '../../src/engine/connections/systems.ts';
import { enqueueDue, setSchedule } from '../../src/operate/worker/schedules.ts';
import { runWorker } from '../../src/operate/worker/worker.ts';
import { installQueue } from '../../src/platform/queue/queue.ts';
import { Secret } from '../../src/platform/values/secret.ts';
import { openDatabase } from '../../src/platform/postgres/database.ts';
import { tieline } from '../support/command.ts';
import { endStateOf, type EndState } from '../support/end-state.ts';
import { startTwoSystems, type TwoSystems } from '../support/two-systems.ts';

let world: TwoSystems;
let undisturbed: EndState;
beforeAll(async () => {
  world = await startTwoSystems([], { tenable: ['--machines', '6'], xacta: ['--systems', '1'] });
  await world.sync();
  undisturbed = await endStateOf(world);
});
afterAll(async () => {
  await world.stop();
});

const everything = { systems: [], entities: [], full: false };
const caller = { signal: new AbortController().signal, report: () => undefined };

describe('a sync', () => {
  it('a sync whose connections are all ended again and again continues, and ends like an undisturbed one', async () => {
    await world.beginAgain();
    const admin = new pg.Client({ connectionString: world.environment()['DATABASE_URL'] });
    await admin.connect();
    let isDone = false;
    const syncing = syncWhatCanBe(world.app, everything, caller).finally(() => (isDone = true));
    for (let cut = 0; cut < 6 && !isDone; cut += 1) {
      await delay(400);
      await admin.query(
        'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
      );
    }
    await admin.end();
    await syncing;
    expect(await endStateOf(world)).toEqual(undisturbed);
    const runs = await world.rows(`select status from ingestion_batches where operation_type = 'sync'`);
    expect(runs).toEqual([{ status: 'completed' }]);
  });

  it('a sync works with four connections, and with workers that have no more', async () => {
    await world.beginAgain();
    const opened = await openDatabase(world.environment()['DATABASE_URL'] ?? '', { maxConnections: 4 });
    await syncWhatCanBe({ ...world.app, store: opened.store, db: opened.db }, everything, caller);
    await opened.close();
    expect(await endStateOf(world)).toEqual(undisturbed);
    await installQueue(world.app.queue);
    await schedule('tenable', 'often');
    await schedule('xacta', 'often');
    const settings = { ...world.environment(), TIELINE_DATABASE_CONNECTIONS: '4' };
    const outcome = await tieline(
      ['worker'],
      { ...settings, TIELINE_SCHEDULE_INTERVAL_MS: '200' },
      (child) => {
        void makeDue()
          .then(() => until('both schedules', async () => (await doneSchedules()).length === 2))
          .finally(() => child.kill('SIGTERM'));
      },
    );
    expect(outcome.code).toBe(0);
    expect(await doneSchedules()).toEqual(['tenable', 'xacta']);
  });

  it('a sync over several systems reads and sends to those that work when one does not, and reports which failed', async () => {
    await world.beginAgain();
    await addSystem(world.app, {
      type: 'xacta',
      name: 'stranger',
      url: world.urls.xacta,
      settings: { username: 'tieline' },
      secrets: { password: new Secret('wrong') },
    });
    const outcome = await tieline(['sync', 'run'], world.environment());
    expect(outcome.code).toBe(1);
    expect(outcome.out).toContain('stranger failed (REMOTE_UNAUTHORIZED)');
    expect(outcome.err).toMatch(/tieline: .*stranger.*\(REMOTE_UNAUTHORIZED\)/);
    const summary = await syncWhatCanBe(world.app, everything, caller);
    expect(summary).toMatchObject({ synced: 2, failures: [{ system: 'stranger' }] });
    await world.rows(`update external_systems set sync_enabled = false where system_name = 'stranger'`);
    expect(await world.sync()).toMatchObject({ written: 0, systemsFailed: [] });
  });

  it('a sync resumes a system that was down where it was, and reads the others again', async () => {
    await world.beginAgain();
    await world.control('xacta', 'PUT', '/faults', [
      { kind: 'server-error', status: 503, match: { path: 'poams' } },
    ]);
    const first = await syncWhatCanBe(world.app, everything, caller);
    expect(first.failures).toMatchObject([{ system: 'xacta', error: { entry: { retryable: true } } }]);
    await world.control('xacta', 'DELETE', '/faults');
    const second = await syncWhatCanBe(world.app, everything, caller);
    expect(second).toMatchObject({ resumed: true, failures: [] });
    expect(await endStateOf(world)).toEqual(undisturbed);
    const steps = await world.rows(
      `select external_system as system, batch_type as step from ingestion_batches where parent_operation_id = $1 and batch_type in ('asset', 'system') and started_at < $2`,
      second.operationId,
      first.finishedAt,
    );
    expect(steps).toEqual([{ system: 'xacta', step: 'system' }]);
  });
});

async function schedule(system: string, name: string): Promise<void> {
  await setSchedule(world.app, {
    system,
    name,
    cron: '0 3 * * *',
    entities: [],
    full: false,
    jitterSeconds: 0,
    enabled: true,
  });
}
const makeDue = () => world.rows("update sync_schedules set next_run_at = now() - interval '1 hour'");
const doneSchedules = async (): Promise<unknown[]> =>
  (
    await world.rows(
      `select system_name as system from sync_schedules c join external_systems s on s.id = c.external_system_id where last_outcome like '%done%' order by 1`,
    )
  ).map((row) => row['system']);
async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  for (let looks = 0; looks < 600; looks += 1) {
    if (await holds()) return;
    await delay(100);
  }
  throw new Error(`did not come: ${what}`);
}

describe('schedules', () => {
  it('schedules run within a minute while another system stands still in an export', async () => {
    await world.beginAgain();
    await installQueue(world.app.queue);
    await schedule('tenable', 'nightly');
    await schedule('xacta', 'nightly');
    await world.control('tenable', 'POST', '/edit', { nextExport: 'stuck', kind: 'assets' });
    await makeDue();
    const told = new AbortController();
    const app = {
      ...world.app,
      worker: { schedulesEveryMs: 200, healthEveryMs: 60_000, alertsEveryMs: 60_000 },
    };
    const worker = runWorker(app, { signal: told.signal, report: () => undefined, once: false });
    await until('the schedule of Xacta', async () => (await doneSchedules()).includes('xacta'));
    expect(await doneSchedules()).toEqual(['xacta']);
    const busy = await syncWhatCanBe(world.app, everything, caller).catch((error: unknown) => error);
    expect(busy).toMatchObject({
      code: 'SYNC_RUNNING',
      message: expect.stringContaining('tenable') as string,
    });
    told.abort();
    await worker;
    expect(await world.rows('select from tieline_jobs._private_jobs where locked_by is not null')).toEqual(
      [],
    );
    expect(
      await world.rows('select from tieline_jobs._private_job_queues where locked_by is not null'),
    ).toEqual([]);
  });

  it('schedules that a fast clock put off for months are called back', async () => {
    await world.rows(`update sync_schedules set next_run_at = now() + interval '200 days'`);
    await enqueueDue(world.app);
    const [ahead] = await world.rows(
      `select count(*)::int as n from sync_schedules where next_run_at > now() + interval '1 day'`,
    );
    expect(ahead).toEqual({ n: 0 });
  });
});
