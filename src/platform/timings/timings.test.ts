import { describe, expect, it } from 'vitest';
import { boundsMs, pathShape, statementClass, Timings } from './index.ts';

describe('timings', () => {
  it('count number, failures, sum, longest and the histogram of each operation', () => {
    const timings = new Timings();
    timings.record('api_call', 'xacta', 'GET /api/poams', 4);
    timings.record('api_call', 'xacta', 'GET /api/poams', 5);
    timings.record('api_call', 'xacta', 'GET /api/poams', 700_000, true);
    timings.record('api_call', 'tenable', 'GET /api/poams', 6);
    const [first, second] = timings.take();
    expect(first).toMatchObject({ component: 'xacta', calls: 3, failed: 1, totalMs: 700_009 });
    expect(first?.longestMs).toBe(700_000);
    expect(first?.histogram).toEqual([2, ...boundsMs.slice(1).map(() => 0), 1]);
    expect(second).toMatchObject({ component: 'tenable', calls: 1 });
    expect(timings.take()).toEqual([]);
  });

  it('more operations than are worth a name are counted as one', () => {
    const timings = new Timings(2);
    for (const name of ['a', 'b', 'c', 'd']) timings.record('query', 'postgres', name, 1);
    expect(timings.take().map(({ operation, calls }) => [operation, calls])).toEqual([
      ['a', 1],
      ['b', 1],
      ['other', 2],
    ]);
  });

  it('what could not be kept is counted again with what came meanwhile', () => {
    const timings = new Timings();
    timings.record('job', 'worker', 'export', 10);
    const taken = timings.take();
    timings.record('job', 'worker', 'export', 20);
    timings.putBack(taken);
    expect(timings.take()).toMatchObject([{ calls: 2, totalMs: 30, longestMs: 20 }]);
  });

  it('work that throws is counted as failed, and throws', async () => {
    const timings = new Timings();
    await expect(
      timings.measure('sync_step', 'xacta', 'poam', () => Promise.reject(new Error('no answer'))),
    ).rejects.toThrow('no answer');
    expect(timings.take()).toMatchObject([{ calls: 1, failed: 1 }]);
  });

  it('a record costs a few microseconds at most', () => {
    const timings = new Timings();
    const before = process.cpuUsage();
    for (let n = 0; n < 100_000; n += 1)
      timings.record('query', 'postgres', statementClass('select 1 from ingestion_assets'), n % 300);
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 100_000).toBeLessThan(10);
  });
});

describe('names of operations', () => {
  it('a path keeps its words and versions, and loses what names a record', () => {
    expect(pathShape('/api/v1/systems/SYS-001/poams/42')).toBe('/api/v1/systems/{id}/poams/{id}');
    expect(pathShape('/assets/export/9a1f0c6e-0000-4000-8000-000000000000/chunks/1')).toBe(
      '/assets/export/{id}/chunks/{id}',
    );
    expect(pathShape('/tags/My%20Category/values')).toBe('/tags/{id}/values');
  });

  it('a statement is named by its verb and its first table', () => {
    expect(statementClass('select a.id from ingestion_assets a')).toBe('select ingestion_assets');
    expect(statementClass('insert into "sync_outbox" (id) values (1)')).toBe('insert sync_outbox');
    expect(statementClass('update only public.sync_links set x = 1')).toBe('update sync_links');
    expect(statementClass('begin')).toBe('begin');
    expect(statementClass('create temp table metric_open on commit drop as select 1')).toBe(
      'create metric_open',
    );
  });
});
