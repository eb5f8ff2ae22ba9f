import { describe, expect, it } from 'vitest';
import { csvLine, csvLines } from './csv.ts';

describe('lists as CSV', () => {
  it.each([
    ['=cmd|calc', "'=cmd|calc"],
    ['-1+1', "'-1+1"],
    [-5, '-5'],
    ['two\nlines', '"two\nlines"'],
    ['say "so"', '"say ""so"""'],
    [['a', 'b'], '"a; b"'],
    [null, ''],
    [new Date('2026-11-26T00:00:00Z'), '2026-11-26T00:00:00.000Z'],
    ['@sum', "'@sum"],
  ])('%s is written so that a spreadsheet shows it and runs nothing', (value, cell) => {
    expect(csvLine([value])).toBe(`${cell}\r\n`);
  });

  it('an export has the marking first, then the headings, then every row', async () => {
    async function* rows(): AsyncGenerator<number> {
      for (let n = 1; n <= 20_000; n += 1) yield n;
    }
    let text = '';
    for await (const piece of csvLines(rows(), [['N', (n) => n]], { firstLine: 'CUI' }))
      text += String(piece);
    expect(text.startsWith('\uFEFFCUI\r\nN\r\n1\r\n2\r\n')).toBe(true);
    expect(text.trimEnd().split('\r\n')).toHaveLength(20_002);
  });
});
