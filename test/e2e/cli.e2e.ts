import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandText } from '../support/command-over.ts';
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
  it('helps as a process', async () => {
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
  ])('helps with %j', async (command) => {
    const { code, out } = await commandText(undefined, [...command, '--help']);
    expect(code).toBe(0);
    expect(out).toContain('Usage: tieline');
  });

  it.each([
    [['nonsense'], 'unknown command'],
    [['ops', 'show', 'ffff'], 'No operation starts with'],
  ])('answers %j as a process with exit code 2 and what would do', async (args, hint) => {
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
  ])('answers %j with exit code 2 and what would do', async (args, hint) => {
    const { code, err } = await commandText(world.app, args);
    expect(code).toBe(2);
    expect(err).toContain(hint);
  });

  it('refuses to send keys over plain http to another machine', async () => {
    const keys = { TENABLE_ACCESS_KEY: 'a', TENABLE_SECRET_KEY: 'b' };
    const { code, err } = await tieline(
      ['systems', 'add', 'tenable', '--name', 'x', '--url', 'http://tenable.example'],
      { ...world.environment(), ...keys },
    );
    expect(code).toBe(2);
    expect(err).toContain('must be https');
  });

  it('names a wrong setting, the rule and an example, as exit code 2', async () => {
    const { code, err } = await tieline(['sync', 'status'], { TIELINE_REQUEST_ATTEMPTS: 'often' });
    expect(code).toBe(2);
    expect(err).toMatch(/TIELINE_REQUEST_ATTEMPTS .*for example: 6/);
  });

  it('checks a system line by line, and ends with 1 and a remedy when something fails', async () => {
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

  it('syncs one entity when asked for one', async () => {
    const { code, out } = await run('sync', 'run', '--entity', 'system', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ systems: 5, assets: 0, read: 5, written: 0 });
  });

  it('lets one sync run at a time', async () => {
    const both = await Promise.all([run('sync', 'run'), run('sync', 'run')]);
    // The one that ran ends with 3: it left matches to review.
    expect(both.map((each) => String(each.code)).toSorted()).toEqual(['1', '3']);
    expect(both.find((each) => each.code === 1)?.err).toContain('SYNC_RUNNING');
  });

  it('shows what was done, down to the steps', async () => {
    const list = JSON.parse((await run('ops', 'list', '--json')).out) as { operationId: string }[];
    const shown = await run('ops', 'show', list[0]?.operationId.slice(0, 8) ?? '', '--json');
    expect(JSON.parse(shown.out)).toMatchObject({
      status: 'completed',
      steps: expect.arrayContaining([expect.objectContaining({ step: 'finding' })]) as unknown,
    });
    expect((await run('sync', 'status')).out).toContain('0 changes waiting');
  });
});
