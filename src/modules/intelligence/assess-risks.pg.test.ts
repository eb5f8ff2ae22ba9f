/** The risk score of assets and groups of findings, and its explanation. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { everywhere, type Scope } from '../../canonical/access/index.ts';
import { cloneDatabase, type ClonedDatabase, emptyTables } from '../../../test/support/database.ts';
import { explainAssetRisk, explainPluginRisk } from '../../record/intelligence/index.ts';
import { assessRisks } from './assess-risks.ts';

let database: ClonedDatabase;
beforeAll(async () => {
  database = await cloneDatabase();
});
afterAll(() => database[Symbol.asyncDispose]());
const run = async (text: string, ...values: unknown[]): Promise<Record<string, unknown>[]> =>
  (await database.pool.query<Record<string, unknown>>(text, values)).rows;
const uuid = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
let now = new Date('2026-11-21T06:00:00Z');
const assess = () => assessRisks({ store: database.store, now: () => now }, 'command');
const scoreOf = async (n: number): Promise<unknown> =>
  (await run('select risk_score from assets_extended where asset_uuid = $1', uuid(n)))[0]?.['risk_score'];

interface AssetOfTest {
  readonly zone?: string;
  readonly environment?: string;
  readonly criticality?: string;
  readonly acr?: number;
  readonly override?: number;
}
async function asset(n: number, system: string | null, given: AssetOfTest = {}): Promise<void> {
  await run(
    `insert into ingestion_assets (asset_uuid, hostname, system_id, acr_score) values ($1, $2, $3, $4)`,
    uuid(n),
    `host${n}`,
    system,
    given.acr ?? null,
  );
  await run(
    `insert into assets_extended (asset_uuid, network_zone, environment, business_criticality, acr_override) values ($1, $2, $3, $4, $5)`,
    uuid(n),
    given.zone ?? null,
    given.environment ?? null,
    given.criticality ?? null,
    given.override ?? null,
  );
}
async function plugin(
  id: string,
  given: { cvss?: number; word?: string; cves?: string[]; exploit?: boolean },
): Promise<void> {
  await run(
    `insert into scan_plugins (plugin_id, name, raw_json, cvss3_base_score, risk_factor, cves, exploit_available) values ($1, 'Weak', '{}', $2, $3, $4, $5)`,
    id,
    given.cvss ?? null,
    given.word ?? null,
    given.cves ?? [],
    given.exploit ?? null,
  );
}
async function finding(
  n: number,
  pluginId: string,
  given: { rank?: number; modification?: string; state?: string } = {},
): Promise<void> {
  await run(
    `insert into ingestion_vulnerabilities (asset_uuid, asset_ref, plugin_id, vulnerability_name, severity, severity_rank, lifecycle_state, state, severity_modification,
       first_found, last_found, finding_key, raw_data) values ($1::text, $1::uuid, $2, 'x', 'High', $3, $4, 'Open', $5, '2026-11-01', '2026-11-20', gen_random_uuid(), '{}')`,
    uuid(n),
    pluginId,
    given.rank ?? 3,
    given.state ?? 'open',
    given.modification ?? 'none',
  );
}
async function cve(
  id: string,
  given: {
    score?: number;
    vector?: string;
    epss?: number;
    kev?: string;
    exploitability?: number;
    exploitation?: string;
  },
): Promise<void> {
  await run(
    `insert into cve_intelligence (cve, cvss, attack_vector, epss, epss_date, kev_added, exploitability_score, exploitation, exploit_known, loaded_at)
     values ($1, $2, $3, $4, '2026-11-20', $5, $6, $7, case when $5::date is not null or $7 in ('poc', 'active') then true end, now())`,
    id,
    given.score === undefined ? '{}' : JSON.stringify({ '3.1': { score: given.score } }),
    given.vector ?? null,
    given.epss ?? null,
    given.kev ?? null,
    given.exploitability ?? null,
    given.exploitation ?? null,
  );
}
beforeEach(async () => {
  await emptyTables(database.pool);
  now = new Date('2026-11-21T06:00:00Z');
  await run(
    `insert into ingestion_systems (system_id, uuid, name) values ('S1', $1, 'One'), ('S2', $2, 'Two')`,
    uuid(901),
    uuid(902),
  );
  await run(`insert into ingestion_system_impact_levels (system_id, overall_impact) values ('S1', 'High')`);
});

describe('the risk score of an asset', () => {
  it('what somebody said of the exposure of an asset or its zone counts before the name of the zone', async () => {
    await plugin('1', { cvss: 10, exploit: true });
    for (const n of [1, 2, 3]) {
      await asset(n, null, { zone: 'internal', criticality: 'critical' });
      await finding(n, '1');
    }
    await run(
      `insert into exposures (asset_uuid, network_zone, exposed, set_at, set_by, set_by_principal)
       values (null, 'Internal', true, '2026-11-01Z', 'Ann', 'ann'), ($1::uuid, null, false, '2026-11-01Z', 'Ann', 'ann'),
              ($2::uuid, null, true, '2026-11-01Z', 'Ann', 'ann'), ($2::uuid, null, null, '2026-11-02Z', 'Ann', 'ann')`,
      uuid(2),
      uuid(3),
    );
    await assess();
    const answers = [];
    for (const n of [1, 2, 3])
      answers.push((await explainAssetRisk(database.db, everywhere, uuid(n)))?.exposure);
    // The second by itself; of the third it is not known any more by itself, so that its zone counts.
    expect(answers).toMatchObject([
      { answer: 'yes', isSaid: true },
      { answer: 'no', isSaid: true },
      { answer: 'yes', isSaid: true },
    ]);
    expect(Number(await scoreOf(1))).toBeGreaterThan(Number(await scoreOf(2)));
  });

  it('severity × exploitability × exposure × criticality gives it, and every part is explained', async () => {
    await asset(1, 'S1', { zone: 'DMZ', environment: 'Production', override: 8 });
    await plugin('10', { cvss: 5, cves: ['CVE-2026-0001'] });
    await cve('CVE-2026-0001', { score: 9, vector: 'network', kev: '2026-11-01', exploitability: 10 });
    await finding(1, '10');
    expect(await assess()).toEqual({ findings: 1, assets: 1, changed: 1 });
    // 0.9 severity, exploited, publicly exposed, (0.8 asset + 1 boundary) / 2 in production.
    expect(await scoreOf(1)).toBe(81);
    expect(await explainAssetRisk(database.db, everywhere, uuid(1))).toMatchObject({
      score: 81,
      scoreNow: 81,
      assessedAt: now,
      exposure: { answer: 'yes', factor: 1, networkZone: 'DMZ', scoreIfYes: null },
      criticality: { factor: 0.9, impact: 0.9, assetWorth: 0.8, boundaryWorth: 1, environmentFactor: 1 },
      counted: 1,
      findings: [
        {
          pluginId: '10',
          severityUsed: 0.9,
          severityReason: { rule: 'cvss', cve: 'CVE-2026-0001', score: 9 },
          exploitability: 1,
          exploitabilityReason: { rule: 'kev', cve: 'CVE-2026-0001', since: '2026-11-01' },
          reach: 1,
          score: 81,
        },
      ],
    });
    expect(await run(`select business_impact_score from vulnerability_intelligence`)).toEqual([
      { business_impact_score: 9 },
    ]);
  });

  it('an exposure that nobody knows counts as neither, and both answers are shown', async () => {
    await asset(1, null, { zone: 'floor 3' });
    await plugin('10', { cvss: 10, exploit: true });
    await finding(1, '10');
    await assess();
    // 1 severity, 0.6 public exploit, 0.7 unknown exposure, 0.5 unknown criticality.
    expect(await scoreOf(1)).toBe(21);
    expect(await explainAssetRisk(database.db, everywhere, uuid(1))).toMatchObject({
      exposure: { answer: 'unknown', factor: 0.7, networkZone: 'floor 3', scoreIfYes: 30, scoreIfNo: 12 },
      criticality: { assetWorth: null, boundaryWorth: null, impact: 0.5 },
    });
  });

  it.each([
    ['the EPSS score', { epss: 0.9, exploitability: 10 }, 0.9, 'epss'],
    ['public exploit code', { epss: 0.1, exploitation: 'poc' }, 0.6, 'public'],
    ['active exploitation', { exploitation: 'active' }, 1, 'active'],
    ['how easy CVSS says it is', { epss: 0.001, exploitability: 10 }, 0.4, 'cvss'],
    ['nothing', {}, 0.25, 'unknown'],
  ])('%s makes it exploitable by so much', async (_what, given, factor, rule) => {
    await asset(1, null);
    await plugin('10', { cvss: 10, cves: ['CVE-2026-0001'] });
    await cve('CVE-2026-0001', given);
    await finding(1, '10');
    await assess();
    const rows = await run(
      `select exploitability_factor as factor, factor_reasons -> 'exploitability' ->> 'rule' as rule from vulnerability_intelligence`,
    );
    expect(rows).toEqual([{ factor, rule }]);
  });

  it('the EPSS score of the scanner counts where no feed gives one, and is named as such', async () => {
    await asset(1, null);
    await plugin('10', { cvss: 10, cves: ['CVE-2026-0001'] });
    await cve('CVE-2026-0001', { score: 10 });
    await run(`update scan_plugins set epss_score = 0.7`);
    await finding(1, '10');
    await assess();
    expect(await explainPluginRisk(database.db, everywhere, '10')).toMatchObject({
      exploitability: 0.7,
      exploitabilityReason: { rule: 'epss', cve: null, score: 0.7, date: null },
    });
  });

  it('what can only be attacked from the machine counts less', async () => {
    await asset(1, null);
    await asset(2, null);
    for (const [id, vector] of [
      ['10', 'network'],
      ['11', 'local'],
    ] as const) {
      await plugin(id, { cves: [`CVE-2026-00${id}`] });
      await cve(`CVE-2026-00${id}`, { score: 10, vector, exploitation: 'active' });
    }
    await finding(1, '10');
    await finding(2, '11');
    await assess();
    expect([await scoreOf(1), await scoreOf(2)]).toEqual([35, 21]);
  });

  it('accepted, fixed and informational findings do not count, and a recast one counts as what it was recast to', async () => {
    for (const n of [1, 2, 3, 4]) await asset(n, null, { zone: 'internet', acr: 10 });
    await plugin('10', { cvss: 10, exploit: true });
    await finding(1, '10', { modification: 'accepted' });
    await finding(2, '10', { state: 'fixed' });
    await finding(3, '10', { rank: 0 });
    await finding(4, '10', { modification: 'recast', rank: 1 });
    await assess();
    expect([await scoreOf(1), await scoreOf(2), await scoreOf(3), await scoreOf(4)]).toEqual([0, 0, 0, 12]);
    expect(await explainAssetRisk(database.db, everywhere, uuid(1))).toMatchObject({
      counted: 0,
      accepted: 1,
      findings: [],
    });
    expect(await explainAssetRisk(database.db, everywhere, uuid(4))).toMatchObject({
      findings: [{ isRecast: true, severityUsed: 0.2 }],
    });
  });

  it('a score that stays as it was keeps the moment of its assessment, and one whose reason is gone falls to 0', async () => {
    await asset(1, null);
    await asset(2, null);
    await plugin('10', { cvss: 10 });
    await finding(1, '10');
    await finding(2, '10');
    await assess();
    const before = now;
    now = new Date('2026-11-22T06:00:00Z');
    await run(`update ingestion_vulnerabilities set lifecycle_state = 'fixed' where asset_ref = $1`, uuid(2));
    expect(await assess()).toEqual({ findings: 1, assets: 2, changed: 1 });
    expect(
      await run(
        'select risk_score > 0 as risky, last_risk_assessment as at from assets_extended order by asset_uuid',
      ),
    ).toEqual([
      { risky: true, at: before },
      { risky: false, at: now },
    ]);
  });
});

describe('what is outside of a scope', () => {
  it('an asset of two boundaries is explained by the one that is seen', async () => {
    await asset(1, 'S2', { zone: 'dmz', override: 4 });
    await run(`insert into ingestion_system_assets (system_id, asset_uuid) values ('S1', $1)`, uuid(1));
    await plugin('10', { cvss: 10, exploit: true });
    await finding(1, '10');
    await assess();
    expect(await explainAssetRisk(database.db, everywhere, uuid(1))).toMatchObject({
      score: 42,
      criticality: { boundaryWorth: 1 },
    });
    const second: Scope = { kind: 'boundaries', systemIds: ['S2'], unassigned: false };
    expect(await explainAssetRisk(database.db, second, uuid(1))).toMatchObject({
      score: null,
      scoreNow: 24,
      criticality: { boundaryWorth: null, impact: 0.4 },
    });
    expect(await explainPluginRisk(database.db, second, '10')).toMatchObject({ businessImpact: null });
  });

  it('an asset that ended has no score any more', async () => {
    await asset(1, null);
    await plugin('10', { cvss: 10 });
    await finding(1, '10');
    await assess();
    await run(`update ingestion_assets set deleted_at = now()`);
    expect(await assess()).toEqual({ findings: 0, assets: 0, changed: 1 });
    expect(await scoreOf(1)).toBeNull();
  });
});

describe('the risk score of a group of findings', () => {
  it('the worst finding of the plugin in the boundary gives it, and each boundary sees its own', async () => {
    await asset(1, 'S1', { zone: 'dmz' });
    await asset(2, 'S2', { zone: 'internal', override: 4 });
    await asset(3, 'S2', { zone: 'internal', override: 2 });
    await plugin('10', { cvss: 10, exploit: true });
    for (const n of [1, 2, 3]) await finding(n, '10');
    await assess();
    const all = await explainPluginRisk(database.db, everywhere, '10');
    expect(all).toMatchObject({
      score: 60,
      businessImpact: 10,
      severityReason: { rule: 'scanner', score: 10 },
      groups: [
        { systemId: 'S1', score: 60, findings: 1, assets: 1, worstAssetName: 'host1' },
        { systemId: 'S2', score: 9.6, findings: 2, assets: 2, worstAssetName: 'host2' },
      ],
    });
    const second: Scope = { kind: 'boundaries', systemIds: ['S2'], unassigned: false };
    expect(await explainPluginRisk(database.db, second, '10')).toMatchObject({
      score: 9.6,
      groups: [{ systemId: 'S2' }],
    });
    expect(await explainAssetRisk(database.db, second, uuid(1))).toBeUndefined();
    await run(`update ingestion_vulnerabilities set lifecycle_state = 'fixed'`);
    await assess();
    expect(await run('select * from group_risks')).toEqual([]);
  });
});
