/**
 * Milestones that lie after the day which their POA&M promises (it was pulled in): moved in one action, to that day or in proportion. Pure but for
 * the end; each move is an edit with its reason, its note and its journal.
 */
import { daysBetween } from '../../platform/timings/index.ts';
import type { Actor, Scope } from '../../canonical/access/index.ts';
import { isWithin } from '../../canonical/access/index.ts';
import type { App } from '../../engine/run/index.ts';
import { addDays } from '../../modules/due-dates/index.ts';
import { TielineError } from '../../platform/errors/index.ts';
import { findPoamSystem, listForFit } from '../../record/poams/index.ts';
import { editWithin, unknownRecord } from './edit-record.ts';

/** `date`: all to the promised day; `proportion`: the last one there, the others between as they were. */
export const fits = ['proportion', 'date'] as const;
export type Fit = (typeof fits)[number];

export interface PlannedMilestone {
  readonly id: string;
  /** YYYY-MM-DD. */
  readonly due: string;
  readonly isBeyond: boolean;
}

/**
 * The new days of those beyond. Those that lie within stay: in proportion, the others are spread between the last of them (not before today) and the
 * promised day, in their order.
 */
export function planFit(
  milestones: readonly PlannedMilestone[],
  { promised, today, how }: { readonly promised: string; readonly today: string; readonly how: Fit },
): { readonly id: string; readonly from: string; readonly to: string }[] {
  const beyond = milestones.filter(({ isBeyond }) => isBeyond);
  const within = milestones.filter(({ isBeyond }) => !isBeyond).map(({ due }) => due);
  const start = [today, ...within].toSorted().at(-1) ?? today;
  const last =
    beyond
      .map(({ due }) => due)
      .toSorted()
      .at(-1) ?? promised;
  const room = daysBetween(start, promised);
  const share = how === 'date' || room <= 0 ? 0 : room / daysBetween(start, last);
  return beyond.map(({ id, due }) => ({
    id,
    from: due,
    to: share === 0 ? promised : addDays(start, Math.max(1, Math.round(daysBetween(start, due) * share))),
  }));
}

export interface FittedMilestones {
  readonly poamId: string;
  readonly promised: string;
  readonly moved: readonly { readonly id: string; readonly from: string; readonly to: string }[];
}

/** @throws RECORD_UNKNOWN; EDIT_REFUSED where none lies beyond, or one may not be moved: then none is. */
export function fitMilestones(
  app: App,
  actor: Actor,
  scope: Scope,
  given: { readonly poamId: string; readonly how: Fit; readonly reason: string },
): Promise<FittedMilestones> {
  const { poamId, how, reason } = given;
  return app.store.transaction(async (tx) => {
    const poam = await findPoamSystem(tx.db, poamId);
    if (!poam || !isWithin(scope, poam.systemId)) throw unknownRecord('poam', poamId);
    const milestones = await listForFit(tx.db, poamId);
    if (poam.promised === null || !milestones.some(({ isBeyond }) => isBeyond))
      throw new TielineError('EDIT_REFUSED', 'Nothing was moved.', {
        fields: [
          {
            field: 'milestones',
            message:
              poam.promised === null
                ? 'have no day to fit: the POA&M promises none'
                : `all lie within the day that the POA&M promises, ${poam.promised}`,
          },
        ],
      });
    const { promised } = poam;
    const moved = planFit(milestones, { promised, how, today: app.now().toISOString().slice(0, 10) });
    for (const { id, to } of moved)
      await editWithin(app, tx, {
        actor,
        scope,
        edit: { entity: 'milestone', id, changes: { scheduled_completion: to }, reason },
      });
    return { poamId, promised, moved };
  });
}
