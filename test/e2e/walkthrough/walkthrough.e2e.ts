/** docs/walkthrough.md, done as it is written, over both simulators: each command ends well, and what the page says is shown is shown. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandText } from '../../support/command-over.ts';
import { startTwoSystems, type TwoSystems } from '../../support/two-systems.ts';
import { type Act, firstNotShown, readWalkthrough } from './read-walkthrough.ts';
import { machines, writeRecord, writeScan } from './world.ts';

const page = join(import.meta.dirname, '../../../docs/walkthrough.md');

describe('the walkthrough', () => {
  let world: TwoSystems;
  let now = new Date('2027-01-04T08:00:00Z');
  let shown = '';
  beforeAll(async () => {
    world = await startTwoSystems([], {
      tenable: ['--recorded', await writeScan()],
      xacta: ['--written', await writeRecord()],
    });
    Object.assign(world.app, { now: () => now });
  });
  afterAll(() => world.stop());

  async function perform(act: Act): Promise<string | undefined> {
    switch (act.kind) {
      case 'clock':
        now = act.now;
        for (const each of ['tenable', 'xacta'] as const)
          await world.control(each, 'POST', '/clock', { stoppedAt: act.now.toISOString() });
        return undefined;
      case 'scanner':
        await world.control('tenable', 'POST', '/edit', act.body);
        return undefined;
      case 'record':
        await world.control('xacta', 'POST', '/edit', act.body);
        return undefined;
      case 'command': {
        const { code, out, err } = await commandText(world.app, act.args);
        shown = `${out}\n${err}`;
        // 3 is said by a sync after which something waits for a person.
        return code === 0 || (act.args[0] === 'sync' && code === 3)
          ? undefined
          : `ended with ${code}: ${err}`;
      }
      case 'shows': {
        const missing = firstNotShown(shown, act.lines);
        return missing === undefined ? undefined : `"${missing}" is not shown, but:\n${shown}`;
      }
    }
  }

  it(
    'each step of docs/walkthrough.md is done and shows what the page says',
    { timeout: 120_000 },
    async () => {
      const acts = readWalkthrough(readFileSync(page, 'utf8'), machines);
      expect(acts.length).toBeGreaterThan(30);
      for (const act of acts) {
        const fault = await perform(act);
        expect(fault, `docs/walkthrough.md, line ${act.line}`).toBeUndefined();
      }
    },
  );
});
