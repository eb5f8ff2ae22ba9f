/** The life-cycle rules of findings in SQL against their twin in TypeScript, on rows of the real tables. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cloneDatabase, type ClonedDatabase } from '../../../test/support/database.ts';
import {
  concludedStateOf,
  joinEvidence,
  joinTwins,
  reportedStateOf,
  sightingsKept,
  type FindingReport,
  type JoinedFinding,
  type RuleReports,
  type StoredFinding,
} from './finding-lifecycle.ts';
import { transitionsOf } from './scan-absence.ts';
import {
  findingLifecycles,
  lifecycleStates,
  severities,
  severityModifications,
} from '../../canonical/vocabulary/vocabulary.ts';
import { insertSystem } from '../../ledger/external-systems/external-systems.sql.ts';
import {
  concludedState,
  joinedEvidence,
  newEvidence,
  nothingStored,
  reportedState,
  severityWord,
  twinColumns,
} from './finding-lifecycle.sql.ts';
import { createStaging } from './finding-staging.sql.ts';
import { beginOperation } from '../../ledger/operations/operations.sql.ts';
import { saveCoverage, saveScope, settleCovered } from './scan-coverage.sql.ts';

let database: ClonedDatabase;
const systems: number[] = [];
let operationId = '';
beforeAll(async () => {
  database = await cloneDatabase();
  for (const name of ['one', 'two', 'three']) {
    const system = await insertSystem(database.db, { name, type: 'scan_files', url: 'file:', config: {} });
    systems.push(system?.id ?? 0);
    for (const kind of ['accepted', 'false_positive'])
      await database.pool.query(
        "insert into acceptances (external_system_id, acceptance_id, kind, scope, status) values ($1, $2, $2, '{}', 'active')",
        [system?.id, kind],
      );
  }
  operationId = await beginOperation(database.db, {
    type: 'import',
    system: 'one',
    step: '00000000-0000-4000-8000-000000000001',
  });
});
afterAll(async () => {
  await database[Symbol.asyncDispose]();
});

/** A few days, so that most pairs of times meet; as PostgreSQL writes timestamps in JSON. */
const day = (n: number): string => `2026-01-0${n}T00:00:00`;
const time = fc.integer({ min: 1, max: 6 }).map(day);
const maybeTime = fc.option(time);
const sightings = fc.option(
  fc.uniqueArray(time, { minLength: 1, maxLength: 4 }).map((times) => times.toSorted()),
);
const rank = fc.integer({ min: 0, max: severities.length - 1 });
const modification = fc.constantFrom(...severityModifications);
/** Which of the three systems. */
const place = fc.integer({ min: 0, max: 2 });

const times = fc
  .record({
    found: fc.option(fc.tuple(time, time).map((both) => both.toSorted())),
    last_fixed: maybeTime,
    resurfaced_at: maybeTime,
    evidence_at: maybeTime,
    seen_at: sightings,
  })
  .map(({ found, ...more }) => ({
    first_found: found?.[0] ?? null,
    last_found: found?.[1] ?? null,
    ...more,
  }));

const report: fc.Arbitrary<FindingReport> = fc
  .tuple(
    times,
    fc.record({
      lifecycle_state: fc.constantFrom(...lifecycleStates),
      severity_rank: rank,
      severity_modification: fc.option(modification),
    }),
  )
  .map(([of, more]) => ({ ...of, ...more }));

const ruleReports: fc.Arbitrary<RuleReports | null> = fc.option(
  fc
    .array(fc.tuple(place, modification, rank, maybeTime), { maxLength: 3 })
    .map((rules) =>
      Object.fromEntries(rules.map(([system, ...rule]) => [systems[system] ?? 0, rule] as const)),
    ),
);

const stored: fc.Arbitrary<StoredFinding & { lifecycle_state: (typeof findingLifecycles)[number] }> = fc
  .tuple(
    times,
    fc.record({
      system: fc.option(place),
      lifecycle_state: fc.constantFrom(...findingLifecycles),
      severity_rank: rank,
      severity_modification: fc.option(modification),
      rule_evidence_at: maybeTime,
      rule_reports: ruleReports,
      state: fc.option(fc.constantFrom('Open', 'Fixed', 'Accepted', 'False Positive')),
    }),
  )
  .map(([of, { system, ...more }]) => ({
    ...of,
    ...more,
    external_system_id: system === null ? null : (systems[system] ?? 0),
  }));

const nothing: StoredFinding = {
  external_system_id: null,
  first_found: null,
  last_found: null,
  last_fixed: null,
  resurfaced_at: null,
  evidence_at: null,
  seen_at: null,
  lifecycle_state: null,
  severity_rank: null,
  severity_modification: null,
  rule_evidence_at: null,
  rule_reports: null,
  state: null,
};

