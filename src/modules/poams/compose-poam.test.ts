import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inheritedRule, templateFields } from '../../canonical/weakness-rule/index.ts';
import type { Weakness } from '../weaknesses/index.ts';
import { composePoam, poamId, poamKey } from './compose-poam.ts';

const weakness: Weakness = {
  systemId: 'SYS-1',
  grouping: 'plugin',
  identifier: '20001',
  ruleId: 1,
  pluginId: '20001',
  pluginName: 'Log4Shell',
  family: 'Misc.',
  severity: 'Critical',
  synopsis: 'A library runs what it logs.',
  solution: 'Upgrade to 2.17.',
  cves: ['CVE-2021-44228'],
  references: [],
  audit: null,
  detectedOn: '2026-11-01',
  findings: 3,
  assets: ['a', 'b'],
  machineNames: null,
};
const compose = (of: Partial<Weakness> = {}, templates = inheritedRule.templates) =>
  composePoam(
    { ...weakness, ...of },
    {
      promised: '2026-11-30',
      control: 'SI-2',
      poc: 'J. Doe',
      pluginsOf: 'Scanner',
      today: '2026-11-20',
      templates,
    },
  );

describe('what a POA&M says', () => {
  it('keys and ids of POA&Ms by plugin are those of before rules were data', () => {
    expect(poamKey(weakness)).toBe('dcd30407-50cc-5244-8703-d38a42756696');
    expect([poamId(weakness), poamId(weakness, 2)]).toEqual(['TL-SYS-1-20001', 'TL-SYS-1-20001-2']);
  });

  it('without templates a POA&M speaks in our own words', () => {
    expect(compose().poam).toMatchObject({
      weakness_description: 'Log4Shell\nA library runs what it logs.',
      source_of_discovery: 'Scanner plugin 20001',
      remediation_plan: 'Upgrade to 2.17.',
    });
    expect(compose().milestones).toHaveLength(3);
  });

  it('templates replace description, plan and milestones, these between today and the due date', () => {
    const { poam, milestones } = compose(
      {},
      {
        description: '{title} ({cves}) on {assets} machines of {boundary}',
        plan: '{solution} By {due}.',
        milestones: [
          { text: 'Patch {machines}', at: 50 },
          { text: 'Scan', at: 100 },
        ],
      },
    );
    expect(poam['weakness_description']).toBe('Log4Shell (CVE-2021-44228) on 2 machines of SYS-1');
    expect(poam['remediation_plan']).toBe('Upgrade to 2.17. By 2026-11-30.');
    expect(milestones).toEqual([
      { milestone_description: 'Patch a, b', scheduled_completion: '2026-11-25' },
      { milestone_description: 'Scan', scheduled_completion: '2026-11-30' },
    ]);
  });

  it('a template that comes to nothing gives way to our own words', () => {
    const { poam } = compose(
      { synopsis: null, solution: null },
      { description: '{synopsis}', plan: ' {solution} ', milestones: null },
    );
    expect(poam['weakness_description']).toBe('Log4Shell');
    expect(poam['remediation_plan']).toMatch(/^Assess the finding/);
  });

  it.each([
    ['cve', 'CVE-2021-44228', 'Scanner plugin 20001, CVE-2021-44228', 'CVE-2021-44228: Log4Shell'],
    ['solution', 'solution 0123', 'Scanner plugin 20001', 'Upgrade to 2.17.'],
    ['plugin_asset', '20001 u', 'Scanner plugin 20001', 'Log4Shell on a'],
    ['check', 'check 0123', 'Scanner audit check "Log4Shell" of DISA.audit', 'Log4Shell'],
  ] as const)(
    'a POA&M by %s says what it was found by, and what it is',
    (grouping, identifier, source, title) => {
      const { poam } = compose({ grouping, identifier, audit: 'DISA.audit' });
      expect(poam['source_of_discovery']).toBe(source);
      expect(poam['weakness_description']).toBe(`${title}\nA library runs what it logs.`);
    },
  );

  it('whatever a scanner reports, nothing of it is read as a field of a template', () => {
    fc.assert(
      fc.property(fc.string(), fc.constantFrom(...templateFields), (text, field) => {
        const { poam } = compose(
          { pluginName: `{${field}}${text}` },
          { ...inheritedRule.templates, description: 'x {title}' },
        );
        expect(poam['weakness_description']).toBe(`x {${field}}${text}`.trim().slice(0, 2000));
      }),
    );
  });

  it('machines are named as people call them, at most twenty, and as the scanner does where nobody asked for names', () => {
    const templates = { ...inheritedRule.templates, plan: 'Patch {machines}' };
    const planOf = (of: Partial<Weakness>): unknown => compose(of, templates).poam['remediation_plan'];
    expect(planOf({ machineNames: ['db01', 'web01'] })).toBe('Patch db01, web01');
    expect(planOf({})).toBe('Patch a, b');
    const many = Array.from({ length: 23 }, (_, n) => `host${String(n).padStart(2, '0')}`);
    expect(planOf({ machineNames: many })).toBe(`Patch ${many.slice(0, 20).join(', ')} and 3 more`);
  });
});
