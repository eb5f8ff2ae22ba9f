/**
 * What to make of a decision that the GRC system shows: a total table over what it says and the state of the deviation here. Pure.
 *
 * Whatever cannot be carried out by the rules that hold here is a question to a person, and never an approval: no last day where one is
 * needed, an approval by who asked for it, a kind that the rules refuse.
 */
import { daysBetween } from '../../../platform/timings/index.ts';
import { type DeviationKind, type Severity, severityNamed } from '../../../canonical/vocabulary/index.ts';
import type { JsonObject } from '../../../platform/values/index.ts';
import type { DeviationState } from '../deviation-states.ts';
import type { DeviationRow } from '../deviations.sql.ts';
import { dayAfter } from '../requirements.ts';
import { kindNamed, type Slot, type SlotStatus, statusNamed } from './slot.ts';

export interface SlotFacts {
  /** Days, YYYY-MM-DD. */
  readonly today: string;
  readonly isPoamOpen: boolean;
  /** Of the rules of who decides, for what the GRC system says. */
  readonly refusal: string | null;
  readonly longestDays: number | null;
}

type Known = Pick<DeviationRow, 'id' | 'state' | 'kind' | 'requestedBy' | 'expiresOn' | 'adjustedSeverity'>;

/** What holds from now on, as the GRC system granted it. */
interface Terms {
  readonly expiresOn: string | null;
  readonly rating: Severity | null;
}

export type SlotDecision =
  | { readonly do: 'nothing' }
  | ({ readonly do: 'grant'; readonly id: number } & Terms)
  | { readonly do: 'refuse'; readonly id: number }
  | { readonly do: 'end'; readonly id: number; readonly event: 'withdraw' | 'expire' }
  /** Only its last day is another one. */
  | { readonly do: 'change'; readonly id: number; readonly expiresOn: string | null }
  /** Approved there, without one that waits here. @property like the deviation whose assets it is for; undefined: the whole POA&M. */
  | ({ readonly do: 'adopt'; readonly kind: DeviationKind; readonly like: number | undefined } & Terms)
  | { readonly do: 'ask'; readonly why: string; readonly params: JsonObject };

const ask = (why: string, params: JsonObject = {}): SlotDecision => ({ do: 'ask', why, params });
const nothing: SlotDecision = { do: 'nothing' };

type Meant = 'grants' | 'refuses' | 'ends' | 'expires' | 'changes' | 'adopts' | 'asks' | 'nothing';
const noOne = {
  pending: 'asks',
  approved: 'adopts',
  rejected: 'nothing',
  withdrawn: 'nothing',
  expired: 'nothing',
  closed: 'nothing',
} as const;

/** Rows: the state here, `none` where the GRC system names none of ours. Columns: what it says. */
const meanings: Readonly<Record<DeviationState | 'none', Readonly<Record<SlotStatus, Meant>>>> = {
  none: noOne,
  // Never shown, so that nobody decides about it there.
  found: noOne,
  requested: {
    // Only its day or rating moved: what was asked here is what its deciders read, and is shown again.
    pending: 'nothing',
    approved: 'grants',
    rejected: 'refuses',
    withdrawn: 'ends',
    expired: 'ends',
    closed: 'ends',
  },
  approved: {
    pending: 'asks',
    approved: 'changes',
    rejected: 'ends',
    withdrawn: 'ends',
    expired: 'expires',
    closed: 'ends',
  },
  // What ended never holds again: an approval after the end is another deviation.
  rejected: { ...noOne, pending: 'asks' },
  withdrawn: { ...noOne, pending: 'asks' },
  expired: { ...noOne, pending: 'asks' },
  lapsed: { ...noOne, pending: 'asks' },
};

/** The terms that the GRC system grants, or why they cannot be held here. */
function termsOf(there: Slot, kind: DeviationKind, facts: SlotFacts): Terms | SlotDecision {
  const { today, refusal, longestDays, isPoamOpen } = facts;
  const { expires_on: expiresOn, decided_on: decidedOn } = there;
  if (!isPoamOpen) return ask('over');
  if (refusal !== null) return ask('refused', { rule: refusal });
  if (expiresOn === null && longestDays !== null && kind !== 'vendor_dependency')
    return ask('no_end', { days: longestDays });
  if (expiresOn !== null && expiresOn < today) return ask('past', { until: expiresOn });
  // Counted from the day of the decision; a day that lies ahead is none.
  const from = decidedOn === null || decidedOn > today ? today : decidedOn;
  if (expiresOn !== null && longestDays !== null && daysBetween(from, expiresOn) > longestDays)
    return ask('too_long', { until: expiresOn, latest: dayAfter(from, longestDays) });
  const rating = severityNamed(there.rating) ?? null;
  if (kind === 'risk_adjustment' && rating === null) return ask('no_rating');
  return { expiresOn, rating: kind === 'risk_adjustment' ? rating : null };
}

const isSame = (one: string, other: string): boolean =>
  one.trim().toLowerCase() === other.trim().toLowerCase();

/** @param here the deviation that the GRC system names; undefined: none of this POA&M. */
export function decideSlot(there: Slot, here: Known | undefined, facts: SlotFacts): SlotDecision {
  if (there.status === null)
    return here?.state === 'approved' || here?.state === 'requested' ? ask('cleared') : nothing;
  const status = statusNamed(there.status);
  if (status === undefined) return ask('unknown_status', { status: there.status });
  const kind = kindNamed(there.kind);
  const meant = meanings[here?.state ?? 'none'][status];
  if (meant === 'nothing') return nothing;
  if (meant === 'asks') return ask(here?.state === 'approved' ? 'reopened' : 'asked_there');
  if (here !== undefined && (meant === 'ends' || meant === 'expires'))
    return { do: 'end', id: here.id, event: meant === 'ends' ? 'withdraw' : 'expire' };
  if (here !== undefined && meant === 'refuses') return { do: 'refuse', id: here.id };
  if (kind === undefined) return ask('unknown_kind', { kind: there.kind ?? '' });
  if (here !== undefined && meant !== 'adopts' && kind !== here.kind) return ask('other_kind');
  if (here !== undefined && meant === 'grants' && isSame(there.decided_by ?? '', here.requestedBy))
    return ask('own', { by: here.requestedBy });
  const terms = termsOf(there, kind, facts);
  if ('do' in terms) return terms;
  if (here === undefined || meant === 'adopts') return { do: 'adopt', kind, like: here?.id, ...terms };
  if (meant === 'grants') return { do: 'grant', id: here.id, ...terms };
  if (terms.rating !== here.adjustedSeverity) return ask('other_rating', { rating: here.adjustedSeverity });
  const isSameDay = terms.expiresOn === here.expiresOn;
  return isSameDay ? nothing : { do: 'change', id: here.id, expiresOn: terms.expiresOn };
}
