import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ClonedDatabase } from '../../../test/support/database.ts';
import { everywhere, type Scope } from '../../canonical/access/index.ts';
import { poamList, systemList } from '../../canonical/lists/index.ts';
import { type After, parseFilter, parseSort } from '../../platform/lists/index.ts';
import { countPoams } from '../poams/index.ts';
import { databaseWithPoams } from '../../../test/support/poam-world.ts';
import {
  type BoundaryRow,
  countBoundaries,
  facetBoundaries,
  findBoundaryRow,
  listBoundaries,
} from './boundary-list.sql.ts';
import {
  componentKinds,
  countComponents,
  listComponents,
  listControls,
  listTopWeaknesses,
} from './boundary-parts.sql.ts';

let database: ClonedDatabase;
beforeAll(async () => {
  let systemId: number;
  ({ database, systemId } = await databaseWithPoams());
  for (const statement of [
    `update ingestion_systems set status = case when id % 2 = 0 then 'Authorized' end, authorization_termination_date = case when id % 2 = 0 then timestamp '2027-01-15' end,
            information_system_security_officer = 'J. Doe', sync_enabled = system_id <> 'S-3'`,
    `insert into ingestion_system_impact_levels (system_id, confidentiality_impact, overall_impact) values ('S-0', 'high', 'high'), ('S-1', 'low', 'moderate')`,
    `insert into sync_links (external_system_id, entity_type, entity_id, external_id) select ${systemId}, 'system', 'S-' || n, 'X-' || n from generate_series(0, 3) n where n <> 2`,
    `insert into asset_exposure (asset_uuid, open_info, open_low, open_medium, open_high, open_critical, accepted, severe_since)
     select asset_uuid, 0, 1, 2, 3, id % 4, 0, timestamp '2026-10-01' from ingestion_assets`,
    `insert into system_components (external_system_id, component_id, system_id, name) select ${systemId}, 'C-' || n, 'S-' || (n % 4), 'host ' || n from generate_series(0, 7) n`,
    `insert into asset_correlations (asset_uuid, component_id, decision, score, evidence, decided_by_kind, rule_code)
     select a.asset_uuid, k.id, 'linked', 90, '[]', 'rule', 'weighted_identifiers' from ingestion_assets a join system_components k on k.system_id = a.system_id and k.component_id = 'C-' || substr(a.hostname, 4)`,
    `insert into ingestion_controls (control_id, system_id, implementation_status) select c, 'S-' || n, 'Implemented' from unnest(array['SI-2', 'CM-6', 'AC-1']) c, generate_series(0, 3) n`,
  ])
    await database.pool.query(statement);
});
afterAll(() => database[Symbol.asyncDispose]());

const now = new Date('2026-11-26T15:00:00Z');
const filterOf = (pairs: Readonly<Record<string, string>>) =>
  parseFilter(systemList.filters, Object.entries(pairs), now);
async function pagesOf(
  scope: Scope,
  pairs: Readonly<Record<string, string>>,
  sort: string,
): Promise<BoundaryRow[]> {
  const rows: BoundaryRow[] = [];
  let after: After | undefined;
  do {
    const page = await listBoundaries(database.db, scope, {
      filter: filterOf(pairs),
      sort: parseSort(sort, systemList.sorts),
      after,
      limit: 3,
      now,
    });
    rows.push(...page.items);
    after = page.next;
  } while (after);
  return rows;
}

describe('the list of systems', () => {
  it.each([
    {},
    { status: 'none' },
    { impact: 'high,moderate' },
    { isso: 'J. Doe' },
    { overdue: '1..' },
    { ends: '..90d' },
    { sync: 'yes' },
    { q: 'system 1' },
  ])('with %j, count, facets and pages in every sort have the same systems', async (pairs) => {
    const ids = (await pagesOf(everywhere, pairs, 'name')).map((row) => row.systemId).toSorted();
    expect(await countBoundaries(database.db, everywhere, { filter: filterOf(pairs), now })).toBe(ids.length);
    for (const sort of systemList.sorts.flatMap((each) => [each, `-${each}`]))
      expect((await pagesOf(everywhere, pairs, sort)).map((row) => row.systemId).toSorted()).toEqual(ids);
    for (const by of systemList.facets) {
      const values = await facetBoundaries(database.db, everywhere, { filter: filterOf(pairs), now, by });
      expect(values.reduce((sum, each) => sum + each.count, 0)).toBe(ids.length);
    }
  });

  it('the POA&Ms of a system are as many as their list shows, in every system', async () => {
    for (const row of await pagesOf(everywhere, {}, 'name')) {
      const counted = (pairs: Readonly<Record<string, string>>) =>
        countPoams(database.db, everywhere, {
          filter: parseFilter(poamList.filters, Object.entries({ system: row.systemId, ...pairs }), now),
          now,
        });
      expect(row.poams).toEqual({
        open: await counted({ open: 'yes' }),
        overdue: await counted({ overdue: 'yes' }),
      });
      expect(await findBoundaryRow(database.db, everywhere, row.systemId, now)).toEqual(row);
    }
  });

  it('nothing outside of the scope is listed or found', async () => {
    const scope = { kind: 'boundaries', systemIds: ['S-1'], unassigned: true } as const;
    expect((await pagesOf(scope, {}, 'name')).map((row) => row.systemId)).toEqual(['S-1']);
    expect(await findBoundaryRow(database.db, scope, 'S-2', now)).toBeUndefined();
  });

  it('a system says whether its records are kept in agreement, and why not', async () => {
    const why = Object.fromEntries(
      (await pagesOf(everywhere, {}, 'name')).map((row) => [row.systemId, row.sync.why]),
    );
    expect(why).toEqual({ 'S-0': null, 'S-1': null, 'S-2': 'not_linked', 'S-3': 'excluded' });
  });

  it('the three lists of components have as many rows as they are counted, and controls their POA&Ms', async () => {
    const numbers = await countComponents(database.db, 'S-1');
    for (const kind of componentKinds)
      expect(await listComponents(database.db, 'S-1', { kind, offset: 0, limit: 100 })).toHaveLength(
        numbers[kind],
      );
    expect(numbers.linked).toBeGreaterThan(0);
    const controls = await listControls(database.db, 'S-1', { limit: 10 });
    const poams = await countPoams(database.db, everywhere, {
      filter: parseFilter(
        poamList.filters,
        [
          ['system', 'S-1'],
          ['control', 'SI-2'],
        ],
        now,
      ),
      now,
    });
    expect(controls.map((each) => each.controlId)).toEqual(['AC-1', 'CM-6', 'SI-2']);
    expect(controls[2]?.poams.all).toBe(poams);
    expect(await listTopWeaknesses(database.db, 'S-1', 10)).toMatchObject([{ pluginId: '1001', assets: 1 }]);
  });
});
