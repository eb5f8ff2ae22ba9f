/** Reviews of POA&Ms and how often boundaries want them. */
import { type Kysely, sql } from 'kysely';
import { inScope, type Scope } from '../../canonical/access/index.ts';
import type { Database } from '../../platform/postgres/index.ts';

/** @returns how many of them there are in the scope; those that are not are left out. */
export async function insertReviews(
  db: Kysely<Database>,
  scope: Scope,
  review: {
    readonly ids: readonly string[];
    readonly at: Date;
    readonly by: string;
    readonly note: string | null;
  },
): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    insert into poam_reviews (poam_id, reviewed_at, reviewed_by, note)
    select p.poam_id, ${review.at}::timestamptz, ${review.by}, ${review.note} from ingestion_poams p
     where p.poam_id = any(${[...review.ids]}::text[]) and ${inScope(scope, sql`p.system_id`)}
    returning poam_id as id`.execute(db);
  return rows.map(({ id }) => id);
}

/** Of these, those that are in the scope. */
export async function knownPoams(
  db: Kysely<Database>,
  scope: Scope,
  ids: readonly string[],
): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select p.poam_id::text as id from ingestion_poams p where p.poam_id = any(${[...ids]}::text[]) and ${inScope(scope, sql`p.system_id`)} order by 1`.execute(
    db,
  );
  return rows.map(({ id }) => id);
}

export interface ReviewInterval {
  /** Null: every boundary without one of its own. */
  readonly boundary: string | null;
  /** Null: this boundary asks for no reviews. */
  readonly days: number | null;
  readonly setBy: string;
  readonly setAt: Date;
}

export async function listReviewIntervals(db: Kysely<Database>, scope: Scope): Promise<ReviewInterval[]> {
  const { rows } = await sql<ReviewInterval>`
    select i.system_id as boundary, i.interval_days as days, i.set_by as "setBy", i.set_at as "setAt" from review_intervals i
     where i.system_id is null or ${inScope(scope, sql`i.system_id`)} order by i.system_id nulls first`.execute(
    db,
  );
  return rows;
}

/** @param interval.days null: none is asked for. @returns what it was before; undefined where there was no row. */
export async function saveInterval(
  db: Kysely<Database>,
  interval: ReviewInterval,
): Promise<number | null | undefined> {
  const { rows } = await sql<{ days: number | null }>`
    select interval_days as days from review_intervals where system_id is not distinct from ${interval.boundary}`.execute(
    db,
  );
  await sql`
    insert into review_intervals (system_id, interval_days, set_by, set_at)
    values (${interval.boundary}, ${interval.days}, ${interval.setBy}, ${interval.setAt}::timestamptz)
    on conflict (coalesce(system_id, '')) do update
      set interval_days = excluded.interval_days, set_by = excluded.set_by, set_at = excluded.set_at`.execute(
    db,
  );
  return rows[0]?.days;
}

export async function isBoundary(db: Kysely<Database>, systemId: string): Promise<boolean> {
  const { rows } = await sql`select from ingestion_systems where system_id = ${systemId} limit 1`.execute(db);
  return rows.length > 0;
}
