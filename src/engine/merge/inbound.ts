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
  /** Ours stand, and are to be sent out. */
  readonly send: readonly string[];
  /** Remote edits that a policy lets give way to ours: what is lost there, for the journal. */
  readonly overruled: readonly FieldChange[];
  /** Fields that both sides changed alike since they last agreed. */
  readonly agreed: readonly FieldChange[];
  /** Edited on both sides, differently, with no policy to settle it: held on both until a person decides. */
  readonly conflicts: readonly FieldConflict[];
  /** Fields on which nothing is open any more: both sides agree, or a policy has decided. */
  readonly settled: readonly string[];
  /** The base after this decision: moved where both sides agree, and where ours stands in the knowledge of theirs. */
  readonly base: JsonObject;
}

const sameChange = byRule('same_change');
const remoteChanged = byRule('remote_changed');

/**
 * Decides, field by field, what an external record means for our row of it. A field that the record does not name
 * was not said, and changes nothing.
 * @param given.row our row, or undefined if there is none yet (then everything is taken).
 */
export function decideInbound(given: {
  readonly fields: readonly string[];
  readonly record: JsonObject;
  readonly row: JsonObject | undefined;
  readonly base: JsonObject | undefined;
  readonly policyOf: (field: string) => FieldPolicy;
  readonly times: EditTimes;
}): InboundDecision {
  const take: JsonObject = {};
  const base: JsonObject = { ...given.base };
  const changes: FieldChange[] = [];
  const send: string[] = [];
  const overruled: FieldChange[] = [];
  const agreed: FieldChange[] = [];
  const conflicts: FieldConflict[] = [];
  const settled: string[] = [];
  for (const field of given.fields) {
    const external = given.record[field];
    if (external === undefined) continue;
    const internal = given.row?.[field];
    const values = { base: given.base?.[field], internal, external };
    const as = comparisonOf(field);
    const policy = given.policyOf(field);
    const verdict = given.row ? mergeField(values, as) : 'take';
    const action = given.row
      ? settleField(values, policy, given.times, as)
      : ({ do: 'take', value: external } as const);
    const decidedByPolicy = byPolicy(`${policy.decidedBy} ${policy.direction} ${policy.strategy}`);
    switch (action.do) {
      case 'agree':
        base[field] = external;
        settled.push(field);
        if (values.base !== undefined && !sameValue(values.base, external, as))
          agreed.push({ field, before: values.base, after: external, decidedBy: sameChange });
        break;
      case 'take':
        take[field] = external;
        base[field] = external;
        settled.push(field);
        changes.push({
          field,
          before: internal,
          after: external,
          decidedBy: verdict === 'take' ? remoteChanged : decidedByPolicy,
        });
        break;
      case 'send':
        send.push(field);
        settled.push(field);
        if (verdict !== 'send') {
          base[field] = external;
          overruled.push({ field, before: external, after: internal, decidedBy: decidedByPolicy });
        }
        break;
      case 'join':
        base[field] = external;
        settled.push(field);
        send.push(field);
        if (!sameValue(action.value, internal, as)) {
          take[field] = action.value;
          changes.push({ field, before: internal, after: action.value, decidedBy: decidedByPolicy });
        }
        break;
      case 'leave':
        break;
      case 'hold':
        conflicts.push({ field, ...values });
        break;
    }
  }
  return { take, changes, send, overruled, agreed, conflicts, settled, base };
}
