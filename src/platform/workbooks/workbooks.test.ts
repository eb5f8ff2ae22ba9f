import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type CellValue, columnLetters, columnNumber, dayOfSerial, isDateFormat } from './cell-values.ts';
import { type MadeBook, madeWorkbook } from './made-workbook.test-support.ts';
import { openWorkbook, type SheetRow } from './index.ts';
import { usualLimits, type WorkbookLimits } from './workbook-fault.ts';

async function rowsOf(book: MadeBook, limits?: WorkbookLimits): Promise<SheetRow[]> {
  const { sheets } = await openWorkbook('book.xlsx', madeWorkbook(book), limits);
  return Array.fromAsync(sheets[0]?.rows() ?? []);
}
const shown = (rows: readonly SheetRow[]): Record<string, CellValue> =>
  Object.fromEntries(rows.flatMap(({ cells }) => cells.map(({ ref, value }) => [ref, value])));
const of = (text: string): CellValue => ({ kind: 'text', text });
const sheet = (rows: MadeBook['sheets'][number]['rows'], more: Partial<MadeBook['sheets'][number]> = {}) => ({
  name: 'One',
  rows,
  ...more,
});
const refusal = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'was read',
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );

describe('a workbook', () => {
  it('gives texts, numbers, booleans and days of its cells, shared or in place', async () => {
    const rows = [
      ['a < b & "c"', 12.5, true, { day: '2026-03-01' }],
      undefined,
      ['a < b & "c"', null, ''],
    ] as const;
    const expected = {
      A1: of('a < b & "c"'),
      B1: { kind: 'number', number: 12.5 },
      C1: { kind: 'boolean', boolean: true },
      D1: { kind: 'date', day: '2026-03-01' },
      A3: of('a < b & "c"'),
    };
    expect(shown(await rowsOf({ sheets: [sheet(rows)] }))).toEqual(expected);
    expect(shown(await rowsOf({ sheets: [sheet(rows)], shared: true }))).toEqual(expected);
  });

  it('counts days from 1900 or from 1904, and never gives the 29 February 1900 that Excel believes in', async () => {
    const rows = [[{ day: '2026-03-01' }]] as const;
    expect(shown(await rowsOf({ sheets: [sheet(rows)], is1904: true }))).toEqual({
      A1: { kind: 'date', day: '2026-03-01' },
    });
    expect([1, 59, 60, 61, 45_000.5].map((serial) => dayOfSerial(serial, false))).toEqual([
      { kind: 'date', day: '1900-01-01' },
      { kind: 'date', day: '1900-02-28' },
      undefined,
      { kind: 'date', day: '1900-03-01' },
      { kind: 'date', day: '2023-03-15', time: '12:00:00' },
    ]);
    expect(dayOfSerial(0, true)).toEqual({ kind: 'date', day: '1904-01-01' });
    expect(dayOfSerial(3_000_000, false)).toBeUndefined();
  });

  it('knows which formats show a day', () => {
    const dates = ['mm/dd/yyyy;@', '[$-409]d-mmm-yy', 'yyyy"-"mm', '[Red]m/d/yy h:mm', 'mmm'];
    const others = ['0.00', 'General', '#,##0 "days"', 'h:mm:ss', '[h]:mm', '0.00E+00', '"day" 0', '\\d0'];
    expect(dates.filter((code) => !isDateFormat(164, code))).toEqual([]);
    expect(others.filter((code) => isDateFormat(164, code))).toEqual([]);
    expect([14, 22, 20, 46, 0].map((id) => isDateFormat(id, undefined))).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
  });

  it('gives the kept result of a formula, and says of one without a result that it was never calculated', async () => {
    const rows = [
      [{ formula: 'A2+1', result: 3 }, { formula: 'A2&"x"', result: 'yes' }, { formula: 'TODAY()' }],
    ] as const;
    expect(shown(await rowsOf({ sheets: [sheet(rows)] }))).toEqual({
      A1: { kind: 'number', number: 3 },
      B1: of('yes'),
      C1: { kind: 'uncomputed', formula: 'TODAY()' },
    });
  });

  it('hands the value of cells merged downwards to each of their rows, and to no cell beside', async () => {
    const rows = [
      ['head', null],
      ['V-1', 'x'],
      [null, 'y'],
      ['V-2', null],
    ] as const;
    const read = await rowsOf({ sheets: [sheet(rows, { merges: ['A1:B1', 'A2:A3'] })] });
    expect(shown(read)).toEqual({
      A1: of('head'),
      A2: of('V-1'),
      B2: of('x'),
      A3: of('V-1'),
      B3: of('y'),
      A4: of('V-2'),
    });
    expect(read[2]?.cells[0]?.merged).toBe('A2:A3');
  });

  it('reads rich text, leaves out how characters are spoken, and takes cells without references in their order', async () => {
    const rich = {
      xml: '<c r="REF" t="inlineStr"><is><r><t>half </t></r><r><t>and half</t></r><rPh><t>spoken</t></rPh></is></c>',
    };
    const unnamed = { xml: '<c t="str"><v>second</v></c><c><v>3</v></c>' };
    expect(shown(await rowsOf({ sheets: [sheet([[rich, unnamed]])] }))).toEqual({
      A1: of('half and half'),
      B1: of('second'),
      C1: { kind: 'number', number: 3 },
    });
  });

  it('says which sheets are hidden, and that there are macros, without reading them', async () => {
    const book = {
      sheets: [sheet([['a']]), { name: 'Lists', rows: [], state: 'veryHidden' as const }],
      macros: true,
    };
    const { sheets, hasMacros } = await openWorkbook('book.xlsm', madeWorkbook(book));
    expect({ hasMacros, sheets: sheets.map(({ name, isHidden }) => [name, isHidden]) }).toEqual({
      hasMacros: true,
      sheets: [
        ['One', false],
        ['Lists', true],
      ],
    });
  });

  it('names the columns', () => {
    expect([1, 26, 27, 52, 53, 702, 703].map((column) => columnLetters(column))).toEqual([
      'A',
      'Z',
      'AA',
      'AZ',
      'BA',
      'ZZ',
      'AAA',
    ]);
    expect(['A', 'z9', 'AA1', 'AZ12', 'ZZ', 'AAA4'].map((ref) => columnNumber(ref))).toEqual([
      1, 26, 27, 52, 702, 703,
    ]);
  });
});

