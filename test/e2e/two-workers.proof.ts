import type { ChildProcess } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { syncSystems } from '../../src/runs/sync/sync-systems.ts';
import { setSchedule } from '../../src/operate/worker/schedules.ts';
import { TielineError } from '../../src/platform/errors/tieline-error.ts';
import { installQueue } from '../../src/platform/queue/queue.ts';
import { tieline, type CommandOutcome } from '../support/command.ts';
import { startTwoSystems, type TwoSystems } from '../support/two-systems.ts';

/** Of load; the ten minutes of the acceptance are run by hand with TIELINE_LOAD_SECONDS=600. */
const loadSeconds = Number(process.env['TIELINE_LOAD_SECONDS'] ?? 3);

let world: TwoSystems;
beforeAll(async () => {
  world = await startTwoSystems([], { tenable: ['--machines', '6'], xacta: ['--systems', '1'] });
  await world.sync();
  await installQueue(world.app.queue);
});
afterAll(async () => {
  await world.stop();
});

const listening = async (): Promise<number> =>
  Number(
    (
      await world.rows(
        `select count(*)::int as n from pg_stat_activity where datname = current_database() and query = 'listen tieline_outbox'`,
      )
    )[0]?.['n'],
  );

it(
  'two workers and runs started at once do nothing twice, and never wait for each other for ever',
  { timeout: (loadSeconds + 60) * 1000 },
  async () => {
    for (const name of ['one', 'two'])
      await setSchedule(world.app, {
        system: 'xacta',
        name,
        cron: '* * * * *',
        entities: [],
        full: false,
        jitterSeconds: 0,
        enabled: true,
      });
    const workers: ChildProcess[] = [];
    const ended: Promise<CommandOutcome>[] = [1, 2].map(() =>
      tieline(['worker'], { ...world.environment(), TIELINE_SCHEDULE_INTERVAL_MS: '100' }, (child) =>
        workers.push(child),
      ),
    );
    // Both listen before the load begins.
    for (let waiting = 0; waiting < 400 && (await listening()) < 2; waiting += 1) await delay(50);
    const ids = (
      await world.rows(`select external_id as id from sync_links where entity_type = 'poam' order by 1`)
    ).map((row) => String(row['id']));
    const signal = new AbortController().signal;
    const refusals: string[] = [];
    const until = Date.now() + loadSeconds * 1000;
    for (let edit = 0; Date.now() < until; edit += 1) {
      const id = ids[edit % ids.length];
      if (edit % 2 === 0)
        await world.rows(
          `update ingestion_poams set resources_required = $2 where poam_id = (select entity_id from sync_links where entity_type = 'poam' and external_id = $1)`,
          id,
          `resources ${edit}`,
        );
      else
        await world.control('xacta', 'POST', '/edit', {
          entity: 'poam',
          id,
          fields: { comments: `there ${edit}` },
        });
      await world.rows(`update sync_schedules set next_run_at = now()`);
      const runs = [1, 2].map(() =>
        syncSystems(
          world.app,
          { systems: ['xacta'], entities: [], full: false },
          { signal, report: () => undefined },
        ).catch((error: unknown) =>
          refusals.push(error instanceof TielineError ? error.code : String(error)),
        ),
      );
      if (edit % 3 === 0) await Promise.all(runs);
      else await Promise.all([...runs, delay(20)]);
    }
    // One that is ended in the middle of a request leaves it to be looked up and sent again, rightly; here nothing is under way.
    for (let looks = 0; looks < 400; looks += 1) {
      const [under] = await world.rows(
        `select (select count(*) from sync_outbox where state in ('pending', 'sent')) + (select count(*) from ingestion_batches where status = 'in_progress') as way`,
      );
      if (Number(under?.['way']) === 0) break;
      await delay(50);
    }
    for (const worker of workers) worker.kill('SIGTERM');
    const outcomes = await Promise.all(ended);
    expect(outcomes.map((outcome) => outcome.code)).toEqual([0, 0]);
    expect(outcomes.map((outcome) => outcome.err).join('')).not.toMatch(/deadlock/i);
    expect([...new Set(refusals)].filter((code) => code !== 'SYNC_RUNNING')).toEqual([]);

    await world.sync();
    expect(await world.sync()).toMatchObject({ written: 0, conflictsPending: 0 });
    // Nothing was sent twice: every change that the remote has taken is one that was put into the outbox.
    const [sent] = await world.rows(
      `select count(*) filter (where attempts > 1)::int as again, count(*) filter (where state not in ('confirmed', 'superseded'))::int as open from sync_outbox`,
    );
    expect(sent).toEqual({ again: 0, open: 0 });
    const state = await world.control<{ poams: { external_uid: string | null }[] }>('xacta', 'GET', '/state');
    const keys = state.poams.flatMap((poam) => poam.external_uid ?? []);
    expect(new Set(keys).size).toBe(keys.length);
    const [overlapping] = await world.rows(
      `select count(*)::int as n from ingestion_batches a join ingestion_batches b on a.id < b.id and b.started_at < a.completed_at
        where a.operation_type = 'sync' and b.operation_type = 'sync' and a.parent_operation_id is null and b.parent_operation_id is null`,
    );
    expect(overlapping).toEqual({ n: 0 });
  },
);
