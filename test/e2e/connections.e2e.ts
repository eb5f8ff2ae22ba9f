import { createServer } from 'node:net';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandOver, commandText } from '../support/command-over.ts';
import { tieline } from '../support/command.ts';
import { startTwoSystems, type TwoSystems } from '../support/two-systems.ts';

let world: TwoSystems;
let folder: string;
beforeAll(async () => {
  world = await startTwoSystems([], { tenable: ['--machines', '8'], xacta: ['--systems', '2'] });
  folder = await mkdtemp(join(tmpdir(), 'tieline-connections-'));
});
afterAll(async () => {
  await world.stop();
  await rm(folder, { recursive: true });
});
const run = (...args: string[]) => commandText(world.app, args);
const json = async (...args: string[]) => (await commandOver(world.app, args)).json;
const secretsFile = async (name: string, text: string): Promise<string> => {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
};

describe('adding a connection', () => {
  it('adding a connection reports everything that is wrong before a secret is asked for', async () => {
    const { code, err } = await run(
      'connections',
      'add',
      'xacta',
      '--name',
      'a:b',
      '--url',
      'xacta.example',
      '--set',
      'usrname=x',
      '--set',
      'requests_per_second=abc',
    );
    expect(code).toBe(2);
    for (const told of ['name', 'url', 'Did you mean username?', 'must be a number', 'username  '])
      expect(err).toContain(told);
    expect(err).not.toContain('XACTA_PASSWORD');
  });

  it('the help of adding a connection lists every type and the variables of its secrets', async () => {
    const { out } = await commandText(undefined, ['connections', 'add', '--help']);
    for (const [type, module] of world.app.modules) {
      expect(out).toContain(type);
      for (const secret of module.declaration.secrets) expect(out).toContain(secret.env);
    }
  });

  it('checking a connection works under the old command name too, which reports its new one on standard error', async () => {
    const checked = await run('systems', 'check', 'xacta');
    expect(checked.err).toContain('`systems check` is now `connections check`');
    expect((await run('systems', 'check', 'xacta', '--json')).err).toBe('');
    expect((await run('systems', 'list')).err).toBe('');
  });
});

describe('changing a connection', () => {
  it('changing a connection is tried at the server first, and nothing is saved that would not work', async () => {
    const before = await json('connections', 'show', 'xacta');
    const wrong = await secretsFile('wrong.yaml', 'password: 0123\n');
    const refused = await run('connections', 'set', 'xacta', '--secrets-file', wrong);
    expect(refused.code).toBe(1);
    expect(refused.err).toContain('--no-check');
    expect(await json('connections', 'show', 'xacta')).toEqual(before);
  });

  it('changing a connection enters a secret again, and the journal records it without its value', async () => {
    const wrong = await secretsFile('wrong.yaml', 'password: 0123\n');
    const right = await secretsFile('right.yaml', `password: "${world.secrets()['password'] ?? ''}"\n`);
    const change = ['connections', 'set', 'xacta', '--secrets-file'];
    expect((await run(...change, wrong, '--no-check')).code).toBe(0);
    expect((await run('connections', 'check', 'xacta')).code).toBe(1);
    expect((await run(...change, right)).code).toBe(0);
    expect((await run('connections', 'check', 'xacta')).code).toBe(0);
    const journal = await world.rows(
      `select field_name, before_value, after_value from sync_changes where entity_type = 'connection'`,
    );
    expect(journal).toEqual(
      Array(2).fill({ field_name: 'password', before_value: '(secret)', after_value: '(secret)' }),
    );
  });

  it.each([
    [['--set', 'colour=red'], 'is not a setting of xacta'],
    [['--unset', 'colour'], 'is not a setting of xacta'],
    [['--set', 'password=x'], 'must not be an argument'],
    [['--unset', 'username'], 'username  is missing'],
    [['--url', 'ftp://xacta.example'], 'must be https'],
    [[], 'Say what is to be changed'],
  ])('changing a connection with %j is refused with exit code 2', async (flags, told) => {
    const { code, err } = await run('connections', 'set', 'xacta', ...flags);
    expect(code).toBe(2);
    expect(err).toContain(told);
  });

  it('changing a connection sets a setting and resets it to its default', async () => {
    const value = async (): Promise<unknown> => {
      const shown = (await json('connections', 'show', 'xacta')) as {
        settings: { name: string; value?: unknown }[];
      };
      return shown.settings.find((setting) => setting.name === 'concurrency')?.value;
    };
    await run('connections', 'set', 'xacta', '--set', 'concurrency=3', '--no-check');
    expect(await value()).toBe(3);
    await run('connections', 'set', 'xacta', '--unset', 'concurrency', '--no-check');
    expect(await value()).toBeUndefined();
  });
});

