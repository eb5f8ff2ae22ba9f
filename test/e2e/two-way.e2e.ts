import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTwoSystems, type TwoSystems } from '../support/two-systems.ts';

interface RemotePoam {
  readonly id: string;
  readonly comments: string | null;
  readonly external_uid: string | null;
  readonly version: number;
  readonly milestones: { readonly description: string }[];
  readonly affected_assets: string[];
}

let world: TwoSystems;
beforeAll(async () => {
  world = await startTwoSystems();
});
afterAll(async () => {
  await world.stop();
});

const remotePoams = async (): Promise<RemotePoam[]> =>
  (await world.control<{ poams: RemotePoam[] }>('xacta', 'GET', '/state')).poams;
async function remotePoam(id: string): Promise<RemotePoam> {
  const found = (await remotePoams()).find((poam) => poam.id === id);
  if (!found) throw new Error(`no POA&M ${id} in Xacta`);
  return found;
}
const writes = async (): Promise<number> =>
  (await world.control<{ writes: number }>('tenable', 'GET', '/requests')).writes +
  (await world.control<{ writes: number }>('xacta', 'GET', '/requests')).writes;

// One story in order: each step begins where the one before ended.
describe('a two-way sync', () => {
  it('a two-way sync imports everything, creates the missing POA&Ms once and tags the assets', async () => {
    const summary = await world.sync();
    expect(summary).toMatchObject({
      assets: 80,
      findings: 2000,
      systems: 5,
      components: 60,
      controls: 60,
      poamsRead: 24,
      assetsForReview: 3,
      recordsFailed: 0,
      recordsHeld: 0,
      conflictsPending: 0,
    });
    expect(summary).not.toHaveProperty('alreadyThere');
    expect(summary.poamsCreated).toBeGreaterThan(50);
    const created = (await remotePoams()).filter((poam) => poam.external_uid !== null);
    expect(created).toHaveLength(summary.poamsCreated);
    expect(new Set(created.map((poam) => poam.external_uid)).size).toBe(created.length);
    expect(created.every((poam) => poam.milestones.length > 0 && poam.affected_assets.length > 0)).toBe(true);
    const { assignments } = await world.control<{ assignments: Record<string, string[]> }>(
      'tenable',
      'GET',
      '/state',
    );
    expect(Object.keys(assignments)).toHaveLength(summary.assetsLinked);
  });

  it('a two-way sync links no asset wrongly', async () => {
    const linked = await world.rows(`
      select a.asset_uuid, c.raw_json ->> 'name' as component, a.hostname, a.netbios_name
        from asset_correlations k join ingestion_assets a using (asset_uuid) join system_components c on c.id = k.component_id
       where k.decision = 'linked'`);
    expect(linked.length).toBeGreaterThan(40);
    // The name of a component ends with the host name of the machine that it truly is.
    for (const row of linked)
      expect(String(row['component']).split(' ').at(-1)).toBe(String(row['hostname']).split('.')[0]);
  });

  it('a two-way sync gives every POA&M that it made a due date, a control of its system and a journal row with the reason', async () => {
    const [bad] = await world.rows(`
      select count(*)::int as n from ingestion_poams p
       where p.ingestion_source = 'tieline'
         and (p.scheduled_completion is null or p.security_control is null
              or not exists (select from ingestion_controls c where c.system_id = p.system_id and c.control_id = p.security_control)
              or not exists (select from sync_changes j where j.entity_type = 'poam' and j.entity_id = p.poam_id and j.direction = 'internal' and j.reason like 'due %'))`);
    expect(bad).toEqual({ n: 0 });
  });

  it('a two-way sync finds nothing to write right after', async () => {
    const before = await writes();
    const summary = await world.sync();
    expect(summary.written).toBe(0);
    expect(await writes()).toBe(before);
    const full = await world.sync({ full: true });
    expect(full).toMatchObject({ written: 0, recordsHeld: 0, poamsCreated: 0 });
    expect(await writes()).toBe(before);
  });

  it('a two-way sync adds up: read = created + updated + unchanged + held + failed in every step', async () => {
    const [row] = await world.rows(`
      select count(*)::int as n from ingestion_batches,
             jsonb_to_record(metadata -> 'counts') as c(read int, created int, updated int, unchanged int, held int, failed int)
       where c.read <> c.created + c.updated + c.unchanged + c.held + c.failed`);
    expect(row).toEqual({ n: 0 });
  });

  it('a two-way sync sends what was edited here, and leaves the rest of the record as it was', async () => {
    const before = await remotePoam('POAM-2026-0001');
    await world.rows(`update ingestion_poams set comments = 'edited here' where poam_id = 'POAM-2026-0001'`);
    expect(await world.sync()).toMatchObject({ written: 1, recordsHeld: 0 });
    const after = await remotePoam('POAM-2026-0001');
    expect({ ...after, comments: null, version: 0, modified_at: null }).toEqual({
      ...before,
      comments: null,
      version: 0,
      modified_at: null,
    });
    expect(after.comments).toBe('edited here');
    expect(await world.sync()).toMatchObject({ written: 0 });
  });

  it('a two-way sync imports what was edited there, and records it in the journal', async () => {
    await world.control('xacta', 'POST', '/edit', {
      entity: 'poam',
      id: 'POAM-2026-0003',
      fields: { comments: 'edited there' },
    });
    expect(await world.sync()).toMatchObject({ written: 0, recordsHeld: 0 });
    expect(await world.rows(`select comments from ingestion_poams where poam_id = 'POAM-2026-0003'`)).toEqual(
      [{ comments: 'edited there' }],
    );
    expect(
      await world.rows(
        `select after_value from sync_changes where entity_id = 'POAM-2026-0003' and field_name = 'comments'`,
      ),
    ).toEqual([{ after_value: 'edited there' }]);
  });

  it('a two-way sync holds a field that both sides edited, on both sides, and nothing else of the record', async () => {
    await world.rows(
      `update ingestion_poams set comments = 'ours', resources_required = 'ours too' where poam_id = 'POAM-2026-0002'`,
    );
    await world.control('xacta', 'POST', '/edit', {
      entity: 'poam',
      id: 'POAM-2026-0002',
      fields: { comments: 'theirs' },
    });
    expect(await world.sync()).toMatchObject({ recordsHeld: 1, conflictsPending: 1, written: 1 });
    expect(await remotePoam('POAM-2026-0002')).toMatchObject({ comments: 'theirs', resources: 'ours too' });
    expect(await world.rows(`select comments from ingestion_poams where poam_id = 'POAM-2026-0002'`)).toEqual(
      [{ comments: 'ours' }],
    );
    expect(
      await world.rows(`select internal_value, external_value, resolution_status from sync_conflicts`),
    ).toEqual([{ internal_value: 'ours', external_value: 'theirs', resolution_status: 'pending' }]);
    await world.sync();
    expect(await remotePoam('POAM-2026-0002')).toMatchObject({ comments: 'theirs' });
  });

  it('a two-way sync closes a conflict that settles itself', async () => {
    await world.control('xacta', 'POST', '/edit', {
      entity: 'poam',
      id: 'POAM-2026-0002',
      fields: { comments: 'ours' },
    });
    expect(await world.sync()).toMatchObject({ conflictsPending: 0, recordsHeld: 0 });
  });

  it('a two-way sync adds a machine that joins a weakness to its POA&M, and makes no second one', async () => {
    const [weakness] = await world.rows(`
      select w.identifier, a.asset_uuid::text as asset, l.external_id
        from weaknesses w join ingestion_poams p on p.id = w.poam_id and p.ingestion_source = 'tieline'
        join sync_links l on l.entity_type = 'poam' and l.entity_id = p.poam_id
        join ingestion_assets a on a.system_id = w.system_id
       where not exists (select from ingestion_vulnerabilities v where v.asset_uuid = a.asset_uuid::text and v.plugin_id = w.identifier)
         and w.severity = 'Critical' -- a graver finding would raise the rating too
       order by w.id, a.asset_uuid limit 1`);
    const asset = String(weakness?.['asset']);
    await world.control('tenable', 'POST', '/edit', {
      addFinding: {
        asset: { uuid: asset },
        plugin: { id: Number(weakness?.['identifier']), name: 'the same plugin' },
        port: { port: 0, protocol: 'TCP' },
        severity: 'critical',
        severity_id: 4,
        severity_modification_type: 'NONE',
        state: 'OPEN',
        first_found: '2026-10-30T00:00:00Z',
        last_found: '2026-10-31T00:00:00Z',
        indexed: new Date().toISOString(),
      },
    });
    expect(await world.sync()).toMatchObject({ poamsCreated: 0, poamsUpdated: 1 });
    expect((await remotePoam(String(weakness?.['external_id']))).affected_assets).toContain(asset);
    expect(await world.sync()).toMatchObject({ written: 0 });
  });

  it('a two-way sync retires an asset that was deleted in Tenable, and deletes nothing', async () => {
    const [linked] = await world.rows(
      `select entity_id from sync_links where entity_type = 'asset_component' order by id limit 1`,
    );
    await world.control('tenable', 'POST', '/edit', { asset: linked?.['entity_id'], delete: true });
    const summary = await world.sync();
    expect(summary.assets).toBe(80);
    const [row] = await world.rows(
      `select count(*) filter (where retired_at is not null)::int as retired from sync_links where entity_id = $1`,
      linked?.['entity_id'],
    );
    expect(row).toEqual({ retired: 2 });
  });

  it('a two-way sync holds a record whose text has the character U+0000, and shows it, instead of sending it back without', async () => {
    const comments = async (value: string) =>
      world.control('xacta', 'POST', '/edit', {
        entity: 'poam',
        id: 'POAM-2026-0007',
        fields: { comments: value },
      });
    await comments('a\u0000b');
    expect(await world.sync()).toMatchObject({ recordsFailed: 1, written: 0 });
    expect((await remotePoam('POAM-2026-0007')).comments).toBe('a\u0000b');
    const [conflict] = await world.rows(
      `select conflict_type from sync_conflicts where entity_id = 'POAM-2026-0007' and resolution_status = 'pending'`,
    );
    expect(conflict).toEqual({ conflict_type: 'unmappable_value' });
    await comments('ab');
    expect(await world.sync()).toMatchObject({ recordsFailed: 0 });
  });
});
