/** What the migration that takes vendors' names out of fields does to rows that earlier versions wrote. */
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { emptyDatabase } from '../../../test/support/database.ts';
import { readMigrationFiles } from './files.ts';
import { migrate } from './migrate.ts';

const folder = join(import.meta.dirname, '../../../migrations');

it('policies, bases, mappings and waiting changes use the present names of the fields after the upgrade', async () => {
  const earlier = await mkdtemp(join(tmpdir(), 'tieline-earlier-'));
  for (const file of await readMigrationFiles(folder))
    if (file.name < '0036') await cp(join(folder, file.name), join(earlier, file.name));
  await using old = await emptyDatabase();
  await migrate(old.pool, { folder: earlier });
  await rm(earlier, { recursive: true });
  await old.pool.query(`
    insert into external_systems (id, system_name, system_type, api_base_url, connection_config) values (1, 'grc', 'xacta', '', '{}');
    insert into sync_policies (external_system_id, entity_type, field_level_policies, requires_approval, approval_scope) values
      (1, 'asset_context', '{"xacta_system_id": {"direction": "inbound"}, "environment": {"strategy": "manual"}}', true, '{"fields": ["xacta_component_id", "cost_center"]}'),
      (1, 'poam', '{"xacta_poam_id": {"strategy": "manual"}}', null, null),
      (1, '*', '{"xacta_system_id": {"direction": "inbound"}}', null, null);
    insert into sync_links (external_system_id, entity_type, entity_id, external_id, base) values
      (1, 'poam', 'P-1', '7', '{"xacta_poam_id": "7", "status": "Open"}'),
      (1, 'asset_context', 'a', 'a', '{"xacta_component_id": "C", "xacta_system_id": null}');
    insert into data_field_mappings (external_system_id, entity_type, external_field_name, internal_field_name) values
      (1, 'milestone', 'poam_id', 'xacta_poam_id'), (1, 'poam', 'id', 'xacta_poam_id'), (1, 'component', 'system_id', 'xacta_system_id')`);

  await migrate(old.pool, { folder });

  const rows = async (text: string): Promise<unknown[]> => (await old.pool.query(text)).rows;
  expect(
    await rows(
      'select entity_type as entity, field_level_policies as fields, approval_scope as scope from sync_policies order by 1',
    ),
  ).toEqual([
    {
      entity: '*',
      fields: { remote_id: { direction: 'inbound' }, system_remote_id: { direction: 'inbound' } },
      scope: null,
    },
    {
      entity: 'asset_context',
      fields: { system_remote_id: { direction: 'inbound' }, environment: { strategy: 'manual' } },
      scope: { fields: ['component_remote_id', 'cost_center'] },
    },
    { entity: 'poam', fields: { remote_id: { strategy: 'manual' } }, scope: null },
  ]);
  expect(await rows('select base from sync_links order by entity_type')).toEqual([
    { base: { component_remote_id: 'C', system_remote_id: null } },
    { base: { remote_id: '7', status: 'Open' } },
  ]);
  expect(
    await rows(
      'select entity_type as entity, internal_field_name as field from data_field_mappings order by 1',
    ),
  ).toEqual([
    { entity: 'component', field: 'parent_remote_id' },
    { entity: 'milestone', field: 'parent_remote_id' },
    { entity: 'poam', field: 'remote_id' },
  ]);
});
