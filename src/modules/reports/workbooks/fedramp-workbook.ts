/** Fills the FedRAMP POA&M template 2.1: values instead of its due-date formula, which is wrong from row 1254 on. */
import { idOf } from '../named-facts.ts';
import { readFile } from 'node:fs/promises';
import {
  type FedrampSheet,
  fedrampSheets,
  fedrampWorkbook,
  isFedrampGuidance,
} from '../../poam-formats/index.ts';
import { describeInCore, markPages } from './paper-of-workbook.ts';
import { mediaTypes, type Rendered, type ReportNote } from '../rendered.ts';
import type { DeviationFacts, PoamFacts, Snapshot } from '../snapshot/snapshot.ts';
import { type CellValue, cellXml } from './cells.ts';
import { fedrampRow, type FedrampRow } from './fedramp-rows.ts';
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
  textOf,
  writeSheet,
} from './package-parts.ts';
import { shownAbout } from '../shown-about.ts';

const template = new URL('../published/fedramp-poam-v2.1.xlsx', import.meta.url);

export interface FedrampOptions {
  /** Only what a monthly submission must hold: late scanner findings, all others, and whatever has a deviation. */
  readonly lateOnly: boolean;
  readonly provider: string;
  readonly snapshotId: string;
}

/** Whether a monthly submission leaves it out: a finding of a scanner that is not late and has no deviation. */
function isNotYetDue(poam: PoamFacts, deviations: readonly DeviationFacts[], today: string): boolean {
  const due = poam.obligedBy ?? poam.scheduledOn;
  return (
    poam.weaknesses.some(({ grouping }) => grouping !== 'check') &&
    deviations.every(({ state }) => state !== 'requested' && state !== 'approved') &&
    due !== null &&
    due >= today
  );
}

interface Layout {
  readonly kept: readonly SheetRow[];
  readonly firstRow: number;
  /** Style of each column in a row of data. */
  readonly styles: readonly (string | undefined)[];
}

/** Header and guidance stay; styles are those of the first row below them. */
function layoutOf(sheet: Sheet): Layout {
  const guidance = sheet.rows.filter(
    ({ number, cells }) =>
      number > 5 && isFedrampGuidance(cells.find(({ column }) => column === 1)?.text ?? ''),
  );
  const last = guidance.at(-1)?.number ?? 5;
  const sample = sheet.rows.find(({ number }) => number === last + 1);
  return {
    kept: sheet.rows.filter(({ number }) => number <= last),
    firstRow: last + 1,
    styles: fedrampWorkbook.columns.map(
      (_, index) => sample?.cells.find(({ column }) => column === index + 1)?.style,
    ),
  };
}

/** The cover of each sheet: provider, system, impact, date. */
function coverRow(
  row: SheetRow,
  snapshot: Snapshot,
  { provider, dateStyle }: { readonly provider: string; readonly dateStyle: string },
): string {
  const [boundary] = snapshot.boundaries;
  const impact = /^(low|moderate|high)/i.exec(boundary?.impact ?? '')?.[1]?.toLowerCase();
  const system = snapshot.boundaries.map(({ name }) => name).join(', ');
  const values: (CellValue | undefined)[] = [
    { text: provider },
    { text: system },
    impact === undefined ? undefined : { text: `${impact[0]?.toUpperCase()}${impact.slice(1)}` },
    { day: snapshot.takenAt.slice(0, 10) },
  ];
  const cells = row.cells.map(({ column, style, xml }) =>
    column <= values.length
      ? cellXml(values[column - 1], { column, row: row.number, style: column === 4 ? dateStyle : style })
      : xml,
  );
  return `<row${row.tag}>${cells.join('')}</row>`;
}

function dataRow({ cells }: FedrampRow, number: number, layout: Layout, dateStyle: string): string {
  const written = fedrampWorkbook.columns.map(({ field, kind }, index) =>
    cellXml(cells[field], {
      column: index + 1,
      row: number,
      style: kind === 'day' ? dateStyle : layout.styles[index],
    }),
  );
  return `<row r="${number}">${written.join('')}</row>`;
}

