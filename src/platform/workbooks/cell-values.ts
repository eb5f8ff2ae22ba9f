/** What a cell says: Excel keeps a date as a number with a format, a text once for all cells, a formula beside its last result. Pure. */

export type CellValue =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'number'; readonly number: number }
  /** `time`: HH:MM:SS, where the number has a part of a day. */
  | { readonly kind: 'date'; readonly day: string; readonly time?: string }
  | { readonly kind: 'boolean'; readonly boolean: boolean }
  /** #REF!, #N/A, … */
  | { readonly kind: 'error'; readonly code: string }
  /** A formula whose result the file does not hold: whoever wrote it never calculated it. */
  | { readonly kind: 'uncomputed'; readonly formula: string };

export interface Cell {
  /** `K12`. */
  readonly ref: string;
  /** From 1. */
  readonly column: number;
  readonly value: CellValue;
  /** The merged range (`K9:K11`) that it is within, where the value is that of its first cell. */
  readonly merged?: string;
}

/** `AB` of 28. */
export function columnLetters(column: number): string {
  let letters = '';
  for (let left = column; left > 0; left = Math.floor((left - 1) / 26))
    letters = String.fromCodePoint(65 + ((left - 1) % 26)) + letters;
  return letters;
}

/** 28 of `AB` or `AB12`; 0 where it is no reference. */
export function columnNumber(ref: string): number {
  const letters = /^[A-Z]{1,3}/i.exec(ref)?.[0] ?? '';
  let column = 0;
  for (const letter of letters.toUpperCase()) column = column * 26 + (letter.codePointAt(0) ?? 64) - 64;
  return column;
}

/** The built-in formats that show a date (ECMA-376, 18.8.30), those of East Asian locales among them. */
const isBuiltInDate = (id: number): boolean =>
  (id >= 14 && id <= 17) || id === 22 || (id >= 27 && id <= 36) || (id >= 50 && id <= 58);

/** Whether a format shows a day: times of the day alone are not dates. */
export function isDateFormat(id: number, code: string | undefined): boolean {
  if (code === undefined) return isBuiltInDate(id);
  // Quoted and escaped text, colours and conditions are no part of it.
  const plain = code
    .replaceAll(/"[^"]*"|\\.|_.|\*./g, '')
    .replaceAll(/\[(?:h+|m+|s+)\]/gi, 'h')
    .replaceAll(/\[[^\]]*\]/g, '')
    .split(';')[0];
  if (plain === undefined || /general/i.test(plain)) return false;
  return /[yd]/i.test(plain) || (/m/i.test(plain) && !/[hs]/i.test(plain) && !/[0#?]/.test(plain));
}

const dayMs = 86_400_000;
/** 9999-12-31 in the system of 1900. */
const lastSerial = 2_958_465;

/**
 * The day that a serial number stands for. The system of 1900 counts a 29 February 1900 that never was (serial 60), as Lotus 1-2-3 did.
 * @returns undefined where the number is no day of it.
 */
export function dayOfSerial(serial: number, is1904: boolean): CellValue | undefined {
  if (!Number.isFinite(serial) || serial < 0 || serial > lastSerial || (!is1904 && serial < 1))
    return undefined;
  const whole = Math.floor(serial);
  if (!is1904 && whole === 60) return undefined;
  const first = is1904 ? Date.UTC(1904, 0, 1) : whole < 60 ? Date.UTC(1899, 11, 31) : Date.UTC(1899, 11, 30);
  const seconds = Math.round((serial - whole) * 86_400);
  const at = new Date(first + whole * dayMs + seconds * 1000).toISOString();
  return { kind: 'date', day: at.slice(0, 10), ...(seconds > 0 ? { time: at.slice(11, 19) } : {}) };
}

/** What the XML of a cell says, before it is understood. */
export interface RawCell {
  /** b, d, e, inlineStr, n, s, str. */
  readonly type: string;
  readonly style: number;
  /** The content of `v`; undefined where there is none. */
  readonly content: string | undefined;
  readonly inline: string | undefined;
  readonly formula: string | undefined;
}

export interface ValueTables {
  readonly shared: readonly string[];
  /** Which styles (`cellXfs`) show dates. */
  readonly dateStyles: ReadonlySet<number>;
  readonly is1904: boolean;
}

/** @returns undefined: the cell is empty. */
export function valueOf(raw: RawCell, tables: ValueTables): CellValue | undefined {
  const { type, content, inline, formula } = raw;
  if (type === 'inlineStr')
    return inline === undefined || inline === '' ? undefined : { kind: 'text', text: inline };
  if (content === undefined) return formula === undefined ? undefined : { kind: 'uncomputed', formula };
  switch (type) {
    case 's': {
      const text = tables.shared[Number(content)];
      return text === undefined
        ? { kind: 'error', code: `no shared text ${content}` }
        : text === ''
          ? undefined
          : { kind: 'text', text };
    }
    case 'str':
      return content === '' ? undefined : { kind: 'text', text: content };
    case 'b':
      return { kind: 'boolean', boolean: content === '1' || content === 'true' };
    case 'e':
      return { kind: 'error', code: content };
    case 'd':
      return dateText(content);
    default:
      return numberOf(content, raw, tables);
  }
}

/** A cell of type `d` holds the date as ISO 8601. */
function dateText(content: string): CellValue {
  const [, day, time] = /^(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2}:\d{2}))?/.exec(content) ?? [];
  if (day === undefined) return { kind: 'text', text: content };
  return { kind: 'date', day, ...(time === undefined || time === '00:00:00' ? {} : { time }) };
}

function numberOf(content: string, { style, formula }: RawCell, tables: ValueTables): CellValue | undefined {
  if (content.trim() === '') return formula === undefined ? undefined : { kind: 'uncomputed', formula };
  const number = Number(content);
  if (Number.isNaN(number)) return { kind: 'text', text: content };
  const date = tables.dateStyles.has(style) ? dayOfSerial(number, tables.is1904) : undefined;
  return date ?? { kind: 'number', number };
}
