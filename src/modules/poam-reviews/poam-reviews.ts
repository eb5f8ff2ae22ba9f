/** Somebody looked at POA&Ms and found that nothing is to change: one, or all of a filter. And how often that is to be. */
import { createHash } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { Scope } from '../../canonical/access/index.ts';
import { byPerson } from '../../canonical/vocabulary/index.ts';
import { recordChanges, withDecision } from '../../ledger/operations/index.ts';
import { TielineError } from '../../platform/errors/index.ts';
import type { Database, Store } from '../../platform/postgres/index.ts';
import { listPoamIds, type PoamFilter } from '../../record/poams/index.ts';
import { insertReviews, isBoundary, knownPoams, saveInterval } from './poam-reviews.sql.ts';

interface Working {
  readonly db: Kysely<Database>;
  readonly store: Store;
  readonly now: () => Date;
}

export type PoamSelection = { readonly filter: PoamFilter } | { readonly ids: readonly string[] };

export interface ReviewsTried {
  readonly matched: number;
  readonly token: string;
}

async function idsOf(
  db: Kysely<Database>,
  scope: Scope,
  selection: PoamSelection,
  now: Date,
): Promise<string[]> {
  if ('filter' in selection) return listPoamIds(db, scope, { filter: selection.filter, now });
  const wanted = [...new Set(selection.ids)];
  const known = await knownPoams(db, scope, wanted);
  const missing = wanted.find((id) => !known.includes(id));
  if (missing !== undefined) throw new TielineError('RECORD_UNKNOWN', `There is no POA&M ${missing}.`);
  return known;
}

const tokenOf = (ids: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(ids)).digest('hex');

/** How many would be said to be reviewed; nothing is written. */
export async function tryReviews(
  { db, now }: Working,
  scope: Scope,
  selection: PoamSelection,
): Promise<ReviewsTried> {
  const ids = await idsOf(db, scope, selection, now());
  return { matched: ids.length, token: tokenOf(ids) };
}

/** @throws TielineError SELECTION_MOVED where the token is of others; RECORD_UNKNOWN. */
export async function reviewPoams(
  { store, now }: Working,
  scope: Scope,
  review: {
    readonly selection: PoamSelection;
    readonly note?: string | null | undefined;
    readonly token?: string | undefined;
  },
  by: { readonly name: string },
): Promise<{ readonly reviewed: number; readonly operationId: string | null }> {
  return store.transaction(async ({ db }) => {
    const ids = await idsOf(db, scope, review.selection, now());
    if (review.token !== undefined && review.token !== tokenOf(ids))
      throw new TielineError(
        'SELECTION_MOVED',
        'Other POA&Ms belong to the filter than those that were shown.',
      );
    if (ids.length === 0) return { reviewed: 0, operationId: null };
    const at = now();
    const step = 'review POA&Ms';
    return withDecision(db, { system: 'tieline', step, records: ids.length }, async (operationId) => {
      const note = review.note ?? null;
      const reviewed = await insertReviews(db, scope, { ids, at, by: by.name, note });
      await recordChanges(
        db,
        { systemId: null, operationId },
        reviewed.map((id) => ({
          entity: 'poam_review',
          entityId: id,
          field: 'reviewed_on',
          before: null,
          after: at.toISOString().slice(0, 10),
          direction: 'internal',
          decidedBy: byPerson(by.name),
          ...(note === null ? {} : { reason: note }),
        })),
      );
      return { reviewed: reviewed.length, operationId };
    });
  });
}

/** How often open POA&Ms of a boundary, or of every boundary, are to be reviewed. @param days null: not at all. */
export async function setReviewInterval(
  { store, now }: Working,
  interval: { readonly boundary: string | null; readonly days: number | null },
  by: { readonly name: string },
): Promise<{ readonly operationId: string }> {
  const { boundary, days } = interval;
  return store.transaction(async ({ db }) => {
    if (boundary !== null && !(await isBoundary(db, boundary)))
      throw new TielineError('RECORD_UNKNOWN', `There is no system ${boundary}.`);
    const step = 'set how often POA&Ms are reviewed';
    return withDecision(db, { system: 'tieline', step }, async (operationId) => {
      const before = await saveInterval(db, { boundary, days, setBy: by.name, setAt: now() });
      await recordChanges(db, { systemId: null, operationId }, [
        {
          entity: 'review_interval',
          entityId: boundary ?? 'every boundary',
          field: 'interval_days',
          before: before ?? null,
          after: days,
          direction: 'internal',
          decidedBy: byPerson(by.name),
        },
      ]);
      return { operationId };
    });
  });
}
