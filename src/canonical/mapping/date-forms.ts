/**
 * Forms in which people and exports write dates: `MM/DD/YYYY`, `DD.MM.YYYY`, `DD-MMM-YYYY`, `YYYYMMDD`, `MM/DD/YYYY HH:mm`. A
 * mapping names the form; nothing is guessed from the value. Written as the form says, read with or without leading zeros.
 */

interface Token {
  readonly pattern: string;
  readonly write: (at: Date) => string;
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;
const two = (n: number): string => String(n).padStart(2, '0');

const tokens: Readonly<Record<string, Token>> = {
  YYYY: { pattern: '(?<year>\\d{4})', write: (at) => String(at.getUTCFullYear()).padStart(4, '0') },
  MMM: { pattern: '(?<name>[A-Za-z]{3})', write: (at) => months[at.getUTCMonth()] ?? '' },
  MM: { pattern: '(?<month>\\d{1,2})', write: (at) => two(at.getUTCMonth() + 1) },
  DD: { pattern: '(?<day>\\d{1,2})', write: (at) => two(at.getUTCDate()) },
  HH: { pattern: '(?<hour>\\d{1,2})', write: (at) => two(at.getUTCHours()) },
  mm: { pattern: '(?<minute>\\d{2})', write: (at) => two(at.getUTCMinutes()) },
  ss: { pattern: '(?<second>\\d{2})', write: (at) => two(at.getUTCSeconds()) },
  M: { pattern: '(?<month>\\d{1,2})', write: (at) => String(at.getUTCMonth() + 1) },
  D: { pattern: '(?<day>\\d{1,2})', write: (at) => String(at.getUTCDate()) },
};
const anyToken = /YYYY|MMM|MM|DD|HH|mm|ss|M|D/g;

/** What is wrong with a form; undefined where it can be read and written. */
export function faultOfForm(form: string): string | undefined {
  const used = form.match(anyToken) ?? [];
  const count = (...names: string[]): number => used.filter((each) => names.includes(each)).length;
  const left = form.replaceAll(anyToken, '');
  if (/[A-Za-z\d]/.test(left.replaceAll(/[TZ]/g, '')))
    return `"${form}" has letters that stand for nothing; a form is made of YYYY, MM, M, MMM, DD, D, HH, mm and ss, as MM/DD/YYYY`;
  if (count('YYYY') !== 1 || count('MM', 'M', 'MMM') !== 1 || count('DD', 'D') !== 1)
    return `"${form}" must name the year (YYYY), the month (MM, M or MMM) and the day (DD or D), each once, as MM/DD/YYYY`;
  if (count('HH') > 1 || count('mm') > 1 || count('ss') > 1)
    return `"${form}" names a part of the time twice`;
  return undefined;
}

export interface DateForm {
  /** @returns the instant in UTC, or undefined where the text is not of the form or the day does not exist. */
  read(text: string): Date | undefined;
  write(at: Date): string;
}

/** Compiles a form that `faultOfForm` finds nothing wrong with. */
export function dateForm(form: string): DateForm {
  const fixed = form.split(anyToken);
  const used = form.match(anyToken) ?? [];
  const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\/-]/g, String.raw`\$&`);
  // Parts without a separator between them have their full width, or 1112026 could be read in two ways.
  const solid = fixed.slice(1, -1).includes('');
  const width = (pattern: string): string => (solid ? pattern.replace('{1,2}', '{2}') : pattern);
  const pattern = new RegExp(
    `^${used.map((name, index) => escaped(fixed[index] ?? '') + width(tokens[name]?.pattern ?? '')).join('')}${escaped(fixed.at(-1) ?? '')}$`,
  );
  return {
    read(text) {
      const parts = pattern.exec(text.trim())?.groups;
      if (!parts) return undefined;
      const named = months.findIndex((each) => each.toLowerCase() === parts['name']?.toLowerCase());
      const month = parts['name'] === undefined ? Number(parts['month']) : named + 1;
      const [year, day] = [Number(parts['year']), Number(parts['day'])];
      const [hour, minute, second] = [parts['hour'], parts['minute'], parts['second']].map((each) =>
        Number(each ?? 0),
      );
      const at = new Date(Date.UTC(year, month - 1, day, hour, minute, second));
      // Date.UTC rolls over what does not exist, and takes years below 100 for those of another century.
      const isThat =
        at.getUTCFullYear() === year &&
        at.getUTCMonth() === month - 1 &&
        at.getUTCDate() === day &&
        at.getUTCHours() === hour &&
        at.getUTCMinutes() === minute;
      return isThat ? at : undefined;
    },
    write: (at) =>
      used.map((name, index) => (fixed[index] ?? '') + (tokens[name]?.write(at) ?? '')).join('') +
      (fixed.at(-1) ?? ''),
  };
}
