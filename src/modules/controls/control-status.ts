/**
 * Which status of a control follows from its weaknesses. Pure. It is proposed, never set: that a control is in place is an assessor's word.
 *
 *   open weaknesses, and the control is said to be in place, not applicable, or nothing is said    → Partially Implemented
 *   none open any more, some were closed, and the control is said to be in place partly            → Implemented
 *   all else                                                                                       → nothing follows
 *
 * An inherited control is the provider's to judge, and "Not Implemented" is not made better by counting.
 */
import { canonicalStatus, type implementationStatuses } from '../../canonical/vocabulary/index.ts';

export type ImplementationStatus = (typeof implementationStatuses)[number];
export const proposalCodes = ['weaknesses_open', 'weaknesses_closed'] as const;
export type ProposalCode = (typeof proposalCodes)[number];

export interface ControlStanding {
  /** As it is stored; null: the GRC system says nothing. */
  readonly status: string | null;
  readonly origination: string | null;
  /** Ids of POA&Ms and weaknesses that are open under it. */
  readonly open: readonly string[];
  /** The gravest of the open ones, 0 to 4. */
  readonly worst: number | null;
  /** Ids of POA&Ms that were completed. */
  readonly closed: readonly string[];
}

export interface StatusProposal {
  readonly proposed: ImplementationStatus;
  readonly code: ProposalCode;
}

const isInherited = (origination: string | null): boolean =>
  origination !== null && /inherit|common control/i.test(origination) && !/hybrid/i.test(origination);

/** @returns undefined: nothing follows. */
export function proposedStatus(control: ControlStanding): StatusProposal | undefined {
  if (isInherited(control.origination)) return undefined;
  const status = control.status === null ? null : canonicalStatus('implementation_status', control.status);
  if (control.open.length > 0)
    return status === null || status === 'Implemented' || status === 'Not Applicable'
      ? { proposed: 'Partially Implemented', code: 'weaknesses_open' }
      : undefined;
  return control.closed.length > 0 && status === 'Partially Implemented'
    ? { proposed: 'Implemented', code: 'weaknesses_closed' }
    : undefined;
}

/** What a person refused, with what it went by. */
export interface RefusedProposal {
  readonly present: string | null;
  readonly proposed: string;
  readonly worst: number | null;
  readonly closed: readonly string[];
}

/**
 * Whether a refusal still answers it: a person is asked again only where the control's status moved since, a graver weakness opened, or
 * another one was closed.
 */
export function isAnswered(
  control: ControlStanding,
  { proposed, code }: StatusProposal,
  refused: RefusedProposal | undefined,
): boolean {
  if (refused?.proposed !== proposed || refused.present !== control.status) return false;
  return code === 'weaknesses_open'
    ? (control.worst ?? 0) <= (refused.worst ?? 0)
    : control.closed.every((id) => refused.closed.includes(id));
}
