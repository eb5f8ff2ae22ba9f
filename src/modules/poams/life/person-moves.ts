/** What a person decided about a POA&M, carried out in the transaction of the decision: completed, opened again, extended. */
import { endRequest } from '../../../engine/approvals/index.ts';
import { byPerson, poamStandingOf } from '../../../canonical/vocabulary/index.ts';
import { markRecordsEdited } from '../../../ledger/links/index.ts';
import { recordChanges } from '../../../ledger/operations/index.ts';
import { TielineError } from '../../../platform/errors/index.ts';
import { keepPromise } from '../../due-dates/index.ts';
import { findingsUnder } from '../../../record/poams/index.ts';
import type { Tx } from '../../../platform/postgres/index.ts';
import { fetchRows, insertRows } from '../../../record/entities/index.ts';
import {
  dropEvidence,
  keepClosure,
  keepExtensionMilestone,
  keepFirstValues,
  settleQuestions,
} from '../../../record/poam-life/index.ts';
import { appended, changePoams, completeMilestones, type LifeSource } from './apply-life.ts';
import { afterEvent, stateOf, statusOf } from './poam-states.ts';

export interface PersonMove {
  readonly poamId: string;
  readonly by: string;
  /** Why, as they wrote it. */
  readonly reason: string;
  readonly now: Date;
}

const commentsOf = async (tx: Tx, poamId: string): Promise<string | null> => {
  const comments = (await fetchRows(tx.db, 'poam', [poamId])).get(poamId)?.row['comments'];
  return typeof comments === 'string' ? comments : null;
};

const day = (now: Date): string => now.toISOString().slice(0, 10);

/**
 * Completes a POA&M by the word of a person.
 * @param move.on YYYY-MM-DD. @param move.evidence the note of the evidence, where there is some: its milestones are completed by it too.
 */
export async function completeByPerson(
  tx: Tx,
  source: LifeSource,
  move: PersonMove & { readonly on: string; readonly evidence: string | undefined },
): Promise<void> {
  const { poamId, by, reason, on, evidence } = move;
  await refuseOpen(tx, poamId);
  const decidedBy = byPerson(by);
  const note = [`Completed by ${by} on ${on}: ${reason}`, evidence].filter(Boolean).join('\n');
  await changePoams(tx, source, [
    {
      poamId,
      fields: {
        status: statusOf.completed,
        actual_completion: on,
        comments: appended(await commentsOf(tx, poamId), note),
      },
      decidedBy,
      reason,
    },
  ]);
  if (evidence !== undefined) {
    await completeMilestones(tx, source, [{ poamId, on, note: evidence, decidedBy }]);
    await keepClosure(tx.db, move.now, [poamId]);
  }
  await settleQuestions(tx.db, [poamId], { by, settlement: 'completed' });
  await endRequestsOf(tx, [poamId], move.now);
}

/**
 * What was true when it was asked for may not be so when it is agreed.
 * @throws TielineError EDIT_REFUSED if a finding under it is open, or it is not worked on any more.
 */
async function refuseOpen(tx: Tx, poamId: string): Promise<void> {
  const status = (await fetchRows(tx.db, 'poam', [poamId])).get(poamId)?.row['status'];
  const state = stateOf(typeof status === 'string' ? status : null);
  const open = (await findingsUnder(tx.db, [poamId])).filter(
    ({ lifecycle, isFalsePositive, isInside }) =>
      isInside && (lifecycle === 'open' || lifecycle === 'reopened') && !isFalsePositive,
  );
  const fields = [
    ...(state === undefined || afterEvent(state, 'completed') === undefined
      ? [{ field: 'status', message: 'it is not worked on any more' }]
      : []),
    ...(open.length > 0 ? [{ field: 'findings', message: `${open.length} open under it by now` }] : []),
  ];
  if (fields.length > 0) throw new TielineError('EDIT_REFUSED', 'Nothing was changed.', { fields });
}

