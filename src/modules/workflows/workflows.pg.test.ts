/** Workflows over a real database: what starts a run, what its steps do, who decides, and what stops it. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { composeApp, type TestApp } from '../../../test/support/compose-app.ts';
import { cloneDatabase, type ClonedDatabase, emptyTables } from '../../../test/support/database.ts';
import { type Actor, everywhere } from '../../canonical/access/index.ts';
import { installQueue, workOnce } from '../../platform/queue/index.ts';
import { actorOf } from '../../operate/accounts/index.ts';
import { runWorkflowJob, workflowPartsOf, workOnWorkflows } from '../../operate/workflows/index.ts';
import { decideRequest } from '../requests/index.ts';
import { listRequests } from '../../engine/approvals/index.ts';
import {
  cancelRun,
  decideWorkflow,
  fetchRun,
  fetchWorkflow,
  listRuns,
  listWorkflows,
  releaseRuns,
  resumeWorkflow,
  retryRun,
  runByHand,
  saveWorkflow,
  setWorkflowMode,
  workflowRun,
} from './index.ts';

let database: ClonedDatabase;
let app: TestApp;
const { signal } = new AbortController();
const days = (count: number) => ({ ms: count * 86_400_000 });
let shiftMs = 0;

beforeAll(async () => {
  database = await cloneDatabase();
  const composed = composeApp(database, Buffer.alloc(32, 1).toString('base64'));
  app = { ...composed, now: () => new Date(composed.now().getTime() + shiftMs) };
  await installQueue(app.queue);
});
afterAll(() => database[Symbol.asyncDispose]());

const people = { olga: 'a1', ivan: 'a2', amy: 'a3', sam: 'a4' } as const;
const idOf = (name: keyof typeof people) => `00000000-0000-0000-0000-0000000000${people[name]}`;

beforeEach(async () => {
  shiftMs = 0;
  await emptyTables(database.pool);
  await database.pool.query('delete from tieline_jobs._private_jobs');
  const rows = Object.keys(people).map(
    (name) => `('${idOf(name as keyof typeof people)}', 'person', '${name}', 'test')`,
  );
  await database.pool.query(`
    insert into principals (id, kind, name, created_by) values ${rows.join(', ')};
    insert into grants (principal_id, role, reach, system_ids, granted_by) values
      ('${idOf('olga')}', 'issm', 'everywhere', '{}', 'test'), ('${idOf('ivan')}', 'issm', 'everywhere', '{}', 'test'),
      ('${idOf('amy')}', 'isso', 'boundaries', '{SYS-1}', 'test'), ('${idOf('sam')}', 'issm', 'everywhere', '{}', 'test');
    insert into ingestion_systems (system_id, name, uuid) select 'SYS-' || n, 'System ' || n, gen_random_uuid() from generate_series(1, 2) n;
    insert into ingestion_poams (poam_id, system_id, status) select 'P-' || n, 'SYS-' || (1 + n % 2), 'Open' from generate_series(1, 6) n`);
});

async function person(name: keyof typeof people): Promise<Actor> {
  const actor = await actorOf(app, idOf(name));
  if (!actor) throw new Error(`${name} may not act`);
  return actor;
}

const task = (id: string) => `  - {id: ${id}, action: task, with: {what: look at it}}`;
const yamlOf = (steps: string, more = '') => `name: flow
title: A flow
record: poam
trigger: {by_hand: true}
${more}
steps:
${steps}
`;

async function makeWorkflow(source: string, mode: 'simulate' | 'live' = 'live'): Promise<void> {
  const parts = workflowPartsOf(app);
  const { name, version } = await saveWorkflow(app, parts, await person('olga'), { source });
  await decideWorkflow(app, parts, await person('ivan'), { name, version, approved: true });
  await setWorkflowMode(app, await person('ivan'), { name, mode });
}

const work = { signal, log: { info: () => undefined, warn: () => undefined }, concurrency: 2 };
const workOff = () =>
  workOnce(app.queue, { [workflowRun]: (payload, until) => runWorkflowJob(app, payload, until) }, work);

async function start(...records: string[]) {
  const started = await runByHand(
    app,
    workflowPartsOf(app),
    { actor: await person('sam'), scope: everywhere },
    { name: 'flow', records },
  );
  await workOff();
  return started;
}
const lookAndWork = async () => {
  await workOnWorkflows(app, signal);
  await workOff();
};
const runOf = async (id: string | undefined) => fetchRun(app, everywhere, id ?? '');
const outcomes = async (id: string | undefined) =>
  (await runOf(id)).trace.map(({ stepId, outcome }) => `${stepId ?? 'run'} ${outcome}`);
const countOf = async (sql: string): Promise<number> => {
  const { rows } = await database.pool.query<{ n: number }>(`select count(*)::int as n from ${sql}`);
  return rows[0]?.n ?? 0;
};

describe('a workflow', () => {
  it('is off when it is saved, and runs once another person approved it and it was switched on', async () => {
    const parts = workflowPartsOf(app);
    const olga = await person('olga');
    expect(await saveWorkflow(app, parts, olga, { source: yamlOf(task('look')) })).toEqual({
      name: 'flow',
      version: 1,
      isNew: true,
    });
    expect(await saveWorkflow(app, parts, olga, { source: yamlOf(task('look')) })).toMatchObject({
      version: 1,
      isNew: false,
    });
    await expect(setWorkflowMode(app, olga, { name: 'flow', mode: 'live' })).rejects.toMatchObject({
      code: 'WORKFLOW_UNAPPROVED',
    });
    await expect(
      decideWorkflow(app, parts, olga, { name: 'flow', version: 1, approved: true }),
    ).rejects.toMatchObject({ code: 'APPROVAL_OWN' });
    await decideWorkflow(app, parts, await person('ivan'), { name: 'flow', version: 1, approved: true });
    expect(await fetchWorkflow(app, everywhere, { name: 'flow' })).toMatchObject({
      mode: 'off',
      approvedVersion: 1,
    });
    await expect(start('P-1')).rejects.toMatchObject({ code: 'WORKFLOW_UNAPPROVED' });
    await setWorkflowMode(app, olga, { name: 'flow', mode: 'live' });
    const { runs } = await start('P-1', 'NONE');
    expect(await outcomes(runs[0])).toEqual(['run started', 'look done']);
    expect(await runOf(runs[0])).toMatchObject({ state: 'completed', startedBy: 'sam' });
    expect(await countOf('work_tasks')).toBe(1);
  });

  it('that somebody activates or changes beside Tieline does not run', async () => {
    await database.pool.query(
      `insert into workflows (workflow_name, workflow_type, trigger_conditions, workflow_steps, is_active) values ('foreign', 'x', '{}', '[]', true)`,
    );
    expect((await listWorkflows(app, everywhere)).items).toEqual([]);
    await makeWorkflow(yamlOf(task('look')));
    await database.pool.query(
      `update workflow_versions set definition = jsonb_set(definition, '{title}', '"other"')`,
    );
    await expect(start('P-1')).rejects.toMatchObject({ code: 'WORKFLOW_UNAPPROVED' });
  });

  it('is refused with every mistake, by line', async () => {
    const source = yamlOf(
      '  - {id: one, action: tusk}\n  - {id: two, waitUntil: poam.stat == "x", timeoutDays: 3}',
      'when: poam.severity == "hihg"',
    );
    const refused = await saveWorkflow(app, workflowPartsOf(app), await person('olga'), { source }).catch(
      (error: unknown) => error,
    );
    expect(refused).toMatchObject({ code: 'WORKFLOW_INVALID' });
    const { fields } = refused as { fields: readonly { field: string }[] };
    expect(fields.map(({ field }) => field)).toEqual([
      'when (line 5)',
      'steps.0.action (line 7)',
      'steps.1.waitUntil (line 8)',
    ]);
  });

  it('that simulates says what it would have done, and changes nothing', async () => {
    const steps = [
      task('look'),
      '  - {id: ask, approve: {ask: go on, levels: [{who: [isso]}]}}',
      '  - {id: rest, waitUntil: {days: 2}}',
      task('again'),
    ];
    await makeWorkflow(yamlOf(steps.join('\n')), 'simulate');
    const { runs } = await start('P-1');
    expect(await outcomes(runs[0])).toEqual([
      'run started',
      'look would_do',
      'ask would_ask',
      'rest would_wait',
      'again would_do',
    ]);
    expect(await countOf('work_tasks')).toBe(0);
    expect(await countOf('approvals')).toBe(0);
  });

  it('waits by the clock, and what is waited for survives being switched off', async () => {
    await makeWorkflow(yamlOf(['  - {id: rest, waitUntil: {days: 2}}', task('look')].join('\n')));
    const { runs } = await start('P-1');
    expect(await runOf(runs[0])).toMatchObject({ state: 'waiting', step: 'rest' });
    await setWorkflowMode(app, await person('ivan'), { name: 'flow', mode: 'off' });
    shiftMs = days(3).ms;
    await lookAndWork();
    expect(await runOf(runs[0])).toMatchObject({ state: 'waiting' });
    await setWorkflowMode(app, await person('ivan'), { name: 'flow', mode: 'live' });
    await lookAndWork();
    expect(await outcomes(runs[0])).toEqual(['run started', 'rest waits', 'rest woke', 'look done']);
  });

  it('waits for a condition, and goes another way when it does not come in time', async () => {
    const wait = `  - id: closed\n    waitUntil: poam.state == "completed"\n    timeoutDays: 5\n    onTimeout:\n      - {id: late, action: task, with: {what: late}}`;
    await makeWorkflow(yamlOf([wait, task('end')].join('\n')));
    const { runs } = await start('P-1', 'P-2');
    await database.pool.query(`update ingestion_poams set status = 'Completed' where poam_id = 'P-1'`);
    shiftMs = days(1).ms;
    await lookAndWork();
    shiftMs = days(6).ms;
    await lookAndWork();
    const traces = await Promise.all(runs.map(outcomes));
    expect(traces.map((trace) => trace.slice(1).join(', ')).toSorted()).toEqual([
      'closed waits, closed timed_out, late done, end done',
      'closed waits, closed woke, end done',
    ]);
  });
});

describe('a question of a workflow', () => {
  const asks = yamlOf(
    [
      `  - {id: ask, approve: {ask: look closer, levels: [{who: [isso]}, {who: [issm]}], expireDays: 10, remindDays: [2]}}`,
      task('look'),
    ].join('\n'),
  );
  const decide = async (who: keyof typeof people, approved: boolean) => {
    const [request] = await listRequests(app.db, { status: 'pending' }, 5);
    return decideRequest(app, await person(who), everywhere, {
      id: request?.approvalId ?? '',
      approved,
      reason: 'because',
    });
  };

  it('is decided level by level, by neither the owner nor who started the run, and the run continues', async () => {
    await makeWorkflow(asks);
    const { runs } = await start('P-2');
    expect(await runOf(runs[0])).toMatchObject({ state: 'asking' });
    await decide('amy', true);
    await expect(decide('olga', true)).rejects.toMatchObject({ code: 'APPROVAL_OWN' });
    await expect(decide('sam', true)).rejects.toMatchObject({ code: 'APPROVAL_OWN' });
    expect(await decide('ivan', true)).toMatchObject({ status: 'approved' });
    await workOff();
    expect(await outcomes(runs[0])).toEqual(['run started', 'ask asked', 'ask approved', 'look done']);
  });

  it('ends the run after a no, and after nobody decided in time, having reminded', async () => {
    await makeWorkflow(asks);
    const { runs } = await start('P-2');
    await decide('amy', false);
    await workOff();
    expect(await runOf(runs[0])).toMatchObject({ state: 'ended' });
    const second = await start('P-4');
    shiftMs = days(3).ms;
    await lookAndWork();
    shiftMs = days(11).ms;
    await lookAndWork();
    expect(await outcomes(second.runs[0])).toEqual([
      'run started',
      'ask asked',
      'ask reminded',
      'ask expired',
    ]);
    expect(await countOf(`approvals where status = 'expired'`)).toBe(1);
  });

  it('is withdrawn with its run', async () => {
    await makeWorkflow(asks);
    const { runs } = await start('P-2');
    await cancelRun(app, { actor: await person('ivan'), scope: everywhere }, runs[0] ?? '');
    expect(await runOf(runs[0])).toMatchObject({ state: 'cancelled' });
    expect(await countOf(`approvals where status = 'withdrawn'`)).toBe(1);
  });
});

describe('the owner of a workflow', () => {
  it('who was locked stops it, and it continues where it was once somebody resumes it', async () => {
    await makeWorkflow(yamlOf(['  - {id: rest, waitUntil: {days: 1}}', task('look')].join('\n')));
    const { runs } = await start('P-1');
    await database.pool.query(`update principals set status = 'disabled' where name = 'olga'`);
    shiftMs = days(2).ms;
    await lookAndWork();
    expect(await runOf(runs[0])).toMatchObject({ state: 'halted' });
    const [listed] = (await listWorkflows(app, everywhere)).items;
    expect(listed?.stopped).toMatchObject({
      code: 'owner_gone',
      why: 'its owner olga has no account that may act',
    });
    expect(await countOf('work_tasks')).toBe(0);
    await database.pool.query(`update principals set status = 'active' where name = 'olga'`);
    await resumeWorkflow(app, await person('ivan'), { name: 'flow' });
    await workOff();
    expect((await outcomes(runs[0])).slice(-4)).toEqual([
      'run halted',
      'run resumed',
      'rest woke',
      'look done',
    ]);
  });

  it('who lost the permission of an action stops it too, and one that lacks it in a boundary fails there', async () => {
    await makeWorkflow(yamlOf(task('look')));
    await database.pool.query(`update grants set role = 'viewer' where principal_id = '${idOf('olga')}'`);
    const { runs } = await start('P-1');
    expect(await runOf(runs[0])).toMatchObject({
      state: 'halted',
      problem: 'its owner olga holds task:write nowhere any more',
    });
  });
});

describe('what happens in the record', () => {
  const listening = yamlOf(task('look'), 'when: poam.id != "P-3"').replace(
    '{by_hand: true}',
    '{event: poam.changed}',
  );
  const change = (poam: string) =>
    database.pool.query(`
      with op as (insert into ingestion_batches (batch_id, source_system, operation_type, status) values (gen_random_uuid(), 'test', 'update', 'completed') returning batch_id)
      insert into sync_changes (operation_id, entity_type, entity_id, field_name, before_value, after_value, direction, decided_by, decided_by_kind)
      select batch_id, 'poam', '${poam}', 'severity', '"Low"', '"High"', 'internal', 'test', 'person' from op`);
  /** Looks until what was there when it was called was read: a page is read a while after it was seen. */
  const catchUp = async () => {
    await workOnWorkflows(app, signal);
    await database.pool.query(
      `update workflow_cursors set up_to_seen_at = up_to_seen_at - interval '10 seconds'`,
    );
    await lookAndWork();
  };

  it('starts a run once for each operation and record, of those that the condition is true of', async () => {
    await makeWorkflow(listening);
    await change('P-1');
    await workOnWorkflows(app, signal);
    await change('P-2');
    await change('P-3');
    for (const _again of [1, 2, 3]) await catchUp();
    const { items } = await listRuns(app.db, everywhere, {
      filter: {},
      sort: { by: 'started', descending: false },
      limit: 10,
    });
    // What happened before the first look had no listener.
    expect(items.map(({ recordId, trigger, state }) => [recordId, trigger, state])).toEqual([
      ['P-2', 'poam.changed', 'completed'],
    ]);
  });

  it('is not missed where a transaction that began earlier ends later', async () => {
    await makeWorkflow(listening);
    await workOnWorkflows(app, signal);
    const client = await database.pool.connect();
    await client.query('begin');
    await client.query(`
      with op as (insert into ingestion_batches (batch_id, source_system, operation_type, status) values (gen_random_uuid(), 'test', 'update', 'completed') returning batch_id)
      insert into sync_changes (operation_id, entity_type, entity_id, field_name, direction, decided_by, decided_by_kind) select batch_id, 'poam', 'P-1', 'severity', 'internal', 'test', 'person' from op`);
    await change('P-2');
    await catchUp();
    expect(await countOf('workflow_executions')).toBe(0);
    await client.query('commit');
    client.release();
    await catchUp();
    expect(await countOf('workflow_executions')).toBe(2);
  });

  it('holds runs beyond the limit until somebody else releases them', async () => {
    await makeWorkflow(yamlOf(task('look'), 'limit: 2'));
    expect(await start('P-1', 'P-2', 'P-3', 'P-4')).toMatchObject({ started: 2, held: 2 });
    expect(await countOf('work_tasks')).toBe(2);
    await expect(releaseRuns(app, await person('olga'), 'flow')).rejects.toMatchObject({
      code: 'APPROVAL_OWN',
    });
    expect(await releaseRuns(app, await person('ivan'), 'flow')).toEqual({ released: 2 });
    await workOff();
    expect(await countOf('work_tasks')).toBe(4);
  });
});

describe('a step that fails', () => {
  it('ends its run with the reason, or lets it continue, and is tried again by a person', async () => {
    const assign = (onError: string) =>
      `  - {id: give, action: assign, with: {to: nobody-known}, onError: ${onError}}`;
    await makeWorkflow(
      yamlOf([assign('continue'), task('look')].join('\n'))
        .replaceAll('assign', 'task')
        .replace('with: {to: nobody-known}', 'with: {what: x, to: nobody-known}'),
    );
    const { runs } = await start('P-1');
    expect(await outcomes(runs[0])).toEqual(['run started', 'give continued_after_failure', 'look done']);
    await makeWorkflow(yamlOf('  - {id: give, action: task, with: {what: x, to: nobody-known}}'));
    const stopped = await start('P-2');
    expect(await runOf(stopped.runs[0])).toMatchObject({
      state: 'failed',
      problem: expect.stringContaining('nobody-known') as string,
    });
    await retryRun(app, { actor: await person('ivan'), scope: everywhere }, stopped.runs[0] ?? '');
    await workOff();
    expect(await runOf(stopped.runs[0])).toMatchObject({ state: 'failed' });
  });
});
