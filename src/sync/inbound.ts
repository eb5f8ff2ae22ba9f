import type { Json, JsonObject } from '../model/json.ts';
import { mergeField } from './three-way.ts';

export interface FieldChange {
  readonly field: string;
  readonly before: Json | undefined;
  readonly after: Json | undefined;
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
  /** Edited on our side only: to be sent out. */
  readonly send: readonly string[];
  /** Edited on both sides, differently: held on both until a person decides. */
  readonly conflicts: readonly FieldConflict[];
  /** Fields on which both sides now agree. */
  readonly agreed: readonly string[];
  /** The base after this decision: moved only where both sides agree. */
  readonly base: JsonObject;
}

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
}): InboundDecision {
  const take: JsonObject = {};
  const base: JsonObject = { ...given.base };
  const changes: FieldChange[] = [];
  const send: string[] = [];
  const conflicts: FieldConflict[] = [];
  const agreed: string[] = [];
  for (const field of given.fields) {
    const external = given.record[field];
    if (external === undefined) continue;
    const internal = given.row?.[field];
    const verdict = given.row ? mergeField({ base: given.base?.[field], internal, external }) : 'take';
    switch (verdict) {
      case 'same':
        base[field] = external;
        agreed.push(field);
        break;
      case 'take':
        take[field] = external;
        base[field] = external;
        agreed.push(field);
        changes.push({ field, before: internal, after: external });
        break;
      case 'send':
        send.push(field);
        break;
      case 'conflict':
        conflicts.push({ field, base: given.base?.[field], internal, external });
        break;
    }
  }
  return { take, changes, send, conflicts, agreed, base };
}
