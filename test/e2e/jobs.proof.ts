/** Work that is asked for and done by a worker: progress that others see, an end from elsewhere, and what a restart leaves. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { everywhere, localOperator } from '../../src/canonical/access/actor.ts';
import { listenForEvents } from '../../src/ledger/events/listen.ts';
import { listRunning } from '../../src/ledger/operations/progress.sql.ts';
import {
  cancelJob,
  fetchJob,
  listJobResults,
  requestPlan,
  requestResolution,
  requestSync,
} from '../../src/operate/jobs/request-jobs.ts';
import { beginJob, endJob, type Job } from '../../src/operate/jobs/jobs.sql.ts';
import { runWorker } from '../../src/operate/worker/worker.ts';
import { cancelOperation } from '../../src/review/operations/cancel-operation.ts';
import { fetchPlan, listPlanGroups, listPlanItems } from '../../src/review/plans/kept-plans.ts';
import { applyKeptPlan, fetchPlanDocument, viewPlanGroup } from '../../src/review/plans/kept-plans.ts';
import { planSync } from '../../src/review/plans/plans.ts';
import { startTwoSystems, type TwoSystems } from '../support/two-systems.ts';

let world: TwoSystems;
beforeAll(async () => {
  world = await startTwoSystems([], { tenable: ['--machines', '12'] });
});
afterAll(async () => {
  await world.stop();
});

const actor = localOperator('isso');
const all = { systems: [], entities: [], full: false };
const boundary = (systemId: string) =>
  ({ kind: 'boundaries', systemIds: [systemId], unassigned: false }) as const;
const once = (signal = new AbortController().signal): Promise<void> =>
  runWorker(world.app, { signal, report: () => undefined, once: true });
const caller = { signal: new AbortController().signal, report: () => undefined, by: 'isso' };

async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (let tries = 0; tries < 300; tries += 1) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('it did not come about');
}

describe('a plan that is kept', () => {
  let planId: string;
  it('a plan that was asked for is made by a worker, and is the document that `sync plan` gives', async () => {
    const job = await requestPlan(world.app, actor, all);
    expect(await fetchJob(world.app, job)).toMatchObject({ state: 'queued', requestedBy: 'isso' });
    await once();
    const { state, result, operationId } = await fetchJob(world.app, job);
    expect(state).toBe('succeeded');
    expect(operationId).toMatch(/^[0-9a-f-]{36}$/);
    planId = (result as { planId: string }).planId;
    const { madeAt: _at, ...kept } = await fetchPlanDocument(world.app, everywhere, planId);
    const { madeAt: _then, ...again } = await planSync(world.app, all, caller);
    expect(kept.sha256).toBe(again.sha256);
    expect(kept.items.length).toBe(again.items.length);
  });

  it('the head of a kept plan counts by danger what its groups and items hold', async () => {
    const head = await fetchPlan(world.app, everywhere, planId.slice(0, 8));
    expect(Object.values(head.dangers).reduce((sum, n) => sum + n, 0)).toBe(head.items);
    expect(head.dangers.creates).toBeGreaterThan(30);
    const { items: groups } = await listPlanGroups(
      world.app,
      everywhere,
      { id: planId, actor },
      { limit: 500 },
    );
    expect(groups.reduce((sum, group) => sum + group.count, 0)).toBe(head.items);
    const seen: number[] = [];
    for (let after = 0; ;) {
      const page = await listPlanItems(world.app, everywhere, planId, { after, limit: 50 });
      seen.push(...page.items.map((item) => item.number));
      if (!page.next) break;
      after = Number(page.next.id);
    }
    expect(seen).toEqual(Array.from({ length: head.items }, (_, n) => n + 1));
  });

  it('whoever may see one boundary sees the items of that boundary, and may not apply the plan', async () => {
    const { items } = await listPlanItems(world.app, everywhere, planId, { limit: 5000 });
    const one = items.find((item) => item.boundary !== null)?.boundary ?? '';
    const scope = boundary(one);
    const own = items.filter((item) => item.boundary === one);
    const head = await fetchPlan(world.app, scope, planId);
    expect(head.items).toBe(own.length);
    expect(head.itemsOutside).toBe(items.length - own.length);
    expect((await listPlanItems(world.app, scope, planId, { limit: 5000 })).items).toEqual(own);
    await expect(fetchPlan(world.app, boundary('none such'), planId)).rejects.toMatchObject({
      code: 'PLAN_UNKNOWN',
    });
    await expect(applyKeptPlan(world.app, { actor, scope, caller }, { id: planId })).rejects.toMatchObject({
      code: 'PLAN_UNKNOWN',
    });
  });

  it('a group that was reviewed counts as reviewed in a later plan in which it is the same', async () => {
    await viewPlanGroup(world.app, everywhere, { id: planId, number: 1, actor }, true);
    const job = await requestPlan(world.app, actor, all);
    await once();
    const again = ((await fetchJob(world.app, job)).result as { planId: string }).planId;
    const viewed = async (who: { principalId: string }): Promise<number[]> =>
      (await listPlanGroups(world.app, everywhere, { id: again, actor: who }, { limit: 500 })).items
        .filter((group) => group.viewedAt !== null)
        .map((group) => group.number);
    expect(await viewed(actor)).toEqual([1]);
    expect(await viewed({ principalId: 'another' })).toEqual([]);
  });

  it('a kept plan is applied exactly, and refused once what it shows has moved', async () => {
    const { sha256 } = await fetchPlan(world.app, everywhere, planId);
    await expect(
      applyKeptPlan(world.app, { actor, scope: everywhere, caller }, { id: planId, sha256: 'other' }),
    ).rejects.toMatchObject({ code: 'PLAN_MOVED' });
    const { operationId } = await applyKeptPlan(
      world.app,
      { actor, scope: everywhere, caller },
      { id: planId, sha256 },
    );
    expect(await fetchPlan(world.app, everywhere, planId)).toMatchObject({
      appliedBy: 'isso',
      appliedOperationId: operationId,
    });
    await expect(
      applyKeptPlan(world.app, { actor, scope: everywhere, caller }, { id: planId, sha256 }),
    ).rejects.toMatchObject({ code: 'PLAN_MOVED' });
  });
});

describe('a sync that is asked for', () => {
  it('progress is seen from elsewhere, a sync ends when that is asked for, and the next one continues it', async () => {
    await world.beginAgain();
    await world.control('tenable', 'PUT', '/faults', [{ kind: 'delay', ms: 300 }]);
    const job = await requestSync(world.app, actor, all);
    const working = once();
    const operationId = await until(async () => (await fetchJob(world.app, job)).operationId ?? undefined);
    const running = await until(async () =>
      (await listRunning(world.app.db)).find((each) => each.step !== null),
    );
    expect(running.operationId).toBe(operationId);
    await cancelOperation(world.app, { name: 'operator' }, operationId.slice(0, 8));
    await working;
    expect(await fetchJob(world.app, job)).toMatchObject({
      state: 'cancelled',
      problem: { code: 'CANCELLED', message: 'Stopped by operator.' },
    });
    expect(await listRunning(world.app.db)).toEqual([]);
    await world.control('tenable', 'DELETE', '/faults');
    const next = await requestSync(world.app, actor, all);
    await once();
    const done = await fetchJob(world.app, next);
    expect(done).toMatchObject({ state: 'succeeded', operationId, result: { operationId, resumed: true } });
  });

  it('a job that nobody has taken up is cancelled at once, and is not done', async () => {
    const job = await requestSync(world.app, actor, all);
    expect(await cancelJob(world.app, { name: 'operator' }, job)).toMatchObject({ state: 'cancelled' });
    const before = await world.rows(`select count(*)::int as n from ingestion_batches`);
    await once();
    expect(await world.rows(`select count(*)::int as n from ingestion_batches`)).toEqual(before);
  });

  it('a connection that there is not is refused when a sync is asked for', async () => {
    await expect(requestSync(world.app, actor, { ...all, systems: ['nobody'] })).rejects.toMatchObject({
      code: 'SYSTEM_UNKNOWN',
    });
  });
});

describe('conflicts settled in bulk', () => {
  it('a bulk decision is a job with an outcome for each conflict, and one that was killed settles none twice', async () => {
    await world.beginAgain();
    await world.sync();
    const poams = await world.rows(
      `select poam_id, xacta_poam_id from ingestion_poams where xacta_poam_id is not null order by 1 limit 4`,
    );
    for (const poam of poams) {
      const theirs = { entity: 'poam', id: poam['xacta_poam_id'], fields: { comments: 'there' } };
      await world.control('xacta', 'POST', '/edit', theirs);
      await world.rows(`update ingestion_poams set comments = 'here' where poam_id = $1`, poam['poam_id']);
    }
    await world.sync();
    const which = { filter: { field: { is: 'in', values: ['comments'], negated: false } } } as const;
    const job = await requestResolution(world.app, { actor, scope: everywhere }, which, {
      keep: 'external',
      reason: 'agreed',
    });
    // A worker that took it up and was killed after one conflict.
    await beginJob(world.app.db, job);
    const [first] = await world.rows(
      `select id from sync_conflicts where resolution_status = 'pending' order by id`,
    );
    await world.rows(
      `insert into requested_job_results (job_id, record, outcome) values ($1, $2, 'done')`,
      job,
      String(first?.['id']),
    );
    await world.rows(
      `update sync_conflicts set resolution_status = 'resolved', resolved_by_kind = 'person', resolved_by = 'isso', resolved_at = now() where id = $1`,
      first?.['id'],
    );
    await once();
    const done: Job = await fetchJob(world.app, job);
    expect(done).toMatchObject({ state: 'succeeded', result: { conflicts: 4 } });
    const results = await listJobResults(world.app, job, { limit: 10 });
    expect(results.map((each) => each.outcome)).toEqual(['done', 'done', 'done', 'done']);
    expect(await endJob(world.app.db, job, { state: 'failed' })).toBe(false);
  });
});

describe('events', () => {
  it('who watches is told of a sync from its progress to its end, and who resumes is told what came meanwhile', async () => {
    const told: { id: number; kind: string }[] = [];
    const ending = new AbortController();
    const listening = listenForEvents(world.app.store, ending.signal, (event) => told.push(event));
    await new Promise((resolve) => setTimeout(resolve, 300));
    await world.sync({ full: true });
    await until(async () => told.find((event) => event.kind === 'inbox.changed'));
    expect(told.map((event) => event.kind)).toContain('operation.finished');
    ending.abort();
    await listening;
    const last = Math.max(...told.map((event) => event.id));
    await world.sync();
    const later: number[] = [];
    const again = new AbortController();
    const resumed = listenForEvents(world.app.store, again.signal, (event) => later.push(event.id), {
      after: last,
    });
    await until(async () => (later.some((id) => id > last) ? true : undefined));
    again.abort();
    await resumed;
    expect(new Set(later).size).toBe(later.length);
  });
});
