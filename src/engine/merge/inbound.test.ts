import { describe, expect, it } from 'vitest';
import type { Json } from '../../platform/values/json.ts';
import type { FieldPolicy } from '../../canonical/policy/policy.ts';
import { decideInbound, type InboundDecision } from './inbound.ts';
import { settleField } from './settle.ts';
import { byPolicy, byRule } from '../../canonical/vocabulary/rule-codes.ts';

const rule = (
  strategy: FieldPolicy['strategy'],
  direction: FieldPolicy['direction'] = 'bidirectional',
): FieldPolicy => ({
  strategy,
  direction,
  decidedBy: 'field',
});
const noTimes = { internal: undefined, external: undefined };
const nothing: InboundDecision = {
  take: {},
  changes: [],
  send: [],
  overruled: [],
  agreed: [],
  conflicts: [],
  settled: [],
  base: {},
};

/** The decision about one field `f`. */
function decide(
  base: Json | undefined,
  internal: Json,
  external: Json | undefined,
  policy = rule('manual'),
): InboundDecision {
  return decideInbound({
    fields: ['f'],
    record: external === undefined ? {} : { f: external },
    row: { f: internal },
    base: base === undefined ? undefined : { f: base },
    policyOf: () => policy,
    times: noTimes,
  });
}

describe('I3 what a record coming in means for a field', () => {
  it('I3: a field that the incoming record does not name stays as it is', () => {
    expect(decide('a', 'b', undefined)).toEqual({ ...nothing, base: { f: 'a' } });
  });

  it('I3: every field of an incoming record is taken where there is no row yet', () => {
    const made = decideInbound({
      fields: ['f', 'g'],
      record: { f: 'a', other: 'x' },
      row: undefined,
      base: undefined,
      policyOf: () => rule('manual', 'outbound'),
      times: noTimes,
    });
    expect(made).toEqual({
      ...nothing,
      take: { f: 'a' },
      changes: [{ field: 'f', before: undefined, after: 'a', decidedBy: byRule('remote_changed') }],
      settled: ['f'],
      base: { f: 'a' },
    });
  });

  it('I3: a field agrees where both sides have what they had', () => {
    expect(decide('a', 'a', 'a')).toEqual({ ...nothing, settled: ['f'], base: { f: 'a' } });
  });

  it('I3: a field that agrees when both records were just linked is not in the journal', () => {
    expect(decide(undefined, 'a', 'a')).toEqual({ ...nothing, settled: ['f'], base: { f: 'a' } });
  });

  it('I3: a field agrees, and the journal keeps it, where both sides made the same change', () => {
    expect(decide('a', 'b', 'b')).toEqual({
      ...nothing,
      settled: ['f'],
      agreed: [{ field: 'f', before: 'a', after: 'b', decidedBy: byRule('same_change') }],
      base: { f: 'b' },
    });
  });

  it('I3: an edit of the remote is taken', () => {
    expect(decide('a', 'a', 'b')).toEqual({
      ...nothing,
      take: { f: 'b' },
      changes: [{ field: 'f', before: 'a', after: 'b', decidedBy: byRule('remote_changed') }],
      settled: ['f'],
      base: { f: 'b' },
    });
  });

  it('I3: a policy by which the remote wins is recorded in the journal', () => {
    expect(decide('a', 'b', 'c', rule('external_wins'))).toEqual({
      ...nothing,
      take: { f: 'c' },
      changes: [
        { field: 'f', before: 'b', after: 'c', decidedBy: byPolicy('field bidirectional external_wins') },
      ],
      settled: ['f'],
      base: { f: 'c' },
    });
  });

  it('I3: an edit of ours is to be sent, and the base stays', () => {
    expect(decide('a', 'b', 'a')).toEqual({ ...nothing, send: ['f'], settled: ['f'], base: { f: 'a' } });
  });

  it('I3: a policy by which ours wins keeps what the remote loses, and moves the base to it', () => {
    expect(decide('a', 'b', 'c', rule('internal_wins'))).toEqual({
      ...nothing,
      send: ['f'],
      settled: ['f'],
      overruled: [
        { field: 'f', before: 'c', after: 'b', decidedBy: byPolicy('field bidirectional internal_wins') },
      ],
      base: { f: 'c' },
    });
    expect(decide('a', 'a', 'c', rule('manual', 'outbound')).overruled).toHaveLength(1);
  });

  it('I3: lists are joined, and only a side that lacks something changes', () => {
    expect(decide(['a'], ['a', 'b'], ['a', 'c'], rule('union'))).toEqual({
      ...nothing,
      take: { f: ['a', 'b', 'c'] },
      changes: [
        {
          field: 'f',
          before: ['a', 'b'],
          after: ['a', 'b', 'c'],
          decidedBy: byPolicy('field bidirectional union'),
        },
      ],
      send: ['f'],
      settled: ['f'],
      base: { f: ['a', 'c'] },
    });
    expect(decide(['z'], ['a', 'b'], ['b'], rule('union'))).toEqual({
      ...nothing,
      send: ['f'],
      settled: ['f'],
      base: { f: ['b'] },
    });
  });

  it('I3: a conflict holds the field, with all three values', () => {
    expect(decide('a', 'b', 'c')).toEqual({
      ...nothing,
      conflicts: [{ field: 'f', base: 'a', internal: 'b', external: 'c' }],
      base: { f: 'a' },
    });
  });

  it('I3: a one-way policy leaves an empty side alone where both were just linked', () => {
    expect(decide(undefined, 'a', null, rule('manual', 'inbound'))).toEqual(nothing);
    expect(decide(undefined, null, 'a', rule('manual', 'outbound'))).toEqual(nothing);
  });
});