/** Rules of the template end at a row; they follow where there are more rows, and the rule for numbers goes where ids are text. */
function fitRules(after: string, lastRow: number, hasTextIds: boolean): string {
  const reach = lastRow > 4022 ? after.replaceAll(/([A-Z]+)4022\b/g, `$1${lastRow}`) : after;
  const grown = lastRow > 1000 ? reach.replaceAll(/\bA6:AD1000\b/g, `A6:AD${lastRow}`) : reach;
  if (!hasTextIds) return grown;
  const without = grown.replace(/<dataValidation type="decimal"[^>]*>[\s\S]*?<\/dataValidation>/, '');
  return without.replace(
    /<dataValidations count="(\d+)"/,
    (_, count: string) => `<dataValidations count="${Number(count) - 1}"`,
  );
}

function fillSheet(
  parts: Parts,
  path: string,
  {
    rows,
    snapshot,
    options,
    dateStyle,
    strings,
  }: {
    readonly rows: readonly FedrampRow[];
    readonly snapshot: Snapshot;
    readonly options: FedrampOptions;
    readonly dateStyle: string;
    readonly strings: readonly string[];
  },
): void {
  const sheet = readSheet(textOf(parts, path), strings);
  const layout = layoutOf(sheet);
  const kept = layout.kept.map((row) =>
    row.number === 3 ? coverRow(row, snapshot, { provider: options.provider, dateStyle }) : row.xml,
  );
  const written = rows.map((row, index) => dataRow(row, layout.firstRow + index, layout, dateStyle));
  const hasTextIds = rows.some(
    ({ cells: { sourceIdentifier } }) => sourceIdentifier !== undefined && 'text' in sourceIdentifier,
  );
  const after = fitRules(sheet.after, layout.firstRow + rows.length, hasTextIds);
  putText(
    parts,
    path,
    markPages(
      writeSheet({ ...sheet, after }, [...kept, ...written]),
      shownAbout(snapshot, options.snapshotId),
    ),
  );
}

/** The style of a date: that of the first free cell of the detection date, which the whole workbook shares. */
function dateStyleOf(sheet: Sheet): string {
  const { firstRow } = layoutOf(sheet);
  const row = sheet.rows.find(({ number }) => number === firstRow);
  return row?.cells.find(({ column }) => column === 11)?.style ?? '0';
}

function rowsOf(snapshot: Snapshot, options: FedrampOptions): { rows: FedrampRow[]; notes: ReportNote[] } {
  const today = snapshot.takenAt.slice(0, 10);
  const byPoam = Map.groupBy(snapshot.deviations, ({ poamId }) => poamId);
  const rows: FedrampRow[] = [];
  const notes: ReportNote[] = snapshot.poams.some(({ kev }) => kev === null)
    ? [{ code: 'catalogue_missing', subject: 'Binding Operational Directive 22-01 tracking' }]
    : [];
  for (const poam of snapshot.poams) {
    const deviations = byPoam.get(poam.poamId) ?? [];
    const row = fedrampRow(poam, deviations, today);
    if (row === undefined) notes.push({ code: 'left_out_status', subject: idOf(poam), detail: poam.status });
    else if (!(options.lateOnly && row.sheet === 'open' && isNotYetDue(poam, deviations, today))) {
      rows.push(row);
      notes.push(...row.notes);
    }
  }
  return { rows, notes };
}

const order: readonly FedrampSheet[] = ['open', 'closed', 'configuration'];

/** The workbook of a snapshot. */
export async function fedrampPoamWorkbook(snapshot: Snapshot, options: FedrampOptions): Promise<Rendered> {
  const parts = openParts(await readFile(template));
  const strings = sharedStringsOf(parts);
  const paths = sheetsOf(parts);
  const { rows, notes } = rowsOf(snapshot, options);
  const dateStyle = dateStyleOf(readSheet(textOf(parts, paths.get(fedrampSheets.open) ?? ''), strings));
  for (const name of order) {
    const of = rows.filter(({ sheet }) => sheet === name);
    fillSheet(parts, paths.get(fedrampSheets[name]) ?? '', {
      rows: of,
      snapshot,
      options,
      dateStyle,
      strings,
    });
  }
  dropCalculationOrder(parts);
  describeInCore(parts, snapshot, options.snapshotId);
  const system = (snapshot.boundaries.length === 1 ? snapshot.boundaries[0]?.systemId : undefined) ?? 'all';
  return {
    bytes: packParts(parts),
    fileName: `FedRAMP-POAM-${system.replaceAll(/[^\w-]+/g, '-')}-${snapshot.takenAt.slice(0, 10)}.xlsx`,
    mediaType: mediaTypes.xlsx,
    notes,
  };
}
