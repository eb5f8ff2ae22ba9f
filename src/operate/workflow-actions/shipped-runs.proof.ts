/**
 * Each shipped workflow from the file to the end of a run, by the real executor and queue: saved, approved, simulated, switched on, and carried out
 * about the record of its story. Time passes, and questions are answered with yes. What simulates changes nothing.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { composeApp, type TestApp } from '../../../test/support/compose-app.ts';
import { cloneDatabase, type ClonedDatabase, emptyTables } from '../../../test/support/database.ts';
import { type Actor, everywhere } from '../../canonical/access/index.ts';
import { listRequests } from '../../engine/approvals/index.ts';
import { decideRequest } from '../../modules/requests/index.ts';
import {
  decideWorkflow,
  fetchRun,
  runByHand,
  saveWorkflow,
  setWorkflowMode,
  shippedWorkflows,
  workflowRun,
} from '../../modules/workflows/index.ts';
import { installQueue, workOnce } from '../../platform/queue/index.ts';
import { actorOf } from '../accounts/index.ts';
import { runWorkflowJob, workflowPartsOf, workOnWorkflows } from '../workflows/index.ts';
import { ann, key, records, stories, web } from './stories.test-support.ts';

let database: ClonedDatabase;
let app: TestApp;
let now: Date;
const { signal } = new AbortController();
const dayMs = 86_400_000;
const olga = '00000000-0000-0000-0000-0000000000a8';
const ivan = '00000000-0000-0000-0000-0000000000a9';
const usually = '2026-11-27T09:00:00Z';

beforeAll(async () => {
  database = await cloneDatabase();
  app = composeApp(database, Buffer.alloc(32, 1).toString('base64'));
  database.clock.moveTo(() => now);
  await installQueue(app.queue);
});
afterAll(() => database[Symbol.asyncDispose]());

const run = (text: string) => database.pool.query(text);
const idBy = (text: string) => async (): Promise<string> =>
  (await database.pool.query<{ id: string }>(text)).rows[0]?.id ?? '';
const weakness = idBy('select id::text as id from weaknesses');
const deviation = idBy('select id::text as id from deviations');
const poam = () => Promise.resolve('P-1');

interface Story {
  readonly record: () => Promise<string>;
  /** Its day. */
  readonly on?: string;
  /** What happens while it waits. */
  readonly meanwhile?: string;
  /** What each step comes to, and the run. */
  readonly live: readonly string[];
}

const fixed = `update ingestion_vulnerabilities set lifecycle_state = 'fixed', last_fixed = '2026-11-28'`;

const plays: Readonly<Record<string, Story>> = {
  W01: { record: weakness, live: ['date done', 'tell done', 'urgent done', 'completed'] },
  W02: {
    record: weakness,
    meanwhile: fixed,
    live: [
      'tell done',
      'forensics done',
      'exposure done',
      'reported waits',
      'reported woke',
      'confirm done',
      'completed',
    ],
  },
  W03: { record: () => Promise.resolve(key(1)), live: ['owner done', 'ask done', 'completed'] },
  W04: {
    record: poam,
    live: [
      'pending continued_after_failure',
      'verify asked',
      'verify approved',
      'note done',
      'complete done',
      'left done',
      'completed',
    ],
  },
  W05: {
    record: () => Promise.resolve(key(1)),
    live: ['reopen done', 'tell done', 'recurring done', 'completed'],
  },
  W06: {
    record: deviation,
    live: [
      'ask done',
      'three waits',
      'three timed_out',
      'remind done',
      'seven waits',
      'seven timed_out',
      'again done',
      'last waits',
      'last timed_out',
      'lapse done',
      'completed',
    ],
  },
  W07: { record: deviation, on: '2027-02-18T06:00:00Z', live: ['tell done', 'decide done', 'completed'] },
  W08: {
    record: poam,
    on: '2026-12-01T09:00:00Z',
    live: ['ask done', 'remind skipped', 'flag done', 'completed'],
  },
  W09: {
    record: poam,
    on: '2026-12-27T06:00:00Z',
    live: ['warn skipped', 'late done', 'manager done', 'official skipped', 'completed'],
  },
  W10: { record: () => Promise.resolve(web), live: ['place done', 'completed'] },
  W11: {
    record: () => Promise.resolve('SYS-1'),
    live: ['ask done', 'tell done', 'repaired waits', 'repaired timed_out', 'manager done', 'completed'],
  },
  W12: {
    record: () => Promise.resolve('SYS-1'),
    live: [
      'summary done',
      'posture done',
      'deviations done',
      'review asked',
      'review approved',
      'tell done',
      'completed',
    ],
  },
  W13: { record: weakness, live: ['way chosen', 'date done', 'rose done', 'completed'] },
  W14: { record: () => Promise.resolve(web), live: ['proof done', 'tell done', 'completed'] },
  W15: { record: poam, live: ['settle done', 'tell done', 'completed'] },
};

/** What a run of the same record says that simulates: what it would do, ask and wait for, and no more. */
const simulatedOf = (live: readonly string[]): readonly string[] =>
  live
    .filter((line) => !/ (?:approved|rejected|woke|timed_out)$/.test(line))
    .map((line) =>
      line
        .replace(/ done$/, ' would_do')
        .replace(/ asked$/, ' would_ask')
        .replace(/ waits$/, ' would_wait'),
    );

