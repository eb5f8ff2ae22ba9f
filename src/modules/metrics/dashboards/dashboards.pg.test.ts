/** Dashboards over the world that was counted by hand: what is in a tile, who sees which, and the command line. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type Actor,
  everywhere,
  localOperator,
  type Role,
  type Scope,
} from '../../../canonical/access/index.ts';
import { listDisclosures } from '../../privacy/index.ts';
import { commandOver, commandText } from '../../../../test/support/command-over.ts';
import { type MetricWorld, openMetricWorld } from '../../../../test/support/metric-world.ts';
import {
  type DashboardData,
  dashboardRows,
  fetchDashboard,
  keepDashboard,
  listDashboards,
  listMetrics,
  removeDashboard,
  takeMetrics,
} from '../index.ts';

let world: MetricWorld;
beforeAll(async () => {
  world = await openMetricWorld();
  await takeMetrics(world.app);
  await world.database.pool.query(
    `insert into principals (id, kind, name, created_by) values ('${idOf(1)}', 'person', 'ann', 'test'), ('${idOf(2)}', 'person', 'bob', 'test')`,
  );
});
afterAll(() => world[Symbol.asyncDispose]());

const idOf = (n: number): string => `00000000-0000-0000-0000-0000000000a${n}`;
const person = (n: number, name: string, role: Role): Actor => ({
  principalId: idOf(n),
  name,
  kind: 'person',
  grants: [{ gives: { role }, scope: everywhere }],
});
const ann = person(1, 'ann', 'issm');
const bob = person(2, 'bob', 'isso');
const of = (...systemIds: string[]): Scope => ({ kind: 'boundaries', systemIds, unassigned: false });
const fetched = (id: string, scope: Scope = everywhere, actor: Actor = ann): Promise<DashboardData> =>
  fetchDashboard(world.app, { actor, scope }, { id });
const tileOf = ({ tiles }: DashboardData, code: string, key = 'value') =>
  tiles.find(({ metric, measure, tile }) => metric.code === code && measure.key === key && tile.by === null);

describe('a dashboard that ships', () => {
  it('shows in each tile the number of its metric, for everything and for one boundary', async () => {
    for (const scope of [everywhere, of('S1')]) {
      const metrics = await listMetrics(world.app, scope);
      for (const { id, isShipped, tiles } of await listDashboards(world.app, ann)) {
        if (!isShipped) continue;
        const dashboard = await fetched(id, scope);
        expect(dashboard.tiles).toHaveLength(tiles.length);
        for (const { metric, measure, tile, points } of dashboard.tiles) {
          const listed = metrics.find(({ name }) => name === metric.name)?.measures;
          expect(measure.value).toBe(listed?.find(({ key }) => key === measure.key)?.value);
          // A tile with parts has no line, and one without a value no point.
          const last = tile.by === null && measure.value !== null ? points.at(-1)?.value : measure.value;
          expect(last).toBe(measure.value);
        }
      }
    }
  });

  it('of two boundaries adds counts, makes shares of their parts, and has no percentile', async () => {
    const [one, other, both] = await Promise.all(
      [of('S1'), of('S2'), of('S1', 'S2')].map((scope) => listMetrics(world.app, scope)),
    );
    const value = (metrics: typeof both, code: string, key = 'value') =>
      metrics?.find((each) => each.code === code)?.measures.find((each) => each.key === key)?.value;
    expect(value(both, 'M08', 'findings')).toBe(
      Number(value(one, 'M08', 'findings')) + Number(value(other, 'M08', 'findings')),
    );
    // Delayed: one of the one open POA&M of S1, none of the one of S2.
    expect(value(both, 'M22')).toBe(50);
    expect(value(both, 'M34', 'oldest')).toBe(24);
    expect(value(both, 'M02', 'median')).toBeNull();
    expect(value(both, 'M02', 'p90')).toBeNull();
  });

  it('has the bars of the last day, whose sum is the whole', async () => {
    const exposure = await fetched('exposure');
    const bySeverity = exposure.tiles.find(
      ({ metric, tile }) => metric.code === 'M08' && tile.by === 'severity',
    );
    expect(bySeverity?.bars.reduce((sum, { value }) => sum + value, 0)).toBe(bySeverity?.measure.value);
    expect(bySeverity?.bars.map(({ of: word }) => word)).toEqual(['Critical', 'High', 'Medium', 'Low']);
  });

  it('of a boundary out of scope is refused as unknown', async () => {
    await expect(
      fetchDashboard(world.app, { actor: bob, scope: of('S1') }, { id: 'executive', system: 'S2' }),
    ).rejects.toMatchObject({ code: 'RECORD_UNKNOWN' });
    await expect(fetched('nothing')).rejects.toMatchObject({ code: 'DASHBOARD_UNKNOWN' });
  });

  it('is neither changed nor removed', async () => {
    const wish = { name: 'mine', tiles: [], isPublic: false, roles: [], columns: 3, refreshSeconds: 300 };
    await expect(keepDashboard(world.app, ann, wish, 'executive')).rejects.toMatchObject({
      remedy: 'A dashboard that ships cannot be changed: make one of your own.',
    });
    await expect(removeDashboard(world.app, localOperator('op'), 'executive')).rejects.toMatchObject({
      code: 'DASHBOARD_UNKNOWN',
    });
  });
});

describe('a dashboard of one’s own', () => {
  const tiles = [
    { metric: 'open-findings', measure: 'findings', by: null, chart: 'line' },
  ] as unknown as DashboardData['tiles'][number]['tile'][];
  const wish = { name: 'Mine', tiles, isPublic: false, roles: [] as Role[], columns: 3, refreshSeconds: 300 };
  const seenBy = async (actor: Actor): Promise<string[]> =>
    (await listDashboards(world.app, actor)).filter(({ isShipped }) => !isShipped).map(({ name }) => name);

  it('is seen by its owner, then by a role, then by everybody, each with the numbers of their own', async () => {
    const shipped = (await listDashboards(world.app, ann))[0]?.tiles[0];
    if (!shipped) throw new Error('a shipped dashboard has tiles');
    const { id } = await keepDashboard(world.app, ann, { ...wish, tiles: [shipped] });
    expect([await seenBy(ann), await seenBy(bob)]).toEqual([['Mine'], []]);
    await expect(fetched(id, everywhere, bob)).rejects.toMatchObject({ code: 'DASHBOARD_UNKNOWN' });
    await keepDashboard(world.app, ann, { ...wish, tiles: [shipped], roles: ['isso'] }, id);
    expect(await seenBy(bob)).toEqual(['Mine']);
    await keepDashboard(world.app, ann, { ...wish, tiles: [shipped], isPublic: true }, id);
    const [all, own] = [await fetched(id), await fetched(id, of('S2'), bob)];
    expect(own).toMatchObject({ isMine: false, owner: 'ann' });
    const metrics = await listMetrics(world.app, of('S2'), new Set([shipped.metric]));
    expect(own.tiles[0]?.measure.value).toBe(
      metrics[0]?.measures.find(({ key }) => key === own.tiles[0]?.measure.key)?.value,
    );
    expect(all.tiles[0]?.measure.key).toBe(own.tiles[0]?.measure.key);
    await expect(keepDashboard(world.app, bob, wish, id)).rejects.toMatchObject({
      code: 'DASHBOARD_UNKNOWN',
    });
    await expect(removeDashboard(world.app, bob, id)).rejects.toMatchObject({ code: 'DASHBOARD_UNKNOWN' });
    await removeDashboard(world.app, ann, id);
    expect(await seenBy(ann)).toEqual([]);
  });

  it('keeps into how many columns it is laid, how often it is asked again, and when it was made', async () => {
    const shipped = (await listDashboards(world.app, ann))[0]?.tiles[0];
    if (!shipped) throw new Error('a shipped dashboard has tiles');
    const made = await keepDashboard(world.app, ann, {
      ...wish,
      tiles: [shipped],
      columns: 2,
      refreshSeconds: 60,
    });
    expect(made).toMatchObject({ columns: 2, refreshSeconds: 60, createdAt: world.app.now() });
    const changed = await keepDashboard(world.app, ann, { ...wish, tiles: [shipped], columns: 4 }, made.id);
    expect(changed).toMatchObject({ columns: 4, refreshSeconds: 300, createdAt: made.createdAt });
    await removeDashboard(world.app, ann, made.id);
  });

  it('of an account of the host application is of the person who has that account here', async () => {
    const { rows } = await world.database.pool.query<{ id: number }>(
      `insert into users (username, email) values ('ann', 'ann@x.example') returning id`,
    );
    await world.database.pool.query(`update principals set user_id = $1 where id = $2`, [
      rows[0]?.id,
      ann.principalId,
    ]);
    await world.database.pool.query(
      `insert into dashboards (dashboard_name, dashboard_type, owner_id) values ('Old', 'own', $1)`,
      [rows[0]?.id],
    );
    expect([await seenBy(ann), await seenBy(bob)]).toEqual([['Old'], []]);
    expect((await listDashboards(world.app, ann)).at(-1)).toMatchObject({ isMine: true, columns: 3 });
  });

  it('with a tile of no metric, or by what a metric is not broken down by, is refused and named', async () => {
    const bad = [
      { ...tiles[0], metric: 'nonsense' },
      { metric: 'open-findings', measure: 'findings', by: 'band' },
    ] as unknown as typeof tiles;
    const known = (await listMetrics(world.app, everywhere)).find(({ code }) => code === 'M08')?.name ?? '';
    const named = bad.map((tile, n) => (n === 1 ? { ...tile, metric: known } : tile));
    await expect(keepDashboard(world.app, ann, { ...wish, tiles: named })).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
      fields: [
        { field: '/tiles/0', message: 'There is no metric "nonsense".' },
        { field: '/tiles/1', message: expect.stringContaining('is not broken down by band') as string },
      ],
    });
  });
});

describe('on the command line', () => {
  it('dashboards are listed, shown and exported, with the numbers of the console', async () => {
    const listed = await commandOver(world.app, ['dashboards']);
    expect(listed).toMatchObject({
      code: 0,
      json: { items: expect.arrayContaining([expect.objectContaining({ id: 'executive' })]) as unknown },
    });
    const told = await commandText(world.app, ['dashboards', 'show', 'poams', '--system', 'S1']);
    expect(told.out).toMatch(/M22 +.*100 ?%/);
    const { json } = await commandOver(world.app, ['dashboards', 'show', 'poams', '--system', 'S1']);
    expect(tileOf(json as DashboardData, 'M22')?.measure.value).toBe(100);
    const csv = await commandText(world.app, ['dashboards', 'export', 'poams']);
    const rows = dashboardRows(await fetched('poams', everywhere, localOperator('x')));
    expect(csv.out.trimEnd().split(/\r?\n/)).toHaveLength(rows.length + 1);
    expect((await commandText(world.app, ['dashboards', 'show', 'nothing'])).err).toMatch(
      /DASHBOARD_UNKNOWN/,
    );
  });

  it('numbers that leave the agency as CSV or on paper are accounted for first, and what stays is only in the security log', async () => {
    const leaving = ['--recipient', 'GAO', '--purpose', 'review'];
    const whole = [...leaving, '--authority', '5 U.S.C. 552a(b)(10)'];
    const exports: readonly (readonly string[])[] = [
      ['metrics', 'list', '--csv'],
      ['metrics', 'values', 'M08', '--by', 'severity', '--csv'],
      ['dashboards', 'export', 'poams'],
    ];
    for (const words of exports) {
      const lacking = await commandText(world.app, [...words, ...leaving]);
      expect([words, lacking.code, lacking.out]).toEqual([words, 2, '']);
      expect(lacking.err).toContain('authority');
      const stays = await commandText(world.app, words);
      const leaves = await commandText(world.app, [...words, ...whole]);
      expect([words, leaves.code, leaves.out]).toEqual([words, 0, stays.out]);
      expect(stays.out.split('\n').length).toBeGreaterThan(2);
    }
    expect((await listDisclosures(world.app.db, { limit: 10 })).map(({ what }) => what).toReversed()).toEqual(
      ['list of metrics', 'list of metrics values, M08', 'dashboard poams'],
    );
    const { rows } = await world.database.pool.query<{ n: number }>(
      `select count(*)::int as n from security_events_extended where event_type = 'export' and object_id = 'dashboards export'`,
    );
    // Those that were made in this file, and not the one that was refused.
    expect(rows[0]?.n).toBe(3);
  });

  it('a metric is listed, shown, followed over time and to its records', async () => {
    expect((await commandText(world.app, ['metrics', 'list'])).out).toMatch(/M08 .*\b7\b/);
    expect((await commandText(world.app, ['metrics', 'show', 'M22'])).out).toMatch(/delayed \/ open/);
    const values = await commandOver(world.app, ['metrics', 'values', 'M08', '--by', 'severity']);
    expect(values).toMatchObject({ code: 0, json: { series: expect.any(Array) as unknown } });
    const records = await commandOver(world.app, ['metrics', 'records', 'M22', '--system', 'S1']);
    expect(JSON.stringify(records.json)).toContain('P-1');
    const unknown = await commandText(world.app, ['metrics', 'show', 'M99']);
    expect([unknown.code, unknown.err]).toEqual([
      expect.any(Number),
      expect.stringMatching(/METRIC_UNKNOWN/),
    ]);
  });

  it('metrics are taken, and a target is set, met or missed, and taken away', async () => {
    const taken = await commandOver(world.app, ['metrics', 'take', 'M22']);
    expect(taken).toMatchObject({ code: 0, json: { metrics: [{ code: 'M22', lacks: [] }] } });
    await commandText(world.app, ['metrics', 'target', 'M22', 'at_most', '60', '--reason', 'we said so']);
    const isMet = async () => tileOf(await fetched('poams'), 'M22')?.measure.isMet;
    expect(await isMet()).toBe(true);
    await commandText(world.app, ['metrics', 'target', 'M22', 'at_most', '10', '--reason', 'stricter']);
    expect(await isMet()).toBe(false);
    expect((await commandText(world.app, ['dashboards', 'show', 'poams'])).out).toMatch(/MISSED/);
  });

  it('who reads the definitions of metrics in the database sees the target that holds, the shipped one again when ours is taken away', async () => {
    const held = async () =>
      (
        await world.database.pool.query<{ target: number }>(
          `select target_value::float8 as target from metrics_definitions where code = 'M10'`,
        )
      ).rows[0]?.target;
    expect(await held()).toBe(20);
    await commandText(world.app, ['metrics', 'target', 'M10', 'below', '7', '--reason', 'stricter']);
    expect(await held()).toBe(7);
    await commandText(world.app, ['metrics', 'target', 'M10', 'none', '--reason', 'as it ships']);
    expect(await held()).toBe(20);
  });
});

describe('a metric that PostgreSQL refuses', () => {
  it('is said with the take, and costs the others nothing', async () => {
    await world.database.pool.query('alter table deviation_checkins rename to away');
    try {
      const { metrics } = await takeMetrics(world.app);
      const failed = metrics.filter(({ problem }) => problem !== undefined);
      expect(failed.map(({ code }) => code)).toEqual(['M27']);
      expect(failed[0]?.problem).toMatch(/deviation_checkins/);
      expect(metrics.find(({ code }) => code === 'M28')?.values).toBeGreaterThan(0);
      const [listed] = await listMetrics(world.app, everywhere, new Set([failed[0]?.name ?? '']));
      expect([listed?.measures[0]?.value, listed?.problem]).toEqual([
        null,
        expect.stringMatching(/checkins/),
      ]);
    } finally {
      await world.database.pool.query('alter table away rename to deviation_checkins');
    }
  });
});
