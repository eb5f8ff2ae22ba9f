/** What people are shown of a plan's items beside the document: where each record is, and what it is called. */
import type { Kysely } from 'kysely';
import type { PlanDocument, PlanItem } from '../../canonical/vocabulary/index.ts';
import type { Database } from '../../platform/postgres/index.ts';
import { fetchRecordTitles } from '../../record/entities/index.ts';
import type { ItemPlace } from './plan-items.sql.ts';

export interface ShownItem extends ItemPlace {
  readonly title: string | null;
}

/** A plan as it was made. */
export interface MadePlan {
  /** The operation that read both sides for it. */
  readonly operationId: string;
  readonly document: PlanDocument;
  readonly shown: ReadonlyMap<PlanItem, ShownItem>;
}

const titlesAtOnce = 5_000;

/** Looked up where the items were found: records that a plan would make are there only in its transaction. */
export async function showItems(
  db: Kysely<Database>,
  items: readonly PlanItem[],
  places: ReadonlyMap<PlanItem, ItemPlace>,
): Promise<ReadonlyMap<PlanItem, ShownItem>> {
  const shown = new Map<PlanItem, ShownItem>();
  for (let from = 0; from < items.length; from += titlesAtOnce) {
    const page = items.slice(from, from + titlesAtOnce);
    const named = page.map(({ entity, record }, n) => ({
      entity,
      // Every item that was found has its place.
      entityId: places.get(page[n] as PlanItem)?.entityId ?? record,
    }));
    const titles = await fetchRecordTitles(db, named);
    for (const [n, item] of page.entries()) {
      const place = places.get(item) ?? { entityId: null, boundary: null };
      const title = titles.get(`${item.entity} ${named[n]?.entityId ?? ''}`)?.title ?? null;
      shown.set(item, { ...place, title });
    }
  }
  return shown;
}
