/** What is counted in several places is the same number in each: what is open of POA&Ms, and what a boundary holds. */
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ClonedDatabase } from '../../../test/support/database.ts';
import { databaseWithPoams } from '../../../test/support/poam-world.ts';
import { everywhere } from '../../canonical/access/index.ts';
import { assetList, findingList, poamList, systemList } from '../../canonical/lists/index.ts';
import { poamStandingOf, poamStatuses, statusSpellings } from '../../canonical/vocabulary/index.ts';
import { parseFilter, parseSort } from '../../platform/lists/index.ts';
import { countAssets, facetAssets } from '../asset-lists/index.ts';
import { countFindings, facetFindings } from '../finding-lists/index.ts';
import { renewAllExposure } from '../findings/index.ts';
import { isFinishedStatus, isOpenStatus } from '../poam-status/index.ts';
import { countBoard, countPoams, findPoamRow } from '../poams/index.ts';
import { type BoundaryRow, listBoundaries } from './boundary-list.sql.ts';
import { countComponents } from './boundary-parts.sql.ts';

let database: ClonedDatabase;
let rows: readonly BoundaryRow[];
const now = new Date();
const filter = (list: typeof poamList | typeof systemList, pairs: Readonly<Record<string, string>>) =>
  parseFilter(list.filters as typeof poamList.filters, Object.entries(pairs), now);

beforeAll(async () => {
  ({ database } = await databaseWithPoams());
  for (const statement of [
    // Each second machine is in a second boundary too; one is there twice.
    `insert into ingestion_system_assets (system_id, asset_uuid, assignment_type)
     select 'S-' || ((substr(hostname, 4)::int + 1) % 4), asset_uuid, 'correlated' from ingestion_assets where substr(hostname, 4)::int % 2 = 0`,
    `insert into ingestion_system_assets (system_id, asset_uuid, assignment_type) select system_id, asset_uuid, 'correlated' from ingestion_assets where hostname = 'web3'`,
    `update ingestion_vulnerabilities set asset_ref = ('00000000-0000-0000-0000-' || lpad((id % 10)::text, 12, '0'))::uuid, severity_rank = 1 + (id / 3) % 4, finding_key = gen_random_uuid(), state = 'Open',
            severity_modification = case when id % 5 = 0 then 'accepted' else 'none' end`,
    // Of some the owner's column says nothing.
    `update ingestion_vulnerabilities set state = null where id % 7 = 0`,
    // Every status that there is, in both spellings, under a finding each.
    `update ingestion_poams set scheduled_completion = current_date - 10 where id % 3 = 1`,
  ])
    await database.pool.query(statement);
  const statuses = [...poamStatuses, 'risk_accepted', 'closed', 'canceled', 'a word of the owner'];
  await sql`update ingestion_poams set status = (${statuses}::text[])[1 + id % ${statuses.length}]`.execute(
    database.db,
  );
  await database.store.transaction((tx) => renewAllExposure(tx));
  rows = (
    await listBoundaries(database.db, everywhere, {
      filter: parseFilter(systemList.filters, [], now),
      sort: parseSort('name', systemList.sorts),
      limit: 100,
      now,
    })
  ).items;
});
afterAll(() => database[Symbol.asyncDispose]());

