/** What an upgrade does to the field mappings of connections: shipped ones of an earlier release are completed, a customer's own are left alone. */
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { mappingRowOf } from '../../src/canonical/mapping/index.ts';
import { xactaMappings } from '../../src/connectors/xacta/mappings.ts';
import { readMigrationFiles } from '../../src/platform/migrations/files.ts';
import { migrate } from '../../src/platform/migrations/migrate.ts';
import { emptyDatabase } from '../support/database.ts';

const folder = join(import.meta.dirname, '../../migrations');
const shipped = xactaMappings.filter(({ entityType }) => entityType === 'poam').map(mappingRowOf);
const isLater = (field: string): boolean => field.startsWith('deviation_') && field !== 'deviation_rationale';

it('an upgrade completes the mappings that an earlier release shipped to those of today, and leaves changed ones alone', async () => {
  const earlier = await mkdtemp(join(tmpdir(), 'tieline-earlier-'));
  for (const file of await readMigrationFiles(folder))
    if (file.name < '0151') await cp(join(folder, file.name), join(earlier, file.name));
  await using old = await emptyDatabase();
  await migrate(old.pool, { folder: earlier });
  await rm(earlier, { recursive: true });
  await old.pool
    .query(`insert into external_systems (id, system_name, system_type, api_base_url, connection_config)
    values (1, 'shipped', 'xacta', '', '{}'), (2, 'own', 'xacta', '', '{}'), (3, 'less', 'xacta', '', '{}')`);
  const former = shipped.filter(({ internal_field_name: field }) => !isLater(field));
  for (const [systemId, rows] of [
    [1, former],
    [
      2,
      former.map((row) =>
        row.internal_field_name === 'poc' ? { ...row, external_field_name: 'owner' } : row,
      ),
    ],
    [3, former.filter((row) => row.internal_field_name !== 'poc')],
  ] as const)
    for (const row of rows)
      await old.pool.query(
        `insert into data_field_mappings (external_system_id, entity_type, external_field_name, internal_field_name, transformation_rule, is_required)
         values ($1, $2, $3, $4, $5, $6)`,
        [
          systemId,
          row.entity_type,
          row.external_field_name,
          row.internal_field_name,
          JSON.stringify(row.transformation_rule),
          row.is_required,
        ],
      );

  await migrate(old.pool, { folder });

  const fieldsOf = async (systemId: number): Promise<string[]> =>
    (
      await old.pool.query<{ row: string }>(
        `select external_field_name || ' ' || internal_field_name || ' ' || transformation_rule::jsonb::text as row
           from data_field_mappings where external_system_id = $1`,
        [systemId],
      )
    ).rows.map(({ row }) => row.replaceAll(/[{}" ]/g, ''));
  const today = await fieldsOf(1);
  expect(today).toHaveLength(shipped.length);
  for (const row of shipped)
    expect(
      today.some((each) => each.startsWith(`${row.external_field_name}${row.internal_field_name}`)),
    ).toBe(true);
  expect(await fieldsOf(2)).toHaveLength(former.length);
  expect(await fieldsOf(3)).toHaveLength(former.length - 1);
});
