/** Texts that name machines, across an upgrade that names them otherwise. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandText } from '../support/command-over.ts';
import { startTwoSystems, type TwoSystems } from '../support/two-systems.ts';
import { boundaryWithMostWeaknesses } from '../support/weakness-findings.ts';

let world: TwoSystems;
beforeAll(async () => {
  world = await startTwoSystems([], { tenable: ['--machines', '12'] });
  await world.sync();
});
afterAll(async () => {
  await world.stop();
});
const tieline = (...args: string[]) => commandText(world.app, args);
const boundaryWithMost = () => boundaryWithMostWeaknesses(world);

describe('machines in texts', () => {
  it('POA&Ms that name machines by ids, from before they were named as people call them, stay so until their texts change', async () => {
    const boundary = await boundaryWithMost();
    const set = (...flags: string[]) =>
      tieline('rules', 'set', boundary, ...flags, '--reason', 'our words', '--yes');
    await set('--plan', 'Patch {machines}');
    await world.sync();
    // As an earlier version composed, sent and kept it.
    const ids = `'Patch ' || (select string_agg(coalesce(a.tenable_asset_uuid, a.asset_uuid::text), ', ' order by 1)
                                from ingestion_poam_assets s join ingestion_assets a on a.asset_uuid = s.asset_uuid where s.poam_id = p.poam_id)`;
    const [one] = await world.rows(
      `select p.poam_id as poam, l.external_id as there, ${ids} as plan from ingestion_poams p
         join sync_links l on l.entity_type = 'poam' and l.entity_id = p.poam_id and l.retired_at is null
         join weaknesses w on w.poam_id = p.id join poam_rules r on r.poam_id = p.poam_id
        where w.system_id = $1 order by 1 limit 1`,
      boundary,
    );
    const [poam, plan] = [String(one?.['poam']), String(one?.['plan'])];
    expect(plan).toMatch(/^Patch [0-9a-f-]{36}/);
    await world.rows(`update ingestion_poams set remediation_plan = $2 where poam_id = $1`, poam, plan);
    await world.rows(
      `update poam_rules set texts = jsonb_set(texts, '{remediation_plan}', to_jsonb($2::text)) where poam_id = $1`,
      poam,
      plan,
    );
    await world.rows(
      `update sync_links set base = jsonb_set(base, '{remediation_plan}', to_jsonb($2::text)), report_digest = null, seen_digest = null, settled_digest = null
        where entity_type = 'poam' and entity_id = $1`,
      poam,
      plan,
    );
    await world.control('xacta', 'POST', '/edit', {
      entity: 'poam',
      id: one?.['there'],
      fields: { mitigation_strategy: plan },
    });
    const said = async () =>
      (
        await world.rows(`select remediation_plan as plan from ingestion_poams where poam_id = $1`, poam)
      )[0]?.['plan'];
    await world.sync({ full: true });
    await world.sync();
    expect(await said()).toBe(plan);
    // Nor does a change of the rule that is about another text.
    await set('--description', '{title} in {boundary}');
    await world.sync();
    expect(await said()).toBe(plan);
    expect(
      await world.rows(`select 1 from sync_outbox where state in ('waiting', 'pending', 'failed')`),
    ).toEqual([]);
    await set('--plan', 'Update {machines} by {due}');
    await world.sync();
    expect(await said()).toMatch(/^Update (?![0-9a-f]{8}-)\S/);
  });
});
