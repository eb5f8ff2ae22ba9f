/** Workflows over a real database: what starts a run, what its steps do, who decides, and what stops it. */
import { describe, expect, it } from 'vitest';
import { everywhere } from '../../canonical/access/index.ts';
import { workflowPartsOf } from '../../operate/workflows/index.ts';
import { commandText } from '../../../test/support/command-over.ts';
import { undoOperation } from '../../review/operations/index.ts';
import {
  cancelRun,
  decideWorkflow,
  fetchWorkflow,
  forgetRuns,
  listRuns,
  listWorkflows,
  releaseRuns,
  resumeWorkflow,
  retryRun,
  runByHand,
  saveWorkflow,
  setWorkflowMode,
} from './index.ts';
import { idOf, setUpWorkflows, task, yamlOf } from '../../../test/support/workflow-bench.ts';

const bench = setUpWorkflows();

describe('a workflow', () => {
  it('is off when it is saved, and runs once another person approved it and it was switched on', async () => {
    const parts = workflowPartsOf(bench.app);
    const olga = await bench.person('olga');
    expect(await saveWorkflow(bench.app, parts, olga, { source: yamlOf(task('look')) })).toEqual({
      name: 'flow',
      version: 1,
      isNew: true,
    });
    expect(await saveWorkflow(bench.app, parts, olga, { source: yamlOf(task('look')) })).toMatchObject({
      version: 1,
      isNew: false,
    });
    await expect(setWorkflowMode(bench.app, olga, { name: 'flow', mode: 'live' })).rejects.toMatchObject({
      code: 'WORKFLOW_UNAPPROVED',
    });
    await expect(
      decideWorkflow(bench.app, parts, olga, { name: 'flow', version: 1, approved: true }),
    ).rejects.toMatchObject({ code: 'APPROVAL_OWN' });
    await decideWorkflow(bench.app, parts, await bench.person('ivan'), {
      name: 'flow',
      version: 1,
      approved: true,
    });
    expect(await fetchWorkflow(bench.app, everywhere, { name: 'flow' })).toMatchObject({
      mode: 'off',
      isActive: false,
      approvedVersion: 1,
    });
    await expect(bench.start('P-1')).rejects.toMatchObject({ code: 'WORKFLOW_UNAPPROVED' });
    await setWorkflowMode(bench.app, olga, { name: 'flow', mode: 'live' });
    expect(await fetchWorkflow(bench.app, everywhere, { name: 'flow' })).toMatchObject({ isActive: true });
    const { runs } = await bench.start('P-1', 'NONE');
    expect(await bench.outcomes(runs[0])).toEqual(['run started', 'look done']);
    expect(await bench.runOf(runs[0])).toMatchObject({ state: 'completed', startedBy: 'sam' });
    expect(await bench.countOf('work_tasks')).toBe(1);
  });

  it('that somebody activates or changes beside Tieline does not run', async () => {
    await bench.run(
      `insert into workflows (workflow_name, workflow_type, trigger_conditions, workflow_steps, is_active) values ('foreign', 'x', '{}', '[]', true)`,
    );
    expect((await listWorkflows(bench.app, everywhere)).items).toEqual([]);
    await bench.make(yamlOf(task('look')));
    await bench.run(`update workflow_versions set definition = jsonb_set(definition, '{title}', '"other"')`);
    await expect(bench.start('P-1')).rejects.toMatchObject({ code: 'WORKFLOW_UNAPPROVED' });
    // Seen by whoever tried it, it is seen by others too: it stopped.
    expect(await fetchWorkflow(bench.app, everywhere, { name: 'flow' })).toMatchObject({
      stopped: { code: 'version_changed' },
    });
  });

  it('waits for approval while its latest version does, and not after it was rejected', async () => {
    const parts = workflowPartsOf(bench.app);
    await bench.make(yamlOf(task('look')));
    await saveWorkflow(bench.app, parts, await bench.person('olga'), { source: yamlOf(task('other')) });
    const isWaiting = async () =>
      (await listWorkflows(bench.app, everywhere)).items.map(({ waitsForApproval }) => waitsForApproval);
    expect(await isWaiting()).toEqual([true]);
    await decideWorkflow(bench.app, parts, await bench.person('ivan'), {
      name: 'flow',
      version: 2,
      approved: false,
    });
    expect(await isWaiting()).toEqual([false]);
  });

  it('is read in any of its versions, also one that lies far behind the latest', async () => {
    await bench.make(yamlOf(task('look')));
    await bench.run(`
      insert into workflow_versions (workflow_id, version, definition, source, sha256, saved_by, saved_by_principal, saved_at, state)
        select workflow_id, 1 + n, definition, source || '# ' || n, sha256, saved_by, saved_by_principal, saved_at, 'replaced'
          from workflow_versions, generate_series(1, 120) n;
      update workflows set latest_version = 121`);
    const running = await fetchWorkflow(bench.app, everywhere, { name: 'flow' });
    expect(running).toMatchObject({ shownVersion: 1, approvedVersion: 1 });
    expect(running.versions.map(({ version }) => version).slice(0, 2)).toEqual([121, 120]);
    const other = await fetchWorkflow(bench.app, everywhere, { name: 'flow', version: 5 });
    expect(other.shownVersion).toBe(5);
    expect(other.source).toContain('# 4');
  });

  it('of a metric that there is not is refused, with what was meant', async () => {
    const source = yamlOf(task('look'))
      .replace('record: poam', 'record: system')
      .replace('{by_hand: true}', '{metric: open_finding, above: 3}');
    await bench.run(
      `insert into metrics_definitions (metric_name, metric_category, calculation_method, is_own) values ('open_findings_of_ours', 'x', 'x', true)`,
    );
    await expect(
      saveWorkflow(bench.app, workflowPartsOf(bench.app), await bench.person('olga'), { source }),
    ).rejects.toMatchObject({ code: 'WORKFLOW_INVALID', fields: [{ field: 'trigger.metric (line 4)' }] });
  });

  it('leads from what a step did to the operation that did it, by which it is undone', async () => {
    const steps = `  - {id: plan, action: update_poam, with: {set: {remediation_plan: replace it}}}`;
    await bench.make(yamlOf(steps));
    const { runs } = await bench.start('P-1');
    const { trace } = await bench.runOf(runs[0]);
    expect(trace.at(-1)).toMatchObject({ stepId: 'plan', outcome: 'done' });
    const undo = await undoOperation(bench.app, trace.at(-1)?.operationId ?? '', {
      by: 'ivan',
      reason: undefined,
      planOnly: true,
    });
    expect(undo.fields).toMatchObject([{ entity: 'poam', entityId: 'P-1', field: 'remediation_plan' }]);
    const { out } = await commandText(bench.app, ['ops', 'show', trace.at(-1)?.operationId ?? '']);
    expect(out).toContain(
      `Done by a run of a workflow: tieline workflows trace ${String(runs[0]).slice(0, 8)}`,
    );
  });

  it('is shown with its condition and the number of its steps', async () => {
    await bench.make(yamlOf(`${task('one')}\n${task('two')}`, 'when: poam.severity == "high"'));
    const { out } = await commandText(bench.app, ['workflows', 'show', 'flow']);
    expect(out).toContain('# 2 steps where poam.severity == "high"');
  });

  it('is refused with every mistake, by line', async () => {
    const source = yamlOf(
      '  - {id: one, action: tusk}\n  - {id: two, waitUntil: poam.stat == "x", timeoutDays: 3}',
      'when: poam.severity == "hihg"',
    );
    const refused = await saveWorkflow(bench.app, workflowPartsOf(bench.app), await bench.person('olga'), {
      source,
    }).catch((error: unknown) => error);
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
    await bench.make(yamlOf(steps.join('\n')), 'simulate');
    const { runs } = await bench.start('P-1');
    expect(await bench.outcomes(runs[0])).toEqual([
      'run started',
      'look would_do',
      'ask would_ask',
      'rest would_wait',
      'again would_do',
    ]);
    expect(await bench.countOf('work_tasks')).toBe(0);
    expect(await bench.countOf('approvals')).toBe(0);
  });

  it('waits by the clock, and what is waited for survives being switched off', async () => {
    await bench.make(yamlOf(['  - {id: rest, waitUntil: {days: 2}}', task('look')].join('\n')));
    const { runs } = await bench.start('P-1');
    expect(await bench.runOf(runs[0])).toMatchObject({ state: 'waiting', step: 'rest' });
    await setWorkflowMode(bench.app, await bench.person('ivan'), { name: 'flow', mode: 'off' });
    bench.passDays(3);
    await bench.lookAndWork();
    expect(await bench.runOf(runs[0])).toMatchObject({ state: 'waiting' });
    await setWorkflowMode(bench.app, await bench.person('ivan'), { name: 'flow', mode: 'live' });
    await bench.lookAndWork();
    expect(await bench.outcomes(runs[0])).toEqual(['run started', 'rest waits', 'rest woke', 'look done']);
  });

  it('that could continue while its workflow was off continues at once when it is switched on', async () => {
    await bench.make(yamlOf(['  - {id: rest, waitUntil: {days: 2}}', task('look')].join('\n')));
    const { runs } = await bench.start('P-1');
    bench.passDays(3);
    await bench.look();
    const ivan = await bench.person('ivan');
    await setWorkflowMode(bench.app, ivan, { name: 'flow', mode: 'off' });
    await bench.workOff();
    expect(await bench.runOf(runs[0])).toMatchObject({ state: 'pending' });
    expect(await bench.countOf('tieline_jobs._private_jobs')).toBe(0);
    await setWorkflowMode(bench.app, ivan, { name: 'flow', mode: 'live' });
    await bench.workOff();
    expect(await bench.runOf(runs[0])).toMatchObject({ state: 'completed' });
  });

  it('waits for a condition, and goes another way when it does not come in time', async () => {
    const wait = `  - id: closed\n    waitUntil: poam.state == "completed"\n    timeoutDays: 5\n    onTimeout:\n      - {id: late, action: task, with: {what: late}}`;
    await bench.make(yamlOf([wait, task('end')].join('\n')));
    const { runs } = await bench.start('P-1', 'P-2');
    await bench.run(`update ingestion_poams set status = 'Completed' where poam_id = 'P-1'`);
    bench.passDays(1);
    await bench.lookAndWork();
    bench.passDays(6);
    await bench.lookAndWork();
    const traces = await Promise.all(runs.map((id) => bench.outcomes(id)));
    expect(traces.map((trace) => trace.slice(1).join(', ')).toSorted()).toEqual([
      'closed waits, closed timed_out, late done, end done',
      'closed waits, closed woke, end done',
    ]);
  });
});

