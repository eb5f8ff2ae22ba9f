/** When the review of a POA&M is due: so many days from the last, or from when it was made, as its boundary wants. Over `p`. */
import { type RawBuilder, sql } from 'kysely';

/** The boundary's own interval, else that of every boundary; null: no review is asked for. */
const interval = sql`
  (select i.interval_days from review_intervals i where i.system_id = p.system_id or i.system_id is null order by i.system_id nulls last limit 1)`;

/** The latest review of a POA&M, as one row or none: reviewed_at, reviewed_by. */
export const latestReview = sql`
  select r.reviewed_at, r.reviewed_by from poam_reviews r where r.poam_id = p.poam_id order by r.reviewed_at desc, r.id desc limit 1`;

/** SQL of when the next review is due, in UTC without a zone; null where none is asked for. */
export const reviewDueAt: RawBuilder<unknown> = sql`
  (coalesce((select last.reviewed_at at time zone 'UTC' from (${latestReview}) last), p.created_at::timestamp) + ${interval} * interval '1 day')`;

export const isReviewLate = (now: Date): RawBuilder<boolean> =>
  sql<boolean>`coalesce(${reviewDueAt} < ${now.toISOString().slice(0, -1)}::timestamp, false)`;
