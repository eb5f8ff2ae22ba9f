/**
 * The sample of an organization: what its mapping of plugins to controls and POA&Ms states, and what Tieline
 * makes of its systems, controls, POA&Ms, assets and findings. Where the two differ, docs/samples.md says who is right; this holds the list.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readSample, recordSample } from '../support/sample-recording.ts';
import { startTwoSystems, type TwoSystems } from '../support/two-systems.ts';

const folder = join(import.meta.dirname, '../../../shared/data/ras-samples');

interface Mapping {
  readonly tenable_plugin_id: number;
  readonly severity: string;
  readonly xacta_mappings: readonly {
    readonly system_id: string;
    readonly control_id: string;
    readonly poam_id: string;
  }[];
}

interface Weakness {
  readonly system: string;
  readonly plugin: string;
  readonly severity: string;
  readonly control: string;
  readonly poam: string;
  readonly detected: string;
  readonly due: string;
}

/** By plugin and system: what the mapping states and the record does not bear out (docs/samples.md gives the reasons). */
const differences: Readonly<Record<string, string>> = {
  '147462 SYS-ENT-005': 'POAM-2024-004 is a POA&M of SYS-ENT-003: another one is made',
  '42873 SYS-ENT-001': 'POAM-2024-010 is not in the record: one is made',
  '162092 SYS-ENT-001': 'its machine is in no system: no weakness',
  '25344 SYS-ENT-003': 'medium, below the floor: no weakness, POAM-2024-008 stays as it is',
};

describe.skipIf(!existsSync(folder))('the sample of an organization (skipped without ../shared/data)', () => {
  let world: TwoSystems;
  let summary: Awaited<ReturnType<TwoSystems['sync']>>;
  let weaknesses: readonly Weakness[];
  beforeAll(async () => {
    world = await startTwoSystems([], {
      tenable: ['--recorded', await recordSample(folder)],
      xacta: ['--written', folder],
    });
    summary = await world.sync();
    weaknesses = (await world.rows(
      `select w.system_id as system, w.identifier as plugin, w.severity, w.controls[1] as control, p.xacta_poam_id as poam,
              w.detected_on::text as detected, w.due_on::text as due
         from weaknesses w left join ingestion_poams p on p.id = w.poam_id order by 1, 2`,
    )) as unknown as Weakness[];
  });
  afterAll(() => world.stop());

  it('all of it is taken in, and nothing is refused on either side', () => {
    expect(summary).toMatchObject({
      systems: 5,
      controls: 12,
      poamsRead: 8,
      assets: 30,
      findings: 52,
      recordsFailed: 0,
      recordsHeld: 0,
      conflictsPending: 0,
    });
  });

  it('each machine is in the system that names it, and no other is in any', async () => {
    const { systems } = readSample<{ systems: { id: string; assets: string[] }[] }>(
      folder,
      'xacta_systems_sample.json',
    );
    const named = systems.flatMap(({ id, assets }) => assets.map((asset) => ({ asset, system: id })));
    expect(
      await world.rows(
        `select asset_uuid::text as asset, system_id as system from ingestion_assets where system_id is not null order by 1`,
      ),
    ).toEqual(named.toSorted((a, b) => (a.asset < b.asset ? -1 : 1)));
  });

  it('severity, first control and POA&M are what the mapping states, but for the differences that are listed', () => {
    const { vulnerability_to_control_mappings: mappings } = readSample<{
      vulnerability_to_control_mappings: Mapping[];
    }>(folder, 'tenable_xacta_mapping.json');
    const stated = mappings.flatMap((mapping) =>
      [...Map.groupBy(mapping.xacta_mappings, (each) => each.system_id)].map(([system, of]) => ({
        plugin: String(mapping.tenable_plugin_id),
        system,
        severity: mapping.severity,
        control: of[0]?.control_id,
        poam: of[0]?.poam_id,
      })),
    );
    const foundOf = (each: { readonly plugin: string; readonly system: string }): Weakness | undefined =>
      weaknesses.find((found) => found.plugin === each.plugin && found.system === each.system);
    const differing = stated.filter((each) => foundOf(each)?.poam !== each.poam);
    for (const each of stated.filter(foundOf))
      expect(foundOf(each)).toMatchObject({ severity: each.severity, control: each.control });
    expect(differing.map((each) => `${each.plugin} ${each.system}`).toSorted()).toEqual(
      Object.keys(differences).toSorted(),
    );
  });

  it('due dates follow the matrix of the sample: 7 days for critical, 30 for high, from the first day it was found', () => {
    const days = { Critical: 7, High: 30 } as Readonly<Record<string, number>>;
    expect(weaknesses.length).toBe(14);
    for (const { severity, detected, due } of weaknesses)
      expect((Date.parse(due) - Date.parse(detected)) / 86_400_000).toBe(days[severity]);
  });

  it('no date that was promised in the record is moved', async () => {
    const { poams } = readSample<{ poams: { id: string; scheduled_completion: string }[] }>(
      folder,
      'xacta_poams_sample.json',
    );
    expect(
      await world.rows(
        `select xacta_poam_id as id, scheduled_completion::date::text as scheduled_completion from ingestion_poams where xacta_poam_id like 'POAM-2024-%' order by 1`,
      ),
    ).toEqual(poams.map(({ id, scheduled_completion }) => ({ id, scheduled_completion })));
  });
});