it('a check of a server that accepts the connection and never answers ends within ten seconds and reports it', async () => {
  const silent = createServer(() => undefined).listen(0, '127.0.0.1');
  await new Promise((resolve) => silent.once('listening', resolve));
  const address = silent.address();
  const port = typeof address === 'object' ? address?.port : 0;
  await run('connections', 'set', 'tenable', '--url', `http://127.0.0.1:${port}`, '--no-check', '--yes');
  const began = Date.now();
  const { code, out } = await run('connections', 'check', 'tenable', '--timeout', '2');
  await run('connections', 'set', 'tenable', '--url', world.urls.tenable, '--no-check', '--yes');
  silent.close();
  expect(code).toBe(1);
  expect(out).toContain('within 2 seconds');
  expect(Date.now() - began).toBeLessThan(6000);
});

describe('a connection that is', () => {
  it('a paused connection is left out of a sync, and refused where it is named', async () => {
    await run('connections', 'pause', 'xacta', '--reason', 'maintenance', '--by', 'Ann');
    const named = await tieline(['sync', 'run', '--system', 'xacta'], world.environment());
    expect(named.code).toBe(2);
    expect(named.err).toContain('by Ann: maintenance');
    await run('connections', 'resume', 'xacta');
    expect(await json('connections', 'show', 'xacta')).toMatchObject({ state: 'on', paused: null });
  });

  it('a connection with a new address keeps its records only where a person confirms that it is the same server', async () => {
    await world.sync();
    const elsewhere = world.urls.xacta.replace('127.0.0.1', 'localhost');
    const asked = await run('connections', 'set', 'xacta', '--url', elsewhere);
    expect(asked.code).toBe(2);
    expect(asked.err).toMatch(/[0-9,]+ linked records\. The new address must be of the same server/);
    expect((await run('connections', 'set', 'xacta', '--url', elsewhere, '--yes')).code).toBe(0);
    await run('connections', 'set', 'xacta', '--url', world.urls.xacta, '--yes');
  });

  it('a removed connection loses its secrets and nothing else, and is continued when it is added again', async () => {
    await run('schedules', 'set', 'xacta', 'often', '--cron', '*/15 * * * *');
    const counts = () =>
      world.rows(`select (select count(*)::int from sync_links) as links, (select count(*)::int from ingestion_poams) as poams,
                         (select count(*)::int from ingestion_vulnerabilities) as findings`);
    await run('policies', 'set', 'xacta', 'poam', '--approval', 'always');
    await world.rows(`update ingestion_poams set comments = 'waits for an answer' where poam_id = (
      select min(entity_id) from sync_links where entity_type = 'poam' and retired_at is null and missing_since is null)`);
    await world.sync();
    const waiting = () =>
      world.rows(`select state from sync_outbox where payload ->> 'comments' = 'waits for an answer'`);
    expect(await waiting()).toEqual([{ state: 'waiting' }]);
    const before = await counts();
    expect((await run('connections', 'remove', 'xacta')).err).toContain('1 schedule');
    expect((await run('connections', 'remove', 'xacta', '--yes')).code).toBe(0);
    expect(await counts()).toEqual(before);
    expect((await run('connections', 'check', 'xacta')).err).toContain('was removed on');
    expect((await run('sync', 'status')).out).not.toContain('xacta');
    const [row] = await world.rows(
      `select connection_config from external_systems where system_name = 'xacta'`,
    );
    expect(JSON.stringify(row)).not.toContain('$secret');

    const add = (url: string) =>
      tieline(['connections', 'add', 'xacta', '--name', 'xacta', '--url', url, '--set', 'username=tieline'], {
        ...world.environment(),
        XACTA_PASSWORD: world.secrets()['password'] ?? '',
      });
    expect((await add('https://other.example')).err).toContain('Choose another name');
    expect((await add(world.urls.xacta)).code).toBe(0);
    const after = await world.sync();
    expect(after.written).toBe(0);
    expect(await counts()).toEqual(before);
    // Nobody turned down what waited: it is planned again, and waits for consent again.
    expect(await waiting()).toEqual([{ state: 'waiting' }]);
  });
});
