/** Exclusions, and versions of rules. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { actor, now, ruleOf, ruleWorld, type RuleWorld, uuid } from '../../../../test/support/rule-world.ts';
import { everywhere, type Scope } from '../../../canonical/access/index.ts';
import { inheritedRule } from '../../../canonical/weakness-rule/index.ts';
import { listRulesInForce } from '../../../record/weaknesses/index.ts';
import { listWeaknesses } from '../list-weaknesses.sql.ts';
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

let world: RuleWorld;
beforeAll(async () => {
  world = await ruleWorld();
});
afterAll(async () => {
  await world.database[Symbol.asyncDispose]();
});
beforeEach(() => world.empty());

describe('exclusions', () => {
  const later = new Date('2026-12-01T00:00:00Z');
  const leaveOut = (scope: Parameters<typeof exclude>[3]['scope'], boundary: string | null = 'S1') =>
    exclude(world.app, actor, everywhere, {
      systemId: boundary,
      scope,
      reason: 'rebuilt soon',
      expiresAt: later,
    });
  beforeEach(async () => {
    await world.find(11, '20001');
    await world.find(12, '20001');
    await world.find(12, '20004');
    await world.find(21, '20001');
  });

  it.each([
    ['a plugin', { plugin: '20001' }, ['S1 plugin 20004: High, 1', 'S2 plugin 20001: High, 1'], 2],
    ['a CVE', { cve: 'CVE-2026-900' }, ['S1 plugin 20004: High, 1', 'S2 plugin 20001: High, 1'], 2],
    ['an asset', { asset: uuid(12) }, ['S1 plugin 20001: High, 1', 'S2 plugin 20001: High, 1'], 2],
    [
      'a network',
      { network: '10.0.11.0/24' },
      ['S1 plugin 20001: High, 1', 'S1 plugin 20004: High, 1', 'S2 plugin 20001: High, 1'],
      1,
    ],
    ['a tag', { tag: 'env:prod' }, ['S1 plugin 20001: High, 1', 'S2 plugin 20001: High, 1'], 2],
    [
      'a plugin on an asset',
      { plugin: '20001', asset: uuid(12) },
      ['S1 plugin 20001: High, 1', 'S1 plugin 20004: High, 1', 'S2 plugin 20001: High, 1'],
      1,
    ],
  ] as const)(
    'an exclusion of %s leaves out what it names in its boundary, and counts it',
    async (_what, scope, left, n) => {
      const { id, findings } = await leaveOut(scope);
      expect(await world.weaknesses()).toEqual(left);
      expect(findings).toBe(n);
      const shown = await fetchExclusion(world.app, everywhere, id);
      expect(shown.findings).toHaveLength(n);
      expect(shown.exclusion).toMatchObject({ reason: 'rebuilt soon', expiresAt: '2026-12-01T00:00:00Z' });
    },
  );

  it('an exclusion of all boundaries holds in each of them', async () => {
    expect((await leaveOut({ plugin: '20001' }, null)).findings).toBe(3);
    expect(await world.weaknesses()).toEqual(['S1 plugin 20004: High, 1']);
  });

  it('an exclusion ends on its day by itself, and before it by a person', async () => {
    const { id } = await leaveOut({ plugin: '20001' });
    const rules = await listRulesInForce(world.database.db);
    await world.database.store.transaction(async ({ db }) => {
      await gatherWeakFindings(db, world.systemId, { rules, now: later });
      expect(await listWeaknesses(db, world.systemId, later)).toHaveLength(3);
    });
    const ended = await endExclusionNow(world.app, actor, everywhere, { id, reason: 'was rebuilt' });
    expect(ended).toMatchObject({ endedBy: 'tester', findings: 0 });
    expect(await world.weaknesses()).toHaveLength(3);
    expect(await fetchExclusions(world.app, everywhere, false)).toEqual([]);
    expect(await fetchExclusions(world.app, everywhere, true)).toHaveLength(1);
    await expect(endExclusionNow(world.app, actor, everywhere, { id, reason: 'again' })).rejects.toThrow(
      'Nothing was changed',
    );
  });

  it('an exclusion without an end to come, without a reason, or in boundaries that the person does not hold is refused', async () => {
    const given = { systemId: 'S1', scope: { plugin: '20001' }, reason: 'x', expiresAt: later };
    const s2: Scope = { kind: 'boundaries', systemIds: ['S2'], unassigned: false };
    const field = (change: object, scope: Scope = everywhere) =>
      (async () => exclude(world.app, actor, scope, { ...given, ...change }))().then(
        () => 'done',
        (error: unknown) =>
          (error as { fields?: { field: string }[]; code: string }).fields?.[0]?.field ??
          (error as { code: string }).code,
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
    await world.inForce({ floor: 'Medium' });
    await world.inForce({ floor: 'Low' });
    expect(await fetchBoundaryRule(world.app, everywhere, 'S1')).toMatchObject({
      isInherited: false,
      rule: { version: 2, rule: { floor: 'Low' } },
    });
    await setRule(world.app, actor, everywhere, { systemId: 'S1', rule: null, reason: 'as all' });
    expect(await fetchBoundaryRule(world.app, everywhere, 'S1')).toMatchObject({
      isInherited: true,
      rule: { version: 1, systemId: null },
    });
    const versions = await fetchRuleHistory(world.app, everywhere, 'S1');
    expect(
      versions.map(({ version, rule: of, reason, changedBy }) => [version, of?.floor, reason, changedBy]),
    ).toEqual([
      [3, undefined, 'as all', 'tester'],
      [2, 'Low', 'a test', 'tester'],
      [1, 'Medium', 'a test', 'tester'],
    ]);
  });

  it('a change over a version that is no longer in force is refused', async () => {
    const { id } = await world.inForce({ floor: 'Medium' });
    const edit = { systemId: 'S1', rule: ruleOf({ floor: 'Low' }), reason: 'x' };
    await setRule(world.app, actor, everywhere, { ...edit, replaces: id });
    await expect(setRule(world.app, actor, everywhere, { ...edit, replaces: id })).rejects.toMatchObject({
      code: 'RECORD_MOVED',
    });
  });

  it('who holds one boundary changes neither the rule of all nor that of another one', async () => {
    const s2: Scope = { kind: 'boundaries', systemIds: ['S2'], unassigned: false };
    await expect(world.inForce({ floor: 'Low' }, null, s2)).rejects.toMatchObject({ code: 'EDIT_REFUSED' });
    await expect(world.inForce({ floor: 'Low' }, 'S1', s2)).rejects.toMatchObject({ code: 'RECORD_UNKNOWN' });
    await world.inForce({ floor: 'Low' }, 'S2', s2);
  });

  it('a preview counts what the rule would make, and keeps nothing', async () => {
    await world.find(11, '20001');
    await world.find(12, '20002', { rank: 2 });
    await world.find(21, '20001');
    const preview = await previewRule(world.app, everywhere, {
      systemId: 'S1',
      rule: ruleOf({ floor: 'Medium', grouping: 'solution' }),
    });
    expect(preview).toMatchObject({
      boundaries: ['S1'],
      before: { findings: 1, weaknesses: 1, bySeverity: { High: 1 } },
      after: { findings: 2, weaknesses: 1, bySeverity: { High: 1 } },
    });
    expect(await world.weaknesses()).toEqual(['S1 plugin 20001: High, 1', 'S2 plugin 20001: High, 1']);
  });

  it('the rule that ships is the one of the code', async () => {
    expect((await listRulesInForce(world.database.db)).map(({ rule: of }) => of)).toEqual([inheritedRule]);
  });
});
