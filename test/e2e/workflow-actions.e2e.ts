/** Actions of workflows that reach both systems: a POA&M that the sync would not have made, and tags that it keeps. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Actor, everywhere } from '../../src/canonical/access/index.ts';
import {
  decideWorkflow,
  fetchRun,
  runByHand,
  saveWorkflow,
  setWorkflowMode,
  workflowRun,
} from '../../src/modules/workflows/index.ts';
import { actorOf } from '../../src/operate/accounts/index.ts';
import { runWorkflowJob, workflowPartsOf } from '../../src/operate/workflows/index.ts';
import { installQueue, workOnce } from '../../src/platform/queue/index.ts';
import { commandOver, commandText } from '../support/command-over.ts';
import { startTwoSystems, type TwoSystems } from '../support/two-systems.ts';

let world: TwoSystems;
const idOf = (n: number): string => `00000000-0000-4000-8000-0000000000a${n}`;
const [olga, ivan] = [idOf(1), idOf(2)];

beforeAll(async () => {
  world = await startTwoSystems([], { tenable: ['--machines', '6'], xacta: ['--systems', '2'] });
  await installQueue(world.app.queue);
  await world.sync();
  await world.rows(
    `insert into principals (id, kind, name, created_by) select unnest($1::uuid[]), 'person', unnest('{olga,ivan}'::text[]), 'test'`,
    [olga, ivan],
  );
  await world.rows(
    `insert into grants (principal_id, role, reach, system_ids, granted_by)
     select p, r, 'everywhere', '{}', 'test' from unnest($1::uuid[]) p, unnest('{issm,operator}'::text[]) r`,
    [olga, ivan],
  );
  await command('policies', 'set', 'xacta', 'poam', '--approval', 'never', '--yes');
  await command('policies', 'set', 'tenable', 'asset_tag', '--approval', 'never', '--yes');
});
afterAll(() => world.stop());

const command = (...args: string[]) => commandOver(world.app, args);

async function person(id: string): Promise<Actor> {
  const actor = await actorOf(world.app, id);
  if (!actor) throw new Error(`${id} may not act`);
  return actor;
}

/** Saves a workflow of one step about records that people name. */
async function save(name: string, record: string, step: string): Promise<void> {
  const parts = workflowPartsOf(world.app);
  const source = `name: ${name}\ntitle: ${name}\nrecord: ${record}\ntrigger: {by_hand: true}\nsteps:\n  - ${step}\n`;
  const { version } = await saveWorkflow(world.app, parts, await person(olga), { source });
  await decideWorkflow(world.app, parts, await person(ivan), { name, version, approved: true });
}

/** @returns the outcome of the step, and what it says. */
async function run(name: string, mode: 'simulate' | 'live', record: string): Promise<[string, string]> {
  const { app } = world;
  await setWorkflowMode(app, await person(ivan), { name, mode });
  const by = { actor: await person(ivan), scope: everywhere };
  const started = await runByHand(app, workflowPartsOf(app), by, { name, records: [record] });
  await workOnce(
    app.queue,
    { [workflowRun]: (payload, until) => runWorkflowJob(app, payload, until) },
    { signal: new AbortController().signal, log: app.log, concurrency: 1 },
  );
  const { trace } = await fetchRun(app, everywhere, started.runs[0] ?? '');
  const step = trace.find(({ stepId }) => stepId !== null);
  return [step?.outcome ?? 'none', step?.why ?? ''];
}

const one = async (query: string, ...values: unknown[]) => (await world.rows(query, ...values))[0] ?? {};
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const poamsIn = async (): Promise<unknown> =>
  (await one('select count(*)::int as n from ingestion_poams'))['n'];

