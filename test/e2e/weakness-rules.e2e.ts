/** Weakness rules through the whole product: what a change of a rule makes of POA&Ms on both sides. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { commandOver, commandText } from '../support/command-over.ts';
import { startTwoSystems, type TwoSystems } from '../support/two-systems.ts';

let world: TwoSystems;
beforeAll(async () => {
  world = await startTwoSystems([], { tenable: ['--machines', '12'] });
});
afterAll(async () => {
  await world.stop();
});
const tieline = (...args: string[]) => commandText(world.app, args);
const json = async (...args: string[]): Promise<unknown> => (await commandOver(world.app, args)).json;
const there = async (): Promise<
  { id: string; source: string; system_id: string; weakness_description: string }[]
> =>
  (
    await world.control<{
      poams: { id: string; source: string; system_id: string; weakness_description: string }[];
    }>('xacta', 'GET', '/state')
  ).poams;
const boundaryWithMost = async (): Promise<string> =>
  String(
    (await world.rows(`select system_id from weaknesses group by 1 order by count(*) desc, 1 limit 1`))[0]?.[
      'system_id'
    ],
  );

/** Open findings of a boundary at or above a rank, on living machines. */
const openFindings = (boundary: string, rank: number) =>
  world.rows(
    `select f.id from ingestion_vulnerabilities f join ingestion_assets a on a.asset_uuid = f.asset_ref
      where a.system_id = $1 and f.severity_rank >= $2 and f.lifecycle_state in ('open', 'reopened') and f.severity_modification is distinct from 'accepted'
        and a.deleted_at is null and a.terminated_at is null order by 1`,
    boundary,
    rank,
  );
const findingsUnder = (boundary: string) =>
  world.rows(
    `select k.finding_id as id from weakness_findings k join weaknesses w on w.id = k.weakness_id join ingestion_vulnerabilities f on f.id = k.finding_id
      where w.system_id = $1 and w.poam_id is not null and f.lifecycle_state in ('open', 'reopened') and f.severity_modification is distinct from 'accepted' order by 1`,
    boundary,
  );

describe('weakness rules', () => {
  beforeEach(async () => {
    await world.beginAgain();
    await world.rows(`delete from weakness_rules where version > 1 or system_id is not null`);
    await world.sync();
  });

  it('by the rule that ships every severe open finding lies under one weakness, and its POA&M says by which version it was made', async () => {
    const boundary = await boundaryWithMost();
    expect(await findingsUnder(boundary)).toEqual(await openFindings(boundary, 3));
    const [made] = await world.rows(`select poam_id from poam_rules order by 1 limit 1`);
    expect(await json('poams', 'show', String(made?.['poam_id']))).toMatchObject({
      madeUnder: { systemId: null, version: 1 },
    });
    const shown = await tieline('poams', 'show', String(made?.['poam_id']));
    expect(shown.out).toContain('Made by version 1 of the weakness rule of all boundaries');
    // And it converges.
    await world.sync();
    expect(
      await world.rows(
        `select count(*)::int as n from sync_outbox where state in ('waiting', 'pending', 'failed')`,
      ),
    ).toEqual([{ n: 0 }]);
  });

  it('a lower floor is shown first, then makes POA&Ms for what it adds, in the words of its templates', async () => {
    const boundary = await boundaryWithMost();
    const before = await there();
    const change = [
      'rules',
      'set',
      boundary,
      '--floor',
      'Medium',
      '--description',
      '{title} on {assets} of {boundary}',
      '--plan',
      'Fix {plugin} by {due}',
      '--milestone',
      '50:Patch {machines}',
      '--milestone',
      '100:Scan again',
      '--reason',
      'Moderate too',
    ];
    const preview = await json(...change);
    expect(preview).toMatchObject({ systemId: boundary, boundaries: 1 });
    expect(await json('rules', 'list')).toMatchObject({ inherited: { version: 1 } });
    expect(
      (await world.rows(`select count(*)::int as n from weakness_rules where system_id is not null`))[0],
    ).toEqual({ n: 0 });

    expect((await tieline(...change, '--yes')).code).toBe(0);
    await world.sync();
    expect(await findingsUnder(boundary)).toEqual(await openFindings(boundary, 2));
    const known = new Set(before.map(({ id }) => id));
    const fresh = (await there()).filter(({ id }) => !known.has(id));
    expect(fresh.length).toBeGreaterThan(0);
    expect(fresh[0]?.weakness_description).toMatch(new RegExp(`on \\d+ of ${boundary}$`));
    const [milestones] = await world.rows(
      `select array_agg(milestone_description order by m.id) as said from ingestion_poam_milestones m join poam_rules r on r.poam_id = m.poam_id join weakness_rules w on w.id = r.rule_id where w.system_id is not null group by m.poam_id limit 1`,
    );
    expect(milestones?.['said']).toEqual([expect.stringMatching(/^Patch ./), 'Scan again']);
    const texts = (await tieline('rules', 'list')).out;
    expect(texts).toMatch(new RegExp(`${boundary} +version 1 +plugin +Medium or worse`));
    // And it converges.
    await world.sync();
    expect(
      await world.rows(
        `select count(*)::int as n from sync_outbox where state in ('waiting', 'pending', 'failed')`,
      ),
    ).toEqual([{ n: 0 }]);
  });

  it('what is excluded makes no POA&M until its day, and is counted and listed with it', async () => {
    const [one] = await world.rows(
      `select w.system_id as boundary, w.identifier as plugin from weaknesses w where w.poam_id is not null order by w.id limit 1`,
    );
    const { boundary, plugin } = one as { boundary: string; plugin: string };
    await world.beginAgain();
    const excluded = await tieline(
      'rules',
      'exclude',
      '--plugin',
      plugin,
      '--until',
      '2036-12-31',
      '--reason',
      'x',
    );
    expect(excluded.err).toContain('more than 3 years away');
    const until = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10);
    expect(
      (await tieline('rules', 'exclude', '--plugin', plugin, '--until', until, '--reason', 'replaced soon'))
        .code,
    ).toBe(0);
    await world.sync();
    expect(await world.rows(`select 1 from weaknesses where identifier = $1`, plugin)).toEqual([]);
    const list = (await tieline('rules', 'exclusions')).out;
    expect(list).toMatch(new RegExp(`plugin ${plugin} +${until} +[1-9]\\d* .*replaced soon`));
    const [{ id }] = (await json('rules', 'exclusions')) as [{ id: number }];
    expect((await tieline('rules', 'exclusions', String(id))).out).toContain(plugin);
    await tieline('rules', 'unexclude', String(id), '--reason', 'it stays after all');
    await world.sync();
    expect(
      await world.rows(
        `select poam_id is not null as has_poam from weaknesses where identifier = $1 and system_id = $2`,
        plugin,
        boundary,
      ),
    ).toEqual([{ has_poam: true }]);
  });
});
