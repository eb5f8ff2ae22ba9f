/**
 * Statements of a page and of planning edits, as they were really sent, explained over tables of 100,000 rows: each large table is
 * reached by an index.
 */
import { sql } from 'kysely';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ClonedDatabase } from '../../../test/support/database.ts';
import { databaseWithConnection } from '../../../test/support/one-connection.ts';
import type { Connector, ExternalRecord, ReadEvent } from '../../connectors/kit/contract.ts';
import { xactaConnector } from '../../connectors/xacta/connector.ts';
import { scalarText, type JsonObject } from '../../platform/values/json.ts';
import { openFactSink } from '../../modules/scanner-records/fact-sinks.ts';
import { linkedEntity } from '../../record/entities/index.ts';
import { asKey } from '../../platform/postgres/keys.ts';
import { beginOperation } from '../../ledger/operations/operations.sql.ts';
import type { ConnectedSystem } from '../../engine/connections/connected-system.ts';
import { planEdits } from '../../engine/outbound/plan-edits.ts';
import { usualAbsenceGuard, type RunContext } from '../../engine/run/run-context.ts';
import { importEntity } from '../../engine/inbound/import-entity.ts';
import { fetchSideDigests } from '../../record/entities/rows/side-digests.sql.ts';

const rows = 100_000;
const largeFrom = 10_000;

let database: ClonedDatabase;
let systemId = 0;
let operationId = '';
const sent: { readonly text: string; readonly values: unknown[] }[] = [];

beforeAll(async () => {
  ({ database, systemId } = await databaseWithConnection());
  operationId = await beginOperation(database.db, { type: 'import', system: 'xacta', step: 'poam' });
  await fill(database.pool);
  record(database.pool);
}, 300_000);
afterAll(async () => {
  await database[Symbol.asyncDispose]();
});

/** Notes what goes over the connections of a pool. */
function record(pool: pg.Pool): void {
  const watched = new WeakSet<object>();
  const watch = (client: pg.PoolClient): pg.PoolClient => {
    if (watched.has(client)) return client;
    watched.add(client);
    const query = client.query.bind(client) as (...args: unknown[]) => unknown;
    const noting = (...args: unknown[]): unknown => {
      const [text, values] = args;
      if (typeof text === 'string') sent.push({ text, values: Array.isArray(values) ? values : [] });
      return query(...args);
    };
    return Object.assign(client, { query: noting });
  };
  const connect = pool.connect.bind(pool) as (...args: unknown[]) => Promise<pg.PoolClient>;
  // The pool itself asks with a callback, for what this test sends.
  const watching = (...args: unknown[]): Promise<pg.PoolClient> =>
    args.length > 0 ? connect(...args) : connect().then(watch);
  Object.assign(pool, { connect: watching });
}

