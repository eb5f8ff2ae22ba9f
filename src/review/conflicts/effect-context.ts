/** What every effect of a decided conflict is given, and how it writes to our rows. */
import type { Scope } from '../../canonical/access/index.ts';
import { isJsonObject, type Json, type JsonObject, scalarText } from '../../platform/values/index.ts';
import { byPerson, type Reason, type ReasonCode, reasonOf } from '../../canonical/vocabulary/index.ts';
import { type JournalEntry, recordChanges } from '../../ledger/operations/index.ts';
import { markRecordsEdited } from '../../ledger/links/index.ts';
import type { ConflictRow } from '../../engine/conflicts/index.ts';
import type { Unanswered } from '../../record/weaknesses/index.ts';
import { fetchRows, type LinkedEntityName, updateRows } from '../../record/entities/index.ts';
import type { Tx } from '../../platform/postgres/index.ts';
import { sameValue } from '../../engine/merge/index.ts';
import type { ConflictFacts } from './conflict-facts.ts';

/** One conflict that is being settled. */
export interface Settling {
  readonly tx: Tx;
  readonly conflict: ConflictRow;
  readonly facts: ConflictFacts;
  readonly by: string;
  readonly reason: string | undefined;
  readonly now: Date;
  /** Where whoever settles it may extend and end POA&Ms. */
  readonly approves: Scope;
  /** A third value, where that was chosen. */
  readonly value: Json | undefined;
  /** The operation that settles, begun by the first conflict that can be settled. */
  operation(): Promise<string>;
}

/** What was done, for the sentence that reports it. */
export interface EffectDone {
  /** Changes of the outbox that are sent again, or were given up. */
  readonly changes?: number;
  /** Whether what is made again waits for approval. */
  readonly waitsForApproval?: boolean;
  /** What no POA&M answers any more. */
  readonly unanswered?: readonly Unanswered[];
  /** Open findings, high or critical, in a system that ended. */
  readonly openFindings?: number;
  /** The other record of two. */
  readonly other?: string;
}

export type Carried = { readonly done: EffectDone } | { readonly refused: string };

/** Writes journal rows of a decision: who decided, and why. */
export async function journal(
  settling: Settling,
  entries: readonly Omit<JournalEntry, 'direction' | 'decidedBy'>[],
): Promise<void> {
  const { tx, conflict, by, reason } = settling;
  await recordChanges(
    tx.db,
    { systemId: conflict.systemId, operationId: await settling.operation() },
    entries.map((entry) => ({
      ...entry,
      direction: 'internal' as const,
      decidedBy: byPerson(by),
      reason: reason ?? entry.reason ?? reasonOf('conflict', { conflict: conflict.id }),
    })),
  );
}

/** Why a conflict's end changes a row of ours. */
type ConflictReason =
  | {
      readonly code: Extract<
        ReasonCode,
        | 'conflict_remote_value'
        | 'conflict_third_value'
        | 'conflict_unlinked'
        | 'conflict_made_again'
        | 'conflict_ends'
      >;
    }
  | { readonly code: Extract<ReasonCode, 'conflict_key' | 'conflict_same'>; readonly other: string };

const whyOf = ({ id: conflict }: ConflictRow, why: ConflictReason): Reason =>
  'other' in why ? reasonOf(why.code, { conflict, other: why.other }) : reasonOf(why.code, { conflict });

/** Sets columns of one row of ours, with the journal. Columns that have the value already are left alone. */
export async function setFields(
  settling: Settling,
  entity: LinkedEntityName,
  entityId: string,
  columns: JsonObject,
  why: ConflictReason,
): Promise<void> {
  const row = (await fetchRows(settling.tx.db, entity, [entityId])).get(entityId)?.row;
  const changed = Object.entries(columns).filter(([field, value]) => !sameValue(row?.[field], value));
  if (!row || changed.length === 0) return;
  await updateRows(settling.tx.db, entity, [{ entityId, columns: Object.fromEntries(changed) }]);
  const exceptSystem = why.code === 'conflict_remote_value' ? settling.conflict.systemId : null;
  await markRecordsEdited(settling.tx.db, { entity, entityIds: [entityId], exceptSystem });
  await journal(
    settling,
    changed.map(([field, after]) => ({
      entity,
      entityId,
      field,
      before: row[field] ?? null,
      after: after ?? null,
      reason: whyOf(settling.conflict, why),
    })),
  );
}

/** What a conflict of type `duplicate` names. */
export const sameAs = (value: Json): string =>
  isJsonObject(value) ? scalarText(value['same_as'] ?? null) : '';
