/**
 * What becomes of a POA&M that was proposed and has not gone out (it waits for a person, for its turn, or because sending
 * is paused; or a person turned it down), when the record is looked at again (decision 0011: what waits is planned again by
 * each run). Pure.
 *
 *   the weakness is gone (fixed, excepted, its machines left)   withdrawn
 *   a POA&M that a person made answers it                       withdrawn, in favour of that one
 *   the policy lets nothing out                                 withdrawn
 *   severity, dates, machines or text moved                     renewed: the proposal says what is true now
 *   rejected by a person                                        stays so, until the weakness was fixed and found again, or
 *                                                               became graver, due at another date, or hit further machines
 *
 * What a person edited in our row of it meanwhile stays.
 */
import { isJsonObject, type Json, type JsonObject, scalarText } from '../../platform/values/index.ts';
import { sameValue } from '../../engine/merge/index.ts';

export interface MilestoneRow {
  readonly id: number;
  readonly milestone_description: string | null;
  /** YYYY-MM-DD, or an instant of that day. */
  readonly scheduled_completion: string | null;
  readonly status: string | null;
}

export interface UnsentPoam {
  /** `superseded`: it was withdrawn from the queue by a policy, and our row is still open. */
  readonly state: 'waiting' | 'pending' | 'failed' | 'dropped' | 'superseded';
  /** As it was queued last. */
  readonly payload: JsonObject;
  /** What was composed for it then; the payload differs where a person had edited our row. */
  readonly composed: JsonObject;
  /** Our row now. */
  readonly row: JsonObject;
  readonly milestones: readonly MilestoneRow[];
  /** Our row was cancelled, here or by Tieline. */
  readonly isCancelled: boolean;
  /** When a person turned it down, ISO in UTC; null if nobody did. */
  readonly rejectedAt: string | null;
}

/** The POA&M that would be proposed for the weakness as it is now. */
export interface Proposal {
  readonly poam: JsonObject;
  readonly milestones: readonly {
    readonly milestone_description: string;
    readonly scheduled_completion: string;
  }[];
  /** As the scanner names them. */
  readonly assets: readonly string[];
  readonly cves: readonly string[];
  /** When the latest of its findings was found again after it had been fixed, ISO in UTC; null if none was. */
  readonly foundAgainAt: string | null;
}

export interface PresentState {
  /** Absent: nothing is open any more that would want a POA&M. */
  readonly proposal?: Proposal | undefined;
  /** poam_id of a POA&M that others made and that answers the weakness. */
  readonly answeredBy?: string | undefined;
  /** Whether the policies let a new POA&M out. */
  readonly mayGoOut: boolean;
  /** YYYY-MM-DD in UTC. */
  readonly today: string;
}

export type Withdrawal = 'nothing open' | 'answered' | 'not let out' | 'cancelled here';

export type UnsentDecision =
  | { readonly do: 'keep' }
  | { readonly do: 'withdraw'; readonly why: Withdrawal; readonly inFavourOf?: string }
  /** Turned down by a person: our row of it is not an open POA&M. */
  | { readonly do: 'cancel row' }
  /** Rejected, and the rejection is over: the next time it is found, a person is asked again. */
  | { readonly do: 'forget rejection' }
  | {
      readonly do: 'renew';
      /** Fields of the payload that are others now. */
      readonly changed: readonly string[];
      readonly payload: JsonObject;
      readonly composed: JsonObject;
      /** Whether a person had turned it down. */
      readonly asksAgain: boolean;
    };

/** What the POA&M is to be reckoned by when a person had turned it down before. */
const weighs = ['weakness_risk_level', 'scheduled_completion'] as const;

export function decideUnsent(unsent: UnsentPoam, now: PresentState): UnsentDecision {
  if (unsent.state === 'dropped') return decideRejected(unsent, now);
  if (unsent.state !== 'superseded' && unsent.isCancelled) return { do: 'withdraw', why: 'cancelled here' };
  const withdraw = (why: Withdrawal, inFavourOf?: string): UnsentDecision =>
    unsent.state === 'superseded' && unsent.isCancelled
      ? { do: 'keep' }
      : { do: 'withdraw', why, ...(inFavourOf === undefined ? {} : { inFavourOf }) };
  if (!now.proposal) return withdraw('nothing open');
  if (now.answeredBy !== undefined) return withdraw('answered', now.answeredBy);
  if (!now.mayGoOut) return withdraw('not let out');
  const payload = renewedPayload(unsent, now.proposal, now.today);
  const changed = changedFields(unsent.payload, payload);
  return changed.length === 0 && unsent.state !== 'superseded'
    ? { do: 'keep' }
    : { do: 'renew', changed, payload, composed: proposedPayload(now.proposal), asksAgain: false };
}