/** Systems of 100 POA&Ms, controls, components, each POA&M with a milestone, a machine and a CVE; all of them linked. */
async function fill(pool: pg.Pool): Promise<void> {
  const all = `generate_series(1, ${rows}) n`;
  await pool.query(`
    insert into ingestion_systems (system_id, name, uuid, xacta_system_id)
    select 'S-' || n, 'System ' || n, gen_random_uuid(), 'S-' || n from generate_series(1, ${rows / 100}) n`);
  await pool.query(`
    insert into ingestion_assets (asset_uuid, hostname, tenable_asset_uuid)
    select md5('a' || n)::uuid, 'host-' || n, md5('t' || n)::uuid::text from ${all}`);
  await pool.query(`
    insert into ingestion_poams (poam_id, xacta_poam_id, system_id, weakness_description, status, external_uid, raw_json)
    select 'P-' || n, 'P-' || n, 'S-' || (n % ${rows / 100} + 1), 'Weakness ' || n, 'Open', 'uid-' || n, '{}' from ${all}`);
  await pool.query(`
    insert into ingestion_poam_milestones (poam_id, milestone_id, milestone_description) select 'P-' || n, 'M-' || n, 'Step ' || n from ${all}`);
  await pool.query(`
    insert into ingestion_poam_assets (poam_id, asset_uuid) select 'P-' || n, md5('a' || n)::uuid from ${all}`);
  await pool.query(
    `insert into ingestion_poam_cves (poam_id, cve_id) select 'P-' || n, 'CVE-2026-' || n from ${all}`,
  );
  await pool.query(`
    insert into poam_asset_departures (poam_id, asset_uuid, reason) select 'P-' || n, md5('a' || (n % ${rows} + 1))::uuid, 'moved' from ${all}`);
  await pool.query(`
    insert into ingestion_controls (control_id, xacta_control_id, system_id, raw_json)
    select 'AC-' || (n / ${rows / 100} + 1), 'C-' || n, 'S-' || (n % ${rows / 100} + 1), '{}' from ${all}`);
  await pool.query(
    `insert into system_components (external_system_id, component_id, system_id, name, raw_json)
     select $1, 'K-' || n, 'S-' || (n % ${rows / 100} + 1), 'host-' || n, '{}' from ${all}`,
    [systemId],
  );
  await pool.query(
    `insert into component_identifiers (component_id, kind, value) select id, 'hostname', name from system_components`,
  );
  for (const [entity, from] of [
    ['system', 'select system_id as id, xacta_system_id as remote from ingestion_systems'],
    ['poam', 'select poam_id as id, xacta_poam_id as remote from ingestion_poams'],
    ['milestone', 'select id::text, milestone_id as remote from ingestion_poam_milestones'],
    ['control', 'select id::text, xacta_control_id as remote from ingestion_controls'],
    ['component', 'select id::text, component_id as remote from system_components'],
    ['asset', 'select asset_uuid::text as id, tenable_asset_uuid as remote from ingestion_assets'],
  ])
    await pool.query(
      `insert into sync_links (external_system_id, entity_type, entity_id, external_id, base)
       select $1, $2, id, remote, '{"status": "Open"}' from (${from}) t`,
      [systemId, entity],
    );
  await pool.query(
    `insert into sync_conflicts (operation_id, external_system_id, entity_type, entity_id, conflict_type, resolution_status, resolved_by_kind, rule_code)
     select $1, $2, 'poam', 'P-' || n, 'field_mismatch', 'resolved', 'rule', 'settled_itself' from ${all}`,
    [operationId, systemId],
  );
  await pool.query(
    `insert into sync_outbox (external_system_id, operation_id, entity_type, entity_id, change_kind, payload, idempotency_key, reason, state)
     select $2, $1, 'poam', 'P-' || n, 'update', '{}', gen_random_uuid(), 'edited here', 'confirmed' from ${all}`,
    [operationId, systemId],
  );
  await pool.query(
    `insert into sync_changes (operation_id, external_system_id, entity_type, entity_id, direction, decided_by_kind, rule_code)
     select $1, $2, 'poam', 'P-' || n, 'inbound', 'rule', 'remote_changed' from ${all}`,
    [operationId, systemId],
  );
  for (const entity of ['poam', 'milestone', 'control'] as const) {
    const { table, key, keyKind } = linkedEntity(entity).row;
    const { row } = await fetchSideDigests(database.db, entity);
    await sql`
      update sync_links l set settled_digest = ${row} from ${sql.table(table)} t
       where l.entity_type = ${entity} and t.${sql.ref(key)} = ${asKey('l.entity_id', keyKind)}`.execute(
      database.db,
    );
  }
  await pool.query('analyze');
}

type Entity = 'system' | 'component' | 'control' | 'poam' | 'milestone';

/** Reports of the numbers `from` to `to`; those past `rows` are new. */
const reports: Readonly<Record<Entity, (n: number) => JsonObject>> = {
  system: (n) => ({ id: `S-${n}`, name: `System ${n} says so` }),
  component: (n) => ({
    id: `K-${n}`,
    system_id: `S-${(n % (rows / 100)) + 1}`,
    name: `host-${n}`,
    hostname: `name-${n}`,
  }),
  control: (n) => ({ id: `C-${n}`, system_id: `S-${(n % (rows / 100)) + 1}`, control_id: `AU-${n}` }),
  poam: (n) => ({
    id: `P-${n}`,
    // Some are in another system than before.
    system_id: `S-${((n + (n % 7 === 0 ? 1 : 0)) % (rows / 100)) + 1}`,
    external_uid: `uid-${n}`,
    weakness_description: `Weakness ${n}, in other words`,
    status: 'ongoing',
    affected_assets: [`host ${n}`, '11111111-2222-4333-8444-555555555555'],
    cve_references: [`CVE-2026-${n + 1}`],
  }),
  milestone: (n) => ({ id: `M-${n}`, poam_id: `P-${Math.min(n, rows)}`, description: `Step ${n} now` }),
};

