import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TielineError } from '../../../../platform/errors/tieline-error.ts';
import type { Json } from '../../../../platform/values/json.ts';
import { nothingStored, readOn, type Stored } from '../../../kit/conformance/storing-reader.ts';
import {
  startScriptedServer,
  type ScriptedJob,
  type ScriptedServer,
} from '../../scripted-server.test-support.ts';

let server: ScriptedServer;
beforeEach(async () => {
  server = await startScriptedServer();
});
afterEach(async () => {
  await server.stop();
});

const assets = (...ids: string[]): string => JSON.stringify(ids.map((id) => ({ id })));
const job = (status: Record<string, Json>, chunks: ScriptedJob['chunks']): ScriptedJob => ({
  status: { ...status },
  chunks,
});
const finished = (chunks: Record<number, string>): ScriptedJob =>
  job({ status: 'FINISHED', chunks_available: Object.keys(chunks).map(Number) }, chunks);
/** Every start gives a new job, named j1, j2, … */
function startGives(...jobs: ScriptedJob[]): void {
  server.onStart = (_kind, nth) => {
    const made = jobs[Math.min(nth, jobs.length) - 1];
    if (made) server.jobs.set(`j${nth}`, made);
    return { status: 200, body: { export_uuid: `j${nth}` } };
  };
}
const ids = (stored: Stored): string[] => stored.records.map((record) => record.externalId);
const paths = (): string[] => server.asked.map((each) => `${each.method} ${each.path}`);
const starts = () => server.asked.filter((each) => each.method === 'POST');

async function failure(promise: Promise<unknown>): Promise<TielineError> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof TielineError) return error;
    throw error;
  }
  throw new Error('it did not fail');
}

