import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cloneDatabase, type ClonedDatabase } from '../../../test/support/database.ts';
import { everywhere } from '../../canonical/access/index.ts';
import { withDecision } from '../../ledger/operations/index.ts';
import { renewAssessmentDates } from './propose.ts';
import { listStandings } from './standings.sql.ts';

let database: ClonedDatabase;
beforeAll(async () => {
  database = await cloneDatabase();
  await database.pool.query(`
    insert into ingestion_controls (control_id, system_id, assessment_frequency_months, last_assessed, next_assessment_date) values
      ('AC-1', 'S', 12, '2026-06-30', null), ('AC-2', 'S', 12, '2026-06-30', '2026-05-01'), ('AC-3', 'S', 12, '2026-06-30', '2026-09-01'),
      ('AC-4', 'S', 12, null, null), ('AC-5', 'S', 12, null, '2026-01-01'), ('AC-6', 'S', null, '2026-06-30', null)`);
});
afterAll(() => database[Symbol.asyncDispose]());

describe('the next assessment of controls in a run', () => {
  it('follows from the last one, stays where somebody planned one since, and moves once', async () => {
    const at = new Date('2026-11-27T09:00:00Z');
    const renew = () =>
      database.store.transaction(({ db }) =>
        withDecision(db, { system: 'tieline', step: 'controls' }, (operationId) =>
          renewAssessmentDates(db, { at, operationId, externalSystemId: 1 }),
        ),
      );
    expect(await renew()).toBe(3);
    const { rows } = await database.pool.query(
      `select control_id as control, next_assessment_date::text as next from ingestion_controls order by 1`,
    );
    expect(rows).toEqual([
      { control: 'AC-1', next: '2027-06-30' },
      { control: 'AC-2', next: '2027-06-30' },
      { control: 'AC-3', next: '2026-09-01' },
      { control: 'AC-4', next: '2027-11-27' },
      { control: 'AC-5', next: '2026-01-01' },
      { control: 'AC-6', next: null },
    ]);
    expect(await renew()).toBe(0);
    const { rows: journal } = await database.pool.query(
      `select count(*)::int as n from sync_changes where entity_type = 'control' and field_name = 'next_assessment_date'`,
    );
    expect(journal).toEqual([{ n: 3 }]);
  });

  it('concerns the boundaries of the run’s own connection, and those that none has', async () => {
    await database.pool.query(`
      insert into external_systems (id, system_name, system_type, api_base_url, connection_config) values (1, 'one', 'xacta', '', '{}'), (2, 'two', 'xacta', '', '{}');
      insert into sync_links (external_system_id, entity_type, entity_id, external_id) values (1, 'system', 'S-1', '1'), (2, 'system', 'S-2', '2');
      insert into ingestion_controls (control_id, system_id, implementation_status) values ('AC-1', 'S-1', 'Implemented'), ('AC-1', 'S-2', 'Implemented'), ('AC-1', 'S-3', 'Implemented')`);
    const looked = async (externalSystemId?: number): Promise<string[]> =>
      [
        ...new Set(
          (await listStandings(database.db, everywhere, { externalSystemId })).map(
            ({ systemId }) => systemId,
          ),
        ),
      ].toSorted();
    expect(await looked(1)).toEqual(['S', 'S-1', 'S-3']);
    expect(await looked(2)).toEqual(['S', 'S-2', 'S-3']);
    expect(await looked()).toEqual(['S', 'S-1', 'S-2', 'S-3']);
  });
});
