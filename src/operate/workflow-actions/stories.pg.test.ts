/**
 * The stories of the shipped workflows, over a real database: which records each is about, and what its actions do there. How runs wait, ask and
 * survive is the executor's (modules/workflows/executor); here a wait is over and a question is answered with yes.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { composeApp, type TestApp } from '../../../test/support/compose-app.ts';
import { cloneDatabase, type ClonedDatabase, emptyTables } from '../../../test/support/database.ts';
import { everywhere, localOperator, type Actor } from '../../canonical/access/index.ts';
import type { WorkflowStep } from '../../canonical/workflow/index.ts';
import {
  type ActionOutcome,
  compileCondition,
  shippedWorkflows,
  type Snapshot,
  snapshotOf,
} from '../../modules/workflows/index.ts';
import { ann, key, records, stories, web } from './stories.test-support.ts';
import { workflowAction } from './index.ts';

let database: ClonedDatabase;
let app: TestApp;
let now = new Date('2026-11-27T09:00:00Z');
/** Who owns the workflows of these stories. */
const owner: Actor = {
  principalId: ann,
  name: 'ann',
  kind: 'person',
  grants: [
    { gives: { role: 'issm' }, scope: everywhere },
    { gives: { permission: 'alert:write' }, scope: everywhere },
  ],
};

beforeAll(async () => {
  database = await cloneDatabase();
  app = { ...composeApp(database, Buffer.alloc(32, 1).toString('base64')), now: () => now };
});
afterAll(() => database[Symbol.asyncDispose]());

const run = (text: string) => database.pool.query(text);

beforeEach(async () => {
  now = new Date('2026-11-27T09:00:00Z');
  await emptyTables(database.pool);
  await run(records);
});

const workflow = (number: string) => {
  const found = shippedWorkflows().find((each) => each.number === number);
  if (!found) throw new Error(`there is no ${number}`);
  return found.definition;
};

const isTrue = (kind: Parameters<typeof compileCondition>[0], text: string, snapshot: Snapshot): boolean => {
  const condition = compileCondition(kind, text);
  if (condition.problems) throw new Error(condition.problems[0].message);
  const answer = condition.evaluate(snapshot, now);
  return answer.is === 'answer' && answer.value;
};

async function record(number: string, id: string): Promise<Snapshot> {
  const [snapshot] = await snapshotOf(database.db, workflow(number).record, [id], now);
  if (!snapshot) throw new Error(`there is no ${id}`);
  return snapshot;
}

const isAbout = async (number: string, id: string): Promise<boolean> =>
  isTrue(workflow(number).record, workflow(number).when, await record(number, id));

/** Plays the steps about a record. @returns what each action came to, by its step. */
async function play(
  number: string,
  id: string,
  simulate = false,
): Promise<Record<string, ActionOutcome['outcome']>> {
  const { name, record: kind, steps } = workflow(number);
  const outcomes: Record<string, ActionOutcome['outcome']> = {};
  const walk = async (list: readonly WorkflowStep[]): Promise<void> => {
    for (const step of list) {
      const snapshot = await record(number, id);
      if ('branch' in step) {
        const chosen = step.branch.find(({ when }) => isTrue(kind, when, snapshot));
        await walk(chosen?.steps ?? step.else ?? []);
      }
      if (!('action' in step) || (step.when !== undefined && !isTrue(kind, step.when, snapshot))) continue;
      const context = {
        app,
        owner,
        now,
        simulate,
        key: `test/${step.id}`,
        workflow: name,
      };
      const outcome = await workflowAction(step.action)?.carryOut(context, snapshot, step.with);
      if (outcome?.outcome === 'refused' && step.onError === 'stop')
        throw new Error(`${step.id}: ${outcome.why}`);
      if (outcome) outcomes[step.id] = outcome.outcome;
    }
  };
  await walk(steps);
  return outcomes;
}

const one = async <T>(text: string): Promise<T> => (await run(text)).rows[0] as T; // of the statement
const weaknessId = async (): Promise<string> =>
  (await one<{ id: string }>('select id::text from weaknesses')).id;
const tasks = async (): Promise<string[]> =>
  (await run('select what from work_tasks order by id')).rows.map((row: { what: string }) => row.what);
const mails = async (): Promise<string[]> =>
  (
    await run(`select content ->> 'line' as line from alert_deliveries order by created_at, delivery_id`)
  ).rows.map((row: { line: string }) => row.line);

