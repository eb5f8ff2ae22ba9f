/** A cell of a POA&M workbook as what its column says it is. Pure; a cell that cannot be understood says why, and never becomes a guess. */
import { type CellValue, dayOfSerial } from '../../platform/workbooks/index.ts';
import { dayWritten } from '../poam-formats/index.ts';

export interface CellFault {
  readonly rule: string;
  readonly remedy: string;
}
export class Unreadable {
  readonly fault: CellFault;
  constructor(rule: string, remedy: string) {
    this.fault = { rule, remedy };
  }
}

const enterValue =
  'Enter the value itself in the cell, or open and save the workbook in a spreadsheet program.';

/** @returns the text of a cell; undefined where it is empty. */
export function textOf(value: CellValue | undefined): string | undefined | Unreadable {
  switch (value?.kind) {
    case undefined:
      return undefined;
    case 'text':
      return value.text.trim() === '' ? undefined : value.text.replaceAll('\r\n', '\n').trim();
    case 'number':
      return String(value.number);
    case 'boolean':
      return value.boolean ? 'Yes' : 'No';
    case 'date':
      return value.day;
    case 'error':
      return new Unreadable(`the cell shows the error ${value.code}`, enterValue);
    case 'uncomputed':
      return new Unreadable(
        `the formula =${value.formula.slice(0, 60)} has no result in the file`,
        enterValue,
      );
  }
}

const saysNothing = /^(n\/?a|none|-+)$/i;
const plausible = (day: string): boolean => day >= '1980-01-01' && day <= '2150-12-31';

/**
 * @returns the day; null where the cell says that there is none; undefined where it is empty. A number counts as a day even in a cell without
 * a date's format: the published template has such cells.
 */
export function dayOf(value: CellValue | undefined, is1904: boolean): string | null | undefined | Unreadable {
  const serial = value?.kind === 'number' ? dayOfSerial(value.number, is1904) : undefined;
  const text = textOf(serial ?? value);
  if (text === undefined || text instanceof Unreadable) return text;
  if (saysNothing.test(text)) return null;
  const day = /^\d{4}-\d{2}-\d{2}$/.test(text) && value?.kind === 'date' ? text : dayWritten(text);
  if (day === undefined)
    return new Unreadable(
      `"${text.slice(0, 60)}" is not a date`,
      'Enter a date, as a date cell or as MM/DD/YYYY; leave the cell empty where there is none.',
    );
  return plausible(day)
    ? day
    : new Unreadable(
        `${day} cannot be meant`,
        'Enter the date again: the workbook may count its days from another year (1900 or 1904).',
      );
}

/** Several values of one cell: a line each, or separated by `;`. Commas separate where the column holds ids only. */
export const linesOf = (text: string, alsoCommas: boolean): string[] => [
  ...new Set(
    text
      .split(alsoCommas ? /[\n;,]/ : /[\n;]/)
      .map((each) => each.trim())
      .filter((each) => each !== '' && !/^n\/?a$/i.test(each)),
  ),
];