describe('what is asked for', () => {
  it('a read of findings exports every finding in every state, also on unlicensed assets, with a time filter that covers all', async () => {
    startGives(finished({}));
    await readOn(server.connect(), 'finding', nothingStored());
    expect(starts()[0]).toMatchObject({
      path: '/vulns/export',
      body: {
        include_unlicensed: true,
        filters: { state: ['OPEN', 'REOPENED', 'FIXED'], since: 1_000_000_019 },
      },
      headers: {
        'x-apikeys': 'accessKey=a1;secretKey=s2;',
        'user-agent': expect.stringMatching(/^Integration\/1.0 \(/),
      },
    });
  });

  it('a later read of findings exports what was indexed since the mark', async () => {
    startGives(finished({}));
    await readOn(server.connect(), 'finding', nothingStored(), { mark: '1700000000' });
    expect(starts()[0]?.body).toMatchObject({
      filters: { state: ['OPEN', 'REOPENED', 'FIXED'], indexed_at: 1_700_000_000 },
    });
  });

  it('a later read of assets exports updated, deleted and terminated assets in three exports', async () => {
    startGives(finished({ 1: assets('u') }), finished({ 1: assets('d') }), finished({ 1: assets('t') }));
    const stored = nothingStored();
    await readOn(server.connect(), 'asset', stored, { mark: '1700000000' });
    expect(ids(stored)).toEqual(['u', 'd', 't']);
    expect(starts().map((each) => each.body)).toEqual(
      ['updated_at', 'deleted_at', 'terminated_at'].map((field) => ({
        chunk_size: 1000,
        filters: { [field]: 1_700_000_000 },
      })),
    );
  });
});

describe('the mark', () => {
  it("the mark is one minute before the server's clock when the read began", async () => {
    startGives(finished({}));
    server.date = new Date('2020-01-01T00:10:00Z');
    const stored = nothingStored();
    await readOn(server.connect(), 'asset', stored);
    expect(stored.mark).toBe(String(Date.parse('2020-01-01T00:09:00Z') / 1000));
  });
});

describe('an export', () => {
  it('an export that is empty ends the read with nothing', async () => {
    startGives(job({ status: 'FINISHED', chunks_available: [], total_chunks: 0 }, {}));
    const stored = nothingStored();
    await readOn(server.connect(), 'finding', stored);
    expect(stored).toMatchObject({ records: [], mark: expect.any(String) as string });
  });

  it('an export gives its chunks while it runs, in whatever order, each once', async () => {
    const slow = job({ status: 'QUEUED' }, { 1: assets('a'), 2: assets('b'), 3: assets('c') });
    startGives(slow);
    const course: Record<string, Json>[] = [
      { status: 'QUEUED' },
      { status: 'PROCESSING', chunks_available: [3] },
      { status: 'PROCESSING', chunks_available: [3, 1, 3] },
      { status: 'FINISHED', chunks_available: [3, 1, 2] },
    ];
    let looks = 0;
    server.onStatus = () => {
      slow.status = course[Math.min(looks, 3)] ?? {};
      looks += 1;
    };
    const stored = nothingStored();
    await readOn(server.connect(), 'asset', stored);
    expect(ids(stored)).toEqual(['c', 'a', 'b']);
  });

  it('an export is started before the position that names it, and no chunk stored is fetched again', async () => {
    startGives(finished({ 1: assets('a'), 2: assets('b'), 3: assets('c') }));
    const stored = nothingStored();
    await readOn(server.connect(), 'asset', stored, { abandonAt: 3 });
    expect(ids(stored)).toEqual(['a']);
    server.asked.length = 0;
    await readOn(server.connect(), 'asset', stored);
    expect(ids(stored)).toEqual(['a', 'b', 'c']);
    expect(paths()).toEqual(
      [
        'GET /assets/export/j1/status',
        'GET /assets/export/j1/chunks/2',
        'GET /assets/export/j1/chunks/3',
        'GET /assets/export/j1/status',
      ].slice(0, paths().length),
    );
  });

  it('an export whose chunk is not ready yet is asked again', async () => {
    const late = finished({ 1: assets('a') });
    late.chunks[1] = 400;
    let looks = 0;
    server.onStatus = () => {
      looks += 1;
      if (looks === 3) late.chunks[1] = assets('a');
    };
    startGives(late);
    const stored = nothingStored();
    await readOn(server.connect(), 'asset', stored);
    expect(ids(stored)).toEqual(['a']);
  });

  const broken: [string, ScriptedJob | undefined][] = [
    ['failed', job({ status: 'ERROR', reason: 'The export request timed out.' }, {})],
    ['was cancelled', job({ status: 'CANCELLED', chunks_available: [1] }, { 1: assets('a') })],
    [
      'finished without some chunks',
      job({ status: 'FINISHED', chunks_available: [1], chunks_failed: [2] }, { 1: assets('a') }),
    ],
    ['is unknown to the server', undefined],
    ['has expired', job({ status: 'FINISHED', chunks_available: [1, 2] }, { 1: assets('a'), 2: 404 })],
  ];
  it.each(broken)('an export that %s is replaced by a new one', async (_what, bad) => {
    const good = finished({ 1: assets('a', 'b'), 2: assets('c') });
    server.onStart = (_kind, nth) => {
      const made = nth === 1 ? bad : good;
      if (made) server.jobs.set(`j${nth}`, made);
      return { status: 200, body: { export_uuid: `j${nth}` } };
    };
    const stored = nothingStored();
    await readOn(server.connect(), 'asset', stored);
    expect([...new Set(ids(stored))]).toEqual(['a', 'b', 'c']);
    expect(starts()).toHaveLength(2);
  });

  it('an export that fails again and again ends in EXPORT_FAILED with its reason, and the next run starts again', async () => {
    startGives(job({ status: 'ERROR', reason: 'An unexpected error occurred.' }, {}));
    const stored = nothingStored();
    const error = await failure(readOn(server.connect({ export_restarts: 2 }), 'asset', stored));
    expect(error).toMatchObject({
      code: 'EXPORT_FAILED',
      message: expect.stringContaining('An unexpected error occurred') as string,
    });
    expect(starts()).toHaveLength(3);
    startGives(finished({}), finished({}), finished({}), finished({ 1: assets('a') }));
    await readOn(server.connect(), 'asset', stored);
    expect(ids(stored)).toEqual(['a']);
  });

  it('an export that makes no progress is given up with a message, not waited for forever', async () => {
    startGives(job({ status: 'PROCESSING', chunks_available: [] }, {}));
    const stored = nothingStored();
    const error = await failure(readOn(server.connect({ stall_minutes: 0.01 }), 'asset', stored));
    expect(error).toMatchObject({
      code: 'EXPORT_FAILED',
      message: expect.stringContaining('without a new chunk') as string,
    });
    expect(starts().map((each) => each.path)).toEqual([
      '/assets/export',
      '/assets/export/j1/cancel',
      '/assets/export',
      '/assets/export/j2/cancel',
    ]);
    server.asked.length = 0;
    server.onStart = () => {
      server.jobs.set('next', finished({ 1: assets('a') }));
      return { status: 200, body: { export_uuid: 'next' } };
    };
    await readOn(server.connect({ stall_minutes: 0.01 }), 'asset', stored);
    expect(ids(stored)).toEqual(['a']);
  });

  it('an export that stands still after some chunks is replaced once, even if its state alternates', async () => {
    const stuck = job({ status: 'PROCESSING', chunks_available: [1] }, { 1: assets('a') });
    startGives(stuck, finished({ 1: assets('a'), 2: assets('b') }));
    let looks = 0;
    server.onStatus = (uuid) => {
      looks += 1;
      if (uuid === 'j1')
        stuck.status = { status: looks % 2 ? 'PROCESSING' : 'QUEUED', chunks_available: [1] };
    };
    const stored = nothingStored();
    await readOn(server.connect({ stall_minutes: 0.01 }), 'asset', stored);
    expect([...new Set(ids(stored))]).toEqual(['a', 'b']);
    expect(stored.mark).toBeDefined();
  });

  it('an export that stood still is not adopted again when the server names it as running', async () => {
    server.jobs.set('j1', job({ status: 'PROCESSING', chunks_available: [], filters: {}, created: 1 }, {}));
    server.jobs.set('j2', finished({ 1: assets('b') }));
    server.onStart = (_kind, nth) => {
      if (nth === 1) return { status: 200, body: { export_uuid: 'j1' } };
      // It cannot be cancelled at first, as happens to jobs that hang.
      if (nth < 4) return { status: 409, body: { active_job_id: 'j1', failure_reason: 'duplicate' } };
      return { status: 200, body: { export_uuid: 'j2' } };
    };
    const stored = nothingStored();
    await readOn(server.connect({ stall_minutes: 0.01 }), 'asset', stored);
    expect(ids(stored)).toEqual(['b']);
  });

  it('an export that never gets its turn ends the read within the bounds of standing still', async () => {
    server.onStart = () => ({ status: 409, body: { active_job_id: 'other', failure_reason: 'duplicate' } });
    server.jobs.set('other', job({ status: 'PROCESSING', chunks_available: [] }, {}));
    const error = await failure(readOn(server.connect({ stall_minutes: 0.01 }), 'asset', nothingStored()));
    expect(error.code).toBe('EXPORT_FAILED');
  });

  it('an export that announces more chunks than it has is never treated as complete', async () => {
    startGives(job({ status: 'FINISHED', chunks_available: [1], total_chunks: 2 }, { 1: assets('a') }));
    const stored = nothingStored();
    const error = await failure(readOn(server.connect({ stall_minutes: 0.01 }), 'asset', stored));
    expect(error.code).toBe('EXPORT_FAILED');
    expect(stored.mark).toBeUndefined();
  });
});

describe('an export that runs already (409)', () => {
  const ours = {
    state: ['REOPENED', 'OPEN', 'FIXED'],
    since: 1_000_000_019,
    first_found: 0,
    vpr_score: { eq: [] },
  };
  /** The first start meets `running`, which is over at the third look; later starts give a new job. */
  function meets(running: Record<string, Json>): void {
    server.jobs.set('old', job({ status: 'PROCESSING', ...running }, { 1: '[{"asset":{"uuid":"old"}}]' }));
    let looks = 0;
    server.onStatus = (uuid, its) => {
      if (uuid !== 'old' || !its) return;
      looks += 1;
      if (looks >= 3) its.status = { ...its.status, status: 'FINISHED', chunks_available: [1] };
    };
    server.onStart = (_kind, nth) => {
      if (server.jobs.get('old')?.status['status'] !== 'FINISHED')
        return { status: 409, body: { active_job_id: 'old', failure_reason: 'duplicate' } };
      server.jobs.set(`j${nth}`, finished({ 1: '[{"asset":{"uuid":"new"}}]' }));
      return { status: 200, body: { export_uuid: `j${nth}` } };
    };
  }

  it('an export that is already running (409) is adopted if it has these very filters, and the mark goes back to its start', async () => {
    const created = Date.now() - 600_000;
    meets({ filters: ours, created });
    const stored = nothingStored();
    await readOn(server.connect(), 'finding', stored);
    expect(ids(stored)).toEqual(['old:::']);
    expect(Number(stored.mark)).toBe(Math.floor(created / 1000) - 60);
  });

  it('an export that is already running (409) is waited out, and left alone, if it has other filters', async () => {
    meets({ filters: { ...ours, severity: ['critical'] }, created: Date.now() });
    const stored = nothingStored();
    await readOn(server.connect(), 'finding', stored);
    expect(ids(stored)).toEqual(['new:::']);
    expect(paths().some((path) => path.endsWith('/cancel'))).toBe(false);
  });

  it('an export that is already running (409) is adopted after a kill between its start and the storing of its name', async () => {
    startGives(finished({}));
    const stored = nothingStored();
    await readOn(server.connect(), 'finding', stored, { abandonAt: 1 });
    expect(stored.events).toBe(1);
    meets({});
    await readOn(server.connect(), 'finding', stored);
    expect(ids(stored)).toEqual(['old:::']);
  });

  it('an export that is already running (409) is waited out if neither its filters nor its age are known', async () => {
    meets({});
    const stored = nothingStored();
    await readOn(server.connect(), 'finding', stored);
    expect(ids(stored)).toEqual(['new:::']);
  });
});

describe('a page', () => {
  it('a page must be read to its end before the next event', async () => {
    startGives(finished({ 1: assets('a', 'b') }));
    const reading = (async () => {
      for await (const event of server.connect().read('asset', { signal: new AbortController().signal }))
        expect(event).toBeDefined();
    })();
    expect((await failure(reading)).message).toContain('before the page was read to its end');
  });
});

describe('keys that are not accepted', () => {
  it('keys that are not accepted end the read and name the remedy', async () => {
    server.onStart = () => ({
      status: 401,
      body: { statusCode: 401, error: 'Unauthorized', message: 'Invalid credentials.' },
    });
    const error = await failure(readOn(server.connect(), 'asset', nothingStored()));
    expect(error).toMatchObject({
      code: 'REMOTE_UNAUTHORIZED',
      message: 'POST /assets/export was answered with 401: Unauthorized: Invalid credentials.',
    });
  });
});
