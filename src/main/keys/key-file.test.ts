import { chown, mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Secret } from '../../platform/values/secret.ts';
import { readKeyFile, writeKeyFile } from './key-file.ts';
import { loadMasterKeys } from './master-key.ts';

let home: string;
let path: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'tieline-keys-'));
  path = join(home, 'data', 'master.key');
});
afterEach(async () => {
  await rm(home, { recursive: true, force: true });
});
const key = (letter: string): Secret => new Secret(Buffer.alloc(32, letter).toString('base64'));
const load = () =>
  loadMasterKeys({ dataDir: join(home, 'data'), masterKey: undefined, masterKeyFile: undefined });

describe('a key file', () => {
  it('a key file is private, and nothing else is left beside it', async () => {
    await writeKeyFile(path, key('a'));
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readdir(join(home, 'data'))).toEqual(['master.key']);
  });

  it('a key file that exists is never replaced, not even by one of several that are made at once', async () => {
    const loaded = await Promise.all(Array.from({ length: 8 }, load));
    expect(new Set(loaded.map(([present]) => present.id)).size).toBe(1);
    await writeKeyFile(path, key('b'));
    expect((await load())[0].id).toBe(loaded[0]?.[0].id);
  });

  it('a key file that a full disk left empty is made again', async () => {
    await mkdir(join(home, 'data'));
    await writeFile(path, '');
    expect(await readKeyFile(path)).toBeUndefined();
    const [made] = await load();
    expect((await readKeyFile(path))?.id).toBe(made.id);
  });

  it('a key file that holds something else is named, with what to do', async () => {
    await mkdir(join(home, 'data'));
    await writeFile(path, 'half a k');
    await expect(load()).rejects.toMatchObject({
      code: 'SETTING_INVALID',
      message: expect.stringContaining(path) as string,
      remedy: expect.stringContaining('backup') as string,
    });
  });

  it('a key file that cannot be written is not an impossible state', async () => {
    await expect(writeKeyFile('/proc/tieline/master.key', key('a'))).rejects.toMatchObject({
      code: 'SETTING_INVALID',
    });
  });

  it.runIf(process.getuid?.() === 0)(
    "a key file that root makes in a user's directory is the user's",
    async () => {
      await mkdir(join(home, 'data'));
      await chown(join(home, 'data'), 12_345, 12_345);
      await writeKeyFile(path, key('a'));
      expect(await stat(path)).toMatchObject({ uid: 12_345, gid: 12_345 });
    },
  );
});
