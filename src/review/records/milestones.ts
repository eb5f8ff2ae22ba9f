/** Milestones of a POA&M, as a person plans them: added, moved, completed. */
import { type Actor, isWithin, type Scope } from '../../canonical/access/index.ts';
import { TielineError } from '../../platform/errors/index.ts';
import type { JsonObject } from '../../platform/values/index.ts';
import { byPerson, poamStandingOf } from '../../canonical/vocabulary/index.ts';
import { markRecordsEdited } from '../../ledger/links/index.ts';
import { recordChanges, withOperation } from '../../ledger/operations/index.ts';
import { insertRows } from '../../record/entities/index.ts';
import { findPoamSystem, hasMilestone } from '../../record/poams/index.ts';
import type { App } from '../../engine/run/index.ts';
import { parseChanges } from './decide-edit.ts';
import { editRecord, type EditOutcome, unknownRecord } from './edit-record.ts';

export interface NewMilestone {
  readonly poamId: string;
  readonly description: string;
  /** `YYYY-MM-DD`. */
  readonly due: string;
  readonly comments?: string | undefined;
  readonly reason?: string | undefined;
}

/** @throws EDIT_REFUSED where the POA&M is over, or promises an earlier day. */
function requirePlace(
  { status, promised }: { readonly status: string | null; readonly promised: string | null },
  { poamId, due }: NewMilestone,
): void {
  const refused = (field: string, message: string): TielineError =>
    new TielineError('EDIT_REFUSED', 'Nothing was added.', { fields: [{ field, message }] });
  const standing = poamStandingOf(status);
  if (standing === 'completed' || standing === 'cancelled')
    throw refused(
      'status',
      `of the POA&M is ${status ?? ''}: reopen it first (tieline poams reopen ${poamId} --reason "…")`,
    );
  if (promised !== null && due > promised)
    throw refused(
      'scheduled_completion',
      `is after the day that its POA&M promises, ${promised}: ask for an extension of that first (tieline poams extend ${poamId} --to ${due})`,
    );
}

/**
 * Adds a milestone to a POA&M. A new POA&M takes it along when it is sent; to one that the GRC system has, the next sync adds it
 * (`engine/outbound/plan-additions.ts`). What the remote does not take is in the inbox like any other refusal.
 * @returns its id. @throws RECORD_UNKNOWN, EDIT_REFUSED.
 */
export function addMilestone(
  app: App,
  actor: Actor,
  scope: Scope,
  given: NewMilestone,
): Promise<{ readonly id: string; readonly operationId: string }> {
  const record: JsonObject = {
    milestone_description: given.description.trim(),
    scheduled_completion: given.due,
    status: 'Pending',
    comments: given.comments ?? null,
  };
  const { faults } = parseChanges('milestone', record);
  if (faults.length > 0) throw new TielineError('EDIT_REFUSED', 'Nothing was added.', { fields: faults });
  return app.store.transaction(async ({ db }) => {
    const poam = await findPoamSystem(db, given.poamId);
    if (!poam || !isWithin(scope, poam.systemId)) throw unknownRecord('poam', given.poamId);
    requirePlace(poam, given);
    // A remote tells milestones of a POA&M apart by what they say.
    if (await hasMilestone(db, given))
      throw new TielineError('EDIT_REFUSED', 'Nothing was added.', {
        fields: [
          { field: 'milestone_description', message: 'is a milestone of this POA&M on that day already' },
        ],
      });
    const about = { principalId: actor.principalId, by: actor.name };
    const operation = { type: 'update', system: 'tieline', step: 'add milestone', metadata: about } as const;
    return withOperation(db, operation, async ({ id: operationId, count }) => {
      const [id = ''] = await insertRows(db, 'milestone', [
        { ...record, poam_id: given.poamId, created_at: 'now' },
      ]);
      await recordChanges(db, { systemId: null, operationId }, [
        {
          entity: 'milestone',
          entityId: id,
          after: record,
          direction: 'internal',
          decidedBy: byPerson(actor.name),
          ...(given.reason === undefined ? {} : { reason: given.reason }),
        },
      ]);
      await markRecordsEdited(db, { entity: 'poam', entityIds: [given.poamId] });
      await count({ read: 1, created: 1 });
      return { id, operationId };
    });
  });
}

interface MilestoneEdit {
  readonly id: string;
  readonly version?: string | undefined;
  readonly reason?: string | undefined;
}

/** Moves a milestone to another day; a reason is needed. */
export const moveMilestone = (
  app: App,
  actor: Actor,
  scope: Scope,
  edit: MilestoneEdit & { readonly due: string },
): Promise<EditOutcome> =>
  editRecord(app, actor, scope, {
    ...edit,
    entity: 'milestone',
    changes: { scheduled_completion: edit.due },
  });

/** A milestone is done. @param edit.on the day; default: today in UTC. */
export const completeMilestone = (
  app: App,
  actor: Actor,
  scope: Scope,
  edit: MilestoneEdit & { readonly on?: string | undefined },
): Promise<EditOutcome> =>
  editRecord(app, actor, scope, {
    ...edit,
    entity: 'milestone',
    changes: {
      status: 'Completed',
      actual_completion: edit.on ?? app.now().toISOString().slice(0, 10),
    },
  });
