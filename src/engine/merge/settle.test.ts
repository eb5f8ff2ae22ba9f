import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json } from '../../platform/values/json.ts';
import { conflictStrategies, syncDirections, type FieldPolicy } from '../../canonical/policy/policy.ts';
import { decideInbound } from './inbound.ts';
import { lookUpPolicy } from '../../canonical/policy/look-up-policy.ts';
import { noRecord } from '../../canonical/policy/policy-filter.ts';
import { settleField, type Action, type FieldValues } from './settle.ts';
import { canonical, mergeField, sameValue } from './three-way.ts';

const value: fc.Arbitrary<Json> = fc.oneof(
  fc.constantFrom<Json>('', 'a', 'b', 'a\nb', '2026-01-01', null),
  fc.integer({ min: 0, max: 3 }),
  fc.array(fc.constantFrom('x', 'y', 'z'), { maxLength: 3 }),
);
const values: fc.Arbitrary<FieldValues> = fc.record({
  base: fc.option(value, { nil: undefined }),
  internal: value,
  external: value,
});
const policy: fc.Arbitrary<FieldPolicy> = fc.record({
  direction: fc.constantFrom(...syncDirections),
  strategy: fc.constantFrom(...conflictStrategies),
  decidedBy: fc.constant('field' as const),
});
const at = fc.option(
  fc.integer({ min: 0, max: 3 }).map((second) => new Date(second * 1000)),
  { nil: undefined },
);
const times = fc.record({ internal: at, external: at });
const noTimes = { internal: undefined, external: undefined };
const both = (strategy: FieldPolicy['strategy']): FieldPolicy => ({
  direction: 'bidirectional',
  strategy,
  decidedBy: 'field',
});

/** What both sides and the base are once an action was carried out, the sending included. */
function after(given: FieldValues, action: Action): FieldValues {
  switch (action.do) {
    case 'agree':
      return { ...given, base: given.external };
    case 'take':
      return { base: action.value, internal: action.value, external: action.value };
    case 'send':
      return { base: given.internal, internal: given.internal, external: given.internal };
    case 'join':
      return { base: action.value, internal: action.value, external: action.value };
    case 'leave':
    case 'hold':
      return given;
  }
}

describe('settling a field', () => {
  it('M1: settling a field does nothing more once it was carried out, whatever the policy', () => {
    fc.assert(
      fc.property(values, policy, times, (given, rule, when) => {
        const action = settleField(given, rule, when);
        const again = settleField(after(given, action), rule, when);
        expect(again.do).toBe(action.do === 'hold' || action.do === 'leave' ? action.do : 'agree');
      }),
    );
  });

  it('M2: settling a field never invents a value: the result was on one side, or is made of both', () => {
    fc.assert(
      fc.property(values, policy, times, (given, rule, when) => {
        const action = settleField(given, rule, when);
        const result = after(given, action);
        const known = [given.internal, given.external].map((each) => JSON.stringify(canonical(each)));
        expect(action.do === 'join' || known.includes(JSON.stringify(canonical(result.internal)))).toBe(true);
      }),
    );
  });

  it('M3: settling a field holds a conflict, and nothing else, where a person is to decide', () => {
    fc.assert(
      fc.property(values, times, (given, when) => {
        const held = settleField(given, both('manual'), when).do === 'hold';
        expect(held).toBe(mergeField(given) === 'conflict');
      }),
    );
  });

  it('M4: a union holds all that either side has, whichever side is asked', () => {
    const list = fc.array(fc.constantFrom('x', 'y', 'z', 'w'), { maxLength: 4 });
    fc.assert(
      fc.property(list, list, list, (base, internal, external) => {
        const one = after(
          { base, internal, external },
          settleField({ base, internal, external }, both('union'), noTimes),
        );
        const other = after(
          { base, internal: external, external: internal },
          settleField({ base, internal: external, external: internal }, both('union'), noTimes),
        );
        expect(
          sameValue([...new Set(one.internal as string[])], [...new Set(other.internal as string[])]),
        ).toBe(true);
      }),
    );
  });

  it('M5: appending keeps every line that either side added, theirs before ours', () => {
    const given = { base: 'opened', internal: 'opened\nwe patched', external: 'opened\nthey called' };
    expect(settleField(given, both('append'), noTimes)).toEqual({
      do: 'join',
      value: 'opened\nthey called\nwe patched',
    });
  });

  it('M6: appending holds what is more than an addition', () => {
    const given = { base: 'opened', internal: 'closed', external: 'opened\nthey called' };
    expect(settleField(given, both('append'), noTimes)).toEqual({ do: 'hold' });
  });

  it.each([
    ['no time of ours', undefined, new Date(1), 'hold'],
    ['the same time', new Date(1), new Date(1), 'hold'],
    ['ours newer', new Date(2), new Date(1), 'send'],
    ['theirs newer', new Date(1), new Date(2), 'take'],
  ])(
    'M7: newest wins only where both times are known and differ (%s)',
    (_what, internal, external, expected) => {
      const given = { base: 'a', internal: 'b', external: 'c' };
      expect(settleField(given, both('newest_wins'), { internal, external }).do).toBe(expected);
    },
  );

  it.each([
    ['inbound', 'a', 'b', 'a', 'take'],
    ['inbound', 'a', 'b', 'c', 'take'],
    ['outbound', 'a', 'a', 'b', 'send'],
    ['outbound', 'a', 'b', 'c', 'send'],
    ['inbound', undefined, 'b', null, 'leave'],
    ['outbound', undefined, null, 'c', 'leave'],
  ] as const)(
    'M8 goes only the way that the direction allows (%s: %s, %s, %s)',
    (direction, base, internal, external, expected) => {
      const rule: FieldPolicy = { direction, strategy: 'manual', decidedBy: 'entity' };
      expect(settleField({ base, internal, external }, rule, noTimes).do).toBe(expected);
    },
  );
});

