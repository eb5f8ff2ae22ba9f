/** Requests as approvals are shown: beside the changes that wait, with what is asked, who answered, and whose turn it is. */
import type { Role } from '../../canonical/access/index.ts';
import { type ApprovalRow, type RequestRow, turnOf } from '../../engine/approvals/index.ts';

export interface ShownRequest extends Pick<
  RequestRow,
  'subject' | 'severity' | 'rationale' | 'lines' | 'levels' | 'expiresAt' | 'executionId'
> {
  readonly answers: readonly Omit<RequestRow['answers'][number], 'principalId'>[];
  /** Deciders who let another person decide in their place. */
  readonly delegations: readonly Omit<RequestRow['delegations'][number], 'toPrincipalId'>[];
  /** Roles whose turn it is; empty where it does not wait. */
  readonly turn: readonly Role[];
}

/** What waits, or waited, for consent: changes that are to be sent to a system, or what a person asks for. */
export interface Asking extends Omit<
  ApprovalRow,
  'content' | 'isByBoundary' | 'planId' | 'systemId' | 'system'
> {
  readonly planId: string | null;
  readonly systemId: number | null;
  readonly system: string | null;
  readonly request: ShownRequest | null;
}

/** A request as an approval. */
export function askingOf(row: RequestRow): Asking {
  const {
    subject,
    severity,
    rationale,
    lines,
    levels,
    answers,
    delegations,
    expiresAt,
    executionId,
    ...rest
  } = row;
  const { requestedByPrincipal: _key, barred: _barred, ...approval } = rest;
  return {
    ...approval,
    planId: null,
    systemId: null,
    system: null,
    request: {
      subject,
      severity,
      rationale,
      lines,
      levels,
      expiresAt,
      executionId,
      answers: answers.map(({ principalId: _id, ...answer }) => answer),
      delegations: delegations.map(({ toPrincipalId: _id, ...delegation }) => delegation),
      turn: turnOf(row)?.left ?? [],
    },
  };
}
