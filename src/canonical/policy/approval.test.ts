import { describe, expect, it } from 'vitest';
import type { ApprovalScope, EntityPolicy } from './policy.ts';
import { noRecord } from './policy-filter.ts';
import { consentTo, mayGoOut, needsApproval, type ProposedChange } from './approval.ts';

const policy = (entity: string, approval: ApprovalScope | null | undefined): EntityPolicy => ({
  entity,
  fields: {},
  ...(approval === undefined ? {} : { approval }),
});
const change: ProposedChange = { entity: 'poam', kind: 'update', fields: ['comments'], severity: 'High' };

describe('A1 approval', () => {
  it('A1: approval is not required where no policy asks for it', () => {
    expect(needsApproval([], change, noRecord)).toBe(false);
    expect(needsApproval([policy('poam', undefined)], change, noRecord)).toBe(false);
  });

  it('A1: approval is required for everything where the policy names nothing', () => {
    expect(needsApproval([policy('poam', {})], change, noRecord)).toBe(true);
    expect(needsApproval([policy('*', {})], change, noRecord)).toBe(true);
  });

  it('A1: approval is not required by the policy of another entity', () => {
    expect(needsApproval([policy('control', {})], change, noRecord)).toBe(false);
  });

  it('A1: approval is required where the severity is any of those named', () => {
    const policies = [policy('poam', { severities: ['Critical', 'High'] })];
    expect(needsApproval(policies, change, noRecord)).toBe(true);
  });

  it('A1: approval follows the policy of the entity where that has an approval rule, else that of the system', () => {
    expect(needsApproval([policy('*', {}), policy('poam', null)], change, noRecord)).toBe(false);
    expect(needsApproval([policy('*', {}), policy('poam', undefined)], change, noRecord)).toBe(true);
    expect(needsApproval([policy('*', null), policy('poam', {})], change, noRecord)).toBe(true);
  });

  it('A1: approval is required for the named fields only, and for records made new', () => {
    const policies = [policy('poam', { fields: ['status'] })];
    expect(needsApproval(policies, change, noRecord)).toBe(false);
    expect(needsApproval(policies, { ...change, fields: ['comments', 'status'] }, noRecord)).toBe(true);
    expect(needsApproval(policies, { ...change, kind: 'create' }, noRecord)).toBe(true);
  });

  it('A1: approval is required for the named severities only, and where the severity is unknown', () => {
    const policies = [policy('poam', { severities: ['Critical'] })];
    expect(needsApproval(policies, change, noRecord)).toBe(false);
    expect(needsApproval(policies, { ...change, severity: 'critical' }, noRecord)).toBe(true);
    expect(needsApproval(policies, { ...change, severity: undefined }, noRecord)).toBe(true);
  });
});

describe('A2 consent', () => {
  const inbound = (entity: string): EntityPolicy => ({ entity, direction: 'inbound', fields: {} });
  const creation: ProposedChange = { ...change, kind: 'create', fields: [] };

  it('A2: consent is refused to every kind of change where the system is inbound', () => {
    for (const entity of ['poam', 'milestone', 'control', 'acceptance', 'asset_context', 'asset_tag'])
      for (const kind of ['create', 'update'] as const)
        expect(mayGoOut([inbound('*')], { entity, kind, fields: ['affected_assets'] }, noRecord)).toBe(false);
    expect(
      mayGoOut([inbound('*')], { entity: 'remediation_scan', kind: 'create', fields: [] }, noRecord),
    ).toBe(false);
  });

  it('A2: consent is refused to a change of a field that is inbound, and given to one of other fields', () => {
    const policies: EntityPolicy[] = [{ entity: 'poam', fields: { comments: { direction: 'inbound' } } }];
    expect(
      mayGoOut(policies, { entity: 'poam', kind: 'update', fields: ['comments', 'status'] }, noRecord),
    ).toBe(false);
    expect(mayGoOut(policies, { entity: 'poam', kind: 'update', fields: ['status'] }, noRecord)).toBe(true);
    expect(mayGoOut(policies, creation, noRecord)).toBe(true);
  });

  it('A2: consent holds for an entity whose own policy has no direction', () => {
    expect(mayGoOut([inbound('*'), policy('poam', {})], creation, noRecord)).toBe(false);
    expect(
      mayGoOut([inbound('*'), { ...policy('poam', {}), direction: 'outbound' }], creation, noRecord),
    ).toBe(true);
  });

  it('A2: consent is missing until a person agreed to exactly this, and never given where it is forbidden', () => {
    const asked = [policy('*', {})];
    expect(consentTo(asked, { ...change, approved: false }, noRecord)).toBe('ask');
    expect(consentTo(asked, { ...change, approved: true }, noRecord)).toBe('granted');
    expect(consentTo([], { ...change, approved: false }, noRecord)).toBe('granted');
    expect(
      consentTo([{ ...policy('*', {}), direction: 'inbound' }], { ...change, approved: true }, noRecord),
    ).toBe('forbidden');
  });
});
