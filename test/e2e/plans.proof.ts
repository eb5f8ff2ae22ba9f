import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decide, findApprovals } from '../../src/engine/approvals/approvals.ts';
import { decideOutbox, findOutbox, pauseSending } from '../../src/review/outbox/outbox.ts';
import { sendWaitingChanges } from '../../src/runs/sync/send-waiting.ts';
import { applyPlan, parsePlan, planSync } from '../../src/review/plans/plans.ts';
import { editPolicies } from '../../src/engine/policies/policies.ts';
import { fetchSystem } from '../../src/engine/connections/systems.ts';
import { planLines } from '../../src/surfaces/cli/plans/plan.view.ts';
import type { SyncOptions } from '../../src/engine/run/sync-options.ts';
import type { PlanDocument } from '../../src/canonical/vocabulary/plan.ts';
import { startTwoSystems, type TwoSystems } from '../support/two-systems.ts';

let world: TwoSystems;
beforeAll(async () => {
  world = await startTwoSystems([], { tenable: ['--machines', '12'] });
});
afterAll(async () => {
  await world.stop();
});

const caller = { signal: new AbortController().signal, report: () => undefined, by: 'isso' };
const plan = (options: Partial<SyncOptions> = {}): Promise<PlanDocument> =>
  planSync(world.app, { systems: [], entities: [], full: false, ...options }, caller);
const writes = async (): Promise<number> =>
  (await world.control<{ writes: number }>('tenable', 'GET', '/requests')).writes +
  (await world.control<{ writes: number }>('xacta', 'GET', '/requests')).writes;
/** Rows of every table that holds the record, the outbox and the journal. */
const stored = async (): Promise<unknown> =>
  world.rows(`
    select 'assets' as of, count(*)::int as n, max(updated_at) as latest from ingestion_assets
    union all select 'findings', count(*)::int, null from ingestion_vulnerabilities
    union all select 'poams', count(*)::int, max(updated_at) from ingestion_poams
    union all select 'systems', count(*)::int, max(updated_at) from ingestion_systems
    union all select 'links', count(*)::int, max(confirmed_at) from sync_links
    union all select 'journal', count(*)::int, null from sync_changes
    union all select 'outbox', count(*)::int, null from sync_outbox
    union all select 'reads', count(*)::int, max(mark_set_at) from sync_reads`);
const remotePoam = async (id: string): Promise<Record<string, unknown> | undefined> =>
  (await world.control<{ poams: Record<string, unknown>[] }>('xacta', 'GET', '/state')).poams.find(
    (poam) => poam['id'] === id,
  );
const edit = (poam: string, field: string, value: string): Promise<unknown> =>
  world.rows(`update ingestion_poams set ${field} = $2 where poam_id = $1`, poam, value);
const xactaId = async (): Promise<number> => (await fetchSystem(world.app, 'xacta')).id;
const outboundOf = (document: PlanDocument, record: string) =>
  document.items.filter((item) => item.direction === 'outbound' && item.record === record);

