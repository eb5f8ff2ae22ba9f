/** The POA&M workbooks of eMASS, filled: what is said where, what is left as it was, what could not be said. */
import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ReportWorld, reportWorld } from '../../../../test/support/report-world.ts';
import { everywhere } from '../../../canonical/access/index.ts';
import { openWorkbook } from '../../../platform/workbooks/index.ts';
import { type MadeCell, madeWorkbook } from '../../../platform/workbooks/made-workbook.test-support.ts';
import { poamFormat, type PoamFormatName } from '../../poam-formats/index.ts';
import type { PoamFacts, Snapshot } from '../snapshot/snapshot.ts';
import { takeSnapshot } from '../snapshot/take.ts';
import { emassWorkbook } from './emass-workbook.ts';
import { openParts, textOf } from './package-parts.ts';

let world: ReportWorld;
let snapshot: Snapshot;
beforeAll(async () => {
  world = await reportWorld();
  snapshot = await takeSnapshot(world.app, {
    kind: 'emass-poam',
    parts: new Set(['poams', 'deviations'] as const),
    scope: everywhere,
    boundary: 'SYS-1',
    poamId: null,
    period: { from: '2026-11-01', to: '2026-11-27' },
    at: world.today,
    generator: 'Tieline 9.9',
    marking: 'CUI',
  });
});
afterAll(() => world[Symbol.asyncDispose]());

const making = (changes: (poam: PoamFacts) => Partial<PoamFacts> = () => ({})) => ({
  snapshot: { ...snapshot, poams: snapshot.poams.map((poam) => ({ ...poam, ...changes(poam) })) },
  snapshotId: 'a'.repeat(64),
});

/** Every cell of every sheet, by `Sheet!K12`. */
async function cellsOf(bytes: Uint8Array): Promise<Record<string, unknown>> {
  const { sheets } = await openWorkbook('book.xlsx', Buffer.from(bytes));
  const cells: Record<string, unknown> = {};
  for (const sheet of sheets)
    for await (const row of sheet.rows())
      for (const { ref, value } of row.cells)
        cells[`${sheet.name}!${ref}`] =
          value.kind === 'text' ? value.text : value.kind === 'date' ? value.day : Object.values(value)[1];
  return cells;
}

const template = (
  layout: PoamFormatName,
  rows: readonly (readonly MadeCell[])[],
  headerRow = 7,
  after: readonly MadeCell[][] = [],
) =>
  madeWorkbook({
    sheets: [
      {
        name: 'POA&M',
        rows: [
          ['***** CUI *****'],
          ...Array.from({ length: headerRow - 2 }, () => undefined),
          poamFormat(layout).columns.map(({ header }) => header),
          ...rows,
          ...after,
        ],
      },
    ],
  });
const rowOf = (layout: PoamFormatName, cells: Record<string, MadeCell>): MadeCell[] =>
  poamFormat(layout).columns.map(({ field }) => cells[field] ?? null);
const byHeader = (layout: PoamFormatName, cells: Record<string, unknown>, row: number) =>
  Object.fromEntries(
    poamFormat(layout).columns.flatMap(({ header }, index) => {
      const letters = index < 26 ? String.fromCharCode(65 + index) : `A${String.fromCharCode(39 + index)}`;
      const value = cells[`POA&M!${letters}${row}`];
      return value === undefined ? [] : [[header, value]];
    }),
  );