describe('M4 M5 M7 strategies by example', () => {
  const at = (second: number): Date => new Date(second * 1000);
  const values = { base: 'a', internal: 'b', external: 'c' };

  it('M7: newest wins, and neither where both are of the same moment or one is not known', () => {
    const newest = rule('newest_wins');
    expect(settleField(values, newest, { internal: at(2), external: at(1) })).toEqual({ do: 'send' });
    expect(settleField(values, newest, { internal: at(1), external: at(2) })).toEqual({
      do: 'take',
      value: 'c',
    });
    expect(settleField(values, newest, { internal: at(1), external: at(1) })).toEqual({ do: 'hold' });
    expect(settleField(values, newest, { internal: at(1), external: undefined })).toEqual({ do: 'hold' });
    expect(settleField(values, newest, { internal: undefined, external: at(1) })).toEqual({ do: 'hold' });
  });

  it('M4: a union names each thing once, in whatever spelling, and treats an empty side as an empty list', () => {
    const union = rule('union');
    expect(settleField({ base: ['z'], internal: ['a', ' a '], external: ['b'] }, union, noTimes)).toEqual({
      do: 'join',
      value: ['a', 'b'],
    });
    expect(settleField({ base: ['z'], internal: null, external: ['b'] }, union, noTimes)).toEqual({
      do: 'join',
      value: ['b'],
    });
    expect(settleField({ base: ['z'], internal: ['a'], external: null }, union, noTimes)).toEqual({
      do: 'join',
      value: ['a'],
    });
    expect(settleField({ base: 'z', internal: 'a', external: ['b'] }, union, noTimes)).toEqual({
      do: 'hold',
    });
  });

  it('M5: lines that both sides added are kept, theirs first', () => {
    const append = rule('append');
    const of = (base: Json, internal: Json, external: Json) =>
      settleField({ base, internal, external }, append, noTimes);
    expect(of('1', '1\nours', '1\ntheirs')).toEqual({ do: 'join', value: '1\ntheirs\nours' });
    expect(of(null, 'ours', 'theirs')).toEqual({ do: 'join', value: 'theirs\nours' });
    expect(of('', 'ours', 'theirs')).toEqual({ do: 'join', value: 'theirs\nours' });
    expect(of('1\r\n2', '1\n2\nours\n', '1\n2\ntheirs')).toEqual({ do: 'join', value: '1\n2\ntheirs\nours' });
    expect(of(['1'], ['1', 'ours'], ['1', 'theirs'])).toEqual({ do: 'join', value: ['1', 'theirs', 'ours'] });
    expect(of('1', 'changed\nours', '1\ntheirs')).toEqual({ do: 'hold' });
    expect(of('1', '1\nours', 'changed')).toEqual({ do: 'hold' });
    expect(of('1', '1\nours', ['1'])).toEqual({ do: 'hold' });
    expect(of('1', ['1', 'ours'], '1\ntheirs')).toEqual({ do: 'hold' });
    expect(of('1', null, '2')).toEqual({ do: 'hold' });
    expect(of(7, '1', '2')).toEqual({ do: 'hold' });
  });
});
