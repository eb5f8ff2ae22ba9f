import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ClonedDatabase } from '../../../test/support/database.ts';
import { everywhere, nowhere, type Scope } from '../../canonical/access/index.ts';
import { agreements, poamList } from '../../canonical/lists/index.ts';
import {
  canonicalStatus,
  poamStatuses,
  severities,
  statusSpellings,
} from '../../canonical/vocabulary/index.ts';
import { type After, parseFilter, parseSort } from '../../platform/lists/index.ts';
import { sql } from 'kysely';
import { countBoard } from './poam-board.ts';
import { canonicalStatusOf } from '../poam-status/index.ts';
import type { PoamFilter } from './poam-filters.sql.ts';
import {
  countPoams,
  facetPoams,
  findPoamRow,
  listPoams,
  type PoamRow,
  streamPoams,
} from './poam-list.sql.ts';
import { listObstacles } from './agreement.sql.ts';
import { isReviewLate } from './reviews.sql.ts';
import { databaseWithPoams, poamCount } from '../../../test/support/poam-world.ts';

let database: ClonedDatabase;
beforeAll(async () => {
  ({ database } = await databaseWithPoams());
});
afterAll(() => database[Symbol.asyncDispose]());

const now = new Date('2026-11-26T15:00:00Z');
const filterOf = (pairs: Readonly<Record<string, string>>): PoamFilter =>
  parseFilter(poamList.filters, Object.entries(pairs), now);

async function pagesOf(scope: Scope, filter: PoamFilter, sort: string, limit: number): Promise<PoamRow[]> {
  const rows: PoamRow[] = [];
  let after: After | undefined;
  do {
    const page = await listPoams(database.db, scope, {
      filter,
      sort: parseSort(sort, poamList.sorts),
      after,
      limit,
      now,
    });
    expect(page.items.length).toBeLessThanOrEqual(limit);
    rows.push(...page.items);
    after = page.next;
  } while (after);
  return rows;
}

const words = (known: readonly string[]) =>
  fc
    .tuple(fc.boolean(), fc.uniqueArray(fc.constantFrom(...known), { minLength: 1, maxLength: 3 }))
    .map(([not, some]) => (not ? '!' : '') + some.join(','));
const yesNo = fc.constantFrom('yes', 'no');
/** Filters of every name that the list has, alone and together. */
const anyFilter = fc.record(
  {
    system: fc.oneof(words(['S-0', 'S-1', 'S-9']), fc.constantFrom('none', 'any')),
    status: words(poamStatuses),
    open: yesNo,
    severity: words(severities),
    risk: fc.constantFrom('none', 'any', '50..', '..20', '20..60'),
    due: fc.constantFrom('none', 'any', '..30d', '30d..', '2026-11-26..2026-12-31'),
    overdue: yesNo,
    obliged: fc.constantFrom('none', 'any', '..0d', '0d..30d'),
    late: yesNo,
    owner: fc.oneof(words(['J. Doe', 'M. Ray']), fc.constantFrom('none', 'any')),
    control: words(['SI-2', 'AC-1']),
    approval: fc.constantFrom('pending', 'approved', '!rejected', 'none', 'any'),
    agreement: words(agreements),
    plugin: words(['1002', '1004']),
    asset: words(['WEB1', 'web2', '00000000-0000-0000-0000-000000000003']),
    findings: words(['open', 'none']),
    contradiction: yesNo,
    reviewed: fc.constantFrom('none', 'any', '30d..'),
    unreviewed: fc.constantFrom('yes', 'no'),
    updated: fc.constantFrom('7d..', '..7d'),
    q: fc.constantFrom('weakness', 'P-1', 'weakness 11', '%'),
  } satisfies Record<keyof typeof poamList.filters, fc.Arbitrary<string>>,
  { requiredKeys: [] },
);
const someFilter = fc
  .tuple(anyFilter, fc.integer({ min: 0, max: 2 }))
  .map(([all, most]) => Object.fromEntries(Object.entries(all).slice(0, most + 1)));
const anyScope: fc.Arbitrary<Scope> = fc.oneof(
  fc.constant(everywhere),
  fc.record({
    kind: fc.constant('boundaries' as const),
    systemIds: fc.subarray(['S-0', 'S-1', 'S-2', 'S-7']),
    unassigned: fc.boolean(),
  }),
);

