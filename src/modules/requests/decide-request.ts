/** Decides requests: records the answer, and lets happen what was decided, in one transaction and one operation. */
import type { Actor, Scope } from '../../canonical/access/index.ts';
import { requestTitles } from '../../canonical/vocabulary/index.ts';
import {
  answerRequest,
  endOverdueRequest,
  findRequest,
  lockOverdueRequests,
  type OpenLevel,
  recordRequestEnd,
  type RequestRow,
} from '../../engine/approvals/index.ts';
import { withDecision } from '../../ledger/operations/index.ts';
import { followStanding } from '../../record/poam-life/index.ts';
import { TielineError } from '../../platform/errors/index.ts';
import type { Store } from '../../platform/postgres/index.ts';
import { approvables } from './approvables.ts';

interface Deciding {
  readonly store: Store;
  readonly now: () => Date;
}

export interface RequestDecided {
  readonly operationId: string;
  readonly approvalId: string;
  /** What was asked for, in a sentence. */
  readonly action: string;
  /** `pending`: a yes that counts, and others are asked next. */
  readonly status: 'approved' | 'rejected' | 'pending';
  readonly next: OpenLevel | null;
}

/**
 * @param scope where the actor may decide. @param id the whole id or its first characters.
 * @throws TielineError APPROVAL_UNKNOWN, also where it is outside of the scope; APPROVAL_MOVED, APPROVAL_OWN, APPROVAL_ROLE of `answerRequest`;
 *   USAGE where a no bears no reason.
 */
export async function decideRequest(
  { store, now }: Deciding,
  actor: Actor,
  scope: Scope,
  decision: {
    readonly id: string;
    readonly approved: boolean;
    readonly reason: string | undefined;
    readonly sha256?: string | undefined;
  },
): Promise<RequestDecided> {
  const { id, approved, reason, sha256 } = decision;
  return store.transaction(async (tx) => {
    const request = await findRequest(tx.db, id, scope);
    if (!request) throw new TielineError('APPROVAL_UNKNOWN', `There is no request ${id}.`);
    if (!approved && (reason ?? '').trim() === '')
      throw new TielineError('USAGE', 'The request was not rejected.', {
        fields: [{ field: 'reason', message: 'say why: whoever asked reads it' }],
      });
    const at = now();
    const step = `${approved ? 'approve' : 'reject'} ${requestTitles[request.subject.kind]}`;
    return withDecision(tx.db, { system: 'tieline', step }, async (operationId) => {
      const answered = await answerRequest(tx.db, request, { approved, actor, reason, sha256, now: at });
      const done = { operationId, approvalId: request.approvalId, action: request.action };
      if (answered.kind === 'waits') return { ...done, status: 'pending', next: answered.next };
      const status = approved ? 'approved' : 'rejected';
      await recordRequestEnd(tx.db, operationId, request, { status, by: actor.name, reason });
      const made = { operationId, by: actor.name, reason, now: at };
      const of = approvables[request.subject.kind];
      await (approved ? of.approved(tx, request, made) : of.ended(tx, request, { ...made, how: 'rejected' }));
      // What was decided may have moved its state and its milestones too.
      await followStanding(tx.db, { request: request.subject });
      return { ...done, status, next: null };
    });
  });
}

/** So many at a time: the rest is for the next run. */
const overdueAtMost = 1_000;

/** Ends requests that nobody decided in time; what they are about falls back. @returns those. */
export async function expireRequests({ store, now }: Deciding): Promise<readonly RequestRow[]> {
  return store.transaction(async (tx) => {
    const at = now();
    const overdue = await lockOverdueRequests(tx.db, at, overdueAtMost);
    if (overdue.length === 0) return [];
    const step = 'end requests that nobody decided';
    return withDecision(tx.db, { system: 'tieline', step, records: overdue.length }, async (operationId) => {
      for (const request of overdue) {
        await endOverdueRequest(tx.db, operationId, request, at);
        const ended = { operationId, by: undefined, reason: undefined, now: at, how: 'expired' } as const;
        await approvables[request.subject.kind].ended(tx, request, ended);
      }
      return overdue;
    });
  });
}
