/** FedRAMP and eMASS workbooks made for tests, with the headers of the layouts. */
import { poamFormat, type PoamField, type PoamFormatName } from '../poam-formats/index.ts';
import {
  type MadeBook,
  type MadeCell,
  type MadeSheet,
  madeWorkbook,
} from '../../platform/workbooks/made-workbook.test-support.ts';

export type Cells = Partial<Record<PoamField, MadeCell>>;

const rowOf = (layout: PoamFormatName, cells: Cells): MadeCell[] =>
  poamFormat(layout).columns.map(({ field }) => cells[field] ?? null);
const headers = (layout: PoamFormatName): string[] => poamFormat(layout).columns.map(({ header }) => header);

/** A whole, faultless item. */
export const item = (id: string, more: Cells = {}): Cells => ({
  itemId: id,
  controls: 'SI-2',
  weaknessName: `Weakness of ${id}`,
  description: `${id}: the package is outdated`,
  detectorSource: 'Scanner',
  assets: 'web-1 (443/TCP)',
  pointOfContact: 'Ann Lee',
  remediationPlan: 'Patch it',
  detectedOn: { day: '2026-01-05' },
  scheduledOn: { day: '2026-07-05' },
  milestones: '(1) 2026-03-01: Test the patch\n\n(2) 2026-06-01: Roll it out',
  rawSeverity: 'High',
  comments: 'none yet',
  ...more,
});

export interface FedrampBook extends Omit<MadeBook, 'sheets'> {
  readonly open?: readonly Cells[];
  readonly closed?: readonly Cells[];
  readonly system?: string;
  readonly sheets?: readonly MadeSheet[];
  readonly header?: (headers: readonly string[]) => readonly string[];
  readonly merges?: readonly string[];
}

const sheetOf = (
  name: string,
  rows: readonly Cells[],
  { system, header, merges }: FedrampBook,
): MadeSheet => ({
  name,
  merges: merges ?? [],
  rows: [
    ['FedRAMP Plan of Action and Milestones (POA&M)'],
    ['CSP', 'System Name', 'Impact Level', 'POAM Date'],
    ['Acme', system ?? 'Acme Cloud', 'Moderate', { day: '2026-11-01' }],
    undefined,
    [...(header ?? ((all) => all))(headers('fedramp-2'))],
    ...rows.map((cells) => rowOf('fedramp-2', cells)),
  ],
});

export const fedrampFile = (book: FedrampBook): Buffer =>
  madeWorkbook({
    ...book,
    sheets: book.sheets ?? [
      sheetOf('Open POA&M Items', book.open ?? [], book),
      sheetOf('Closed POA&M Items', book.closed ?? [], { ...book, merges: [] }),
    ],
  });

/** Header row 7, as the import forms of eMASS have it; row 12, its export. */
export const emassFile = (layout: PoamFormatName, rows: readonly Cells[], headerRow = 7): Buffer =>
  madeWorkbook({
    sheets: [
      {
        name: 'POA&M',
        rows: [
          ...Array.from({ length: headerRow - 1 }, () => undefined),
          headers(layout),
          ...rows.map((cells) => rowOf(layout, cells)),
        ],
      },
    ],
  });
