import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { backfill } from '../../src/operate/backfill/backfill.ts';
import type { SyncSummary } from '../../src/runs/sync/summary.ts';
import { copyForOwner, countRows, type OwnerCopy } from '../support/owner-copy.ts';
import { startTwoSystems, type TwoSystems } from '../support/two-systems.ts';

let world: TwoSystems;
let fresh: SyncSummary;
let poamIds: string[];
const copies: Partial<Record<'current' | 'older' | 'unfilled', OwnerCopy>> = {};

beforeAll(async () => {
  world = await startTwoSystems([], { tenable: ['--machines', '12'] });
  poamIds = (await world.control<{ poams: { id: string }[] }>('xacta', 'GET', '/state')).poams.map(
    (poam) => poam.id,
  );
  fresh = await world.sync();
  for (const kind of ['current', 'older', 'unfilled'] as const)
    copies[kind] = await copyForOwner(world.app.pool, {
      older: kind === 'older',
      leastPrivileges: kind === 'current',
      poamIds,
    });
});
afterAll(async () => {
  await world.stop();
});

/** What a summary says of the record and of the work done, apart from ids and from what was there. */
const facts = ({ operationId: _id, alreadyThere: _there, ...rest }: SyncSummary) => rest;

function fill() {
  return backfill(world.app, {
    batch: 500,
    share: 100,
    again: false,
    signal: new AbortController().signal,
    report: () => undefined,
  });
}

describe.each(['current', 'older', 'unfilled'] as const)('a sync over an adopted database (%s)', (kind) => {
  let copy: OwnerCopy;
  let summary: SyncSummary;
  let filled: unknown[];
  beforeAll(async () => {
    copy = copies[kind] as OwnerCopy; // made above for each kind
    await world.beginAnew(copy.database);
    if (kind !== 'unfilled') await fill();
    filled = await world.rows(
      `select bool_or(xacta_poam_id is not null) as poams,
              (select bool_or(xacta_system_id is not null) from ingestion_systems) as systems,
              (select bool_or(xacta_control_id is not null) from ingestion_controls) as controls from ingestion_poams`,
    );
    summary = await world.sync();
  });

  it('a sync over an adopted database leaves every row of the owner as it was', () => {
    expect(copy.migration.verified.length).toBeGreaterThan(20);
    expect(copy.migration.verified.filter((each) => each.verdict !== 'equal')).toEqual([]);
  });

  it('a sync over an adopted database knows after the backfill what the remote calls systems, controls and POA&Ms', () => {
    const known = kind !== 'unfilled';
    expect(filled).toEqual([{ poams: known, systems: known, controls: known }]);
  });

  it('a sync over an adopted database ends as a sync over a fresh database does', () => {
    expect(facts(summary)).toEqual(facts(fresh));
  });

  it('a sync over an adopted database recognizes the existing rows instead of adding them again, and reports how many', async () => {
    const linked = summary.alreadyThere?.linked ?? {};
    expect(linked).toMatchObject({ asset: 11, system: 5, poam: poamIds.length });
    expect(linked['finding']).toBeGreaterThan(200);
    const after = await countRows(world.app.pool);
    const extra = (table: string, now: number): number => (copy.before[table] ?? 0) - now;
    expect(after['ingestion_assets']).toBe(12);
    expect(after['ingestion_controls']).toBe(60);
    expect(after['ingestion_vulnerabilities']).toBe(
      fresh.findings + extra('ingestion_vulnerabilities', linked['finding'] ?? 0),
    );
    expect(after['ingestion_systems']).toBe(kind === 'older' ? 6 : 5);
    expect(after['ingestion_poams']).toBe(fresh.poams);
  });

  it('a sync over an adopted database finds nothing to do right after', async () => {
    const again = await world.sync();
    expect(again).toMatchObject({ written: 0, conflictsPending: 0, recordsFailed: 0 });
    expect(again.alreadyThere?.linked ?? {}).toEqual({});
  });

  it('a sync over an adopted database treats what the application changes afterwards, without our columns, as edits of our side', async () => {
    const [poam] = await world.rows(
      `update ingestion_poams set comments = 'patched in window 7 (' || $2 || ')'
        where poam_id = $1 returning poam_id`,
      poamIds[0],
      kind,
    );
    expect(poam).toBeDefined();
    await world.rows(
      `insert into ingestion_poams (poam_id, system_id, weakness_description, status)
       select 'OWN-1', system_id, 'found by hand', 'Open' from ingestion_systems order by id limit 1`,
    );
    const summary = await world.sync();
    expect(summary).toMatchObject({ written: 1, poamsUpdated: 1, conflictsPending: 0 });
    const { poams } = await world.control<{ poams: { id: string; comments: string | null }[] }>(
      'xacta',
      'GET',
      '/state',
    );
    expect(poams.find((each) => each.id === poamIds[0])?.comments).toBe(`patched in window 7 (${kind})`);
    expect(summary.alreadyThere?.unlinked['poam']).toBe(1);
  });
});
