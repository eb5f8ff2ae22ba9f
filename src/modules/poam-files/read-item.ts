/** One item of a sheet in the spelling of the mappings, or what is wrong with it, cell by cell. Pure. */
import type { Json } from '../../platform/values/index.ts';
import {
  fieldHomes,
  type FormatColumn,
  type PoamField,
  readDatedText,
  type RmfStatus,
  rmfStatuses,
  severityWritten,
  statusOfRmf,
} from '../poam-formats/index.ts';
import type { FileItem, HeldRow } from './poam-file.ts';
import { linesOf, textOf } from './read-cells.ts';
import { ItemReading, type ItemPlace } from './item-reading.ts';
import { readMilestones } from './read-milestones.ts';
import type { RawItem, ReadCell } from './read-sheet.ts';

type Ratings = 'rawSeverity' | 'severity' | 'adjustedRating' | 'residualRisk';
const ratings: ReadonlySet<string> = new Set<Ratings>([
  'rawSeverity',
  'severity',
  'adjustedRating',
  'residualRisk',
]);
const severityFields: ReadonlySet<string> = new Set(['weakness_risk_level', 'risk_rating']);

/** @returns the item, or what keeps it from being imported. */
export function readItem(item: RawItem, place: ItemPlace): FileItem | readonly HeldRow[] {
  const reading = new ItemReading(item, place);
  const [first] = item.rows;
  if (!first) return [];
  const said = new Map(first.cells.map((cell) => [cell.column.field, cell]));
  for (const cell of first.cells) if (!cell.column.perMilestone) readCell(reading, cell);
  Object.assign(reading.beside, first.beside);
  readDescription(reading, said);
  readStatus(reading, said);
  nameEmpty(reading, said);
  const milestones = readMilestones(reading, item);
  if (reading.held.length > 0) return reading.held;
  return {
    id: item.id,
    sheet: place.sheet,
    cell: item.idCell,
    raw: { ...reading.raw, id: item.id },
    written: reading.written,
    milestones,
    beside: reading.beside,
    cells: { ...reading.cells, id: item.idCell },
  };
}

/** Fields that are read together with others, below. */
const readApart: ReadonlySet<PoamField> = new Set([
  'itemId',
  'weaknessName',
  'description',
  'status',
  'statusOn',
  'milestones',
  'milestoneChanges',
]);

function readCell(reading: ItemReading, cell: ReadCell): void {
  const { column } = cell;
  if (readApart.has(column.field)) return;
  const home = fieldHomes[column.field];
  const value = valueOf(reading, cell);
  if (value === undefined) return;
  if (home.of !== 'poam') {
    reading.beside[column.header] = value;
    return;
  }
  reading.raw[home.field] = value;
  reading.cells[home.field] = cell.ref;
}

function valueOf(reading: ItemReading, cell: ReadCell): Json | undefined {
  const { column } = cell;
  if (column.kind === 'day') return reading.day(cell);
  const text = reading.text(cell);
  if (text === undefined) return undefined;
  if (text === reading.place.format.explicitlyEmpty) return null;
  if (column.field === 'assets' || column.field === 'cves') return linesOf(text, true);
  if (ratings.has(column.field)) return rating(reading, cell, text);
  if (column.kind === 'choice') return choice(reading, cell, text);
  return text;
}

/** A rating is kept in the record's own words; how it is written is kept beside, for layouts with fewer words. */
function rating(reading: ItemReading, { column, ref }: ReadCell, text: string): Json | undefined {
  if (/^n\/?a$/i.test(text)) return null;
  const severity = severityWritten(text);
  if (severity === undefined) {
    refuseWord(reading, column, ref, text);
    return undefined;
  }
  const home = fieldHomes[column.field];
  if (home.of === 'poam') reading.written[home.field] = text;
  return home.of === 'poam' && severityFields.has(home.field) ? severity : text;
}

function choice(reading: ItemReading, { column, ref }: ReadCell, text: string): string | undefined {
  const known = column.choices?.find((word) => word.toLowerCase() === text.toLowerCase());
  if (known === undefined) refuseWord(reading, column, ref, text);
  return known;
}

