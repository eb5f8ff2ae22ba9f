import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FieldPolicy } from '../../canonical/policy/policy.ts';
import { foldSteps, reverseField } from './reverse.ts';

const policy: FieldPolicy = { direction: 'bidirectional', strategy: 'manual', decidedBy: 'default' };
const step = { before: 'old', after: 'new' };
const given = { present: 'new', policy, held: false, sendable: true };

describe('U1 undoing a field', () => {
  it('U1: undoing a field sets the earlier value', () => {
    expect(reverseField(step, given)).toEqual({ do: 'set', value: 'old', note: undefined });
    expect(reverseField({ before: null, after: 'new' }, given)).toEqual({
      do: 'set',
      value: null,
      note: undefined,
    });
  });

  it('U1: undoing a field does nothing where the value is already there', () => {
    expect(reverseField(step, { ...given, present: ' old ' })).toEqual({ do: 'nothing' });
  });

  it('U1: undoing a field is refused where the field was changed since', () => {
    expect(reverseField(step, { ...given, present: 'newer' })).toEqual({
      do: 'refuse',
      reason: expect.stringContaining('changed again since'),
    });
  });

  it('U1: undoing a field is refused where a person is to decide about the field', () => {
    expect(reverseField(step, { ...given, held: true })).toEqual({
      do: 'refuse',
      reason: expect.stringContaining('open conflict'),
    });
  });

  it('U1: undoing a field is refused where the remote alone decides, and nowhere else', () => {
    const of = (direction: FieldPolicy['direction']) =>
      reverseField(step, { ...given, policy: { ...policy, direction } }).do;
    expect([of('inbound'), of('outbound'), of('bidirectional')]).toEqual(['refuse', 'set', 'set']);
    expect(reverseField(step, { ...given, policy: { ...policy, direction: 'inbound' } })).toMatchObject({
      reason: expect.stringContaining('remote alone'),
    });
  });

  it('U1: undoing a field reports that a value is restored only here, where no outbound mapping has it', () => {
    expect(reverseField(step, { ...given, sendable: false })).toMatchObject({
      note: expect.stringContaining('only here'),
    });
  });
});

describe('U2 several changes of a field', () => {
  it('U2: several changes of a field are undone as one step, from before the first to after the last', () => {
    expect(foldSteps([])).toBeUndefined();
    expect(
      foldSteps([
        { before: 'a', after: 'b' },
        { before: 'b', after: 'c' },
        { before: 'c', after: 'd' },
      ]),
    ).toEqual({ before: 'a', after: 'd' });
  });

  it('U2: an undo that is undone again leaves what was there', () => {
    const value = fc.constantFrom('a', 'b', 'c', null);
    fc.assert(
      fc.property(value, value, (before, after) => {
        const undo = reverseField({ before, after }, { ...given, present: after });
        if (undo.do !== 'set') return;
        const redo = reverseField({ before: after, after: undo.value }, { ...given, present: undo.value });
        expect(redo).toMatchObject({ do: 'set', value: after });
      }),
    );
  });
});
