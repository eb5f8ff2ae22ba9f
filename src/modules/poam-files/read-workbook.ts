/** The POA&Ms of a workbook of any layout that is known, told by the text of its headers. */
import type { Sheet, Workbook } from '../../platform/workbooks/index.ts';
import { TielineError } from '../../platform/errors/index.ts';
import {
  fedrampSheets,
  type HeaderRow,
  poamFormats,
  recognizeSheet,
  type RecognizedSheet,
} from '../poam-formats/index.ts';
import type { FileItem, HeldRow, PoamFile } from './poam-file.ts';
import { textOf } from './read-cells.ts';
import type { ItemPlace } from './item-reading.ts';
import { readItem } from './read-item.ts';
import { readItems } from './read-sheet.ts';

/** Headers stand within these rows. */
const headerWithin = 30;

export interface PoamSheet {
  readonly sheet: Sheet;
  readonly recognized: RecognizedSheet;
}

/**
 * The sheets of POA&Ms, told by their headers; all that are given first have the layout of the first.
 * @throws TielineError POAM_FILE_INVALID where no sheet has a known layout.
 */
export async function findPoamSheets(
  name: string,
  book: Workbook,
): Promise<{
  readonly first: PoamSheet;
  readonly found: readonly PoamSheet[];
  readonly firstRows: ReadonlyMap<string, ReadonlyMap<number, HeaderRow>>;
}> {
  const found: PoamSheet[] = [];
  const firstRows = new Map<string, ReadonlyMap<number, HeaderRow>>();
  for (const sheet of book.sheets.filter(({ isHidden }) => !isHidden)) {
    const rows = await headOf(sheet);
    firstRows.set(sheet.name, rows);
    const recognized = recognizeSheet(rows);
    // The forms of eMASS carry a sheet that is an example, with the same headers.
    if (recognized && !/^example/i.test(sheet.name.trim())) found.push({ sheet, recognized });
  }
  const [first] = found;
  if (!first) throw unknownLayout(name, book, firstRows);
  return { first, found, firstRows };
}

/** @throws TielineError POAM_FILE_INVALID where no sheet has a known layout, or one lacks a column that it cannot be read without. */
export async function readPoamWorkbook(name: string, book: Workbook): Promise<PoamFile> {
  const { first, found, firstRows } = await findPoamSheets(name, book);
  const ofLayout = found.filter(({ recognized }) => recognized.format.name === first.recognized.format.name);
  const items: FileItem[] = [];
  const held: HeldRow[] = [];
  const notes = [
    ...notesOf(book, found.length - ofLayout.length),
    ...ofLayout.flatMap((each) => columnNotes(each)),
  ];
  for (const { sheet, recognized } of ofLayout) {
    refuseLacking(name, sheet, recognized);
    const place: ItemPlace = {
      sheet: sheet.name,
      format: recognized.format,
      is1904: book.is1904,
      part: partOf(sheet, recognized),
    };
    const read = await readItems(sheet, recognized);
    held.push(...read.held);
    for (const item of read.items) {
      const outcome = readItem(item, place);
      if ('raw' in outcome) items.push(outcome);
      else held.push(...outcome);
    }
  }
  const { format } = first.recognized;
  return {
    layout: format.name,
    title: format.title,
    systemName: systemNameOf(format.name, firstRows.get(first.sheet.name)),
    ...withoutDoubles(items, held),
    notes,
  };
}

async function headOf(sheet: Sheet): Promise<ReadonlyMap<number, HeaderRow>> {
  const rows = new Map<number, HeaderRow>();
  for await (const row of sheet.rows()) {
    if (row.number > headerWithin) break;
    rows.set(
      row.number,
      new Map(
        row.cells.flatMap(({ column, value }) => {
          const text = textOf(value);
          return typeof text === 'string' ? [[column, text] as const] : [];
        }),
      ),
    );
  }
  return rows;
}

function partOf(sheet: Sheet, { format }: RecognizedSheet): ItemPlace['part'] {
  if (format.name !== 'fedramp-2') return undefined;
  const name = sheet.name.trim().toLowerCase();
  if (name === fedrampSheets.closed.toLowerCase() || name.startsWith('closed')) return 'closed';
  return name === fedrampSheets.configuration.toLowerCase() || name.startsWith('config')
    ? 'configuration'
    : 'open';
}

