/** Workbooks of our own tables, as they are made by the command and read again. */
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandOver } from '../../../../test/support/command-over.ts';
import { type ReportWorld, reportWorld } from '../../../../test/support/report-world.ts';
import { makeScratchDirectory } from '../../../../test/support/scratch-directory.ts';
import { openWorkbook } from '../../../platform/workbooks/index.ts';
import { takeMetrics } from '../../metrics/index.ts';

let world: ReportWorld;
let folder: string;
beforeAll(async () => {
  world = await reportWorld();
  folder = await makeScratchDirectory();
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

/** By sheet its rows below the headers, each by header. */
async function made(template: string): Promise<Record<string, Record<string, unknown>[]>> {
  const { code, json } = await commandOver(world.app, ['reports', 'make', template, '--out', folder]);
  expect(code).toBe(0);
  const { fileName } = json as { fileName: string };
  const { sheets } = await openWorkbook(fileName, await readFile(join(folder, fileName)));
  const tables: Record<string, Record<string, unknown>[]> = {};
  for (const sheet of sheets) {
    const all = await Array.fromAsync(sheet.rows());
    const text = (cell: (typeof all)[number]['cells'][number]): unknown =>
      cell.value.kind === 'date' ? cell.value.day : Object.values(cell.value)[1];
    const headers = new Map(
      all.find(({ number }) => number === 7)?.cells.map((cell) => [cell.column, String(text(cell))]),
    );
    tables[sheet.name] = all
      .filter(({ number }) => number > 7)
      .map(({ cells }) =>
        Object.fromEntries(cells.map((cell) => [headers.get(cell.column) ?? '', text(cell)])),
      );
  }
  return tables;
}

describe('workbooks of tables', () => {
  it('the metrics pack has each metric with its value and its definition, and says why one has none', async () => {
    await takeMetrics(world.app);
    const { Values = [], Definitions = [] } = await made('metrics-pack');
    expect(Definitions.length).toBeGreaterThanOrEqual(34);
    const open = Values.filter(({ No }) => No === Definitions[0]?.['No']);
    expect(open.length).toBeGreaterThan(0);
    expect(
      Values.every((row) => typeof row['Value'] === 'number' || typeof row['Not known'] === 'string'),
    ).toBe(true);
    expect(Definitions.every(({ Definition }) => typeof Definition === 'string')).toBe(true);
  });

  it('exploited vulnerabilities, controls and agreement have a row each', async () => {
    await world.database.pool.query(
      `insert into plugin_cves (plugin_id, cve) values ('156032', 'CVE-2021-44228') on conflict do nothing`,
    );
    expect((await made('kev-workbook'))['Exploited']).toMatchObject([
      { CVE: 'CVE-2021-44228', Assets: 2, 'POA&Ms': 'P-1', 'Exposure unknown': 2 },
    ]);
    expect((await made('controls-workbook'))['Controls']?.map(({ Control }) => Control)).toEqual([
      'AC-3',
      'CM-6',
      'RA-5',
      'SI-2',
      'SI-2',
    ]);
    const { Agreement = [], Changes = [] } = await made('agreement-workbook');
    expect(Agreement.find((row) => row['POA&Ms'] === 'Known here only')).toMatchObject({ Number: 7 });
    expect(Changes).toContainEqual(expect.objectContaining({ Record: 'P-3', Field: 'status', By: 'Jo Doe' }));
  });
});
