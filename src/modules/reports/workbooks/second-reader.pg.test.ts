/** Filled workbooks as another reader sees them, cell by cell against what the POA&Ms say. Skipped, with a word, where openpyxl is not installed. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasOpenpyxl, readWithOpenpyxl, type SecondReading } from '../../../../test/support/read-workbook.ts';
import { type ReportWorld, reportWorld } from '../../../../test/support/report-world.ts';
import { everywhere } from '../../../canonical/access/index.ts';
import { openWorkbook } from '../../../platform/workbooks/index.ts';
import type { PoamFacts, Snapshot } from '../snapshot/snapshot.ts';
import { takeSnapshot } from '../snapshot/take.ts';
import { emassWorkbook } from './emass-workbook.ts';
import { fedrampPoamWorkbook } from './fedramp-workbook.ts';

let world: ReportWorld;
let snapshot: Snapshot;
beforeAll(async () => {
  world = await reportWorld();
  snapshot = await takeSnapshot(world.app, {
    kind: 'fedramp-poam',
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

type Cells = Readonly<Record<string, string>>;
const columnOf = (ref: string): string => ref.replace(/\d+$/, '');
const rowOf = (ref: string): number => Number(/\d+$/.exec(ref)?.[0] ?? 0);

/** Rows below the headers, by header. */
function rowsBelow(cells: Cells, headerRow: number): Record<string, string>[] {
  const headers = new Map(
    Object.entries(cells).flatMap(([ref, text]) =>
      rowOf(ref) === headerRow ? [[columnOf(ref), text] as const] : [],
    ),
  );
  const rows = new Map<number, Record<string, string>>();
  for (const [ref, text] of Object.entries(cells)) {
    const header = headers.get(columnOf(ref));
    if (rowOf(ref) <= headerRow || header === undefined) continue;
    rows.set(rowOf(ref), { ...rows.get(rowOf(ref)), [header]: text });
  }
  return [...rows].toSorted(([a], [b]) => a - b).map(([, row]) => row);
}

/** What our own reader sees, in the words of the other. */
async function ownReading(bytes: Uint8Array): Promise<Record<string, Record<string, string>>> {
  const { sheets } = await openWorkbook('book.xlsx', Buffer.from(bytes));
  const read: Record<string, Record<string, string>> = {};
  for (const sheet of sheets) {
    const cells: Record<string, string> = {};
    for await (const row of sheet.rows())
      for (const { ref, value } of row.cells)
        if (value.kind === 'text') cells[ref] = value.text;
        else if (value.kind === 'date') cells[ref] = value.day;
        else if (value.kind === 'number') cells[ref] = String(value.number);
    read[sheet.name] = cells;
  }
  return read;
}

/** Every text and day of ours is what the other reader reads there. */
function expectSame(own: Record<string, Record<string, string>>, second: SecondReading): void {
  const differing: string[] = [];
  let compared = 0;
  for (const [sheet, cells] of Object.entries(own))
    for (const [ref, text] of Object.entries(cells)) {
      if (text.trim() === '' || second.formulas.includes(`${sheet}!${ref}`)) continue;
      compared += 1;
      const theirs = second.sheets[sheet]?.[ref];
      if (theirs !== text) differing.push(`${sheet}!${ref}: ${text} / ${theirs ?? 'nothing'}`);
    }
  expect(compared).toBeGreaterThan(50);
  expect(differing).toEqual([]);
}

const poamOf = (id: string): PoamFacts => {
  const found = snapshot.poams.find(({ remoteId }) => remoteId === id);
  if (!found) throw new Error(`no ${id}`);
  return found;
};

describe.skipIf(!hasOpenpyxl)('to openpyxl', () => {
  it('the FedRAMP workbook says of each POA&M what the record says, and its formats, panes and widths are those of the template', async () => {
    const { bytes } = await fedrampPoamWorkbook(snapshot, {
      lateOnly: false,
      provider: 'CSP',
      snapshotId: 'a'.repeat(64),
    });
    const second = await readWithOpenpyxl(bytes);
    const rows = rowsBelow(second.sheets['Open POA&M Items'] ?? {}, 5).filter((row) =>
      /^V-\d+$/.test(row['POAM ID'] ?? ''),
    );
    expect(rows.map((row) => row['POAM ID'])).toEqual(['V-1', 'V-2']);
    for (const row of rows) {
      const poam = poamOf(row['POAM ID'] ?? '');
      expect(row).toMatchObject({
        Controls: poam.controls.join('\n'),
        'Weakness Name': poam.title,
        'Point of Contact': poam.contact,
        'Original Detection Date': poam.detectedOn,
        'Scheduled Completion Date': poam.firstScheduledOn ?? poam.scheduledOn,
      });
      expect(row['Overall Remediation Plan'] ?? null).toBe(poam.plan);
    }
    expectSame(await ownReading(bytes), second);
    const template = await readWithOpenpyxl(
      readFileSync(new URL('../published/fedramp-poam-v2.1.xlsx', import.meta.url)),
    );
    const withoutLists = ({ shape }: SecondReading) =>
      Object.fromEntries(Object.entries(shape).map(([name, { lists: _lists, ...each }]) => [name, each]));
    expect(withoutLists(second)).toEqual(withoutLists(template));
    // The rule by which ids would have to be numbers is taken out (fedramp-workbook.ts): one a sheet at most.
    for (const [name, { lists }] of Object.entries(template.shape))
      expect([lists, lists - 1]).toContain(second.shape[name]?.lists);
  });

  it('an eMASS workbook that is filled says of each POA&M what the record says, and has no formula', async () => {
    // The form to paste from, given as a workbook of one's own: a whole package, as a spreadsheet program writes it.
    const making = { snapshot, snapshotId: 'a'.repeat(64) };
    const plain = await emassWorkbook(making, undefined);
    const { bytes } = await emassWorkbook(making, plain.bytes);
    const second = await readWithOpenpyxl(bytes);
    const rows = rowsBelow(second.sheets['POA&M'] ?? {}, 7).filter(
      (row) => row['Control Vulnerability Description'] !== undefined,
    );
    expect(rows.length).toBeGreaterThan(2);
    const us = (day: string | null): string | undefined => day?.replace(/^(\d+)-(\d+)-(\d+)$/, '$2/$3/$1');
    for (const row of rows) {
      const poam = snapshot.poams.find(
        ({ description }) => description === row['Control Vulnerability Description'],
      );
      expect(row['Office/Org']).toBe(poam?.contact);
      expect(row['POA&M Scheduled Completion Date']).toBe(us(poam?.scheduledOn ?? null));
    }
    expect(second.formulas).toEqual([]);
    expectSame(await ownReading(bytes), second);
  });
});
