/** Actions that give people work: findings assigned, tasks, scans asked for. */
import { z } from 'zod';
import type { TaskSubject } from '../../../canonical/vocabulary/index.ts';
import type { RecordKind } from '../../../canonical/workflow/index.ts';
import { changeRemediation } from '../../remediation/index.ts';
import { askForScan } from '../../scans/index.ts';
import { addTask, findSameTask } from '../../tasks/index.ts';
import type { Snapshot } from '../conditions/index.ts';
import type { ActionOutcome } from '../parts.ts';
import { type Acting, defineAction, done, nothingToDo, refused } from './define-action.ts';
import { listOpenFindings } from './findings.sql.ts';
import { assignee, dayIn, filled, filledWhole, inDays, picked, poamOf, template } from './inputs.ts';

const counted = (n: number, one: string): string => `${n} ${one}${n === 1 ? '' : 's'}`;

export const assign = defineAction({
  name: 'assign',
  title: 'give the open findings of the record to a person or team',
  inputs: z.strictObject({
    to: assignee,
    due_in_days: inDays.optional(),
    plan: template(2_000).optional(),
    only_unassigned: z.boolean().default(true).describe('leave alone what somebody works on already'),
  }),
  permission: 'remediation:write',
  appliesTo: ['finding', 'weakness', 'poam'],
  raises: [],
  undo: 'Assign them to somebody else, or to nobody: `tieline remediation assign`.',
  async carryOut({ app, scope, owner, now, reason }, record, inputs): Promise<ActionOutcome> {
    const to = filledWhole(inputs.to, record);
    if (to === undefined) return refused(`there is nobody to give them to: ${inputs.to} is empty`);
    const open = await listOpenFindings(app.db, record);
    if (open.length === 0) return nothingToDo('no finding of it is open');
    const keys = open
      .filter(({ isAssigned }) => !inputs.only_unassigned || !isAssigned)
      .map(({ key }) => key);
    if (keys.length === 0) return nothingToDo('somebody works on each of them already');
    const wish = {
      to,
      ...(inputs.due_in_days === undefined ? {} : { due: dayIn(now, inputs.due_in_days) }),
      ...(inputs.plan === undefined ? {} : { plan: filled(inputs.plan, record) }),
    };
    const made = await changeRemediation(app, scope, { selection: { keys }, wish, reason }, owner);
    if (made.changed === 0)
      return made.unseen > 0
        ? refused(`${to} does not see ${counted(made.unseen, 'finding')} of it`)
        : nothingToDo('they are theirs already');
    return done(
      `${counted(made.changed, 'finding')} given to ${to}`,
      keys.map((key) => ({ entity: 'finding', id: key, field: 'assigned_to', before: null, after: to })),
    );
  },
});

/** What a task about the record is about: tasks are about POA&Ms, systems, assets and findings. */
function subjectOf(record: Snapshot): { readonly kind: TaskSubject; readonly id: string } | undefined {
  const own: Partial<Record<RecordKind, TaskSubject>> = {
    poam: 'poam',
    asset: 'asset',
    finding: 'finding',
    system: 'system',
    scan: 'system',
  };
  const kind = own[record.kind];
  if (kind !== undefined) return { kind, id: record.id };
  const poam = poamOf(record);
  if (poam !== undefined) return { kind: 'poam', id: poam };
  return record.boundary === null ? undefined : { kind: 'system', id: record.boundary };
}

export const task = defineAction({
  name: 'task',
  title: 'give somebody a task about the record',
  inputs: z.strictObject({
    what: template(500),
    to: assignee.optional(),
    due_in_days: inDays.optional(),
    note: template(2_000).optional(),
  }),
  permission: 'task:write',
  appliesTo: ['finding', 'weakness', 'poam', 'deviation', 'asset', 'system', 'scan'],
  raises: [],
  undo: 'Say that it is done, with a note: `tieline tasks done`.',
  async carryOut({ app, scope, owner, now, reason }: Acting, record, inputs): Promise<ActionOutcome> {
    const about = subjectOf(record);
    if (!about)
      return refused(`${record.title} is in no boundary, and no POA&M answers it: nobody would see a task`);
    const what = filled(inputs.what, record);
    const same = await findSameTask(app.db, about, what);
    if (same !== undefined) return nothingToDo(`task ${same} says the same and is open`);
    // Who it names may be unknown here (a contact of the GRC system): whoever sees the record sees the task then.
    const to = inputs.to === undefined ? undefined : filledWhole(inputs.to, record);
    const made = await addTask(
      app,
      scope,
      {
        what,
        about,
        to: to ?? null,
        due: inputs.due_in_days === undefined ? null : dayIn(now, inputs.due_in_days),
        note: inputs.note === undefined ? reason : `${filled(inputs.note, record)}\n${reason}`,
      },
      owner,
    );
    const whose = to ?? 'whoever sees it';
    return done(`task ${made.id} for ${whose}: ${what}`, [
      {
        entity: 'task',
        id: String(made.id),
        field: null,
        before: null,
        after: { what, to: to ?? null, due: made.due },
      },
    ]);
  },
});

export const launchScan = defineAction({
  name: 'launch_scan',
  title: 'ask a scanner to look at the findings of the record again',
  inputs: z.strictObject({
    connection: z
      .string()
      .trim()
      .min(1)
      .max(100)
      .meta(picked('connection', 'the connection of the scanner, by name')),
  }),
  permission: 'scan:launch',
  appliesTo: ['finding', 'weakness', 'poam'],
  raises: [],
  undo: 'Stop the scan at its scanner; what it found stays.',
  async carryOut({ app, owner, reason }, record, { connection }): Promise<ActionOutcome> {
    const open = await listOpenFindings(app.db, record);
    if (open.length === 0) return nothingToDo('no finding of it is open');
    const wish = { findings: open.map(({ id }) => String(id)) };
    const asked = await askForScan(app, connection, wish, { by: owner.name, reason });
    if (asked.resumed) return nothingToDo(`scan ${asked.id} of the same is not over yet`);
    const waits = asked.plan.needsApproval ? '; it waits for approval' : '';
    return done(`scan ${asked.id} of ${counted(open.length, 'finding')} by ${connection}${waits}`, [
      {
        entity: 'remediation_scan',
        id: String(asked.id),
        field: null,
        before: null,
        after: { findings: open.length },
      },
    ]);
  },
});
