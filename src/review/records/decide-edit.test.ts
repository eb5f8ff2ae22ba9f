import { describe, expect, it } from 'vitest';
import { everywhere, nowhere } from '../../canonical/access/index.ts';
import type { JsonObject } from '../../platform/values/index.ts';
import { type AskedEdit, decideEdit, type EditedRecord } from './decide-edit.ts';

const poam = (row: JsonObject, life: EditedRecord['life'] = { milestones: 1, isVerified: false }) =>
  ({
    entity: 'poam',
    entityId: 'P-1',
    boundary: 'S-1',
    row: {
      weakness_description: 'OpenSSL is old',
      source_of_discovery: 'a scan',
      poc: 'A. Lee',
      resources_required: 'one person',
      risk_rating: 'High',
      scheduled_completion: '2026-12-01',
      ...row,
    },
    version: '1',
    sides: [],
    held: [],
    ...(life === undefined ? {} : { life }),
  }) as const satisfies EditedRecord;
const milestone = (row: JsonObject) =>
  ({ entity: 'milestone', entityId: '7', boundary: 'S-1', row, version: '1', sides: [], held: [] }) as const;

const asked = (changes: JsonObject, more: Partial<AskedEdit> = {}): AskedEdit => ({
  changes,
  version: undefined,
  reason: 'as agreed',
  approves: everywhere,
  today: '2026-11-26',
  ...more,
});
const faults = (record: EditedRecord, edit: AskedEdit): string[] => {
  const verdict = decideEdit(record, edit);
  return verdict.may ? [] : verdict.faults.map(({ field, message }) => `${field} ${message}`);
};

describe('an edit of a POA&M', () => {
  it.each([
    ['Open', 'Completed', 'complete it (tieline poams complete P-1'],
    ['Pending Verification', 'Completed', 'complete it (tieline poams complete P-1'],
    ['Open', 'Risk Accepted', 'ask for a deviation (tieline deviations request P-1'],
    ['Open', 'Operational Requirement', 'ask for a deviation'],
    ['Completed', 'Open', 'reopen it (tieline poams reopen P-1'],
    ['Risk Accepted', 'In Progress', 'reopen it'],
    ['Completed', 'Cancelled', 'cannot become Cancelled from Completed; it may become nothing else'],
    [
      'In Progress',
      'Open',
      'cannot become Open from In Progress; it may become Pending Verification, Cancelled',
    ],
  ])('does not make %s of it %s, whoever edits, and says what does', (from, to, remedy) => {
    const told = faults(poam({ status: from }), asked({ status: to }));
    expect(told).toEqual([expect.stringContaining(remedy) as string]);
    expect(told[0]).toMatch(/^status /);
  });

  it('starts work only on what has all that the state asks for, counting what the same edit sets', () => {
    const bare = poam({ status: 'Open', poc: null }, { milestones: 0, isVerified: false });
    expect(faults(bare, asked({ status: 'In Progress' })).map((each) => each.split(' ')[0])).toEqual([
      'poc',
      'milestones',
    ]);
    const named = poam({ status: 'Open', poc: null });
    expect(faults(named, asked({ status: 'In Progress', poc: 'B. May' }))).toEqual([]);
  });

  it('sets Pending Verification only where each finding is fixed with evidence', () => {
    const edit = asked({ status: 'Pending Verification' });
    expect(faults(poam({ status: 'Open' }), edit)).toEqual([expect.stringMatching(/^evidence /) as string]);
    expect(faults(poam({ status: 'Open' }, { milestones: 1, isVerified: true }), edit)).toEqual([]);
  });

  it('gives it up by the word of whoever may end POA&Ms, with a reason', () => {
    const edit = { status: 'Cancelled' };
    expect(faults(poam({ status: 'Open' }), asked(edit))).toEqual([]);
    expect(faults(poam({ status: 'Open' }), asked(edit, { approves: nowhere }))).toEqual([
      expect.stringContaining('needs the right to end POA&Ms') as string,
    ]);
    expect(faults(poam({ status: 'Open' }), asked(edit, { reason: undefined }))).toEqual([
      expect.stringMatching(/^reason /) as string,
    ]);
  });

  it('does not put a promised day off or empty it, whoever edits; nearer is free, and so is a draft', () => {
    const open = poam({ status: 'Open' });
    const later = asked({ scheduled_completion: '2026-12-02' });
    expect(faults(open, later)).toEqual([
      expect.stringContaining(
        'ask for an extension (tieline poams extend P-1 --to 2026-12-02 --reason "…")',
      ) as string,
    ]);
    expect(faults(open, asked({ scheduled_completion: null }))).toEqual([
      expect.stringContaining('cannot be emptied') as string,
    ]);
    expect(faults(open, asked({ scheduled_completion: '2026-11-30' }))).toEqual([]);
    expect(faults(poam({ status: 'Draft' }), later)).toEqual([]);
    expect(faults(poam({ status: 'Open', scheduled_completion: null }), later)).toEqual([]);
  });

  it('takes a status that is none of the states to one of them, where nothing is lacking', () => {
    expect(faults(poam({ status: 'paused' }), asked({ status: 'Open' }))).toEqual([]);
    expect(faults(poam({ status: 'paused' }), asked({ status: 'Completed' }))).toHaveLength(1);
  });
});

describe('an edit of a milestone', () => {
  it('is done on a day, which is not in the future', () => {
    const pending = milestone({ status: 'Pending', scheduled_completion: '2026-12-01' });
    expect(faults(pending, asked({ status: 'Completed' }))).toEqual([
      expect.stringContaining('tieline poams milestone done 7 --on') as string,
    ]);
    expect(faults(pending, asked({ status: 'Completed', actual_completion: '2026-11-27' }))).toEqual([
      'actual_completion is after today, 2026-11-26',
    ]);
    expect(faults(pending, asked({ status: 'Completed', actual_completion: '2026-11-26' }))).toEqual([]);
    expect(faults(milestone({ status: 'Completed' }), asked({ comments: 'x' }))).toEqual([]);
  });
});