// One story in order: each step begins where the one before ended.
describe('a plan', () => {
  let first: PlanDocument;

  it('a plan shows what the first sync would do, and writes nothing on either side', async () => {
    const before = await stored();
    first = await plan();
    expect(await stored()).toEqual(before);
    expect(await writes()).toBe(0);
    const creates = first.items.filter((item) => item.direction === 'outbound' && item.entity === 'poam');
    expect(creates.length).toBeGreaterThan(30);
    expect(creates.every((item) => item.kind === 'create' && item.reason !== '')).toBe(true);
    expect(first.items.filter((item) => item.entity === 'system' && item.kind === 'create')).toHaveLength(5);
    expect(first.steps.find((step) => step.step === 'finding')?.counts.created).toBe(290);
  });

  it('a plan is the same when it is made again', async () => {
    expect((await plan()).sha256).toBe(first.sha256);
  });

  it('a plan is carried out exactly when it is applied, and leaves nothing to do', async () => {
    const outcome = await applyPlan(world.app, parsePlan(JSON.stringify(first)), caller);
    const creates = first.items.filter((item) => item.direction === 'outbound' && item.entity === 'poam');
    const remote = await world.control<{ poams: { external_uid: string | null }[] }>(
      'xacta',
      'GET',
      '/state',
    );
    expect(remote.poams.filter((poam) => poam.external_uid !== null)).toHaveLength(creates.length);
    const [row] = await world.rows(
      `select status, metadata ->> 'appliedBy' as by from ingestion_batches where batch_id = $1`,
      outcome.operationId,
    );
    expect(row).toMatchObject({ by: 'isso' });
    expect((await plan()).items).toEqual([]);
    expect(await world.sync()).toMatchObject({ written: 0 });
  });

  it('a plan names field, before and after of an edit on either side', async () => {
    await edit('POAM-2026-0001', 'comments', 'edited here');
    await world.control('xacta', 'POST', '/edit', {
      entity: 'poam',
      id: 'POAM-2026-0003',
      fields: { comments: 'edited there' },
    });
    const { items } = await plan();
    expect(items.toSorted((a, b) => a.direction.localeCompare(b.direction))).toMatchObject([
      {
        system: 'xacta',
        entity: 'poam',
        record: 'POAM-2026-0003',
        direction: 'inbound',
        field: 'comments',
        after: 'edited there',
      },
      {
        system: 'xacta',
        entity: 'poam',
        record: 'POAM-2026-0001',
        direction: 'outbound',
        field: 'comments',
        after: 'edited here',
      },
    ]);
  });

  it('a plan is refused, naming what changed, when a side changed since, and nothing is written', async () => {
    const made = await plan();
    await edit('POAM-2026-0001', 'comments', 'edited again');
    const [before, written] = [await stored(), await writes()];
    await expect(applyPlan(world.app, made, caller)).rejects.toMatchObject({
      code: 'PLAN_MOVED',
      fields: [
        { field: 'xacta poam POAM-2026-0001 comments', message: expect.stringContaining('"edited again"') },
      ],
    });
    expect(await stored()).toEqual(before);
    expect(await writes()).toBe(written);
  });

  it('a plan is refused when it was edited after it was made', async () => {
    const made = await plan();
    const text = JSON.stringify(made).replace('edited again', 'edited in the file');
    expect(() => parsePlan(text)).toThrow(expect.objectContaining({ code: 'PLAN_INVALID' }));
  });

  it('a plan of one entity does nothing else', async () => {
    await edit('POAM-2026-0004', 'comments', 'out');
    const made = await plan({ systems: ['xacta'], entities: ['control'] });
    expect(made.items).toEqual([]);
    await world.sync();
    expect(await remotePoam('POAM-2026-0004')).toMatchObject({ comments: 'out' });
  });
});

describe('approval', () => {
  it('approval holds a change that the policy names, and lets others go', async () => {
    await editPolicies(
      world.app.store,
      { id: await xactaId(), name: 'xacta' },
      {
        do: 'change',
        change: { entity: 'poam', approval: { fields: ['remediation_plan'] } },
      },
      { way: 'none' },
    );
    await edit('POAM-2026-0001', 'remediation_plan', 'patch in May');
    await edit('POAM-2026-0002', 'comments', 'goes at once');
    expect(outboundOf(await plan(), 'POAM-2026-0001')).toMatchObject([{ needsApproval: true }]);
    expect(await world.sync()).toMatchObject({ written: 1 });
    expect(await remotePoam('POAM-2026-0002')).toMatchObject({ comments: 'goes at once' });
    expect(await findApprovals(world.app, { all: false }, 10)).toMatchObject([
      { status: 'pending', system: 'xacta', content: [{ record: 'POAM-2026-0001' }] },
    ]);
  });

  it('approval asks once, however often it is synced', async () => {
    const [before] = await findApprovals(world.app, { all: false }, 10);
    await world.sync();
    expect(await findApprovals(world.app, { all: true }, 10)).toEqual([before]);
  });

  it('approval is withdrawn and requested again when what waits is edited', async () => {
    const [before] = await findApprovals(world.app, { all: false }, 10);
    await edit('POAM-2026-0001', 'remediation_plan', 'patch in June');
    await world.sync();
    const asked = await findApprovals(world.app, { all: true }, 10);
    expect(asked.map((each) => each.status)).toEqual(['withdrawn', 'pending']);
    await expect(
      decide(world.app, before?.approvalId ?? '', { approved: true, by: 'isso', reason: undefined }),
    ).rejects.toMatchObject({ code: 'APPROVAL_MOVED' });
  });

  it('approval that is given lets exactly that go out', async () => {
    const [asked] = await findApprovals(world.app, { all: false }, 10);
    await decide(world.app, asked?.approvalId ?? '', { approved: true, by: 'isso', reason: 'seen' });
    await sendWaitingChanges(world.app, await xactaId(), caller);
    expect(await remotePoam('POAM-2026-0001')).toMatchObject({ mitigation_strategy: 'patch in June' });
    expect(await world.sync()).toMatchObject({ written: 0 });
  });

  it('approval that is refused drops the change, which is not planned again until it differs', async () => {
    await edit('POAM-2026-0001', 'remediation_plan', 'never');
    await world.sync();
    const [asked] = await findApprovals(world.app, { all: false }, 10);
    await decide(world.app, asked?.approvalId ?? '', { approved: false, by: 'isso', reason: 'no' });
    await world.sync();
    await world.sync({ full: true });
    expect(await findApprovals(world.app, { all: false }, 10)).toEqual([]);
    expect(await remotePoam('POAM-2026-0001')).toMatchObject({ mitigation_strategy: 'patch in June' });
    await edit('POAM-2026-0001', 'remediation_plan', 'in July then');
    await world.sync();
    expect(await findApprovals(world.app, { all: false }, 10)).toHaveLength(1);
    await edit('POAM-2026-0001', 'remediation_plan', 'patch in June');
    await world.sync();
    expect(await findApprovals(world.app, { all: false }, 10)).toEqual([]);
    await editPolicies(
      world.app.store,
      { id: await xactaId(), name: 'xacta' },
      { do: 'forget', entity: 'poam' },
      { way: 'none' },
    );
  });
});

