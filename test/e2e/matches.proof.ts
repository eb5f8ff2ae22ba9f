import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandOver } from '../support/command-over.ts';
import { startTwoSystems, type TwoSystems } from '../support/two-systems.ts';

let world: TwoSystems;
beforeAll(async () => {
  world = await startTwoSystems([], { tenable: ['--machines', '12'] });
  await world.sync();
});
afterAll(async () => {
  await world.stop();
});

const command = (...args: string[]) => commandOver(world.app, args);
interface Match {
  id: number;
  kind: string;
  assetUuid: string;
  reason: string;
  candidates: { choice: string; heldBy: string[]; evidence: unknown[] }[];
}
const waiting = async () => (await command('matches', 'list')).json as Match[];
const counted = async () => (await command('sync', 'status')).json as { assetsForReview: number };
const systemOf = async (asset: string) =>
  (await world.rows(`select system_id from ingestion_assets where asset_uuid = $1::uuid`, asset))[0]?.[
    'system_id'
  ];

/** An asset here that is known by nothing but these identifiers, as if a scanner had reported it. */
async function addAsset(uuid: string, name: string, identifiers: Record<string, string>): Promise<void> {
  await world.rows(
    `with made as (insert into ingestion_assets (asset_uuid, hostname) values ($1::uuid, $2) returning asset_uuid)
     insert into sync_links (external_system_id, entity_type, entity_id, external_id)
     select s.id, 'asset', $1, $1 from external_systems s, made where s.system_type = 'tenable'`,
    uuid,
    name,
  );
  for (const [kind, value] of Object.entries(identifiers))
    await world.rows(
      `insert into asset_identifiers (asset_uuid, kind, value) values ($1::uuid, $2, $3)`,
      uuid,
      kind,
      value,
    );
}

// One story in order: each step begins where the one before ended.
describe('a name that another machine has', () => {
  const stranger = 'aaaaaaaa-0000-4000-8000-000000000001';
  let holder = { asset: '', component: '', fqdn: '', ip: '' };

  it('a name that another machine has never displaces the matched machine, and one list, one number and one exit code show it', async () => {
    const [row] = await world.rows(
      `select l.entity_id as asset, l.external_id as component, f.value as fqdn, i.value as ip
         from sync_links l join asset_identifiers f on f.asset_uuid::text = l.entity_id and f.kind = 'fqdn'
         join asset_identifiers i on i.asset_uuid = f.asset_uuid and i.kind = 'ip'
         join component_identifiers c on c.kind = 'fqdn' and c.value = f.value
        where l.entity_type = 'asset_component' and l.retired_at is null order by l.id limit 1`,
    );
    holder = row as typeof holder;
    const before = await systemOf(holder.asset);
    const known = (await waiting()).length;
    await addAsset(stranger, 'laptop', {
      fqdn: holder.fqdn,
      ip: holder.ip,
      mac: '02:00:00:00:00:99',
      bios_uuid: 'f'.repeat(31) + '1',
    });
    const run = await command('sync', 'run');
    expect(run.code).toBe(3);
    expect(run.json).toMatchObject({ matchesNew: 1, assetsForReview: known + 1 });
    expect(await systemOf(holder.asset)).toBe(before);
    expect(await systemOf(stranger)).toBeNull();
    expect((await counted()).assetsForReview).toBe((await waiting()).length);
    // What was asked already is no news.
    expect((await command('sync', 'run')).json).toMatchObject({ matchesNew: 0, assetsForReview: known + 1 });
  });

  it('a match under review is found by name, shown with who has the component and on what evidence, and settled at once', async () => {
    const shown = (await command('matches', 'show', 'laptop')).json as Match;
    expect(shown).toMatchObject({ kind: 'component', assetUuid: stranger });
    expect(shown.candidates[0]).toMatchObject({ choice: holder.component });
    expect(shown.candidates[0]?.heldBy).toHaveLength(1);
    expect(shown.candidates[0]?.evidence.length).toBeGreaterThan(0);
    await command('matches', 'reject', String(shown.id), '--by', 'isso');
    expect((await waiting()).map((each) => each.id)).not.toContain(shown.id);
    await command('sync', 'run', '--full');
    expect((await waiting()).map((each) => each.assetUuid)).not.toContain(stranger);
    expect(await systemOf(stranger)).toBeNull();
  });

  it('a standing decision about a name that another machine has also settles what comes under a new uuid', async () => {
    const next = 'aaaaaaaa-0000-4000-8000-000000000002';
    const later = 'aaaaaaaa-0000-4000-8000-000000000003';
    await addAsset(next, 'rebuilt', { fqdn: holder.fqdn, mac: '02:00:00:00:00:77' });
    expect((await command('sync', 'run')).code).toBe(3);
    const always = await command('matches', 'always', 'rebuilt', holder.component, '--by', 'isso');
    expect(always.code).toBe(0);
    expect(await systemOf(next)).toBe(await systemOf(holder.asset));
    // Both share the component by the person's word: nobody is asked whether they are one.
    expect((await waiting()).filter((each) => each.kind === 'duplicate')).toEqual([]);
    await addAsset(later, 'rebuilt again', { mac: '02:00:00:00:00:77' });
    await command('sync', 'run');
    expect(await systemOf(later)).toBe(await systemOf(holder.asset));
    const [standing] = (await command('matches', 'standing')).json as { id: number }[];
    await command('matches', 'forget', String(standing?.id));
    expect((await command('matches', 'standing')).json).toEqual([]);
  });

  it('a match decision is refused where the choice is not clear, with the choices that there are', async () => {
    expect((await command('matches', 'accept', '999999')).err).toContain('No match 999999 waits');
    expect((await command('matches', 'list', '--system', 'nosuch')).err).toContain('SYSTEM_UNKNOWN');
  });
});