describe('which POA&Ms are open', () => {
  it('is said the same in SQL as in the table of statuses, however a status is spelled', async () => {
    const words = [
      ...Object.keys(statusSpellings),
      ...poamStatuses,
      'Risk_Accepted',
      ' closed ',
      'paused',
      '',
    ];
    const { rows: judged } = await sql<{ word: string; open: boolean; finished: boolean }>`
      select word, ${isOpenStatus(sql`word`)} as open, ${isFinishedStatus(sql`word`)} as finished from unnest(${words}::text[]) word`.execute(
      database.db,
    );
    expect(judged).toEqual(
      words.map((word) => ({
        word,
        open: poamStandingOf(word) === 'live',
        finished: ['completed', 'cancelled'].includes(poamStandingOf(word)),
      })),
    );
  });

  it('is the same in the list, on the board, in every system and beside the findings', async () => {
    const open = await countPoams(database.db, everywhere, {
      filter: filter(poamList, { open: 'yes' }),
      now,
    });
    const board = await countBoard(database.db, everywhere, { filter: {}, now });
    expect(board.reduce((sum, column) => sum + column.count, 0)).toBe(open);
    for (const row of rows) {
      const counted = (pairs: Readonly<Record<string, string>>) =>
        countPoams(database.db, everywhere, {
          filter: filter(poamList, { system: row.systemId, ...pairs }),
          now,
        });
      expect(row.poams).toEqual({
        open: await counted({ open: 'yes' }),
        overdue: await counted({ overdue: 'yes' }),
      });
    }
    const states = await facetFindings(database.db, everywhere, { filter: {}, by: 'poam', now });
    const { rows: pointing } = await sql<{ id: string; n: number }>`
      select p.poam_id as id, count(*)::int as n from ingestion_vulnerabilities v join ingestion_poams p on p.id = v.poam_id group by 1`.execute(
      database.db,
    );
    const under = { open: 0, overdue: 0, completed: 0 };
    for (const { id, n } of pointing) {
      const poam = await findPoamRow(database.db, everywhere, id, now);
      under[poam?.isOverdue ? 'overdue' : poam?.isOpen ? 'open' : 'completed'] += n;
    }
    const tallied = Object.fromEntries(states.tally.map(({ value, count }) => [value, count]));
    expect(tallied).toMatchObject(under);
    expect(Math.min(...Object.values(under))).toBeGreaterThan(0);
  });

  it('is overdue by the clock that is asked by, not by that of the database', async () => {
    const overdue = parseFilter(findingList.filters, [['poam', 'overdue']], now);
    const at = async (moment: Date): Promise<number[]> => {
      const asked = { filter: {}, by: 'poam', now: moment } as const;
      const { tally } = await facetFindings(database.db, everywhere, asked);
      const { count } = await countFindings(database.db, everywhere, overdue, { now: moment });
      return [tally.find(({ value }) => value === 'overdue')?.count ?? 0, count];
    };
    const [before, present, later] = [
      await at(new Date('2000-01-01T00:00:00Z')),
      await at(now),
      await at(new Date('2100-01-01T00:00:00Z')),
    ];
    expect(before).toEqual([0, 0]);
    for (const [facet, count] of [present, later]) expect(facet).toBe(count);
    expect(later[0]).toBeGreaterThan(present[0] ?? 0);
  });
});

describe('what a boundary holds', () => {
  it('a machine in two boundaries counts in both, in the list of systems as in those of assets and findings', async () => {
    const byAssets = await facetAssets(database.db, everywhere, {}, 'system');
    const byFindings = await facetFindings(database.db, everywhere, {
      filter: parseFilter(findingList.filters, [['state', 'open,reopened']], now),
      by: 'system',
      now,
    });
    expect(rows.reduce((sum, row) => sum + row.assets, 0)).toBeGreaterThan(10);
    for (const row of rows) {
      const assets = parseFilter(assetList.filters, [['system', row.systemId]], now);
      expect(row.assets).toBe((await countAssets(database.db, everywhere, assets)).count);
      expect(row.assets).toBe(byAssets.tally.find(({ value }) => value === row.systemId)?.count ?? 0);
      let total = 0;
      for (const severity of ['critical', 'high', 'medium', 'low'] as const) {
        const listed = parseFilter(
          findingList.filters,
          Object.entries({ system: row.systemId, severity, state: 'open,reopened', accepted: 'no' }),
          now,
        );
        const { count } = await countFindings(database.db, everywhere, listed, { now });
        expect({ system: row.systemId, severity, count: row.open[severity] }).toEqual({
          system: row.systemId,
          severity,
          count,
        });
        total += count;
      }
      expect(total).toBeGreaterThan(0);
      const accepted = parseFilter(
        findingList.filters,
        Object.entries({ system: row.systemId, state: 'open,reopened', accepted: 'yes' }),
        now,
      );
      const all = total + (await countFindings(database.db, everywhere, accepted, { now })).count;
      expect(byFindings.tally.find(({ value }) => value === row.systemId)?.count ?? 0).toBe(all);
      expect((await countComponents(database.db, row.systemId)).asset_without_component).toBe(row.assets);
    }
  });

  it('the filter of boundaries leaves these in the list of systems', async () => {
    const { items } = await listBoundaries(database.db, everywhere, {
      filter: parseFilter(systemList.filters, [['system', 'S-1,S-3']], now),
      sort: parseSort('name', systemList.sorts),
      limit: 100,
      now,
    });
    expect(items.map((row) => row.systemId)).toEqual(['S-1', 'S-3']);
  });
});
