/**
 * What a POA&M says of its deviation, as both systems have it: one deviation at a time, in fields that go both ways like any others. Pure.
 *
 * A POA&M may have several deviations. It shows the one that waits to be decided (the newest), else the one that holds, else the one that ended
 * last: so whoever decides in the GRC system sees what is asked. Rejected: a list of all of them as one field; a GRC system has fields for
 * one, and a merge of lists cannot say who decided which.
 */
import { deviationKinds, type DeviationKind } from '../../../canonical/vocabulary/index.ts';
import type { JsonObject } from '../../../platform/values/index.ts';
import { actionOf, deviationNames } from '../describe.ts';
import type { DeviationState } from '../deviation-states.ts';
import type { DeviationRow } from '../deviations.sql.ts';

export const slotFields = [
  'kind',
  'status',
  'reference',
  'summary',
  'decided_by',
  'decided_on',
  'expires_on',
  'rating',
] as const;
type SlotField = (typeof slotFields)[number];
export type Slot = Readonly<Record<SlotField, string | null>>;

export const emptySlot: Slot = {
  kind: null,
  status: null,
  reference: null,
  summary: null,
  decided_by: null,
  decided_on: null,
  expires_on: null,
  rating: null,
};

/** The fields that say what was decided; the others only say which deviation it is. */
const decisionFields = [
  'kind',
  'status',
  'decided_by',
  'decided_on',
  'expires_on',
  'rating',
] as const satisfies readonly SlotField[];

const words = new Set<SlotField>(['kind', 'status', 'rating']);

/** As the values of a field are compared: a GRC system spells words its own way. */
function plain(field: SlotField, value: string | null): string {
  const text = (value ?? '').trim();
  return words.has(field) ? text.toLowerCase().replaceAll(/[\s-]+/g, '_') : text;
}

const agree = (fields: readonly SlotField[], one: Slot, other: Slot): boolean =>
  fields.every((field) => plain(field, one[field]) === plain(field, other[field]));

/** Whether two say the same decision. */
export const sameDecision = (one: Slot, other: Slot): boolean => agree(decisionFields, one, other);
export const sameSlot = (one: Slot, other: Slot): boolean => agree(slotFields, one, other);

/** From the record's fields; days without their time. @param prefix `deviation_` where they are columns. */
export function slotFrom(values: JsonObject, prefix: '' | 'deviation_'): Slot {
  const of = (field: SlotField): string | null => {
    const value = values[`${prefix}${field}`];
    if (typeof value !== 'string' || value.trim() === '') return null;
    return field.endsWith('_on') ? value.slice(0, 10) : value;
  };
  return Object.fromEntries(slotFields.map((field) => [field, of(field)])) as Slot; // one of each field
}

/** The kind that a word means; undefined: none of ours. */
export function kindNamed(word: string | null): DeviationKind | undefined {
  const known = plain('kind', word);
  return known === 'risk_accepted' ? 'risk_acceptance' : deviationKinds.find((kind) => kind === known);
}

export const slotStatuses = ['pending', 'approved', 'rejected', 'withdrawn', 'expired', 'closed'] as const;
export type SlotStatus = (typeof slotStatuses)[number];

export const statusNamed = (word: string | null): SlotStatus | undefined =>
  slotStatuses.find((status) => status === plain('status', word));

/** What each state is called there. One that was found is no deviation yet, and is not shown. */
const statusOf: Readonly<Record<Exclude<DeviationState, 'found'>, string>> = {
  requested: 'Pending',
  approved: 'Approved',
  rejected: 'Rejected',
  withdrawn: 'Withdrawn',
  expired: 'Expired',
  lapsed: 'Closed',
};

export const referenceOf = ({ id }: Pick<DeviationRow, 'id'>): string => `deviation ${id}`;

/** The number in a reference of ours; undefined: it is none. */
export function referredId(reference: string | null): number | undefined {
  const [, id] = /^deviation (\d{1,9})$/i.exec((reference ?? '').trim()) ?? [];
  return id === undefined ? undefined : Number(id);
}

const dayOf = (at: Date | null): string | null => at?.toISOString().slice(0, 10) ?? null;

const turnOf: Readonly<Record<DeviationState, number>> = {
  requested: 0,
  approved: 1,
  rejected: 2,
  withdrawn: 2,
  expired: 2,
  lapsed: 2,
  found: 3,
};
const movedAt = ({ requestedAt, decidedAt, endedAt }: DeviationRow): number =>
  (endedAt ?? decidedAt ?? requestedAt).getTime();

/** Which of its deviations a POA&M shows. */
export function shownOf(deviations: readonly DeviationRow[]): DeviationRow | undefined {
  return deviations
    .filter(({ state }) => state !== 'found')
    .toSorted((a, b) => turnOf[a.state] - turnOf[b.state] || movedAt(b) - movedAt(a) || b.id - a.id)[0];
}

/** What is said of it. @param on how many assets it is for, and what the first of them are called. */
export function slotOf(
  deviation: DeviationRow,
  on: { readonly count: number; readonly names: readonly string[] },
): Slot {
  const { kind, state, rationale, decidedIn } = deviation;
  if (state === 'found') return emptySlot;
  const isDecided = state === 'approved' || state === 'rejected';
  const by = isDecided ? deviation.decidedBy : deviation.endedBy;
  return {
    kind: deviationNames[kind],
    status: statusOf[state],
    reference: referenceOf(deviation),
    summary: `${actionOf(deviation, on.names, on.count)}: ${rationale}`.slice(0, 2000),
    // A system that does not say who decided is not told that it did so itself.
    decided_by: state === 'requested' || by === decidedIn ? null : by,
    decided_on: dayOf(isDecided ? deviation.decidedAt : deviation.endedAt),
    expires_on: deviation.expiresOn,
    rating: deviation.adjustedSeverity,
  };
}
