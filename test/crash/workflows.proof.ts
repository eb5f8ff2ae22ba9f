/**
 * kill -9 of workers that carry out workflows, before and after commits spread over all that a worker does, and of two at once: in the end every run
 * is over, and each of its steps was done once.
 *
 * A worker runs by the clock of the server, which a test cannot move: time passes by moving back what is waited for.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { everywhere } from '../../src/canonical/access/index.ts';
import { decideRequest } from '../../src/modules/requests/index.ts';
import { runByHand } from '../../src/modules/workflows/index.ts';
import { listRequests } from '../../src/engine/approvals/index.ts';
import { workflowPartsOf } from '../../src/operate/workflows/index.ts';
import { ownSettings } from '../support/command.ts';
import { workflowWorld, type WorkflowWorld } from './workflow-world.ts';

const main = join(import.meta.dirname, '../../src/main/main.ts');
const hook = join(import.meta.dirname, 'crash-hook.ts');

/** Nobody is reminded: how many reminders there are depends on which worker was killed when. */
const source = `name: flow
title: A flow of each kind of step
record: poam
trigger: {by_hand: true}
limit: 100000
steps:
  - {id: give, action: assign, with: {to: amy}}
  - {id: say, action: comment, with: {say: 'given to amy: {poam.id}'}}
  - {id: mail, action: notify, with: {people: [amy], say: 'yours: {poam.id}'}}
  - {id: hook, action: webhook, with: {channel: soc, say: 'given: {poam.id}'}}
  - {id: warn, action: alert, with: {title: 'given: {poam.id}', severity: Low}}
  - {id: rest, waitUntil: {days: 2}}
  - {id: ask, approve: {ask: go on, levels: [{who: [isso]}], expireDays: 90, remindDays: []}}
  - {id: next, action: task, with: {what: 'see to {poam.id}'}}
`;
/** So many workers are killed; more of them, where somebody has the time. */
const kills = Number(process.env['TIELINE_KILLS'] ?? 8);
const actionSteps = ['give', 'say', 'mail', 'hook', 'warn', 'next'];

let world: WorkflowWorld;
let started = 0;
beforeAll(async () => {
  world = await workflowWorld(400);
  await world.makeWorkflow(source);
}, 120_000);
afterAll(() => world?.[Symbol.asyncDispose]());

/** Does what is due, and ends. @returns the exit code, or null if it was killed. */
async function worker(env: Readonly<Record<string, string>> = {}): Promise<number | null> {
  const inherited = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !ownSettings.includes(name)),
  );
  const child = spawn(process.execPath, ['--import', hook, main, 'worker', '--once'], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...inherited, ...world.environment, ...env },
  });
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
  const [code] = (await once(child, 'exit')) as [number | null]; // the event's arguments
  if (code !== 0 && code !== null) throw new Error(`the worker ended with ${code}: ${complaint}`);
  return code;
}

const rows = async <T extends object>(text: string): Promise<T[]> =>
  (await world.database.pool.query<T>(text)).rows;

async function start(count: number): Promise<void> {
  const records = Array.from({ length: count }, (_, n) => `P-${started + n + 1}`);
  const by = { actor: await world.person('ivan'), scope: everywhere };
  const made = await runByHand(world.app, workflowPartsOf(world.app), by, { name: 'flow', records });
  expect(made.started).toBe(count);
  started += count;
}

/** Two days pass for each run that waits and each message that was being sent, and amy decides all that she is asked. */
async function timePasses(): Promise<void> {
  await rows(`update workflow_executions set step_since = step_since - interval '2 days', wake_at = wake_at - interval '2 days', updated_at = updated_at - interval '2 days'
               where status in ('waiting', 'pending')`);
  await rows(
    `update alert_deliveries set claimed_until = claimed_until - interval '2 days' where state = 'sending'`,
  );
  await rows(
    `update alert_deliveries set not_before = not_before - interval '2 days' where state = 'pending'`,
  );
  await rows(
    `update tieline_jobs._private_jobs set run_at = now() where run_at > now() and locked_at is null`,
  );
  for (const { approvalId } of await listRequests(world.app.db, { status: 'pending' }, 500))
    await decideRequest(world.app, await world.person('amy'), everywhere, {
      id: approvalId,
      approved: true,
      reason: 'looked at it',
    });
}

const states = () =>
  rows<{ status: string; n: number }>(
    `select status, count(*)::int as n from workflow_executions group by 1 order by 1`,
  );