describe('an eMASS workbook that is filled', () => {
  it('has a row a milestone below the headers, with a blank id, days as eMASS writes them, and its list of what has no place', async () => {
    const { bytes, notes, fileName } = await emassWorkbook(making(), template('rmf-import-3', []));
    expect(fileName).toBe('eMASS-POAM-SYS-1-2026-11-27.xlsx');
    const cells = await cellsOf(bytes);
    expect(byHeader('rmf-import-3', cells, 8)).toMatchObject({
      'Control Vulnerability Description': 'Apache Log4j\nFound by a scan.',
      'Controls / APs': 'SI-2; RA-5',
      'Security Checks': '156032',
      'POA&M Status': 'Ongoing',
      'POA&M Scheduled Completion Date': '12/10/2026',
      'Milestone Description': 'Patch tested',
      'Milestone Status': 'Completed',
      'Milestone Completion Date': '11/19/2026',
      'Office/Org': 'Jo Doe',
      'Raw Severity': 'Very High',
      'Devices Affected': 'web-1.example.gov\nweb-2',
      Mitigations: '=HYPERLINK("http://x")',
    });
    expect(byHeader('rmf-import-3', cells, 8)['POA&M Item ID']).toBeUndefined();
    expect(byHeader('rmf-import-3', cells, 9)).toMatchObject({
      'Milestone Description': 'Patch deployed\n\non all',
      'Milestone Scheduled Completion Date': '12/09/2026',
    });
    expect(notes).toContainEqual({ code: 'left_out_status', subject: 'P-4', detail: 'Draft' });
    expect(notes).toContainEqual({ code: 'unsaid_field', subject: 'V-1', sheet: 'POA&M', field: 'CVEs' });
    expect(notes).toContainEqual({
      code: 'unsaid_field',
      subject: 'V-1',
      sheet: 'POA&M',
      field: 'Original Detection Date',
    });
  });

  it('of the first form bears days behind texts, categories, and what has no column there is listed', async () => {
    const { bytes, notes } = await emassWorkbook(making(), template('rmf-import-1', []));
    const cells = await cellsOf(bytes);
    expect(byHeader('rmf-import-1', cells, 8)).toMatchObject({
      'Raw Severity': 'I',
      Status: 'Ongoing',
      'Milestone with Completion Dates': 'Patch tested 11/20/2026',
    });
    const done = Object.entries(cells).filter(([, value]) => value === 'Completed 11/09/2026');
    expect(done).toHaveLength(1);
    expect(notes).toContainEqual({
      code: 'unsaid_field',
      subject: 'V-1',
      sheet: 'POA&M',
      field: 'Devices Affected',
    });
    expect(notes).toContainEqual({
      code: 'unsaid_field',
      subject: 'V-1',
      sheet: 'POA&M',
      field: 'Milestone Completion Date',
    });
  });

  it('that has the item already keeps its row: what differs is overwritten and listed by cell, what the record does not say is left, and milestones follow', async () => {
    const row = rowOf('rmf-import-3', {
      itemId: '901',
      description: 'Apache Log4j Found by a scan.',
      status: 'Ongoing',
      scheduledOn: '12/10/2026',
      comments: 'of eMASS',
      resources: 'Two people',
      milestoneText: 'Patch tested',
    });
    const other = rowOf('rmf-import-3', { itemId: '902', description: 'Not ours', status: 'Ongoing' });
    const marking: MadeCell[][] = [['***** CUI *****']];
    const inFile = { emass: { id: '901', beside: {} } };
    const { bytes, notes } = await emassWorkbook(
      making(({ poamId }) => (poamId === 'P-1' ? { inFiles: inFile } : {})),
      template('rmf-import-3', [row, other], 7, marking),
    );
    const cells = await cellsOf(bytes);
    expect(byHeader('rmf-import-3', cells, 8)).toMatchObject({
      'POA&M Item ID': '901',
      'Control Vulnerability Description': 'Apache Log4j Found by a scan.',
      Comments: '+1 & <b>',
      'Resources Required': 'Two people',
      'Milestone Status': 'Completed',
    });
    // Two further milestones moved what stood below.
    expect([9, 10].map((at) => byHeader('rmf-import-3', cells, at)['Milestone Description'])).toEqual([
      'Patch deployed\n\non all',
      'Rescan',
    ]);
    expect(byHeader('rmf-import-3', cells, 11)).toMatchObject({ 'POA&M Item ID': '902' });
    const last = Math.max(...Object.keys(cells).map((ref) => Number(/\d+$/.exec(ref)?.[0])));
    expect(cells[`POA&M!A${last}`]).toBe('***** CUI *****');
    expect(notes).toContainEqual({
      code: 'overwritten',
      subject: 'V-1',
      sheet: 'POA&M',
      cell: 'S8',
      field: 'Comments',
      detail: 'of eMASS → +1 & <b>',
    });
    expect(notes).toContainEqual({
      code: 'left_cell',
      subject: 'V-1',
      sheet: 'POA&M',
      cell: 'R8',
      field: 'Resources Required',
    });
    expect(notes).toContainEqual({ code: 'left_row', subject: '902', sheet: 'POA&M', cell: 'A11' });
  });

  it('writes back what an earlier file said and the record has no field for', async () => {
    const beside = { 'Threat Description': 'ADVERSARIAL', 'Our column': 'own' };
    const { bytes } = await emassWorkbook(
      making(() => ({ inFiles: { emass: { id: '901', beside } } })),
      template('rmf-import-3', []),
    );
    expect(byHeader('rmf-import-3', await cellsOf(bytes), 8)['Threat Description']).toBe('ADVERSARIAL');
  });

  it('cuts what is longer than eMASS takes, and says so; a word that its list does not have is named and not written', async () => {
    const { bytes, notes } = await emassWorkbook(
      making(({ poamId }) =>
        poamId === 'P-2' ? { comments: 'x'.repeat(2500), likelihood: 'Probable' } : {},
      ),
      template('rmf-import-3', []),
    );
    expect(Object.values(await cellsOf(bytes))).toContain('x'.repeat(2000));
    expect(notes).toContainEqual(
      expect.objectContaining({
        code: 'cut',
        subject: 'V-2',
        field: 'Comments',
        detail: '2500 characters, 2000 fit',
      }),
    );
    expect(notes).toContainEqual(
      expect.objectContaining({ code: 'no_choice', subject: 'V-2', field: 'Likelihood', detail: 'Probable' }),
    );
  });

  it('is refused where it is a FedRAMP workbook, no POA&M, or no workbook', async () => {
    const fedramp = readFileSync(new URL('../published/fedramp-poam-v2.1.xlsx', import.meta.url));
    const other = madeWorkbook({ sheets: [{ name: 'One', rows: [['Host', 'Owner']] }] });
    for (const [bytes, message] of [
      [fedramp, /FedRAMP workbook/],
      [other, /no sheet has the headers/],
      [Buffer.from('text'), /no workbook/],
    ] as const)
      await expect(emassWorkbook(making(), bytes)).rejects.toMatchObject({
        code: 'REPORT_INPUT_INVALID',
        message: expect.stringMatching(message) as string,
      });
  });

  it('without a file is the third form to paste from, and says so', async () => {
    const { bytes, notes } = await emassWorkbook(making(), undefined);
    expect(notes[0]).toEqual({ code: 'rows_to_paste', subject: 'POA&M' });
    const cells = await cellsOf(bytes);
    expect([cells['POA&M!B7'], cells['POA&M!AG7'], cells['POA&M!F8']]).toEqual([
      'POA&M Item ID',
      'Resulting Residual Risk after Proposed Mitigations',
      'Ongoing',
    ]);
  });
});

