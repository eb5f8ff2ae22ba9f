import { describe, expect, it } from 'vitest';
import { type ControlStanding, isAnswered, proposedStatus } from './control-status.ts';

const control = (part: Partial<ControlStanding>): ControlStanding => ({
  status: 'Implemented',
  origination: 'System Specific',
  open: [],
  worst: null,
  closed: [],
  ...part,
});
const open = { open: ['P-1'], worst: 3 };

describe('the status of a control that follows from its weaknesses', () => {
  it.each([
    ['Implemented', open, 'Partially Implemented'],
    ['implemented', open, 'Partially Implemented'],
    ['Not Applicable', open, 'Partially Implemented'],
    [null, open, 'Partially Implemented'],
    ['Partially Implemented', open, undefined],
    ['Not Implemented', open, undefined],
    ['Planned', open, undefined],
    ['Partially Implemented', { closed: ['P-1'] }, 'Implemented'],
    ['Partially Implemented', {}, undefined],
    ['Not Implemented', { closed: ['P-1'] }, undefined],
    ['Implemented', { closed: ['P-1'] }, undefined],
    [null, { closed: ['P-1'] }, undefined],
    ['Partially Implemented', { ...open, closed: ['P-2'] }, undefined],
  ])('of one that is %s with %j is %s', (status, of, expected) => {
    expect(proposedStatus(control({ status, ...of }))?.proposed).toBe(expected);
  });

  it('is not proposed of an inherited control, and is of a hybrid one', () => {
    expect(proposedStatus(control({ origination: 'Inherited', ...open }))).toBeUndefined();
    expect(proposedStatus(control({ origination: 'Common Control Provider', ...open }))).toBeUndefined();
    expect(proposedStatus(control({ origination: 'Hybrid (inherited in part)', ...open }))).toBeDefined();
  });

  it('is asked about again after a refusal only where something is graver, closed since, or the status moved', () => {
    const lower = { proposed: 'Partially Implemented', code: 'weaknesses_open' } as const;
    const no = { present: 'Implemented', proposed: 'Partially Implemented', worst: 3, closed: [] };
    expect(isAnswered(control(open), lower, no)).toBe(true);
    expect(isAnswered(control({ open: ['P-9', 'P-1'], worst: 3 }), lower, no)).toBe(true);
    expect(isAnswered(control({ open: ['P-1'], worst: 4 }), lower, no)).toBe(false);
    expect(isAnswered(control({ ...open, status: null }), lower, no)).toBe(false);
    expect(isAnswered(control(open), lower, undefined)).toBe(false);
    const raise = { proposed: 'Implemented', code: 'weaknesses_closed' } as const;
    const partly = { status: 'Partially Implemented', closed: ['P-1'] };
    const stays = { present: 'Partially Implemented', proposed: 'Implemented', worst: null, closed: ['P-1'] };
    expect(isAnswered(control(partly), raise, stays)).toBe(true);
    expect(isAnswered(control({ ...partly, closed: ['P-1', 'P-2'] }), raise, stays)).toBe(false);
  });
});
