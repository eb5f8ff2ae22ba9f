import { describe, expect, it } from 'vitest';
import { knownWord, unknownWord } from './unknown-word.ts';

const known = ['poam', 'milestone', 'asset_tag'] as const;

describe('a word that names something', () => {
  it.each([
    ['poam', 'poam'],
    [' POAM ', 'poam'],
    ['Asset_Tag', 'asset_tag'],
  ])('a known word is found in any case: %j', (given, found) => {
    expect(knownWord('entity', given, known, 'entities')).toBe(found);
  });
});

describe('a word that names nothing', () => {
  it.each([
    ['poan', 'Did you mean poam? The entities are poam, milestone, asset_tag.'],
    ['milestones', 'Did you mean milestone? The entities are poam, milestone, asset_tag.'],
    ['weather', 'The entities are poam, milestone, asset_tag.'],
  ])('an unknown word is refused with what it may have meant, and what there is: %j', (given, remedy) => {
    expect(() => knownWord('entity', given, known, 'entities')).toThrow(
      expect.objectContaining({ code: 'USAGE', message: `Unknown entity "${given}".`, remedy }) as Error,
    );
  });

  it('an unknown word is refused with the first twenty of many', () => {
    const many = Array.from({ length: 25 }, (_, n) => `SYS-ENT-${String(n + 1).padStart(3, '0')}`);
    expect(unknownWord('boundary', 'nosuch', many, { plural: 'boundaries' }).remedy).toMatch(
      /SYS-ENT-020, and 5 more\.$/,
    );
  });
});
