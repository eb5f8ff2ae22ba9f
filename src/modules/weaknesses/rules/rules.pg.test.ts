/** What weakness rules make of findings: grouping, severity, filters, exclusions, checks of audits. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { cloneDatabase, type ClonedDatabase } from '../../../../test/support/database.ts';
import { everywhere, localOperator, type Scope } from '../../../canonical/access/index.ts';
import { inheritedRule, weaknessRule, type WeaknessRule } from '../../../canonical/weakness-rule/index.ts';
import { listRulesInForce } from '../../../record/weaknesses/index.ts';
import { listWeaknesses, type WeaknessRow } from '../list-weaknesses.sql.ts';
import { namedWeakness } from '../weakness.ts';
import {
  endExclusionNow,
  exclude,
  fetchBoundaryRule,
  fetchExclusion,
  fetchExclusions,
  fetchRuleHistory,
  setRule,
} from './change-rules.ts';
import { previewRule } from './preview-rule.ts';
import { gatherWeakFindings } from './weak-findings.sql.ts';
import type { App } from '../../../engine/run/index.ts';

const now = new Date('2026-11-20T12:00:00Z');
const uuid = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const actor = localOperator('tester');
let database: ClonedDatabase;
let app: App;
let systemId = 0;
const run = (query: string, ...values: unknown[]): Promise<unknown> => database.pool.query(query, values);

beforeAll(async () => {
  database = await cloneDatabase();
  app = { db: database.db, store: database.store, now: () => now } as unknown as App; // what the use cases look at
  const { rows } = await database.pool.query<{ id: number }>(
    `insert into external_systems (system_name, system_type, api_base_url, connection_config) values ('grc', 'xacta', 'http://grc.example', '{}') returning id`,
  );
  systemId = rows[0]?.id ?? 0;
  await run(`insert into ingestion_batches (batch_id, source_system) values ($1, 'grc')`, uuid(1));
  for (const system of ['S1', 'S2']) {
    await run(`insert into ingestion_systems (system_id, uuid, name) values ($1::text, gen_random_uuid(), $1::text)`, system);
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
  await run(`insert into ingestion_asset_tags (asset_uuid, tag_key, tag_value) values ($1, 'Env', 'Prod')`, uuid(12));
  const plugin = (
    id: string,
    more: { cves?: string[]; solution?: string; v2?: number; v3?: number; v4?: string; vpr?: number; kev?: boolean; exploit?: boolean },
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
  await plugin('20001', { cves: ['CVE-2026-900', 'CVE-2021-44228'], solution: 'Upgrade  to 2.17.', v2: 9.3, v3: 10, exploit: true });
  await plugin('20002', { cves: ['CVE-2021-44228', 'CVE-2021-45046'], solution: 'upgrade to 2.17.', v2: 4.3, vpr: 9.2 });
  await plugin('20003', { v4: '7.1', kev: true });
  await plugin('20004', {});
});
afterAll(async () => {
  await database[Symbol.asyncDispose]();
});
beforeEach(async () => {
  await run(`delete from weakness_rules where version > 1 or system_id is not null`);
  await run(`delete from weakness_exclusions`);
  await run(`delete from compliance_results`);
  await run(`delete from ingestion_vulnerabilities`);
});

async function find(
  asset: number,
  plugin: string,
  more: { rank?: number; port?: number; found?: string; modification?: string } = {},
): Promise<void> {
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
}

const listed = (): Promise<WeaknessRow[]> =>
  database.store.transaction(async ({ db }) => {
    await gatherWeakFindings(db, systemId, { rules: await listRulesInForce(db), now });
    return listWeaknesses(db, systemId, now);
  });
/** As `S1 plugin 20001: High, 2`. */
const weaknesses = async (): Promise<string[]> =>
  (await listed()).map((each) => `${each.systemId} ${namedWeakness(each)}: ${each.severity}, ${each.findings}`);

type Change = Partial<Omit<WeaknessRule, 'filters'>> & { readonly filters?: Partial<WeaknessRule['filters']> };
const rule = ({ filters, ...more }: Change): WeaknessRule =>
  weaknessRule.parse({ ...inheritedRule, ...more, filters: { ...inheritedRule.filters, ...filters } });
const inForce = (change: Change, boundary: string | null = 'S1', scope: Scope = everywhere) =>
  setRule(app, actor, scope, { systemId: boundary, rule: rule(change), reason: 'a test' });