describe('a shipped workflow', () => {
  it('W01: what is listed as exploited is promised for its policy’s day, told, and urgent where it is near', async () => {
    const id = await weaknessId();
    expect(await isAbout('W01', id)).toBe(false);
    await run(stories.W01);
    expect(await isAbout('W01', id)).toBe(true);
    expect(await play('W01', id)).toEqual({ date: 'done', tell: 'done', urgent: 'done' });
    expect(await one('select scheduled_completion::date::text as due from ingestion_poams')).toEqual({
      due: '2026-11-29',
    });
    expect(await mails()).toEqual(['flaw in Payroll is listed as exploited, due 2026-11-29']);
    expect(await tasks()).toEqual(['Listed as exploited and due within 3 days: flaw']);
    // Once more changes nothing: the policy's day is promised, the task is open, and the mail of this step was written.
    expect(await play('W01', id)).toEqual({ date: 'nothing_to_do', tell: 'done', urgent: 'nothing_to_do' });
    expect(await mails()).toHaveLength(1);
  });

  it('W02: what is due within 3 days is looked at for traces, and its exposure is asked for where it is unknown', async () => {
    const id = await weaknessId();
    expect(await isAbout('W02', id)).toBe(false);
    await run(stories.W02);
    expect(await isAbout('W02', id)).toBe(true);
    expect(await play('W02', id)).toEqual({
      tell: 'done',
      forensics: 'done',
      exposure: 'done',
      confirm: 'done',
    });
    expect(await tasks()).toHaveLength(2);
    expect(await one('select body from poam_comments')).toEqual({
      body: expect.stringContaining('reported fixed') as string,
    });
  });

  it('W03: a late finding that no POA&M answers is assigned and asked about', async () => {
    await run(stories.W03);
    expect(await isAbout('W03', key(1))).toBe(true);
    expect(await play('W03', key(1))).toEqual({ owner: 'done', ask: 'done' });
    expect(await one('select assigned_principal_id::text as id from vulnerability_remediation')).toEqual({
      id: ann,
    });
    await run(`update ingestion_vulnerabilities set poam_id = (select id from ingestion_poams)`);
    expect(await isAbout('W03', key(1))).toBe(false);
  });

  it('W04: a POA&M whose findings are all shown fixed waits for its verifier', async () => {
    expect(await isAbout('W04', 'P-1')).toBe(false);
    await run(stories.W04);
    expect(await isAbout('W04', 'P-1')).toBe(true);
    // Without the evidence that its boundary asks for it waits for nobody's verification, and those who decide are asked for its completion.
    expect(await play('W04', 'P-1')).toEqual({
      pending: 'refused',
      note: 'done',
      complete: 'done',
      left: 'done',
    });
    expect(await one('select status from ingestion_poams')).toEqual({ status: 'Open' });
    expect(await one(`select subject_kind as kind, status from approvals`)).toEqual({
      kind: 'completion',
      status: 'pending',
    });
  });

  it('W05: a finding that is back opens its completed POA&M, and one that keeps coming back is looked into', async () => {
    await run(stories.W05);
    expect(await isAbout('W05', key(1))).toBe(true);
    expect(await play('W05', key(1))).toEqual({ reopen: 'done', tell: 'done', recurring: 'done' });
    expect(await one('select status from ingestion_poams')).toEqual({ status: 'Open' });
    expect(await isAbout('W05', key(1))).toBe(false);
  });

  it('W06: a request that nobody decided is reminded of twice and then taken back', async () => {
    await run(stories.W06);
    const { id } = await one<{ id: string }>('select id::text from deviations');
    expect(await isAbout('W06', id)).toBe(true);
    expect(await play('W06', id)).toEqual({ ask: 'done', remind: 'done', again: 'done', lapse: 'done' });
    expect(await one('select state from deviations')).toEqual({ state: 'withdrawn' });
    expect(await mails()).toHaveLength(3);
  });

  it('W07: those who answer for a deviation hear 90, 30 and 7 days before its end, and no other day', async () => {
    await run(stories.W07);
    const { id } = await one<{ id: string }>('select id::text from deviations');
    const days: number[] = [];
    for (let day = 100; day >= 0; day -= 1) {
      now = new Date(Date.parse('2027-02-25T06:00:00Z') - day * 86_400_000);
      if (await isAbout('W07', id)) days.push(day);
    }
    expect(days).toEqual([90, 30, 7]);
    now = new Date('2027-02-18T06:00:00Z');
    expect(await play('W07', id)).toEqual({ tell: 'done', decide: 'done' });
  });

  it('W08: the vendor is asked again after 25 days, and the manager hears after 30', async () => {
    await run(stories.W08);
    now = new Date('2026-11-25T09:00:00Z');
    expect(await isAbout('W08', 'P-1')).toBe(false);
    now = new Date('2026-11-26T09:00:00Z');
    expect(await play('W08', 'P-1')).toEqual({ ask: 'done' });
    now = new Date('2026-12-01T09:00:00Z');
    expect(await play('W08', 'P-1')).toEqual({ ask: 'nothing_to_do', flag: 'done' });
    expect(await mails()).toEqual(['The vendor of P-1 has not been asked for 30 days']);
  });

  it('W09: a day that slips is warned of, then made work, then told upwards', async () => {
    now = new Date('2026-12-13T06:00:00Z');
    expect(await isAbout('W09', 'P-1')).toBe(true);
    expect(await play('W09', 'P-1')).toEqual({ warn: 'done' });
    now = new Date('2026-12-27T06:00:00Z');
    expect(await play('W09', 'P-1')).toEqual({ late: 'done', manager: 'done' });
  });

  it('W10: a machine outside of every boundary is to be placed; one inside is left alone', async () => {
    expect(await isAbout('W10', web)).toBe(false);
    await run(stories.W10);
    expect(await isAbout('W10', web)).toBe(true);
    expect(await play('W10', web)).toEqual({ place: 'done' });
    expect(await tasks()).toEqual(['Place web1 in a boundary: 0 critical and 1 high findings']);
  });

  it('W11: scans that miss machines are asked about', async () => {
    expect(await isAbout('W11', 'SYS-1')).toBe(true);
    expect(await play('W11', 'SYS-1')).toMatchObject({ ask: 'done', manager: 'done' });
    expect(await tasks()).toEqual(['Scans of Payroll: 0 of 1 machines covered, 1 without credentials']);
  });

  it('W12: the package of a boundary is asked for by its reports', async () => {
    await run(stories.W12);
    expect(await isAbout('W12', 'SYS-1')).toBe(true);
    expect(await play('W12', 'SYS-1')).toMatchObject({ summary: 'done', posture: 'done', tell: 'done' });
    expect(await one(`select count(*)::int as n from generated_reports`)).toEqual({ n: 3 });
  });

  it('W13: a severity that rose moves the date, one that fell asks for a person', async () => {
    const id = await weaknessId();
    expect(await isAbout('W13', id)).toBe(false);
    await run(stories.W13);
    expect(await play('W13', id)).toEqual({ date: 'done', rose: 'done' });
    await run(`update weaknesses set severity = 'Low'`);
    expect(await play('W13', id)).toEqual({ fell: 'done' });
    expect(await one('select weakness_risk_level as rating from ingestion_poams')).toEqual({
      rating: 'High',
    });
  });

  it('W14: a machine that is gone asks for proof, and closes nothing', async () => {
    expect(await isAbout('W14', web)).toBe(false);
    await run(stories.W14);
    expect(await isAbout('W14', web)).toBe(true);
    expect(await play('W14', web)).toEqual({ proof: 'done', tell: 'done' });
    expect(await one('select status from ingestion_poams')).toEqual({ status: 'Open' });
  });

  it('W15: a POA&M that was refused three times in a day is put before those who settle it', async () => {
    expect(await isAbout('W15', 'P-1')).toBe(false);
    await run(stories.W15);
    expect(await isAbout('W15', 'P-1')).toBe(true);
    expect(await play('W15', 'P-1')).toEqual({ settle: 'done', tell: 'done' });
  });
});

