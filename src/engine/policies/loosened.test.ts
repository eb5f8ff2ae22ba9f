import { describe, expect, it } from 'vitest';
import type { EntityPolicy } from '../../canonical/policy/index.ts';
import { loosenedBy } from './loosened.ts';

const poam = (more: Partial<EntityPolicy>): EntityPolicy => ({ entity: 'poam', fields: {}, ...more });
const all = (more: Partial<EntityPolicy>): EntityPolicy => ({ entity: '*', fields: {}, ...more });
const loosened = (before: readonly EntityPolicy[], after: readonly EntityPolicy[]) =>
  loosenedBy(before, after, ['poam', 'milestone']);

describe('whether an edit of policies loosens them', () => {
  it('an approval that asks about more than before is none', () => {
    const severe = poam({ approval: { severities: ['Critical'] } });
    expect(loosened([severe], [poam({ approval: {} })])).toEqual([]);
    expect(loosened([severe], [poam({ approval: { severities: ['Critical', 'High'] } })])).toEqual([]);
    expect(loosened([], [severe])).toEqual([]);
  });
  it('an approval that asks about less than before is one, and is said by what is free now', () => {
    const before = poam({ approval: { severities: ['Critical', 'High'] } });
    expect(loosened([before], [poam({ approval: { severities: ['Critical'] } })])).toEqual([
      'poam: approval is not asked for any more (new records, other fields of High)',
    ]);
    const fields = poam({ approval: { fields: ['status', 'scheduled_completion'] } });
    expect(loosened([fields], [poam({ approval: { fields: ['status'] } })])).toEqual([
      'poam: approval is not asked for any more (scheduled_completion)',
    ]);
  });
  it('one that was inherited and is overruled, or taken away with its row, is one', () => {
    const system = all({ approval: {} });
    expect(loosened([system], [system, poam({ approval: null })])).toEqual([
      'poam: approval is not asked for any more (new records, other fields)',
    ]);
    expect(loosened([system], [])).toHaveLength(2);
    expect(loosened([system, poam({ approval: null })], [system])).toEqual([]);
  });
  it('a field, an entity or a system that may go out is one; what may not go out any more is none', () => {
    const held = poam({ fields: { status: { direction: 'inbound' } } });
    expect(loosened([held], [poam({})])).toEqual(['poam: values may go out (status)']);
    expect(loosened([poam({})], [held])).toEqual([]);
    expect(loosened([all({ direction: 'inbound' })], [all({ direction: 'bidirectional' })])).toEqual([
      'poam: values may go out (new records, other fields)',
      'milestone: values may go out (new records, other fields)',
    ]);
  });
  it('a policy that is limited to a boundary by now, or to fewer severities, is one for the others', () => {
    const held = poam({ direction: 'inbound' });
    const limited = poam({ direction: 'inbound', filter: { system: 'SYS-1' } });
    expect(loosened([held], [limited])).toEqual(['poam: values may go out (new records, other fields)']);
    expect(loosened([limited], [held])).toEqual([]);
    const asked = poam({ approval: {}, filter: { system: 'SYS-1,SYS-2' } });
    expect(loosened([asked], [poam({ approval: {}, filter: { system: 'SYS-1' } })])).toEqual([
      'poam: approval is not asked for any more (new records, other fields in SYS-2)',
    ]);
  });
});
