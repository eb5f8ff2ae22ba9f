/** Matches over HTTP: what a person compares, and what his word does. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Caller } from '../../../../test/support/http-server.ts';
import { type HttpWorld, httpWorld, within } from '../../../../test/support/http-world.ts';
import { everywhere } from '../../../canonical/access/index.ts';

let world: HttpWorld;
let analyst: Caller;
let inFirst: Caller;
beforeAll(async () => {
  world = await httpWorld();
  analyst = await world.program([{ gives: { role: 'analyst' }, scope: everywhere }]);
  inFirst = await world.program([{ gives: { role: 'analyst' }, scope: within('SYS-1') }]);
  const { pool } = world.database;
  const { rows } = await pool.query<{ id: number }>('select id from external_systems limit 1');
  const systemId = rows[0]?.id ?? 0;
  // An asset in no system, with a candidate in each of the two.
  await pool.query(`
    insert into ingestion_assets (asset_uuid, hostname) values ('00000000-0000-0000-0000-000000000009', 'lost-web');
    insert into asset_identifiers (asset_uuid, kind, value) values ('00000000-0000-0000-0000-000000000009', 'fqdn', 'lost.example');
    insert into asset_exposure (asset_uuid, open_info, open_low, open_medium, open_high, open_critical, accepted)
      values ('00000000-0000-0000-0000-000000000009', 0, 1, 0, 2, 3, 0);
    insert into system_components (external_system_id, component_id, name, system_id)
      values (${systemId}, 'alfa-lost', 'lost one', 'SYS-1'), (${systemId}, 'zulu-lost', 'lost other', 'SYS-2');
    insert into component_identifiers (component_id, kind, value) select id, 'fqdn', 'lost.example' from system_components where component_id = 'alfa-lost';
    insert into asset_correlations (asset_uuid, component_id, decision, score, evidence, decided_by_kind, rule_code)
      select '00000000-0000-0000-0000-000000000009', id, 'review', case component_id when 'alfa-lost' then 45 else 40 end,
             '[{"kind": "fqdn", "value": "lost.example", "weight": 45}]', 'rule', 'correlation' from system_components where component_id like '%-lost';
    insert into match_reviews (kind, external_system_id, asset_uuid, operation_id, reason_code)
      values ('component', ${systemId}, '00000000-0000-0000-0000-000000000009', '00000000-0000-0000-0000-000000000001', null)`);
});
afterAll(() => world[Symbol.asyncDispose]());

interface Match {
  readonly id: number;
  readonly gain: number;
  readonly candidatesOutside: number;
  readonly assetName: string;
  readonly candidates: readonly { readonly choice: string; readonly identifiers: readonly object[] }[];
}
const list = async (caller: Caller, query = '?sort=-gain'): Promise<Match[]> =>
  (await world.call(caller, 'GET', `/matches${query}`)).json<{ items: Match[] }>().items;
const lost = async (caller: Caller): Promise<Match> => {
  const found = (await list(caller)).find((each) => each.assetName === 'lost-web');
  if (!found) throw new Error('not there');
  return found;
};

describe('a match', () => {
  it('the queue begins with the match that would give a system to most findings', async () => {
    expect((await list(analyst)).map(({ assetName, gain }) => [assetName, gain])).toEqual([
      ['lost-web', 6],
      ['zulu-web', expect.any(Number)],
      ['alfa-web', expect.any(Number)],
    ]);
  });

  it('a match shows what both sides are known by, and leaves out candidates of other boundaries', async () => {
    const { id } = await lost(analyst);
    const whole = (await world.call(analyst, 'GET', `/matches/${id}`)).json<Match>();
    expect(whole).toMatchObject({
      asset: {
        open: { critical: 3, high: 2, low: 1 },
        identifiers: [{ kind: 'fqdn', value: 'lost.example' }],
      },
      candidates: [
        { choice: 'alfa-lost', isProposed: true, identifiers: [{ kind: 'fqdn', value: 'lost.example' }] },
        { choice: 'zulu-lost', identifiers: [] },
      ],
    });
    const cut = (await world.call(inFirst, 'GET', `/matches/${id}`)).json<Match>();
    expect(cut.candidates.map(({ choice }) => choice)).toEqual(['alfa-lost']);
    expect(cut.candidatesOutside).toBe(1);
    expect(JSON.stringify(cut)).not.toMatch(/zulu|SYS-2/);
    const refused = await world.call(inFirst, 'POST', `/matches/${id}/decision`, {
      body: { decision: 'accept', choice: 'zulu-lost' },
    });
    expect(refused.statusCode).toBe(400);
    expect(refused.json<{ errors: object[] }>().errors).toEqual([
      { pointer: 'alfa-lost', detail: 'lost one' },
    ]);
  });

  it('an accept that names nothing takes no candidate of another boundary, and names none', async () => {
    const { id } = await lost(inFirst);
    const answer = await world.call(inFirst, 'POST', `/matches/${id}/decision`, {
      body: { decision: 'accept' },
    });
    expect(answer.statusCode).toBe(400);
    expect(answer.body).toContain('alfa-lost');
    expect(answer.body).not.toMatch(/zulu|SYS-2/);
  });

  it('who may not decide is refused, and nothing is decided', async () => {
    const viewer = await world.program([{ gives: { role: 'viewer' }, scope: everywhere }]);
    const { id } = await lost(viewer);
    const answer = await world.call(viewer, 'POST', `/matches/${id}/decision`, {
      body: { decision: 'accept', choice: 'alfa-lost' },
    });
    expect(answer.json()).toMatchObject({ code: 'NOT_ALLOWED', permission: 'link:write' });
    expect((await lost(viewer)).id).toBe(id);
  });

  it('a word is kept with its reason, the asset gets its system, and a second word comes too late', async () => {
    const { id } = await lost(inFirst);
    const body = { decision: 'accept', choice: 'alfa-lost', reason: 'the rack label says so' };
    const done = await world.call(inFirst, 'POST', `/matches/${id}/decision`, { body });
    expect(done.json()).toMatchObject({ id, choice: 'alfa-lost' });
    const { rows } = await world.database.pool.query(
      `select k.decision, k.reason from asset_correlations k join system_components c on c.id = k.component_id where c.component_id = 'alfa-lost'`,
    );
    expect(rows).toEqual([{ decision: 'linked', reason: 'the rack label says so' }]);
    const late = await world.call(inFirst, 'POST', `/matches/${id}/decision`, { body });
    expect(late.statusCode).toBe(409);
    expect(late.json()).toMatchObject({ code: 'MATCH_SETTLED' });
    expect(await list(analyst, '?asset=lost-web')).toEqual([]);
    expect(await list(analyst, '?asset=lost-web&state=settled')).toHaveLength(1);
  });

  it('none of them leaves the asset without a system', async () => {
    // What was decided before has let the rules look again, and they know nothing of this one.
    await world.database.pool.query(
      `insert into asset_correlations (asset_uuid, component_id, decision, score, evidence, decided_by_kind, rule_code)
       select a.asset_uuid, c.id, 'review', 40, '[]', 'rule', 'correlation' from ingestion_assets a, system_components c
        where a.hostname = 'zulu-web' and c.component_id = 'zulu-part';
       insert into match_reviews (kind, external_system_id, asset_uuid, operation_id, reason_code)
       select 'component', c.external_system_id, a.asset_uuid, '00000000-0000-0000-0000-000000000001', null from ingestion_assets a, system_components c
        where a.hostname = 'zulu-web' and c.component_id = 'zulu-part'`,
    );
    const zulu = (await list(analyst)).find((each) => each.assetName === 'zulu-web');
    const done = await world.call(analyst, 'POST', `/matches/${zulu?.id}/decision`, {
      body: { decision: 'reject' },
    });
    expect(done.statusCode).toBe(200);
    const { rows } = await world.database.pool.query(
      `select k.decision from asset_correlations k join system_components c on c.id = k.component_id where c.component_id = 'zulu-part'`,
    );
    expect(rows).toEqual([{ decision: 'rejected' }]);
  });
});