/** Columns without which nothing of a sheet can be understood. */
function refuseLacking(
  name: string,
  sheet: Sheet,
  { format, missing, headerRow, unknown }: RecognizedSheet,
): void {
  const lacks = (field: string): boolean => missing.some((column) => column.field === field);
  const wanted = [
    lacks('itemId') ? 'itemId' : undefined,
    lacks('description') && lacks('weaknessName') ? 'description' : undefined,
    format.columns.some(({ field }) => field === 'status') && lacks('status') ? 'status' : undefined,
  ].flatMap((field) => format.columns.find((column) => column.field === field) ?? []);
  if (wanted.length === 0) return;
  const strangers = [...unknown.values()]
    .map((header) => `"${header.slice(0, 40)}"`)
    .slice(0, 5)
    .join(', ');
  throw new TielineError(
    'POAM_FILE_INVALID',
    `${name}: the sheet ${sheet.name} looks like ${format.title}, but row ${headerRow} lacks the ${wanted.length === 1 ? 'column' : 'columns'} ${wanted.map(({ header }) => `"${header}"`).join(', ')}${strangers === '' ? '' : `; headers that are not known: ${strangers}`}.`,
    {
      fields: wanted.map(({ header }) => ({
        field: `${sheet.name}!row ${headerRow}`,
        message: `the header "${header}" is missing`,
      })),
    },
  );
}

function unknownLayout(
  name: string,
  book: Workbook,
  firstRows: ReadonlyMap<string, ReadonlyMap<number, HeaderRow>>,
): TielineError {
  const seen = book.sheets.map((sheet) => {
    const rows = [...(firstRows.get(sheet.name) ?? new Map<number, HeaderRow>())];
    const [at, widest] = rows.toSorted(([, a], [, b]) => b.size - a.size)[0] ?? [
      0,
      new Map<number, string>(),
    ];
    const heads = [...widest.values()]
      .map((text) => text.slice(0, 30))
      .slice(0, 4)
      .join(', ');
    return `${sheet.name}${sheet.isHidden ? ' (hidden)' : heads === '' ? ' (empty)' : ` (row ${at}: ${heads}, …)`}`;
  });
  return new TielineError(
    'POAM_FILE_INVALID',
    `${name}: no sheet has the headers of a POA&M layout that is known. Sheets: ${seen.join('; ')}.`,
    {
      fields: [
        { field: name, message: `known layouts: ${poamFormats.map(({ title }) => title).join('; ')}` },
      ],
    },
  );
}

const notesOf = (book: Workbook, otherSheets: number): string[] => [
  ...(book.hasMacros ? ['The workbook carries macros. They were not run; only values were read.'] : []),
  ...(book.is1904 ? ['The workbook counts its days from 1904; they were read so.'] : []),
  ...(otherSheets > 0 ? [`${otherSheets} further sheets have another layout and were not read.`] : []),
];

function columnNotes({
  sheet,
  recognized,
}: {
  readonly sheet: Sheet;
  readonly recognized: RecognizedSheet;
}): string[] {
  const unknown = [...recognized.unknown.values()].map((header) => header.replaceAll(/\s+/g, ' ').trim());
  const missing = recognized.missing.map(({ header }) => header);
  return [
    ...(unknown.length === 0
      ? []
      : [`${sheet.name}: columns of its own, kept as text: ${unknown.join(', ')}.`]),
    ...(missing.length === 0
      ? []
      : [
          `${sheet.name}: columns that are not there, so that nothing of them changes: ${missing.join(', ')}.`,
        ]),
  ];
}

/** The name of the system, where a cover cell says it. */
function systemNameOf(layout: string, rows: ReadonlyMap<number, HeaderRow> | undefined): string | undefined {
  if (layout === 'fedramp-2') return rows?.get(3)?.get(2)?.trim();
  for (const [number, row] of rows ?? [])
    if (number < 12)
      for (const [at, text] of row)
        if (/^(system( \/ project)? name|project name)\b:?$/i.test(text.trim())) {
          const beside = [...row].find(([column]) => column > at);
          if (beside) return beside[1].trim();
        }
  return undefined;
}

/** An id that two items have says of neither which it is: both are held. */
export function withoutDoubles(
  items: readonly FileItem[],
  held: readonly HeldRow[],
): { readonly items: readonly FileItem[]; readonly held: readonly HeldRow[] } {
  const byId = Map.groupBy(items, ({ id }) => id.toLowerCase());
  const doubles = items.filter(({ id }) => id !== '' && (byId.get(id.toLowerCase())?.length ?? 0) > 1);
  return {
    items: items.filter((item) => !doubles.includes(item)),
    held: [
      ...held,
      ...doubles.map(({ id, sheet, cell }): HeldRow => {
        const others = (byId.get(id.toLowerCase()) ?? [])
          .filter((other) => other.cell !== cell || other.sheet !== sheet)
          .map((other) => `${other.sheet}!${other.cell}`);
        return {
          sheet,
          cell,
          record: id,
          rule: `the id ${id} is there more than once (also at ${others.join(', ')})`,
          remedy: 'Give each POA&M an id of its own, or delete the row that is out of date.',
        };
      }),
    ],
  };
}
