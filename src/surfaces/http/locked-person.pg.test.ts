/**
 * Somebody who was locked an hour ago does nothing any more, by whatever they left behind: a token, a session, a job, a report schedule, their
 * word on an approval. Each says so, where its reader looks.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asNobody, asPage, asProgram, type Caller } from '../../../test/support/http-server.ts';
import { type HttpWorld, httpWorld, machine } from '../../../test/support/http-world.ts';
import { addPerson, password } from '../../../test/support/served.ts';
import { everywhere } from '../../canonical/access/index.ts';
import { actorOf, lockAccount, makeToken } from '../../operate/accounts/index.ts';
import { requestReport, runJob } from '../../operate/jobs/index.ts';
import { scheduleReport } from '../../operate/worker/index.ts';
import { requestDueReports } from '../../operate/worker/report-schedules.ts';
import { installQueue } from '../../platform/queue/index.ts';

let world: HttpWorld;
let page: Caller;
let program: Caller;
let asked: { readonly reportId: string; readonly jobId: string };

const rows = async <Row extends object>(statement: string): Promise<Row[]> =>
  (await world.database.pool.query<Row>(statement)).rows;

beforeAll(async () => {
  world = await httpWorld();
  const { app } = world;
  await installQueue(app.queue);
  await addPerson(app, 'gone', [{ role: 'issm' }, { role: 'isso' }]);
  const answer = await world.call(asNobody, 'POST', '/session', {
    body: { name: 'gone', password, bannerAcknowledged: true },
  });
  page = asPage(String(answer.headers['set-cookie']).split(';')[0] ?? '');
  program = asProgram((await makeToken(app, 'gone', { name: 'nightly', scope: everywhere }, machine)).token);
  const actor = await actorOf(app, 'gone');
  if (!actor) throw new Error('gone may not act before being locked');
  const report = { of: 'fedramp-poam', parameters: { boundary: 'SYS-1' } };
  await scheduleReport(
    app,
    { actor, scope: everywhere },
    { ...report, name: 'hourly', cron: '0 * * * *', recipients: [] },
  );
  asked = await requestReport(
    app,
    { actor, scope: everywhere },
    { template: report.of, parameters: report.parameters },
  );
  for (const caller of [page, program]) {
    const { statusCode } = await world.call(caller, 'GET', '/poams');
    if (statusCode !== 200) throw new Error(`refused with ${statusCode} before being locked`);
  }
  await lockAccount(app, 'gone', machine, 'left the agency');
  const later = Date.now() + 3_660_000;
  world.database.clock.moveTo(() => new Date(later));
}, 120_000);
afterAll(async () => {
  world.database.clock.moveTo(undefined);
  await world[Symbol.asyncDispose]();
});

describe('of somebody who was locked an hour ago', () => {
  it('a token is refused, and the log says that its owner may not act', async () => {
    const answer = await world.call(program, 'GET', '/poams');
    expect([answer.statusCode, answer.json<{ code: string }>().code]).toEqual([401, 'NOT_SIGNED_IN']);
    expect(
      await rows(
        `select failure_reason as why, principal_name as who from security_events_extended where event_type = 'token_refused'`,
      ),
    ).toEqual([{ why: 'owner', who: 'gone' }]);
  });

  it('a session has ended, and tells its reader that the account is locked', async () => {
    const answer = await world.call(page, 'GET', '/poams');
    expect(answer.json()).toMatchObject({
      status: 401,
      code: 'SESSION_ENDED',
      detail: 'The account is locked.',
    });
  });

  it('neither session nor token decides an approval: it waits on for others', async () => {
    const changes = '/approvals/00000000-0000-0000-0000-000000000001/decision';
    const request = '/approvals/00000000-0000-0000-0000-0000000000e1/answer';
    const before = await rows(`select approval_id, status, decided_by from approvals order by approval_id`);
    expect(before.length).toBeGreaterThan(1);
    for (const caller of [page, program])
      for (const path of [changes, request]) {
        const answer = await world.call(caller, 'POST', path, {
          body: { decision: 'approve', sha256: '0'.repeat(64) },
        });
        expect({ path, status: answer.statusCode }).toEqual({ path, status: 401 });
      }
    expect(await rows(`select approval_id, status, decided_by from approvals order by approval_id`)).toEqual(
      before,
    );
  });

  it('a job that was asked for before is not done, and says that its asker may not any more', async () => {
    await runJob(world.app, { job: asked.jobId }, new AbortController().signal);
    expect(
      await rows(
        `select generation_status as status from generated_reports where report_id = '${asked.reportId}'`,
      ),
    ).toEqual([{ status: 'failed' }]);
    const [job] = await rows<{ state: string; problem: string }>(
      `select state, problem::text as problem from requested_jobs where job_id::text = '${asked.jobId}'`,
    );
    expect(job).toMatchObject({ state: 'failed' });
    expect(job?.problem).toMatch(/NOT_ALLOWED/);
  });

  it('a report schedule makes nothing when its hour comes, and says so where schedules are listed', async () => {
    const made = `select count(*)::int as n from generated_reports`;
    const before = await rows(made);
    await requestDueReports(world.app);
    expect(await rows(made)).toEqual(before);
    const listed = await world.program([{ gives: { role: 'issm' }, scope: everywhere }]);
    const templates = (await world.call(listed, 'GET', '/report-templates')).body;
    expect(templates).toMatch(/gone has no account any more that may act/);
  });
});