const refuseWord = (reading: ItemReading, column: FormatColumn, ref: string, text: string): void =>
  reading.hold(
    ref,
    `${column.header}: "${text.slice(0, 60)}" is none of its words`,
    `Enter one of: ${(column.choices ?? []).join(', ')}.`,
  );

/** A layout with a name and a description has both in one field: the name is its first line. */
function readDescription(reading: ItemReading, said: ReadonlyMap<PoamField, ReadCell>): void {
  const [nameCell, textCell] = [said.get('weaknessName'), said.get('description')];
  const name = nameCell && reading.text(nameCell);
  const text = textCell && reading.text(textCell);
  const whole =
    name === undefined || text === undefined || text === name || text.startsWith(`${name}\n`)
      ? (text ?? name)
      : `${name}\n${text}`;
  const ref = textCell?.ref ?? nameCell?.ref;
  if (whole === undefined) {
    const isHeld = reading.held.length > 0;
    if (!isHeld)
      reading.hold(
        ref ?? reading.idCell,
        'the item does not say what the weakness is',
        'Enter the name or description of the weakness.',
      );
    return;
  }
  reading.raw['weakness_description'] = whole;
  if (ref !== undefined) reading.cells['weakness_description'] = ref;
}

/** By the sheet, where open and closed items have sheets of their own; else by the word, in the first forms with a day behind it. */
function readStatus(reading: ItemReading, said: ReadonlyMap<PoamField, ReadCell>): void {
  const { part } = reading.place;
  const cell = said.get('status');
  const statusOn = said.get('statusOn');
  const day = statusOn && reading.day(statusOn);
  if (part !== undefined) {
    const falsePositive = said.get('falsePositive');
    const isFalse = part === 'closed' && falsePositive !== undefined && textOf(falsePositive.value) === 'Yes';
    reading.raw['status'] = isFalse ? 'False Positive' : part === 'closed' ? 'Completed' : 'Open';
    reading.written['status'] = part === 'closed' ? 'closed' : 'open';
    if (part === 'closed' && day !== undefined) reading.raw['actual_completion'] = day;
    else if (day) reading.beside[statusOn?.column.header ?? 'Status Date'] = day;
    if (part === 'configuration') reading.beside['Sheet'] = 'Configuration Findings';
    return;
  }
  const text = cell && reading.text(cell);
  if (text === undefined) {
    reading.hold(
      cell?.ref ?? reading.idCell,
      'Status: the item has none',
      `Enter one of: ${rmfStatuses.join(', ')}.`,
    );
    return;
  }
  const dated = readDatedText(text);
  const word =
    rmfStatuses.find((known) => known.toLowerCase() === dated.text.toLowerCase()) ??
    otherWords[dated.text.toLowerCase()];
  if (word === undefined) {
    reading.hold(
      cell?.ref ?? reading.idCell,
      `${cell?.column.header ?? 'Status'}: "${text.slice(0, 60)}" is none of its words`,
      `Enter one of: ${rmfStatuses.join(', ')}.`,
    );
    return;
  }
  reading.raw['status'] = statusOfRmf[word];
  reading.written['status'] = word;
  reading.cells['status'] = cell?.ref ?? '';
  if (dated.day !== undefined && word === 'Completed') reading.raw['actual_completion'] ??= dated.day;
}

/** Words of other forms for the same. */
const otherWords: Readonly<Record<string, RmfStatus>> = {
  open: 'Ongoing',
  'in progress': 'Ongoing',
  delayed: 'Ongoing',
  closed: 'Completed',
  'accepted risk': 'Risk Accepted',
  cancelled: 'Archived',
};

/** Columns that are there and empty say that there is nothing; in an export where only `-` says so, an empty cell was never asked. */
function nameEmpty(reading: ItemReading, said: ReadonlyMap<PoamField, ReadCell>): void {
  const { format } = reading.place;
  if (format.explicitlyEmpty !== undefined) return;
  for (const { field, perMilestone } of format.columns) {
    const home = fieldHomes[field];
    if (perMilestone || readApart.has(field) || home.of !== 'poam' || said.has(field)) continue;
    if (home.field === 'affected_assets' || home.field === 'cves') continue;
    reading.raw[home.field] ??= null;
  }
}