function decideRejected(unsent: UnsentPoam, now: PresentState): UnsentDecision {
  if (!now.proposal) return { do: 'forget rejection' };
  const { proposal } = now;
  const foundAgain =
    proposal.foundAgainAt !== null &&
    unsent.rejectedAt !== null &&
    Date.parse(proposal.foundAgainAt) > Date.parse(unsent.rejectedAt);
  const before = listOf(unsent.payload['affected_assets']);
  const isAnother =
    weighs.some((field) => !sameValue(unsent.payload[field], proposal.poam[field])) ||
    proposal.assets.some((asset) => !before.includes(asset));
  if (now.answeredBy === undefined && now.mayGoOut && (foundAgain || isAnother)) {
    const payload = proposedPayload(proposal);
    return {
      do: 'renew',
      changed: changedFields(unsent.payload, payload),
      payload,
      composed: payload,
      asksAgain: true,
    };
  }
  return unsent.isCancelled ? { do: 'keep' } : { do: 'cancel row' };
}

const listOf = (value: Json | undefined): readonly Json[] => (Array.isArray(value) ? value : []);
const asPending = (milestones: Proposal['milestones']): JsonObject[] =>
  milestones.map((milestone) => ({ ...milestone, status: 'Pending' }));

/** What goes out for a proposal that nobody has edited. */
export function proposedPayload(
  proposal: Pick<Proposal, 'poam' | 'milestones' | 'assets' | 'cves'>,
): JsonObject {
  return {
    ...proposal.poam,
    affected_assets: [...proposal.assets],
    cves: [...proposal.cves],
    milestones: asPending(proposal.milestones),
  };
}

function renewedPayload(unsent: UnsentPoam, proposal: Proposal, today: string): JsonObject {
  // A row that was cancelled when it was withdrawn is not an edit that somebody made.
  const edited = (field: string): boolean =>
    !unsent.isCancelled &&
    unsent.row[field] !== undefined &&
    !sameValue(unsent.row[field], unsent.composed[field]);
  const fields = Object.entries(proposal.poam).map(([field, value]): [string, Json] => [
    field,
    edited(field) ? (unsent.row[field] ?? null) : (value ?? null),
  ]);
  return {
    ...proposedPayload(proposal),
    ...Object.fromEntries(fields),
    milestones: renewedMilestones(unsent, proposal, today),
  };
}

/**
 * Milestones hang on the day on which they were planned; they stay while their due date does, unless one of them has passed
 * meanwhile. What a person made of them stays.
 */
function renewedMilestones(unsent: UnsentPoam, proposal: Proposal, today: string): JsonObject[] {
  const queued = listOf(unsent.payload['milestones']);
  const plain = (milestones: readonly unknown[]): Json =>
    (milestones as readonly JsonObject[]).map((each) => [
      each['milestone_description'] ?? null,
      each['scheduled_completion'] ?? null,
    ]);
  const wereEdited = !sameValue(plain(queued), plain(listOf(unsent.composed['milestones'])));
  if (unsent.milestones.length > 0 && (wereEdited || !sameValue(plain(unsent.milestones), plain(queued))))
    return unsent.milestones.map(({ milestone_description, scheduled_completion, status }) => ({
      milestone_description,
      scheduled_completion: scheduled_completion?.slice(0, 10) ?? null,
      status: status ?? 'Pending',
    }));
  const due = proposal.poam['scheduled_completion'];
  const isPast = (each: Json): boolean =>
    isJsonObject(each) && scalarText(each['scheduled_completion'] ?? today) < today;
  const stays =
    sameValue(due, unsent.payload['scheduled_completion']) &&
    sameValue(unsent.payload['affected_assets'], [...proposal.assets]) &&
    (scalarText(due) < today || !queued.some((each) => isPast(each)));
  if (!stays || queued.length !== proposal.milestones.length) return asPending(proposal.milestones);
  // What they say follows the rule in force; the days on which they were planned stay.
  return (queued as JsonObject[]).map((each, place) => ({
    ...each,
    milestone_description:
      proposal.milestones[place]?.milestone_description ?? each['milestone_description'] ?? null,
  }));
}

function changedFields(before: JsonObject, after: JsonObject): string[] {
  return Object.keys(after).filter((field) => !sameValue(before[field], after[field]));
}
