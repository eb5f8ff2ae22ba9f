import { describe, expect, it } from 'vitest';
import type { ApprovalScope, EntityPolicy } from '../model/policy.ts';
import { needsApproval, type ProposedChange } from './approval.ts';

const policy = (entity: string, approval: ApprovalScope | undefined): EntityPolicy => ({
  entity,
  direction: 'bidirectional',
  strategy: 'manual',
  fields: {},
  ...(approval ? { approval } : {}),
});
const change: ProposedChange = { entity: 'poam', kind: 'update', fields: ['comments'], severity: 'High' };

describe('A1 approval', () => {
  it('is not asked where no policy asks for it', () => {
    expect(needsApproval([], change)).toBe(false);
    expect(needsApproval([policy('poam', undefined)], change)).toBe(false);
  });

  it('is asked for everything where the policy names nothing', () => {
    expect(needsApproval([policy('poam', {})], change)).toBe(true);
    expect(needsApproval([policy('*', {})], change)).toBe(true);
  });

  it('is not asked by the policy of another entity', () => {
    expect(needsApproval([policy('control', {})], change)).toBe(false);
  });

  it('is asked where the severity is any of those named', () => {
    const policies = [policy('poam', { severities: ['Critical', 'High'] })];
    expect(needsApproval(policies, change)).toBe(true);
  });

  it('follows the policy of the entity where there is one, not that of the system', () => {
    expect(needsApproval([policy('*', {}), policy('poam', undefined)], change)).toBe(false);
  });

  it('is asked for the named fields only, and for records made new', () => {
    const policies = [policy('poam', { fields: ['status'] })];
    expect(needsApproval(policies, change)).toBe(false);
    expect(needsApproval(policies, { ...change, fields: ['comments', 'status'] })).toBe(true);
    expect(needsApproval(policies, { ...change, kind: 'create' })).toBe(true);
  });

  it('is asked for the named severities only, and where the severity is unknown', () => {
    const policies = [policy('poam', { severities: ['Critical'] })];
    expect(needsApproval(policies, change)).toBe(false);
    expect(needsApproval(policies, { ...change, severity: 'critical' })).toBe(true);
    expect(needsApproval(policies, { ...change, severity: undefined })).toBe(true);
  });
});
