/**
 * Milestones as text in a cell. FedRAMP: `(n) date: text` and `(n) New|Update|Complete date : text`, entries apart by a blank line; its own
 * check of them is a Google Sheets function, so that Excel never flags a bad one: what goes out is checked here. First two eMASS forms: the
 * date after the text.
 */
export interface PlannedMilestone {
  readonly number: number;
  /** `YYYY-MM-DD`; null: the entry names no day that can be read. */
  readonly day: string | null;
  readonly text: string;
}
export interface MilestoneChange extends PlannedMilestone {
  readonly change: 'New' | 'Update' | 'Complete';
}

const dateForm = String.raw`\d{1,4}[\\/-]\d{1,2}[\\/-]\d{1,4}`;
const planned = new RegExp(String.raw`^\((\d+)\)\s*(${dateForm})\s*:\s*([\s\S]*)$`);
const changed = new RegExp(
  String.raw`^\((\d+)\)\s*(new|update|complete)\s*(${dateForm})\s*:\s*([\s\S]*)$`,
  'i',
);

/** A day in any of the forms that such cells have: year first, or month first. @returns undefined where it is none. */
export function dayWritten(written: string): string | undefined {
  const [a, b, c] = written.trim().split(/[\\/-]/);
  if (a === undefined || b === undefined || c === undefined) return undefined;
  const [year, month, day] = a.length === 4 ? [a, b, c] : [c, a, b];
  const iso = `${year.length === 2 ? `20${year}` : year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  const at = new Date(`${iso}T00:00:00Z`);
  return Number.isNaN(at.getTime()) || at.toISOString().slice(0, 10) !== iso ? undefined : iso;
}

const entriesOf = (cell: string): string[] =>
  cell
    .replaceAll('\r\n', '\n')
    .split(/\n(?=\s*\(\d+\))/)
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');

/** @returns the entries of a cell of planned milestones, and those that are not written as they must be. */
export function readPlannedMilestones(cell: string): {
  readonly milestones: readonly PlannedMilestone[];
  readonly faulty: readonly string[];
} {
  const milestones: PlannedMilestone[] = [];
  const faulty: string[] = [];
  for (const entry of entriesOf(cell)) {
    const [, number, date, text] = planned.exec(entry) ?? [];
    const day = date === undefined ? undefined : dayWritten(date);
    if (number === undefined || text === undefined || day === undefined) faulty.push(entry);
    else milestones.push({ number: Number(number), day, text: text.trim() });
  }
  return { milestones, faulty };
}

/** The same of a cell of changes. */
export function readMilestoneChanges(cell: string): {
  readonly changes: readonly MilestoneChange[];
  readonly faulty: readonly string[];
} {
  const changes: MilestoneChange[] = [];
  const faulty: string[] = [];
  for (const entry of entriesOf(cell)) {
    const [, number, kind, date, text] = changed.exec(entry) ?? [];
    const day = date === undefined ? undefined : dayWritten(date);
    const change = (['New', 'Update', 'Complete'] as const).find(
      (word) => word.toLowerCase() === kind?.toLowerCase(),
    );
    if (number === undefined || change === undefined || text === undefined || day === undefined)
      faulty.push(entry);
    else changes.push({ number: Number(number), change, day, text: text.trim() });
  }
  return { changes, faulty };
}

const oneEntry = (text: string): string => text.replaceAll(/\n\s*\n/g, '\n').trim();

/** Milestones without a day are left out: the form has no place for them. */
export const writePlannedMilestones = (milestones: readonly PlannedMilestone[]): string =>
  milestones
    .flatMap(({ number, day, text }) => (day === null ? [] : [`(${number}) ${day}: ${oneEntry(text)}`]))
    .join('\n\n');

export const writeMilestoneChanges = (changes: readonly MilestoneChange[]): string =>
  changes
    .flatMap(({ number, change, day, text }) =>
      day === null ? [] : [`(${number}) ${change} ${day} : ${oneEntry(text)}`],
    )
    .join('\n\n');

/** `Patch tested 10/25/2018`: the text, and the day behind it. The day is undefined where none follows. */
export function readDatedText(cell: string): { readonly text: string; readonly day: string | undefined } {
  const [, text, date] =
    /^([\s\S]*?)\s*\(?(\d{1,2}\/\d{1,2}\/\d{2,4}|\d{4}-\d{2}-\d{2})\)?\.?\s*$/.exec(cell) ?? [];
  const day = date === undefined ? undefined : dayWritten(date);
  return text === undefined || day === undefined
    ? { text: cell.trim(), day: undefined }
    : { text: text.trim(), day };
}

/** `10/25/2018`, as eMASS wants days. @param day `YYYY-MM-DD`. */
export const monthFirst = (day: string): string =>
  `${day.slice(5, 7)}/${day.slice(8, 10)}/${day.slice(0, 4)}`;

/** What `readDatedText` reads. */
export const writeDatedText = (text: string, day: string | null): string =>
  day === null ? text : `${text} ${monthFirst(day)}`;
