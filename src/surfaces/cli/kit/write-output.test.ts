import { mkdtemp, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeOutput } from './write-output.ts';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'tieline-output-'));
});
afterEach(async () => {
  await rm(home, { recursive: true, force: true });
});

describe('a result that is written to a file', () => {
  it('a result written to a file replaces what was there, through a link too', async () => {
    await writeFile(join(home, 'plan.json'), 'old');
    await symlink(join(home, 'plan.json'), join(home, 'link'));
    await writeOutput(join(home, 'link'), 'new');
    expect(await readFile(join(home, 'plan.json'), 'utf8')).toBe('new');
    expect((await readdir(home)).toSorted()).toEqual(['link', 'plan.json']);
  });

  it('a result that cannot be written to its file is a failure that leaves nothing', async () => {
    await expect(writeOutput('/dev/full', 'x')).rejects.toMatchObject({ code: 'OUTPUT_FAILED' });
    await expect(writeOutput(join(home, 'no', 'plan.json'), 'x')).rejects.toMatchObject({
      code: 'OUTPUT_FAILED',
    });
    expect(await readdir(home)).toEqual([]);
  });
});
