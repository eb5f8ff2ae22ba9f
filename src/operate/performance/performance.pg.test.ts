/** What processes measure is kept, summed up over all of them, and told in the format of Prometheus; what is written about it names what there is. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { alertWorld } from '../../../test/support/alert-world.ts';
import { commandOver, commandText } from '../../../test/support/command-over.ts';
import { openDatabase } from '../../platform/postgres/index.ts';
import { boundsMs, Timings } from '../../platform/timings/index.ts';
import { fetchPerformance, fetchPrometheusText, keepTimings } from './index.ts';
import { p95Of } from './performance.ts';

const world = alertWorld();
const process = { version: '1.2.3', residentBytes: 1, cpuSeconds: 2, startedAt: new Date(0) };

/** A process that measures, and what it keeps with. */
const measuring = () => {
  const timings = new Timings();
  return { timings, kept: keepTimings({ ...world.app, timings }) };
};

describe('what was measured', () => {
  it('is summed up over processes, and its history over a period', async () => {
    const [one, other] = [measuring(), measuring()];
    for (let n = 0; n < 99; n += 1) one.timings.record('api_call', 'grc', 'GET /poams', 40);
    other.timings.record('api_call', 'grc', 'GET /poams', 9000, true);
    other.timings.record('sync_step', 'grc', 'poam', 20);
    await Promise.all([one.kept.flush(), other.kept.flush()]);
    one.timings.record('api_call', 'grc', 'GET /poams', 40);
    await Promise.all([one.kept.close(), other.kept.close()]);
    world.now = new Date();
    const { items } = await fetchPerformance(world.app, { hours: 1 });
    expect(items).toEqual([
      {
        kind: 'api_call',
        component: 'grc',
        operation: 'GET /poams',
        calls: 101,
        failed: 1,
        averageMs: expect.closeTo(13_000 / 101, 2) as unknown,
        p95Ms: 50,
        longestMs: 9000,
      },
      expect.objectContaining({ kind: 'sync_step', calls: 1, failed: 0 }),
    ]);
    world.now = new Date(Date.now() + 3 * 3_600_000);
    expect((await fetchPerformance(world.app, { hours: 2 })).items).toEqual([]);
    expect((await fetchPerformance(world.app, { hours: 4, kind: 'sync_step' })).items).toHaveLength(1);
  });

  it('by a command that only asked the database is not worth a write', async () => {
    const { timings, kept } = measuring();
    timings.record('query', 'postgres', 'select alerts', 2);
    await kept.close();
    expect(await world.database.db.selectFrom('performance_metrics').selectAll().execute()).toEqual([]);
  });

  it('is kept later where the database refuses it', async () => {
    const { timings, kept } = measuring();
    timings.record('job', 'worker', 'export', 5);
    await world.run('alter table performance_totals rename to away');
    await kept.flush();
    await world.run('alter table away rename to performance_totals');
    await kept.flush();
    await kept.close();
    world.now = new Date();
    expect((await fetchPerformance(world.app, { hours: 1 })).items).toMatchObject([{ calls: 1 }]);
  });

  it('of statements is their class, with those that fail, over pool and transaction', async () => {
    const timings = new Timings();
    const database = await openDatabase(world.database.url, { timings });
    await database.pool.query('select 1 from alerts');
    await database.store.transaction(({ db }) => db.selectFrom('alerts').select('id').execute());
    await database.pool.query('select nothing from alerts').catch(() => undefined);
    await database.close();
    const taken = timings.take();
    expect(taken.find(({ operation }) => operation === 'select alerts')).toMatchObject({
      calls: 3,
      failed: 1,
    });
    expect(taken.find(({ operation }) => operation === 'commit')).toMatchObject({ kind: 'query', calls: 1 });
  });

  it('95 of 100 took at most the bound that holds them, and never more than the longest', () => {
    const histogram = boundsMs.map(() => 0);
    expect(p95Of({ histogram: [95, 5, ...histogram.slice(1)], longestMs: 9 })).toBe(5);
    expect(p95Of({ histogram: [94, 6, ...histogram.slice(1)], longestMs: 9 })).toBe(9);
    expect(p95Of({ histogram: [...histogram, 1], longestMs: 700_000 })).toBe(700_000);
  });

  it('is listed on the command line, for people and programs', async () => {
    const { timings, kept } = measuring();
    timings.record('api_call', 'grc', 'GET /poams', 1234);
    await kept.close();
    world.now = new Date();
    const told = await commandText(world.app, ['performance']);
    expect(told.out).toMatch(/grc +GET \/poams +1 +– +1\.2 s +1\.2 s +1\.2 s/);
    const { json } = await commandOver(world.app, ['performance', 'list', '--kind', 'api_call']);
    expect(json).toMatchObject({ isCut: false, items: [{ operation: 'GET /poams', calls: 1 }] });
    expect((await commandText(world.app, ['performance', '--kind', 'job'])).out).toMatch(
      /Nothing was measured/,
    );
    expect((await commandText(world.app, ['performance', 'prometheus'])).out).toContain(
      'tieline_work_seconds_count{kind="api_call",component="grc",operation="GET /poams"} 1',
    );
  });
});

