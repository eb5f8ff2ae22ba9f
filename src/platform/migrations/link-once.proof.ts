/** What the migrations of sync_links and sync_conflicts do to existing rows. */
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { emptyDatabase } from '../../../test/support/database.ts';
import { listLinkFaults } from '../../ledger/links/link-faults.sql.ts';
import { readMigrationFiles } from './files.ts';
import { migrate } from './migrate.ts';

const folder = join(import.meta.dirname, '../../../migrations');

it('a row that is linked twice becomes a conflict, its first link that still stands is kept, and conflicts learn their system', async () => {
  const earlier = await mkdtemp(join(tmpdir(), 'tieline-earlier-'));
  for (const file of await readMigrationFiles(folder))
    if (file.name < '0015') await cp(join(folder, file.name), join(earlier, file.name));
  await using old = await emptyDatabase();
  await migrate(old.pool, { folder: earlier });
  await rm(earlier, { recursive: true });
  await old.pool.query(`
    insert into external_systems (id, system_name, system_type, api_base_url, connection_config)
      values (1, 'grc-a', 'xacta', '', '{}'), (2, 'grc-b', 'xacta', '', '{}');
    insert into ingestion_batches (batch_id, source_system) values ('00000000-0000-4000-8000-000000000001', 'grc-b');
    insert into sync_links (external_system_id, entity_type, entity_id, external_id, missing_since) values
      (1, 'poam', 'TL-1', 'POAM-1', now()), (1, 'poam', 'TL-1', 'POAM-2', null), (1, 'poam', 'TL-1', 'POAM-3', null),
      (2, 'poam', 'TL-1', 'POAM-1', null), (1, 'asset', 'A', 'one', null), (1, 'asset', 'A', 'two', null), (2, 'control', '7', 'C', null);
    insert into sync_reads (external_system_id, entity_type, mark) values (1, 'poam', 'm'), (1, 'control', 'm'), (2, 'poam', 'm');
    insert into sync_conflicts (entity_type, entity_id, conflict_type, field_name, operation_id) values
      ('poam', 'TL-1', 'field_mismatch', 'status', '00000000-0000-4000-8000-000000000001'),
      ('control', '7', 'field_mismatch', 'status', null), ('poam', 'TL-1', 'field_mismatch', 'poc', null)`);
  const faults = async () => {
    const client = await old.pool.connect();
    try {
      return (await listLinkFaults(client, 10)).map(({ kind, entityId, detail }) => [kind, entityId, detail]);
    } finally {
      client.release();
    }
  };
  expect(await faults()).toContainEqual(['double link', 'TL-1', 'grc-a: POAM-1, POAM-2, POAM-3']);
  await migrate(old.pool, { folder });
  const rows = async (query: string) => (await old.pool.query(query)).rows as unknown[];
  expect(
    await rows(
      `select external_id as id from sync_links where retired_at is null and external_system_id = 1 order by id`,
    ),
  ).toEqual([{ id: 'POAM-2' }, { id: 'one' }, { id: 'two' }]);
  expect(
    await rows(
      `select external_system_id as system, coalesce(field_name, external_value ->> 'same_as') as about from sync_conflicts order by id`,
    ),
  ).toEqual([
    { system: 2, about: 'status' },
    { system: 2, about: 'status' },
    { system: null, about: 'poc' },
    { system: 1, about: 'POAM-3' },
    { system: 1, about: 'POAM-1' },
  ]);
  expect(await rows('select mark from sync_reads order by external_system_id, entity_type')).toEqual([
    { mark: 'm' },
    { mark: null },
    { mark: 'm' },
  ]);
  expect(await faults()).toEqual([
    ['no system', 'TL-1', 'conflict 3, field_mismatch of poc'],
    ['two systems', 'TL-1', 'grc-a POAM-2, grc-b POAM-1'],
  ]);
});
