/**
 * The POA&M workbook that eMASS takes. The user's own file is filled, cell by cell in its own XML: it bears what eMASS put there for that system,
 * and columns, sheets and marking may not change. Its rows are known by the id that eMASS gave, or by their description; a cell of it that says
 * something else than the record is overwritten and listed, and where the record says nothing it is left. Without a file: the third form, to paste from.
 */
import { idOf } from '../named-facts.ts';
import { columnLetters, openWorkbook } from '../../../platform/workbooks/index.ts';
import { TielineError } from '../../../platform/errors/index.ts';
import { familyOf, findPoamSheets, type RawItem, readItems } from '../../poam-files/index.ts';
import { poamFormat, type PoamField, type RecognizedSheet } from '../../poam-formats/index.ts';
import { mediaTypes, type Rendered, type ReportNote } from '../rendered.ts';
import { shownAbout } from '../shown-about.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { Filling, plainText, rowsOf, shownIn, unsaidNotes } from './emass-filling.ts';
import { emassItem, type EmassItem } from './emass-rows.ts';
import {
  dropCalculationOrder,
  openParts,
  packParts,
  type Parts,
  putText,
  readSheet,
  sharedStringsOf,
  type Sheet,
  type SheetRow,
  sheetsOf,
  textOf as partText,
  writeSheet,
} from './package-parts.ts';
import { markPages } from './paper-of-workbook.ts';
import { plainWorkbook } from './plain-workbook.ts';
import { fillRows, grownDimension, moveRanges } from './sheet-rows.ts';

interface Making {
  readonly snapshot: Snapshot;
  readonly snapshotId: string;
}

interface Items {
  readonly items: readonly EmassItem[];
  readonly notes: readonly ReportNote[];
}

function itemsOf(
  { snapshot }: Making,
  recognized: Pick<RecognizedSheet, 'format'>,
  fields: ReadonlySet<PoamField>,
): Items {
  const byPoam = Map.groupBy(snapshot.deviations, ({ poamId }) => poamId);
  const organizations = new Map(
    snapshot.boundaries.map(({ systemId, organization }) => [systemId, organization]),
  );
  const items: EmassItem[] = [];
  const notes: ReportNote[] = [];
  const { format } = recognized;
  for (const poam of snapshot.poams) {
    const organization = organizations.get(poam.systemId ?? '') ?? null;
    const context = { format, family: familyOf[format.name], fields, organization };
    const item = emassItem(poam, byPoam.get(poam.poamId) ?? [], context);
    if (item) items.push(item);
    else notes.push({ code: 'left_out_status', subject: idOf(poam), detail: poam.status });
  }
  return { items, notes };
}

/** @param input the user's own workbook. @throws TielineError REPORT_INPUT_INVALID where it is none of eMASS. */
export async function emassWorkbook(making: Making, input: Uint8Array | undefined): Promise<Rendered> {
  if (input === undefined) return formToPaste(making);
  try {
    return await filledWorkbook(making, input);
  } catch (error) {
    if (!(error instanceof TielineError) || error.code === 'REPORT_INPUT_INVALID') throw error;
    throw new TielineError('REPORT_INPUT_INVALID', error.message, {
      fields: error.fields,
      remedy:
        'Give the POA&M workbook as your system exported it: an import form of eMASS, or its POA&M export.',
      cause: error,
    });
  }
}

const fileName = ({ snapshot }: Making, ending: string): string =>
  `eMASS-POAM-${(snapshot.boundary ?? 'all').replaceAll(/[^\w-]+/g, '-')}-${snapshot.takenAt.slice(0, 10)}.${ending}`;

