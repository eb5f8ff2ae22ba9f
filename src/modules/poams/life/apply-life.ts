/** Writes what was decided about the life of POA&Ms: rows, journal, evidence, questions, in the caller's transaction. */
import { byRule, type Decider, type Reason, type RuleCode } from '../../../canonical/vocabulary/index.ts';
import { recordChanges } from '../../../ledger/operations/index.ts';
import { markRecordsEdited } from '../../../ledger/links/index.ts';
import type { Tx } from '../../../platform/postgres/index.ts';
import type { JsonObject } from '../../../platform/values/index.ts';
import { fetchRows, updateRows } from '../../../record/entities/index.ts';
import { listOpenMilestones } from '../../../record/poams/index.ts';
import { sameValue } from '../../../engine/merge/index.ts';

export interface LifeSource {
  readonly systemId: number | null;
  readonly operationId: string;
}

/** New values of a POA&M, and who decided them. */
export interface PoamChange {
  readonly poamId: string;
  readonly fields: JsonObject;
  readonly decidedBy: Decider;
  readonly reason?: Reason | string | undefined;
}

/** GRC systems take so much text. */
const longestText = 2000;

/** A text with a note at its end; what is too long loses the end of the note, never what was there. */
export function appended(text: string | null, note: string): string {
  const before = text === null || text.trim() === '' ? '' : `${text}\n`;
  const room = longestText - before.length;
  if (room >= note.length) return `${before}${note}`;
  return room < 40 ? (text ?? '') : `${before}${note.slice(0, room - 1)}…`;
}

/**
 * Writes new values of POA&Ms, each with a row of the journal; the next plan of edits sends what the remote is to know.
 * @returns the POA&Ms of which anything changed.
 */
export async function changePoams(
  tx: Tx,
  source: LifeSource,
  changes: readonly PoamChange[],
): Promise<ReadonlySet<string>> {
  const rows = await fetchRows(
    tx.db,
    'poam',
    changes.map(({ poamId }) => poamId),
  );
  const differing = changes.flatMap((change) => {
    const row = rows.get(change.poamId)?.row;
    if (!row) return [];
    const fields = Object.entries(change.fields).filter(([field, value]) => !sameValue(row[field], value));
    return fields.length === 0 ? [] : [{ ...change, row, fields }];
  });
  await updateRows(
    tx.db,
    'poam',
    differing.map(({ poamId, fields }) => ({ entityId: poamId, columns: Object.fromEntries(fields) })),
  );
  await recordChanges(
    tx.db,
    source,
    differing.flatMap(({ poamId, row, fields, decidedBy, reason }) =>
      fields.map(([field, after]) => ({
        entity: 'poam',
        entityId: poamId,
        field,
        before: row[field] ?? null,
        after: after ?? null,
        direction: 'internal' as const,
        decidedBy,
        ...(reason === undefined ? {} : { reason }),
      })),
    ),
  );
  const entityIds = differing.map(({ poamId }) => poamId);
  if (entityIds.length > 0) await markRecordsEdited(tx.db, { entity: 'poam', entityIds });
  return new Set(entityIds);
}

/** Completes the open milestones of POAs&M that were completed, each with the same reason. @param on YYYY-MM-DD by POA&M. */
export async function completeMilestones(
  tx: Tx,
  source: LifeSource,
  poams: readonly {
    readonly poamId: string;
    readonly on: string;
    readonly note: string;
    readonly decidedBy: Decider;
  }[],
): Promise<void> {
  const open = await listOpenMilestones(
    tx.db,
    poams.map(({ poamId }) => poamId),
  );
  const of = new Map(poams.map((each) => [each.poamId, each]));
  const changes = open.flatMap((milestone) => {
    const poam = of.get(milestone.poamId);
    if (!poam) return [];
    return [
      {
        milestone,
        poam,
        columns: {
          status: 'Completed',
          actual_completion: poam.on,
          comments: appended(milestone.comments, poam.note),
        },
      },
    ];
  });
  if (changes.length === 0) return;
  await updateRows(
    tx.db,
    'milestone',
    changes.map(({ milestone, columns }) => ({ entityId: milestone.id, columns })),
  );
  await recordChanges(
    tx.db,
    source,
    changes.map(({ milestone, poam }) => ({
      entity: 'milestone',
      entityId: milestone.id,
      field: 'status',
      before: milestone.status,
      after: 'Completed',
      direction: 'internal' as const,
      decidedBy: poam.decidedBy,
      reason: poam.note,
    })),
  );
  await markRecordsEdited(tx.db, {
    entity: 'milestone',
    entityIds: changes.map(({ milestone }) => milestone.id),
  });
}

/** A change of a POA&M that a rule decides. */
export const ruledChange = (
  poamId: string,
  fields: JsonObject,
  rule: RuleCode,
  reason?: Reason,
): PoamChange => ({ poamId, fields, decidedBy: byRule(rule), reason });
