/**
 * The items of a sheet of POA&Ms. One row is one item; in the forms of eMASS the rows below it may be further milestones of it, with its
 * columns repeated or left empty. A row with a cell that cannot be understood is held whole.
 */
import { type CellValue, columnLetters, type Sheet, type SheetRow } from '../../platform/workbooks/index.ts';
import { type FormatColumn, isFedrampGuidance, type RecognizedSheet } from '../poam-formats/index.ts';
import type { HeldRow } from './poam-file.ts';
import { textOf, Unreadable } from './read-cells.ts';

export interface ReadCell {
  readonly column: FormatColumn;
  readonly ref: string;
  readonly value: CellValue;
  readonly merged?: string;
}

/** Rows of one item: the first bears its columns, all may bear a milestone. */
export interface RawItem {
  readonly id: string;
  readonly idCell: string;
  readonly rows: readonly RawRow[];
}

export interface RawRow {
  readonly number: number;
  readonly cells: readonly ReadCell[];
  /** Of columns that the layout does not know: header to text. */
  readonly beside: Readonly<Record<string, string>>;
}

const cellOf = (row: RawRow, field: string): ReadCell | undefined =>
  row.cells.find(({ column }) => column.field === field);

/** The classification line that eMASS puts around its sheets, in the first column, where its export has the id. */
const isMarking = (text: string): boolean => /^\*{3,}[\s\S]*\*{3,}$/.test(text.trim());

/** What a row is made of, where it says anything: a template keeps formulas and examples in rows that nobody filled. */
function rawRow(row: SheetRow, { columns, unknown }: RecognizedSheet): RawRow | undefined {
  const cells = row.cells.flatMap(({ column: at, ...cell }): ReadCell[] => {
    const column = columns.get(at);
    return column ? [{ column, ...cell }] : [];
  });
  const beside = Object.fromEntries(
    row.cells.flatMap(({ column: at, value }) => {
      const header = unknown.get(at)?.replaceAll(/\s+/g, ' ').trim();
      const text = header === undefined ? undefined : textOf(value);
      return header !== undefined && typeof text === 'string' ? [[header, text] as const] : [];
    }),
  );
  const isSaid = (cell: ReadCell): boolean => {
    const text = textOf(cell.value);
    return (
      cell.column.field !== 'scheduledOn' &&
      (text instanceof Unreadable ? cell.value.kind === 'error' : text !== undefined)
    );
  };
  return cells.some(isSaid) ? { number: row.number, cells, beside } : undefined;
}

const idOf = (row: RawRow): { readonly id: string; readonly cell: ReadCell | undefined } => {
  const cell = cellOf(row, 'itemId');
  const text = textOf(cell?.value);
  return { id: typeof text === 'string' ? text : '', cell };
};

/** Whether a row without an id says nothing but a milestone: it continues the item above. */
const isContinuation = (row: RawRow): boolean =>
  row.cells.length > 0 &&
  row.cells.some(({ column }) => column.perMilestone) &&
  row.cells.every(
    ({ column, value }) => column.perMilestone || textOf(value) === undefined || textOf(value) === '-',
  );

/** Whether two rows of one id are one item with two milestones: what is the item's own does not differ. */
function isRepeated(first: RawRow, row: RawRow): boolean {
  const hasMilestones = row.cells.some(
    ({ column, value }) => column.perMilestone && textOf(value) !== undefined,
  );
  return (
    hasMilestones &&
    row.cells.every(({ column, value }) => {
      const [was, is] = [textOf(cellOf(first, column.field)?.value), textOf(value)];
      return column.perMilestone || is === undefined || is === '-' || is === was;
    })
  );
}

/** The rows of a sheet, put together to items. */
export async function readItems(
  sheet: Pick<Sheet, 'name' | 'rows'>,
  recognized: RecognizedSheet,
): Promise<{ readonly items: readonly RawItem[]; readonly held: readonly HeldRow[] }> {
  const items: { id: string; idCell: string; rows: RawRow[] }[] = [];
  const held: HeldRow[] = [];
  const idColumn = columnLetters(
    [...recognized.columns].find(([, { field }]) => field === 'itemId')?.[0] ?? 1,
  );
  for await (const row of sheet.rows()) {
    if (row.number <= recognized.headerRow) continue;
    const raw = rawRow(row, recognized);
    if (!raw) continue;
    const { id, cell } = idOf(raw);
    if (isMarking(id) || (recognized.format.name === 'fedramp-2' && isFedrampGuidance(id))) continue;
    const last = items.at(-1);
    if (id === '' && last && isContinuation(raw)) last.rows.push(raw);
    else if (id !== '' && last?.id === id && last.rows[0] && isRepeated(last.rows[0], raw))
      last.rows.push(raw);
    else if (cell?.merged !== undefined && last?.id === id)
      held.push({
        sheet: sheet.name,
        cell: cell.ref,
        record: id,
        rule: `the id is merged over ${cell.merged}: two different rows have it`,
        remedy: 'Unmerge the cells and give each POA&M a row and an id of its own.',
      });
    else items.push({ id, idCell: cell?.ref ?? `${idColumn}${raw.number}`, rows: [raw] });
  }
  return { items, held };
}
