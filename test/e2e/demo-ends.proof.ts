import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { removeDataDirectory } from '../../src/platform/embedded/remove-data.ts';
import { tieline } from '../support/command.ts';

const dataDir = join(mkdtempSync(join(tmpdir(), 'tieline-demo-')), 'data');
afterAll(async () => {
  await removeDataDirectory(dataDir);
});

/** Processes of a demo over our data directory, by their command lines. */
function leftRunning(): string[] {
  const all = execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' }).split('\n');
  return all.filter((line) => line.includes(dataDir) && !line.includes('ps -eo'));
}

describe('a demo that is ended', () => {
  it('the demo is ended by Ctrl-C with all that it started', async () => {
    const { code } = await tieline(['demo', '--data-dir', dataDir], {}, (child) => {
      void delay(3500).then(() => child.kill('SIGINT'));
    });
    expect(code).not.toBeNull();
    expect(leftRunning()).toEqual([]);
  });

  it('the demo leaves nothing running when it is killed', async () => {
    await tieline(['demo', '--data-dir', dataDir], {}, (child) => {
      void delay(3500).then(() => child.kill('SIGKILL'));
    });
    for (let waited = 0; leftRunning().length > 0 && waited < 30_000; waited += 200) await delay(200);
    expect(leftRunning()).toEqual([]);
  });
});
