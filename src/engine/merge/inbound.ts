import { byPolicy, byRule, comparisonOf, type Decider } from '../../canonical/vocabulary/index.ts';
import type { Json, JsonObject } from '../../platform/values/index.ts';
import type { FieldPolicy } from '../../canonical/policy/index.ts';
import { settleField, type EditTimes } from './settle.ts';
import { mergeField, sameValue } from './three-way.ts';

export interface FieldChange {
  readonly field: string;
  readonly before: Json | undefined;
  readonly after: Json | undefined;
  /** For the journal: what decided. */
  readonly decidedBy: Decider;
}

export interface FieldConflict {
  readonly field: string;
  readonly base: Json | undefined;
  readonly internal: Json | undefined;
  readonly external: Json | undefined;
}

export interface InboundDecision {
  /** Fields to write into our row. */
  readonly take: JsonObject;
  readonly changes: readonly FieldChange[];
  /** Ours win, and are to be sent. */
  readonly send: readonly string[];
  /** Remote edits that a policy lets yield to ours: what is lost there, for the journal. */
  readonly overruled: readonly FieldChange[];
  /** Fields that both sides changed alike since they last agreed. */
  readonly agreed: readonly FieldChange[];
  /** Edited on both sides, differently, with no policy to settle it: held on both until a person decides. */
  readonly conflicts: readonly FieldConflict[];
  /** Fields on which nothing is open any more: both sides agree, or a policy has decided. */
  readonly settled: readonly string[];
  /** The base after this decision: moved where both sides agree, and where ours was kept with theirs known. */
  readonly base: JsonObject;
}

const sameChange = byRule('same_change');
const remoteChanged = byRule('remote_changed');

/** What a decision is made from. */
interface InboundGiven {
  readonly fields: readonly string[];
  readonly record: JsonObject;
  /** Our row, or undefined if there is none yet (then everything is taken). */
  readonly row: JsonObject | undefined;
  readonly base: JsonObject | undefined;
  readonly policyOf: (field: string) => FieldPolicy;
  readonly times: EditTimes;
}

/**
 * A decision in progress. It is filled in place: a decision is made for each field of each record of an import, and a
 * result object for each of them is what the import would mostly make.
 */
interface Draft extends InboundDecision {
  readonly changes: FieldChange[];
  readonly send: string[];
  readonly overruled: FieldChange[];
  readonly agreed: FieldChange[];
  readonly conflicts: FieldConflict[];
  readonly settled: string[];
}

/**
 * Decides, field by field, what an external record means for our row of it. A field that the record does not name
 * was not said, and changes nothing.
 */
export function decideInbound(given: InboundGiven): InboundDecision {
  const draft: Draft = {
    take: {},
    changes: [],
    send: [],
    overruled: [],
    agreed: [],
    conflicts: [],
    settled: [],
    base: { ...given.base },
  };
  for (const field of given.fields) {
    const external = given.record[field];
    if (external !== undefined) decideField(draft, given, field, external);
  }
  return draft;
}

function decideField(draft: Draft, given: InboundGiven, field: string, external: Json): void {
  const internal = given.row?.[field];
  const values = { base: given.base?.[field], internal, external };
  const as = comparisonOf(field);
  const policy = given.policyOf(field);
  const verdict = given.row ? mergeField(values, as) : 'take';
  const action = given.row
    ? settleField(values, policy, given.times, as)
    : ({ do: 'take', value: external } as const);
  switch (action.do) {
    case 'agree':
      settle(draft, field, external);
      if (values.base !== undefined && !sameValue(values.base, external, as))
        draft.agreed.push({ field, before: values.base, after: external, decidedBy: sameChange });
      break;
    case 'take': {
      draft.take[field] = external;
      settle(draft, field, external);
      const decidedBy = verdict === 'take' ? remoteChanged : byFieldPolicy(policy);
      draft.changes.push({ field, before: internal, after: external, decidedBy });
      break;
    }
    case 'send':
      draft.send.push(field);
      draft.settled.push(field);
      if (verdict !== 'send') {
        draft.base[field] = external;
        draft.overruled.push({ field, before: external, after: internal, decidedBy: byFieldPolicy(policy) });
      }
      break;
    case 'join':
      settle(draft, field, external);
      draft.send.push(field);
      if (!sameValue(action.value, internal, as)) {
        draft.take[field] = action.value;
        draft.changes.push({
          field,
          before: internal,
          after: action.value,
          decidedBy: byFieldPolicy(policy),
        });
      }
      break;
    case 'leave':
      break;
    case 'hold':
      draft.conflicts.push({ field, ...values });
      break;
  }
}

/** Nothing is open on the field any more, and what the remote has is what both sides know. */
function settle(draft: Draft, field: string, external: Json): void {
  draft.base[field] = external;
  draft.settled.push(field);
}

const byFieldPolicy = ({ decidedBy, direction, strategy }: FieldPolicy): Decider =>
  byPolicy(`${decidedBy} ${direction} ${strategy}`);
