/** Which POA&Ms are opened again, and which are followed by a new one. */
import { expect, it } from 'vitest';
import { usualLife } from '../../../record/poam-life/index.ts';
import type { Candidate, JudgedWeakness } from '../../weaknesses/index.ts';
import { completedBefore, contradictionsToReopen, isAcceptedContradiction, reopens } from './reopen-poams.ts';

const completed: Candidate = {
  id: 1,
  poamId: 'P1',
  ground: 'tied',
  status: 'Completed',
  endedOn: '2026-11-01',
  seenAt: null,
  isEndedHere: false,
  isProposal: false,
  contradiction: null,
};
const judged = (
  foundAgainAt: string | null,
  candidates: readonly Candidate[] = [completed],
): JudgedWeakness => ({
  weakness: {
    systemId: 'S1',
    systemExternalId: 'X1',
    pluginId: '20001',
    pluginName: 'Weak',
    grouping: 'plugin',
    identifier: '20001',
    ruleId: 1,
    references: [],
    audit: null,
    family: null,
    severity: 'High',
    synopsis: null,
    solution: null,
    cves: [],
    detectedOn: '2026-10-01',
    findings: 1,
    assets: [],
    machineNames: null,
    sourceTypes: [],
    poc: null,
    foundAgainAt,
    candidates,
    tiedTo: 1,
    open: [],
  },
  answers: { by: undefined, others: [], contradicted: [{ poam: completed, findings: [] }], open: [] },
  save: {
    systemId: 'S1',
    grouping: 'plugin',
    identifier: '20001',
    ruleId: 1,
    title: null,
    pluginId: '20001',
    severity: 'High',
    detectedOn: '2026-10-01',
    dueOn: '2026-11-01',
    dueReason: '',
    controls: [],
    controlReason: '',
  },
  control: undefined,
  due: {
    on: '2026-11-01',
    reason: '',
    answers: [],
    answer: {
      policyId: 'org-default',
      title: 'organization matrix',
      version: 1,
      on: '2026-11-01',
      latest: '2026-11-01',
      silence: null,
      basis: 'first_found',
      since: '2026-10-02',
      days: 30,
      remark: null,
      unknown: [],
      facts: {},
      cve: null,
      adjustment: null,
      evaluateBy: null,
    },
  },
});
const with_ = (set: Partial<typeof usualLife>) => new Map([['S1', { ...usualLife, ...set }]]);

it.each([
  ['2026-11-01T08:00:00Z', {}, 0],
  ['2026-12-01T00:00:00Z', {}, 30],
  ['2026-12-02T00:00:00Z', {}, undefined],
  ['2026-10-31T00:00:00Z', {}, undefined],
  ['2026-11-05T00:00:00Z', { reopenDays: 0 }, undefined],
  ['2026-11-05T00:00:00Z', { reopenDays: 3 }, undefined],
  ['2026-11-04T00:00:00Z', { reopenDays: 3 }, 3],
  [null, {}, undefined],
])('a weakness found again at %s under settings %o opens its POA&M after %s days', (at, set, days) => {
  expect(reopens(judged(at), with_(set))?.days).toBe(days);
});

it('the POA&M that a new one follows is the one completed last, and never one that only names the plugin or was never sent', () => {
  const others: Candidate[] = [
    { ...completed, poamId: 'P2', endedOn: '2026-11-09' },
    { ...completed, poamId: 'P3', endedOn: '2026-11-20', ground: 'named' },
    { ...completed, poamId: 'P4', endedOn: '2026-11-20', isProposal: true },
    { ...completed, poamId: 'P5', endedOn: '2026-11-20', status: 'Cancelled' },
  ];
  expect(completedBefore(judged(null, [completed, ...others]))?.poamId).toBe('P2');
});

it('a POA&M completed while findings are open is opened again only where its boundary says so', () => {
  expect(contradictionsToReopen(judged(null), with_({}))).toEqual([]);
  expect(contradictionsToReopen(judged(null), with_({ contradiction: 'reopen' }))).toMatchObject([
    { poam: { poamId: 'P1' }, days: undefined },
  ]);
});

it('the closure of a POA&M is accepted until the day that its boundary names', () => {
  const accepting = with_({ contradiction: 'accept', acceptUntil: '2026-12-31' });
  expect(isAcceptedContradiction('S1', accepting, '2026-12-31')).toBe(true);
  expect(isAcceptedContradiction('S1', accepting, '2027-01-01')).toBe(false);
  expect(isAcceptedContradiction('S2', accepting, '2026-12-31')).toBe(false);
});
