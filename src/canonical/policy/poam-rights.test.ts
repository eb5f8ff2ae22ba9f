import { describe, expect, it } from 'vitest';
import { needsApprover } from './poam-rights.ts';

describe('what needs the right to approve POA&Ms', () => {
  it.each([
    ['a nearer day', 'scheduled_completion', ['2027-03-01'], '2027-02-01', undefined],
    ['the first day', 'scheduled_completion', [null], '2027-02-01', undefined],
    ['a later day', 'scheduled_completion', ['2027-03-01'], '2027-03-02', 'extend'],
    ['no day any more', 'scheduled_completion', ['2027-03-01'], null, 'extend'],
    [
      'a day between those of both sides',
      'scheduled_completion',
      ['2027-03-01', '2027-05-01'],
      '2027-04-01',
      undefined,
    ],
    ['the side that has none', 'scheduled_completion', [null, '2027-05-01'], null, undefined],
    ['a day later than both', 'scheduled_completion', ['2027-03-01', '2027-05-01'], '2030-01-01', 'extend'],
    ['work that begins', 'status', ['Open'], 'In Progress', undefined],
    ['completing', 'status', ['In Progress'], 'Completed', 'end'],
    ['cancelling', 'status', ['Open'], 'Cancelled', 'end'],
    ['accepting the risk', 'status', ['Open'], 'Risk Accepted', 'end'],
    ['reopening', 'status', ['Completed'], 'Open', undefined],
    ['agreeing with the side that ended it', 'status', ['Open', 'Completed'], 'Completed', undefined],
    ['another field', 'poc', ['A'], 'B', undefined],
  ] as const)('%s', (_what, field, before, after, expected) => {
    expect(needsApprover(field, before, after)).toBe(expected);
  });
});
