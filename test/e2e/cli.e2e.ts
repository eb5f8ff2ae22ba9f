import { existsSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandOver, commandText } from '../support/command-over.ts';
import { tieline } from '../support/command.ts';
import { startTwoSystems, type TwoSystems } from '../support/two-systems.ts';

let world: TwoSystems;
beforeAll(async () => {
  world = await startTwoSystems([], { tenable: ['--machines', '12'] });
});
afterAll(async () => {
  await world.stop();
});
const run = (...args: string[]) => tieline(args, world.environment());

describe('the command line', () => {
  it('the command line prints its help as a process', async () => {
    const { code, out } = await tieline(['--help']);
    expect(code).toBe(0);
    expect(out).toContain('Usage: tieline');
  });

  it.each([
    [['demo']],
    [['systems']],
    [['systems', 'add']],
    [['systems', 'list']],
    [['systems', 'check']],
    [['sync']],
    [['sync', 'run']],
    [['sync', 'status']],
    [['ops']],
    [['ops', 'list']],
    [['ops', 'show']],
    [['secrets']],
    [['secrets', 'rotate']],
  ])('the command line prints help with %j', async (command) => {
    const { code, out } = await commandText(undefined, [...command, '--help']);
    expect(code).toBe(0);
    expect(out).toContain('Usage: tieline');
  });

  it.each([
    [['nonsense'], 'unknown command'],
    [['ops', 'show', 'ffff'], 'No operation starts with'],
  ])('the command line answers %j as a process with exit code 2 and the right usage', async (args, hint) => {
    const { code, err } = await run(...args);
    expect(code).toBe(2);
    expect(err).toContain(hint);
  });

  it.each([
    [['sync', 'run', '--entity', 'cats'], 'asset, finding'],
    [['ops', 'list', '--limit', 'many'], 'whole number'],
    [['systems', 'check', 'nobody'], 'tenable, xacta'],
    [['systems', 'add', 'tenable', '--name', 'x', '--url', 'https://tenable.example'], 'TENABLE_ACCESS_KEY'],
    [
      [
        'systems',
        'add',
        'tenable',
        '--name',
        'x',
        '--url',
        'https://tenable.example',
        '--set',
        'access_key=abc',
      ],
      'must not be an argument',
    ],
    [
      ['systems', 'add', 'splunk', '--name', 'x', '--url', 'https://splunk.example'],
      'tenable, tenable_sc, xacta',
    ],
  ])('the command line answers %j with exit code 2 and the right usage', async (args, hint) => {
    const { code, err } = await commandText(world.app, args);
    expect(code).toBe(2);
    expect(err).toContain(hint);
  });

  it.each([
    [['connections', 'lst'], "unknown command 'lst'"],
    [['--bogus'], "unknown option '--bogus'"],
    [['connections'], 'subcommand is missing'],
    [['connections', 'add', 'xacta', '--name', 'x'], '--url'],
    [
      ['schedules', 'set', 'xacta', 'x', '--cron', '0 2 * * *', '--entity', 'finding'],
      'The schedule was not saved',
    ],
  ])(
    'the command line answers %j with --json by one JSON object on standard error and nothing else',
    async (args, message) => {
      const { code, out, err } = await commandText(world.app, [...args, '--json']);
      expect(code).toBe(2);
      expect(out).toBe('');
      expect(JSON.parse(err)).toMatchObject({
        error: { code: 'USAGE', message: expect.stringContaining(message) as unknown },
      });
    },
  );

  it('the command line makes no second key where the secrets of the database were sealed with another', async () => {
    const { TIELINE_MASTER_KEY: _key, ...environment } = world.environment();
    const dataDir = join(await mkdtemp(join(tmpdir(), 'tieline-key-')), 'elsewhere');
    const { code, err } = await tieline(['connections', 'list'], {
      ...environment,
      TIELINE_DATA_DIR: dataDir,
    });
    expect(code).toBe(2);
    expect(err).toContain(`${dataDir}/master.key does not exist`);
    expect(existsSync(dataDir)).toBe(false);
  });

  it('the command line refuses to send keys over plain http to another machine', async () => {
    const keys = { TENABLE_ACCESS_KEY: 'a', TENABLE_SECRET_KEY: 'b' };
    const { code, err } = await tieline(
      ['systems', 'add', 'tenable', '--name', 'x', '--url', 'http://tenable.example'],
      { ...world.environment(), ...keys },
    );
    expect(code).toBe(2);
    expect(err).toContain('must be https');
  });

  it('the command line names a wrong setting, the rule and an example, as exit code 2', async () => {
    const { code, err } = await tieline(['sync', 'status'], { TIELINE_REQUEST_ATTEMPTS: 'often' });
    expect(code).toBe(2);
    expect(err).toMatch(/TIELINE_REQUEST_ATTEMPTS .*for example: 6/);
  });

  it('the command line checks a system line by line, and ends with 1 and a remedy when something fails', async () => {
    const good = await run('systems', 'check', 'xacta');
    expect(good.code, good.out).toBe(0);
    for (const line of ['reach', 'TLS', 'sign-in', 'clock', 'read POA&Ms', 'write POA&Ms'])
      expect(good.out).toContain(line);
    await world.control('tenable', 'POST', '/edit', { role: 16 });
    const bad = await run('systems', 'check', 'tenable');
    await world.control('tenable', 'POST', '/edit', { role: 64 });
    expect(bad.code).toBe(1);
    expect(bad.out).toContain('Scan Manager [40]');
  });

  it('the command line syncs one entity on request', async () => {
    const { code, out } = await run('sync', 'run', '--entity', 'system', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ systems: 5, assets: 0, read: 5, written: 0 });
  });

  it('the command line lets one sync run at a time', async () => {
    const both = await Promise.all([run('sync', 'run'), run('sync', 'run')]);
    // The one that ran ends with 3: it left matches to review.
    expect(both.map((each) => String(each.code)).toSorted()).toEqual(['1', '3']);
    expect(both.find((each) => each.code === 1)?.err).toContain('SYNC_RUNNING');
  });

  it('the command line lists as many assets in no system as the summary of a sync counts', async () => {
    const summary = (await commandOver(world.app, ['sync', 'run'])).json as { assetsUnmatched: number };
    const { json } = await commandOver(world.app, ['assets', 'unmatched', '--limit', '100000']);
    expect(summary.assetsUnmatched).toBeGreaterThan(0);
    expect(json).toHaveLength(summary.assetsUnmatched);
    const { out } = await commandText(world.app, ['assets', 'unmatched', '--limit', '1']);
    expect(out).toContain('No component of any system shares an identifier with them');
  });

  it('the command line shows what was done, down to the steps', async () => {
    const list = JSON.parse((await run('ops', 'list', '--json')).out) as { operationId: string }[];
    const shown = await run('ops', 'show', list[0]?.operationId.slice(0, 8) ?? '', '--json');
    expect(JSON.parse(shown.out)).toMatchObject({
      status: 'completed',
      steps: expect.arrayContaining([
        expect.objectContaining({ step: 'finding', address: expect.stringMatching(/^http:/) as unknown }),
      ]) as unknown,
    });
    expect((await run('sync', 'status')).out).toContain('0 changes waiting');
  });

  it('the command line shows each change of an operation with its record, what it was, what it is and why, page by page', async () => {
    const sent = (await world.rows(
      `select operation_id as id, count(*)::int as n from sync_changes where entity_type = 'poam' and direction = 'outbound' group by 1 limit 1`,
    )) as { id: string; n: number }[];
    const operation = sent[0]?.id ?? '';
    interface Shown {
      by: string | null;
      journal: {
        total: number;
        next: number | null;
        entries: {
          id: number;
          record: string;
          title: string | null;
          reason: string | null;
          entity: string;
        }[];
      };
    }
    const page = async (...flags: string[]): Promise<Shown['journal']> =>
      ((await commandOver(world.app, ['ops', 'show', operation, ...flags])).json as Shown).journal;
    const ids: number[] = [];
    let after = 0;
    for (let next: number | null = 0; next !== null;) {
      const part = await page('--limit', '40', '--after', String(after));
      ids.push(...part.entries.map((entry) => entry.id));
      next = part.next;
      after = next ?? after;
    }
    const whole = await page('--limit', '1000');
    expect(ids).toEqual(whole.entries.map((entry) => entry.id));
    expect(whole.total).toBe(ids.length);

    const poam = whole.entries.find((entry) => entry.entity === 'poam' && entry.reason !== null);
    const one = await page('--record', poam?.record ?? '');
    expect(new Set(one.entries.map((entry) => entry.record))).toEqual(new Set([poam?.record]));
    const { out } = await commandText(world.app, ['ops', 'show', operation, '--limit', '1']);
    expect(out).toContain('why: ');
    expect(out).toMatch(/\d+ more: tieline ops show [0-9a-f]{8} --after \d+/);
    const text = await commandText(world.app, ['ops', 'show', operation, '--record', poam?.record ?? '']);
    expect(text.out).toContain(poam?.title);
  });

  it('the command line lists the policies of every connection where none is named, with when each was changed', async () => {
    await commandOver(world.app, ['policies', 'set', 'tenable', '*', '--approval', 'always']);
    const { json } = await commandOver(world.app, ['policies']);
    const since: unknown = expect.stringMatching(/^\d{4}-.*Z$/);
    expect(json).toMatchObject([{ system: 'tenable', entity: '*', madeAt: since, changedAt: since }]);
    await commandOver(world.app, ['policies', 'unset', 'tenable', '*', '--yes']);
  });

  it('the command line shows in plain words what an operation was, and who decided it', async () => {
    await commandOver(world.app, ['connections', 'pause', 'tenable', '--by', 'Ann']);
    await commandOver(world.app, ['connections', 'resume', 'tenable', '--by', 'Bob']);
    const { json } = await commandOver(world.app, ['ops', 'list', '--limit', '2']);
    expect(json).toMatchObject([
      { what: 'connection resumed', by: 'Bob', system: 'tenable' },
      { what: 'connection paused', by: 'Ann' },
    ]);
  });
});
