import { afterAll, beforeAll, expect, it } from 'vitest';
import { cloneDatabase } from '../../../test/support/database.ts';
import { addAssetTags, keepAllAssetTags, removeAssetTags } from '../assets/index.ts';
import { findBoundaryTags, keepBoundaryTag, keepSystemMappings } from './elsewhere.sql.ts';

let database: Awaited<ReturnType<typeof cloneDatabase>>;
const web = '11111111-1111-4111-8111-111111111111';
const lost = '22222222-2222-4222-8222-222222222222';
beforeAll(async () => {
  database = await cloneDatabase();
  await database.pool.query(`
    insert into external_systems (system_name, system_type, api_base_url, connection_config)
    values ('grc', 'xacta', 'http://127.0.0.1:1', '{}'), ('scanner', 'tenable', 'http://127.0.0.1:2', '{}');
    insert into ingestion_batches (batch_id, source_system) values ('00000000-0000-0000-0000-0000000000b1', 'test');
    insert into ingestion_systems (system_id, name, uuid, external_system_mappings) values
      ('SYS,1', 'Payroll', gen_random_uuid(), '{"inventory": "I-9", "grc": "stale"}'), ('SYS-2', 'Web', gen_random_uuid(), null);
    insert into sync_links (external_system_id, entity_type, entity_id, external_id, operation_id)
    select id, 'system', 'SYS,1', 'ENT-1', '00000000-0000-0000-0000-0000000000b1' from external_systems where system_name = 'grc';
    insert into ingestion_assets (asset_uuid, hostname) values ('${web}', 'web1'), ('${lost}', 'lost1');
    insert into asset_sources (external_system_id, external_id, asset_uuid, record, identifiers, raw_json)
    select id, 'w', '${web}', '{}', '[]', '{"tags": [{"uuid": "tag-of-web", "key": "System", "value": "SYS-2"}, {"uuid": "other", "key": "Site", "value": "SYS 1"}]}'
      from external_systems where system_name = 'scanner'`);
});
afterAll(() => database[Symbol.asyncDispose]());

const all = async (query: string): Promise<unknown[]> =>
  (await database.pool.query<Record<string, unknown>>(query)).rows;
const systems = (): Promise<unknown[]> =>
  all(
    'select system_id as id, external_system_mappings as ids, tenable_asset_group_id as tag from ingestion_systems order by 1',
  );

it('a boundary shows its id at each connection that it is linked to, beside what the host application keeps there', async () => {
  await keepSystemMappings(database.db);
  expect(await systems()).toMatchObject([
    { id: 'SYS,1', ids: { inventory: 'I-9', grc: 'ENT-1' } },
    { id: 'SYS-2', ids: null },
  ]);
  await database.pool.query('update sync_links set retired_at = now()');
  await keepSystemMappings(database.db);
  expect(await systems()).toMatchObject([{ ids: { inventory: 'I-9' } }, { ids: null }]);
});

it('the tag that stands for a boundary is known by the id that the scanner confirmed, or else reported of a machine that bears it', async () => {
  const [scanner] = (await all(`select id from external_systems where system_name = 'scanner'`)) as {
    id: number;
  }[];
  await addAssetTags(database.db, { category: 'System', value: 'SYS-2', assets: [web] });
  await findBoundaryTags(database.db, scanner?.id ?? 0, 'System');
  expect(await systems()).toMatchObject([{ tag: null }, { tag: 'tag-of-web' }]);
  await keepBoundaryTag(database.db, 'SYS 1', 'confirmed');
  await keepBoundaryTag(database.db, 'SYS-2', 'made again');
  expect(await systems()).toMatchObject([{ tag: 'confirmed' }, { tag: 'made again' }]);
  // One that is known is not looked for again.
  await findBoundaryTags(database.db, scanner?.id ?? 0, 'System');
  expect(await systems()).toMatchObject([{ tag: 'confirmed' }, { tag: 'made again' }]);
});

it('what assets are tagged with follows each change of their tags, and what the host application wrote with the next run', async () => {
  const shown = (): Promise<unknown[]> =>
    all(
      `select a.hostname, x.asset_tags as tags from ingestion_assets a left join assets_extended x using (asset_uuid) order by 1`,
    );
  await removeAssetTags(database.db, { category: 'System', value: 'SYS-2', assets: [web] });
  expect(await shown()).toEqual([
    { hostname: 'lost1', tags: null },
    { hostname: 'web1', tags: null },
  ]);
  await addAssetTags(database.db, { category: 'Site', value: 'HQ', assets: [web] });
  await addAssetTags(database.db, { category: 'Site', value: 'DR', assets: [web] });
  await database.pool.query(
    `insert into ingestion_asset_tags (asset_uuid, tag_key, tag_value) values ('${lost}', 'Owner', 'Ops')`,
  );
  await keepAllAssetTags(database.db);
  expect(await shown()).toEqual([
    { hostname: 'lost1', tags: { Owner: ['Ops'] } },
    { hostname: 'web1', tags: { Site: ['DR', 'HQ'] } },
  ]);
  await database.pool.query(`delete from ingestion_asset_tags where asset_uuid = '${lost}'`);
  await keepAllAssetTags(database.db);
  expect(await shown()).toMatchObject([{ tags: null }, { tags: { Site: ['DR', 'HQ'] } }]);
});
