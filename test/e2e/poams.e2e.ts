/** POA&Ms that people made by hand, that ended, that cannot be read, or that the remote refused: what a sync makes of each. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SyncSummary } from '../../src/runs/sync/summary.ts';
import { commandOver } from '../support/command-over.ts';
import { startTwoSystems, type TwoSystems } from '../support/two-systems.ts';

let world: TwoSystems;
let first: SyncSummary;

const edit = (entity: 'poam' | 'control', id: string, fields: object): Promise<unknown> =>
  world.control('xacta', 'POST', '/edit', { entity, id, fields });
const inheritance = (...responsibility: string[]): object => ({
  inherited_controls: responsibility.map((each) => ({
    provider: 'SYS-ENT-004',
    description: 'd',
    responsibility: each,
  })),
});
/** The POA&M that answers a plugin's findings in a system, by our id. */
async function answerOf(systemId: string, plugin: number): Promise<unknown> {
  const [row] = await world.rows(
    `select p.poam_id from weaknesses w join ingestion_poams p on p.id = w.poam_id where w.system_id = $1 and w.identifier = $2`,
    systemId,
    String(plugin),
  );
  return row?.['poam_id'];
}
const openConflicts = (type: string): Promise<Record<string, unknown>[]> =>
  world.rows(
    `select entity_id, internal_value, external_value from sync_conflicts where conflict_type = $1 and resolution_status = 'pending' order by id`,
    type,
  );
/** A person's decision, as it is kept. */
const settle = (type: string, choice: string): Promise<unknown> =>
  world.rows(
    `update sync_conflicts set resolution_status = 'resolved', resolved_by_kind = 'person', resolved_by = 'isso', resolved_at = now(), resolution = jsonb_build_object('choice', $2::text)
      where conflict_type = $1 and resolution_status = 'pending'`,
    type,
    choice,
  );

/** How many creations of a system's POA&Ms stand how. */
async function outboxOf(systemId: string): Promise<Record<string, unknown>> {
  const rows = await world.rows(
    `select state, count(*)::int as n from sync_outbox where entity_id like 'TL-' || $1 || '-%' and change_kind = 'create' group by state`,
    systemId,
  );
  return Object.fromEntries(rows.map((row) => [row['state'], row['n']]));
}

beforeAll(async () => {
  world = await startTwoSystems([], { tenable: ['--machines', '12'] });
  // Before the first sync, by the people of three systems.
  await edit('poam', 'POAM-2026-0008', { source: 'Nessus Plugin IDs: 166555, 171356' });
  await edit('poam', 'POAM-2026-0013', { source: 'ACAS - 41028' });
  await edit('poam', 'POAM-2026-0018', { weakness_description: 'Plugin 63155 is found on two machines' });
  await edit('poam', 'POAM-2026-0017', { source: 'ACAS plugin 920011' });
  await edit('poam', 'POAM-2026-0022', { source: 'Tenable plugin 920011' });
  await edit('poam', 'POAM-2026-0014', { source: 'Tenable plugin 171356', completion_date: '2025-01-31' });
  await edit('poam', 'POAM-2026-0019', { source: 'Tenable plugin 910056', completion_date: '2026-11-20' });
  await edit('poam', 'POAM-2026-0016', { scheduled_completion: 'end of December' });
  await edit('control', 'CTL-SYS-ENT-002-SI-2', inheritance('inherited'));
  first = await world.sync();
});
afterAll(async () => {
  await world.stop();
});

