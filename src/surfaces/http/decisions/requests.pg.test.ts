import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type HttpWorld, httpWorld, within } from '../../../../test/support/http-world.ts';
import { everywhere } from '../../../canonical/access/index.ts';

let world: HttpWorld;
beforeAll(async () => {
  world = await httpWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

/** Of the first boundary; SYS-2 has its like. */
const first = '00000000-0000-0000-0000-0000000000e1';
const second = '00000000-0000-0000-0000-0000000000e2';
const yes = { decision: 'approve', sha256: '0'.repeat(64) };

describe('a request over HTTP', () => {
  it('is on the list of approvals, with what is asked, by whom, and whose turn it is', async () => {
    const viewer = await world.program([{ gives: { role: 'viewer' }, scope: within('SYS-1') }]);
    const list = await world.call(viewer, 'GET', '/approvals?kind=completion');
    expect(list.json()).toMatchObject({
      items: [
        {
          approvalId: first,
          system: null,
          boundary: 'SYS-1',
          action: 'complete ALFA-1',
          requestedBy: 'J. Doe',
          dangers: { ends_poam: 1 },
          request: {
            subject: { kind: 'completion', id: 'ALFA-1' },
            rationale: 'alfa is fixed',
            lines: [{ field: 'status', before: 'Open', after: 'Completed' }],
            turn: ['isso'],
          },
        },
      ],
    });
    const facet = await world.call(viewer, 'GET', '/approvals/facets?by=kind');
    expect(facet.body).toContain('changes');
    const one = await world.call(viewer, 'GET', `/approvals/${first}`);
    expect(one.json()).toMatchObject({ approvalId: first, authors: ['J. Doe'], groups: [] });
    expect((await world.call(viewer, 'GET', `/approvals/${second}`)).statusCode).toBe(404);
  });

  it('is delegated to nobody where its kind is decided by the role itself, nor to an account that there is not', async () => {
    const isso = await world.program([{ gives: { role: 'isso' }, scope: within('SYS-1') }]);
    const path = `/approvals/${first}/delegate`;
    const unknown = await world.call(isso, 'POST', path, { body: { to: 'nobody' } });
    expect(unknown.json()).toMatchObject({ status: 404, code: 'ACCOUNT_UNKNOWN' });
    await world.database.pool.query(
      `insert into principals (kind, name, created_by) values ('person', 'stand-in', 'test')`,
    );
    const refused = await world.call(isso, 'POST', path, { body: { to: 'stand-in' } });
    expect(refused.json()).toMatchObject({ status: 403, code: 'APPROVAL_ROLE' });
    expect(refused.body).toContain('Only questions of workflows');
  });

  it('is not answered out of turn, outside of one’s boundaries, without the permission, or as if it were changes', async () => {
    const ao = await world.program([{ gives: { role: 'ao' }, scope: everywhere }]);
    const outOfTurn = await world.call(ao, 'POST', `/approvals/${first}/answer`, { body: yes });
    expect(outOfTurn.json()).toMatchObject({ status: 403, code: 'APPROVAL_ROLE' });
    const isso = await world.program([{ gives: { role: 'isso' }, scope: within('SYS-1') }]);
    const elsewhere = await world.call(isso, 'POST', `/approvals/${second}/answer`, { body: yes });
    expect(elsewhere.json()).toMatchObject({ status: 404, code: 'APPROVAL_UNKNOWN' });
    const analyst = await world.program([{ gives: { role: 'analyst' }, scope: everywhere }]);
    const refused = await world.call(analyst, 'POST', `/approvals/${first}/answer`, { body: yes });
    expect(refused.json()).toMatchObject({ status: 403, permission: 'deviation:approve' });
    const asChanges = await world.call(ao, 'POST', `/approvals/${first}/decision`, { body: yes });
    expect(asChanges.statusCode).toBe(404);
    const changesAsRequest = await world.call(
      ao,
      'POST',
      '/approvals/00000000-0000-0000-0000-000000000001/answer',
      {
        body: yes,
      },
    );
    expect(changesAsRequest.statusCode).toBe(404);
  });

  it('is granted by who is asked, for the content that they read, once', async () => {
    const isso = await world.program([{ gives: { role: 'isso' }, scope: within('SYS-1') }]);
    const moved = await world.call(isso, 'POST', `/approvals/${first}/answer`, {
      body: { ...yes, sha256: 'f'.repeat(64) },
    });
    expect(moved.json()).toMatchObject({ code: 'APPROVAL_MOVED' });
    const done = await world.call(isso, 'POST', `/approvals/${first}/answer`, { body: yes });
    expect(done.json()).toMatchObject({ status: 'approved', approvalId: first, next: null });
    const again = await world.call(isso, 'POST', `/approvals/${first}/answer`, { body: yes });
    expect(again.json()).toMatchObject({ code: 'APPROVAL_MOVED' });
  });
});

describe('who decides, over HTTP', () => {
  it('is read by whoever reads approvals, as far as they see, and set by who sets policies', async () => {
    const issm = await world.program([{ gives: { role: 'issm' }, scope: everywhere }]);
    const rule = {
      kind: 'completion',
      boundary: 'SYS-2',
      severity: null,
      levels: [{ roles: ['issm'], needs: 'one' }],
    };
    expect((await world.call(issm, 'PUT', '/deciders', { body: rule })).statusCode).toBe(200);
    const viewer = await world.program([{ gives: { role: 'viewer' }, scope: within('SYS-1') }]);
    const seen = await world.call(viewer, 'GET', '/deciders');
    expect(seen.json<{ kind: string }[]>().length).toBeGreaterThan(10);
    expect(seen.body).not.toContain('SYS-2');
    expect((await world.call(viewer, 'PUT', '/deciders', { body: rule })).statusCode).toBe(403);
    expect((await world.call(issm, 'GET', '/deciders?system=SYS-2')).body).toContain('"boundary":"SYS-2"');
    const given = { kind: 'completion', boundary: 'SYS-2', severity: null };
    expect((await world.call(issm, 'POST', '/deciders/reset', { body: given })).statusCode).toBe(200);
    expect((await world.call(issm, 'GET', '/deciders')).body).not.toContain('SYS-2');
  });
});