/** One statement over many samples. `from` sees each as the jsonb `sample`. */
async function inSql<T>(
  samples: readonly object[],
  from: string,
  select: string,
  values: readonly unknown[] = [],
): Promise<T[]> {
  return database.store.transaction(async (tx) => {
    await createStaging(tx);
    const { rows } = await tx.client.query<{ outcome: T }>(
      `select ${select} as outcome from jsonb_array_elements($1::jsonb) with ordinality given(sample, place) ${from} order by given.place`,
      [JSON.stringify(samples), ...values],
    );
    return rows.map((row) => row.outcome);
  });
}
const row = (name: string, table: string): string =>
  `cross join lateral jsonb_populate_record(null::${table}, sample -> '${name}') ${name}`;
const many = { numRuns: 25 };

/** A report names the rule that accepted the finding, or does not. */
const acceptanceIds = { none: null, accepted: 'accepted', 'false positive': 'false_positive' } as const;
const acceptance = fc.constantFrom('none', 'accepted', 'false positive');

describe('a report joined with what is stored of a finding', () => {
  it('a report joined with the stored finding is the same in SQL as in TypeScript, the word for the owner included', async () => {
    const sample = fc.record({ v: stored, s: report, acceptance });
    await fc.assert(
      fc.asyncProperty(fc.array(sample, { minLength: 40, maxLength: 80 }), place, async (samples, of) => {
        const system = systems[of] ?? 0;
        const outcomes = await inSql<{ joined: JoinedFinding; state: string }>(
          samples.map(({ v, s, acceptance: named }) => ({
            v,
            s: { ...s, acceptance_id: acceptanceIds[named] },
          })),
          `${row('v', 'ingestion_vulnerabilities')} ${row('s', 'staging_findings')} ${joinedEvidence('$2')}`,
          `jsonb_build_object('joined', to_jsonb(m), 'state', ${reportedState('$2')})`,
          [system],
        );
        const expected = samples.map(({ v, s, acceptance: named }) => {
          const joined = joinEvidence(v, s, system);
          return { joined, state: reportedStateOf(v, joined, named) };
        });
        expect(outcomes).toEqual(expected);
      }),
      many,
    );
  });

  it('a report joined with an empty finding gives the same by the short form', async () => {
    const sample = fc.record({ s: report, acceptance });
    await fc.assert(
      fc.asyncProperty(fc.array(sample, { minLength: 40, maxLength: 80 }), place, async (samples, of) => {
        const system = systems[of] ?? 0;
        const outcomes = await inSql<{ joined: JoinedFinding; state: string }>(
          samples.map(({ s, acceptance: named }) => ({ s: { ...s, acceptance_id: acceptanceIds[named] } })),
          `${row('s', 'staging_findings')} ${nothingStored('raw_json')} ${newEvidence('$2')}`,
          `jsonb_build_object('joined', to_jsonb(m), 'state', ${reportedState('$2')})`,
          [system],
        );
        // A report without a sighting is an empty list there.
        const found = outcomes.map(({ joined: { seen_at, ...joined }, state }) => ({
          joined: { ...joined, seen_at: seen_at?.length === 0 ? null : seen_at },
          state,
        }));
        const expected = samples.map(({ s, acceptance: named }) => {
          const joined = joinEvidence(nothing, s, system);
          return { joined, state: reportedStateOf(nothing, joined, named) };
        });
        expect(found).toEqual(expected);
      }),
      many,
    );
  });

  it('a report joined with the stored finding keeps the latest sightings where there are too many, in SQL as in TypeScript', async () => {
    const hours = (from: number, count: number): string[] =>
      Array.from({ length: count }, (_, n) =>
        new Date(Date.UTC(2026, 0, 1, from + n)).toISOString().slice(0, 19),
      );
    const v: StoredFinding = {
      ...nothing,
      external_system_id: systems[0] ?? 0,
      seen_at: hours(0, sightingsKept),
    };
    const s: FindingReport = {
      ...nothing,
      lifecycle_state: 'open',
      severity_rank: 1,
      severity_modification: null,
      seen_at: hours(sightingsKept - 1, 4),
    };
    const [outcome] = await inSql<readonly string[]>(
      [{ v, s }],
      `${row('v', 'ingestion_vulnerabilities')} ${row('s', 'staging_findings')} ${joinedEvidence('$2')}`,
      'to_jsonb(m.seen_at)',
      [systems[0]],
    );
    expect(outcome).toHaveLength(sightingsKept);
    expect(outcome).toEqual(joinEvidence(v, s, systems[0] ?? 0).seen_at);
  });
});

