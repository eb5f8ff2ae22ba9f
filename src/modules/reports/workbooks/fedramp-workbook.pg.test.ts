import { execFileSync } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ReportWorld, reportWorld } from '../../../../test/support/report-world.ts';
import { makeScratchDirectory } from '../../../../test/support/scratch-directory.ts';
import { everywhere } from '../../../canonical/access/index.ts';
import { fedrampWorkbook, readMilestoneChanges, readPlannedMilestones } from '../../poam-formats/index.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { takeSnapshot } from '../snapshot/take.ts';
import { fedrampPoamWorkbook } from './fedramp-workbook.ts';
import { openParts, readSheet, sharedStringsOf, sheetsOf, textOf } from './package-parts.ts';

let world: ReportWorld;
let snapshot: Snapshot;
let folder: string;
beforeAll(async () => {
  world = await reportWorld();
  folder = await makeScratchDirectory();
  snapshot = await takeSnapshot(world.app, {
    kind: 'fedramp-poam',
    parts: new Set(['poams', 'deviations'] as const),
    scope: everywhere,
    boundary: 'SYS-1',
    poamId: null,
    period: {
      from: '2026-11-01',
      to: '2026-11-27',
    },
    at: world.today,
    generator: 'Tieline 9.9',
    marking: 'CUI & TEST',
  });
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

const options = { lateOnly: false, provider: '=Example CSP', snapshotId: 'a'.repeat(64) };
/** Cells of a sheet by its headers: what a reader of ours sees. */
function rowsOf(bytes: Uint8Array, name: string): Record<string, string>[] {
  const parts = openParts(bytes);
  const sheet = readSheet(textOf(parts, sheetsOf(parts).get(name) ?? ''), sharedStringsOf(parts));
  const headers = new Map(
    sheet.rows.find(({ number }) => number === 5)?.cells.map(({ column, text }) => [column, text]),
  );
  return sheet.rows
    .filter(({ number }) => number > 5)
    .map(({ cells }) =>
      Object.fromEntries(cells.map(({ column, text }) => [headers.get(column) ?? String(column), text])),
    )
    .filter((row) => /^(V-\d+|P-\d+)$/.test(row['POAM ID'] ?? ''));
}

describe('the FedRAMP workbook', () => {
  it('has each POA&M on the sheet where FedRAMP wants it, below the guidance that is kept', async () => {
    const { bytes, notes, fileName } = await fedrampPoamWorkbook(snapshot, options);
    expect(fileName).toBe('FedRAMP-POAM-SYS-1-2026-11-27.xlsx');
    const idsOf = (name: string) => rowsOf(bytes, name).map((row) => row['POAM ID']);
    expect(idsOf('Open POA&M Items')).toEqual(['V-1', 'V-2']);
    expect(idsOf('Closed POA&M Items')).toEqual(['V-3', 'V-6']);
    expect(idsOf('Configuration Findings')).toEqual(['V-5']);
    expect(notes).toContainEqual({ code: 'left_out_status', subject: 'P-4', detail: 'Draft' });
    expect(notes).toContainEqual({ code: 'left_out_milestone', subject: 'V-2', detail: '1' });
    const parts = openParts(bytes);
    const open = readSheet(textOf(parts, 'xl/worksheets/sheet1.xml'), sharedStringsOf(parts));
    expect(open.rows.slice(5, 8).map(({ cells }) => cells[0]?.text)).toEqual([
      'Unique identifier for each POAM Item',
      'Unique Identifier',
      'V-1Example',
    ]);
    expect(open.rows[8]?.cells[0]?.text).toBe('V-1');
  });

  it('says of each what its columns are for; what begins like a formula is text, dates are date cells and never a formula', async () => {
    const { bytes } = await fedrampPoamWorkbook(snapshot, options);
    const [first, second] = rowsOf(bytes, 'Open POA&M Items');
    expect(first).toMatchObject({
      Controls: 'SI-2\nRA-5',
      'Weakness Name': 'Apache Log4j',
      'Weakness Source Identifier': '156032',
      'Asset Identifier': 'web-1.example.gov (443/TCP)\nweb-2',
      'Overall Remediation Plan': '=HYPERLINK("http://x")',
      Comments: '+1 & <b>',
      'Original Detection Date': '46327',
      'Scheduled Completion Date': '46366',
      'Original Risk Rating': 'High',
      'Adjusted Risk Rating': 'Moderate',
      'Risk Adjustment': 'Pending',
      'False Positive': 'No',
      'Deviation Rationale': 'Risk Adjustment : @behind the WAF',
      'Vendor Dependency': 'No',
      'Binding Operational Directive 22-01 tracking': 'Yes',
      'Binding Operational Directive 22-01 Due Date': '44554',
      CVE: 'CVE-2021-44228',
    });
    expect(second).toMatchObject({
      'Vendor Dependency': 'Yes',
      'Vendor Dependent Product Name': 'OpenSSH',
      'Last Vendor Check-in Date': '46338',
      'Adjusted Risk Rating': 'N/A',
      'Binding Operational Directive 22-01 tracking': 'No',
    });
    const sheet = textOf(openParts(bytes), 'xl/worksheets/sheet1.xml');
    const data = sheet.slice(sheet.indexOf('<row r="9"'), sheet.indexOf('</sheetData>'));
    expect(data).not.toContain('<f>');
    expect(data.match(/<c r="K9" s="(\d+)"><v>46327/)?.[1]).toBe(
      data.match(/<c r="Q10" s="(\d+)"><v>46338/)?.[1],
    );
  });

  it('keeps the days on which milestones were first planned, and tells what changed since, in the form that FedRAMP wants', async () => {
    const { bytes } = await fedrampPoamWorkbook(snapshot, options);
    const [first] = rowsOf(bytes, 'Open POA&M Items');
    expect(readPlannedMilestones(first?.['Planned Milestones'] ?? '')).toEqual({
      milestones: [
        { number: 1, day: '2026-11-20', text: 'Patch tested' },
        { number: 2, day: '2026-12-01', text: 'Patch deployed\non all' },
      ],
      faulty: [],
    });
    expect(readMilestoneChanges(first?.['Milestone Changes'] ?? '')).toEqual({
      changes: [
        { number: 1, change: 'Complete', day: '2026-11-19', text: 'Patch tested' },
        { number: 2, change: 'Update', day: '2026-12-09', text: 'change freeze' },
        { number: 3, change: 'New', day: '2026-12-10', text: 'Rescan' },
      ],
      faulty: [],
    });
  });

  it('of a monthly submission leaves out what is not late, but nothing with a deviation', async () => {
    const late = async (today: string) => {
      const { bytes } = await fedrampPoamWorkbook(
        { ...snapshot, takenAt: `${today}T09:00:00.000Z` },
        { ...options, lateOnly: true },
      );
      return rowsOf(bytes, 'Open POA&M Items').map((row) => row['POAM ID']);
    };
    expect(await late('2026-11-27')).toEqual(['V-1', 'V-2']);
    const bare = { ...snapshot, deviations: [] };
    const { bytes } = await fedrampPoamWorkbook(bare, { ...options, lateOnly: true });
    expect(rowsOf(bytes, 'Open POA&M Items')).toEqual([]);
  });

  it('is the template but for its cells: lists, conditional formats, merges, freeze and widths are as they were', async () => {
    const { bytes } = await fedrampPoamWorkbook(snapshot, options);
    const [made, template] = [
      openParts(bytes),
      openParts(await readFile(new URL('../published/fedramp-poam-v2.1.xlsx', import.meta.url))),
    ];
    expect([...made.keys()]).toEqual([...template.keys()]);
    for (const path of ['xl/styles.xml', 'xl/sharedStrings.xml', 'xl/worksheets/sheet4.xml'])
      expect(textOf(made, path)).toBe(textOf(template, path));
    for (const n of [1, 2]) {
      const around = (xml: string) =>
        xml.replace(/<sheetData>[\s\S]*<\/sheetData>/, '').replace(/<headerFooter>.*<\/headerFooter>/, '');
      const path = `xl/worksheets/sheet${n}.xml`;
      expect(around(textOf(made, path))).toBe(around(textOf(template, path)));
      expect(textOf(made, path)).toContain('&amp;CCUI &amp;&amp; TEST');
      expect(textOf(made, path)).toContain('Page &amp;P of &amp;N');
    }
    // Text ids offend the rule for numbers: it goes, and only there.
    expect(textOf(made, 'xl/worksheets/sheet3.xml')).not.toContain('type="decimal"');
    expect(textOf(made, 'xl/worksheets/sheet1.xml')).toContain('type="decimal"');
    expect(textOf(made, 'xl/workbook.xml')).not.toContain('/Users/');
  });

  const hasOpenpyxl = (() => {
    try {
      execFileSync('/usr/bin/python3', ['-c', 'import openpyxl'], { stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  })();
  it.skipIf(!hasOpenpyxl)(
    'is read by openpyxl, with its dates as dates (skipped where python3-openpyxl is not installed)',
    async () => {
      const { bytes } = await fedrampPoamWorkbook(snapshot, options);
      const path = join(folder, 'fedramp.xlsx');
      await writeFile(path, bytes);
      const script = `import openpyxl, json, sys
book = openpyxl.load_workbook(sys.argv[1])
sheet = book['Open POA&M Items']
print(json.dumps([[sheet['K9'].value.isoformat(), sheet['O9'].is_date, sheet['J9'].value, sheet['J9'].data_type, sheet['A3'].value, sheet['A3'].data_type],
                  [sheet.freeze_panes, len(sheet.data_validations.dataValidation), len(list(sheet.conditional_formatting)), book['Closed POA&M Items']['O6'].value.isoformat(), sheet.max_row]]))`;
      const said = JSON.parse(
        execFileSync('/usr/bin/python3', ['-c', script, path], { encoding: 'utf8' }),
      ) as unknown;
      expect(said).toEqual([
        ['2026-11-01T00:00:00', true, '=HYPERLINK("http://x")', 's', '=Example CSP', 's'],
        ['A6', 9, 4, '2026-11-09T00:00:00', 10],
      ]);
    },
  );

  it('has a column of data for each header of the definition that imports read by', async () => {
    const { bytes } = await fedrampPoamWorkbook(snapshot, options);
    const [first] = rowsOf(bytes, 'Open POA&M Items');
    expect(Object.keys(first ?? {})).toEqual(fedrampWorkbook.columns.map(({ header }) => header));
  });
});