/** What a worker passes that does all that there is to do for some runs. */
async function pointsOf(): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'tieline-points-'));
  try {
    const file = join(folder, 'points.json');
    await worker({ TIELINE_TEST_COUNT: file });
    return (JSON.parse(await readFile(file, 'utf8')) as { points: number }).points;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Each of the run's steps, and how often it was done: by its trace, its operations and what it left. */
async function expectEachDoneOnce(): Promise<void> {
  expect(await states()).toEqual([{ status: 'completed', n: started }]);
  // A run that was killed before its wait, and continued two days later, has nothing to wait for.
  const traced = await rows<{ step: string; outcome: string; n: number; runs: number }>(
    `select step_id as step, outcome, count(*)::int as n, count(distinct execution_id)::int as runs from workflow_traces
      where step_id is not null and outcome <> 'waits' group by 1, 2 order by 1, 2`,
  );
  const of = (step: string, outcome: string) => ({ step, outcome, n: started, runs: started });
  expect(traced).toEqual(
    [
      ...actionSteps.map((step) => of(step, 'done')),
      of('ask', 'asked'),
      of('ask', 'approved'),
      of('rest', 'woke'),
    ].toSorted((a, b) => (a.step === b.step ? (a.outcome < b.outcome ? -1 : 1) : a.step < b.step ? -1 : 1)),
  );
  // Each run did its work by the same operations, none of them twice.
  const operations = await rows<{ step: string; n: number; runs: number }>(
    `select batch_type as step, count(*)::int as n, count(distinct correlation_id)::int as runs
       from ingestion_batches where correlation_id is not null group by 1 order by 1`,
  );
  expect(operations.length).toBeGreaterThan(0);
  for (const each of operations) expect(each).toEqual({ step: each.step, n: started, runs: started });
  expect(
    await rows(`
      select (select count(*)::int from poam_comments) as comments, (select count(distinct poam_id)::int from poam_comments) as commented,
             (select count(*)::int from work_tasks) as tasks, (select count(*)::int from alerts where alert_type = 'workflow') as alerts,
             (select count(*)::int from vulnerability_remediation where assigned_principal_id is not null) as given,
             (select count(*)::int from alert_deliveries where event = 'workflow' and state = 'sent') as sent,
             (select count(*)::int from alert_deliveries where event = 'workflow') as deliveries,
             (select count(*)::int from approvals where status = 'approved') as answers, (select count(*)::int from approvals) as questions`),
  ).toEqual([
    {
      comments: started,
      commented: started,
      tasks: started,
      alerts: started,
      given: started,
      sent: 2 * started,
      deliveries: 2 * started,
      answers: started,
      questions: started,
    },
  ]);
  // What was sent again after a kill bears the id by which its receiver knows it.
  const heard = new Map(
    world.web.calls
      .filter(({ headers }) => headers['tieline-event'] === 'workflow')
      .map(({ headers, body }) => [
        String(headers['tieline-delivery']),
        (JSON.parse(body) as { record: { id: string } }).record.id,
      ]),
  );
  expect(heard.size).toBe(started);
  expect(new Set(heard.values()).size).toBe(started);
  expect(new Set(world.mail.mails.flatMap(({ text }) => /yours: (P-\d+)/.exec(text)?.[1] ?? [])).size).toBe(
    started,
  );
}

async function workOffAll(): Promise<void> {
  for (let round = 0; round < 12; round += 1) {
    const open = (await states()).some(({ status }) => status !== 'completed');
    const [unsent] = await rows<{ n: number }>(
      `select count(*)::int as n from alert_deliveries where state <> 'sent'`,
    );
    if (!open && unsent?.n === 0) return;
    await timePasses();
    expect(await worker()).toBe(0);
  }
}

describe('workers that carry out workflows', () => {
  it('do each step once, when they are killed before and after commits all over their work', async () => {
    await start(4);
    const points = await pointsOf();
    let killed = 0;
    for (let kill = 0; kill < kills; kill += 1) {
      await start(3);
      const at = 1 + Math.floor(((kill + Math.random()) * points) / kills);
      if ((await worker({ TIELINE_TEST_POINT: String(at) })) === null) killed += 1;
      await timePasses();
    }
    // Two beside each other, each with some of the runs.
    for (let pair = 0; pair < kills / 4; pair += 1) {
      await start(8);
      const at = (): string => String(Math.ceil(points * (0.2 + Math.random() * 0.6)));
      const codes = await Promise.all([at(), at()].map((point) => worker({ TIELINE_TEST_POINT: point })));
      killed += codes.filter((code) => code === null).length;
      await timePasses();
    }
    expect(killed).toBeGreaterThan(kills / 2);
    await workOffAll();
    await expectEachDoneOnce();
  }, 900_000);
});