describe('what a weakness rule groups by', () => {
  beforeEach(async () => {
    await find(11, '20001');
    await find(12, '20001', { rank: 4 });
    await find(11, '20002');
    await find(11, '20004');
    await find(21, '20001');
  });

  it('without a rule of its own a boundary has one weakness for each plugin, as ever', async () => {
    expect(await weaknesses()).toEqual([
      'S1 plugin 20001: Critical, 2',
      'S1 plugin 20002: High, 1',
      'S1 plugin 20004: High, 1',
      'S2 plugin 20001: High, 1',
    ]);
  });

  it('by CVE a finding lies under the oldest CVE of its plugin, one without a CVE under its plugin', async () => {
    await inForce({ grouping: 'cve' });
    expect(await weaknesses()).toEqual([
      'S1 CVE-2021-44228: Critical, 3',
      'S1 plugin 20004: High, 1',
      'S2 plugin 20001: High, 1',
    ]);
    const [first] = await listed();
    expect(first?.cves).toEqual(['CVE-2021-44228', 'CVE-2021-45046', 'CVE-2026-900']);
  });

  it('by remedy plugins with the same one are one weakness, whatever their spacing and case', async () => {
    await inForce({ grouping: 'solution' });
    expect(await weaknesses()).toEqual([
      'S1 plugin 20004: High, 1',
      'S1 the remedy of plugin 20001: Critical, 3',
      'S2 plugin 20001: High, 1',
    ]);
  });

  it('by plugin and asset each machine has its own weakness', async () => {
    await inForce({ grouping: 'plugin_asset' });
    expect((await weaknesses()).slice(0, 2)).toEqual([
      `S1 plugin 20001 on ${uuid(11)}: High, 1`,
      `S1 plugin 20001 on ${uuid(12)}: Critical, 1`,
    ]);
  });

  it('the rule of all holds in every boundary without one of its own', async () => {
    await inForce({ grouping: 'cve' }, null);
    await inForce({ grouping: 'plugin' }, 'S2');
    expect(await weaknesses()).toEqual([
      'S1 CVE-2021-44228: Critical, 3',
      'S1 plugin 20004: High, 1',
      'S2 plugin 20001: High, 1',
    ]);
  });
});

describe('how grave a finding is by a rule', () => {
  const severityOf = async (change: Change, plugin: string, more?: Parameters<typeof find>[2]): Promise<string> => {
    await find(11, plugin, more);
    await inForce({ floor: 'Low', ...change });
    return (await listed())[0]?.severity ?? 'none';
  };
  it.each([
    // Where a plugin lacks the score, the next version of it counts: grc-formats 3.6.
    ['cvss3', '20001', 'Critical'],
    ['cvss3', '20002', 'Medium'],
    ['cvss3', '20003', 'High'],
    ['cvss3', '20004', 'Low'],
    ['cvss2', '20001', 'High'],
    ['cvss4', '20003', 'High'],
    ['cvss4', '20001', 'Critical'],
    ['vpr', '20002', 'Critical'],
    ['vpr', '20001', 'Low'],
    ['kev', '20003', 'Critical'],
    ['kev', '20001', 'Low'],
    ['plugin', '20001', 'Low'],
  ] as const)('the severity from %s of plugin %s is %s', async (severitySource, plugin, expected) => {
    expect(await severityOf({ severitySource }, plugin, { rank: 1 })).toBe(expected);
  });

  it('a CVE of the KEV catalogue makes a finding critical by KEV, until it is taken out of it', async () => {
    const kev = (withdrawn: string | null): Promise<unknown> =>
      run(
        `insert into cve_intelligence (cve, kev_added, kev_withdrawn_on, loaded_at) values ('CVE-2026-900', '2026-11-01', $1, now())
         on conflict (cve) do update set kev_withdrawn_on = excluded.kev_withdrawn_on`,
        withdrawn,
      );
    await kev(null);
    expect(await severityOf({ severitySource: 'kev' }, '20001', { rank: 1 })).toBe('Critical');
    await kev('2026-11-10');
    expect((await listed())[0]?.severity).toBe('Low');
    await run(`delete from cve_intelligence`);
  });

  it('what a person recast at the scanner stays as recast, whatever its scores', async () => {
    expect(await severityOf({ severitySource: 'cvss3' }, '20001', { rank: 1, modification: 'recast' })).toBe('Low');
  });

  it('an informational finding makes no weakness, whatever its scores', async () => {
    expect(await severityOf({ severitySource: 'cvss3' }, '20001', { rank: 0 })).toBe('none');
  });

  it('what is below the floor makes no weakness', async () => {
    await find(11, '20001', { rank: 2 });
    expect(await weaknesses()).toEqual([]);
    await inForce({ floor: 'Medium' });
    expect(await weaknesses()).toEqual(['S1 plugin 20001: Medium, 1']);
  });
});