describe('the outbox', () => {
  it('the outbox keeps a change that the remote refuses until a person retries or drops it', async () => {
    await edit('POAM-2026-0005', 'status', 'Completed');
    expect(await world.sync()).toMatchObject({ recordsHeld: 1 });
    const [refused] = await findOutbox(world.app, { states: ['failed'] }, 10);
    expect(refused).toMatchObject({ entityId: 'POAM-2026-0005', failure: { outcome: 'rejected' } });
    const id = refused?.id ?? 0;
    const again = await decideOutbox(world.app, [id], { what: 'retry', by: 'isso', reason: 'try again' });
    expect(again.done).toEqual([id]);
    await sendWaitingChanges(world.app, await xactaId(), caller);
    expect(await findOutbox(world.app, { states: ['failed'] }, 10)).toHaveLength(1);
    expect(
      (await decideOutbox(world.app, [id], { what: 'drop', by: 'isso', reason: 'a mistake' })).done,
    ).toEqual([id]);
    await world.sync();
    expect(await findOutbox(world.app, { states: ['failed', 'pending'] }, 10)).toEqual([]);
    expect(
      await world.rows(`select decided_by from sync_changes where field_name = 'outbox' order by id`),
    ).toEqual([{ decided_by: 'isso' }, { decided_by: 'isso' }]);
  });

  it('the outbox sends nothing to a paused system, and continues when it is resumed', async () => {
    await pauseSending(world.app, 'xacta', { by: 'isso', reason: 'maintenance' });
    await edit('POAM-2026-0006', 'comments', 'later');
    const shown = await plan();
    expect(shown.sendingPaused).toEqual(['xacta']);
    expect(planLines(shown, 20, undefined).join('\n')).toContain('tieline outbox resume xacta');
    expect(await world.sync()).toMatchObject({ written: 0 });
    await pauseSending(world.app, 'xacta', undefined);
    expect(await world.sync()).toMatchObject({ written: 1 });
    expect(await remotePoam('POAM-2026-0006')).toMatchObject({ comments: 'later' });
  });

  it('the outbox sends the latest of several edits once', async () => {
    await pauseSending(world.app, 'xacta', { by: 'isso', reason: 'maintenance' });
    await edit('POAM-2026-0006', 'comments', 'one');
    await world.sync();
    await edit('POAM-2026-0006', 'comments', 'two');
    await world.sync();
    await pauseSending(world.app, 'xacta', undefined);
    expect(await world.sync()).toMatchObject({ written: 1, recordsHeld: 0 });
    expect(await remotePoam('POAM-2026-0006')).toMatchObject({ comments: 'two' });
  });
});

describe('a system that is taken out of sync', () => {
  it('a system excluded from sync is neither read nor written, and both sides stay as they are', async () => {
    const [poam] = await world.rows(`select system_id from ingestion_poams where poam_id = 'POAM-2026-0007'`);
    await world.rows(
      `update ingestion_systems set sync_enabled = false where system_id = $1`,
      poam?.['system_id'],
    );
    await edit('POAM-2026-0007', 'comments', 'ours');
    await world.control('xacta', 'POST', '/edit', {
      entity: 'poam',
      id: 'POAM-2026-0007',
      fields: { mitigation_strategy: 'theirs' },
    });
    expect(await world.sync({ full: true })).toMatchObject({ written: 0, recordsHeld: 0 });
    expect(await remotePoam('POAM-2026-0007')).not.toMatchObject({ comments: 'ours' });
    await world.rows(`update ingestion_systems set sync_enabled = true`);
    expect(await world.sync({ full: true })).toMatchObject({ written: 1 });
    expect(await remotePoam('POAM-2026-0007')).toMatchObject({
      comments: 'ours',
      mitigation_strategy: 'theirs',
    });
  });
});
