/**
 * A step that asks people. The question is a request like any other (engine/approvals): it waits in the inbox, is decided by roles level by level,
 * and neither the owner of the workflow nor whoever started the run decides it. The answer is read here, from the request, whichever way it came.
 */
import type { ApprovalStep } from '../../../canonical/workflow/index.ts';
import type { Kysely } from 'kysely';
import {
  endOverdueRequest,
  endRequest,
  listRequests,
  lockOverdueRequest,
  recordRequestEnd,
  requestApproval,
  type RequestRow,
  rolesText,
  turnOf,
} from '../../../engine/approvals/index.ts';
import { withDecision } from '../../../ledger/operations/index.ts';
import type { Database } from '../../../platform/postgres/index.ts';
import type { Snapshot } from '../parts.ts';
import { remindDeciders } from './remind.ts';
import { recordGone, snapshotOfRun } from './read-condition.ts';
import type { StepResult, Working } from './step-result.ts';
import type { Why } from './trace-words.ts';

const dayMs = 86_400_000;
const daysAfter = (from: Date, days: number): Date => new Date(from.getTime() + days * dayMs);

const subjectOf = ({ run }: Working, step: ApprovalStep) =>
  ({ kind: 'workflow_step', id: `${run.executionId}/${step.id}` }) as const;

export async function approvalStep(working: Working, step: ApprovalStep): Promise<StepResult> {
  const snapshot = await snapshotOfRun(working);
  if (!snapshot) return { is: 'failed', why: recordGone };
  if (working.run.mode === 'simulate')
    return {
      is: 'done',
      told: [
        {
          outcome: 'would_ask',
          why: { code: 'asked_for', params: { ask: step.approve.ask, who: whoOf(step) } },
        },
      ],
    };
  const [request] = await listRequests(working.app.db, { subject: subjectOf(working, step) }, 1);
  return request ? answered(working, step, request) : ask(working, step, snapshot);
}

const whoOf = (step: ApprovalStep): string =>
  step.approve.levels

    .map(({ who, quorum }) => rolesText({ level: { roles: who, needs: quorum }, left: who }))
    .join(', then ');

async function ask(working: Working, step: ApprovalStep, snapshot: Snapshot): Promise<StepResult> {
  const { app, run, owner, at } = working;
  const { approve } = step;
  const expiresAt = daysAfter(run.stepSince, approve.expireDays);
  await requestApproval(app.db, {
    subject: subjectOf(working, step),
    boundary: snapshot.boundary,
    severity: null,
    action: approve.ask,
    rationale: `The workflow ${run.workflow} asks, in its step ${step.id}, about ${snapshot.title}.`,
    lines: [{ field: snapshot.kind, after: `${snapshot.title} (${snapshot.id})` }],
    // Who started the run by hand asks; else who owns the workflow. Neither decides.
    by:
      run.startedBy === null
        ? owner
        : { name: run.startedBy, principalId: run.startedByPrincipal ?? run.startedBy },
    now: at,
    asks: {
      levels: approve.levels.map(({ who, quorum }) => ({ roles: who, needs: quorum })),
      expiresAt,
      executionId: run.executionId,
      barred: [owner.name, owner.principalId],
    },
  });
  const why: Why = { code: 'asked_for', params: { ask: approve.ask, who: whoOf(step) } };
  return {
    is: 'waits',
    for: 'people',
    wakeAt: nextLook(working, step, 0),
    told: [{ outcome: 'asked', why }],
    noted: 0,
  };
}

/** When to look again at a question after so many reminders: the next reminder, else its end. */
function nextLook({ run }: Working, { approve }: ApprovalStep, reminded: number): Date {
  const days = approve.remindDays.toSorted((one, other) => one - other)[reminded];
  const end = daysAfter(run.stepSince, approve.expireDays);
  const next = days === undefined ? end : daysAfter(run.stepSince, days);
  return next < end ? next : end;
}

const refused = (step: ApprovalStep, outcome: 'rejected' | 'expired', why: Why, by?: string): StepResult => {
  const told = [{ outcome, why, ...(by === undefined ? {} : { by }) }];
  const to = step.onRefused?.[0]?.id;
  return to === undefined ? { is: 'ends', told } : { is: 'done', told, to };
};

/** What the request says now. */
async function answered(working: Working, step: ApprovalStep, request: RequestRow): Promise<StepResult> {
  const { status, decidedBy } = request;
  const by = decidedBy ?? undefined;
  if (status === 'approved')
    return {
      is: 'done',
      told: [
        {
          outcome: 'approved',
          why: { code: 'by_person', params: { by: decidedBy } },
          ...(by === undefined ? {} : { by }),
        },
      ],
    };
  if (status === 'rejected')
    return refused(step, 'rejected', { code: 'by_person', params: { by: decidedBy } }, by);
  if (status === 'withdrawn') return refused(step, 'expired', { code: 'withdrawn' });
  if (status === 'expired') return refused(step, 'expired', { code: 'expired' });
  return stillAsking(working, step, request);
}

async function stillAsking(working: Working, step: ApprovalStep, request: RequestRow): Promise<StepResult> {
  const { app, run, at } = working;
  if (request.expiresAt !== null && request.expiresAt <= at && (await expire(working, request)))
    return refused(step, 'expired', { code: 'expired' });
  const due = step.approve.remindDays.filter((days) => daysAfter(run.stepSince, days) <= at).length;
  const waits = { is: 'waits', for: 'people', wakeAt: nextLook(working, step, due), noted: due } as const;
  if (due <= run.reminded) return { ...waits, told: [] };
  const isLast = due === step.approve.remindDays.length;
  const turn = turnOf(request)?.left ?? [];
  const told = await remindDeciders(app, {
    request,
    roles: [...new Set([...turn, ...(isLast ? (step.approve.escalateTo ?? []) : [])])],
    workflow: run.workflow,
    key: `${run.executionId}/${step.id}/${due}`,
  });
  return { ...waits, told: [{ outcome: 'reminded', why: told }] };
}

/** Ends a question that nobody decided in time, under the same lock as its deciders take. @returns false where one of them was first. */
async function expire({ app, at }: Working, { approvalId }: RequestRow): Promise<boolean> {
  const request = await lockOverdueRequest(app.db, approvalId, at);
  if (!request) return false;
  await withDecision(
    app.db,
    { system: 'tieline', step: 'end a request that nobody decided' },
    (operationId) => endOverdueRequest(app.db, operationId, request, at),
  );
  return true;
}

/** Withdraws what a run asks, because a person ends the run. */
export async function withdrawQuestions(
  db: Kysely<Database>,
  executionId: string,
  { by, at }: { readonly by: string; readonly at: Date },
): Promise<void> {
  for (const request of await listRequests(db, { status: 'pending', executionId }, 10))
    await withDecision(db, { system: 'tieline', step: 'withdraw a question' }, async (operationId) => {
      await endRequest(db, request.subject, { how: 'withdrawn', at, by });
      await recordRequestEnd(db, operationId, request, { status: 'withdrawn', by });
    });
}
