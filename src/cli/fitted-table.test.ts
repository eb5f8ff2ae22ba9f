import { expect, it } from 'vitest';
import { fittedTable, fittedText, wrapped } from './fitted-table.ts';

it('a table that is too wide continues the cells of its widest columns on the next line, and loses no word', () => {
  const rows = [['xacta', 'the remote refused it because a milestone is missing', 'never']];
  const text = fittedTable(['SYSTEM', 'WHY', 'UNTIL'], rows, 40);
  const lines = text.split('\n');
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(40);
  const at = lines[0]?.indexOf('WHY') ?? 0;
  const cells = lines.slice(1).map((line) => line.slice(at, lines[0]?.indexOf('UNTIL')).trim());
  expect(cells.join(' ')).toBe('the remote refused it because a milestone is missing');
});

it('a word that is longer than its column is broken after a separator where there is one', () => {
  expect(wrapped('/etc/tieline/profiles/xacta.yaml', 16)).toEqual([
    '/etc/tieline/',
    'profiles/xacta.',
    'yaml',
  ]);
});

it('without a terminal a table is as wide as it is', () => {
  expect(fittedTable(['A'], [['x'.repeat(200)]], undefined)).toContain('x'.repeat(200));
});

it('the first column, which names the row, is not broken', () => {
  const text = fittedTable(
    ['NAME', 'ADDRESS'],
    [['tenable-production-east', 'https://cloud.tenable.com/api']],
    60,
  );
  expect(text).toContain('tenable-production-east  ');
});

it('sentences are broken between words, and continue under the text behind a label', () => {
  expect(fittedText('  --keep new   the next sync makes one\nshort', 30)).toBe(
    '  --keep new   the next sync\n               makes one\nshort',
  );
  expect(fittedText('Weakness: a name that is long', 20)).toBe('Weakness: a name\n  that is long');
  expect(fittedText('x'.repeat(25), 10).replaceAll(/\s/g, '')).toBe('x'.repeat(25));
});