describe('what a rule filters by', () => {
  beforeEach(async () => {
    await find(11, '20001', { port: 443, found: '2026-11-19' });
    await find(12, '20002', { port: 22, found: '2026-10-01' });
  });
  it.each([
    ['a tag', { tags: ['env:PROD'] }, ['20002']],
    ['a network', { networks: ['10.0.11.0/24', '2001:db8::/32'] }, ['20001']],
    ['a port', { ports: [22, 23] }, ['20002']],
    ['a family', { families: ['web servers'] }, ['20001', '20002']],
    ['another family', { families: ['Windows'] }, []],
    ['an exploit', { exploitAvailable: true }, ['20001']],
    ['its age', { minAgeDays: 30 }, ['20002']],
    ['two things at once', { ports: [22], exploitAvailable: true }, []],
  ] satisfies [string, Partial<WeaknessRule['filters']>, string[]][])(
    'a rule that filters by %s names only what has it',
    async (_what, filters, expected) => {
      await inForce({ filters });
      expect((await listed()).map((each) => each.identifier)).toEqual(expected);
    },
  );
});

describe('failed checks of audits', () => {
  const check = (n: number, name: string, references: string[], status = 'failed'): Promise<unknown> =>
    run(
      `insert into compliance_results (result_key, asset_uuid, audit_file, check_id, check_name, status, control_references, first_seen, last_seen, reported_by, solution)
       values (gen_random_uuid(), $1, 'DISA.audit', $2::text, $2::text, $3, $4, '2026-11-02', '2026-11-20', array[$5::int], 'Set it.')`,
      uuid(n),
      name,
      status,
      references,
      systemId,
    );
  beforeEach(async () => {
    await check(11, 'banner', ['800-53|AC-8', 'CAT|II', 'CCI|CCI-000048']);
    await check(12, 'banner', ['800-53|AC-8', 'CAT|II', 'CCI|CCI-000048']);
    await check(11, 'root login', ['CAT|I']);
    await check(11, 'umask', []);
    await check(12, 'umask', [], 'passed');
  });

  it('failed checks make no weakness by the rule that ships', async () => {
    expect(await weaknesses()).toEqual([]);
  });

  it('failed checks make one weakness each where the rule says so, graded by the category of their audit', async () => {
    await inForce({ compliance: 'check', floor: 'Medium', checkSeverity: 'Low' });
    expect((await weaknesses()).toSorted()).toEqual([
      'S1 the check "banner": Medium, 2',
      'S1 the check "root login": High, 1',
    ]);
    await inForce({ compliance: 'check', checkSeverity: 'High' });
    expect((await weaknesses()).toSorted()).toEqual(['S1 the check "root login": High, 1', 'S1 the check "umask": High, 1']);
  });
});

describe('exclusions', () => {
  const later = new Date('2026-12-01T00:00:00Z');
  const leaveOut = (scope: Parameters<typeof exclude>[3]['scope'], boundary: string | null = 'S1') =>
    exclude(app, actor, everywhere, { systemId: boundary, scope, reason: 'rebuilt soon', expiresAt: later });
  beforeEach(async () => {
    await find(11, '20001');
    await find(12, '20001');
    await find(12, '20004');
    await find(21, '20001');
  });

  it.each([
    ['a plugin', { plugin: '20001' }, ['S1 plugin 20004: High, 1', 'S2 plugin 20001: High, 1'], 2],
    ['a CVE', { cve: 'CVE-2026-900' }, ['S1 plugin 20004: High, 1', 'S2 plugin 20001: High, 1'], 2],
    ['an asset', { asset: uuid(12) }, ['S1 plugin 20001: High, 1', 'S2 plugin 20001: High, 1'], 2],
    ['a network', { network: '10.0.11.0/24' }, ['S1 plugin 20001: High, 1', 'S1 plugin 20004: High, 1', 'S2 plugin 20001: High, 1'], 1],
    ['a tag', { tag: 'env:prod' }, ['S1 plugin 20001: High, 1', 'S2 plugin 20001: High, 1'], 2],
    ['a plugin on an asset', { plugin: '20001', asset: uuid(12) }, ['S1 plugin 20001: High, 1', 'S1 plugin 20004: High, 1', 'S2 plugin 20001: High, 1'], 1],
  ] as const)('an exclusion of %s leaves out what it names in its boundary, and counts it', async (_what, scope, left, n) => {
    const { id, findings } = await leaveOut(scope);
    expect(await weaknesses()).toEqual(left);
    expect(findings).toBe(n);
    const shown = await fetchExclusion(app, everywhere, id);
    expect(shown.findings).toHaveLength(n);
    expect(shown.exclusion).toMatchObject({ reason: 'rebuilt soon', expiresAt: '2026-12-01T00:00:00Z' });
  });

  it('an exclusion of all boundaries holds in each of them', async () => {
    expect((await leaveOut({ plugin: '20001' }, null)).findings).toBe(3);
    expect(await weaknesses()).toEqual(['S1 plugin 20004: High, 1']);
  });

  it('an exclusion ends on its day by itself, and before it by a person', async () => {
    const { id } = await leaveOut({ plugin: '20001' });
    const rules = await listRulesInForce(database.db);
    await database.store.transaction(async ({ db }) => {
      await gatherWeakFindings(db, systemId, { rules, now: later });
      expect(await listWeaknesses(db, systemId, later)).toHaveLength(3);
    });
    const ended = await endExclusionNow(app, actor, everywhere, { id, reason: 'was rebuilt' });
    expect(ended).toMatchObject({ endedBy: 'tester', findings: 0 });
    expect(await weaknesses()).toHaveLength(3);
    expect(await fetchExclusions(app, everywhere, false)).toEqual([]);
    expect(await fetchExclusions(app, everywhere, true)).toHaveLength(1);
    await expect(endExclusionNow(app, actor, everywhere, { id, reason: 'again' })).rejects.toThrow('Nothing was changed');
  });

  it('an exclusion without an end to come, without a reason, or in boundaries that the person does not hold is refused', async () => {
    const given = { systemId: 'S1', scope: { plugin: '20001' }, reason: 'x', expiresAt: later };
    const s2: Scope = { kind: 'boundaries', systemIds: ['S2'], unassigned: false };
    const field = (change: object, scope: Scope = everywhere) =>
      (async () => exclude(app, actor, scope, { ...given, ...change }))().then(
        () => 'done',
        (error: unknown) => (error as { fields?: { field: string }[]; code: string }).fields?.[0]?.field ?? (error as { code: string }).code,
      );
    expect(await field({ expiresAt: now })).toBe('until');
    expect(await field({ expiresAt: new Date('2036-01-01') })).toBe('until');
    expect(await field({ reason: ' ' })).toBe('reason');
    expect(await field({ systemId: null }, s2)).toBe('systemId');
    expect(await field({}, s2)).toBe('RECORD_UNKNOWN');
  });
});

