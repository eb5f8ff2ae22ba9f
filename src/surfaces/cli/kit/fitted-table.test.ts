import { expect, it } from 'vitest';
import { fittedTable } from './fitted-table.ts';
import { fittedText, wrapped } from './fitted-text.ts';

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

it('a table is as wide as it is without a terminal', () => {
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

it('prose is broken between words and continues further in; rows of a table are not touched', () => {
  const prose = '  POAM-1: new (2 open high findings of plugin 11356 on 2 assets)';
  const row = `ID  NAME${' '.repeat(40)}STATE`;
  const lines = fittedText(`${prose}\n${row}`, 30).split('\n');
  expect(lines.at(-1)).toBe(row);
  expect(lines.slice(0, -1).every((line) => line.length <= 30)).toBe(true);
  expect(lines[1]).toMatch(/^ {4}\S/);
  expect(lines.slice(0, -1).join(' ').replaceAll(/\s+/g, ' ').trim()).toBe(prose.trim());
  expect(fittedText(prose, undefined)).toBe(prose);
});
