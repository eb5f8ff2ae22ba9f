import { describe, expect, it } from 'vitest';
import { type Danger, dangerOf, type JudgedChange } from './danger.ts';

const update = (field: string, before: string | null, after: string | null): JudgedChange => ({
  entity: 'poam',
  kind: 'update',
  field,
  before,
  after,
});

describe('the danger of a change', () => {
  it.each<[string, JudgedChange, Danger]>([
    ['completes a POA&M', update('status', 'In Progress', 'Completed'), 'ends_poam'],
    ['cancels a POA&M', update('status', 'Open', 'Cancelled'), 'ends_poam'],
    ['accepts a risk', update('status', 'Open', 'Risk Accepted'), 'accepts_risk'],
    ['promises a later date', update('scheduled_completion', '2026-12-01', '2027-01-01'), 'later_or_lower'],
    ['promises no date any more', update('scheduled_completion', '2026-12-01', null), 'later_or_lower'],
    ['promises an earlier date', update('scheduled_completion', '2026-12-01', '2026-11-01'), 'updates'],
    ['lowers a severity', update('weakness_risk_level', 'High', 'Medium'), 'later_or_lower'],
    ['raises a severity', update('weakness_risk_level', 'Low', 'Critical'), 'updates'],
    ['names a severity first', update('weakness_risk_level', null, 'Low'), 'updates'],
    ['edits a text', update('remediation_plan', 'a', 'b'), 'updates'],
    [
      'creates a POA&M',
      { ...update('', null, null), kind: 'create', field: null, after: { status: 'Open' } },
      'creates',
    ],
    [
      'creates one that is completed already',
      { ...update('', null, null), kind: 'create', field: null, after: { status: 'Completed' } },
      'ends_poam',
    ],
    [
      'makes an acceptance',
      { entity: 'acceptance', kind: 'create', field: null, before: null, after: {} },
      'accepts_risk',
    ],
    ['tags', { entity: 'asset_tag', kind: 'update', field: null, before: null, after: {} }, 'tags'],
    ['links', { ...update('', null, null), kind: 'link', field: null }, 'links'],
    ['is held', { ...update('status', 'Open', 'Completed'), kind: 'conflict' }, 'held'],
  ])('what %s is judged so', (_what, change, danger) => {
    expect(dangerOf(change)).toBe(danger);
  });
});
