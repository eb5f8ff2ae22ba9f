/** Schedules, calls, connections and plans over HTTP; exports leave an event; events reach whom they concern. */
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Caller } from '../../../../test/support/http-server.ts';
import { type HttpWorld, httpWorld, within } from '../../../../test/support/http-world.ts';
import { everywhere } from '../../../canonical/access/index.ts';
import { forgetRegularly } from '../../../operate/worker/index.ts';
import { recordConflicts } from '../../../ledger/conflicts/index.ts';

let world: HttpWorld;
let operator: Caller;
let issm: Caller;
beforeAll(async () => {
  world = await httpWorld();
  operator = await world.program([{ gives: { role: 'operator' }, scope: everywhere }]);
  issm = await world.program([{ gives: { role: 'issm' }, scope: everywhere }]);
  await world.database.pool.query(`
    insert into api_call_logs (external_system_id, method, endpoint, response_status, response_time_ms)
    select id, m, '/api/' || m, s, 12 from external_systems, (values ('GET', 200), ('POST', 503), ('PUT', null::int)) c(m, s)`);
});
afterAll(() => world[Symbol.asyncDispose]());

describe('schedules', () => {
  const schedule = { connection: 'xacta', name: 'nightly', cron: '0 2 * * 1-5', jitterSeconds: 0 };
  const path = '/schedules/xacta/nightly';

  it('a schedule is added, shown in words with its next five times, changed by its version, and removed', async () => {
    const added = await world.call(operator, 'POST', '/schedules', { body: schedule });
    expect(added.statusCode).toBe(201);
    expect(added.json()).toMatchObject({ words: 'On Monday to Friday at 02:00 UTC', enabled: true });
    expect(added.json<{ next: string[] }>().next).toHaveLength(5);
    const listed = await world.call(operator, 'GET', '/schedules');
    expect(listed.json()).toMatchObject({ items: [{ system: 'xacta', name: 'nightly' }] });
    const etag = String(added.headers['etag']);
    const body = { cron: '*/15 * * * *', enabled: false };
    const changed = await world.call(operator, 'PUT', path, { body, headers: { 'if-match': etag } });
    expect(changed.json()).toMatchObject({ words: 'Every 15 minutes', enabled: false, next: [] });
    const late = await world.call(operator, 'DELETE', path, { headers: { 'if-match': etag } });
    expect(late.statusCode).toBe(412);
    expect(late.json()).toMatchObject({ code: 'RECORD_MOVED', present: { cron: '*/15 * * * *' } });
    const headers = { 'if-match': String(changed.headers['etag']) };
    expect((await world.call(operator, 'DELETE', path, { headers })).statusCode).toBe(204);
    expect((await world.call(operator, 'GET', path)).statusCode).toBe(404);
  });

  it.each([
    [{ ...schedule, cron: 'soon' }, '/cron'],
    [{ ...schedule, cron: '0 0 31 2 *' }, '/cron'],
    [{ ...schedule, name: 'no name' }, '/name'],
    [{ ...schedule, entities: ['finding'] }, '/entities'],
  ])('what is wrong about a schedule is named with its place: %j', async (body, pointer) => {
    const answer = await world.call(operator, 'POST', '/schedules', { body });
    expect(answer.statusCode).toBe(400);
    expect(answer.json<{ errors: { pointer: string }[] }>().errors[0]?.pointer).toBe(pointer);
    expect(answer.body).not.toContain('--');
    expect((await world.call(operator, 'GET', '/schedules')).json()).toEqual({ items: [] });
  });

  it('an expression is tried before it is saved', async () => {
    const good = await world.call(operator, 'GET', '/schedules/preview?cron=0%202%20*%20*%20*');
    expect(good.json()).toMatchObject({ words: 'Every day at 02:00 UTC' });
    const bad = await world.call(operator, 'GET', '/schedules/preview?cron=soon');
    expect(bad.json()).toMatchObject({ code: 'REQUEST_INVALID', errors: [{ pointer: 'cron' }] });
  });

  it('who may only read does not change a schedule', async () => {
    const viewer = await world.program([{ gives: { role: 'viewer' }, scope: everywhere }]);
    const answer = await world.call(viewer, 'POST', '/schedules', { body: schedule });
    expect(answer.json()).toMatchObject({ code: 'NOT_ALLOWED', permission: 'sync:operate' });
  });
});

