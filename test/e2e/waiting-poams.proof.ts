/** What waits stays true (SPEC.md, A3): POA&Ms that were proposed and have not gone out are planned again by each run. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { findApprovals } from '../../src/engine/approvals/approvals.ts';
import { commandText } from '../support/command-over.ts';
import { startTwoSystems, type TwoSystems } from '../support/two-systems.ts';

let world: TwoSystems;
beforeAll(async () => {
  world = await startTwoSystems([], { tenable: ['--machines', '12'] });
});
afterAll(async () => {
  await world.stop();
});

interface Weakness {
  readonly poam: string;
  readonly boundary: string;
  readonly plugin: string;
  readonly assets: string[];
}
const tieline = (...args: string[]) => commandText(world.app, args);
const edit = (simulator: 'tenable' | 'xacta', body: object) =>
  world.control(simulator, 'POST', '/edit', body);
const rowOf = async (poam: string): Promise<Record<string, unknown> | undefined> =>
  (await world.rows(`select * from ingestion_poams where poam_id = $1`, poam))[0];
const queued = async (poam: string): Promise<Record<string, unknown>[]> =>
  world.rows(
    `select state, payload from sync_outbox where entity_type = 'poam' and entity_id = $1 and state <> 'superseded'`,
    poam,
  );
const there = async (plugin: string, boundary: string) =>
  (
    await world.control<{
      poams: { source: string; system_id: string; risk_rating: string; affected_assets: string[] }[];
    }>('xacta', 'GET', '/state')
  ).poams.filter((poam) => poam.system_id === boundary && new RegExp(`\\b${plugin}\\b`).test(poam.source));
const proposals = async (): Promise<Weakness[]> =>
  (await world.rows(`
    select o.entity_id as poam, p.system_id as boundary, w.identifier as plugin,
           array(select jsonb_array_elements_text(o.payload -> 'affected_assets')) as assets
      from sync_outbox o join ingestion_poams p on p.poam_id = o.entity_id join weaknesses w on w.poam_id = p.id
     where o.change_kind = 'create' and o.state in ('waiting', 'pending') order by o.id`)) as unknown as Weakness[];
const setFindings = async ({ assets, plugin }: Weakness, fields: object): Promise<void> => {
  for (const asset of assets) await edit('tenable', { asset, plugin: Number(plugin), fields });
};
/** As somebody in Xacta's own pages would. */
async function makeByHand(boundary: string, source: string): Promise<void> {
  const post = async (path: string, body: object, token?: string): Promise<{ token?: string }> => {
    const response = await fetch(`${world.urls.xacta}${path}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(await response.text());
    return (await response.json()) as { token?: string };
  };
  const { token } = await post('/api/auth/login', {
    username: 'tieline',
    password: world.secrets()['password'],
  });
  const inDays = (n: number): string => new Date(Date.now() + n * 86_400_000).toISOString().slice(0, 10);
  const poam = {
    weakness_description: 'by hand',
    source,
    status: 'ongoing',
    poc: 'me',
    resources: 'r',
    scheduled_completion: inDays(20),
    milestones: [{ description: 'm', target_date: inDays(10) }],
  };
  await post(`/api/systems/${boundary}/poams`, poam, token);
}
const instant = (): string => new Date().toISOString();

describe('while sending is paused', () => {
  beforeEach(async () => {
    await world.beginAgain();
    await tieline('outbox', 'pause', 'xacta', '--reason', 'read only');
    await world.sync();
  });

  it('a proposal while sending is paused goes with its findings, follows their severity and machines, and yields to one made by hand', async () => {
    const all = await proposals();
    const [fixed, graver, byHand] = all.filter((each) => each.assets.length === 1);
    const shrinking = all.find((each) => each.assets.length > 1);
    if (!fixed || !graver || !byHand || !shrinking) throw new Error('the world has too few weaknesses');
    await setFindings(fixed, { state: 'FIXED', last_fixed: instant() });
    await setFindings(graver, { severity: 'critical', severity_id: 4 });
    await setFindings(
      { ...shrinking, assets: shrinking.assets.slice(1) },
      { state: 'FIXED', last_fixed: instant() },
    );
    await makeByHand(byHand.boundary, `ACAS - ${byHand.plugin}`);
    await world.sync({ full: true });

    expect(await rowOf(fixed.poam)).toMatchObject({ status: 'Cancelled' });
    expect(await queued(fixed.poam)).toEqual([]);
    expect(await rowOf(graver.poam)).toMatchObject({ weakness_risk_level: 'Critical' });
    expect(await queued(graver.poam)).toMatchObject([{ payload: { risk_rating: 'Critical' } }]);
    expect(await queued(shrinking.poam)).toMatchObject([
      { payload: { affected_assets: [shrinking.assets[0]] } },
    ]);
    expect(await rowOf(byHand.poam)).toMatchObject({ status: 'Cancelled' });

    await tieline('outbox', 'resume', 'xacta');
    await world.sync();
    expect(await there(fixed.plugin, fixed.boundary)).toEqual([]);
    expect(await there(graver.plugin, graver.boundary)).toMatchObject([{ risk_rating: 'critical' }]);
    expect(await there(shrinking.plugin, shrinking.boundary)).toMatchObject([
      { affected_assets: [shrinking.assets[0]] },
    ]);
    expect(await there(byHand.plugin, byHand.boundary)).toHaveLength(1);
    expect(await world.sync()).toMatchObject({ written: 0 });
  });

  it('a proposal while sending is paused is sent with what a person edited in it', async () => {
    const [one] = await proposals();
    await world.rows(
      `update ingestion_poams set poc = 'Dana Scully', status = 'In Progress' where poam_id = $1`,
      one?.poam,
    );
    await world.sync();
    await tieline('outbox', 'resume', 'xacta');
    await world.sync();
    expect(await there(one?.plugin ?? '', one?.boundary ?? '')).toMatchObject([{ poc: 'Dana Scully' }]);
  });

  it('a change that was planned before is not sent by a worker before a sync has planned it again', async () => {
    await tieline('outbox', 'resume', 'xacta');
    expect(
      await world.rows(`select distinct must_replan from sync_outbox where entity_type = 'poam'`),
    ).toEqual([{ must_replan: true }]);
    await world.sync();
    expect(await world.rows(`select distinct state from sync_outbox where entity_type = 'poam'`)).toEqual([
      { state: 'confirmed' },
    ]);
  });
});

describe('a proposal that a person turned down', () => {
  it('a rejected proposal is cancelled here, does not come back by itself, and is asked about again when its finding was fixed and found again', async () => {
    await world.beginAgain();
    await tieline('policies', 'set', 'xacta', 'poam', '--approval', 'always');
    await world.sync();
    const one = (await proposals()).find((each) => each.assets.length === 1);
    if (!one) throw new Error('the world has too few weaknesses');
    const asked = async () =>
      (await findApprovals(world.app, { all: false }, 20)).find(({ content }) =>
        content.some((change) => change.record.startsWith(one.poam)),
      );
    const pendingId = (await asked())?.approvalId ?? '';
    expect(
      (await tieline('approvals', 'reject', pendingId, '--record', one.poam, '--reason', 'no')).code,
    ).toBe(0);
    expect(await rowOf(one.poam)).toMatchObject({ status: 'Cancelled' });
    const asks = async (): Promise<boolean> => (await asked()) !== undefined;
    await world.sync({ full: true });
    await world.sync();
    expect(await asks()).toBe(false);

    await setFindings(one, { state: 'FIXED', last_fixed: instant() });
    await world.sync();
    expect(await rowOf(one.poam)).toMatchObject({ status: 'Cancelled' });
    await setFindings(one, { state: 'REOPENED', resurfaced_date: instant(), last_found: instant() });
    await world.sync();
    expect(await asks()).toBe(true);
  });
});

describe('the machines of a POA&M, a list that both sides edit', () => {
  it('a machine that a person removed from a POA&M stays off, and one that is put back is on it again', async () => {
    await world.beginAgain();
    await world.sync();
    const [poam] = await world.rows(`
      select l.external_id as id, p.poam_id as poam, p.raw_json -> 'affected_assets' as assets
        from sync_links l join ingestion_poams p on p.poam_id = l.entity_id
       where l.entity_type = 'poam' and p.ingestion_source = 'tieline' and jsonb_array_length(p.raw_json -> 'affected_assets') > 1 limit 1`);
    const assets = poam?.['assets'] as string[];
    const id = poam?.['id'] as string;
    const list = async (value: string[]) =>
      edit('xacta', { entity: 'poam', id, fields: { affected_assets: value } });
    const listed = async () => ({
      there: (
        await world.control<{ poams: { id: string; affected_assets: string[] }[] }>('xacta', 'GET', '/state')
      ).poams.find((each) => each.id === id)?.affected_assets.length,
      here: (
        await world.rows(
          `select count(*)::int as n from ingestion_poam_assets where poam_id = $1`,
          poam?.['poam'],
        )
      )[0]?.['n'],
    });
    await list(assets.slice(1));
    await world.sync();
    await world.sync({ full: true });
    const fewer = assets.length - 1;
    expect(await listed()).toEqual({ there: fewer, here: fewer });
    expect(await world.sync()).toMatchObject({ written: 0 });
    await list(assets);
    await world.sync();
    expect(await listed()).toEqual({ there: assets.length, here: assets.length });
  });
});
