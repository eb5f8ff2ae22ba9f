/** Detections run each minute: over a log of many rows they read what one person did, by an index, and not the log. */
import { describe, expect, it } from 'vitest';
import { sql } from 'kysely';
import { alertWorld, start } from '../../../test/support/alert-world.ts';
import { conditionsOfSecurity } from './conditions-of-security.sql.ts';

const world = alertWorld();
/** Ten events a day of each, among them a sign-in and an export: 120,000 rows. */
const people = 100;
const days = 120;
/** What one person signed in and exported in 90 days, with some to spare: a tenth of what they did, and no more in a longer log. */
const mostOfEach = 300;

const fill = `
  insert into security_events_extended (event_type, severity, source_system, event_details, occurred_at, detected_at, principal_id, principal_name, address, outcome, source_way)
  select case n when 0 then 'sign_in' when 1 then 'export_finished' else 'record_changed' end, 'Info', 'tieline', case n when 1 then '{"rows": 900}' else '{}' end::jsonb,
         at, at, ('00000000-0000-0000-0000-' || lpad(person::text, 12, '0'))::uuid, 'person ' || person, '192.0.2.7', 'success', 'session'
    from generate_series(1, ${people}) person, generate_series(1, ${days}) day, generate_series(0, 9) n,
         lateral (select timestamptz '${start.toISOString()}' - day * interval '1 day' + (n + 1) * interval '1 minute' as at) moment;
  analyze security_events_extended;`;

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly Plans?: readonly PlanNode[];
}
const nodesOf = (node: PlanNode): PlanNode[] => [node, ...(node.Plans ?? []).flatMap(nodesOf)];

/** Rows of the log that the statement looked at. */
async function rowsRead(kind: keyof typeof conditionsOfSecurity, loosest: number): Promise<number> {
  const { rows } = await sql<{ 'QUERY PLAN': readonly { Plan: PlanNode }[] }>`
    explain (analyze, format json) ${conditionsOfSecurity[kind]({ now: start, loosest })}`.execute(
    world.database.db,
  );
  const plan = rows[0]?.['QUERY PLAN'][0]?.Plan;
  if (!plan) throw new Error('there is no plan');
  return nodesOf(plan)
    .filter((node) => node['Relation Name']?.startsWith('security_events_extended'))
    .reduce(
      (sum, node) =>
        sum + (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)) * node['Actual Loops'],
      0,
    );
}

describe('over a long security log', () => {
  it('each detection reads some rows of each person, and not the log', async () => {
    await world.run(fill);
    // One signs in from a new network, and one exports much more than ever.
    await world.run(`
      insert into security_events_extended (event_type, severity, source_system, event_details, occurred_at, detected_at, principal_id, principal_name, address, outcome, source_way)
      select kind, 'Info', 'tieline', '{"rows": 20000}'::jsonb, timestamptz '${start.toISOString()}' - interval '30 minutes', now(),
             ('00000000-0000-0000-0000-' || lpad('7', 12, '0'))::uuid, 'person 7', '198.51.100.9', 'success', 'session'
        from unnest(array['sign_in', 'export_finished']) kind`);
    const read: Record<string, number> = {};
    for (const [kind, loosest] of [
      ['many_refusals', 20],
      ['sign_in_new_place', 90],
      ['sign_in_odd_time', 1],
      ['mass_export', 10_001],
      ['token_elsewhere', 1],
      ['policy_loosened', 1],
    ] as const)
      read[kind] = await rowsRead(kind, loosest);
    for (const [kind, rows] of Object.entries(read))
      expect([kind, rows, rows < people * mostOfEach]).toEqual([kind, rows, true]);
    expect(read).toMatchObject({ many_refusals: 0, token_elsewhere: 0, policy_loosened: 0 });
    expect(read['mass_export']).toBeLessThan(people + 200);

    await world.evaluate('sign_in_new_place');
    await world.evaluate('mass_export');
    expect((await world.openAlerts()).map(({ title }) => title).toSorted()).toEqual([
      'person 7 exported 20,000 rows within an hour',
      'person 7 signed in from 198.51.100.0/24, which is new for them',
    ]);
  }, 180_000);
});
