/** Two boundaries, a scanner's server and a GRC system, and a POA&M of three machines, of which the scanner knows two. */
import { composeApp, type TestApp } from './compose-app.ts';
import { cloneDatabase, type ClonedDatabase, emptyTables } from './database.ts';
import { type Actor, everywhere, type Role, type Scope } from '../../src/canonical/access/index.ts';
import type { ConnectedSystem } from '../../src/engine/connections/index.ts';
import { withDecision } from '../../src/ledger/operations/index.ts';
import { connectorModules } from '../../src/main/connectors.ts';
import { decideRequest, expireRequests } from '../../src/modules/requests/index.ts';
import {
  fetchDeviation,
  followDeviations,
  readRequest,
  requestDeviation,
} from '../../src/modules/deviations/index.ts';

const tenableModule = connectorModules.get('tenable') as ConnectedSystem['module']; // one of those that there are

export interface DeviationWorld {
  readonly app: TestApp;
  readonly database: ClonedDatabase;
  /** The clock of all of it. */
  today: Date;
  scanner: Pick<ConnectedSystem, 'id' | 'name' | 'module'>;
  /** Empties it and puts the same in again. */
  reset(): Promise<void>;
  /** What a sync does about deviations. */
  follow(): Promise<void>;
  /** Web machine n of the POA&M: 1 and 2 are known to the scanner, 3 only from files. */
  asset(n: 1 | 2 | 3): string;
  /** A scan says that the findings on these machines are fixed. */
  fix(...assets: readonly (1 | 2 | 3)[]): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

export const person = (name: string, ...roles: Role[]): Actor => ({
  principalId: name,
  name,
  kind: 'person',
  grants: roles.map((role) => ({
    gives: { role },
    scope: { kind: 'boundaries', systemIds: ['SYS-1'], unassigned: false },
  })),
});

const uuidOf = (n: number): string => `00000000-0000-0000-0000-00000000000${n}`;

const statements = [
  `insert into external_systems (system_name, system_type, api_base_url, connection_config)
   values ('scanner', 'tenable', 'https://scanner.example', '{}'), ('grc', 'xacta', 'https://grc.example', '{}')`,
  `insert into ingestion_systems (system_id, name, uuid) values ('SYS-1', 'Payroll', gen_random_uuid()), ('SYS-2', 'Other', gen_random_uuid())`,
  `insert into ingestion_assets (asset_uuid, hostname, system_id)
   select ('00000000-0000-0000-0000-00000000000' || n)::uuid, 'web-' || n, 'SYS-1' from generate_series(1, 3) n`,
  `insert into sync_links (external_system_id, entity_type, entity_id, external_id)
   select s.id, 'asset', '00000000-0000-0000-0000-00000000000' || n, 'there-' || n from external_systems s cross join generate_series(1, 2) n where s.system_name = 'scanner'`,
  `insert into ingestion_poams (poam_id, system_id, weakness_description, status, weakness_risk_level, risk_rating)
   values ('P-1', 'SYS-1', 'Log4Shell', 'Open', 'Moderate', 'Medium'), ('P-2', 'SYS-1', 'OpenSSL', 'Open', 'High', 'High'),
          ('P-9', 'SYS-2', 'Elsewhere', 'Open', 'Low', 'Low')`,
  `insert into sync_links (external_system_id, entity_type, entity_id, external_id)
   select s.id, 'poam', 'P-1', 'X-1' from external_systems s where s.system_name = 'grc'`,
  `insert into ingestion_poam_assets (poam_id, asset_uuid)
   select p, ('00000000-0000-0000-0000-00000000000' || n)::uuid from unnest(array['P-1', 'P-2']) p cross join generate_series(1, 3) n`,
  `insert into scan_plugins (plugin_id, external_system_id, name, modified_at, raw_json) select '1001', s.id, 'Log4Shell', timestamptz '2026-01-01Z', '{}' from external_systems s where s.system_name = 'scanner'`,
  `insert into ingestion_vulnerabilities (plugin_id, vulnerability_name, severity, asset_uuid, asset_ref, lifecycle_state, severity_rank, poam_id)
   select '1001', 'Log4Shell', 'Medium', ('00000000-0000-0000-0000-00000000000' || n), ('00000000-0000-0000-0000-00000000000' || n)::uuid, 'open', 2,
          (select id from ingestion_poams where poam_id = 'P-1') from generate_series(1, 3) n`,
];

export async function deviationWorld(): Promise<DeviationWorld> {
  const database = await cloneDatabase();
  const composed = composeApp(database, Buffer.alloc(32, 1).toString('base64'));
  const world: DeviationWorld = {
    app: composed,
    database,
    today: new Date('2026-11-27T09:00:00Z'),
    scanner: { id: 0, name: 'scanner', module: tenableModule },
    async reset() {
      await emptyTables(database.pool);
      await database.pool.query(`delete from approval_rules where system_id is not null`);
      for (const statement of statements) await database.pool.query(statement);
      const { rows } = await database.pool.query<{ id: number }>(
        `select id from external_systems where system_name = 'scanner'`,
      );
      world.scanner = { id: rows[0]?.id ?? 0, name: 'scanner', module: tenableModule };
      world.today = new Date('2026-11-27T09:00:00Z');
    },
    async follow() {
      await expireRequests(world.app);
      await withDecision(database.db, { system: 'scanner', step: 'deviations' }, (operationId) =>
        followDeviations(world.app, operationId, { scanner: world.scanner }),
      );
    },
    asset: uuidOf,
    async fix(...assets) {
      await database.pool.query(
        `update ingestion_vulnerabilities set lifecycle_state = 'fixed' where asset_ref = any($1::uuid[])`,
        [assets.map(uuidOf)],
      );
    },
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  };
  database.clock.moveTo(() => world.today);
  await world.reset();
  return world;
}

/** What the tests of deviations do and look at: Ann asks for a risk acceptance of one machine, Dee decides. @param world as it is at the time. */
export function deviationActs(world: () => DeviationWorld) {
  const inFirst: Scope = { kind: 'boundaries', systemIds: ['SYS-1'], unassigned: false };

  const acceptance = {
    kind: 'risk_acceptance',
    poam: 'P-1',
    assets: ['web-2'],
    rationale: 'replaced in December',
    details: { conditions: 'stays behind the firewall' },
    until: '2026-12-31',
  };
  const ask = (changes: object = {}, scope: Scope = inFirst) =>
    requestDeviation(
      world().app,
      person('Ann', 'analyst'),
      scope,
      readRequest({ ...acceptance, ...changes }),
    );
  const decide = (approvalId: string | null, actor = person('Dee', 'ao'), approved = true) =>
    decideRequest(world().app, actor, inFirst, {
      id: approvalId ?? '',
      approved,
      reason: approved ? undefined : 'no',
    });
  const the = (id: number) => fetchDeviation(world().database.db, everywhere, id);
  const rows = async <T extends object>(query: string): Promise<T[]> =>
    (await world().database.pool.query<T>(query)).rows;
  const rules = () =>
    rows(
      `select kind, plugin_id, scope, status, expires_at::text as expires, requested_by from acceptances order by id`,
    );
  const poam = async () =>
    (
      await rows<{ status: string; rationale: string; rating: string }>(
        `select status, deviation_rationale as rationale, risk_rating as rating from ingestion_poams where poam_id = 'P-1'`,
      )
    )[0];
  return { inFirst, ask, decide, the, rows, rules, poam };
}
