import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandOver, commandText } from '../../../../test/support/command-over.ts';
import { within } from '../../../../test/support/http-world.ts';
import type { Caller } from '../../../../test/support/http-server.ts';
import { type HttpWorld, httpWorld } from '../../../../test/support/http-world.ts';
import { everywhere } from '../../../canonical/access/index.ts';

let world: HttpWorld;
const web = '00000000-0000-0000-0000-000000000007';
beforeAll(async () => {
  world = await httpWorld();
  const { pool } = world.database;
  await pool.query(
    `insert into sync_links (external_system_id, entity_type, entity_id, external_id)
     select s.id, 'system', 'SYS-' || n, 'X' || n from external_systems s cross join generate_series(1, 2) n where s.system_name = 'xacta'`,
  );
  await pool.query(`insert into ingestion_assets (asset_uuid, hostname) values ($1, 'new-web')`, [web]);
  await pool.query(`insert into asset_identifiers (asset_uuid, kind, value) values ($1, 'ip', '10.7.0.7')`, [
    web,
  ]);
}, 60_000);
afterAll(() => world[Symbol.asyncDispose]());

const rules = (...args: string[]) => commandOver(world.app, ['systems', 'rules', ...args]);

// One story in order: each step begins where the one before ended.
describe('rules of boundaries on the command line', () => {
  it('preview says what a rule would move, in words and as JSON, and changes nothing', async () => {
    const args = ['preview', 'SYS-1', '--network', '10.7.0.0/16', '--tag', 'Environment'];
    expect((await rules(...args)).json).toMatchObject({ moved: 0, asked: 0 });
    const { out } = await commandText(world.app, [
      'systems',
      'rules',
      'preview',
      'SYS-1',
      '--network',
      '10.7.0.0/16',
    ]);
    expect(out).toContain('Moves 1 asset:\n  new-web (00000000): in no system by a rule -> SYS-1');
    expect(out).toContain('Nothing was changed.');
    expect((await rules('list')).json).toEqual({ items: [] });
  });

  it('add asks before it moves anything, and says what to type where nobody can be asked', async () => {
    const refused = await rules('add', 'SYS-1', '--network', '10.7.0.0/16');
    expect(refused.code).toBe(2);
    expect(refused.err).toContain('The rule would move 1 assets and ask a person about 0.');
    expect(refused.err).toContain('--yes');
    const added = await rules('add', 'SYS-1', '--network', '10.7.0.0/16', '--note', 'lab', '--yes');
    expect(added).toMatchObject({ code: 0, json: { effect: { moved: 1 } } });
    expect((await rules('list', 'SYS-1')).json).toMatchObject({
      items: [{ systemId: 'SYS-1', note: 'lab', linked: 1 }],
    });
    expect((await rules('list', 'SYS-2')).json).toEqual({ items: [] });
  });

  it('matches explain says where an asset is, in which role, and on what evidence', async () => {
    const { out } = await commandText(world.app, ['matches', 'explain', 'new-web']);
    expect(out).toContain('In SYS-1 (alfa system), responsible, its main system: by a rule or a person');
    expect(out).toContain('network 10.7.0.0/16: 10.7.0.7');
  });

  it('remove ends a rule after it said what that moves', async () => {
    const { json } = await rules('list');
    const { id } = (json as { items: { id: number }[] }).items[0] ?? { id: 0 };
    expect((await rules('preview', '--remove', String(id))).json).toMatchObject({ moved: 1 });
    expect(await rules('remove', String(id), '--yes')).toMatchObject({ code: 0, json: { ruleId: id } });
    expect((await rules('list')).json).toEqual({ items: [] });
    expect((await rules('remove', String(id), '--yes')).code).toBe(2);
  });
});

describe('rules of boundaries over HTTP', () => {
  const rule = { conditions: [{ kind: 'network', values: ['10.7.0.0/16'] }] };
  let issm: Caller;
  let analyst: Caller;
  beforeAll(async () => {
    issm = await world.program([{ gives: { role: 'issm' }, scope: everywhere }]);
    analyst = await world.program([{ gives: { role: 'analyst' }, scope: within('SYS-1') }]);
  });

  it('who may not change policies everywhere sees the rules of their systems, and changes none', async () => {
    expect((await world.call(analyst, 'GET', '/systems/SYS-1/rules')).statusCode).toBe(200);
    expect((await world.call(analyst, 'GET', '/systems/SYS-2/rules')).statusCode).toBe(404);
    expect(
      (await world.call(analyst, 'POST', '/systems/SYS-1/rules/preview', { body: rule })).statusCode,
    ).toBe(403);
    expect((await world.call(analyst, 'POST', '/systems/SYS-1/rules', { body: rule })).statusCode).toBe(403);
  });

  it('a rule is made just as its preview said, or not at all', async () => {
    const preview = await world.call(issm, 'POST', '/systems/SYS-1/rules/preview', { body: rule });
    const { sha256, moved } = preview.json<{ sha256: string; moved: number }>();
    expect(moved).toBe(1);
    const moment = { ...rule, sha256: '0'.repeat(64) };
    expect((await world.call(issm, 'POST', '/systems/SYS-1/rules', { body: moment })).json()).toMatchObject({
      code: 'PLAN_MOVED',
    });
    const made = await world.call(issm, 'POST', '/systems/SYS-1/rules', { body: { ...rule, sha256 } });
    expect(made.statusCode).toBe(201);
    const { ruleId } = made.json<{ ruleId: number }>();
    expect((await world.call(issm, 'GET', `/boundary-rules/${ruleId}/end`)).json()).toMatchObject({
      moved: 1,
    });
    expect((await world.call(analyst, 'GET', `/assets/${web}/boundaries`)).json()).toMatchObject({
      memberships: [{ systemId: 'SYS-1', role: 'responsible' }],
      decisions: [{ ruleId, evidence: [{ found: '10.7.0.7' }] }],
    });
    expect((await world.call(issm, 'POST', `/boundary-rules/${ruleId}/end`, { body: {} })).statusCode).toBe(
      200,
    );
  });
});
