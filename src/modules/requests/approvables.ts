/**
 * What a decision about a request does, by kind: one row each, of the room that the kind belongs to.
 *
 * The last of the modules, so that it may know the doors of all others; they ask by `requestApproval` and end their requests by
 * `endRequest` of engine/approvals.
 */
import type { RequestEnd, RequestKind } from '../../canonical/vocabulary/index.ts';
import type { RequestRow } from '../../engine/approvals/index.ts';
import { keepPromise } from '../due-dates/index.ts';
import { completeByPerson, extendByPerson, pullInByPerson } from '../poams/index.ts';
import type { Tx } from '../../platform/postgres/index.ts';
import { dropDeviation, grantDeviation } from '../deviations/index.ts';
import { answerArrived } from '../workflows/index.ts';

export interface DecisionMade {
  /** The operation that the decision is. */
  readonly operationId: string;
  /** Undefined where it ended by itself. */
  readonly by: string | undefined;
  readonly reason: string | undefined;
  readonly now: Date;
}

export interface Approvable {
  /** The last of those who were asked said yes: what was asked for happens, in the transaction of the decision. */
  readonly approved: (tx: Tx, request: RequestRow, decision: DecisionMade) => Promise<void>;
  /** It ended otherwise: its subject falls back to what it was. */
  readonly ended: (
    tx: Tx,
    request: RequestRow,
    decision: DecisionMade & { readonly how: RequestEnd },
  ) => Promise<void>;
}

const lineOf = ({ lines }: RequestRow, ...fields: readonly string[]) =>
  lines.find(({ field }) => fields.includes(field));

/** The one who asked says why; the last who agreed is named. */
const moveOf = (request: RequestRow, { by, now }: DecisionMade) => ({
  poamId: request.subject.id,
  by: by ?? request.requestedBy,
  reason: request.rationale,
  now,
});

/** An extension of a POA&M is carried out as its remote wants it. */
const extension: Approvable = {
  async approved(tx, request, decision) {
    const line = lineOf(request, 'scheduled_completion', 'milestone');
    if (!line) return;
    await extendByPerson(
      tx,
      { systemId: null, operationId: decision.operationId },
      {
        ...moveOf(request, decision),
        from: line.before ?? null,
        to: line.after,
        byMilestone: line.field === 'milestone',
      },
    );
  },
  ended: () => Promise.resolve(),
};

/** A completion without evidence, to which others have agreed. */
const completion: Approvable = {
  async approved(tx, request, decision) {
    const on = lineOf(request, 'actual_completion')?.after;
    if (on === undefined) return;
    const source = { systemId: null, operationId: decision.operationId };
    await completeByPerson(tx, source, { ...moveOf(request, decision), on, evidence: undefined });
  },
  ended: () => Promise.resolve(),
};

/** An earlier obligation pulls the promised date in; a no leaves it late against its obligation, by the word of whoever said no. */
const dueDate: Approvable = {
  async approved(tx, request, decision) {
    const line = lineOf(request, 'scheduled_completion');
    if (!line) return;
    const source = { systemId: null, operationId: decision.operationId };
    await pullInByPerson(tx, source, {
      ...moveOf(request, decision),
      from: line.before ?? null,
      to: line.after,
    });
  },
  async ended(tx, request, { how, by, reason, now, operationId }) {
    if (how !== 'rejected' || by === undefined) return;
    await keepPromise(tx.db, operationId, {
      poamId: request.subject.id,
      by,
      reason: reason ?? request.rationale,
      now,
    });
  },
};

const deviation: Approvable = {
  approved: (tx, { subject }, decision) => grantDeviation(tx, Number(subject.id), decision),
  ended: (tx, { subject }, decision) => dropDeviation(tx, Number(subject.id), decision),
};

/** The run of the workflow that asked continues, and reads the answer. */
const workflowStep: Approvable = {
  approved: (tx, request, decision) => continueRun(tx, request, decision),
  ended: (tx, request, decision) => continueRun(tx, request, decision),
};

async function continueRun(tx: Tx, { executionId }: RequestRow, { now }: DecisionMade): Promise<void> {
  if (executionId !== null) await answerArrived(tx, executionId, now);
}

/** Total: a new kind says what its decision does. */
export const approvables: Readonly<Record<RequestKind, Approvable>> = {
  false_positive: deviation,
  risk_adjustment: deviation,
  risk_acceptance: deviation,
  operational_requirement: deviation,
  vendor_dependency: deviation,
  extension,
  completion,
  due_date: dueDate,
  // The decision is the row itself: the next sync judges by it.
  workflow_step: workflowStep,
  policy_start: { approved: () => Promise.resolve(), ended: () => Promise.resolve() },
};