describe('versions of a rule', () => {
  it('each change is a version with its reason; a boundary can have the rule of all again', async () => {
    await inForce({ floor: 'Medium' });
    await inForce({ floor: 'Low' });
    expect(await fetchBoundaryRule(app, everywhere, 'S1')).toMatchObject({ isInherited: false, rule: { version: 2, rule: { floor: 'Low' } } });
    await setRule(app, actor, everywhere, { systemId: 'S1', rule: null, reason: 'as all' });
    expect(await fetchBoundaryRule(app, everywhere, 'S1')).toMatchObject({ isInherited: true, rule: { version: 1, systemId: null } });
    const versions = await fetchRuleHistory(app, everywhere, 'S1');
    expect(versions.map(({ version, rule: of, reason, changedBy }) => [version, of?.floor, reason, changedBy])).toEqual([
      [3, undefined, 'as all', 'tester'],
      [2, 'Low', 'a test', 'tester'],
      [1, 'Medium', 'a test', 'tester'],
    ]);
  });

  it('a change over a version that is no longer in force is refused', async () => {
    const { id } = await inForce({ floor: 'Medium' });
    const edit = { systemId: 'S1', rule: rule({ floor: 'Low' }), reason: 'x' };
    await setRule(app, actor, everywhere, { ...edit, replaces: id });
    await expect(setRule(app, actor, everywhere, { ...edit, replaces: id })).rejects.toMatchObject({ code: 'RECORD_MOVED' });
  });

  it('who holds one boundary changes neither the rule of all nor that of another one', async () => {
    const s2: Scope = { kind: 'boundaries', systemIds: ['S2'], unassigned: false };
    await expect(inForce({ floor: 'Low' }, null, s2)).rejects.toMatchObject({ code: 'EDIT_REFUSED' });
    await expect(inForce({ floor: 'Low' }, 'S1', s2)).rejects.toMatchObject({ code: 'RECORD_UNKNOWN' });
    await inForce({ floor: 'Low' }, 'S2', s2);
  });

  it('a preview counts what the rule would make, and keeps nothing', async () => {
    await find(11, '20001');
    await find(12, '20002', { rank: 2 });
    await find(21, '20001');
    const preview = await previewRule(app, everywhere, { systemId: 'S1', rule: rule({ floor: 'Medium', grouping: 'solution' }) });
    expect(preview).toMatchObject({
      boundaries: 1,
      now: { findings: 1, weaknesses: 1, bySeverity: { High: 1 } },
      then: { findings: 2, weaknesses: 1, bySeverity: { High: 1 } },
    });
    expect(await weaknesses()).toEqual(['S1 plugin 20001: High, 1', 'S2 plugin 20001: High, 1']);
  });

  it('the rule that ships is the one of the code', async () => {
    expect((await listRulesInForce(database.db)).map(({ rule: of }) => of)).toEqual([inheritedRule]);
  });
});