describe('the state of the sync', () => {
  it('every connection says in a word how it is, and how many workers live', async () => {
    const { connections, workers } = (await world.call(operator, 'GET', '/sync/status')).json<{
      connections: object[];
      workers: number;
    }>();
    expect(connections).toMatchObject([{ connection: 'xacta', circuit: 'closed', health: [] }]);
    expect(workers).toBe(0);
  });

  it('calls are found by connection, status and failure', async () => {
    const methods = async (query: string): Promise<string[]> =>
      (await world.call(operator, 'GET', `/api-calls${query}`))
        .json<{ items: { method: string }[] }>()
        .items.map(({ method }) => method);
    expect((await methods('?connection=xacta')).toSorted()).toEqual(['GET', 'POST', 'PUT']);
    expect(await methods('?status=500..599')).toEqual(['POST']);
    expect((await methods('?failed=yes')).toSorted()).toEqual(['POST', 'PUT']);
    expect(await methods('?status=none')).toEqual(['PUT']);
    expect(await methods('?connection=other')).toEqual([]);
  });
});

describe('kept plans', () => {
  const [first, second] = ['00000000-0000-0000-0000-000000000001', '00000000-0000-0000-0000-000000000002'];

  it('a plan is read within the boundaries of the reader: list, head, groups and changes', async () => {
    const inFirst = await world.program([{ gives: { role: 'issm' }, scope: within('SYS-1') }]);
    const list = await world.call(inFirst, 'GET', '/plans');
    expect(list.json()).toMatchObject({ items: [{ planId: first, items: 1, systems: ['xacta'] }] });
    for (const path of ['', '/groups', '/items', '/items?group=1']) {
      const answer = await world.call(inFirst, 'GET', `/plans/${first}${path}`);
      expect({ path, status: answer.statusCode }).toEqual({ path, status: 200 });
      expect(answer.body).not.toMatch(/zulu|SYS-2/i);
      expect((await world.call(inFirst, 'GET', `/plans/${second}${path}`)).statusCode).toBe(404);
    }
    expect((await world.call(issm, 'GET', '/plans')).json<{ items: object[] }>().items).toHaveLength(2);
  });

  it('what a person has looked at is marked for them alone, and within what they see', async () => {
    const inFirst = await world.program([{ gives: { role: 'issm' }, scope: within('SYS-1') }]);
    const viewed = async (caller: Caller): Promise<unknown[]> =>
      (await world.call(caller, 'GET', `/plans/${first}/groups`))
        .json<{ items: { viewedAt: string | null }[] }>()
        .items.map(({ viewedAt }) => viewedAt !== null);
    const mark = (caller: Caller, group: string, on: boolean) =>
      world.call(caller, 'PUT', `/plans/${group}/viewed`, { body: { viewed: on } });
    expect((await mark(issm, `${first}/groups/1`, true)).statusCode).toBe(204);
    expect(await viewed(issm)).toEqual([true]);
    expect(await viewed(inFirst)).toEqual([false]);
    expect((await mark(issm, `${first}/groups/1`, false)).statusCode).toBe(204);
    expect(await viewed(issm)).toEqual([false]);
    expect((await mark(issm, `${first}/groups/99`, true)).statusCode).toBe(404);
    expect((await mark(inFirst, `${second}/groups/1`, true)).statusCode).toBe(404);
  });

  it('a plan is asked of a worker, and only what was reviewed can be applied', async () => {
    const asked = await world.call(operator, 'POST', '/plans', { body: {} });
    expect(asked.statusCode).toBe(202);
    expect(asked.json()).toMatchObject({ kind: 'plan', state: 'queued' });
    const moved = await world.call(issm, 'POST', `/plans/${first}/apply`, {
      body: { sha256: '1'.repeat(64) },
    });
    expect(moved.statusCode).toBe(409);
    expect(moved.json()).toMatchObject({ code: 'PLAN_MOVED' });
    const applied = await world.call(issm, 'POST', `/plans/${first}/apply`, {
      body: { sha256: '0'.repeat(64) },
    });
    expect(applied.json()).toMatchObject({ kind: 'apply_plan', state: 'queued' });
  });
});

