import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { comparisonOf } from '../../canonical/vocabulary/comparison.ts';
import { canonical, mergeField, sameButForSpelling, sameValue } from './three-way.ts';

// A text without a zone holds UTC, wherever the machine is.
const zone = process.env['TZ'];
beforeAll(() => {
  process.env['TZ'] = 'Asia/Kolkata';
});
afterAll(() => {
  if (zone === undefined) delete process.env['TZ'];
  else process.env['TZ'] = zone;
});

const value = fc.oneof(
  fc.string(),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.array(fc.string(), { maxLength: 3 }),
);

describe('the merge of one field', () => {
  it('the merge of one field takes what only the remote changed', () => {
    expect(mergeField({ base: 'a', internal: 'a', external: 'b' })).toBe('take');
  });

  it('the merge of one field sends what only our side changed', () => {
    expect(mergeField({ base: 'a', internal: 'b', external: 'a' })).toBe('send');
  });

  it('the merge of one field calls two different edits a conflict', () => {
    expect(mergeField({ base: 'a', internal: 'b', external: 'c' })).toBe('conflict');
  });

  it('the merge of one field sees nothing to do where both sides made the same edit', () => {
    expect(mergeField({ base: 'a', internal: 'b', external: ' b ' })).toBe('same');
  });

  it('the merge of one field lets an empty side yield where there is no base, and nothing else', () => {
    expect(mergeField({ base: undefined, internal: null, external: 'x' })).toBe('take');
    expect(mergeField({ base: undefined, internal: 'x', external: '' })).toBe('send');
    expect(mergeField({ base: undefined, internal: 'x', external: 'y' })).toBe('conflict');
  });

  it('the merge of one field is the same from either side, except for the direction', () => {
    const mirrored = { same: 'same', take: 'send', send: 'take', conflict: 'conflict' } as const;
    fc.assert(
      fc.property(value, value, value, (base, internal, external) => {
        expect(mergeField({ base, internal: external, external: internal })).toBe(
          mirrored[mergeField({ base, internal, external })],
        );
      }),
    );
  });

  it('the merge of one field finds nothing to do once its verdict was carried out', () => {
    fc.assert(
      fc.property(fc.option(value, { nil: undefined }), value, value, (base, internal, external) => {
        const after = {
          same: { base, internal, external },
          take: { base: external, internal: external, external },
          send: { base: internal, internal, external: internal },
          conflict: { base, internal: external, external },
        }[mergeField({ base, internal, external })];
        expect(mergeField(after)).toBe('same');
      }),
    );
  });
});

describe('canonical values', () => {
  it('canonical values of a date and of the same day at midnight UTC are the same, in any spelling', () => {
    for (const spelling of [
      '2024-07-15',
      '2024-07-15T00:00:00',
      '2024-07-15 00:00:00',
      '2024-07-15T00:00:00.000Z',
    ])
      expect(canonical(spelling)).toBe('2024-07-15T00:00:00.000Z');
    expect(canonical('2024-07-15T02:00:00+02:00')).toBe('2024-07-15T00:00:00.000Z');
  });

  it('canonical values do not depend on the order of a list or of keys', () => {
    expect(sameValue(['b', 'a'], ['a', 'b'])).toBe(true);
    expect(sameValue({ x: 1, y: 2 }, { y: 2, x: 1 })).toBe(true);
  });

  it('canonical values keep text that only looks like a date', () => {
    expect(canonical('2024-13-45')).toBe('2024-13-45');
  });
});

describe('canonical values, one by one', () => {
  it.each([
    [undefined, null],
    ['', null],
    ['  ', null],
    [[], null],
    [' a ', 'a'],
    ['a\r\nb', 'a\nb'],
    [0, 0],
    [false, false],
    ['2024-07-15T10:00', '2024-07-15T10:00:00.000Z'],
    ['2024-07-15T10:00+0200', '2024-07-15T08:00:00.000Z'],
    ['2024-07-15T10:00+02', '2024-07-15T08:00:00.000Z'],
    ['2024-07-15T10:00:15', '2024-07-15T10:00:15.000Z'],
    ['2024-07-15 10:00:00.5', '2024-07-15T10:00:00.500Z'],
    ['on 2024-07-15', 'on 2024-07-15'],
    ['2024-07-15 or so', '2024-07-15 or so'],
    [
      ['b', ' a'],
      ['a', 'b'],
    ],
    [
      { b: ' 1 ', a: [2, 1] },
      { a: [1, 2], b: '1' },
    ],
  ])('the canonical value of %j is %j', (given, expected) => {
    expect(JSON.stringify(canonical(given))).toBe(JSON.stringify(expected));
  });
});

describe('the remote’s own spelling', () => {
  it.each([
    ['High', 'high', true],
    [' a  b ', 'a b', true],
    ['a\nb', 'a b', true],
    [['A', 'B'], ['b', 'a'], true],
    [null, '', true],
    ['a', 'b', false],
    ['a b', 'ab', false],
    ['a', null, false],
  ])('the remote’s own spelling of %j may be %j: %j', (sent, shown, expected) => {
    expect(sameButForSpelling(sent, shown)).toBe(expected);
  });
});

describe('the same edit, spelled otherwise', () => {
  it.each([
    ['comments', 'line one\nline  two', 'line one\r\nline two '],
    ['comments', 'a\tb', 'a b'],
    ['comments', 'caf\u00e9', 'cafe\u0301'],
    ['comments', null, ' '],
    ['poc', 'Jane.Doe@Enterprise.example', 'jane.doe@enterprise.example'],
    ['poc', 'Jane Doe <Jane@X.example>', 'Jane Doe <jane@x.example>'],
    ['security_control', 'SI-2,RA-5', 'RA-5, SI-2'],
    ['security_control', 'SI-2; RA-05', 'ra-5\nSI-2'],
    ['security_control', 'AC-2(1)', 'AC-02 (01)'],
    ['cves', 'CVE-2026-2, CVE-2026-1', ['CVE-2026-1', 'CVE-2026-2']],
    ['risk_rating', 'HIGH', 'high'],
    ['likelihood', 'very_high', 'Very High'],
    ['scheduled_completion', '2027-01-07', '2027-01-07T23:59:59-05:00'],
    ['scheduled_completion', '2027-01-07T00:00:00', '2027-01-07T15:30:00'],
  ])(
    'the same edit in another spelling is neither a conflict nor an edit against the base: %s %j, %j',
    (field, ours, theirs) => {
      const as = comparisonOf(field);
      expect(mergeField({ base: 'before', internal: ours, external: theirs }, as)).toBe('same');
      expect(mergeField({ base: ours, internal: theirs, external: ours }, as)).toBe('same');
    },
  );

  it.each([
    ['comments', 'one\ntwo', 'one two'],
    ['comments', 'HIGH', 'high'],
    ['comments', 'SI-2,RA-5', 'RA-5, SI-2'],
    ['poc', 'Jane Doe', 'jane doe'],
    ['security_control', 'SI-2', 'SI-2(1)'],
    ['scheduled_completion', '2027-01-07', '2027-01-08T01:00:00+05:00'],
    ['last_assessed', '2027-01-07T10:00:00Z', '2027-01-07T11:00:00Z'],
  ])('another spelling of the same value is distinguished from an edit: %s %j, %j', (field, ours, theirs) => {
    const as = comparisonOf(field);
    expect(mergeField({ base: 'before', internal: ours, external: theirs }, as)).toBe('conflict');
  });
});
