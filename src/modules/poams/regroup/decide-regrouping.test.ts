import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Before, type Common, decideRegrouping } from './decide-regrouping.ts';

const poam = (weaknessId: number, more: Partial<Before> = {}): Before => ({
  weaknessId,
  poamId: `P-${weaknessId}`,
  isOurs: true,
  open: 1,
  named: 1,
  ...more,
});
const common = (weaknessId: number, key: string, findings: number): Common => ({ weaknessId, key, findings });

describe('what becomes of POA&Ms when a rule changes', () => {
  it('two that become one: the POA&M with the most findings continues, the other is merged into it', () => {
    const [small, large] = [poam(1), poam(2)];
    expect(decideRegrouping([small, large], [common(1, 'A', 2), common(2, 'A', 5)])).toEqual({
      continues: [{ before: large, key: 'A' }],
      merged: [{ before: small, key: 'A', into: large }],
      ended: [],
      split: [],
    });
  });

  it('of two with as many findings the older continues, and one that people made before any of ours', () => {
    const two = [common(1, 'A', 2), common(2, 'A', 2)];
    expect(decideRegrouping([poam(2), poam(1)], two).continues).toEqual([{ before: poam(1), key: 'A' }]);
    const byPeople = poam(2, { isOurs: false });
    expect(decideRegrouping([poam(1), byPeople], two).continues).toEqual([{ before: byPeople, key: 'A' }]);
  });

  it('one that becomes two: it continues where most of its findings are, and the other is split from it', () => {
    const one = poam(1);
    expect(decideRegrouping([one], [common(1, 'A', 2), common(1, 'B', 3)])).toEqual({
      continues: [{ before: one, key: 'B' }],
      merged: [],
      ended: [],
      split: [{ key: 'A', from: one }],
    });
  });

  it('from a POA&M that people made nothing is split off', () => {
    const one = poam(1, { isOurs: false });
    expect(decideRegrouping([one], [common(1, 'A', 2), common(1, 'B', 3)]).split).toEqual([]);
  });

  it('only what the rule names no more is ended, and never one that people made', () => {
    const gone = { open: 3, named: 0 };
    const all = [
      poam(1, gone),
      poam(2, { open: 0, named: 0 }),
      poam(3, { ...gone, isOurs: false }),
      poam(4, { open: 3, named: 1 }),
    ];
    expect(decideRegrouping(all, []).ended).toEqual([all[0]]);
  });
});

/** Findings, each under one weakness before (or none) and one after (or none). */
const world = fc
  .record({
    findings: fc.array(
      fc.record({
        before: fc.option(fc.integer({ min: 1, max: 8 }), { nil: undefined }),
        after: fc.option(fc.constantFrom('A', 'B', 'C', 'D', 'E'), { nil: undefined }),
      }),
      { maxLength: 60 },
    ),
    byPeople: fc.uniqueArray(fc.integer({ min: 1, max: 8 })),
  })
  .map(({ findings, byPeople }) => {
    const ids = [...new Set(findings.flatMap(({ before }) => before ?? []))];
    const under = (id: number) => findings.filter(({ before }) => before === id);
    return {
      findings,
      before: ids.map((id) =>
        poam(id, {
          isOurs: !byPeople.includes(id),
          open: under(id).length,
          named: under(id).filter(({ after }) => after !== undefined).length,
        }),
      ),
      common: ids.flatMap((id) =>
        [...Map.groupBy(under(id), ({ after }) => after)].flatMap(([key, of]) =>
          key === undefined ? [] : [common(id, key, of.length)],
        ),
      ),
    };
  });

describe('whatever the rules', () => {
  it('every POA&M has one fate, no weakness has two, and none is ended while the rule names a finding of it', () => {
    fc.assert(
      fc.property(world, ({ before, common: pairs }) => {
        const { continues, merged, ended } = decideRegrouping(before, pairs);
        const fates = [
          ...continues.map((each) => each.before),
          ...merged.map((each) => each.before),
          ...ended,
        ];
        expect(new Set(fates).size).toBe(fates.length);
        expect(new Set(continues.map(({ key }) => key)).size).toBe(continues.length);
        const lost = before.filter((one) => one.named > 0 && (!fates.includes(one) || ended.includes(one)));
        expect(lost).toEqual([]);
        for (const one of ended) expect([one.isOurs, one.named]).toEqual([true, 0]);
      }),
    );
  });

  it('nothing is lost: every finding that is named lies under one that continues, was split off, or is new', () => {
    fc.assert(
      fc.property(world, ({ findings, before, common: pairs }) => {
        const { continues, split } = decideRegrouping(before, pairs);
        const answered = new Set([...continues.map(({ key }) => key), ...split.map(({ key }) => key)]);
        const lost = findings.filter(({ before: id, after }) => {
          const from = before.find(({ weaknessId }) => weaknessId === id);
          // Of one that people made nothing is split off: it answers both.
          const isOursAlone =
            from?.isOurs === true && !pairs.some(({ key, weaknessId }) => key === after && weaknessId !== id);
          return after !== undefined && isOursAlone && !answered.has(after);
        });
        expect(lost).toEqual([]);
      }),
    );
  });

  it('what is merged goes into a POA&M that continues, and what is split comes from one', () => {
    fc.assert(
      fc.property(world, ({ before, common: pairs }) => {
        const { continues, merged, split } = decideRegrouping(before, pairs);
        const heirs = new Map(continues.map((each) => [each.key, each.before]));
        for (const { into, key } of merged) expect(heirs.get(key)).toBe(into);
        const alive = new Set(continues.map((each) => each.before));
        for (const { from, key } of split) expect([alive.has(from), heirs.has(key)]).toEqual([true, false]);
      }),
    );
  });

  it('ids continue: where anything is in common, at least one POA&M continues, and the order of the rows changes nothing', () => {
    fc.assert(
      fc.property(world, ({ before, common: pairs }) => {
        const { continues, ...more } = decideRegrouping(before, pairs);
        expect(continues.length > 0).toBe(pairs.length > 0);
        const again = decideRegrouping(before.toReversed(), pairs.toReversed());
        expect(again.continues).toEqual(continues);
        expect(new Set(again.merged)).toEqual(new Set(more.merged));
        expect(new Set(again.split)).toEqual(new Set(more.split));
      }),
    );
  });

  it('done once, nothing is left to do', () => {
    fc.assert(
      fc.property(world, ({ before, common: pairs }) => {
        const { continues } = decideRegrouping(before, pairs);
        const sum = (key: string): number =>
          pairs.filter((each) => each.key === key).reduce((total, each) => total + each.findings, 0);
        const after = continues.map((each) => ({
          ...each.before,
          open: sum(each.key),
          named: sum(each.key),
        }));
        const same = continues.map((each) => common(each.before.weaknessId, each.key, sum(each.key)));
        expect(decideRegrouping(after, same)).toMatchObject({ merged: [], ended: [], split: [] });
      }),
    );
  });
});