describe('two assets of one scanner', () => {
  it('two assets of one scanner are listed as probable duplicates where an FQDN and an address are the same and nothing differs', async () => {
    const [one, other] = ['eeeeeeee-0000-4000-8000-000000000001', 'eeeeeeee-0000-4000-8000-000000000002'];
    const names = { fqdn: 'twice.enterprise.example', hostname: 'twice', ip: '10.88.0.8' };
    await addAsset(one ?? '', 'twice', { ...names, agent_uuid: 'a'.repeat(31) + '1' });
    await addAsset(other ?? '', 'twice', names);
    await addAsset('eeeeeeee-0000-4000-8000-000000000003', 'twice', { ...names, ip: '10.88.0.9' });
    await world.rows(
      `insert into asset_sources (external_system_id, external_id, asset_uuid, record, identifiers, raw_json)
       select s.id, a.asset_uuid::text, a.asset_uuid, '{}', '[]', '{}' from external_systems s, ingestion_assets a
        where s.system_type = 'tenable' and a.hostname = 'twice'`,
    );
    const rows = (await command('assets', 'duplicates')).json as { assets: { assetUuid: string }[] }[];
    const pairs = rows.map((row) => row.assets.map((each) => each.assetUuid).toSorted());
    expect(pairs.filter((pair) => pair[0]?.startsWith('eeeeeeee'))).toEqual([[one, other]]);
  });
});

describe('an asset', () => {
  it('an asset is found by its short name, whole name, address, MAC address and the beginning of its uuid', async () => {
    const uuid = 'bbbbbbbb-0000-4000-8000-000000000001';
    await addAsset(uuid, 'web77.enterprise.example', {
      fqdn: 'web77.enterprise.example',
      hostname: 'web77',
      ip: '10.77.0.7',
      mac: '02:00:00:00:77:77',
    });
    for (const name of ['web77', 'WEB77.enterprise.example', '10.77.0.7', '02-00-00-00-77-77', 'bbbbbbbb'])
      expect((await command('assets', 'explain', name)).json).toMatchObject({ asset: { assetUuid: uuid } });
    expect((await command('assets', 'explain', 'web77.other.example')).err).toContain('No asset fits');
    // One that ended is not in the way of the living one that bears its name now.
    await world.rows(`update ingestion_assets set deleted_at = now() where asset_uuid = $1::uuid`, uuid);
    const heir = 'cccccccc-0000-4000-8000-000000000001';
    await addAsset(heir, 'web77', { hostname: 'web77' });
    expect((await command('assets', 'explain', 'web77')).json).toMatchObject({ asset: { assetUuid: heir } });
  });
});
