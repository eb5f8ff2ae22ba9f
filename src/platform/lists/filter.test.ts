import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { filterPairs, parseFilter } from './filter.ts';

const now = new Date('2026-11-26T12:00:00Z');
const fields = {
  severity: { kind: 'choice', known: ['Info', 'Low', 'Critical'], title: 'severity' },
  poam: { kind: 'word', example: 'POAM-1', also: ['none', 'any'], title: 'POA&M' },
  seen: { kind: 'instant', lies: 'behind', title: 'last seen' },
  due: { kind: 'instant', lies: 'ahead', title: 'due' },
  ip: { kind: 'address', title: 'address' },
  vpr: { kind: 'number', title: 'VPR' },
  q: { kind: 'text', title: 'words' },
  accepted: { kind: 'flag', title: 'accepted' },
} as const;
const parse = (line: string) => parseFilter(fields, filterPairs(line), now);
const faults = (line: string): string[] => {
  try {
    parse(line);
    return [];
  } catch (error) {
    return (error as { fields: { field: string; message: string }[] }).fields.map(
      ({ field, message }) => `${field}: ${message}`,
    );
  }
};

describe('the filter grammar', () => {
  it.each([
    ['severity=critical,LOW', { severity: { is: 'in', values: ['Critical', 'Low'], negated: false } }],
    ['severity=!info', { severity: { is: 'in', values: ['Info'], negated: true } }],
    ['poam=none', { poam: { is: 'presence', present: false } }],
    ['poam=any', { poam: { is: 'presence', present: true } }],
    ['poam=!none', { poam: { is: 'presence', present: true } }],
    ['poam=!any', { poam: { is: 'presence', present: false } }],
    ['seen=..30d', { seen: { is: 'instants', before: new Date('2026-10-27T12:00:00Z') } }],
    ['seen=30d..', { seen: { is: 'instants', from: new Date('2026-10-27T12:00:00Z') } }],
    ['due=..0d', { due: { is: 'instants', before: new Date('2026-11-26T00:00:00Z') } }],
    ['due=0d..', { due: { is: 'instants', from: new Date('2026-11-26T00:00:00Z') } }],
    ['due=..30d', { due: { is: 'instants', before: new Date('2026-12-26T12:00:00Z') } }],
    [
      'due=2026-12-01..2026-12-31',
      {
        due: {
          is: 'instants',
          from: new Date('2026-12-01T00:00:00Z'),
          before: new Date('2027-01-01T00:00:00Z'),
        },
      },
    ],
    [
      'ip=10.2.0.0/16,10.3.0.1',
      { ip: { is: 'networks', networks: ['10.2.0.0/16', '10.3.0.1'], negated: false } },
    ],
    ['vpr=7..', { vpr: { is: 'numbers', from: 7 } }],
    ['vpr=9.5', { vpr: { is: 'numbers', from: 9.5, to: 9.5 } }],
    [
      'q="open ssl" accepted=no',
      { q: { is: 'text', words: ['open', 'ssl'] }, accepted: { is: 'flag', value: false } },
    ],
  ])('%s is understood', (line, filter) => {
    expect(parse(line)).toEqual(filter);
  });

  it.each([
    ['severty=high', 'severty: is no filter of this list. Did you mean severity? Expected: severity, poam,'],
    ['severity=urgent', 'severity: Unknown "urgent". Expected: Info, Low, Critical'],
    ['severity=', 'severity: is empty'],
    ['seen=30d', 'seen: "30d" is no range; expected 30d.. or ..30d'],
    ['due=2026-02-30..', 'due: "2026-02-30" is not a day'],
    ['ip=10.2.0.0/33', 'ip: "10.2.0.0/33" is not an address or network'],
    ['vpr=high', 'vpr: "high" is not a number'],
    ['vpr=..', 'vpr: is a range without a beginning and an end'],
    ['poam=none,POAM-1', 'poam: names "none" beside other values; it stands alone'],
    ['accepted=maybe', 'accepted: Unknown "maybe". Expected: yes, no'],
    ['severity=low severity=info', 'severity: is given twice'],
    ['critical', 'filter: "critical" is not name=value'],
  ])('%s is refused by its name, with what is possible', (line, message) => {
    expect(faults(line).join('\n')).toContain(message);
  });

  it('whatever text is given, a filter is understood or refused by name, never ignored', () => {
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(fields)), fc.string(), (name, text) => {
        const outcome = (() => {
          try {
            return Object.keys(parseFilter(fields, [[name, text]], now));
          } catch (error) {
            return (error as { fields: { field: string }[] }).fields.map(({ field }) => field);
          }
        })();
        expect(outcome).toEqual([name]);
      }),
    );
  });
});
