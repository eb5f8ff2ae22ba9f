import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asNobody, type Caller } from '../../../test/support/http-server.ts';
import { everywhere, permissions, type Role } from '../../canonical/access/index.ts';
import { type Route, routes } from '../../contract/index.ts';
import { runJob } from '../../operate/jobs/index.ts';
import {
  addressOf,
  type Asked,
  askRoute,
  faultsOfRole,
  parameters,
  queryOf,
  rolesOfEveryRun,
  table,
} from './access.test-support.ts';
import { installQueue } from '../../platform/queue/index.ts';
import { type HttpWorld, httpWorld, within } from '../../../test/support/http-world.ts';
import { bodies } from '../../../test/support/route-bodies.ts';

let world: HttpWorld;
beforeAll(async () => {
  world = await httpWorld();
  await installQueue(world.app.queue);
});
afterAll(() => world[Symbol.asyncDispose]());

const ask = (caller: Caller, route: Route, more: Asked = {}) => askRoute(world, caller, route, more);

describe('who may call a route', () => {
  it('without a sign-in every route that is not for anybody answers 401, and no other does', async () => {
    for (const [id, route] of table) {
      const { status, code } = await ask(asNobody, route, { query: queryOf(id) });
      if (typeof route.permission === 'object') expect({ id, status }).not.toEqual({ id, status: 401 });
      else expect({ id, status, code }).toEqual({ id, status: 401, code: 'NOT_SIGNED_IN' });
    }
  });

  // The others: access-of-roles.proof.ts.
  it.each(rolesOfEveryRun)(
    'a token of the role %s may call what its role may, and is told what it lacks',
    async (role) => {
      expect(await faultsOfRole(world, role)).toEqual([]);
    },
  );

  it('a permission of the installation is not held by a grant or a token for one boundary', async () => {
    const role: Role = 'operator';
    const callers = [
      await world.program([{ gives: { role }, scope: within('SYS-1') }]),
      await world.program([{ gives: { role }, scope: everywhere }], within('SYS-1')),
    ];
    const ofInstallation = table.filter(
      ([, { permission }]) =>
        typeof permission === 'string' &&
        permission !== 'signed-in' &&
        permissions[permission].where === 'installation',
    );
    expect(ofInstallation.length).toBeGreaterThan(5);
    for (const caller of callers)
      for (const [id, route] of ofInstallation) {
        const { status, permission } = await ask(caller, route, { query: queryOf(id) });
        expect({ id, status, permission }).toEqual({ id, status: 403, permission: route.permission });
      }
  });

  it('the security log keeps who was refused what, with the id of the request', async () => {
    const viewer = await world.program([{ gives: { role: 'viewer' }, scope: everywhere }]);
    const refused = await world.call(viewer, 'POST', '/operations/sync', { body: {} });
    const forged = await world.call({ headers: {} }, 'DELETE', '/session');
    expect([refused.statusCode, forged.statusCode]).toEqual([403, 403]);
    const { rows } = await world.database.pool.query<Record<string, string>>(
      `select event_type, outcome, failure_reason, correlation_id::text from security_events_extended
        where correlation_id::text = any($1) order by id`,
      [[refused, forged].map((answer) => answer.json<{ requestId: string }>().requestId)],
    );
    expect(rows.map(({ correlation_id: _id, ...row }) => row)).toEqual([
      { event_type: 'refused', outcome: 'refused', failure_reason: 'NOT_ALLOWED' },
      { event_type: 'refused', outcome: 'refused', failure_reason: 'REQUEST_FORGED' },
    ]);
  });

  it('a record that there is not is not found, whatever is given as its id', async () => {
    const caller = await world.program([
      { gives: { role: 'issm' }, scope: everywhere },
      { gives: { role: 'operator' }, scope: everywhere },
      { gives: { role: 'admin' }, scope: everywhere },
      { gives: { role: 'privacy_officer' }, scope: everywhere },
    ]);
    for (const [id, route] of table.filter(([, { path }]) => path.includes(':') && !path.includes(':noun')))
      for (const given of [randomUUID(), '987654', 'nonsense', "'%3B--", 'x%00y']) {
        const address = addressOf(
          route,
          Object.fromEntries(Object.keys(parameters).map((name) => [name, given])),
        );
        const answer = await world.call(caller, route.method, `${address}${queryOf(id) ?? ''}`, {
          ...(bodies[id] ? { body: bodies[id] } : {}),
          ...(route.versioned ? { headers: { 'if-match': '"anything"' } } : {}),
        });
        const isNoNumber =
          /conflictId|changeId|matchId|deviationId|exclusionId|ruleId|:number/.test(route.path) &&
          given !== '987654';
        const isNoUuid = /assetUuid|viewId/.test(route.path) && !/^[\da-f-]{36}$/.test(given);
        // A token has no factors of its own.
        const isOfWhoSignedIn = id === 'removeFactor';
        const status = isOfWhoSignedIn || isNoNumber || isNoUuid || given.includes('%00') ? 400 : 404;
        expect({ id, given, status: answer.statusCode }).toEqual({ id, given, status });
      }
  });

  it('an export needs the right to export, and reaches only as far as that', async () => {
    const read = [{ gives: { role: 'viewer' as const }, scope: everywhere }];
    const viewer = await world.program(read);
    const refused = await world.call(viewer, 'GET', '/poams', { headers: { accept: 'text/csv' } });
    expect(refused.statusCode).toBe(403);
    expect(refused.json()).toMatchObject({ code: 'NOT_ALLOWED', permission: 'finding:export' });
    const half = await world.program([
      ...read,
      { gives: { permission: 'finding:export' }, scope: within('SYS-1') },
    ]);
    const file = await world.call(half, 'GET', '/poams', { headers: { accept: 'text/csv' } });
    expect(file.body).toContain('ALFA-5');
    expect(file.body).not.toMatch(/zulu|SYS-2/i);
    expect((await world.call(half, 'GET', '/poams')).body).toContain('ZULU-5');
  });
});

