/** A workbook of our own: a sheet with its headers, wrapped texts and date cells. The same rows give the same bytes. */
import type { About } from '../shown-about.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { type CellValue, cellXml } from './cells.ts';
import { columnLetters } from '../../../platform/workbooks/index.ts';
import { escaped, packParts, type Parts, putText } from './package-parts.ts';
import { describeInCore, markPages } from './paper-of-workbook.ts';

export interface PlainSheet {
  readonly name: string;
  /** Lines above the headers, from row 1. */
  readonly above: readonly string[];
  /** 1-based. */
  readonly headerRow: number;
  readonly columns: readonly { readonly header: string; readonly width: number }[];
  readonly rows: readonly (readonly (CellValue | undefined)[])[];
}

const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const relations = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';

/** 0 plain, 1 text wrapped, 2 header, 3 day. */
const styles = `${head}<styleSheet xmlns="${main}"><numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/></numFmts><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><color rgb="FFFFFFFF"/><name val="Calibri"/></font></fonts><fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill><fill><patternFill patternType="solid"><fgColor rgb="FF1F3A5F"/></patternFill></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="4"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0" applyAlignment="1"><alignment vertical="top" wrapText="1"/></xf><xf numFmtId="0" fontId="1" fillId="2" borderId="0" xfId="0" applyFont="1" applyFill="1" applyAlignment="1"><alignment vertical="center" wrapText="1"/></xf><xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyAlignment="1"><alignment vertical="top"/></xf></cellXfs></styleSheet>`;

function sheetXml({ above, headerRow, columns, rows }: PlainSheet): string {
  const row = (
    number: number,
    values: readonly (CellValue | undefined)[],
    style: (value: CellValue) => string,
  ): string =>
    `<row r="${number}">${values.map((value, index) => (value === undefined ? '' : cellXml(value, { column: index + 1, row: number, style: style(value) }))).join('')}</row>`;
  const written = [
    ...above.map((text, index) => row(index + 1, [{ text }], () => '0')),
    row(
      headerRow,
      columns.map(({ header }) => ({ text: header })),
      () => '2',
    ),
    ...rows.map((values, index) =>
      row(headerRow + 1 + index, values, (value) => ('day' in value ? '3' : '1')),
    ),
  ];
  const widths = columns.map(
    ({ width }, index) => `<col min="${index + 1}" max="${index + 1}" width="${width}" customWidth="1"/>`,
  );
  const last = `${columnLetters(columns.length)}${headerRow + rows.length}`;
  return `${head}<worksheet xmlns="${main}" xmlns:r="${relations}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="${headerRow}" topLeftCell="A${headerRow + 1}" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><cols>${widths.join('')}</cols><sheetData>${written.join('')}</sheetData><autoFilter ref="A${headerRow}:${last}"/><pageMargins left="0.5" right="0.5" top="0.75" bottom="0.75" header="0.3" footer="0.3"/><pageSetup orientation="landscape"/></worksheet>`;
}

/** @returns the bytes of the workbook. */
export function plainWorkbook(
  sheets: readonly PlainSheet[],
  {
    snapshot,
    snapshotId,
    about,
  }: { readonly snapshot: Snapshot; readonly snapshotId: string; readonly about: About },
): Uint8Array {
  const parts: Parts = new Map();
  const type = 'application/vnd.openxmlformats-officedocument.spreadsheetml';
  const overrides = sheets.map(
    (_, index) =>
      `<Override PartName="/xl/worksheets/sheet${index + 1}.xml" ContentType="${type}.worksheet+xml"/>`,
  );
  putText(
    parts,
    '[Content_Types].xml',
    `${head}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${type}.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="${type}.styles+xml"/><Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>${overrides.join('')}</Types>`,
  );
  const relation = (id: number, kind: string, target: string): string =>
    `<Relationship Id="rId${id}" Type="${kind}" Target="${target}"/>`;
  const list = (items: readonly string[]): string =>
    `${head}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${items.join('')}</Relationships>`;
  putText(
    parts,
    '_rels/.rels',
    list([
      relation(1, `${relations}/officeDocument`, 'xl/workbook.xml'),
      relation(
        2,
        'http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties',
        'docProps/core.xml',
      ),
    ]),
  );
  putText(
    parts,
    'xl/workbook.xml',
    `${head}<workbook xmlns="${main}" xmlns:r="${relations}"><sheets>${sheets.map(({ name }, index) => `<sheet name="${escaped(name)}" sheetId="${index + 1}" r:id="rId${index + 1}"/>`).join('')}</sheets></workbook>`,
  );
  putText(
    parts,
    'xl/_rels/workbook.xml.rels',
    list([
      ...sheets.map((_, index) =>
        relation(index + 1, `${relations}/worksheet`, `worksheets/sheet${index + 1}.xml`),
      ),
      relation(sheets.length + 1, `${relations}/styles`, 'styles.xml'),
    ]),
  );
  putText(parts, 'xl/styles.xml', styles);
  for (const [index, sheet] of sheets.entries())
    putText(parts, `xl/worksheets/sheet${index + 1}.xml`, markPages(sheetXml(sheet), about));
  describeInCore(parts, snapshot, snapshotId);
  return packParts(parts);
}
