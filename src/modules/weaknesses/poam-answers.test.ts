import { describe, expect, it, test } from 'vitest';
import { answersOf, type Candidate, type OpenFinding } from './poam-answers.ts';
import { poamStandingOf } from '../../canonical/vocabulary/index.ts';

const poam = (given: Partial<Candidate> = {}): Candidate => ({
  id: 1,
  poamId: `P-${given.id ?? 1}`,
  ground: 'tied',
  status: 'Open',
  endedOn: null,
  seenAt: null,
  isEndedHere: false,
  isProposal: false,
  contradiction: null,
  ...given,
});
const finding = (given: Partial<OpenFinding> = {}): OpenFinding => ({
  id: 10,
  asset: 'web01',
  since: '2026-11-05T10:00:00.000Z',
  firstFound: '2026-11-05T10:00:00.000Z',
  lastSeen: '2026-11-09T10:00:00.000Z',
  severity: 'Critical',
  poam: null,
  ...given,
});
/** In words, for one finding. */
function outcome(candidates: Candidate[], one: OpenFinding = finding()): string {
  const answers = answersOf(candidates, [one]);
  if (answers.contradicted.length === 0 && answers.open.length === 0) return 'held, not shown yet';
  if (answers.contradicted.length > 0) return `contradicts ${answers.contradicted[0]?.poam.poamId}`;
  return answers.by ? `answered by ${answers.by.poamId}` : 'unanswered';
}

test.each([
  ['ongoing', 'live'],
  ['Pending Verification', 'live'],
  ['a word of the owner', 'live'],
  ['risk_accepted', 'deviation'],
  ['Not Applicable', 'deviation'],
  ['closed', 'completed'],
  ['canceled', 'cancelled'],
])('a POA&M that is %s is %s', (status, standing) => {
  expect(poamStandingOf(status)).toBe(standing);
});

describe('whether a POA&M answers an open finding', () => {
  const completed = { status: 'Completed', endedOn: '2026-11-10' };
  test.each([
    ['an open one does', [poam()], finding(), 'answered by P-1'],
    ['an accepted deviation does', [poam({ status: 'Risk Accepted' })], finding(), 'answered by P-1'],
    [
      'an accepted risk that ran out while it was open contradicts it',
      [poam({ status: 'Risk Accepted', endedOn: '2026-11-10' })],
      finding({ poam: 1 }),
      'contradicts P-1',
    ],
    [
      'one completed before the finding was found does not',
      [poam({ ...completed, ground: 'named', endedOn: '2025-11-01' })],
      finding(),
      'unanswered',
    ],
    [
      'one completed before it was found again does not',
      [poam(completed)],
      finding({ since: '2026-11-12T00:00:00.000Z', poam: 1 }),
      'unanswered',
    ],
    [
      'one completed while it was open contradicts it',
      [poam(completed)],
      finding({ poam: 1 }),
      'contradicts P-1',
    ],
    [
      'also one that was never tied to it',
      [poam({ ...completed, ground: 'named' })],
      finding(),
      'contradicts P-1',
    ],
    [
      'one completed here before any later scan is not shown yet, and nothing is made',
      [poam({ ...completed, isEndedHere: true })],
      finding({ poam: 1 }),
      'held, not shown yet',
    ],
    [
      'one completed here contradicts it once a later scan sees it still',
      [poam({ ...completed, isEndedHere: true })],
      finding({ poam: 1, lastSeen: '2026-11-11T10:00:00.000Z' }),
      'contradicts P-1',
    ],
    [
      'one completed at an unknown time contradicts it',
      [poam({ status: 'Completed' })],
      finding(),
      'contradicts P-1',
    ],
    [
      'found again on the day of the completion, after that was seen: it does not',
      [poam({ ...completed, seenAt: '2026-11-10T09:00:00.000Z' })],
      finding({ since: '2026-11-10T10:00:00.000Z', poam: 1 }),
      'unanswered',
    ],
    [
      'found again on the day of the completion, before that was seen: it contradicts',
      [poam({ ...completed, seenAt: '2026-11-10T11:00:00.000Z' })],
      finding({ since: '2026-11-10T10:00:00.000Z', poam: 1 }),
      'contradicts P-1',
    ],
    [
      'one cancelled while it was the answer contradicts it',
      [poam({ status: 'Cancelled' })],
      finding(),
      'contradicts P-1',
    ],
    [
      'one cancelled that never was the answer says nothing',
      [poam({ status: 'Cancelled', ground: 'named' })],
      finding(),
      'unanswered',
    ],
    [
      'a proposal that somebody turned down is not made again',
      [poam({ status: 'Cancelled', isProposal: true })],
      finding(),
      'unanswered',
    ],
    [
      'where a person said that the finding stands, the completed one is none',
      [poam({ ...completed, contradiction: 'internal' })],
      finding({ poam: 1 }),
      'unanswered',
    ],
    [
      'where a person said that the completion stands, nothing is made',
      [poam({ ...completed, contradiction: 'external' })],
      finding({ poam: 1 }),
      'contradicts P-1',
    ],
    [
      'a living one goes before one that was completed',
      [poam(completed), poam({ id: 2, ground: 'named' })],
      finding({ poam: 1 }),
      'answered by P-2',
    ],
    [
      'but not for a finding whose contradiction waits for a person',
      [poam({ ...completed, contradiction: 'pending', ground: 'pointed' }), poam({ id: 2 })],
      finding({ poam: 1 }),
      'contradicts P-1',
    ],
  ])('whether a POA&M answers an open finding: %s', (_sentence, candidates, one, expected) => {
    expect(outcome(candidates, one)).toBe(expected);
  });

  it('a POA&M leaves a machine unanswered whose finding came after the completion, and contradicts one from before', () => {
    const [before, after] = [finding({ poam: 1 }), finding({ id: 11, since: '2026-11-20T00:00:00.000Z' })];
    const answers = answersOf([poam(completed)], [before, after]);
    expect(answers.contradicted).toEqual([{ poam: poam(completed), findings: [before] }]);
    expect(answers.open).toEqual([after]);
  });

  it('a POA&M that was opened again goes before the newer one that was made meanwhile', () => {
    const [again, newer] = [poam({ id: 1, ground: 'pointed' }), poam({ id: 2 })];
    expect(answersOf([newer, again], [finding()])).toMatchObject({ by: again, others: [newer] });
  });

  it('the surest POA&M answers a finding, and the others are named', () => {
    const byCve = poam({ id: 1, ground: 'cve' });
    const [older, newer] = [poam({ id: 2, ground: 'named' }), poam({ id: 3, ground: 'named' })];
    expect(answersOf([byCve, newer, older], [finding()])).toMatchObject({
      by: older,
      others: [newer, byCve],
    });
  });
});