describe('a simulated action', () => {
  it('does the same and leaves nothing behind', async () => {
    await run(
      `insert into poam_due_dates (poam_ref, obliged_by, since) select id, '2026-12-01', now() from ingestion_poams`,
    );
    const id = await weaknessId();
    await run(`update weaknesses set severity = 'Critical'`);
    expect(await play('W13', id, true)).toEqual({ date: 'done', rose: 'done' });
    expect(await one('select scheduled_completion::date::text as due from ingestion_poams')).toEqual({
      due: '2026-12-20',
    });
    expect(await one('select count(*)::int as n from poam_comments')).toEqual({ n: 0 });
    expect(await one('select count(*)::int as n from sync_changes')).toEqual({ n: 0 });
  });

  it('is refused where its owner does not hold the permission for the boundary', async () => {
    const poor: Actor = {
      ...localOperator('x'),
      grants: [
        {
          gives: { permission: 'task:write' },
          scope: { kind: 'boundaries', systemIds: ['SYS-2'], unassigned: false },
        },
      ],
    };
    const [poam] = await snapshotOf(database.db, 'poam', ['P-1'], now);
    if (!poam) throw new Error('there is one');
    const context = {
      app,
      owner: poor,
      now,
      simulate: false,
      key: 'k',
      workflow: 'w',
    };
    expect(await workflowAction('task')?.carryOut(context, poam, { what: 'x' })).toMatchObject({
      outcome: 'refused',
      why: expect.stringContaining('does not hold task:write') as string,
    });
    expect(await tasks()).toEqual([]);
  });
});
