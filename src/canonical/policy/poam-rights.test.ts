import { describe, expect, it } from 'vitest';
import { decisionIn } from './poam-rights.ts';

describe('what of an edit of a POA&M is a decision', () => {
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
    ['completing', 'status', ['In Progress'], 'Completed', 'complete'],
    ['completing what was given up', 'status', ['Cancelled'], 'Completed', 'complete'],
    ['cancelling', 'status', ['Open'], 'Cancelled', 'cancel'],
    ['accepting the risk', 'status', ['Open'], 'Risk Accepted', 'deviate'],
    ['an operational requirement', 'status', ['Open'], 'Operational Requirement', 'deviate'],
    ['work on what was an operational requirement', 'status', ['Operational Requirement'], 'Open', undefined],
    ['reopening', 'status', ['Completed'], 'Open', 'reopen'],
    ['emptying the status of what is over', 'status', ['Completed'], null, 'reopen'],
    ['agreeing with the side that ended it', 'status', ['Open', 'Completed'], 'Completed', undefined],
    ['agreeing with the side that has it open', 'status', ['Completed', 'Open'], 'Open', undefined],
    ['another field', 'poc', ['A'], 'B', undefined],
  ] as const)('%s', (_what, field, before, after, expected) => {
    expect(decisionIn(field, before, after)).toBe(expected);
  });
});
