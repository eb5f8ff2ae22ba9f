/** Two boundaries with three machines and four plugins, for tests of weakness rules. */
import { cloneDatabase, type ClonedDatabase } from './database.ts';
import { everywhere, localOperator, type Scope } from '../../src/canonical/access/index.ts';
import { inheritedRule, weaknessRule, type WeaknessRule } from '../../src/canonical/weakness-rule/index.ts';
import type { App } from '../../src/engine/run/index.ts';
import { listWeaknesses, type WeaknessRow } from '../../src/modules/weaknesses/list-weaknesses.sql.ts';
import { setRule } from '../../src/modules/weaknesses/rules/change-rules.ts';
import { gatherWeakFindings } from '../../src/modules/weaknesses/rules/weak-findings.sql.ts';
import { namedWeakness } from '../../src/modules/weaknesses/weakness.ts';
import { listRulesInForce, type RuleVersion } from '../../src/record/weaknesses/index.ts';

export const now = new Date('2026-11-20T12:00:00Z');
export const uuid = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
export const actor = localOperator('tester');

/** What a test changes of the rule that ships. */
export type RuleChange = Partial<Omit<WeaknessRule, 'filters'>> & {
  readonly filters?: Partial<WeaknessRule['filters']>;
};
export const ruleOf = ({ filters, ...more }: RuleChange): WeaknessRule =>
  weaknessRule.parse({ ...inheritedRule, ...more, filters: { ...inheritedRule.filters, ...filters } });

export interface NewFinding {
  readonly rank?: number;
  readonly port?: number;
  readonly found?: string;
  readonly modification?: string;
}

export interface RuleWorld {
  readonly database: ClonedDatabase;
  readonly app: App;
  readonly systemId: number;
  run(query: string, ...values: unknown[]): Promise<unknown>;
  /** Puts an open finding of a plugin (20001 to 20004) on a machine (11 and 12 of S1, 21 of S2). */
  find(asset: number, plugin: string, more?: NewFinding): Promise<void>;
  listed(): Promise<WeaknessRow[]>;
  /** As `S1 plugin 20001: High, 2`. */
  weaknesses(): Promise<string[]>;
  inForce(change: RuleChange, boundary?: string | null, scope?: Scope): Promise<RuleVersion>;
  /** Without rules of their own, exclusions and findings. */
  empty(): Promise<void>;
}

async function fill(database: ClonedDatabase): Promise<number> {
  const run = (query: string, ...values: unknown[]): Promise<unknown> => database.pool.query(query, values);
  const { rows } = await database.pool.query<{ id: number }>(
    `insert into external_systems (system_name, system_type, api_base_url, connection_config) values ('grc', 'xacta', 'http://grc.example', '{}') returning id`,
  );
  const systemId = rows[0]?.id ?? 0;
  await run(`insert into ingestion_batches (batch_id, source_system) values ($1, 'grc')`, uuid(1));
  for (const system of ['S1', 'S2']) {
    await run(
      `insert into ingestion_systems (system_id, uuid, name) values ($1::text, gen_random_uuid(), $1::text)`,
      system,
    );
    await run(
      `insert into sync_links (external_system_id, entity_type, entity_id, external_id, base, operation_id) values ($1, 'system', $2::text, 'X' || $2::text, '{}', $3)`,
      systemId,
      system,
      uuid(1),
    );
  }
  for (const [n, system] of [
    [11, 'S1'],
    [12, 'S1'],
    [21, 'S2'],
  ] as const) {
    await run(
      `insert into ingestion_assets (asset_uuid, tenable_asset_uuid, hostname, system_id) values ($1::uuid, $1::uuid::text, $2, $3)`,
      uuid(n),
      `web${n}`,
      system,
    );
    await run(
      `insert into ingestion_asset_network (asset_uuid, ipv4_address) values ($1, $2)`,
      uuid(n),
      `10.0.${n}.5`,
    );
  }
  await run(
    `insert into ingestion_asset_tags (asset_uuid, tag_key, tag_value) values ($1, 'Env', 'Prod')`,
    uuid(12),
  );
  const plugin = (
    id: string,
    more: {
      cves?: string[];
      solution?: string;
      v2?: number;
      v3?: number;
      v4?: string;
      vpr?: number;
      kev?: boolean;
      exploit?: boolean;
    },
  ): Promise<unknown> =>
    run(
      `insert into scan_plugins (plugin_id, name, family, solution, cves, cvss_base_score, cvss3_base_score, vpr_score, exploit_available, cross_references, raw_json)
       values ($1::text, 'Weak ' || $1::text, 'Web Servers', $2, $3, $4, $5, $6, $7, $8, $9)`,
      id,
      more.solution ?? 'n/a',
      more.cves ?? [],
      more.v2 ?? null,
      more.v3 ?? null,
      more.vpr ?? null,
      more.exploit ?? null,
      more.kev ? ['CISA-KNOWN-EXPLOITED:2021/12/24'] : [],
      JSON.stringify(more.v4 === undefined ? {} : { cvss4_base_score: more.v4 }),
    );
  await plugin('20001', {
    cves: ['CVE-2026-900', 'CVE-2021-44228'],
    solution: 'Upgrade  to 2.17.',
    v2: 9.3,
    v3: 10,
    exploit: true,
  });
  await plugin('20002', {
    cves: ['CVE-2021-44228', 'CVE-2021-45046'],
    solution: 'upgrade to 2.17.',
    v2: 4.3,
    vpr: 9.2,
  });
  await plugin('20003', { v4: '7.1', kev: true });
  await plugin('20004', {});
  return systemId;
}

export async function ruleWorld(): Promise<RuleWorld> {
  const database = await cloneDatabase();
  const systemId = await fill(database);
  const app = { db: database.db, store: database.store, now: () => now } as unknown as App; // what the use cases look at
  const run = (query: string, ...values: unknown[]): Promise<unknown> => database.pool.query(query, values);
  const listed = (): Promise<WeaknessRow[]> =>
    database.store.transaction(async ({ db }) => {
      await gatherWeakFindings(db, systemId, { rules: await listRulesInForce(db), now });
      return listWeaknesses(db, systemId, now);
    });
  return {
    database,
    app,
    systemId,
    run,
    listed,
    find: async (asset, plugin, more = {}) => {
      await run(
        `insert into ingestion_vulnerabilities (asset_uuid, asset_ref, plugin_id, vulnerability_name, severity, severity_rank, lifecycle_state,
           external_system_id, first_found, last_found, finding_key, state, severity_modification, port, raw_data)
         values ($1::text, $1::text::uuid, $2, 'x', 'High', $3, 'open', $4, $5, '2026-11-20', gen_random_uuid(), 'Open', $6, $7, '{}')`,
        uuid(asset),
        plugin,
        more.rank ?? 3,
        systemId,
        more.found ?? '2026-11-01',
        more.modification ?? 'none',
        more.port ?? 443,
      );
    },
    weaknesses: async () =>
      (await listed()).map(
        (each) => `${each.systemId} ${namedWeakness(each)}: ${each.severity}, ${each.findings}`,
      ),
    inForce: (change, boundary = 'S1', scope = everywhere) =>
      setRule(app, actor, scope, { systemId: boundary, rule: ruleOf(change), reason: 'a test' }),
    empty: async () => {
      for (const statement of [
        `delete from weakness_rules where version > 1 or system_id is not null`,
        `delete from weakness_exclusions`,
        `delete from compliance_results`,
        `delete from ingestion_vulnerabilities`,
      ])
        await run(statement);
    },
  };
}
