/** Which promised dates an earlier obligation pulls in, and what those who decide are asked. */
import { expect, it } from 'vitest';
import type { RequestRow } from '../../engine/approvals/index.ts';
import { planConsent, pulledIn } from './follow-obligations.ts';
import type { PoamToAsk } from './obligations.sql.ts';

const today = '2026-11-27';
const late: PoamToAsk = {
  poamId: 'P-1',
  boundary: 'S-1',
  severity: 'High',
  obligedBy: '2026-12-04',
  since: new Date('2026-11-20Z'),
  promised: '2027-01-01',
  reason: 'by policy',
  days: 14,
};
const asked = (given: {
  readonly before?: string;
  readonly after?: string;
  readonly at?: string;
}): RequestRow => ({
  number: 1,
  approvalId: 'a',
  action: 'pull in P-1',
  executionId: null,
  barred: [],
  delegations: [],
  requestedBy: 'Tieline',
  requestedByPrincipal: 'tieline',
  requestedAt: new Date(given.at ?? '2026-11-20Z'),
  status: 'pending',
  decidedBy: null,
  decidedAt: null,
  reason: null,
  boundary: 'S-1',
  boundaryName: 'One',
  contentSha256: '0',
  subject: { kind: 'due_date', id: 'P-1' },
  severity: 'High',
  rationale: 'by policy',
  lines: [
    {
      field: 'scheduled_completion',
      before: given.before ?? '2027-01-01',
      after: given.after ?? '2026-12-04',
    },
  ],
  levels: [],
  answers: [],
  expiresAt: null,
});

it('a promise is pulled in to the obligation; past that, to as many days from now as the policy gives, and to fourteen where it gives none', () => {
  const on = (given: Partial<PoamToAsk>) => pulledIn([{ ...late, ...given }], today).map((each) => each.on);
  expect(on({})).toEqual(['2026-12-04']);
  expect(on({ obligedBy: '2026-11-20', days: 3 })).toEqual(['2026-11-30']);
  expect(on({ obligedBy: '2026-11-20', days: 0.5 })).toEqual(['2026-11-28']);
  expect(on({ obligedBy: '2026-11-20', days: null })).toEqual(['2026-12-11']);
  expect(on({ obligedBy: '2026-11-20', days: 90 })).toEqual([]);
});

it('a request that waits stays as long as it fits, and lapses with its promise, its obligation or its day', () => {
  const plan = (of: readonly PoamToAsk[], ...waiting: RequestRow[]) => {
    const { ask, overtaken } = planConsent(of, waiting, today);
    return [ask.length, overtaken.length];
  };
  expect(plan([late])).toEqual([1, 0]);
  expect(plan([late], asked({}))).toEqual([0, 0]);
  expect(plan([late], asked({ before: '2027-02-01' }))).toEqual([1, 1]);
  expect(plan([late], asked({ at: '2026-11-19Z' }))).toEqual([1, 1]);
  expect(plan([late], asked({ after: '2026-11-26' }))).toEqual([1, 1]);
  expect(plan([], asked({}))).toEqual([0, 1]);
});