describe('the action make_poam', () => {
  it('makes the POA&M of a finding that the rule does not name, once, and the sync sends and keeps it', async () => {
    await save('wanted', 'finding', '{id: make, action: make_poam, with: {}}');
    const found = await one(
      `select v.finding_key::text as key, v.plugin_id as plugin from ingestion_vulnerabilities v join ingestion_assets a on a.asset_uuid = v.asset_ref
        where v.lifecycle_state = 'open' and v.severity_rank = 2 and a.xacta_component_id is not null and a.deleted_at is null and a.terminated_at is null
          and v.poam_id is null order by v.id limit 1`,
    );
    const key = text(found['key']);
    const before = await poamsIn();
    expect(await run('wanted', 'simulate', key)).toEqual([
      'would_do',
      expect.stringMatching(/^TL-.* was made, due /) as string,
    ]);
    expect(await poamsIn()).toBe(before);
    expect(await one('select count(*)::int as n from weakness_named_findings')).toEqual({ n: 0 });

    const [outcome, why] = await run('wanted', 'live', key);
    expect({ outcome, why }).toMatchObject({ outcome: 'done' });
    const id = why.split(' ')[0] ?? '';
    expect(await one('select state from sync_outbox where entity_id = $1', id)).toEqual({ state: 'pending' });
    expect(await run('wanted', 'live', key)).toEqual([
      'nothing_to_do',
      expect.stringContaining(`${id} is proposed`) as string,
    ]);

    await world.sync();
    expect(await one('select state from sync_outbox where entity_id = $1', id)).toEqual({
      state: 'confirmed',
    });
    expect(await run('wanted', 'live', key)).toEqual([
      'nothing_to_do',
      expect.stringContaining(`${id} answers`) as string,
    ]);
    await world.sync();
    expect(await one('select status from ingestion_poams where poam_id = $1', id)).toEqual({
      status: 'Open',
    });
    expect(
      await one(
        'select count(*)::int as n from ingestion_vulnerabilities v join ingestion_poams p on p.id = v.poam_id where p.poam_id = $1',
        id,
      ),
    ).toEqual({ n: 1 });
  });

  it('makes none where a POA&M answers, and none where the policies let none out', async () => {
    const answered = await one(
      `select v.finding_key::text as key, p.poam_id as poam from ingestion_vulnerabilities v join ingestion_poams p on p.id = v.poam_id
        where v.lifecycle_state = 'open' and p.status = 'Open' order by v.id limit 1`,
    );
    const before = await poamsIn();
    expect(await run('wanted', 'live', text(answered['key']))).toEqual([
      'nothing_to_do',
      expect.stringContaining(`${text(answered['poam'])} `) as string,
    ]);
    await command('policies', 'set', 'xacta', 'poam', '--direction', 'inbound', '--yes');
    const open = await one(
      `select v.finding_key::text as key from ingestion_vulnerabilities v join ingestion_assets a on a.asset_uuid = v.asset_ref
        where v.lifecycle_state = 'open' and v.severity_rank between 1 and 2 and a.xacta_component_id is not null and a.deleted_at is null and a.terminated_at is null
          and v.poam_id is null order by v.id limit 1`,
    );
    expect(await run('wanted', 'live', text(open['key']))).toEqual([
      'failed',
      expect.stringContaining('let no new POA&M out') as string,
    ]);
    expect(await poamsIn()).toBe(before);
    await command('policies', 'set', 'xacta', 'poam', '--direction', 'bidirectional', '--yes');
  });
});

describe('the action tag', () => {
  const tagsThere = async (tenable: string): Promise<string[]> => {
    const state = await world.control<{ assignments: Record<string, string[]> }>('tenable', 'GET', '/state');
    return state.assignments[tenable] ?? [];
  };

  it('is kept here at once, sent by the sync and kept by it; its undo takes it away on both sides', async () => {
    await save('patch-late', 'asset', '{id: tag, action: tag, with: {category: Patch, value: late}}');
    const asset = await one(
      `select asset_uuid::text as uuid, tenable_asset_uuid as tenable from ingestion_assets where xacta_component_id is not null order by id limit 1`,
    );
    const [uuid, tenable] = [text(asset['uuid']), text(asset['tenable'])];
    expect(await run('patch-late', 'simulate', uuid)).toMatchObject(['would_do', {}]);
    expect(await one('select count(*)::int as n from workflow_tags')).toEqual({ n: 0 });
    expect(await run('patch-late', 'live', uuid)).toEqual([
      'done',
      expect.stringContaining('the next sync tells tenable') as string,
    ]);
    expect(await run('patch-late', 'live', uuid)).toMatchObject(['nothing_to_do', {}]);
    const shown = await commandText(world.app, ['assets', 'show', uuid]);
    expect(shown.err).toBe('');
    expect(shown.out).toContain('workflow patch-late (Patch:late');
    expect((await command('assets', 'list', '--filter', 'tag=patch:late')).json).toMatchObject({
      items: [{ assetUuid: uuid, tags: expect.arrayContaining(['Patch:late']) as string[] }],
    });

    await world.sync();
    expect(await tagsThere(tenable)).toContain('Patch:late');
    await world.sync({ full: true });
    expect(await tagsThere(tenable)).toContain('Patch:late');
    expect(await one(`select count(*)::int as n from sync_outbox where entity_id = 'Patch:late'`)).toEqual({
      n: 1,
    });

    const { operation } = await one('select operation_id::text as operation from workflow_tags');
    const undone = await command('ops', 'undo', text(operation), '--by', 'ivan');
    expect(undone.json).toMatchObject({ fields: [{ entity: 'asset', field: 'tag', after: null }] });
    expect((await commandText(world.app, ['assets', 'show', uuid])).out).not.toContain('patch-late');
    await world.sync();
    expect(await tagsThere(tenable)).not.toContain('Patch:late');
  });

  it('takes only tags of workflows away, and leaves the category of boundaries alone', async () => {
    await save(
      'untag',
      'asset',
      '{id: tag, action: tag, with: {category: Patch, value: late, remove: true}}',
    );
    await save('move', 'asset', '{id: tag, action: tag, with: {category: xacta system, value: X}}');
    const { uuid } = await one(
      `select asset_uuid::text as uuid from ingestion_assets where xacta_component_id is not null order by id limit 1`,
    );
    expect(await run('untag', 'live', text(uuid))).toMatchObject(['nothing_to_do', {}]);
    await run('patch-late', 'live', text(uuid));
    expect(await run('untag', 'live', text(uuid))).toMatchObject(['done', {}]);
    const { tags } = await one(`select asset_tags as tags from assets_extended where asset_uuid = $1`, uuid);
    expect(tags).not.toHaveProperty('Patch');
    expect(await run('move', 'live', text(uuid))).toEqual([
      'failed',
      expect.stringContaining('which boundary an asset is in') as string,
    ]);
  });
});
