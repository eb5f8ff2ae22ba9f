/** What of an edit of a POA&M only who may approve POA&Ms does (`poam:approve`). */
import type { Json } from '../../platform/values/index.ts';
import { poamStandings, poamStatuses } from '../vocabulary/index.ts';

const isLive = (status: Json): boolean => {
  const known = poamStatuses.find((each) => each === status);
  return known === undefined || poamStandings[known] === 'live';
};

/**
 * @param before what the field is, here and on the other side where they differ. @param after what it would be.
 * @returns what needs the right, as a verb; undefined: who may edit it may do this too.
 */
export function needsApprover(
  field: string,
  before: readonly Json[],
  after: Json,
): 'end' | 'extend' | undefined {
  // One of both sides says so already: it is agreed, not decided anew.
  if (before.includes(after)) return undefined;
  if (field === 'status') return !isLive(after) && before.every(isLive) ? 'end' : undefined;
  if (field !== 'scheduled_completion') return undefined;
  const days = before.filter((day) => typeof day === 'string' && day !== '') as string[]; // just filtered
  const isLater = typeof after !== 'string' || after === '' || days.every((day) => after > day);
  return days.length > 0 && isLater ? 'extend' : undefined;
}