function formToPaste(making: Making): Rendered {
  const format = poamFormat('rmf-import-3');
  const fields = new Set(format.columns.map(({ field }) => field));
  const { items, notes } = itemsOf(making, { format }, fields);
  const { snapshot, snapshotId } = making;
  const about = shownAbout(snapshot, snapshotId);
  const rows = items.flatMap((item) =>
    rowsOf(item).map((said) => [
      undefined,
      ...format.columns.map(({ field }) => {
        const text = said.get(field);
        return text === undefined ? undefined : { text };
      }),
    ]),
  );
  // The forms of eMASS begin in column B.
  const columns = [{ header: '', width: 4 }, ...format.columns.map(({ header }) => ({ header, width: 24 }))];
  const above = [
    about.marking,
    `System / Project Name: ${about.covers}`,
    `Data as of: ${about.asOf}`,
    `Made by: ${about.generator}, snapshot ${about.snapshot}`,
  ];
  const bytes = plainWorkbook([{ name: 'POA&M', above, headerRow: 7, columns, rows }], {
    snapshot,
    snapshotId,
    about,
  });
  return {
    bytes,
    fileName: fileName(making, 'xlsx'),
    mediaType: mediaTypes.xlsx,
    notes: [
      { code: 'rows_to_paste', subject: 'POA&M' },
      ...notes,
      ...items.flatMap((item) => unsaidNotes(item, 'POA&M', () => undefined)),
    ],
  };
}

/**
 * Which item each row of the workbook is: by the id that eMASS gave, else by description. A row without an id may be any item of its words, a row
 * whose id is not known here only one that has no id yet. Of several with the same words the rows take the items in order, so that none of
 * them is written a second time below.
 */
export function matched(
  raws: readonly RawItem[],
  items: readonly EmassItem[],
  is1904: boolean,
): ReadonlyMap<RawItem, EmassItem> {
  const byId = new Map(
    items.flatMap((item) => (item.id === undefined ? [] : [[item.id.toLowerCase(), item] as const])),
  );
  const pairs = new Map<RawItem, EmassItem>();
  const used = new Set<EmassItem>();
  const pair = (raw: RawItem, item: EmassItem | undefined): void => {
    if (!item || used.has(item)) return;
    used.add(item);
    pairs.set(raw, item);
  };
  for (const raw of raws) if (raw.id !== '') pair(raw, byId.get(raw.id.toLowerCase()));
  const left = Map.groupBy(
    items.filter((item) => !used.has(item)),
    ({ poam }) => plainText(poam.description),
  );
  for (const raw of raws) {
    const text = shownIn(raw.rows[0], 'description', is1904);
    if (pairs.has(raw) || text === undefined) continue;
    const same = left.get(plainText(text)) ?? [];
    pair(
      raw,
      same.find((item) => !used.has(item) && (raw.id === '' || item.id === undefined)),
    );
  }
  return pairs;
}

/** Rows that stand for data in a template: `${table:…}`. */
const isPlaceholder = (texts: readonly string[]): boolean =>
  texts.length > 0 && texts.every((text) => /^\$\{.*\}$/s.test(text.trim()));

interface Template {
  readonly sheet: string;
  readonly recognized: RecognizedSheet;
  readonly is1904: boolean;
  readonly parts: Parts;
  readonly path: string;
  /** Without rows that stand for data. */
  readonly original: Sheet;
  /** A row whose styles new rows bear. */
  readonly sample: SheetRow | undefined;
  readonly raws: readonly RawItem[];
}

/** @throws TielineError REPORT_INPUT_INVALID, WORKBOOK_INVALID, POAM_FILE_INVALID. */
async function readTemplate(input: Uint8Array): Promise<Template> {
  const name = 'the workbook';
  const book = await openWorkbook(name, Buffer.from(input));
  const { first } = await findPoamSheets(name, book);
  const { sheet, recognized } = first;
  if (recognized.format.name === 'fedramp-2')
    throw new TielineError('REPORT_INPUT_INVALID', 'This is a FedRAMP workbook.', {
      remedy: 'Make it with the report fedramp-poam, which brings its own template.',
    });
  const parts = openParts(input);
  const path = sheetsOf(parts).get(sheet.name) ?? '';
  const original = readSheet(partText(parts, path), sharedStringsOf(parts));
  const textsOf = ({ cells }: SheetRow): string[] =>
    cells.flatMap(({ text }) => (text.trim() === '' ? [] : [text]));
  const placeholders = new Set(
    original.rows.flatMap((row) =>
      row.number > recognized.headerRow && isPlaceholder(textsOf(row)) ? [row.number] : [],
    ),
  );
  const { items } = await readItems(sheet, recognized);
  return {
    sheet: sheet.name,
    recognized,
    is1904: book.is1904,
    parts,
    path,
    original: { ...original, rows: original.rows.filter(({ number }) => !placeholders.has(number)) },
    sample: original.rows.find(({ number }) => number === recognized.headerRow + 1),
    raws: items.filter(({ rows: [row] }) => row && !placeholders.has(row.number)),
  };
}

