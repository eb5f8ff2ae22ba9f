import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { demoSummary } from '../../src/contract/index.ts';
import { removeDataDirectory } from '../../src/platform/embedded/remove-data.ts';
import { lastLine, projectDir, tieline } from '../support/command.ts';

const dataDir = join(mkdtempSync(join(tmpdir(), 'tieline-demo-')), 'data');
const recorded = join(projectDir, '../shared/data/tenable-vm');
afterAll(async () => {
  await removeDataDirectory(dataDir);
});

/** Processes of a demo over our data directory, by their command lines. */
function leftRunning(): string[] {
  const all = execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' }).split('\n');
  return all.filter((line) => line.includes(dataDir) && !line.includes('ps -eo'));
}

describe('npm run demo -- --once --json', () => {
  it('the demo does the whole job, reports it in one JSON object on the last line, and leaves nothing running', async () => {
    const { code, out, err } = await tieline(['demo', '--once', '--json', '--data-dir', dataDir]);
    expect(code, err).toBe(0);
    expect(JSON.parse(lastLine(out))).toMatchObject({
      assets: 80,
      findings: 2000,
      findingsByState: { open: 1661, reopened: 56, fixed: 283 },
      systems: 5,
      components: 60,
      controls: 60,
      poamsRead: 24,
      assetsForReview: 3,
      secondSync: { written: 0 },
      recordsFailed: 0,
      recordsHeld: 0,
    });
    const summary = demoSummary.parse(JSON.parse(lastLine(out)));
    expect(summary.poamsCreated).toBeGreaterThan(50);
    expect(summary.tagsAssigned).toBe(summary.assetsLinked);
    expect(summary.seconds).toBeLessThan(120);
    expect(leftRunning()).toEqual([]);
  });

  it.skipIf(!existsSync(recorded))(
    'the demo does it again over recorded exports in the same directory (skipped without ../shared/data)',
    async () => {
      const { code, out, err } = await tieline([
        'demo',
        '--recorded',
        recorded,
        '--once',
        '--json',
        '--data-dir',
        dataDir,
      ]);
      expect(code, err).toBe(0);
      expect(JSON.parse(lastLine(out))).toMatchObject({
        assets: 100,
        findings: 344,
        findingsByState: { open: 337, reopened: 7, fixed: 0 },
        secondSync: { written: 0 },
      });
    },
  );

  it('the demo refuses a directory whose database is not the demo’s', async () => {
    const foreign = mkdtempSync(join(tmpdir(), 'tieline-foreign-'));
    writeFileSync(join(foreign, 'postgres.password'), 'somebody else’s');
    const { code, err } = await tieline(['demo', '--once', '--data-dir', foreign]);
    expect(code).toBe(2);
    expect(err).toContain('--data-dir');
  });

  it('the demo refuses a folder without recorded exports', async () => {
    const { code, err } = await tieline(['demo', '--once', '--recorded', tmpdir(), '--data-dir', dataDir]);
    expect(code).toBe(2);
    expect(err).toContain('assets-chunk*.json');
  });
});
