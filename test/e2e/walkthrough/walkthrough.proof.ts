/** docs/walkthrough.md, done as it is written, over both simulators: each command ends well, and what the page says is shown is shown. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandText } from '../../support/command-over.ts';
import { timesOfTheServersClock } from '../../support/foreign-times.ts';
import { startTwoSystems, type TwoSystems } from '../../support/two-systems.ts';
import { type Act, firstNotShown, readWalkthrough } from './read-walkthrough.ts';
import { machines, writeRecord, writeScan } from './world.ts';

const page = join(import.meta.dirname, '../../../docs/walkthrough.md');

/** Made before the clock is moved: the migrated template, and the connections; and stamps of the plan's tables that nobody reads. */
const setUpBefore = [
  'alert_rules.changed_at',
  'due_date_policies.created_at',
  'due_date_policy_uses.set_at',
  'due_date_policy_versions.created_at',
  'external_systems.created_at',
  'ingestion_asset_network.created_at',
  'ingestion_asset_systems.created_at',
  'ingestion_asset_tags.created_at',
  'ingestion_poam_assets.created_at',
  'ingestion_poam_cves.created_at',
  'ingestion_system_assets.created_at',
  'ingestion_system_impact_levels.created_at',
  'ingestion_vulnerability_cves.created_at',
  'report_templates.created_at',
  'report_templates.updated_at',
  'tieline_migrations.applied_at',
  'tieline_objects.recorded_at',
  'weakness_rules.changed_at',
];

describe('the walkthrough', () => {
  let world: TwoSystems;
  let aheadMs = 0;
  const moveTo = (at: Date): void => void (aheadMs = at.getTime() - Date.now());
  let shown = '';
  beforeAll(async () => {
    world = await startTwoSystems([], {
      tenable: ['--recorded', await writeScan()],
      xacta: ['--written', await writeRecord()],
    });
    moveTo(new Date('2027-01-04T08:00:00Z'));
    world.app.clock.moveTo(() => new Date(Date.now() + aheadMs));
  });
  afterAll(() => world.stop());

  async function perform(act: Act): Promise<string | undefined> {
    switch (act.kind) {
      case 'clock':
        moveTo(act.now);
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
      // All that happened has the time of the walkthrough, whichever part wrote it down.
      expect(await timesOfTheServersClock(world.app.pool)).toEqual(setUpBefore);
    },
  );
});