describe('the owner of a workflow', () => {
  it('who was locked stops it, and it continues where it was once somebody resumes it', async () => {
    await bench.make(yamlOf(['  - {id: rest, waitUntil: {days: 1}}', task('look')].join('\n')));
    const { runs } = await bench.start('P-1');
    await bench.run(`update principals set status = 'disabled' where name = 'olga'`);
    bench.passDays(2);
    await bench.lookAndWork();
    expect(await bench.runOf(runs[0])).toMatchObject({ state: 'halted' });
    const [listed] = (await listWorkflows(bench.app, everywhere)).items;
    expect(listed?.stopped).toMatchObject({
      code: 'owner_gone',
      why: 'its owner olga has no account that may act',
    });
    expect(await bench.countOf('work_tasks')).toBe(0);
    await bench.run(`update principals set status = 'active' where name = 'olga'`);
    await resumeWorkflow(bench.app, await bench.person('ivan'), { name: 'flow' });
    await bench.workOff();
    expect((await bench.outcomes(runs[0])).slice(-4)).toEqual([
      'run halted',
      'run resumed',
      'rest woke',
      'look done',
    ]);
  });

  it('who lost the permission of an action stops it too, and one that lacks it in a boundary fails there', async () => {
    await bench.make(yamlOf(task('look')));
    await bench.run(`update grants set role = 'viewer' where principal_id = '${idOf('olga')}'`);
    const { runs } = await bench.start('P-1');
    expect(await bench.runOf(runs[0])).toMatchObject({
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
    bench.run(`
      with op as (insert into ingestion_batches (batch_id, source_system, operation_type, status) values (gen_random_uuid(), 'test', 'update', 'completed') returning batch_id)
      insert into sync_changes (operation_id, entity_type, entity_id, field_name, before_value, after_value, direction, decided_by, decided_by_kind)
      select batch_id, 'poam', '${poam}', 'severity', '"Low"', '"High"', 'internal', 'test', 'person' from op`);
  it('starts a run once for each operation and record, of those that the condition is true of', async () => {
    await bench.make(listening);
    await change('P-1');
    await bench.look();
    await change('P-2');
    await change('P-3');
    for (const _again of [1, 2, 3]) await bench.catchUp();
    const { items } = await listRuns(bench.app.db, everywhere, {
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
    await bench.make(listening);
    await bench.look();
    const client = await bench.database.pool.connect();
    await client.query('begin');
    await client.query(`
      with op as (insert into ingestion_batches (batch_id, source_system, operation_type, status) values (gen_random_uuid(), 'test', 'update', 'completed') returning batch_id)
      insert into sync_changes (operation_id, entity_type, entity_id, field_name, direction, decided_by, decided_by_kind) select batch_id, 'poam', 'P-1', 'severity', 'internal', 'test', 'person' from op`);
    await change('P-2');
    await bench.catchUp();
    expect(await bench.countOf('workflow_executions')).toBe(0);
    await client.query('commit');
    client.release();
    await bench.catchUp();
    expect(await bench.countOf('workflow_executions')).toBe(2);
  });

  it('holds runs beyond the limit until somebody else releases them', async () => {
    await bench.make(yamlOf(task('look'), 'limit: 2'));
    expect(await bench.start('P-1', 'P-2', 'P-3', 'P-4')).toMatchObject({ started: 2, held: 2 });
    expect(await bench.countOf('work_tasks')).toBe(2);
    await expect(releaseRuns(bench.app, await bench.person('olga'), 'flow')).rejects.toMatchObject({
      code: 'APPROVAL_OWN',
    });
    expect(await releaseRuns(bench.app, await bench.person('ivan'), 'flow')).toEqual({ released: 2 });
    await bench.workOff();
    expect(await bench.countOf('work_tasks')).toBe(4);
  });

  it('does not count against the limit what was cancelled before a step did anything', async () => {
    await bench.make(yamlOf(['  - {id: rest, waitUntil: {days: 2}}', task('look')].join('\n'), 'limit: 1'));
    const byHand = async (record: string) =>
      runByHand(
        bench.app,
        workflowPartsOf(bench.app),
        { actor: await bench.person('sam'), scope: everywhere },
        { name: 'flow', records: [record] },
      );
    const { runs } = await byHand('P-1');
    await cancelRun(bench.app, { actor: await bench.person('ivan'), scope: everywhere }, runs[0] ?? '');
    expect(await byHand('P-2')).toMatchObject({ started: 1, held: 0 });
    expect(await byHand('P-3')).toMatchObject({ started: 0, held: 1 });
  });
});

describe('runs that ended long ago', () => {
  it('are forgotten with their traces: simulated ones sooner, and neither those that asked people nor those that failed', async () => {
    const asks = '  - {id: ask, approve: {ask: look closer, levels: [{who: [isso]}]}}';
    await bench.make(yamlOf([task('look'), asks].join('\n')));
    const { runs } = await bench.start('P-1', 'P-2', 'P-3', 'P-4');
    await bench.run(`
      update workflow_executions set status = 'completed', completed_at = '2026-01-01';
      update workflow_executions set mode = 'simulate' where record_id in ('P-1', 'P-4');
      update workflow_executions set status = 'failed' where record_id = 'P-4';
      update approvals set execution_id = null where execution_id <> (select execution_id from workflow_executions where record_id = 'P-3')`);
    const left = async () => new Set((await bench.runs()).map((run) => run.split(' ')[1]));
    const forget = (live: string, simulated: string) =>
      forgetRuns(bench.app.db, { live: new Date(live), simulated: new Date(simulated) });
    expect(await forget('2025-06-01', '2025-06-01')).toBe(0);
    expect(await forget('2025-06-01', '2026-06-01')).toBe(1);
    expect(await left()).toEqual(new Set(['P-2', 'P-3', 'P-4']));
    expect(await forget('2026-06-01', '2026-06-01')).toBe(1);
    expect(await left()).toEqual(new Set(['P-3', 'P-4']));
    expect(await bench.countOf('workflow_traces')).toBeGreaterThan(0);
    expect(runs.length).toBe(4);
  });
});

describe('a step that fails', () => {
  it('ends its run with the reason, or lets it continue, and is tried again by a person', async () => {
    const assign = (onError: string) =>
      `  - {id: give, action: assign, with: {to: nobody-known}, onError: ${onError}}`;
    await bench.make(
      yamlOf([assign('continue'), task('look')].join('\n'))
        .replaceAll('assign', 'task')
        .replace('with: {to: nobody-known}', 'with: {what: x, to: nobody-known}'),
    );
    const { runs } = await bench.start('P-1');
    expect(await bench.outcomes(runs[0])).toEqual([
      'run started',
      'give continued_after_failure',
      'look done',
    ]);
    await bench.make(yamlOf('  - {id: give, action: task, with: {what: x, to: nobody-known}}'));
    const stopped = await bench.start('P-2');
    expect(await bench.runOf(stopped.runs[0])).toMatchObject({
      state: 'failed',
      problem: expect.stringContaining('nobody-known') as string,
    });
    await retryRun(
      bench.app,
      { actor: await bench.person('ivan'), scope: everywhere },
      stopped.runs[0] ?? '',
    );
    await bench.workOff();
    expect(await bench.runOf(stopped.runs[0])).toMatchObject({ state: 'failed' });
  });
});