/** The samples of a text, by the name of their family. @throws where a line is neither a comment nor a sample of a family that was introduced. */
function familiesOf(text: string): Map<string, { type: string; samples: string[] }> {
  const families = new Map<string, { type: string; samples: string[] }>();
  let name = '';
  for (const line of text.trimEnd().split('\n')) {
    const introduced = /^# TYPE (\S+) (gauge|counter|histogram)$/.exec(line);
    if (introduced) {
      name = introduced[1] ?? '';
      families.set(name, { type: introduced[2] ?? '', samples: [] });
    } else if (!line.startsWith('# HELP ')) {
      const sample = /^([a-zA-Z_:][\w:]*)(\{(?:[a-z_]\w*="(?:[^"\\\n]|\\["\\n])*",?)*\})? (\S+)$/.exec(line);
      if (!sample?.[1]?.startsWith(name) || !Number.isFinite(Number(sample[3])))
        throw new Error(`no sample of ${name}: ${line}`);
      families.get(name)?.samples.push(line);
    }
  }
  return families;
}

/** Something of each gauge. */
const everything = `
  update external_systems set last_sync_time = tieline_now() at time zone 'UTC' - interval '1 hour';
  insert into integration_health (external_system_id, health_check_type, status) select id, 'data_sync', 'unhealthy' from external_systems;
  insert into sync_schedules (external_system_id, schedule_name, cron, next_run_at) select id, 'often', '* * * * *', tieline_now() - interval '1 hour' from external_systems;
  insert into sync_conflicts (operation_id, entity_type, entity_id, conflict_type, external_system_id, resolution_status)
    select (select batch_id from ingestion_batches limit 1), 'poam', 'P-1', 'value', id, 'pending' from external_systems;
  insert into alerts (alert_type, severity, title, status, subject) values ('feed_old', 'High', 'a "title"', 'active', 'kev');
  insert into intelligence_loads (feed, source, sha256, feed_date, loaded_at, loaded_by, rows_read, rows_changed, rows_unchanged, bytes)
    values ('kev', 'file', 'x', tieline_now() - interval '2 days', tieline_now(), 'test', 1, 1, 0, 1);`;

describe('the text for Prometheus', () => {
  const text = async (): Promise<string> => fetchPrometheusText(world.app, process);

  it('is well formed, also where a name holds quotes and new lines', async () => {
    const { timings, kept } = measuring();
    timings.record('api_call', 'a "quoted"\\ name', 'GET /\n', 3);
    timings.record('api_call', 'grc', 'GET /poams', 30);
    timings.record('api_call', 'grc', 'GET /poams', 700_000, true);
    await kept.close();
    await world.run(everything);
    const families = familiesOf(await text());
    expect(families.get('tieline_connection_healthy')?.samples).toEqual([
      'tieline_connection_healthy{connection="grc",check="data_sync"} 0',
    ]);
    expect(families.get('tieline_alerts_open')?.samples).toEqual([
      'tieline_alerts_open{kind="feed_old",severity="High",state="active"} 1',
    ]);
    expect(families.get('tieline_sync_age_seconds')?.samples[0]).toMatch(/ 36\d\d(\.\d+)?$/);
    const own = (families.get('tieline_work_seconds')?.samples ?? []).filter((line) => line.includes('grc'));
    const numbers = own.map((line) => line.split(' ').at(-1));
    expect(numbers.join(' ')).toBe('0 0 0 1 1 1 1 1 1 1 1 1 1 2 700.03 2');
    expect(families.get('tieline_work_failures_total')?.samples).toContain(
      'tieline_work_failures_total{kind="api_call",component="grc",operation="GET /poams"} 1',
    );
  });

  it('names every metric of docs/operations/monitoring.md and of the dashboard, and these name every one of it', async () => {
    const families = [...familiesOf(await text()).keys()].toSorted();
    const namesIn = (content: string): string[] =>
      [
        ...new Set(
          [...content.matchAll(/\b(?:tieline|process)_[a-z_]+/g)]
            .map(([name]) => name.replace(/_(bucket|sum|count)$/, ''))
            .filter((name) => name !== 'process_'),
        ),
      ].toSorted();
    expect(namesIn(readFileSync('docs/operations/grafana-dashboard.json', 'utf8'))).toEqual(
      families.filter((name) => !/^(tieline_build_info|process_(cpu|start).*)$/.test(name)),
    );
    expect(namesIn(readFileSync('docs/operations/monitoring.md', 'utf8'))).toEqual(families);
  });
});
