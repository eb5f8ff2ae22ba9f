/** What weakness rules make of findings: grouping, severity, filters, checks of audits. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type NewFinding,
  type RuleChange,
  ruleWorld,
  type RuleWorld,
  uuid,
} from '../../../../test/support/rule-world.ts';
import type { WeaknessRule } from '../../../canonical/weakness-rule/index.ts';

let world: RuleWorld;
beforeAll(async () => {
  world = await ruleWorld();
});
afterAll(async () => {
  await world.database[Symbol.asyncDispose]();
});
beforeEach(() => world.empty());

describe('what a weakness rule groups by', () => {
  beforeEach(async () => {
    await world.find(11, '20001');
    await world.find(12, '20001', { rank: 4 });
    await world.find(11, '20002');
    await world.find(11, '20004');
    await world.find(21, '20001');
  });

  it('without a rule of its own a boundary has one weakness for each plugin, as ever', async () => {
    expect(await world.weaknesses()).toEqual([
      'S1 plugin 20001: Critical, 2',
      'S1 plugin 20002: High, 1',
      'S1 plugin 20004: High, 1',
      'S2 plugin 20001: High, 1',
    ]);
  });

  it('by CVE a finding lies under the oldest CVE of its plugin, one without a CVE under its plugin', async () => {
    await world.inForce({ grouping: 'cve' });
    expect(await world.weaknesses()).toEqual([
      'S1 CVE-2021-44228: Critical, 3',
      'S1 plugin 20004: High, 1',
      'S2 plugin 20001: High, 1',
    ]);
    const [first] = await world.listed();
    expect(first?.cves).toEqual(['CVE-2021-44228', 'CVE-2021-45046', 'CVE-2026-900']);
  });

  it('by remedy plugins with the same one are one weakness, whatever their spacing and case', async () => {
    await world.inForce({ grouping: 'solution' });
    expect(await world.weaknesses()).toEqual([
      'S1 plugin 20004: High, 1',
      'S1 the remedy of plugin 20001: Critical, 3',
      'S2 plugin 20001: High, 1',
    ]);
  });

  it('by plugin and asset each machine has its own weakness', async () => {
    await world.inForce({ grouping: 'plugin_asset' });
    expect((await world.weaknesses()).slice(0, 2)).toEqual([
      `S1 plugin 20001 on ${uuid(11)}: High, 1`,
      `S1 plugin 20001 on ${uuid(12)}: Critical, 1`,
    ]);
  });

  it('the rule of all holds in every boundary without one of its own', async () => {
    await world.inForce({ grouping: 'cve' }, null);
    await world.inForce({ grouping: 'plugin' }, 'S2');
    expect(await world.weaknesses()).toEqual([
      'S1 CVE-2021-44228: Critical, 3',
      'S1 plugin 20004: High, 1',
      'S2 plugin 20001: High, 1',
    ]);
  });
});

describe('how grave a finding is by a rule', () => {
  const severityOf = async (change: RuleChange, plugin: string, more?: NewFinding): Promise<string> => {
    await world.find(11, plugin, more);
    await world.inForce({ floor: 'Low', ...change });
    return (await world.listed())[0]?.severity ?? 'none';
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
      world.run(
        `insert into cve_intelligence (cve, kev_added, kev_withdrawn_on, loaded_at) values ('CVE-2026-900', '2026-11-01', $1, now())
         on conflict (cve) do update set kev_withdrawn_on = excluded.kev_withdrawn_on`,
        withdrawn,
      );
    await kev(null);
    expect(await severityOf({ severitySource: 'kev' }, '20001', { rank: 1 })).toBe('Critical');
    await kev('2026-11-10');
    expect((await world.listed())[0]?.severity).toBe('Low');
    await world.run(`delete from cve_intelligence`);
  });

  it('what a person recast at the scanner stays as recast, whatever its scores', async () => {
    expect(await severityOf({ severitySource: 'cvss3' }, '20001', { rank: 1, modification: 'recast' })).toBe(
      'Low',
    );
  });

  it('an informational finding makes no weakness, whatever its scores', async () => {
    expect(await severityOf({ severitySource: 'cvss3' }, '20001', { rank: 0 })).toBe('none');
  });

  it('what is below the floor makes no weakness', async () => {
    await world.find(11, '20001', { rank: 2 });
    expect(await world.weaknesses()).toEqual([]);
    await world.inForce({ floor: 'Medium' });
    expect(await world.weaknesses()).toEqual(['S1 plugin 20001: Medium, 1']);
  });
});

describe('what a rule filters by', () => {
  beforeEach(async () => {
    await world.find(11, '20001', { port: 443, found: '2026-11-19' });
    await world.find(12, '20002', { port: 22, found: '2026-10-01' });
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
      await world.inForce({ filters });
      expect((await world.listed()).map((each) => each.identifier)).toEqual(expected);
    },
  );
});

describe('failed checks of audits', () => {
  const check = (n: number, name: string, references: string[], status = 'failed'): Promise<unknown> =>
    world.run(
      `insert into compliance_results (result_key, asset_uuid, audit_file, check_id, check_name, status, control_references, first_seen, last_seen, reported_by, solution)
       values (gen_random_uuid(), $1, 'DISA.audit', $2::text, $2::text, $3, $4, '2026-11-02', '2026-11-20', array[$5::int], 'Set it.')`,
      uuid(n),
      name,
      status,
      references,
      world.systemId,
    );
  beforeEach(async () => {
    await check(11, 'banner', ['800-53|AC-8', 'CAT|II', 'CCI|CCI-000048']);
    await check(12, 'banner', ['800-53|AC-8', 'CAT|II', 'CCI|CCI-000048']);
    await check(11, 'root login', ['CAT|I']);
    await check(11, 'umask', []);
    await check(12, 'umask', [], 'passed');
  });

  it('failed checks make no weakness by the rule that ships', async () => {
    expect(await world.weaknesses()).toEqual([]);
  });

  it('failed checks make one weakness each where the rule says so, graded by the category of their audit', async () => {
    await world.inForce({ compliance: 'check', floor: 'Medium', checkSeverity: 'Low' });
    expect((await world.weaknesses()).toSorted()).toEqual([
      'S1 the check "banner": Medium, 2',
      'S1 the check "root login": High, 1',
    ]);
    await world.inForce({ compliance: 'check', checkSeverity: 'High' });
    expect((await world.weaknesses()).toSorted()).toEqual([
      'S1 the check "root login": High, 1',
      'S1 the check "umask": High, 1',
    ]);
  });
});

describe('machines in the texts of a rule', () => {
  const saying = (text: string): RuleChange => ({
    templates: { description: null, plan: null, milestones: [{ text, at: 100 }] },
  });
  const named = async () =>
    (await world.listed()).map(({ systemId, machineNames }) => [systemId, machineNames]);
  beforeEach(async () => {
    await world.find(11, '20001');
    await world.find(12, '20001');
    await world.find(21, '20001');
  });
  afterAll(async () => {
    await world.run(
      `update ingestion_assets set hostname = 'web' || right(asset_uuid::text, 2), netbios_name = null`,
    );
    await world.run(`update ingestion_asset_network set fqdn = null`);
    await world.run(`delete from ingestion_asset_network where asset_uuid = $1`, uuid(21));
    await world.run(
      `insert into ingestion_asset_network (asset_uuid, ipv4_address) values ($1, '10.0.21.5')`,
      uuid(21),
    );
  });

  it('are not looked up where no text names them', async () => {
    expect(await named()).toEqual([
      ['S1', null],
      ['S2', null],
    ]);
    await world.inForce(saying('Patch {assets} machines'));
    expect(await named()).toEqual([
      ['S1', null],
      ['S2', null],
    ]);
  });

  it('are called by their name, their address and only then by what their scanner calls them, in order', async () => {
    await world.inForce(saying('Patch {machines}'));
    const of = async (n: number): Promise<unknown> =>
      (await named()).find(([id]) => id === (n === 21 ? 'S2' : 'S1'))?.[1];
    expect(await of(11)).toEqual(['web11', 'web12']);
    await world.run(
      `update ingestion_assets set hostname = '', netbios_name = 'WEB21' where asset_uuid = $1`,
      uuid(21),
    );
    await world.run(
      `update ingestion_asset_network set fqdn = 'web21.example' where asset_uuid = $1`,
      uuid(21),
    );
    expect(await of(21)).toEqual(['web21.example']);
    await world.run(`update ingestion_asset_network set fqdn = null where asset_uuid = $1`, uuid(21));
    expect(await of(21)).toEqual(['WEB21']);
    await world.run(`update ingestion_assets set netbios_name = null where asset_uuid = $1`, uuid(21));
    expect(await of(21)).toEqual(['10.0.21.5']);
    await world.run(`delete from ingestion_asset_network where asset_uuid = $1`, uuid(21));
    expect(await of(21)).toEqual([uuid(21)]);
    // What the GRC system is told of them stays what it was.
    expect((await world.listed()).map(({ assets }) => assets)).toEqual([[uuid(11), uuid(12)], [uuid(21)]]);
  });
});