describe('two that were just linked', () => {
  const first = (internal: Json, external: Json, direction: FieldPolicy['direction']): string =>
    settleField({ base: undefined, internal, external }, { ...both('manual'), direction }, noTimes).do;

  it('M9: two records that were just linked fill an empty side from the other, where the policy lets the value go there', () => {
    expect(first(null, 'theirs', 'bidirectional')).toBe('take');
    expect(first('ours', null, 'bidirectional')).toBe('send');
    expect(first(null, 'theirs', 'inbound')).toBe('take');
    expect(first('ours', null, 'outbound')).toBe('send');
  });

  it('M9: two records that were just linked are left alone where the policy does not: a one-way policy empties nothing', () => {
    expect(first('ours', null, 'inbound')).toBe('leave');
    expect(first(null, 'theirs', 'outbound')).toBe('leave');
  });
});

describe('the policy of a field', () => {
  const policies = [
    {
      entity: '*',
      direction: 'inbound',
      strategy: 'external_wins',
      fields: { comments: { strategy: 'append' } },
    },
    {
      entity: 'poam',
      direction: 'bidirectional',
      strategy: 'manual',
      fields: { status: { direction: 'inbound' } },
    },
  ] as const;

  it.each([
    ['poam', 'status', { direction: 'inbound', strategy: 'manual', decidedBy: 'entity' }],
    ['poam', 'poc', { direction: 'bidirectional', strategy: 'manual', decidedBy: 'entity' }],
    ['poam', 'comments', { direction: 'bidirectional', strategy: 'append', decidedBy: 'field' }],
    ['control', 'family', { direction: 'inbound', strategy: 'external_wins', decidedBy: 'system' }],
  ])('P1: the policy of a field is looked up field, entity, system (%s.%s)', (entity, field, expected) => {
    expect(lookUpPolicy(policies, entity, field, noRecord)).toEqual(expected);
  });

  it('P1: the policy of another entity does not apply to a field', () => {
    expect(lookUpPolicy(policies.slice(1), 'control', 'family', noRecord).decidedBy).toBe('default');
  });

  it('P2: a field without a policy goes both ways, and a person decides', () => {
    expect(lookUpPolicy([], 'poam', 'status', noRecord)).toEqual({
      direction: 'bidirectional',
      strategy: 'manual',
      decidedBy: 'default',
    });
  });
});

describe('an inbound decision', () => {
  it('I1: an inbound decision moves the base only where both sides agree or a policy has decided', () => {
    fc.assert(
      fc.property(values, policy, (given, rule) => {
        const decision = decideInbound({
          fields: ['f'],
          record: { f: given.external ?? null },
          row: { f: given.internal ?? null },
          base: given.base === undefined ? {} : { f: given.base },
          policyOf: () => rule,
          times: noTimes,
        });
        const moved =
          !sameValue(decision.base['f'], given.base) ||
          (given.base === undefined) !== (decision.base['f'] === undefined);
        expect(!moved || decision.settled.includes('f')).toBe(true);
        expect(decision.conflicts.length === 0 || !moved).toBe(true);
      }),
    );
  });

  it('I2: an inbound decision does not depend on the order of the fields', () => {
    const record = { a: '1', b: '2', c: ['x'] };
    const row = { a: '0', b: '2', c: ['y'] };
    const common = {
      record,
      row,
      base: { a: '0', b: '1', c: [] },
      policyOf: () => both('union'),
      times: noTimes,
    };
    const one = decideInbound({ ...common, fields: ['a', 'b', 'c'] });
    const other = decideInbound({ ...common, fields: ['c', 'b', 'a'] });
    expect(other.take).toEqual(one.take);
    expect(other.base).toEqual(one.base);
  });
});
