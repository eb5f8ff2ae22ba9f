/** Cells and rows as a sheet's XML has them. Text is an inline string whatever it begins with: `=`, `+`, `-` and `@` are never a formula. */
import { columnLetters } from '../../../platform/workbooks/index.ts';
import { escaped } from './package-parts.ts';

export type CellValue =
  | { readonly text: string }
  | { readonly number: number }
  /** `YYYY-MM-DD`. */
  | { readonly day: string };

/** The longest text that a cell holds. */
export const longestText = 32_767;

const epoch = Date.UTC(1899, 11, 30);
/** A day as the number that a date cell bears, in the 1900 system. */
export const serialOf = (day: string): number =>
  Math.round((Date.parse(`${day}T00:00:00Z`) - epoch) / 86_400_000);

/** What XML cannot hold is left out, and line ends are single. */
export const cellText = (text: string): string =>
  text
    .replaceAll('\r\n', '\n')
    // oxlint-disable-next-line no-control-regex -- these are what is taken out
    .replaceAll(/[\u0000-\u0008\u000B-\u001F\uFFFE\uFFFF]/g, '')
    .replaceAll(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g, '\uFFFD')
    .slice(0, longestText);

export interface Placed {
  readonly column: number;
  readonly row: number;
  readonly style: string | undefined;
  readonly prefix?: string;
}

export function cellXml(value: CellValue | undefined, { column, row, style, prefix = '' }: Placed): string {
  const at = `<${prefix}c r="${columnLetters(column)}${row}"${style === undefined ? '' : ` s="${style}"`}`;
  if (value === undefined) return style === undefined ? '' : `${at}/>`;
  if ('text' in value)
    return `${at} t="inlineStr"><${prefix}is><${prefix}t xml:space="preserve">${escaped(cellText(value.text))}</${prefix}t></${prefix}is></${prefix}c>`;
  return `${at}><${prefix}v>${'day' in value ? serialOf(value.day) : value.number}</${prefix}v></${prefix}c>`;
}