// One story in order: each step begins where the one before ended.
describe('a sync over POA&Ms that people made', () => {
  it('several plugins in one source, a scanner before the number, and the description of a POA&M are recognized', async () => {
    expect([
      await answerOf('SYS-ENT-002', 166_555),
      await answerOf('SYS-ENT-002', 171_356),
      await answerOf('SYS-ENT-002', 41_028),
      await answerOf('SYS-ENT-002', 63_155),
    ]).toEqual(['POAM-2026-0008', 'POAM-2026-0008', 'POAM-2026-0013', 'POAM-2026-0018']);
    expect(first.recordsHeld).toBeGreaterThan(0);
  });

  it('a second POA&M for the same weakness is shown, and no longer once a person has settled it', async () => {
    expect(await answerOf('SYS-ENT-001', 920_011)).toBe('POAM-2026-0017');
    expect(await openConflicts('duplicate')).toMatchObject([
      { entity_id: 'POAM-2026-0022', internal_value: { same_as: 'POAM-2026-0017' } },
    ]);
    await settle('duplicate', 'both');
    await world.sync();
    expect(await openConflicts('duplicate')).toEqual([]);
  });

  it('a POA&M completed before the finding was found is no answer; one completed while it was open is shown, and nothing is made', async () => {
    expect(await answerOf('SYS-ENT-003', 171_356)).toBe('TL-SYS-ENT-003-171356');
    expect(await answerOf('SYS-ENT-003', 910_056)).toBeUndefined();
    expect(await openConflicts('contradiction')).toMatchObject([
      { entity_id: 'POAM-2026-0019', external_value: { status: 'Completed', ended_on: '2026-11-20' } },
    ]);
    const plan = await commandOver(world.app, ['sync', 'plan']);
    expect(plan.json).toMatchObject({
      items: expect.arrayContaining([
        expect.objectContaining({
          kind: 'conflict',
          record: 'POAM-2026-0019',
          reason: 'the POA&M ended while findings under it are open',
        }),
      ]),
    });
  });

  it('a person who says that the completion stands is not asked again; one who says that the finding stands gets a new POA&M', async () => {
    await settle('contradiction', 'accept');
    await world.sync();
    expect([await answerOf('SYS-ENT-003', 910_056), await openConflicts('contradiction')]).toEqual([
      undefined,
      [],
    ]);
    await world.rows(
      `update sync_conflicts set resolution = '{"choice": "new"}' where conflict_type = 'contradiction'`,
    );
    await world.sync();
    expect(await answerOf('SYS-ENT-003', 910_056)).toBe('TL-SYS-ENT-003-910056');
    expect(await world.sync()).toMatchObject({ written: 0, conflictsPending: 1 });
  });

  it('a POA&M that cannot be read holds its own system only, reports it, and work continues when it is repaired', async () => {
    const made = await world.rows(
      `select count(*)::int as n from ingestion_poams where system_id = 'SYS-ENT-005' and poam_id like 'TL-%'`,
    );
    expect(made).toEqual([{ n: 0 }]);
    expect(await openConflicts('unmappable_value')).toMatchObject([{ entity_id: 'POAM-2026-0016' }]);
    const [waiting] = await world.rows(
      `select record_identifier, error_message from ingestion_errors where table_name = 'weaknesses' order by id desc limit 1`,
    );
    expect(waiting).toMatchObject({
      record_identifier: expect.stringMatching(/^SYS-ENT-005 plugins \d/),
      error_message: expect.stringMatching(/wait for POA&M POAM-2026-0016 of xacta.*scheduled_completion/),
    });
    await commandOver(world.app, ['outbox', 'pause', 'xacta', '--reason', 'to look first']);
    await edit('poam', 'POAM-2026-0016', { scheduled_completion: '2026-12-31' });
    await world.sync();
    expect(await openConflicts('unmappable_value')).toEqual([]);
    expect(await outboxOf('SYS-ENT-005')).toEqual({ pending: 7 });
  });

  it('a POA&M refused for an inherited control is sent again under another control once that is known', async () => {
    const filed = await world.rows(
      `select distinct security_control from ingestion_poams where system_id = 'SYS-ENT-002' and poam_id like 'TL-%'`,
    );
    expect(filed.map((row) => row['security_control'])).not.toContain('SI-2');
    await edit('control', 'CTL-SYS-ENT-005-SI-2', inheritance('inherited'));
    await commandOver(world.app, ['outbox', 'resume', 'xacta']);
    await world.sync({ entities: ['poam'] });
    expect((await outboxOf('SYS-ENT-005'))['failed']).toBeGreaterThan(0);
    await world.sync();
    expect(await outboxOf('SYS-ENT-005')).toEqual({ confirmed: 7 });
    expect(await openConflicts('validation_rejected')).toEqual([]);
  });

  it('a refused edit that a later one replaces leaves the list, and its conflict is closed', async () => {
    const completed = `update ingestion_poams set status = 'Completed' where poam_id = 'POAM-2026-0002'`;
    await world.rows(completed);
    await world.sync();
    const refused = (): Promise<Record<string, unknown>[]> =>
      world.rows(`select id from sync_outbox where entity_id = 'POAM-2026-0002' and state = 'failed'`);
    expect([(await refused()).length, (await openConflicts('validation_rejected')).length]).toEqual([1, 1]);
    await world.rows(`update ingestion_poams set status = 'Open' where poam_id = 'POAM-2026-0002'`);
    await world.sync();
    expect([await refused(), await openConflicts('validation_rejected')]).toEqual([[], []]);
  });
});
