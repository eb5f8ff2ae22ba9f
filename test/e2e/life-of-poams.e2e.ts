/** What people make of POA&Ms, over both simulators: explained, completed, opened again, extended; and how those of a boundary live. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { localOperator, everywhere } from '../../src/canonical/access/actor.ts';
import { decideRequest } from '../../src/modules/requests/index.ts';
import { commandOver, commandText } from '../support/command-over.ts';
import { startTwoSystems, type TwoSystems } from '../support/two-systems.ts';

let world: TwoSystems;
let poam = '';
let remote = '';

const command = (...args: string[]) => commandOver(world.app, args);
const rows = (query: string, ...values: unknown[]) => world.rows(query, ...values);
const inDays = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
const remoteNow = async (): Promise<Record<string, unknown>> => {
  const { poams } = await world.control<{ poams: Record<string, unknown>[] }>('xacta', 'GET', '/state');
  return poams.find((each) => each['id'] === remote) ?? {};
};
const present = async () =>
  (
    await rows(
      `select status, left(scheduled_completion::text, 10) as due, comments from ingestion_poams where poam_id = $1`,
      poam,
    )
  )[0];
/** Every finding under it is fixed, as a scan with credentials shows. */
const fixAll = async (): Promise<void> => {
  await rows(
    `update ingestion_vulnerabilities v set lifecycle_state = 'fixed', state = 'Fixed', last_fixed = now() at time zone 'UTC'
      from ingestion_poams p where p.poam_id = $1 and v.poam_id = p.id`,
    poam,
  );
  await rows(
    `insert into finding_state_changes (vulnerability_id, state, occurred_at, external_system_id)
     select v.id, 'fixed', v.last_fixed, v.external_system_id from ingestion_vulnerabilities v join ingestion_poams p on p.id = v.poam_id
      where p.poam_id = $1 and v.last_fixed is not null on conflict do nothing`,
    poam,
  );
};

beforeAll(async () => {
  world = await startTwoSystems([], { tenable: ['--machines', '12'] });
  await world.sync();
  // One that Tieline made, with a day in the future.
  const [made] = await rows(
    `select poam_id, xacta_poam_id, left(scheduled_completion::text, 10) as due from ingestion_poams
      where ingestion_source = 'tieline' and xacta_poam_id is not null order by scheduled_completion desc, poam_id limit 1`,
  );
  poam = String(made?.['poam_id']);
  remote = String(made?.['xacta_poam_id']);
});
afterAll(async () => {
  await world.stop();
});

