/** Milestones of an item: many in one cell (`(1) 2026-03-01: text`), or one a row with columns of its own. Pure. */
import type { Json, JsonObject } from '../../platform/values/index.ts';
import { readDatedText, readMilestoneChanges, readPlannedMilestones } from '../poam-formats/index.ts';
import type { FileMilestone } from './poam-file.ts';
import { textOf } from './read-cells.ts';
import type { ItemReading } from './item-reading.ts';
import type { RawItem, RawRow, ReadCell } from './read-sheet.ts';

const asWritten =
  'Write each entry as (1) 2026-03-31: what is to be done, and changes as (1) Update 2026-04-30 : why; entries apart by an empty line.';

export function readMilestones(reading: ItemReading, item: RawItem): FileMilestone[] {
  const [first] = item.rows;
  const numbered = first?.cells.find(({ column }) => column.field === 'milestones' && !column.perMilestone);
  const changes = first?.cells.find(
    ({ column }) => column.field === 'milestoneChanges' && !column.perMilestone,
  );
  return numbered || changes
    ? fromCells(reading, item.id, numbered, changes)
    : item.rows.flatMap((row, index) => fromRow(reading, item.id, row, index + 1));
}

interface Draft {
  text: string;
  day: string;
  completed: string | null;
  changes: string[];
}

/** Planned entries never change; the latest change of a number says when it is due now, or when it was done. */
function fromCells(
  reading: ItemReading,
  id: string,
  plannedCell: ReadCell | undefined,
  changesCell: ReadCell | undefined,
): FileMilestone[] {
  const planned = readPlannedMilestones((plannedCell && reading.text(plannedCell)) ?? '');
  const changed = readMilestoneChanges((changesCell && reading.text(changesCell)) ?? '');
  for (const [cell, faulty] of [
    [plannedCell, planned.faulty],
    [changesCell, changed.faulty],
  ] as const)
    for (const entry of faulty)
      reading.hold(
        cell?.ref ?? '',
        `${cell?.column.header ?? ''}: "${entry.slice(0, 60)}" is no entry of a milestone`,
        asWritten,
      );
  const drafts = new Map<number, Draft>(
    planned.milestones.map(({ number, day, text }) => [
      number,
      { text, day: day ?? '', completed: null, changes: [] },
    ]),
  );
  for (const { number, change, day, text } of changed.changes) {
    const draft = drafts.get(number) ?? { text, day: day ?? '', completed: null, changes: [] };
    drafts.set(number, draft);
    if (change === 'Complete') draft.completed = day;
    else if (day !== null) draft.day = day;
    draft.changes.push(`${change} ${day ?? ''}: ${text}`);
  }
  return [...drafts].map(([number, { text, day, completed, changes }]) =>
    milestone(id, String(number), {
      description: text,
      scheduled_completion: day === '' ? null : day,
      actual_completion: completed,
      status: completed === null ? 'Pending' : 'Completed',
      ...(changes.length === 0 ? {} : { changes: changes.join('\n') }),
    }),
  );
}

const milestone = (id: string, own: string, raw: JsonObject): FileMilestone => ({
  id: `${id}/${own}`.slice(0, 100),
  raw: { ...raw, id: `${id}/${own}`.slice(0, 100), poam: id },
});

function fromRow(reading: ItemReading, id: string, row: RawRow, place: number): FileMilestone[] {
  const cell = (field: string): ReadCell | undefined =>
    row.cells.find(({ column }) => column.field === field);
  const said = (field: string): string | undefined => {
    const found = cell(field);
    const text = found && reading.text(found);
    return text === '-' ? undefined : text;
  };
  const day = (field: string): Json | undefined => {
    const found = cell(field);
    return found && textOf(found.value) !== '-' ? reading.day(found) : undefined;
  };
  // In the first forms the day follows the text.
  const dated = said('milestones');
  const read = dated === undefined ? undefined : readDatedText(dated);
  const description = said('milestoneText') ?? read?.text;
  if (description === undefined) return [];
  const completed = day('milestoneCompletedOn');
  const status = said('milestoneStatus');
  const isDone = /^complete/i.test(status ?? '') || (status === undefined && Boolean(completed));
  return [
    milestone(id, said('milestoneId') ?? String(place), {
      description,
      scheduled_completion: day('milestoneScheduledOn') ?? read?.day ?? null,
      ...(completed === undefined ? {} : { actual_completion: completed }),
      status: isDone ? 'Completed' : 'Pending',
      ...(said('milestoneComments') === undefined ? {} : { comments: said('milestoneComments') ?? null }),
      ...(said('milestoneChanges') === undefined ? {} : { changes: said('milestoneChanges') ?? null }),
    }),
  ];
}
