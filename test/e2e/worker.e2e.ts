import type { ChildProcess } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fetchSystem } from '../../src/engine/connections/systems.ts';
import { enqueueDue, setSchedule } from '../../src/operate/worker/schedules.ts';
import { fetchSyncStatus } from '../../src/operate/status/status.ts';
import { runWorker } from '../../src/operate/worker/worker.ts';
import { installQueue } from '../../src/platform/queue/queue.ts';
import { planRemoval, remove } from '../../src/platform/migrations/remove.ts';
import { tieline, type CommandOutcome } from '../support/command.ts';
import { startTwoSystems, type TwoSystems } from '../support/two-systems.ts';

let world: TwoSystems;
beforeAll(async () => {
  world = await startTwoSystems([], { tenable: ['--machines', '12'] });
});
afterAll(async () => {
  await world.stop();
});

const remoteComments = async (id: string): Promise<unknown> =>
  (await world.control<{ poams: Record<string, unknown>[] }>('xacta', 'GET', '/state')).poams.find(
    (poam) => poam['id'] === id,
  )?.['comments'];
const schedule = (name: string) =>
  setSchedule(world.app, {
    system: 'xacta',
    name,
    cron: '*/5 * * * *',
    entities: [],
    full: false,
    jitterSeconds: 0,
    enabled: true,
  });
const makeDue = (): Promise<unknown> =>
  world.rows(`update sync_schedules set next_run_at = now() - interval '3 hours'`);
const outcomes = () =>
  world.rows(`select schedule_name as name, last_outcome as outcome from sync_schedules`);
const signal = new AbortController().signal;
async function until(what: string, holds: () => Promise<boolean>): Promise<boolean> {
  for (let attempt = 0; attempt < 400; attempt += 1) {
    if (await holds()) return true;
    await delay(50);
  }
  const said = {
    schedules: await outcomes(),
    jobs: await world.rows(`select * from tieline_jobs.jobs`),
    outbox: await world.rows(`select state, payload, failure from sync_outbox where state <> 'confirmed'`),
  };
  throw new Error(`did not come: ${what}; ${JSON.stringify(said)}`);
}

// One story in order: each step begins where the one before ended.
describe('a worker', () => {
  it('a worker makes up once for a time that passed while none ran, whoever asks', async () => {
    await installQueue(world.app.queue);
    await schedule('often');
    await makeDue();
    const taken = await Promise.all([enqueueDue(world.app), enqueueDue(world.app), enqueueDue(world.app)]);
    expect(taken.reduce((sum, jobs) => sum + jobs, 0)).toBe(1);
    await makeDue();
    await enqueueDue(world.app);
    expect(await world.rows(`select count(*)::int as n from tieline_jobs.jobs`)).toEqual([{ n: 1 }]);
  });

  it('a worker does what is due and ends, when it runs once', async () => {
    await runWorker(world.app, { signal, report: () => undefined, once: true });
    expect(await outcomes()).toEqual([
      { name: 'often', outcome: expect.stringMatching(/^operation .*done/) },
    ]);
    expect(
      await world.rows(`select count(*)::int as n from sync_links where entity_type = 'poam'`),
    ).not.toEqual([{ n: 0 }]);
    expect((await fetchSyncStatus(world.app)).health).toMatchObject([
      { system: 'xacta', check: 'data_sync' },
    ]);
  });

  it('a worker leaves a system alone that takes no part in sync', async () => {
    await world.rows(`update external_systems set sync_enabled = false where system_name = 'xacta'`);
    await makeDue();
    expect(await enqueueDue(world.app)).toBe(0);
    expect(await outcomes()).toMatchObject([{ outcome: 'skipped: sync is off for this system' }]);
    await world.rows(`update external_systems set sync_enabled = true`);
  });

  let worker: ChildProcess;
  let ended: Promise<CommandOutcome>;
  it('a worker as a process syncs by its schedule and checks the systems', async () => {
    const often = { TIELINE_SCHEDULE_INTERVAL_MS: '200', TIELINE_HEALTH_INTERVAL_MS: '60000' };
    ended = tieline(['worker'], { ...world.environment(), ...often }, (child) => (worker = child));
    await world.rows(`update ingestion_poams set comments = 'by schedule' where poam_id = 'POAM-2026-0001'`);
    await makeDue();
    expect(
      await until(
        'the edit at the remote',
        async () => (await remoteComments('POAM-2026-0001')) === 'by schedule',
      ),
    ).toBe(true);
    expect(
      await until('a check of each kind', async () => (await fetchSyncStatus(world.app)).health.length >= 6),
    ).toBe(true);
  });

  it('a worker sends what is put into the outbox at once, without any schedule', async () => {
    await world.rows(`delete from sync_schedules`);
    const { id } = await fetchSystem(world.app, 'xacta');
    const [link] = await world.rows(
      `select external_id, remote_version from sync_links where entity_type = 'poam' and entity_id = 'POAM-2026-0002'`,
    );
    await world.rows(`update ingestion_poams set comments = 'at once' where poam_id = 'POAM-2026-0002'`);
    await world.rows(
      `insert into sync_outbox (external_system_id, entity_type, entity_id, change_kind, external_id, base_version, payload, before_values, idempotency_key, operation_id, reason)
       select $1, 'poam', 'POAM-2026-0002', 'update', $2, $3, '{"comments": "at once"}', '{}', 'test', batch_id, 'test' from ingestion_batches limit 1`,
      id,
      link?.['external_id'],
      link?.['remote_version'],
    );
    await world.rows(`select pg_notify('tieline_outbox', $1)`, String(id));
    expect(
      await until(
        'the change at the remote',
        async () => (await remoteComments('POAM-2026-0002')) === 'at once',
      ),
    ).toBe(true);
  });

  it('a worker ends when it is asked to, and leaves nothing behind that holds others up', async () => {
    worker.kill('SIGTERM');
    const { code, err } = await ended;
    expect(code).toBe(0);
    // Where no terminal is, one JSON object a line and nothing else, from the start to the end.
    const lines = err
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { msg: string });
    expect(lines[0]).toMatchObject({ msg: 'worker started', version: expect.any(String) as string });
    const said = lines.map((line) => line.msg).join('\n');
    expect(said).toMatch(/scheduled sync begins[^]*scheduled sync (done|interrupted)/);
    expect(lines.at(-1)).toMatchObject({ msg: 'worker ended' });
    expect(await world.sync({ systems: ['xacta'] })).toMatchObject({ written: 0 });
  });

  it('a worker leaves no trace when Tieline is removed from the database', async () => {
    const client = await world.app.pool.connect();
    const plan = await planRemoval(client);
    client.release();
    await remove(world.app.pool, plan, 5_000);
    expect(await world.rows(`select nspname from pg_namespace where nspname = 'tieline_jobs'`)).toEqual([]);
  });
});