// One story in order: each step begins where the one before ended.
describe('the life of a POA&M, by people', () => {
  it('is explained: by which rule it was made, why it is due then, which findings are under it, what may become of it', async () => {
    const { code, json } = await command('poams', 'explain', poam);
    expect(code).toBe(0);
    expect(json).toMatchObject({
      poamId: poam,
      state: 'open',
      made: { rule: { boundary: null, version: 1 } },
      isVerified: false,
      questions: [],
    });
    const { findings, due, moves } = json as {
      findings: { state: string }[];
      due: { weaknesses: { reason: string }[] };
      moves: { event: string; lacks: { field: string }[] }[];
    };
    expect(findings.length).toBeGreaterThan(0);
    expect(due.weaknesses[0]?.reason).toContain('within');
    const complete = moves.find(({ event }) => event === 'completed');
    expect(complete?.lacks.map(({ field }) => field)).toEqual(['findings', 'milestones']);
    expect((await commandText(world.app, ['poams', 'explain', poam])).out).toContain(
      'It may become Completed once:',
    );
  });

  it('is not completed while a finding under it is open, and each thing that it lacks is said with its remedy', async () => {
    const { code, err } = await command('poams', 'complete', poam);
    expect(code).toBe(2);
    expect(err).toContain('EDIT_REFUSED');
    expect(err).toMatch(/\d+ open under it/);
    expect(err).toContain('say why: --reason');
    expect(err).toContain('tieline poams milestone done');
    expect(await present()).toMatchObject({ status: 'Open' });
  });

  it('is neither completed nor extended by an edit: the command line names the field and what to do', async () => {
    const edits = [
      ['status=Completed', `tieline poams complete ${poam}`],
      [`scheduled_completion=${inDays(400)}`, 'ask for an extension'],
    ] as const;
    for (const [set, remedy] of edits) {
      const edit = ['--set', set, '--reason', 'as agreed'];
      const one = await commandText(world.app, ['poams', 'edit', poam, ...edit]);
      expect(one).toMatchObject({ code: 2, err: expect.stringContaining(remedy) as string });
      const many = await commandText(world.app, ['poams', 'edit', '--filter', `q=${poam}`, ...edit]);
      expect(many.out).toContain(remedy);
      expect(many.out).toContain('0 would change, 1 refused');
    }
    expect(await present()).toMatchObject({ status: 'Open' });
  });

  it('is extended once others have agreed, with the first day kept, and the remote has it', async () => {
    const before = (await present())?.['due'];
    const to = inDays(400);
    expect((await command('poams', 'extend', poam, '--to', to)).err).toContain('say why');
    const { json } = await command(
      'poams',
      'extend',
      poam,
      '--to',
      to,
      '--reason',
      'the vendor is late',
      '--by',
      'isso',
    );
    expect(json).toMatchObject({ outcome: 'asked' });
    expect(await present()).toMatchObject({ due: before });
    const { approvalId } = json as { approvalId: string };
    for (const name of ['second isso', 'ao']) {
      const actor = { ...localOperator(name), name };
      await decideRequest(world.app, actor, everywhere, { id: approvalId, approved: true, reason: 'agreed' });
    }
    expect(await present()).toMatchObject({ due: to });
    expect(
      await rows('select original_completion::text as day from poam_lives where poam_id = $1', poam),
    ).toEqual([{ day: before }]);
    await world.sync();
    expect(await remoteNow()).toMatchObject({ scheduled_completion: to });
  });

  it('takes no milestone beyond its day', async () => {
    const { err } = await command('poams', 'milestone', 'add', poam, 'One more step', '--due', inDays(500));
    expect(err).toContain('tieline poams extend');
  });

  it('asks the remote by a milestone beyond its day, once that has approved it', async () => {
    await world.control('xacta', 'POST', '/edit', {
      entity: 'poam',
      id: remote,
      fields: { review_status: 'approved' },
    });
    await world.sync();
    const { json } = await command(
      'poams',
      'extend',
      poam,
      '--to',
      inDays(430),
      '--reason',
      'later still',
      '--by',
      'isso',
    );
    const { approvalId } = json as { approvalId: string };
    for (const name of ['second isso', 'ao'])
      await decideRequest(world.app, { ...localOperator(name), name }, everywhere, {
        id: approvalId,
        approved: true,
        reason: 'agreed',
      });
    expect(await present()).toMatchObject({ due: inDays(400) });
    await world.sync();
    const { milestones } = (await remoteNow()) as {
      milestones: { description: string; target_date: string }[];
    };
    expect(milestones.filter(({ target_date: day }) => day === inDays(430))).toMatchObject([
      { description: `Extension to ${inDays(430)}: later still` },
    ]);
    await world.control('xacta', 'POST', '/edit', {
      entity: 'poam',
      id: remote,
      fields: { review_status: 'not_approved' },
    });
  });

  it('is completed by the word of a person once each finding is fixed with evidence, here and at the remote', async () => {
    await world.sync();
    await fixAll();
    await rows(`update ingestion_assets set last_seen = now()`);
    await rows(
      `update asset_sources set record = record || jsonb_build_object('last_authenticated_at', to_char(now() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'))`,
    );
    const explained = (await command('poams', 'explain', poam)).json as {
      isVerified: boolean;
      moves: { lacks: object[] }[];
    };
    expect(explained.isVerified).toBe(true);
    const { json } = await command('poams', 'complete', poam, '--reason', 'checked the scan', '--by', 'isso');
    expect(json).toMatchObject({ outcome: 'done', status: 'Completed' });
    const { comments } = (await present()) as { comments: string };
    expect(comments).toMatch(/Completed by isso on .*: checked the scan\nClosed by isso on evidence on /);
    expect(
      await rows(`select distinct status from ingestion_poam_milestones where poam_id = $1`, poam),
    ).toEqual([{ status: 'Completed' }]);
  });

  it('is opened again by a person, with a reason', async () => {
    expect((await command('poams', 'reopen', poam)).err).toContain('say why');
    expect(
      (await command('poams', 'reopen', poam, '--reason', 'the patch was rolled back', '--by', 'isso')).json,
    ).toMatchObject({
      outcome: 'done',
      status: 'Open',
    });
    expect((await command('poams', 'reopen', poam, '--reason', 'twice')).code).toBe(2);
  });

  it('tells its whole story in the order of time', async () => {
    const { json } = await command('poams', 'history', poam);
    const story = json as { at: string; kind: string; what: string; by: string | null }[];
    expect(new Set(story.map(({ kind }) => kind))).toEqual(new Set(['change', 'finding', 'request', 'sent']));
    expect(story.map(({ at }) => at)).toEqual(story.map(({ at }) => at).toSorted());
    const told = story.map(({ what }) => what);
    for (const part of [
      'first found',
      'made',
      `extend ${poam}`,
      'status: Open → Completed',
      'status: Completed → Open',
    ])
      expect(told.some((what) => what.includes(part))).toBe(true);
  });

  it('is among what changed since yesterday', async () => {
    const { json } = await command('changes', '--since', 'yesterday');
    const { changes, findings } = json as {
      changes: { poamId: string; field: string }[];
      findings: { fixed: number }[];
    };
    expect(changes.filter((each) => each.poamId === poam && each.field === 'status').length).toBeGreaterThan(
      1,
    );
    expect(findings.reduce((sum, each) => sum + each.fixed, 0)).toBeGreaterThan(0);
    expect((await command('changes', '--since', 'soon')).code).toBe(2);
  });
});

describe('how the POA&Ms of a boundary live', () => {
  it('is the default until it is set, and again when it is given back', async () => {
    const [{ system_id: boundary } = { system_id: '' }] = await rows(
      'select system_id from ingestion_systems order by 1 limit 1',
    );
    const id = String(boundary);
    expect((await command('poams', 'life', 'show', id)).json).toMatchObject({
      inForce: { closeAfter: 'word', reopenDays: 30, contradiction: 'ask' },
    });
    const set = await command(
      'poams',
      'life',
      'set',
      id,
      '--fedramp',
      'yes',
      '--close',
      'days',
      '--close-days',
      '14',
    );
    expect(set.json).toMatchObject({
      inForce: { closeAfter: 'days', closeDays: 14, reopenDays: 0, isFedramp: true },
    });
    expect((await command('poams', 'life', 'set', id, '--contradiction', 'accept')).err).toContain(
      '--accept-until',
    );
    expect((await command('poams', 'life', 'set', id, '--default')).json).toMatchObject({
      inForce: { closeAfter: 'word', reopenDays: 30, isFedramp: false },
    });
    expect((await commandText(world.app, ['poams', 'life', 'show', id])).out).toContain(
      'after the word of a person (default)',
    );
  });
});