/** Everything that a boundary holds, by what is in it. */
const isOfSecond = /zulu|SYS-2/i;
const lists = [
  'Findings',
  'Assets',
  'Poams',
  'Milestones',
  'Systems',
  'Conflicts',
  'Approvals',
  'Deviations',
  'Matches',
  'Tasks',
] as const;

describe('what is outside of the boundaries of a grant', () => {
  let inFirst: Caller;
  let inBoth: Caller;
  beforeAll(async () => {
    inFirst = await world.program([{ gives: { role: 'issm' }, scope: within('SYS-1') }]);
    inBoth = await world.program([{ gives: { role: 'issm' }, scope: everywhere }]);
  });

  it.each(lists)('%s of another boundary are in no list, no count and no facet', async (noun) => {
    const list = await ask(inFirst, routes[`list${noun}`]);
    const items = (text: string) => (JSON.parse(text) as { items: unknown[] }).items;
    expect(list.text).not.toMatch(isOfSecond);
    expect(items(list.text).length).toBeGreaterThan(0);
    const all = await ask(inBoth, routes[`list${noun}`]);
    expect(all.text).toMatch(isOfSecond);
    expect(items(all.text)).toHaveLength(2 * items(list.text).length);
    const count = await ask(inFirst, routes[`count${noun}`]);
    expect(JSON.parse(count.text)).toMatchObject({ count: items(list.text).length });
    const facet = await ask(inFirst, routes[`facet${noun}`], { query: queryOf(`facet${noun}`) });
    expect(facet.status).toBe(200);
    expect(facet.text).not.toMatch(isOfSecond);
  });

  it.each(['Findings', 'Assets', 'Poams', 'Milestones', 'Systems'] as const)(
    '%s of another boundary are in no export',
    async (noun) => {
      for (const accept of ['text/csv', 'application/x-ndjson']) {
        const file = await world.call(inFirst, 'GET', routes[`list${noun}`].path, { headers: { accept } });
        expect(file.statusCode).toBe(200);
        expect(file.body).toMatch(/alfa|SYS-1/i);
        expect(file.body).not.toMatch(isOfSecond);
        const whole = await world.call(inBoth, 'GET', routes[`list${noun}`].path, { headers: { accept } });
        expect(whole.body).toMatch(isOfSecond);
      }
    },
  );

  it.each(lists)('a filter does not tell whether another boundary has such %s', async (noun) => {
    const list = routes[`list${noun}`];
    const count = routes[`count${noun}`];
    for (const filter of ['?system=SYS-2', '?q=zulu']) {
      const counted = await ask(inFirst, count, { query: filter });
      if (counted.code === 'FILTER_INVALID') continue; // this list has no such filter
      expect({ filter, text: counted.text }).toEqual({ filter, text: '{"count":0,"exact":true}' });
      expect(JSON.parse((await ask(inFirst, list, { query: filter })).text)).toEqual({
        items: [],
        next: null,
      });
    }
  });

  it('neither the inbox nor the board counts it', async () => {
    const inbox = await ask(inFirst, routes.listInbox);
    expect(inbox.text).toMatch(/alfa|SYS-1/i);
    expect(inbox.text).not.toMatch(isOfSecond);
    const board = JSON.parse((await ask(inFirst, routes.countPoamBoard)).text) as {
      buckets: { count: number }[];
    };
    expect(Math.max(...board.buckets.map(({ count }) => count))).toBeLessThanOrEqual(5);
    const { boundaries } = JSON.parse((await ask(inFirst, routes.getBootstrap)).text) as {
      boundaries: unknown;
    };
    expect(boundaries).toEqual([{ id: 'SYS-1', name: 'alfa system' }]);
  });

  const ofOneRecord = table.filter(
    ([, { path, scope, permission }]) =>
      path.includes(':') && scope === 'boundaries' && permission !== 'sync:read',
  );

  it.each(ofOneRecord)(
    '%s does not find a record of another boundary, as if there were none',
    async (id, route) => {
      const body = bodies[id];
      const hidden = await ask(inFirst, route, body ? { body } : {});
      expect({ status: hidden.status, code: hidden.code }).toEqual({
        status: 404,
        code: expect.stringMatching(/_UNKNOWN$/) as string,
      });
      const absent = {
        poamId: 'NONE-1',
        milestoneId: '999',
        systemId: 'SYS-9',
        conflictId: '999',
        matchId: '999',
        taskId: '999',
        name: 'never-saved',
        runId: randomUUID(),
        controlId: 'NONE-9',
        proposalId: '999',
        deviationId: '999',
        alertId: randomUUID(),
        planId: randomUUID(),
        reportId: randomUUID(),
        poamImportId: randomUUID(),
        approvalId: randomUUID(),
        key: randomUUID(),
        pluginId: '999999',
        assetUuid: randomUUID(),
        exclusionId: '999',
        eventId: randomUUID(),
      };
      const none = await world.call(inFirst, route.method, addressOf(route, absent), {
        ...(body ? { body } : {}),
        ...(route.versioned ? { headers: { 'if-match': '"anything"' } } : {}),
      });
      const plain = (text: string, params: Readonly<Record<string, string>>) =>
        Object.values(params)
          .toSorted((a, b) => b.length - a.length)
          .reduce((rest, value) => rest.replaceAll(value, '…'), text);
      const shown = (
        { detail, status, code }: Record<string, unknown>,
        params: Readonly<Record<string, string>>,
      ) => ({
        status,
        code,
        detail: plain(String(detail), params),
      });
      const ofSecond = Object.fromEntries(Object.keys(absent).map((name) => [name, parameters[name] ?? '']));
      expect(shown(hidden.body ?? {}, ofSecond)).toEqual(shown(none.json(), absent));
    },
  );

  /** Does a job as a worker would. */
  const finish = (job: string): Promise<void> => runJob(world.app, { job }, new AbortController().signal);

  it('a job is not done in the name of somebody who lost the right to it meanwhile', async () => {
    const edit = { filter: {}, changes: { poc: 'Too late' } };
    const tried = await world.call(inFirst, 'POST', '/poams/bulk/try', { body: edit });
    const { token } = tried.json<{ token: string }>();
    const asked = await world.call(inFirst, 'POST', '/poams/bulk/edit', { body: { ...edit, token } });
    const { id, requestedByPrincipal } = asked.json<{ id: string; requestedByPrincipal: string }>();
    const { pool } = world.database;
    await pool.query(`update principals set status = 'disabled' where id = $1::uuid`, [requestedByPrincipal]);
    await finish(id);
    await pool.query(`update principals set status = 'active' where id = $1::uuid`, [requestedByPrincipal]);
    const { rows } = await pool.query(
      `select state, problem ->> 'code' as code from requested_jobs where job_id = $1::uuid`,
      [id],
    );
    expect(rows).toEqual([{ state: 'failed', code: 'NOT_ALLOWED' }]);
    const edited = await pool.query(`select from ingestion_poams where poc = 'Too late'`);
    expect(edited.rowCount).toBe(0);
  });

  it('an edit of many changes nothing of it, whether it is named or fits a filter', async () => {
    const changes = { poc: 'Mallory' };
    for (const selection of [{ ids: ['ZULU-1', 'ZULU-2'] }, { filter: { q: 'zulu' } }]) {
      const tried = await world.call(inFirst, 'POST', '/poams/bulk/try', { body: { ...selection, changes } });
      if (tried.statusCode === 404) continue;
      expect(tried.json()).toMatchObject({ willChange: 0 });
      const { token } = tried.json<{ token: string }>();
      const run = await world.call(inFirst, 'POST', '/poams/bulk/edit', {
        body: { ...selection, changes, token },
      });
      await finish(run.json<{ id: string }>().id);
    }
    const everything = { filter: {}, changes };
    const tried = await world.call(inFirst, 'POST', '/poams/bulk/try', { body: everything });
    expect(tried.json()).toMatchObject({ matched: 5, willChange: 5 });
    const { token } = tried.json<{ token: string }>();
    const asked = await world.call(inFirst, 'POST', '/poams/bulk/edit', { body: { ...everything, token } });
    expect(asked.statusCode).toBe(202);
    await finish(asked.json<{ id: string }>().id);
    const { rows } = await world.database.pool.query<{ system_id: string; n: number }>(
      `select system_id, count(*) as n from ingestion_poams where poc = 'Mallory' group by system_id`,
    );
    expect(rows).toEqual([{ system_id: 'SYS-1', n: 5 }]);
  });
});
