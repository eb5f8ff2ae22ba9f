/** Weakness rules through the whole product: what a change of a rule makes of POA&Ms on both sides. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { commandOver, commandText } from '../support/command-over.ts';
import { startTwoSystems, type TwoSystems } from '../support/two-systems.ts';
import {
  boundaryWithMostWeaknesses,
  type Named,
  findingsUnder,
  openFindings,
  poamsThere,
} from '../support/weakness-findings.ts';

let world: TwoSystems;
beforeAll(async () => {
  world = await startTwoSystems([], { tenable: ['--machines', '12'] });
});
afterAll(async () => {
  await world.stop();
});
const tieline = (...args: string[]) => commandText(world.app, args);
const json = async (...args: string[]): Promise<unknown> => (await commandOver(world.app, args)).json;
const there = () => poamsThere(world);
const boundaryWithMost = () => boundaryWithMostWeaknesses(world);

describe('weakness rules', () => {
  beforeEach(async () => {
    await world.beginAgain();
    await world.rows(`delete from weakness_rules where version > 1 or system_id is not null`);
    await world.sync();
  });

  it('by the rule that ships every severe open finding lies under one weakness, and its POA&M says by which version it was made', async () => {
    const boundary = await boundaryWithMost();
    expect(await findingsUnder(world, boundary)).toEqual(await openFindings(world, boundary, 3));
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
    expect(preview).toMatchObject({ systemId: boundary, boundaries: [boundary] });
    const { made } = (preview as { outcomes: { made: number } }).outcomes;
    expect(await json('rules', 'list')).toMatchObject({ inherited: { version: 1 } });
    expect(
      (await world.rows(`select count(*)::int as n from weakness_rules where system_id is not null`))[0],
    ).toEqual({ n: 0 });

    expect((await tieline(...change, '--yes')).code).toBe(0);
    await world.sync();
    expect(await findingsUnder(world, boundary)).toEqual(await openFindings(world, boundary, 2));
    const known = new Set(before.map(({ id }) => id));
    const fresh = (await there()).filter(({ id }) => !known.has(id));
    expect(fresh.length).toBeGreaterThan(0);
    expect(fresh.length).toBe(made);
    expect(fresh[0]?.weakness_description).toMatch(new RegExp(`on \\d+ of ${boundary}$`));
    const [milestones] = await world.rows(
      `select array_agg(milestone_description order by m.id) as said from ingestion_poam_milestones m join poam_rules r on r.poam_id = m.poam_id join weakness_rules w on w.id = r.rule_id where w.system_id is not null group by m.poam_id limit 1`,
    );
    expect(milestones?.['said']).toEqual([expect.stringMatching(/^Patch (?![0-9a-f]{8}-)\S/), 'Scan again']);
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
      `select w.system_id as boundary, w.identifier as plugin from weaknesses w where w.poam_id is not null order by w.identifier limit 1`,
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

  it('a coarser rule merges POA&Ms and a finer one splits them; ids continue, the reason stands on both sides, and both converge', async () => {
    const boundary = await boundaryWithMost();
    const live = () =>
      world.rows(
        `select p.poam_id, count(f.id)::int as n from ingestion_poams p join weaknesses w on w.poam_id = p.id
           left join weakness_findings k on k.weakness_id = w.id left join ingestion_vulnerabilities f on f.id = k.finding_id and f.lifecycle_state in ('open', 'reopened')
          where p.system_id = $1 and p.status <> 'Cancelled' group by 1 order by 1`,
        boundary,
      );
    const queued = () =>
      world.rows(
        `select entity_type, entity_id, state from sync_outbox where state in ('waiting', 'pending', 'failed')`,
      );
    // Plugins of one remedy, so that there is something to merge: of POA&Ms that were made here, since others never merge.
    const [one, other] = await world.rows(
      `select w.identifier as plugin, p.poam_id from weaknesses w join ingestion_poams p on p.id = w.poam_id join poam_rules r on r.poam_id = p.poam_id where w.system_id = $1 order by 2 limit 2`,
      boundary,
    );
    await world.rows(`update scan_plugins set solution = 'Replace the gateway.' where plugin_id = any($1)`, [
      one?.['plugin'],
      other?.['plugin'],
    ]);
    const before = await live();
    const atFirst = await there();
    const set = (grouping: string) =>
      tieline('rules', 'set', boundary, '--grouping', grouping, '--reason', 'one ticket a patch', '--yes');

    const shown = (await json('rules', 'preview', boundary, '--grouping', 'solution')) as {
      outcomes: Record<string, number>;
      poams: { poamId: string; outcome: string; other: string | null }[];
    };
    expect(await live()).toEqual(before);
    expect((await set('solution')).err).toBe('');
    await world.sync();
    const merged = await world.rows(
      `select poam_id, merged_into from poam_rules where merged_into is not null`,
    );
    expect(merged.length).toBeGreaterThan(0);
    // What was shown first is what was done.
    const did = merged.map((each) => `${String(each['poam_id'])} ${String(each['merged_into'])}`).toSorted();
    expect(
      shown.poams
        .filter(({ outcome }) => outcome === 'merged')
        .map(({ poamId, other }) => `${poamId} ${other ?? ''}`)
        .toSorted(),
    ).toEqual(did);
    const [gone] = merged.filter((each) => [one?.['poam_id'], other?.['poam_id']].includes(each['poam_id']));
    expect(gone).toBeDefined();
    const row = (
      await world.rows(`select status, comments from ingestion_poams where poam_id = $1`, gone?.['poam_id'])
    )[0];
    expect(row).toMatchObject({
      status: 'Cancelled',
      comments: expect.stringContaining(`merged into ${String(gone?.['merged_into'])}`),
    });
    // In the GRC system too, with the reason, and nothing was completed.
    const remote = (
      await world.control<{ poams: { id: string; status: string; comments: string | null }[] }>(
        'xacta',
        'GET',
        '/state',
      )
    ).poams;
    const link = (
      await world.rows(
        `select external_id from sync_links where entity_type = 'poam' and entity_id = $1`,
        gone?.['poam_id'],
      )
    )[0];
    expect(remote.find(({ id }) => id === link?.['external_id'])).toMatchObject({
      comments: expect.stringContaining('merged into'),
    });
    const completed = (poams: readonly { id: string; status: string }[]) =>
      poams.filter(({ status }) => /complet/i.test(status)).map(({ id }) => id);
    expect(completed(remote)).toEqual(completed(atFirst));
    // Nothing is lost, and those that continue kept their ids.
    expect(await findingsUnder(world, boundary)).toEqual(await openFindings(world, boundary, 3));
    const ids = (await live()).map((each) => each['poam_id']);
    expect(ids).toEqual(
      before.map((each) => each['poam_id']).filter((id) => !merged.some((each) => each['poam_id'] === id)),
    );
    await world.sync();
    expect(await queued()).toEqual([]);
    const history = (await tieline('poams', 'history', String(gone?.['merged_into']))).out;
    expect(history).toContain(`it answers what ${String(gone?.['poam_id'])} answered`);

    expect((await set('plugin')).err).toBe('');
    await world.sync();
    const split = await world.rows(`select poam_id, split_from from poam_rules where split_from is not null`);
    expect(split.length).toBe(merged.length);
    expect(await findingsUnder(world, boundary)).toEqual(await openFindings(world, boundary, 3));
    expect((await live()).length).toBe(before.length);
    await world.sync();
    expect(await queued()).toEqual([]);
    expect(
      await world.rows(
        `select 1 from sync_conflicts where resolution_status = 'pending' and conflict_type in ('duplicate', 'contradiction')`,
      ),
    ).toEqual([]);
  });

  it('other templates are shown text by text, reach both sides, and stand back where a person or the GRC system edited; done once, nothing is left to do', async () => {
    const boundary = await boundaryWithMost();
    const three = await world.rows(
      `select p.poam_id, l.external_id as there, p.weakness_description as said from weaknesses w join ingestion_poams p on p.id = w.poam_id
         join sync_links l on l.entity_type = 'poam' and l.entity_id = p.poam_id and l.retired_at is null
         join poam_rules r on r.poam_id = p.poam_id
        where w.system_id = $1 order by 1 limit 3`,
      boundary,
    );
    const [plain, byPerson, byGrc] = three.map((each) => ({
      poam: String(each['poam_id']),
      there: String(each['there']),
      said: String(each['said']),
    })) as [Named, Named, Named];
    await tieline(
      'poams',
      'edit',
      byPerson.poam,
      '--set',
      'weakness_description=In the words of the ISSO',
      '--reason',
      'clearer',
    );
    await world.control('xacta', 'POST', '/edit', {
      entity: 'poam',
      id: byGrc.there,
      fields: { weakness_description: 'In the words of the SCA' },
    });
    await world.sync();
    const change = ['--description', '{title} in {boundary}', '--plan', 'Fix {plugin} by {due}'];
    const milestones = ['25:Agree the window', '60:Patch {machines}', '100:Scan again'];
    const flags = [...change, ...milestones.flatMap((each) => ['--milestone', each])];
    const preview = (await json('rules', 'preview', boundary, ...flags)) as {
      poams: {
        poamId: string;
        outcome: string;
        texts: { field: string; before: string; after: string }[];
        kept: { field: string; why: string }[];
      }[];
    };
    const of = (poam: string) => preview.poams.find(({ poamId }) => poamId === poam);
    expect(of(plain.poam)).toMatchObject({ outcome: 'reworded', kept: [] });
    expect(of(plain.poam)?.texts.find(({ field }) => field === 'weakness_description')).toEqual({
      field: 'weakness_description',
      before: plain.said,
      after: expect.stringMatching(new RegExp(` in ${boundary}$`)),
    });
    expect(
      of(plain.poam)
        ?.texts.map(({ field }) => field)
        .toSorted(),
    ).toEqual(['milestones', 'milestones', 'milestones', 'remediation_plan', 'weakness_description']);
    for (const { poam } of [byPerson, byGrc]) {
      expect(of(poam)?.kept).toEqual([{ field: 'weakness_description', why: 'edited' }]);
      expect(of(poam)?.texts.some(({ field }) => field === 'remediation_plan')).toBe(true);
    }
    const shown = (await tieline('rules', 'preview', boundary, ...flags)).out;
    expect(shown).toContain('description stays: somebody edited it');
    // Nothing was kept of the preview.
    expect(
      await world.rows(
        `select weakness_description as said from ingestion_poams where poam_id = $1`,
        plain.poam,
      ),
    ).toEqual([{ said: plain.said }]);

    const dates = () =>
      world.rows(
        `select m.id, m.scheduled_completion::text as due from ingestion_poam_milestones m join ingestion_poams p on p.poam_id = m.poam_id where p.system_id = $1 order by m.id`,
        boundary,
      );
    const due = await dates();
    await tieline('rules', 'set', boundary, ...flags, '--reason', 'our words', '--yes');
    await world.sync();
    const remote = new Map((await there()).map((each) => [each.id, each.weakness_description]));
    expect(remote.get(plain.there)).toMatch(new RegExp(` in ${boundary}$`));
    expect(remote.get(byPerson.there)).toBe('In the words of the ISSO');
    expect(remote.get(byGrc.there)).toBe('In the words of the SCA');
    const said = await world.rows(
      `select milestone_description as text from ingestion_poam_milestones where poam_id = $1 order by id`,
      plain.poam,
    );
    expect(said.map(({ text }) => text)).toEqual([
      'Agree the window',
      expect.stringMatching(/^Patch (?![0-9a-f]{8}-)\S/),
      'Scan again',
    ]);
    // What was promised stays promised.
    expect(await dates()).toEqual(due);
    expect(await json('poams', 'show', byPerson.poam)).toMatchObject({
      madeUnder: { reworded: { version: 1, kept: [{ field: 'weakness_description', why: 'edited' }] } },
    });
    expect((await tieline('poams', 'history', plain.poam)).out).toContain('of the weakness rule says it so');
    await world.sync();
    expect(
      await world.rows(
        `select entity_type, entity_id, state from sync_outbox where state in ('waiting', 'pending', 'failed')`,
      ),
    ).toEqual([]);
    // The next version finds its own words again.
    await tieline('rules', 'set', boundary, '--description', '{title}', '--reason', 'shorter', '--yes');
    await world.sync();
    expect(
      new Map((await there()).map((each) => [each.id, each.weakness_description])).get(plain.there),
    ).not.toMatch(new RegExp(` in ${boundary}$`));
  });

  it('a completion that findings below the floor contradict is answered by a new POA&M, which stays while they are open', async () => {
    const [one] = await world.rows(
      `select w.system_id as boundary, w.id, p.poam_id, l.external_id as there from weaknesses w join ingestion_poams p on p.id = w.poam_id
         join sync_links l on l.entity_type = 'poam' and l.entity_id = p.poam_id and l.retired_at is null
        where w.severity = 'High' and p.ingestion_source = 'tieline' order by w.id limit 1`,
    );
    await world.control('xacta', 'POST', '/edit', {
      entity: 'poam',
      id: one?.['there'],
      fields: { status: 'completed', completion_date: new Date().toISOString().slice(0, 10) },
    });
    // The scanner rates it milder meanwhile.
    await world.rows(
      `update ingestion_vulnerabilities set severity = 'Low', severity_rank = 1 where id in (select finding_id from weakness_findings where weakness_id = $1)`,
      one?.['id'],
    );
    await world.sync();
    const [conflict] = await world.rows(
      `select id, internal_value #>> '{weaknesses,0}' as said from sync_conflicts where conflict_type = 'contradiction' and entity_id = $1 and resolution_status = 'pending'`,
      one?.['poam_id'],
    );
    expect(conflict?.['said']).toContain('which its rule no longer names');
    const answered = await tieline('conflicts', 'resolve', String(conflict?.['id']), '--keep', 'new');
    expect(answered.err).toBe('');
    await world.sync();
    const fresh = await world.rows(
      `select p.poam_id, l.external_id as there from weaknesses w join ingestion_poams p on p.id = w.poam_id
         join sync_links l on l.entity_type = 'poam' and l.entity_id = p.poam_id where w.id = $1 and p.status = 'Open'`,
      one?.['id'],
    );
    expect(fresh).toHaveLength(1);
    expect(fresh[0]?.['poam_id']).not.toBe(one?.['poam_id']);
    expect((await there()).find(({ id }) => id === fresh[0]?.['there'])).toBeDefined();
    // Nothing is asked twice, and the next run leaves it alone.
    await world.sync();
    expect(
      await world.rows(
        `select 1 from sync_conflicts where resolution_status = 'pending' and conflict_type in ('duplicate', 'contradiction')`,
      ),
    ).toEqual([]);
    expect(
      await world.rows(`select status from ingestion_poams where poam_id = $1`, fresh[0]?.['poam_id']),
    ).toEqual([{ status: 'Open' }]);
    expect(
      await world.rows(
        `select entity_type, entity_id from sync_outbox where state in ('waiting', 'pending', 'failed')`,
      ),
    ).toEqual([]);
  });

  it('what a narrower rule names no more is cancelled with the reason, and what is fixed is left to its evidence', async () => {
    const boundary = await boundaryWithMost();
    const before = await world.rows(
      `select p.poam_id, w.severity from ingestion_poams p join weaknesses w on w.poam_id = p.id where w.system_id = $1`,
      boundary,
    );
    const high = before.filter((each) => each['severity'] === 'High').map((each) => String(each['poam_id']));
    expect(high.length).toBeGreaterThan(0);
    await tieline('rules', 'set', boundary, '--floor', 'Critical', '--reason', 'fewer', '--yes');
    await world.sync();
    const ended = await world.rows(
      `select m.poam_id, p.status from poam_rules m join ingestion_poams p on p.poam_id = m.poam_id where m.ended_at is not null and m.merged_into is null order by 1`,
    );
    expect(ended).toEqual(
      high.toSorted((a, b) => (a < b ? -1 : 1)).map((poam_id) => ({ poam_id, status: 'Cancelled' })),
    );
    await world.sync();
    expect(
      await world.rows(
        `select 1 from sync_conflicts where resolution_status = 'pending' and conflict_type in ('duplicate', 'contradiction')`,
      ),
    ).toEqual([]);
    // Back again: a new POA&M each, since the old one was ended.
    await tieline('rules', 'set', boundary, '--floor', 'High', '--reason', 'as before', '--yes');
    await world.sync();
    expect(await findingsUnder(world, boundary)).toEqual(await openFindings(world, boundary, 3));
  });
});
