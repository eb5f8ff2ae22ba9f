import { describe, expect, it } from 'vitest';
import {
  dayWritten,
  type HeaderRow,
  poamFormats,
  readDatedText,
  readMilestoneChanges,
  readPlannedMilestones,
  recognizeSheet,
  severityWritten,
  writeMilestoneChanges,
  writePlannedMilestones,
} from './index.ts';

const rowOf = (texts: readonly string[], from = 1): HeaderRow =>
  new Map(texts.map((text, index) => [index + from, text]));

describe('a sheet', () => {
  it.each(poamFormats.map((format) => [format.name, format] as const))(
    'with the headers of %s is recognized as that, in another row, in other case and with columns added',
    (name, format) => {
      const headers = format.columns.map(({ header }) => ` ${header.toUpperCase()} `);
      const found = recognizeSheet(
        new Map([
          [1, rowOf(['***** MARKING *****'])],
          [9, rowOf([...headers, 'A column of our own'], 2)],
        ]),
      );
      expect(found).toMatchObject({ format: { name }, headerRow: 9, missing: [] });
      expect(found?.columns.get(2)?.header).toBe(format.columns[0]?.header);
      expect([...(found?.unknown.values() ?? [])]).toEqual(['A column of our own']);
    },
  );

  it('whose title repeats the first header takes the later column', () => {
    const first = poamFormats.find(({ name }) => name === 'rmf-import-1');
    const headers = first?.columns.map(({ header }) => header) ?? [];
    const found = recognizeSheet(new Map([[7, rowOf(['Control Vulnerability Description', ...headers])]]));
    expect(found?.format.name).toBe('rmf-import-1');
    expect(found?.columns.has(1)).toBe(false);
    expect(found?.columns.get(3)?.field).toBe('description');
  });

  it('of another kind is none', () => {
    expect(
      recognizeSheet(new Map([[1, rowOf(['Status', 'Comments', 'Severity', 'Owner'])]])),
    ).toBeUndefined();
  });
});

describe('milestones in a cell', () => {
  it('come back as they were written', () => {
    const milestones = [
      { number: 1, day: '2026-05-11', text: 'Patch tested\nin staging' },
      { number: 2, day: '2026-06-03', text: 'Patch deployed' },
    ];
    expect(readPlannedMilestones(writePlannedMilestones(milestones))).toEqual({ milestones, faulty: [] });
    const changes = [
      { number: 2, change: 'Update', day: '2026-06-18', text: 'Vendor is late' },
      { number: 3, change: 'New', day: '2026-06-20', text: 'Second site' },
    ] as const;
    expect(readMilestoneChanges(writeMilestoneChanges(changes))).toEqual({ changes, faulty: [] });
  });

  it('that are not as the form asks are named, and the others are read', () => {
    expect(
      readPlannedMilestones('(1) 2014/05/23: Good\r\n\r\n(2) soon: Bad\n\n(3) 2026-02-30: No such day'),
    ).toEqual({
      milestones: [{ number: 1, day: '2014-05-23', text: 'Good' }],
      faulty: ['(2) soon: Bad', '(3) 2026-02-30: No such day'],
    });
  });

  it('of the first forms have their day behind the text', () => {
    expect(readDatedText('Implement Procedure C 11/5/2018')).toEqual({
      text: 'Implement Procedure C',
      day: '2018-11-05',
    });
    expect(readDatedText('Completed 11/13/2018')).toEqual({ text: 'Completed', day: '2018-11-13' });
    expect(readDatedText('Ongoing')).toEqual({ text: 'Ongoing', day: undefined });
  });
});

it('a rating is read in any word of the formats', () => {
  expect(['Very High', 'Moderate', 'II', 'CAT I', 'critical', 'N/A'].map(severityWritten)).toEqual([
    'Critical',
    'Medium',
    'Medium',
    'High',
    'Critical',
    undefined,
  ]);
});

it('a day is read year first or month first, and none that the calendar lacks', () => {
  expect(['2026-1-5', '01/05/2026', '1/5/26', '13/40/2026'].map(dayWritten)).toEqual([
    '2026-01-05',
    '2026-01-05',
    '2026-01-05',
    undefined,
  ]);
});
