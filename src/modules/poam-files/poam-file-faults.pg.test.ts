/** What is wrong with workbooks is named by its cell; nothing is half-taken. */
import { describe, expect, it } from 'vitest';
import { everywhere } from '../../canonical/access/index.ts';
import { type Cells, item } from './fedramp-file.test-support.ts';
import { listPoamImports } from './index.ts';
import {
  database,
  fedramp,
  heldAt,
  now,
  plan,
  poams,
  query,
  take,
  setUpPoamFiles,
} from './poam-file-world.test-support.ts';

setUpPoamFiles();

describe('a workbook with faults', () => {
  it('holds only the rows with a text that is no date, a formula without a result, an error or an unknown word, each by its cell', async () => {
    const taken = await take(
      fedramp([
        item('V-1', { scheduledOn: 'around Easter' }),
        item('V-2', { detectedOn: { formula: 'TODAY()' } }),
        item('V-3', { comments: { xml: '<c r="REF" t="e"><v>#N/A</v></c>' } }),
        item('V-4', { rawSeverity: 'Terrible' }),
        item('V-5', { vendorDependency: 'Perhaps' }),
        item('V-6', { milestones: 'soon' }),
        item('V-7', { weaknessName: null, description: null }),
        item('V-8'),
      ]),
    );
    expect(heldAt(taken)).toEqual([
      'Open POA&M Items!L6 Scheduled Completion Date: "around Easter" is not a date',
      'Open POA&M Items!K7 Original Detection Date: the formula =TODAY() has no result in the file',
      'Open POA&M Items!Z8 Comments: the cell shows the error #N/A',
      'Open POA&M Items!S9 Original Risk Rating: "Terrible" is none of its words',
      'Open POA&M Items!P10 Vendor Dependency: "Perhaps" is none of its words',
      'Open POA&M Items!M11 Planned Milestones: "soon" is no entry of a milestone',
      'Open POA&M Items!A12 the item does not say what the weakness is',
    ]);
    expect(taken.heldRows.every(({ remedy }) => remedy !== '')).toBe(true);
    expect((await poams()).map(({ id }) => id)).toEqual(['V-8']);
    const messages = await query(
      `select e.error_message as message from ingestion_errors e join ingestion_batches b on b.batch_id = e.batch_id
        where b.external_system = $1 and b.batch_type = 'poam' order by e.id`,
      `fedramp ${now.boundary}`,
    );
    expect(messages).toHaveLength(7);
    expect(messages[0]?.['message']).toBe(
      'Open POA&M Items!L6: Scheduled Completion Date: "around Easter" is not a date. Enter a date, as a date cell or as MM/DD/YYYY; leave the cell empty where there is none.',
    );
  });

  it('takes days that are texts in a known form, or numbers in cells without a date format', async () => {
    await take(
      fedramp([
        item('V-1', { scheduledOn: '07/05/2026' }),
        item('V-2', { scheduledOn: '2026-07-05' }),
        item('V-3', { scheduledOn: 46_208 }),
      ]),
    );
    expect((await poams()).map(({ due }) => due)).toEqual(['2026-07-05', '2026-07-05', '2026-07-05']);
  });

  it('counts the days of a workbook of 1904 from 1904, and says so', async () => {
    const taken = await take(fedramp([item('V-1')], { is1904: true }));
    expect((await poams())[0]).toMatchObject({ due: '2026-07-05' });
    expect(taken.plan?.notes).toContain('The workbook counts its days from 1904; they were read so.');
  });

  it('holds both rows of an id that is there twice, on one sheet or two, and takes the others', async () => {
    const taken = await take(
      fedramp([item('V-1'), item('V-2'), item('v-1', { comments: 'other' }), item('V-4')], {
        closed: [item('V-2')],
      }),
    );
    expect(heldAt(taken)).toEqual(
      [
        'Open POA&M Items!A6 the id V-1 is there more than once (also at Open POA&M Items!A8)',
        'Open POA&M Items!A7 the id V-2 is there more than once (also at Closed POA&M Items!A7)',
        'Open POA&M Items!A8 the id v-1 is there more than once (also at Open POA&M Items!A6)',
        'Closed POA&M Items!A7 the id V-2 is there more than once (also at Open POA&M Items!A7)',
      ].map((line) => line.replaceAll('Closed POA&M Items!A7', 'Closed POA&M Items!A6')),
    );
    expect((await poams()).map(({ id }) => id)).toEqual(['V-4']);
  });

  it('passes blank rows, guidance and formulas of rows that nobody filled', async () => {
    const guidance = (id: string): Cells => ({ itemId: id, controls: 'words' });
    const blank: Cells = { scheduledOn: { formula: 'K9+30', result: 30 } };
    const taken = await take(
      fedramp([
        guidance('Unique identifier for each POA&M item'),
        guidance('Unique Identifier'),
        guidance('V-1Example'),
        {},
        item('V-1'),
        blank,
        item('V-2'),
      ]),
    );
    expect(taken.held).toBe(0);
    expect((await poams()).map(({ id }) => id)).toEqual(['V-1', 'V-2']);
  });

  it('gives a value merged over rows to each of them, and holds a row whose id is merged with another', async () => {
    const taken = await take(
      fedramp(
        [
          item('V-1'),
          item('V-2', { pointOfContact: null }),
          item('V-3'),
          { ...item('V-3'), itemId: null, comments: 'other' },
        ],
        {
          merges: ['H6:H7', 'A8:A9'],
        },
      ),
    );
    expect(heldAt(taken)).toEqual([
      'Open POA&M Items!A9 the id is merged over A8:A9: two different rows have it',
    ]);
    expect((await poams()).map(({ id, poc }) => [id, poc])).toEqual([
      ['V-1', 'Ann Lee'],
      ['V-2', 'Ann Lee'],
      ['V-3', 'Ann Lee'],
    ]);
  });

  it('is read as data where it carries macros', async () => {
    const taken = await take(fedramp([item('V-1')], { macros: true }));
    expect(taken).toMatchObject({
      state: 'imported',
      plan: { notes: ['The workbook carries macros. They were not run; only values were read.'] },
    });
  });

  it('keeps columns of its own as text, and changes nothing of columns that are not there', async () => {
    const header = (all: readonly string[]): string[] =>
      all.map((each) => (each === 'Comments' ? 'Our remarks' : each));
    const taken = await take(fedramp([item('V-1')], { header }));
    expect(taken.plan?.notes[0]).toContain('columns of its own, kept as text: Our remarks');
    expect((await poams())[0]).toMatchObject({ comments: null });
    expect(
      await query(
        `select r.beside ->> 'Our remarks' as remarks, r.place from poam_file_records r join external_systems s on s.id = r.external_system_id where s.system_name = $1`,
        `fedramp ${now.boundary}`,
      ),
    ).toEqual([{ remarks: 'none yet', place: 'Open POA&M Items!A6' }]);
  });

  it('is refused whole, and listed, where the id column has another header, no sheet is a POA&M, or it is a zip bomb', async () => {
    const renamed = (all: readonly string[]): string[] =>
      all.map((each) => (each === 'POAM ID' ? 'Nr' : each));
    const refusals: [Buffer, RegExp][] = [
      [
        fedramp([item('V-1')], { header: renamed }),
        /row 5 lacks the column "POAM ID"; headers that are not known: "Nr"/,
      ],
      [
        fedramp([], { sheets: [{ name: 'Inventory', rows: [['Host', 'Owner']] }] }),
        /no sheet has the headers .*Inventory \(row 1: Host, Owner, …\)/,
      ],
      [
        fedramp([], {
          parts: { 'xl/worksheets/sheet1.xml': `<worksheet><sheetData>${'<row/>'.repeat(3_500_000)}` },
        }),
        /zip bomb/,
      ],
      [Buffer.from('not a workbook'), /no workbook/],
      [Buffer.from('{"a": 1}'), /no OSCAL POA&M/],
    ];
    for (const [bytes, message] of refusals)
      await expect(plan(bytes, { name: `bad-${now.number}.xlsx` })).rejects.toThrow(message);
    const listed = (
      await listPoamImports(database.db, { scope: everywhere, principalId: undefined }, { limit: 100 })
    ).filter(({ file }) => file === `bad-${now.number}.xlsx`);
    expect(listed.map(({ state, problem }) => [state, problem !== null])).toEqual(
      refusals.map(() => ['refused', true]),
    );
    expect(await poams()).toEqual([]);
  });
});
