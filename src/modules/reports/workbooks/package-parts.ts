/**
 * A workbook as the parts of its zip. Templates are filled in their own XML, so that lists, conditional formats, merges, widths and styles
 * stay as their publisher made them. Rejected, by trying: exceljs (cannot write the FedRAMP template, and writes an operator that strict readers
 * refuse), xlsx-populate (kept it, at 7 s and 280 MB for what takes 0.3 s so).
 */
import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate';
import { TielineError } from '../../../platform/errors/index.ts';
import { columnNumber } from '../../../platform/workbooks/index.ts';

export type Parts = Map<string, Uint8Array>;

/** A template unpacked is at most so large; more is no template. */
const mostBytes = 200 * 1024 * 1024;

const refused = (message: string): TielineError =>
  new TielineError('REPORT_INPUT_INVALID', message, {
    remedy: 'Give the workbook as your system exported it, .xlsx or .xlsm, without a password.',
  });

/** @throws TielineError REPORT_INPUT_INVALID. */
export function openParts(bytes: Uint8Array): Parts {
  let total = 0;
  try {
    const unzipped = unzipSync(bytes, {
      filter: ({ originalSize }) => {
        total += originalSize;
        if (total > mostBytes) throw refused('The workbook unpacks to more than 200 MB.');
        return true;
      },
    });
    if (!('xl/workbook.xml' in unzipped))
      throw refused('The file is no workbook: it has no xl/workbook.xml.');
    return new Map(Object.entries(unzipped));
  } catch (error) {
    throw error instanceof TielineError ? error : refused('The file is no workbook: it cannot be unpacked.');
  }
}

/** The same parts give the same bytes, in whatever time zone. */
export const packParts = (parts: Parts): Uint8Array =>
  zipSync(
    Object.fromEntries(parts),
    // Local midnight, which a zip writes as it is on the clock of the machine.
    { level: 6, mtime: new Date(1980, 0, 1) },
  );

export const textOf = (parts: Parts, path: string): string => {
  const part = parts.get(path);
  if (part) return strFromU8(part);
  throw refused(`The workbook lacks its part ${path}.`);
};
export const putText = (parts: Parts, path: string, text: string): void =>
  void parts.set(path, strToU8(text));

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
export const unescaped = (xml: string): string =>
  xml.replaceAll(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (whole, hex: string, number: string, name: string) => {
    if (hex) return String.fromCodePoint(Number.parseInt(hex, 16));
    if (number) return String.fromCodePoint(Number(number));
    return entities[name] ?? whole;
  });
export const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

const attribute = (tag: string, name: string): string | undefined =>
  new RegExp(String.raw`\b${name}="([^"]*)"`).exec(tag)?.[1];

/** The sheets of a workbook in their order, by name with the path of their part. */
export function sheetsOf(parts: Parts): ReadonlyMap<string, string> {
  const targets = new Map(
    [...textOf(parts, 'xl/_rels/workbook.xml.rels').matchAll(/<(?:\w+:)?Relationship\b[^>]*>/g)].map(
      ([tag]) => [attribute(tag, 'Id') ?? '', attribute(tag, 'Target') ?? ''],
    ),
  );
  const sheets = new Map<string, string>();
  for (const [tag] of textOf(parts, 'xl/workbook.xml').matchAll(/<(?:\w+:)?sheet\b[^>]*>/g)) {
    const target = targets.get(attribute(tag, 'r:id') ?? '') ?? '';
    sheets.set(
      unescaped(attribute(tag, 'name') ?? ''),
      target.startsWith('/') ? target.slice(1) : `xl/${target}`,
    );
  }
  return sheets;
}

const runs = (xml: string): string =>
  unescaped(
    [...xml.matchAll(/<(?:\w+:)?t(?:\s[^>]*)?>([\s\S]*?)<\/(?:\w+:)?t>/g)].map((match) => match[1]).join(''),
  );

/** The strings that cells refer to by number. */
export function sharedStringsOf(parts: Parts): readonly string[] {
  if (!parts.has('xl/sharedStrings.xml')) return [];
  return [
    ...textOf(parts, 'xl/sharedStrings.xml').matchAll(
      /<(?:\w+:)?si\b(?:\s[^>]*)?(?:\/>|>([\s\S]*?)<\/(?:\w+:)?si>)/g,
    ),
  ].map((match) => runs(match[1] ?? ''));
}

export interface SheetCell {
  readonly column: number;
  readonly style: string | undefined;
  readonly text: string;
  readonly xml: string;
}
export interface SheetRow {
  readonly number: number;
  /** Its opening tag. */
  readonly tag: string;
  readonly cells: readonly SheetCell[];
  readonly xml: string;
}
export interface Sheet {
  /** `x:` where the writer of the file put one. */
  readonly prefix: string;
  readonly before: string;
  readonly rows: readonly SheetRow[];
  readonly after: string;
}

function cellsOf(row: string, strings: readonly string[]): SheetCell[] {
  return [...row.matchAll(/<(?:\w+:)?c\b([^>]*?)(?:\/>|>([\s\S]*?)<\/(?:\w+:)?c>)/g)].map(
    ([xml, tag = '', inner = '']) => {
      const kind = attribute(tag, 't');
      const value = /<(?:\w+:)?v(?:\s[^>]*)?>([\s\S]*?)<\/(?:\w+:)?v>/.exec(inner)?.[1] ?? '';
      const text =
        kind === 's' ? (strings[Number(value)] ?? '') : kind === 'inlineStr' ? runs(inner) : unescaped(value);
      return {
        column: columnNumber(attribute(tag, 'r') ?? ''),
        style: attribute(tag, 's'),
        text,
        xml,
      };
    },
  );
}

/** @throws TielineError REPORT_INPUT_INVALID. */
export function readSheet(xml: string, strings: readonly string[]): Sheet {
  const found = /<(\w+:)?sheetData\b[^>]*?(?:\/>|>([\s\S]*?)<\/(?:\w+:)?sheetData>)/.exec(xml);
  if (!found) throw refused('A sheet of the workbook has no cells.');
  const [whole, prefix = '', inner = ''] = found;
  const rows = [...inner.matchAll(/<(?:\w+:)?row\b([^>]*?)(?:\/>|>([\s\S]*?)<\/(?:\w+:)?row>)/g)].map(
    ([row, tag = '', cells = '']) => ({
      number: Number(attribute(tag, 'r')),
      tag,
      cells: cellsOf(cells, strings),
      xml: row,
    }),
  );
  return { prefix, before: xml.slice(0, found.index), rows, after: xml.slice(found.index + whole.length) };
}

export const writeSheet = ({ prefix, before, after }: Sheet, rows: readonly string[]): string =>
  `${before}<${prefix}sheetData>${rows.join('')}</${prefix}sheetData>${after}`;

/** Takes the order of calculation out of a workbook whose formulas changed: a program that opens it makes it anew. */
export function dropCalculationOrder(parts: Parts): void {
  if (!parts.delete('xl/calcChain.xml')) return;
  for (const [path, pattern] of [
    ['[Content_Types].xml', /<Override\b[^>]*calcChain[^>]*\/>/g],
    ['xl/_rels/workbook.xml.rels', /<Relationship\b[^>]*calcChain[^>]*\/>/g],
  ] as const)
    if (parts.has(path)) putText(parts, path, textOf(parts, path).replaceAll(pattern, ''));
}