async function person(id: string): Promise<Actor> {
  const actor = await actorOf(app, id);
  if (!actor) throw new Error(`${id} may not act`);
  return actor;
}

async function begin(number: string, { on = usually }: Story): Promise<string> {
  now = new Date(on);
  await emptyTables(database.pool);
  await run('delete from tieline_jobs._private_jobs');
  await run(records);
  await run(`
    insert into principals (id, kind, name, created_by) values ('${olga}', 'person', 'olga', 'test'), ('${ivan}', 'person', 'ivan', 'test');
    insert into grants (principal_id, role, reach, system_ids, granted_by) values ('${olga}', 'issm', 'everywhere', '{}', 'test'),
      ('${olga}', 'operator', 'everywhere', '{}', 'test'), ('${ivan}', 'issm', 'everywhere', '{}', 'test')`);
  if (number in stories) await run(stories[number as keyof typeof stories]); // it is one
  const shipped = shippedWorkflows().find((each) => each.number === number);
  if (!shipped) throw new Error(`there is no ${number}`);
  const parts = workflowPartsOf(app);
  const { name, version } = await saveWorkflow(app, parts, await person(olga), { source: shipped.source });
  await decideWorkflow(app, parts, await person(ivan), { name, version, approved: true });
  return name;
}

const work = async (): Promise<void> => {
  await workOnWorkflows(app, signal);
  await workOnce(
    app.queue,
    { [workflowRun]: (payload, until) => runWorkflowJob(app, payload, until) },
    { signal, log: app.log, concurrency: 1 },
  );
};

/** Carries a workflow out about a record, to the end of its run. @returns what each step came to. */
async function carryOut(
  name: string,
  mode: 'simulate' | 'live',
  story: Story,
  approved = true,
): Promise<readonly string[]> {
  await setWorkflowMode(app, await person(ivan), { name, mode });
  const by = { actor: await person(ivan), scope: everywhere };
  const started = await runByHand(app, workflowPartsOf(app), by, { name, records: [await story.record()] });
  const [id = ''] = started.runs;
  expect(started).toMatchObject({ started: 1, left: [] });
  await work();
  for (let round = 0; round < 12; round += 1) {
    const found = await fetchRun(app, everywhere, id);
    if (found.state !== 'waiting' && found.state !== 'asking')
      return [
        ...found.trace
          .filter(({ stepId }) => stepId !== null)
          .map(({ stepId, outcome }) => `${stepId} ${outcome}`),
        found.state,
      ];
    if (found.state === 'waiting' && story.meanwhile !== undefined) await run(story.meanwhile);
    for (const { approvalId } of await listRequests(app.db, { status: 'pending', executionId: id }, 5))
      await decideRequest(app, await person(ann), everywhere, {
        id: approvalId,
        approved,
        reason: 'seen',
      });
    now = new Date(now.getTime() + 5 * dayMs);
    await work();
  }
  throw new Error(`${name} does not come to its end`);
}

/** All that a workflow could change. */
const footprint = async (): Promise<unknown> =>
  (
    await run(`
      select (select count(*)::int from work_tasks) as tasks, (select count(*)::int from alert_deliveries) as mails, (select count(*)::int from poam_comments) as comments,
             (select count(*)::int from generated_reports) as reports, (select count(*)::int from approvals) as questions, (select count(*)::int from sync_outbox) as outbox,
             (select count(*)::int from sync_changes where entity_type not like 'workflow%') as changes, (select count(*)::int from vulnerability_remediation) as assigned,
             (select string_agg(state, ',') from deviations) as deviations, (select jsonb_agg(to_jsonb(p)) from ingestion_poams p) as poams`)
  ).rows[0];

describe('a shipped workflow, by the executor', () => {
  it.each(shippedWorkflows().map(({ number, definition: { name } }) => [number, name] as const))(
    '%s (%s) simulates without a trace in the record, and then does what its story says',
    async (number) => {
      const story = plays[number];
      if (!story) throw new Error(`${number} has no story`);
      const name = await begin(number, story);
      const before = await footprint();
      const simulated = await carryOut(name, 'simulate', story);
      expect(await footprint()).toEqual(before);
      now = new Date(story.on ?? usually);
      const live = await carryOut(name, 'live', story);
      expect({ simulated, live }).toEqual({ simulated: simulatedOf(story.live), live: story.live });
    },
  );

  it('W04 after a no completes nothing and confirms nothing', async () => {
    const story = plays['W04'];
    if (!story) throw new Error('it has a story');
    expect(await carryOut(await begin('W04', story), 'live', story, false)).toEqual([
      'pending continued_after_failure',
      'verify asked',
      'verify rejected',
      'back done',
      'again skipped',
      'look done',
      'completed',
    ]);
    const { rows } = await database.pool.query(
      `select count(*)::int as n from approvals where subject_kind = 'completion'`,
    );
    expect(rows).toEqual([{ n: 0 }]);
  });
});