describe('what is no workbook', () => {
  it('is refused with what it is: the old format, a binary workbook, another archive, a text, a broken file', async () => {
    const refused = (bytes: Buffer): Promise<string> => refusal(openWorkbook('b.xlsx', bytes));
    expect(await refused(Buffer.from('d0cf11e0a1b11ae1000000', 'hex'))).toMatch(/old format.*password/);
    expect(await refused(Buffer.from('POAM ID,Controls'))).toMatch(/no workbook/);
    expect(
      await refused(madeWorkbook({ sheets: [], parts: { 'xl/_rels/workbook.xml.rels': '<a><b></a>' } })),
    ).toMatch(/workbook\.xml\.rels: the XML is broken/);
    const whole = madeWorkbook({ sheets: [sheet([['a']])] });
    expect(await refused(whole.subarray(0, 200))).toMatch(/cannot be unpacked/);
  });

  it('may not declare entities', async () => {
    const doctype =
      '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><worksheet><sheetData><row><c t="str"><v>&e;</v></c></row></sheetData></worksheet>';
    const book = { sheets: [sheet([])], parts: { 'xl/worksheets/sheet1.xml': doctype } };
    expect(await refusal(rowsOf(book))).toMatch(/document type/);
  });

  it('is refused as a zip bomb where a part inflates beyond all measure, whatever it says of its size', async () => {
    const bomb = `<worksheet><sheetData>${'<row/>'.repeat(400_000)}`;
    const limits = { ...usualLimits, freeBytes: 1024 * 1024 };
    expect(
      await refusal(rowsOf({ sheets: [sheet([])], parts: { 'xl/worksheets/sheet1.xml': bomb } }, limits)),
    ).toMatch(/zip bomb/);
  });

  it('is refused where it has too many rows, parts or shared texts, or a cell that is too long', async () => {
    const few = { ...usualLimits, rows: 3, entries: 8, sharedCharacters: 10, cellCharacters: 8 };
    const four = sheet([['a'], ['b'], ['c'], ['d']]);
    expect(await refusal(rowsOf({ sheets: [four] }, few))).toMatch(/One: it has more than 3 rows/);
    expect(await refusal(rowsOf({ sheets: [four, four, four, four, four] }, few))).toMatch(
      /more than 8 parts/,
    );
    expect(await refusal(rowsOf({ sheets: [sheet([['123456789']])] }, few))).toMatch(
      /One!A1: .*more than 8 characters/,
    );
    expect(await refusal(rowsOf({ sheets: [sheet([['1234567', 'abcdefg']])], shared: true }, few))).toMatch(
      /more than 10 characters/,
    );
  });
});

describe('what is read again', () => {
  it('counts once against what a workbook may unpack to', async () => {
    const book = { sheets: [sheet([['a'.repeat(6000)]])] };
    const limits = { ...usualLimits, partBytes: 12_000 };
    const { sheets } = await openWorkbook('book.xlsx', madeWorkbook(book), limits);
    for (const _ of [1, 2, 3]) expect(await Array.fromAsync(sheets[0]?.rows() ?? [])).toHaveLength(1);
  });
});

describe('merged cells', () => {
  it('in a great number are read in the time that their rows take', async () => {
    const count = 20_000;
    const rows = Array.from({ length: 2 * count }, (_, index) => (index % 2 === 0 ? ['x'] : []));
    const merges = Array.from({ length: count }, (_, index) => `A${2 * index + 1}:A${2 * index + 2}`);
    const read = await rowsOf({ sheets: [sheet(rows, { merges })] });
    expect(read.filter(({ cells }) => cells[0]?.merged !== undefined)).toHaveLength(count);
  }, 10_000);

  it('are refused where they hand down more values than a workbook that people work with has, and rows out of order too', async () => {
    const limits = { ...usualLimits, mergedCells: 3 };
    const rows = [['a'], [], [], [], []];
    expect(await refusal(rowsOf({ sheets: [sheet(rows, { merges: ['A1:A5'] })] }, limits))).toMatch(
      /merged cells cover more than 3/,
    );
    const twice = '<worksheet><sheetData><row r="2"/><row r="2"/></sheetData></worksheet>';
    expect(
      await refusal(rowsOf({ sheets: [sheet([])], parts: { 'xl/worksheets/sheet1.xml': twice } })),
    ).toMatch(/row "2" comes after row 2/);
  });
});

const template = new URL('../../../../shared/data/grc/fedramp-poam-v2.1-filled-sample.xlsx', import.meta.url);
describe.skipIf(!existsSync(template))(
  'the FedRAMP template as it is published (sample data is present)',
  () => {
    it('is read with its guidance, its days and the results of its formulas', async () => {
      const { sheets } = await openWorkbook('sample.xlsx', readFileSync(template));
      const open = sheets.find(({ name }) => name === 'Open POA&M Items');
      const cells = shown(await Array.fromAsync(open?.rows() ?? []));
      expect(cells['A5']).toEqual(of('POAM ID'));
      expect(cells['A8']).toEqual(of('V-1Example'));
      expect(cells['K9']?.kind).toBe('date');
    });
  },
);