describe('two stored findings that turn out to be one', () => {
  it('two stored findings that are one are joined the same in SQL as in TypeScript', async () => {
    const columns = twinColumns().filter(([column]) => column !== 'reported_by');
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ v: stored, t: stored }), { minLength: 40, maxLength: 80 }),
        async (samples) => {
          const outcomes = await inSql(
            samples,
            `${row('v', 'ingestion_vulnerabilities')} ${row('t', 'ingestion_vulnerabilities')}`,
            `jsonb_build_object(${columns.map(([column, value]) => `'${column}', ${value}`).join(', ')})`,
          );
          expect(outcomes).toEqual(samples.map(({ v, t }) => joinTwins(v, t)));
        },
      ),
      many,
    );
  });
});

describe('a finding of which it is concluded when it was fixed', () => {
  it('a finding with a concluded fix time has the same state in SQL as in TypeScript', async () => {
    const sample = fc.record({
      v: stored,
      now: fc.record({ last_fixed: maybeTime, is_withdrawn: fc.boolean() }),
    });
    const then = concludedState({ lastFixed: 'now.last_fixed', isWithdrawn: 'now.is_withdrawn' });
    await fc.assert(
      fc.asyncProperty(fc.array(sample, { minLength: 40, maxLength: 80 }), async (samples) => {
        const outcomes = await inSql(
          samples,
          `${row('v', 'ingestion_vulnerabilities')}
           cross join lateral jsonb_to_record(sample -> 'now') now(last_fixed timestamp, is_withdrawn boolean)`,
          `jsonb_build_object('lifecycle_state', ${then.lifecycleState}, 'state', ${then.state})`,
        );
        expect(outcomes).toEqual(
          samples.map(({ v, now }) => concludedStateOf(v, now.last_fixed, now.is_withdrawn)),
        );
      }),
      many,
    );
  });

  it('a finding with a concluded fix time is fixed, open or reopened according to the scans that showed it and those that did not', async () => {
    const days = fc.uniqueArray(time, { maxLength: 5 });
    let assets = 0;
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(time, { minLength: 1, maxLength: 4 }), days, async (seen, scanned) => {
        assets += 1;
        const asset = `00000000-0000-4000-8000-${String(assets).padStart(12, '0')}`;
        const sorted = seen.toSorted();
        const source = { systemId: systems[0] ?? 0, operationId };
        const found = await database.store.transaction(async (tx) => {
          await tx.client.query(
            `insert into ingestion_vulnerabilities (finding_key, asset_ref, asset_uuid, plugin_id, vulnerability_name, severity, state, lifecycle_state, severity_rank,
                    external_system_id, first_found, last_found, seen_at)
             values ($1::uuid, $1::uuid, $1::text, '7', 'A weakness', 'High', 'Open', 'open', 3, $2, $3::timestamp, $4::timestamp, $5::timestamp[])`,
            [asset, source.systemId, sorted[0], sorted.at(-1), sorted],
          );
          const scope = await saveScope(tx, {
            pluginIds: new Set(['7']),
            families: new Map(),
            plugins: new Map(),
          });
          const scans = scanned.map((at) => ({ assetUuid: asset, endedAt: `${at}Z` }));
          await saveCoverage(tx, source, scope, scans);
          await settleCovered(tx, source, [asset]);
          const { rows } = await tx.client.query<{ found: unknown }>(
            `select jsonb_build_object('lifecycle_state', lifecycle_state, 'state', state, 'last_fixed', last_fixed) as found
               from ingestion_vulnerabilities where finding_key = $1::uuid`,
            [asset],
          );
          return rows[0]?.found;
        });
        const last_fixed = transitionsOf(sorted, scanned).fixed.at(-1) ?? null;
        const v = {
          ...nothing,
          lifecycle_state: 'open' as const,
          state: 'Open',
          first_found: sorted[0] ?? null,
          last_found: sorted.at(-1) ?? null,
        };
        expect(found).toEqual({ ...concludedStateOf(v, last_fixed, false), last_fixed });
      }),
      { numRuns: 60 },
    );
  });
});

describe('the word of a severity rank', () => {
  it('the word of a severity rank is that of the vocabulary for each rank, and none for a rank that there is not', async () => {
    const words = await inSql<string | null>(
      [...severities.keys(), severities.length].map((each) => ({ rank: each })),
      '',
      severityWord("(sample ->> 'rank')::int"),
    );
    expect(words).toEqual([...severities, null]);
  });
});