/** @throws TielineError EDIT_REFUSED if it is not worked on any more, bears another day by now, or the new one is past. */
async function refuseMoved(
  tx: Tx,
  {
    poamId,
    from,
    to,
    now,
  }: Pick<PersonMove, 'poamId' | 'now'> & { readonly from: string | null; readonly to: string },
): Promise<void> {
  const row = (await fetchRows(tx.db, 'poam', [poamId])).get(poamId)?.row;
  const [status, scheduled] = [row?.['status'], row?.['scheduled_completion']];
  const present = typeof scheduled === 'string' ? scheduled.slice(0, 10) : null;
  const fields = [
    ...(poamStandingOf(typeof status === 'string' ? status : null) === 'live'
      ? []
      : [{ field: 'status', message: 'it is not worked on any more' }]),
    ...(present === from
      ? []
      : [{ field: 'scheduled_completion', message: `is ${present ?? 'empty'} by now` }]),
    ...(to < day(now) ? [{ field: 'to', message: 'is past by now' }] : []),
  ];
  if (fields.length > 0) throw new TielineError('EDIT_REFUSED', 'Nothing was changed.', { fields });
}

/** What was asked for a POA&M that is over by now lapses. */
export async function endRequestsOf(tx: Tx, poamIds: readonly string[], now: Date): Promise<void> {
  for (const id of poamIds)
    for (const kind of ['extension', 'completion', 'due_date'] as const)
      await endRequest(tx.db, { kind, id }, { how: 'lapsed', at: now, code: 'request_over' });
}

/**
 * Pulls the promised date of a POA&M in to an earlier obligation, to which those who decide have agreed. The first promised day is kept beside. Where
 * the obligation was past by then, it is promised as soon as it can be: that it is later than obliged stands by their word.
 */
export async function pullInByPerson(
  tx: Tx,
  source: LifeSource,
  move: PersonMove & { readonly from: string | null; readonly to: string },
): Promise<void> {
  const { poamId, by, reason, from, to, now } = move;
  await refuseMoved(tx, move);
  if (from !== null) await keepFirstValues(tx.db, [{ poamId, originalCompletion: from }]);
  await changePoams(tx, source, [
    { poamId, fields: { scheduled_completion: to }, decidedBy: byPerson(by), reason },
  ]);
  await settleQuestions(tx.db, [poamId], { by, settlement: 'pulled_in' }, ['due_earlier']);
  await keepPromise(tx.db, source.operationId, { poamId, by, reason, now });
}

/** Opens a POA&M again by the word of a person. */
export async function reopenByPerson(tx: Tx, source: LifeSource, move: PersonMove): Promise<void> {
  const { poamId, by, reason, now } = move;
  await dropEvidence(tx.db, [poamId]);
  await changePoams(tx, source, [
    {
      poamId,
      fields: {
        status: statusOf.open,
        actual_completion: null,
        comments: appended(await commentsOf(tx, poamId), `Reopened by ${by} on ${day(now)}: ${reason}`),
      },
      decidedBy: byPerson(by),
      reason,
    },
  ]);
  await settleQuestions(tx.db, [poamId], { by, settlement: 'reopened' });
}

/**
 * Extends a POA&M to another day. The first promised day is kept beside; where its remote has approved it, a milestone beyond the day asks the
 * remote for the extension, as it wants to be asked, and the date follows its answer.
 */
export async function extendByPerson(
  tx: Tx,
  source: LifeSource,
  move: PersonMove & { readonly from: string | null; readonly to: string; readonly byMilestone: boolean },
): Promise<void> {
  const { poamId, by, reason, from, to, byMilestone } = move;
  await refuseMoved(tx, move);
  const decidedBy = byPerson(by);
  if (from !== null) await keepFirstValues(tx.db, [{ poamId, originalCompletion: from }]);
  const note = `Extended by ${by} on ${day(move.now)} from ${from ?? 'no date'} to ${to}: ${reason}`;
  await changePoams(tx, source, [
    {
      poamId,
      fields: {
        ...(byMilestone ? {} : { scheduled_completion: to }),
        comments: appended(await commentsOf(tx, poamId), note),
      },
      decidedBy,
      reason,
    },
  ]);
  if (byMilestone) {
    const milestone = {
      milestone_description: `Extension to ${to}: ${reason}`.slice(0, 2000),
      scheduled_completion: to,
      status: 'Pending',
    };
    const [id = ''] = await insertRows(tx.db, 'milestone', [
      { ...milestone, poam_id: poamId, created_at: 'now' },
    ]);
    await recordChanges(tx.db, source, [
      { entity: 'milestone', entityId: id, after: milestone, direction: 'internal', decidedBy, reason },
    ]);
    await markRecordsEdited(tx.db, { entity: 'poam', entityIds: [poamId] });
    await keepExtensionMilestone(tx.db, { poamId, milestoneId: Number(id) });
  }
  await settleQuestions(tx.db, [poamId], { by, settlement: 'extended' }, ['due_earlier']);
}
