import { describe, expect, it } from 'vitest';
import type { EntityPolicy } from './policy.ts';
import { mayStep, policyOfTrust, trustLevels, trustOf } from './trust.ts';

const whole = (rest: Partial<EntityPolicy>): EntityPolicy => ({ entity: '*', fields: {}, ...rest });

describe('the trust of a connection', () => {
  it.each(trustLevels)('the policy that the rung %s writes is read back as that rung', (level) => {
    const policies = [whole(policyOfTrust[level])];
    expect(trustOf(policies, level === 'plan_only').level).toBe(level);
  });

  it('a connection without policies is written to by itself, as ever', () => {
    expect(trustOf([], false)).toEqual({ level: 'automatic', exceptions: [] });
  });

  it('an entity with a direction or approval of its own is named as an exception, one with a strategy is not', () => {
    const policies: EntityPolicy[] = [
      whole({ direction: 'inbound' }),
      { entity: 'poam', fields: {}, approval: null },
      { entity: 'control', fields: {}, direction: 'outbound' },
      { entity: 'milestone', fields: {}, strategy: 'newest_wins' },
    ];
    expect(trustOf(policies, false)).toEqual({ level: 'read_only', exceptions: ['poam', 'control'] });
  });

  it('trust grows by one rung at a time and is taken back by any number', () => {
    expect(mayStep('read_only', 'plan_only')).toBe(true);
    expect(mayStep('read_only', 'approved')).toBe(false);
    expect(mayStep('automatic', 'read_only')).toBe(true);
  });
});
