import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { noteSentences } from '../src/modules/reports/rendered.ts';

it('the console has words for every note of a report', () => {
  const words = readFileSync(new URL('../console/src/pages/reports/words.ts', import.meta.url), 'utf8');
  expect(Object.keys(noteSentences).filter((code) => !words.includes(`\n  ${code}: '`))).toEqual([]);
});
