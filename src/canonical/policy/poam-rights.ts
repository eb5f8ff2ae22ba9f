/** What of an edit of a POA&M is a decision: it has rules of its own (evidence, deciders), so that no edit of a field makes it. */
import type { Json } from '../../platform/values/index.ts';
import { type PoamStanding, poamStandings, poamStatuses } from '../vocabulary/index.ts';

/** `cancel` alone is made by an edit, of whoever may approve POA&Ms (`poam:approve`). */
export type PoamDecision = 'complete' | 'deviate' | 'reopen' | 'cancel' | 'extend';

function standingOf(status: Json): PoamStanding {
  // It stands beside the work and ends nothing; to say so is a decision all the same.
  if (status === 'Operational Requirement') return 'live';
  const known = poamStatuses.find((each) => each === status);
  return known === undefined ? 'live' : poamStandings[known];
}
const isLive = (status: Json): boolean => standingOf(status) === 'live';

function statusDecision(before: readonly Json[], after: Json): PoamDecision | undefined {
  if (after === 'Operational Requirement') return 'deviate';
  switch (standingOf(after)) {
    case 'completed':
      return 'complete';
    case 'deviation':
      return 'deviate';
    case 'cancelled':
      return 'cancel';
    case 'live':
      return before.some(isLive) ? undefined : 'reopen';
  }
}

/**
 * @param before what the field is, here and on the other side where they differ. @param after what it would be.
 * @returns undefined: an edit like any other.
 */
export function decisionIn(field: string, before: readonly Json[], after: Json): PoamDecision | undefined {
  // One of both sides says so already: it is agreed, not decided anew.
  if (before.includes(after)) return undefined;
  if (field === 'status') return statusDecision(before, after);
  if (field !== 'scheduled_completion') return undefined;
  const days = before.filter((day) => typeof day === 'string' && day !== '') as string[]; // just filtered
  const isLater = typeof after !== 'string' || after === '' || days.every((day) => after > day);
  return days.length > 0 && isLater ? 'extend' : undefined;
}
