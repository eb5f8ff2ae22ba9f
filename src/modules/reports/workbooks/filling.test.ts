/** Which row of a user's workbook is which item, and what follows rows that move. Pure. */
import { describe, expect, it } from 'vitest';
import type { RawItem } from '../../poam-files/index.ts';
import { poamFormat } from '../../poam-formats/index.ts';
import type { EmassItem } from './emass-rows.ts';
import { matched } from './emass-workbook.ts';
import { moveRanges } from './sheet-rows.ts';

const description = poamFormat('rmf-import-3').columns.find(({ field }) => field === 'description');
const raw = (row: number, id: string, text: string): RawItem =>
  ({
    id,
    idCell: `A${row}`,
    rows: [
      {
        number: row,
        beside: {},
        cells: [{ column: description, value: { kind: 'text', text }, ref: `B${row}` }],
      },
    ],
  }) as unknown as RawItem; // what matching reads
const item = (id: string | undefined, text: string): EmassItem =>
  ({ id, poam: { description: text } }) as unknown as EmassItem; // likewise

const namesOf = (raws: readonly RawItem[], items: readonly EmassItem[]) => {
  const pairs = matched(raws, items, false);
  return raws.map((each) => {
    const found = pairs.get(each);
    return found === undefined ? null : items.indexOf(found);
  });
};

describe('rows of an eMASS workbook', () => {
  it('of the same words take the items in order, so that none is appended a second time', () => {
    const items = [item(undefined, 'Old OpenSSH'), item(undefined, 'Old  openssh')];
    expect(namesOf([raw(8, '', 'Old OpenSSH'), raw(9, '', 'Old OpenSSH')], items)).toEqual([0, 1]);
  });

  it('with an id that eMASS gave and the record does not know yet are known by their words', () => {
    expect(namesOf([raw(8, '4711', 'Old OpenSSH')], [item(undefined, 'Old OpenSSH')])).toEqual([0]);
  });

  it('are known by their id first, wherever they stand, and an item of another id is never taken by words', () => {
    const items = [item('1', 'Same'), item('2', 'Same')];
    expect(namesOf([raw(8, '', 'Same'), raw(9, '1', 'Same')], items)).toEqual([1, 0]);
    expect(namesOf([raw(8, '3', 'Same')], items)).toEqual([null]);
  });
});

it('a list or format of a single cell moves with its row; one of the headers stays', () => {
  const filled = {
    rows: [],
    lastRow: 12,
    numberOf: (row: number) => (row >= 9 ? row + 2 : row),
    losing: [],
    appended: [],
    inserted: new Map<number, readonly number[]>(),
  };
  const after =
    '<conditionalFormatting sqref="C10 A3 B8:B10"/><x14:sqref>$D$9</x14:sqref><xm:sqref>D9</xm:sqref>';
  expect(moveRanges(after, filled, { firstData: 8, sampleRow: undefined })).toBe(
    '<conditionalFormatting sqref="C12 A3 B8:B12"/><x14:sqref>D11</x14:sqref><xm:sqref>D11</xm:sqref>',
  );
});