describe('exports', () => {
  const nouns = [
    'findings',
    'assets',
    'poams',
    'milestones',
    'systems',
    'conflicts',
    'approvals',
    'outbox',
    'operations',
    'imports',
    'matches',
    'api-calls',
  ];

  it.each(nouns)(
    'the list of %s is exported as CSV and as lines of JSON, and each leaves an event',
    async (noun) => {
      for (const accept of ['text/csv', 'application/x-ndjson']) {
        const file = await world.call(issm, 'GET', `/${noun}`, { headers: { accept } });
        expect({ noun, type: file.headers['content-type'] }).toEqual({
          noun,
          type: expect.stringContaining(accept) as string,
        });
        const { rows } = await world.database.pool.query(
          `select principal_name as who, outcome, object_type, event_details ->> 'type' as type from security_events_extended
          where event_type = 'export' order by id desc limit 1`,
        );
        expect(rows).toMatchObject([{ outcome: 'success', type: expect.stringContaining(accept) as string }]);
      }
    },
  );

  it('an export that is refused leaves a refusal and no export', async () => {
    const viewer = await world.program([{ gives: { role: 'viewer' }, scope: everywhere }]);
    const count = async (): Promise<number> =>
      (await world.database.pool.query(`select from security_events_extended where event_type = 'export'`))
        .rows.length;
    const before = await count();
    const answer = await world.call(viewer, 'GET', '/conflicts', { headers: { accept: 'text/csv' } });
    expect(answer.statusCode).toBe(403);
    expect(await count()).toBe(before);
  });
});

/** What the stream of this caller says of conflicts, within a second and a half. */
async function heard(
  caller: Caller,
  cause: () => Promise<void>,
): Promise<{ kind: string; subject: string | null; count: number }[]> {
  const answer = await world.server.inject({
    method: 'GET',
    url: '/api/v1/events',
    headers: caller.headers,
    payloadAsStream: true,
  });
  const stream = answer.stream();
  let text = '';
  stream.on('data', (piece: Buffer) => (text += piece.toString()));
  await new Promise((done) => setTimeout(done, 500));
  await cause();
  await new Promise((done) => setTimeout(done, 1000));
  stream.destroy();
  return [...text.matchAll(/^data: (.*)$/gm)]
    .map(([, data]) => JSON.parse(data ?? '{}') as { kind: string; subject: string | null; count: number })
    .filter(({ kind }) => kind.startsWith('conflict.'));
}

describe('events about conflicts', () => {
  it('one statement that opens conflicts in two boundaries is told to each of its own, and to who may not read them not at all', async () => {
    const { rows } = await world.database.pool.query<{ id: number }>('select id from external_systems');
    let field = 0;
    const open = async (): Promise<void> => {
      field += 1;
      const source = { systemId: rows[0]?.id ?? 0, operationId: '00000000-0000-0000-0000-000000000001' };
      const conflict = (entityId: string) =>
        ({ entity: 'poam', entityId, type: 'field_mismatch', field: `status${field}` }) as const;
      await recordConflicts(world.app.db, source, [
        conflict('ALFA-1'),
        conflict('ALFA-2'),
        conflict('ZULU-1'),
      ]);
    };
    const inFirst = await world.program([{ gives: { role: 'isso' }, scope: within('SYS-1') }]);
    const inSecond = await world.program([{ gives: { role: 'isso' }, scope: within('SYS-2') }]);
    expect(await heard(inFirst, open)).toMatchObject([{ kind: 'conflict.opened', count: 2, subject: null }]);
    expect(await heard(inSecond, open)).toMatchObject([
      { kind: 'conflict.opened', count: 1, subject: expect.any(String) as string },
    ]);
    expect(await heard(operator, open)).toEqual([]);
    expect((await heard(issm, open)).map(({ count }) => count).toSorted((a, b) => a - b)).toEqual([1, 2]);
  });
});

describe('what is kept for a time only', () => {
  it('a server or worker clears old events, expired plans and jobs that ended long ago, and ends with its signal', async () => {
    const { pool } = world.database;
    await pool.query(`
      insert into tieline_events (kind, at) values ('inbox.changed', now() - interval '2 days');
      insert into requested_jobs (kind, payload, state, requested_by, requested_by_principal, ended_at)
        values ('sync', '{}', 'succeeded', 'old', 'p', now() - interval '100 days');
      insert into kept_plans (sha256, head, item_count, made_by, made_by_principal, expires_at)
        values (repeat('a', 64), '{}', 0, 'old', 'p', now() - interval '1 minute')`);
    const left = async (): Promise<number> => {
      const { rows } = await pool.query<{ n: number }>(
        `select (select count(*) from tieline_events where at < now() - interval '1 day')
              + (select count(*) from requested_jobs where requested_by = 'old') + (select count(*) from kept_plans where made_by = 'old') as n`,
      );
      return Number(rows[0]?.n);
    };
    expect(await left()).toBe(3);
    const ending = new AbortController();
    const forgetting = forgetRegularly(
      { ...world.app, sleep: async (_ms, signal) => void (signal.aborted || (await once(signal, 'abort'))) },
      ending.signal,
    );
    await expect.poll(left).toBe(0);
    ending.abort();
    await forgetting;
  });
});
