import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvLine, csvStart } from './csv.ts';

describe('CSV', () => {
  it('whatever text a cell has, a reader gets it back, with an apostrophe where it looks like a formula', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.string({ unit: 'binary' }), { minLength: 2, maxLength: 4 }), {
          minLength: 1,
          maxLength: 4,
        }),
        (rows) => {
          const text = csvStart + rows.map(csvLine).join('');
          const read: string[][] = parse(text, {
            bom: true,
            relax_column_count: true,
            record_delimiter: '\r\n',
          });
          expect(read).toEqual(
            rows.map((row) => row.map((each) => (/^[=+\-@\t\r]/.test(each) ? `'${each}` : each))),
          );
        },
      ),
    );
  });

  it.each([
    ['=cmd|calc', "'=cmd|calc"],
    ['+1', "'+1"],
    ['@sum(a1)', "'@sum(a1)"],
    ['-2', "'-2"],
    [-2, '-2'],
    [null, ''],
    [['a', 'b'], '"a, b"'],
    [new Date('2026-11-25T12:00:00Z'), '2026-11-25T12:00:00.000Z'],
    ['say "no"\nnow', '"say ""no""\nnow"'],
  ])('%s is written as %s', (value, text) => {
    expect(csvLine([value, 1])).toBe(`${text},1\r\n`);
  });
});
