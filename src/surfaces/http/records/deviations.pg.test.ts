import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Caller } from '../../../../test/support/http-server.ts';
import { type HttpWorld, httpWorld, within } from '../../../../test/support/http-world.ts';

let world: HttpWorld;
let analyst: Caller;
let issm: Caller;
let viewer: Caller;
beforeAll(async () => {
  world = await httpWorld();
  analyst = await world.program([{ gives: { role: 'analyst' }, scope: within('SYS-1') }]);
  issm = await world.program([{ gives: { role: 'issm' }, scope: within('SYS-1') }]);
  viewer = await world.program([{ gives: { role: 'viewer' }, scope: within('SYS-1') }]);
});
afterAll(() => world[Symbol.asyncDispose]());

const sent = randomBytes(200_000);
const send = (caller: Caller, bytes: Buffer) =>
  world.server.inject({
    method: 'POST',
    url: '/api/v1/evidence',
    headers: {
      ...caller.headers,
      'idempotency-key': randomUUID(),
      'content-type': 'application/octet-stream',
    },
    payload: bytes,
  });
const falsePositive = (sha256: string) => ({
  kind: 'false_positive',
  poam: 'ALFA-2',
  rationale: 'the package is not installed',
  details: { proof: 'see the package list' },
  evidence: [{ sha256, name: 'packages "of" web.txt' }],
});

describe('deviations over HTTP', () => {
  it('evidence is sent, named by a request, and comes back byte for byte, never as a page', async () => {
    const kept = await send(analyst, sent);
    expect(kept.statusCode).toBe(201);
    const { sha256 } = kept.json<{ sha256: string }>();
    expect(sha256).toBe(createHash('sha256').update(sent).digest('hex'));
    const asked = await world.call(analyst, 'POST', '/deviations', { body: falsePositive(sha256) });
    expect(asked.json()).toMatchObject({ state: 'requested', turn: ['issm'] });
    const { id, approvalId } = asked.json<{ id: number; approvalId: string }>();
    const file = await world.server.inject({
      method: 'GET',
      url: `/api/v1/deviations/${id}/evidence/${sha256}`,
      headers: viewer.headers,
    });
    expect(file.statusCode).toBe(200);
    expect(file.headers['content-type']).toContain('application/octet-stream');
    expect(file.headers['content-disposition']).toBe('attachment; filename="packages _of_ web.txt"');
    expect(file.rawPayload.equals(sent)).toBe(true);

    const [{ contentSha256 } = { contentSha256: '' }] = (
      await world.call(issm, 'GET', '/approvals?kind=false_positive')
    ).json<{ items: { contentSha256: string }[] }>().items;
    const own = await world.call(analyst, 'POST', `/approvals/${approvalId}/answer`, {
      body: { decision: 'approve', sha256: contentSha256 },
    });
    expect(own.json()).toMatchObject({ code: 'NOT_ALLOWED', permission: 'deviation:approve' });
    const done = await world.call(issm, 'POST', `/approvals/${approvalId}/answer`, {
      body: { decision: 'approve', sha256: contentSha256 },
    });
    expect(done.json()).toMatchObject({ status: 'approved' });
    const found = await world.call(viewer, 'GET', `/deviations/${id}`);
    expect(found.json()).toMatchObject({ state: 'approved', evidence: [{ sha256, bytes: 200_000 }] });
    expect((await world.call(viewer, 'GET', '/deviations/count?state=approved')).json()).toMatchObject({
      count: 1,
    });
  });

  it('a file that was changed where it is kept is not handed out', async () => {
    const { sha256 } = (await send(analyst, randomBytes(50))).json<{ sha256: string }>();
    const asked = await world.call(analyst, 'POST', '/deviations', {
      body: { ...falsePositive(sha256), poam: 'ALFA-3' },
    });
    const { id } = asked.json<{ id: number }>();
    await world.database.pool.query(
      `update stored_file_chunks c set bytes = 'other' from stored_files f where f.upload_id = c.upload_id and f.sha256 = $1`,
      [sha256],
    );
    const file = await world.call(viewer, 'GET', `/deviations/${id}/evidence/${sha256}`);
    expect(file.json()).toMatchObject({ code: 'FILE_DAMAGED' });
    expect(file.body).not.toContain('other');
  });

  it('a file of another deviation is not found by its hash', async () => {
    const { sha256 } = (await send(analyst, randomBytes(60))).json<{ sha256: string }>();
    expect((await world.call(viewer, 'GET', `/deviations/1/evidence/${sha256}`)).json()).toMatchObject({
      code: 'RECORD_UNKNOWN',
    });
  });

  it('a file that is too large, or that nobody may send, leaves nothing', async () => {
    const large = await send(analyst, randomBytes(5_000_001));
    expect(large.json()).toMatchObject({ code: 'BODY_TOO_LARGE' });
    expect((await send(viewer, randomBytes(10))).statusCode).toBe(403);
  });

  it('what a request lacks is said by field, with what to do', async () => {
    const refused = await world.call(analyst, 'POST', '/deviations', {
      body: { kind: 'false_positive', poam: 'ALFA-4', rationale: 'no' },
    });
    expect(refused.statusCode).toBe(422);
    expect(refused.json()).toMatchObject({
      code: 'DEVIATION_INCOMPLETE',
      errors: [
        { pointer: expect.stringContaining('proof') as string },
        { pointer: expect.stringContaining('evidence') as string },
      ],
    });
  });

  it('one of another boundary is neither asked for nor taken back', async () => {
    const elsewhere = await world.call(analyst, 'POST', '/deviations', {
      body: {
        kind: 'risk_acceptance',
        poam: 'ZULU-2',
        rationale: 'no',
        details: { conditions: 'x' },
        until: '2027-01-01',
      },
    });
    expect(elsewhere.json()).toMatchObject({ status: 404, code: 'RECORD_UNKNOWN' });
    const own = await world.call(analyst, 'POST', '/deviations/1/withdrawal', {
      body: { reason: 'not needed' },
    });
    expect(own.statusCode).toBe(200);
    const again = await world.call(analyst, 'POST', '/deviations/1/withdrawal', {
      body: { reason: 'not needed' },
    });
    expect(again.json()).toMatchObject({ code: 'DEVIATION_OVER' });
  });
});
