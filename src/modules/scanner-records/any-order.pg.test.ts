/** Reports of findings and machines from several scanners, reported in any order, twice, and in pages of any size: one end state. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cloneDatabase, type ClonedDatabase } from '../../../test/support/database.ts';
import { findingKey } from '../../canonical/identity/finding-key.ts';
import type { FindingRecord } from '../../canonical/record-fields/index.ts';
import { insertSystem } from '../../ledger/external-systems/external-systems.sql.ts';
import { digestOf } from '../../record/findings/finding-staging.sql.ts';
import { beginFindingLoad } from '../../record/findings/findings.sql.ts';
import { beginOperation } from '../../ledger/operations/operations.sql.ts';

let database: ClonedDatabase;
const systems: number[] = [];
let operationId: string;
beforeAll(async () => {
  database = await cloneDatabase();
  for (const name of ['one', 'two', 'three']) {
    const system = await insertSystem(database.db, {
      name,
      type: 'tenable',
      url: 'https://tenable.example',
      config: {},
    });
    systems.push(system?.id ?? 0);
  }
  operationId = await beginOperation(database.db, { type: 'import', system: 'one', step: 'finding' });
});
afterAll(async () => {
  await database[Symbol.asyncDispose]();
});

interface Report {
  readonly system: number;
  readonly finding: FindingRecord;
}

const day = (n: number): string => new Date(Date.UTC(2026, 0, 1 + n)).toISOString();
const asset = '11111111-2222-4333-8444-555555555555';
const plugin = { plugin_id: '77', name: 'Widget' };

/**
 * A year: no two reports are of the same moment. What servers that know of rules (systems 0 and 1) say about severity may differ from
 * report to report; files (system 2) do not know of rules.
 */
const reports: fc.Arbitrary<Report[]> = fc
  .uniqueArray(
    fc.record({
      system: fc.nat(2),
      observed: fc.nat(364),
      state: fc.constantFrom('open', 'reopened', 'fixed' as const),
      first: fc.nat(100),
      found: fc.nat(364),
      fixed: fc.option(fc.nat(364), { nil: undefined }),
      resurfaced: fc.option(fc.nat(364), { nil: undefined }),
      severity: fc.constantFrom('Low', 'High', 'Critical' as const),
      modification: fc.constantFrom('none', 'recast', 'accepted' as const),
      port: fc.constantFrom(22, 443),
    }),
    { minLength: 1, maxLength: 12, selector: (each) => each.observed },
  )
  .map((list) =>
    list.map(({ system, ...each }): Report => ({
      system,
      finding: {
        asset_uuid: asset,
        plugin_id: plugin.plugin_id,
        port: each.port,
        protocol: 'tcp',
        lifecycle_state: each.state,
        severity: each.severity,
        severity_modification: system === 2 ? null : each.modification,
        observed_at: day(each.observed),
        first_found: day(Math.min(each.first, each.found)),
        last_found: day(each.found),
        last_fixed: each.fixed === undefined ? null : day(each.fixed),
        resurfaced_at: each.resurfaced === undefined ? null : day(each.resurfaced),
        output: `of ${each.observed}`,
      },
    })),
  );

async function load(page: readonly Report[]): Promise<void> {
  const bySystem = Map.groupBy(page, (report) => report.system);
  for (const [system, list] of bySystem)
    await database.store.transaction(async (tx) => {
      const source = { systemId: systems[system] ?? 0, operationId, verifies: false };
      const sink = await beginFindingLoad(tx, source);
      sink.addPlugin({ record: plugin, raw: plugin });
      for (const { finding } of list)
        await sink.add({
          key: findingKey(finding),
          digest: digestOf('', JSON.stringify(finding), []),
          raw: JSON.stringify({ output: finding.output ?? '' }),
          read: () => finding,
        });
      await sink.finish();
    });
}

async function endState(): Promise<unknown> {
  const { rows: findings } = await database.pool.query<Record<string, unknown>>(
    `select port, lifecycle_state, state, severity, severity_rank, severity_modification, first_found, last_found, last_fixed, resurfaced_at,
            evidence_at, rule_evidence_at, rule_reports, reported_by, external_system_id, raw_data ->> 'output' as output
       from ingestion_vulnerabilities order by port`,
  );
  const { rows: changes } = await database.pool.query(
    `select v.port, c.state, c.occurred_at from finding_state_changes c join ingestion_vulnerabilities v on v.id = c.vulnerability_id order by 1, 3, 2`,
  );
  const { rows: exposure } = await database.pool.query(
    'select open_low, open_high, open_critical, accepted, severe_since from asset_exposure',
  );
  const open = findings.filter((row) => row.lifecycle_state !== 'fixed');
  const counted = (severity: string): number =>
    open.filter((row) => row.severity === severity && row.severity_modification !== 'accepted').length;
  expect(exposure).toMatchObject([
    {
      open_low: counted('Low'),
      open_high: counted('High'),
      open_critical: counted('Critical'),
      accepted: open.filter((row) => row.severity_modification === 'accepted').length,
    },
  ]);
  await database.pool.query('delete from ingestion_vulnerabilities');
  return { findings, changes };
}

describe('reports of findings', () => {
  it('reports of findings end in one state, in any order, page by page, and reported twice', async () => {
    await fc.assert(
      fc.asyncProperty(
        reports.chain((list) =>
          fc.record({
            inOrder: fc.constant(
              list.toSorted((a, b) =>
                (a.finding.observed_at ?? '') < (b.finding.observed_at ?? '') ? -1 : 1,
              ),
            ),
            shuffled: fc.shuffledSubarray([...list, ...list], { minLength: list.length * 2 }),
            size: fc.integer({ min: 1, max: 5 }),
          }),
        ),
        async ({ inOrder, shuffled, size }) => {
          for (const report of inOrder) await load([report]);
          const expected = await endState();
          for (let from = 0; from < shuffled.length; from += size)
            await load(shuffled.slice(from, from + size));
          expect(await endState()).toEqual(expected);
        },
      ),
      // The same ones in every run, and none made smaller: shrinking a failure of some hundred loads took longer than a test may.
      { numRuns: 5, seed: 2611, endOnFailure: true },
    );
  });
});
