/** Whether the rating of a POA&M follows its weakness. */
import { expect, it } from 'vitest';
import type { RatingChange } from '../../../record/weaknesses/index.ts';
import { decideRating } from './decide-rating.ts';

const poam: RatingChange = {
  poamId: 'P1',
  systemId: 'S1',
  status: 'Open',
  riskRating: 'high',
  weaknessRiskLevel: 'High',
  from: 3,
  to: 4,
  promised: '2026-12-20',
  due: '2026-12-20',
  dueReason: 'by policy',
  isLinked: true,
};
const follows = { mayFollow: true, isAsked: false };
const codes = (given: Partial<RatingChange>, mayFollow = true) =>
  decideRating({ ...poam, ...given }, { ...follows, mayFollow }).questions.map(({ code, params }) => [
    code,
    params['why'],
  ]);

it('a rating follows its weakness up and down, and the one before is kept', () => {
  expect(decideRating(poam, follows)).toEqual({
    fields: { risk_rating: 'Critical', weakness_risk_level: 'Critical' },
    before: 'high',
    questions: [],
  });
  expect(decideRating({ ...poam, to: 2 }, follows).fields).toEqual({
    risk_rating: 'Medium',
    weakness_risk_level: 'Medium',
  });
  expect(
    decideRating({ ...poam, from: 2, to: 3, riskRating: 'Moderate', weaknessRiskLevel: null }, follows)
      .fields,
  ).toEqual({
    risk_rating: 'High',
  });
});

it('a rating that a person set otherwise stays, and is shown', () => {
  const given = { riskRating: 'Low', weaknessRiskLevel: 'Low' };
  expect(decideRating({ ...poam, ...given }, follows).fields).toEqual({});
  expect(codes(given)).toEqual([['rating_differs', 'adjusted']]);
  expect(codes({ riskRating: 'very high', weaknessRiskLevel: 'Critical' })).toEqual([]);
});

it('a rating that the policies do not let out is shown', () => {
  expect(codes({}, false)).toEqual([['rating_differs', 'policy']]);
});

it('a promised date stays where the weakness is due earlier now, and that is shown', () => {
  expect(codes({ due: '2026-12-01' })).toEqual([['due_earlier', undefined]]);
  expect(codes({ due: '2026-12-01', to: 2 })).toEqual([]);
  // Those who decide are asked about it already: one thing is one question.
  expect(decideRating({ ...poam, due: '2026-12-01' }, { ...follows, isAsked: true }).questions).toEqual([]);
  expect(decideRating({ ...poam, due: '2026-12-01' }, follows).fields).not.toHaveProperty(
    'scheduled_completion',
  );
});

it('what has ended, or no remote has, is not rated again', () => {
  for (const given of [{ status: 'Completed' }, { isLinked: false }])
    expect(decideRating({ ...poam, ...given }, follows)).toMatchObject({ fields: {}, questions: [] });
});