async function filledWorkbook(making: Making, input: Uint8Array): Promise<Rendered> {
  const template = await readTemplate(input);
  const { recognized, raws, sheet, is1904, parts, path, original, sample } = template;
  const fields = new Set([...recognized.columns.values()].map(({ field }) => field));
  const { items, notes } = itemsOf(making, recognized, fields);
  const pairs = matched(raws, items, is1904);
  const filling = new Filling(sheet, recognized, is1904);
  for (const [raw, item] of pairs) filling.update(item, raw);
  const known = new Set(pairs.values());
  for (const item of items) if (!known.has(item)) filling.append(item);
  const { headerRow } = recognized;
  const lastItem = Math.max(headerRow, ...raws.flatMap(({ rows }) => rows.map(({ number }) => number)));
  const isTaken = ({ cells }: SheetRow): boolean => cells.some(({ text }) => text.trim() !== '');
  const taken = new Set(original.rows.filter(isTaken).map(({ number }) => number));
  const filled = fillRows(original, { ...filling.rows, taken, lastItem }, sample);
  const after = moveRanges(original.after, filled, {
    firstData: headerRow + 1,
    sampleRow: sample?.number,
  });
  const before = grownDimension(original.before, Math.max(...recognized.columns.keys()), filled.lastRow);
  const xml = writeSheet({ ...original, before, after }, filled.rows);
  dropCalculationOrder(parts);
  putText(parts, path, markPages(xml, shownAbout(making.snapshot, making.snapshotId)));
  return {
    ...packed(making, parts),
    notes: [
      ...notes,
      ...raws.filter((raw) => !pairs.has(raw)).map((raw) => leftRow(raw, sheet)),
      ...filling.notes,
    ]
      .map((note) => moved(note, filled.numberOf))
      .concat(
        filled.losing.map((row): ReportNote => ({ code: 'formula_moved', subject: `row ${row}`, sheet })),
        appendedNotes(filling, filled.appended, sheet),
      ),
  };
}

const leftRow = ({ id, idCell, rows }: RawItem, sheet: string): ReportNote => ({
  code: 'left_row',
  subject: id === '' ? idCell : id,
  sheet,
  cell: `${/^[A-Z]+/.exec(idCell)?.[0] ?? 'A'}${rows[0]?.number ?? 0}`,
});

/** A note whose row has moved. */
const moved = (note: ReportNote, numberOf: (row: number) => number): ReportNote => {
  const [, letters, row] = /^([A-Z]+)(\d+)$/.exec(note.cell ?? '') ?? [];
  return letters === undefined ? note : { ...note, cell: `${letters}${numberOf(Number(row))}` };
};

function appendedNotes(filling: Filling, numbers: readonly number[], sheet: string): ReportNote[] {
  const seen = new Set<EmassItem>();
  return filling.appendedOf.flatMap((item, index) => {
    if (seen.has(item)) return [];
    seen.add(item);
    return unsaidNotes(item, sheet, (field) => {
      const at = filling.columnOf(field);
      return at === undefined ? undefined : `${columnLetters(at)}${numbers[index] ?? 0}`;
    });
  });
}

function packed(making: Making, parts: Parts): Omit<Rendered, 'notes'> {
  const hasMacros = parts.has('xl/vbaProject.bin');
  return {
    bytes: packParts(parts),
    fileName: fileName(making, hasMacros ? 'xlsm' : 'xlsx'),
    mediaType: hasMacros ? mediaTypes.xlsm : mediaTypes.xlsx,
  };
}
