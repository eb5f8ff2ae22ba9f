import { describe, expect, it } from 'vitest';
import { lookUpPolicy, possiblePolicies } from './look-up-policy.ts';
import type { EntityPolicy } from './policy.ts';
import { mayGoOut, needsApproval } from './approval.ts';
import { fitsPolicy, noRecord, policyFilterLine, policyFilterOf } from './policy-filter.ts';

const high = { severity: 'High', boundary: 'SYS-1' };
const low = { severity: 'Low', boundary: 'SYS-2' };

describe('a policy that is limited to some records', () => {
  it('a filter of a policy names boundaries and severities as lists do, all of which must fit', () => {
    const filter = policyFilterOf('system=SYS-1,SYS-3 severity=critical,high');
    expect(
      [high, low, { ...high, boundary: 'SYS-2' }, noRecord].map((one) => fitsPolicy(filter, one)),
    ).toEqual([true, false, false, false]);
    expect(policyFilterLine(filter)).toBe('system=SYS-1,SYS-3 severity=critical,high');
  });

  it('what is known of no record is in a filter by none, and by what it is not', () => {
    expect(fitsPolicy(policyFilterOf('severity=none'), noRecord)).toBe(true);
    expect(fitsPolicy(policyFilterOf('severity=any'), noRecord)).toBe(false);
    expect(fitsPolicy(policyFilterOf('system=!SYS-1'), noRecord)).toBe(true);
    expect(fitsPolicy(policyFilterOf('system=!SYS-1'), high)).toBe(false);
  });

  it('a filter that no list would understand is refused by name', () => {
    expect(() => policyFilterOf('sevrity=high')).toThrow(
      expect.objectContaining({
        fields: [{ field: 'sevrity', message: expect.stringContaining('severity') as string }],
      }) as Error,
    );
    expect(() => policyFilterOf('severity=grave')).toThrow('The filter was not understood.');
  });

  it('what it says holds for those records; for the others it is as if it were not there', () => {
    const policies: EntityPolicy[] = [
      { entity: '*', fields: {}, direction: 'bidirectional', strategy: 'external_wins' },
      {
        entity: 'poam',
        filter: policyFilterOf('system=SYS-1'),
        direction: 'inbound',
        fields: { status: { strategy: 'manual' } },
      },
    ];
    const update = { entity: 'poam', kind: 'update', fields: ['status'] } as const;
    expect(lookUpPolicy(policies, 'poam', 'status', high)).toEqual({
      direction: 'inbound',
      strategy: 'manual',
      decidedBy: 'field',
    });
    expect(lookUpPolicy(policies, 'poam', 'status', low)).toEqual({
      direction: 'bidirectional',
      strategy: 'external_wins',
      decidedBy: 'system',
    });
    expect([high, low].map((one) => mayGoOut(policies, update, one))).toEqual([false, true]);
    // Whether any record's field goes out at all.
    expect(possiblePolicies(policies, 'poam').map((each) => mayGoOut(each, update, noRecord))).toEqual([
      false,
      true,
    ]);
    expect(possiblePolicies(policies, 'control')).toEqual([policies]);
  });

  it('approval that is asked for in one boundary follows the policy above it in the others', () => {
    const change = { entity: 'poam', kind: 'update', fields: ['status'], severity: 'High' } as const;
    const asked = { entity: 'poam', fields: {}, filter: policyFilterOf('system=SYS-1'), approval: {} };
    expect([high, low].map((one) => needsApproval([asked], change, one))).toEqual([true, false]);
    const never = { ...asked, approval: null };
    const all = { entity: '*', fields: {}, approval: {} };
    expect([high, low].map((one) => needsApproval([all, never], change, one))).toEqual([false, true]);
  });
});
