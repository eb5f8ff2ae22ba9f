/** Workbooks made for tests, part by part, so that what is wrong with one is wrong on purpose. */
import { strToU8, zipSync } from 'fflate';
import { columnLetters } from './cell-values.ts';

/** A cell: text, a number, a boolean, a day (`day: '2026-03-01'`), a formula with or without its result, or its XML as it is. */
export type MadeCell =
  | string
  | number
  | boolean
  | null
  | { readonly day: string }
  | { readonly formula: string; readonly result?: string | number }
  | { readonly xml: string };

export interface MadeSheet {
  readonly name: string;
  /** By row number from 1; undefined rows are left out. */
  readonly rows: readonly (readonly MadeCell[] | undefined)[];
  readonly merges?: readonly string[];
  readonly state?: 'hidden' | 'veryHidden';
}

export interface MadeBook {
  readonly sheets: readonly MadeSheet[];
  readonly is1904?: boolean;
  /** Texts as shared ones; else they stand in their cells. */
  readonly shared?: boolean;
  readonly macros?: boolean;
  /** Further parts, or others in place of those that are made. */
  readonly parts?: Readonly<Record<string, string | Uint8Array>>;
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

export function serialOf(day: string, is1904 = false): number {
  const first = is1904 ? Date.UTC(1904, 0, 1) : Date.UTC(1899, 11, 30);
  return (Date.parse(`${day}T00:00:00Z`) - first) / 86_400_000;
}

/** @returns the bytes of an .xlsx (or .xlsm) file. */
export function madeWorkbook(book: MadeBook): Buffer {
  const texts: string[] = [];
  const sheets = Object.fromEntries(
    book.sheets.map((sheet, index) => [`xl/worksheets/sheet${index + 1}.xml`, sheetXml(sheet, book, texts)]),
  );
  const parts: Record<string, string | Uint8Array> = {
    '[Content_Types].xml': '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
    'xl/workbook.xml': `<workbook xmlns:r="r"><workbookPr${book.is1904 ? ' date1904="1"' : ''}/><sheets>${book.sheets
      .map(
        ({ name, state }, index) =>
          `<sheet name="${escaped(name)}" sheetId="${index + 1}"${state ? ` state="${state}"` : ''} r:id="rId${index + 1}"/>`,
      )
      .join('')}</sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `<Relationships>${book.sheets
      .map((_, index) => `<Relationship Id="rId${index + 1}" Target="worksheets/sheet${index + 1}.xml"/>`)
      .join('')}</Relationships>`,
    'xl/styles.xml':
      '<styleSheet><numFmts count="1"><numFmt numFmtId="164" formatCode="mm/dd/yyyy;@"/></numFmts><cellXfs count="3"><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/></cellXfs></styleSheet>',
    ...(book.shared
      ? {
          'xl/sharedStrings.xml': `<sst>${texts.map((each) => `<si><t>${escaped(each)}</t></si>`).join('')}</sst>`,
        }
      : {}),
    ...(book.macros ? { 'xl/vbaProject.bin': new Uint8Array([0xd0, 0xcf, 0x11, 0xe0]) } : {}),
    ...sheets,
    ...book.parts,
  };
  return Buffer.from(
    zipSync(
      Object.fromEntries(
        Object.entries(parts).map(([name, part]) => [name, typeof part === 'string' ? strToU8(part) : part]),
      ),
    ),
  );
}

function sheetXml({ rows, merges = [] }: MadeSheet, book: MadeBook, texts: string[]): string {
  const xml = rows.map((cells, index) =>
    cells === undefined
      ? ''
      : `<row r="${index + 1}">${cells
          .map((cell, place) => cellXml(`${columnLetters(place + 1)}${index + 1}`, cell, book, texts))
          .join('')}</row>`,
  );
  const merged =
    merges.length === 0
      ? ''
      : `<mergeCells>${merges.map((ref) => `<mergeCell ref="${ref}"/>`).join('')}</mergeCells>`;
  return `<worksheet><sheetData>${xml.join('')}</sheetData>${merged}</worksheet>`;
}

function cellXml(ref: string, cell: MadeCell, book: MadeBook, texts: string[]): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return `<c r="${ref}"><v>${cell}</v></c>`;
  if (typeof cell === 'boolean') return `<c r="${ref}" t="b"><v>${cell ? 1 : 0}</v></c>`;
  if (typeof cell === 'string') {
    if (!book.shared) return `<c r="${ref}" t="inlineStr"><is><t>${escaped(cell)}</t></is></c>`;
    const known = texts.indexOf(cell);
    return `<c r="${ref}" t="s"><v>${known === -1 ? texts.push(cell) - 1 : known}</v></c>`;
  }
  if ('xml' in cell) return cell.xml.replaceAll('REF', ref);
  if ('day' in cell) return `<c r="${ref}" s="2"><v>${serialOf(cell.day, book.is1904)}</v></c>`;
  const result = cell.result === undefined ? '' : `<v>${escaped(String(cell.result))}</v>`;
  const type = typeof cell.result === 'string' ? ' t="str"' : '';
  return `<c r="${ref}"${type}><f>${escaped(cell.formula)}</f>${result}</c>`;
}