describe('the list of POA&Ms', () => {
  it('count, pages, facets and the board say the same number for any filter in any scope, and nothing lies outside of the scope', async () => {
    await fc.assert(
      fc.asyncProperty(
        someFilter,
        anyScope,
        fc.constantFrom(...poamList.sorts),
        fc.boolean(),
        fc.integer({ min: 7, max: 60 }),
        async (pairs, scope, by, descending, limit) => {
          const filter = filterOf(pairs);
          const rows = await pagesOf(scope, filter, descending ? `-${by}` : by, limit);
          expect(new Set(rows.map((row) => row.poamId)).size).toBe(rows.length);
          expect(await countPoams(database.db, scope, { filter, now })).toBe(rows.length);
          for (const facet of poamList.facets) {
            const values = await facetPoams(database.db, scope, { filter, now, by: facet });
            expect(values.reduce((sum, each) => sum + each.count, 0)).toBe(rows.length);
            const shown = Map.groupBy(rows, (row) => (facet === 'system' ? row.systemId : row[facet]));
            expect(new Map(values.map(({ value, count }) => [value, count]))).toEqual(
              new Map([...shown].map(([value, some]) => [value, some.length])),
            );
          }
          const within = (systemId: string | null): boolean =>
            scope.kind === 'everywhere' ||
            (systemId === null ? scope.unassigned : scope.systemIds.includes(systemId));
          expect(rows.filter((row) => !within(row.systemId))).toEqual([]);
        },
      ),
      { numRuns: 25 },
    );
  });

  it('the filter by agreement gives those that show the word, alone, together with others and left out', async () => {
    for (const scope of [
      everywhere,
      { kind: 'boundaries', systemIds: ['S-0', 'S-1'], unassigned: false },
    ] satisfies Scope[]) {
      const all = await pagesOf(scope, {}, 'id', 100);
      const asked = [
        ...agreements.map((word) => [word]),
        ['agreed', 'unlinked'],
        ['conflict', 'agreed'],
        [...agreements],
      ];
      for (const words of asked)
        for (const not of ['', '!']) {
          const rows = await pagesOf(scope, filterOf({ agreement: `${not}${words.join(',')}` }), 'id', 100);
          const expected = all.filter((row) => words.includes(row.agreement) === (not === ''));
          expect(rows.map(({ poamId }) => poamId)).toEqual(expected.map(({ poamId }) => poamId));
        }
      expect(new Set(all.map((row) => row.agreement)).size).toBeGreaterThan(3);
    }
  });

  it('each bucket of the board counts what the list shows with its filter, and together they are all open POA&Ms', async () => {
    const board = await countBoard(database.db, everywhere, {
      filter: filterOf({ overdue: 'no', severity: '!Low' }),
      now,
    });
    for (const { filter, count } of board)
      expect((await pagesOf(everywhere, filterOf({ severity: '!Low', ...filter }), 'due', 50)).length).toBe(
        count,
      );
    expect(board.every(({ count }) => count > 0)).toBe(true);
    expect(board.reduce((sum, { count }) => sum + count, 0)).toBe(
      await countPoams(database.db, everywhere, { filter: filterOf({ severity: '!Low', open: 'yes' }), now }),
    );
  });

  it('a POA&M by itself shows what the list shows of it, and its agreement is the worst of what stands in the way', async () => {
    const rows = await pagesOf(everywhere, {}, 'id', 100);
    expect(rows).toHaveLength(poamCount);
    for (const row of rows) {
      expect(await findPoamRow(database.db, everywhere, row.poamId, now)).toEqual(row);
      const [worst] = await listObstacles(database.db, row.poamId);
      expect(worst ? [worst.agreement] : ['agreed', 'unlinked']).toContain(row.agreement);
    }
    expect(new Set(rows.map((row) => row.agreement))).toEqual(new Set(agreements));
  });

  it('a POA&M outside of the scope is not there', async () => {
    expect(await findPoamRow(database.db, nowhere, 'P-1', now)).toBeUndefined();
  });

  it('days, overdue and open are those of the record in UTC', async () => {
    const rows = await pagesOf(everywhere, {}, 'id', 100);
    for (const row of rows)
      expect(row.isOverdue).toBe(row.isOpen && row.due !== null && row.due < '2026-11-26');
    expect(rows.find((row) => row.status === 'paused')?.isOpen).toBe(true);
    expect(rows.find((row) => row.status === null)?.isOpen).toBe(true);
  });

  it('late is what is open and past the day it is obliged to, or promised for a later one; also where the promise was let stand', async () => {
    const rows = await pagesOf(everywhere, {}, 'id', 100);
    const lateness = ({ obligedBy, isOpen, due }: PoamRow): PoamRow['late'] => {
      if (obligedBy === null || !isOpen) return null;
      if (obligedBy < '2026-11-26') return 'past';
      return due !== null && due > obligedBy ? 'promised' : null;
    };
    for (const row of rows) expect([row.poamId, row.late]).toEqual([row.poamId, lateness(row)]);
    expect(new Set(rows.map(({ late }) => late))).toEqual(new Set(['past', 'promised', null]));

    const ids = async (filter: Readonly<Record<string, string>>): Promise<string[]> =>
      (await pagesOf(everywhere, filterOf(filter), 'id', 100)).map(({ poamId }) => poamId);
    const expected = (fits: (row: PoamRow) => boolean): string[] =>
      rows.filter(fits).map(({ poamId }) => poamId);
    expect(await ids({ late: 'yes' })).toEqual(expected(({ late }) => late !== null));
    expect(await ids({ late: 'no' })).toEqual(expected(({ late }) => late === null));
    expect(await ids({ obliged: 'none' })).toEqual(expected(({ obligedBy }) => obligedBy === null));
    expect(await ids({ obliged: '2026-11-26..2026-12-20' })).toEqual(
      expected(
        ({ obligedBy }) => obligedBy !== null && obligedBy >= '2026-11-26' && obligedBy <= '2026-12-20',
      ),
    );
  });

  it('its risk is that of the worst group of findings under it, by which it is filtered and sorted', async () => {
    const rows = await pagesOf(everywhere, {}, '-risk', 13);
    const { rows: scored } = await database.pool.query<{ id: string; risk: number }>(
      `select p.poam_id as id, max(g.risk_score)::float8 as risk from ingestion_poams p join weaknesses w on w.poam_id = p.id
         join group_risks g on g.system_id = w.system_id and g.plugin_id = w.identifier group by 1`,
    );
    expect(scored.length).toBeGreaterThan(10);
    const risks = new Map(scored.map(({ id, risk }) => [id, risk]));
    for (const row of rows)
      expect([row.poamId, row.risk]).toEqual([row.poamId, risks.get(row.poamId) ?? null]);
    const shown = rows.map(({ risk }) => risk ?? -1);
    expect(shown).toEqual(shown.toSorted((a, b) => b - a));
    const ids = async (risk: string): Promise<string[]> =>
      (await pagesOf(everywhere, filterOf({ risk }), 'id', 100)).map(({ poamId }) => poamId).toSorted();
    const expected = (fits: (risk: number | null) => boolean): string[] =>
      rows
        .filter((row) => fits(row.risk))
        .map(({ poamId }) => poamId)
        .toSorted();
    expect(await ids('50..')).toEqual(expected((risk) => risk !== null && risk >= 50));
    expect(await ids('none')).toEqual(expected((risk) => risk === null));
  });

  it('a review is late in a list as it is of one POA&M, with and without an interval of its system', async () => {
    await database.pool.query(
      `insert into review_intervals (system_id, interval_days, set_by, set_at) values (null, 30, 'test', now()), ('S-1', null, 'test', now()), ('S-2', 3, 'test', now());
       update ingestion_poams set created_at = timestamp '2026-09-20' + id * interval '1 day';
       insert into poam_reviews (poam_id, reviewed_at, reviewed_by) select poam_id, timestamptz '2026-11-25Z' - id * interval '1 day', 'Ann' from ingestion_poams where id % 4 = 0`,
    );
    const { rows } = await sql<{ id: string }>`
      select p.poam_id as id from ingestion_poams p where ${isReviewLate(now)} order by 1`.execute(
      database.db,
    );
    expect(rows.length).toBeGreaterThan(0);
    const listed = (await pagesOf(everywhere, filterOf({ unreviewed: 'yes' }), 'id', 100)).map(
      ({ poamId }) => poamId,
    );
    expect(listed.toSorted()).toEqual(rows.map(({ id }) => id).toSorted());
    await database.pool.query(`delete from review_intervals; delete from poam_reviews`);
  });

  it('an export gives every POA&M once, in the order of the sort', async () => {
    const streamed: string[] = [];
    for await (const row of streamPoams(database.db, everywhere, {
      filter: {},
      sort: parseSort('-severity', poamList.sorts),
      now,
    }))
      streamed.push(row.poamId);
    expect(streamed).toEqual((await pagesOf(everywhere, {}, '-severity', 13)).map((row) => row.poamId));
  });

  it('a status means the same in SQL as elsewhere, however it is spelled', async () => {
    const spelled = [
      ...Object.keys(statusSpellings),
      'Risk_Accepted',
      ' in-progress ',
      'IN  PROGRESS',
      'paused',
      '',
    ];
    const { rows } = await sql<{ word: string; meant: string }>`
      select word, ${canonicalStatusOf(sql`word`)} as meant from unnest(${spelled}::text[]) word`.execute(
      database.db,
    );
    for (const { word, meant } of rows) expect(meant).toBe(canonicalStatus('status', word));
  });
});
