/** Plans of a load within a long transaction, which the planner knows nothing about. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { cloneDatabase, type ClonedDatabase } from '../../../test/support/database.ts';
import { findingKey } from '../../canonical/identity/finding-key.ts';
import { insertSystem } from '../../ledger/external-systems/external-systems.sql.ts';
import { digestOf, type ReportedFinding } from './finding-staging.sql.ts';
import { beginFindingLoad } from './findings.sql.ts';
import { beginOperation } from '../../ledger/operations/operations.sql.ts';
import type { FindingRecord } from '../../canonical/record-fields/finding.ts';
import type { Tx } from '../../platform/postgres/store.ts';

let database: ClonedDatabase;
beforeAll(async () => {
  database = await cloneDatabase();
});
afterAll(async () => {
  await database[Symbol.asyncDispose]();
});

const count = 3_000;

function reported(n: number, output: string): ReportedFinding {
  const identity = {
    asset_uuid: `00000000-0000-4000-8000-${String(n % 60).padStart(12, '0')}`,
    plugin_id: String(n),
    port: 443,
    protocol: 'tcp',
  };
  const finding: FindingRecord = {
    ...identity,
    lifecycle_state: 'open',
    severity: 'High',
    output,
    first_found: '2026-01-01T00:00:00Z',
    last_found: output === '' ? '2026-01-02T00:00:00Z' : '2026-01-03T00:00:00Z',
  };
  const raw = JSON.stringify({ output, filler: 'x'.repeat(500) });
  return { key: findingKey(identity), digest: digestOf('', raw, [n]), raw, read: () => finding };
}

async function load(tx: Tx, source: { systemId: number; operationId: string }, from: number, output: string) {
  const sink = await beginFindingLoad(tx, { ...source, verifies: false, unites: true });
  for (let n = from; n < from + count; n += 1) {
    sink.addPlugin({ record: { plugin_id: String(n), name: `Plugin ${n}` }, raw: { id: n } });
    await sink.add(reported(n, output));
  }
  const { counts } = await sink.finish();
  return counts;
}

/** Whether a plan reads all findings: in their own order, or in that of an index. That of rows from before Tieline holds only those. */
function readsWhole(plan: string): boolean {
  const lines = plan.split('\n');
  return lines.some(
    (line, place) =>
      /Seq Scan on ingestion_vulnerabilities\b/.test(line) ||
      (/Index (?:Only )?Scan .*on ingestion_vulnerabilities\b/.test(line) &&
        !line.includes('_unidentified') &&
        !lines[place + 1]?.includes('Index Cond')),
  );
}

/** Plans of what is sent over the connection until `stop`. */
function watchPlans(tx: Tx): { readonly plans: string[]; readonly stop: () => void } {
  const plans: string[] = [];
  const { client } = tx;
  const query = client.query.bind(client) as (...args: unknown[]) => unknown;
  const explained = async (args: unknown[]): Promise<unknown> => {
    const { rows } = (await query(`explain ${String(args[0])}`, args[1])) as {
      rows: readonly Record<string, string>[];
    };
    plans.push(`${String(args[0])}\n${rows.map((row) => row['QUERY PLAN']).join('\n')}`);
    return query(...args);
  };
  client.query = ((...args: unknown[]) =>
    typeof args[0] === 'string' && /^\s*(?:with|select|insert|update|delete)\b/i.test(args[0])
      ? explained(args)
      : query(...args)) as typeof client.query;
  return {
    plans,
    stop: () => {
      Reflect.deleteProperty(client, 'query');
    },
  };
}

it('a load reads no whole table of findings where autovacuum has seen none of the rows of its transaction', async () => {
  const system = await insertSystem(database.db, {
    name: 'scans',
    type: 'scan_files',
    url: 'file:',
    config: {},
  });
  const operationId = await beginOperation(database.db, {
    type: 'import',
    system: 'scans',
    step: '00000000-0000-4000-8000-000000000001',
  });
  const source = { systemId: system?.id ?? 0, operationId };
  await database.store.transaction(async (tx) => {
    expect(await load(tx, source, 0, '')).toMatchObject({ created: count });
    await database.pool.query('analyze ingestion_vulnerabilities');
    const watched = watchPlans(tx);
    expect(await load(tx, source, count - 5, 'again')).toMatchObject({ created: count - 5, updated: 5 });
    watched.stop();
    expect(watched.plans.length).toBeGreaterThan(10);
    const whole = watched.plans.filter((plan) => readsWhole(plan));
    expect(whole).toEqual([]);
  });
});