/** A remote that lists these numbers, in one page. */
function remoteOf(entity: Entity, numbers: readonly number[]): Connector {
  async function* records(): AsyncGenerator<ExternalRecord> {
    for (const n of numbers) {
      const raw = reports[entity](n);
      yield { externalId: scalarText(raw['id']), version: '1', raw };
    }
  }
  async function* read(): AsyncGenerator<ReadEvent> {
    yield { type: 'page', records: records(), position: 'after' };
    yield { type: 'end', mark: 'later' };
  }
  return { read } as unknown as Connector; // nothing else is asked of it
}

const systemWith = (connector: Connector): ConnectedSystem => ({
  id: systemId,
  name: 'xacta',
  module: xactaConnector,
  connector,
  mappings: xactaConnector.declaration.mappings,
  policies: [],
  setOperation: () => undefined,
  flushCalls: () => Promise.resolve(),
  close: () => Promise.resolve(),
});

const context = (): RunContext => ({
  store: database.store,
  db: database.db,
  operationId,
  systems: [],
  modules: new Map(),
  now: () => new Date(),
  sleep: () => Promise.resolve(),
  signal: new AbortController().signal,
  report: () => undefined,
  log: { info: () => undefined, warn: () => undefined },
  absence: { ...usualAbsenceGuard, accept: true },
});

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly Plans?: readonly PlanNode[];
}

const nodesOf = (node: PlanNode): PlanNode[] => [node, ...(node.Plans ?? []).flatMap(nodesOf)];

/** Large tables that these statements read from end to end, with the statement. */
async function readWhole(statements: readonly (typeof sent)[number][]): Promise<string[]> {
  const { rows: tables } = await database.pool.query<{ name: string }>(
    'select relname::text as name from pg_class where reltuples >= $1',
    [largeFrom],
  );
  const large = new Set(tables.map(({ name }) => name));
  const found: string[] = [];
  for (const { text, values } of statements) {
    if (!/^\s*(select|insert|update|delete|with)\b/i.test(text)) continue;
    const { rows: plans } = await database.pool.query<{ 'QUERY PLAN': readonly { Plan: PlanNode }[] }>(
      `explain (format json) ${text}`,
      values,
    );
    const whole = nodesOf(plans[0]?.['QUERY PLAN'][0]?.Plan ?? { 'Node Type': 'none' }).filter(
      (node) => node['Node Type'].includes('Seq Scan') && large.has(node['Relation Name'] ?? ''),
    );
    if (whole.length > 0)
      found.push(`${whole.map((node) => node['Relation Name']).join(', ')}: ${text.replaceAll(/\s+/g, ' ')}`);
  }
  return found;
}

/** Runs `work` and gives back each statement that it sent, once. */
async function statementsOf(work: () => Promise<unknown>): Promise<(typeof sent)[number][]> {
  sent.length = 0;
  await work();
  return [...new Map(sent.map((each) => [each.text, each])).values()];
}

/** Known and new records. */
const numbers = [
  ...Array.from({ length: 250 }, (_, n) => n + 1),
  ...Array.from({ length: 50 }, (_, n) => rows + n + 1),
];

describe('over 100,000 rows an index serves every statement', () => {
  it.each(['system', 'component', 'control', 'poam', 'milestone'] as const)(
    'every statement over 100,000 rows is served by an index: merging a page of %s records, and the same page again',
    async (entity) => {
      const page = entity === 'system' ? numbers.map((n) => n % 2000) : numbers;
      const read = { entity, operationId, full: false };
      const run = (): Promise<unknown> =>
        importEntity(context(), { ...read, system: systemWith(remoteOf(entity, page)) }, openFactSink);
      await database.pool.query(
        `insert into sync_reads (external_system_id, entity_type, mark) values ($1, $2, 'then')`,
        [systemId, entity],
      );
      const merging = await statementsOf(run);
      const knowing = await statementsOf(run);
      expect(merging.length).toBeGreaterThan(10);
      expect(await readWhole([...merging, ...knowing])).toEqual([]);
    },
  );

  it('every statement over 100,000 rows is served by an index: planning edits', async () => {
    await database.pool.query(
      `update ingestion_poams set comments = 'edited here', status = 'Completed' where id <= 600`,
    );
    const statements = await statementsOf(() =>
      planEdits(context(), systemWith(remoteOf('poam', [])), operationId),
    );
    expect(statements.length).toBeGreaterThan(5);
    expect(await readWhole(statements)).toEqual([]);
  });
});
