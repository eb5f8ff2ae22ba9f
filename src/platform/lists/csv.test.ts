import { expect, it } from 'vitest';
import { csvLine } from './csv.ts';

it('a line of CSV quotes what must be quoted, and defuses what a spreadsheet would carry out', () => {
  expect(csvLine(['a', 'b,c', 'say "no"', 'two\nlines', null, -3, true, new Date(0)])).toBe(
    'a,"b,c","say ""no""","two\nlines",,-3,true,1970-01-01T00:00:00.000Z\r\n',
  );
  expect(csvLine(['=cmd|x', '+1', '-2', '@a', '\tb'])).toBe("'=cmd|x,'+1,'-2,'@a,'\tb\r\n");
});