const samples = new URL('../../../../../shared/data/grc/', import.meta.url);
describe.skipIf(!existsSync(samples))(
  'workbooks as they are published (skipped where ../shared/data is absent)',
  () => {
    const names = [
      'emass-poam-import-22col-saf.xlsm',
      'emass-poam-26col-stig-manager-template.xlsx',
      'emass-poam-import-32col-made-up.xlsx',
      'emass-poam-system-export-made-up.xlsx',
      'mccast-poam-23col-stig-manager-template.xlsx',
    ];
    const bare = () => ({ snapshotId: 'a'.repeat(64), snapshot: { ...snapshot, poams: [], deviations: [] } });

    it.each(names)('%s is written back cell by cell, with every other part as it was', async (name) => {
      const input = readFileSync(new URL(name, samples));
      const { bytes } = await emassWorkbook(bare(), input);
      const isFilled = ([, value]: [string, unknown]): boolean => !String(value).startsWith('${');
      expect(Object.entries(await cellsOf(bytes))).toEqual(
        Object.entries(await cellsOf(input)).filter(isFilled),
      );
      const [made, given] = [openParts(bytes), openParts(input)];
      const sheets = [...given.keys()].filter((path) => path.startsWith('xl/worksheets/sheet'));
      const changed = sheets.filter((path) => textOf(made, path) !== textOf(given, path));
      expect(changed.length).toBeLessThanOrEqual(1);
      for (const path of [...given.keys()].filter((each) => !changed.includes(each)))
        expect([path, made.get(path)]).toEqual([path, given.get(path)]);
    });

    it.each(names)('%s is filled: what stood there stands there still, and our rows follow', async (name) => {
      const input = readFileSync(new URL(name, samples));
      const { bytes, notes } = await emassWorkbook(making(), input);
      const [before, after] = [await cellsOf(input), await cellsOf(bytes)];
      const filled = Object.entries(before).filter(([, value]) => !String(value).startsWith('${'));
      for (const [ref, value] of filled) expect([ref, after[ref]]).toEqual([ref, value]);
      expect(Object.values(after)).toContain('Apache Log4j\nFound by a scan.');
      expect(notes.filter(({ code }) => code === 'overwritten')).toEqual([]);
      const rules = (xml: string): unknown[] =>
        [...xml.matchAll(/<(?:x14:)?(?:dataValidation|conditionalFormatting|cfRule)\b/g)].map(([tag]) => tag);
      const sheets = [...openParts(input).keys()].filter((path) => path.startsWith('xl/worksheets/sheet'));
      for (const path of sheets)
        expect(rules(textOf(openParts(bytes), path))).toEqual(rules(textOf(openParts(input), path)));
    });
  },
);
