/**
 * Reads workbooks of the Office Open XML formats (.xlsx, .xlsm) as what they hold: values, never what they would do. Macros are not looked
 * at, formulas are not calculated (the result that the file keeps counts), nothing outside of the file is fetched. Sheets come as streams.
 *
 * Rejected: exceljs, which holds a sheet whole and has had no release since 4.4.0; the `xlsx` of npm, which is stale there.
 */
import { isDateFormat, type ValueTables } from './cell-values.ts';
import { type MergedRange, readMerges, readRows, type SheetRow } from './sheet-rows.ts';
import { usualLimits, workbookFault, type WorkbookLimits } from './workbook-fault.ts';
import { readXml } from './xml-events.ts';
import { openParts, type ZipParts } from './zip-parts.ts';

export interface Sheet {
  readonly name: string;
  /** Hidden from whoever opens the workbook. */
  readonly isHidden: boolean;
  /** Its rows from the first to the last that the file has; empty ones may be left out. */
  rows(): AsyncIterable<SheetRow>;
}

export interface Workbook {
  readonly sheets: readonly Sheet[];
  /** Whether it carries macros. They are not run, and say nothing. */
  readonly hasMacros: boolean;
  /** Whether its days are counted from 1904, as old Macs did. */
  readonly is1904: boolean;
}

/**
 * @param name of the file, for messages.
 * @throws TielineError WORKBOOK_INVALID naming the part or the cell: no workbook, protected by a password, broken, or over a limit.
 */
export async function openWorkbook(
  name: string,
  bytes: Buffer,
  limits: WorkbookLimits = usualLimits,
): Promise<Workbook> {
  const parts = await openParts(name, bytes, limits);
  if (!parts.has('xl/workbook.xml'))
    throw workbookFault(
      name,
      parts.has('xl/workbook.bin')
        ? 'this is a binary workbook (.xlsb); save it as .xlsx'
        : 'the archive holds no workbook: expected an .xlsx or .xlsm file',
    );
  const reading = { name, parts, limits };
  const { listed, is1904 } = await readBook(reading);
  const targets = await readTargets(reading);
  const tables: ValueTables = {
    shared: await readSharedTexts(reading),
    dateStyles: await readDateStyles(reading),
    is1904,
  };
  return {
    is1904,
    hasMacros: parts.has('xl/vbaProject.bin'),
    sheets: listed.flatMap(({ id, ...sheet }) => {
      const target = targets.get(id);
      // A chart that is a sheet of its own has no cells.
      if (target === undefined || !target.startsWith('xl/worksheets/')) return [];
      const part = { place: sheet.name, bytes: () => parts.read(target), tables, limits };
      let merges: Promise<readonly MergedRange[]> | undefined;
      const rows = async function* (): AsyncGenerator<SheetRow> {
        yield* readRows(part, await (merges ??= readMerges(part)));
      };
      return [{ ...sheet, rows }];
    }),
  };
}

interface Reading {
  readonly name: string;
  readonly parts: ZipParts;
  readonly limits: WorkbookLimits;
}

async function readBook({ name, parts, limits }: Reading) {
  const listed: { readonly name: string; readonly isHidden: boolean; readonly id: string }[] = [];
  let is1904 = false;
  const open = (element: string, attributes: Readonly<Record<string, string>>): void => {
    if (element === 'workbookPr') is1904 = /^(1|true)$/.test(attributes['date1904'] ?? '');
    if (element !== 'sheet') return;
    const id = Object.entries(attributes).find(([key]) => key.endsWith(':id'))?.[1] ?? '';
    listed.push({
      name: attributes['name'] ?? '',
      isHidden: (attributes['state'] ?? 'visible') !== 'visible',
      id,
    });
    if (listed.length > limits.sheets) throw workbookFault(name, `it has more than ${limits.sheets} sheets`);
  };
  const part = 'xl/workbook.xml';
  await readXml(`${name}, ${part}`, parts.read(part), { open, close: () => undefined }, limits);
  return { listed, is1904 };
}

/** Where the sheets lie, by the id that the workbook names them by. What lies outside of the file is left out. */
async function readTargets({ name, parts, limits }: Reading): Promise<ReadonlyMap<string, string>> {
  const targets = new Map<string, string>();
  const part = 'xl/_rels/workbook.xml.rels';
  const open = (element: string, attributes: Readonly<Record<string, string>>): void => {
    if (element !== 'Relationship' || attributes['TargetMode'] === 'External') return;
    const target = attributes['Target'] ?? '';
    targets.set(
      attributes['Id'] ?? '',
      target.startsWith('/') ? target.slice(1) : `xl/${target.replace(/^\.\//, '')}`,
    );
  };
  await readXml(`${name}, ${part}`, parts.read(part), { open, close: () => undefined }, limits);
  return targets;
}

async function readSharedTexts({ name, parts, limits }: Reading): Promise<string[]> {
  const part = 'xl/sharedStrings.xml';
  if (!parts.has(part)) return [];
  const shared: string[] = [];
  let text = '';
  let characters = 0;
  let isWanted = false;
  let isPhonetic = false;
  await readXml(
    `${name}, ${part}`,
    parts.read(part),
    {
      open(element) {
        if (element === 'si') text = '';
        else if (element === 'rPh') isPhonetic = true;
        else if (element === 't') isWanted = !isPhonetic;
      },
      close(element) {
        if (element === 't') isWanted = false;
        else if (element === 'rPh') isPhonetic = false;
        else if (element === 'si') shared.push(text);
      },
      text(more) {
        if (!isWanted) return;
        text += more;
        characters += more.length;
        if (characters > limits.sharedCharacters)
          throw workbookFault(
            `${name}, ${part}`,
            `its texts have more than ${limits.sharedCharacters} characters`,
          );
      },
    },
    limits,
  );
  return shared;
}

/** The styles of cells that show dates: `cellXfs` by number, with the formats that the workbook defines itself. */
async function readDateStyles({ name, parts, limits }: Reading): Promise<ReadonlySet<number>> {
  const part = 'xl/styles.xml';
  const dates = new Set<number>();
  if (!parts.has(part)) return dates;
  const codes = new Map<number, string>();
  let isWithin = false;
  let style = 0;
  await readXml(
    `${name}, ${part}`,
    parts.read(part),
    {
      open(element, attributes) {
        if (element === 'numFmt') codes.set(Number(attributes['numFmtId']), attributes['formatCode'] ?? '');
        else if (element === 'cellXfs') isWithin = true;
        else if (element === 'xf' && isWithin) {
          const format = Number(attributes['numFmtId'] ?? 0);
          if (isDateFormat(format, codes.get(format))) dates.add(style);
          style += 1;
        }
      },
      close(element) {
        if (element === 'cellXfs') isWithin = false;
      },
    },
    limits,
  );
  return dates;
}
