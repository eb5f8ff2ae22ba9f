/**
 * By when a privacy request is to be acknowledged, answered, and its appeal decided: federal working days from the day it came. The ten days of
 * an amendment's acknowledgement and the thirty of its appeal are law (552a(d)); the others are the usual rule of agencies.
 */
import type { PrivacyRequestType, PrivacyStatus } from '../../canonical/vocabulary/index.ts';

export const workingDaysOf: Readonly<
  Record<PrivacyRequestType, { readonly acknowledge: number; readonly answer: number }>
> = {
  access: { acknowledge: 10, answer: 30 },
  amendment: { acknowledge: 10, answer: 30 },
  accounting_of_disclosures: { acknowledge: 10, answer: 30 },
  statement_of_disagreement: { acknowledge: 10, answer: 10 },
  erasure: { acknowledge: 10, answer: 20 },
  portability: { acknowledge: 10, answer: 20 },
};

export const workingDaysOfAppeal = 30;

/** The day that holds in a state; what is decided waits for no day. */
export function dueIn(
  status: PrivacyStatus,
  days: {
    readonly acknowledgeBy: string | null;
    readonly answerBy: string | null;
    readonly appealBy: string | null;
  },
): string | null {
  switch (status) {
    case 'received':
      return days.acknowledgeBy;
    case 'acknowledged':
    case 'identity_pending':
    case 'identity_verified':
    case 'searching':
    case 'review':
      return days.answerBy;
    case 'appealed':
      return days.appealBy;
    case 'granted':
    case 'partly_granted':
    case 'refused':
    case 'closed':
      return null;
  }
}
