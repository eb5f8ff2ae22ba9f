import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  decidedText,
  byPerson,
  byPolicy,
  byRule,
  deciderText,
  reasonOf,
  reasonSentence,
  reasonSentences,
  ruleSentence,
  ruleSentences,
} from './rule-codes.ts';

const every = [
  ...Object.entries(ruleSentences).map(([code, sentence]) => ({ code, sentence, shown: ruleSentence })),
  ...Object.entries(reasonSentences).map(([code, sentence]) => ({ code, sentence, shown: reasonSentence })),
];
const namesIn = (sentence: string): string[] =>
  [...sentence.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '');

it('every code of a rule or a reason fits its column and has a sentence', () => {
  for (const { code, sentence } of every) {
    expect(code).toMatch(/^[a-z][a-z_]{0,59}$/);
    expect(sentence.trim()).not.toBe('');
  }
});

it('no two codes have the same sentence', () => {
  // A dependency may have changed both as a rule and as a reason; the sentences differ all the same.
  const sentences = every.map((each) => each.sentence);
  expect(sentences.filter((each, at) => sentences.indexOf(each) !== at)).toEqual([]);
});

it('no two codes are shown the same, whatever their parameters', () => {
  const parameter = fc.oneof(
    fc.uuid(),
    fc.integer({ min: 0, max: 9_999 }),
    fc.stringMatching(/^[A-Z]{2,6}-\d{1,5}$/),
  );
  const one = fc.constantFrom(...every).chain((each) =>
    fc.record({
      each: fc.constant(each),
      params: fc.record(Object.fromEntries(namesIn(each.sentence).map((name) => [name, parameter]))),
    }),
  );
  fc.assert(
    fc.property(one, one, (first, second) => {
      fc.pre(first.each !== second.each);
      const [shown, other] = [first, second].map(({ each, params }) => each.shown(each.code, params));
      expect(shown).not.toMatch(/[{}]/);
      expect(shown).not.toBe(other);
    }),
    { numRuns: 2_000 },
  );
});

it('a parameter that is not stored leaves its name in the sentence', () => {
  expect(reasonSentence('created_from', null)).toBe('created from {externalId}');
});

it('a code of a newer version is shown as its own words', () => {
  expect(ruleSentence('of_a_newer_version')).toBe('of a newer version');
  expect(reasonSentence('constructor')).toBe('constructor');
});

it('who decided is one text for programs', () => {
  expect(deciderText(byRule('full_read'))).toBe('rule:full read');
  expect(deciderText(byPolicy('inbound'))).toBe('policy:inbound');
  expect(deciderText(byPerson('rule:x'))).toBe('rule:x');
  expect(deciderText({ kind: 'rule', code: 'standing_decision', params: { decision: 3 } })).toBe(
    'rule:standing decision 3',
  );
});

it('a reason has the parameters of its sentence', () => {
  expect(reasonOf('linked')).toEqual({ code: 'linked' });
  expect(reasonOf('created_from', { externalId: 'P-1' })).toEqual({
    code: 'created_from',
    params: { externalId: 'P-1' },
  });
});

it('on paper a rule is its sentence, and a person keeps the name as it is written', () => {
  expect(decidedText('full_read')).toBe('full read');
  expect(decidedText('jane_doe')).toBe('jane_doe');
});
