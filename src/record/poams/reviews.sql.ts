/** When the review of a POA&M is due: so many days from the last, or from when it was made, as its boundary wants. Over `p`. */
import { type RawBuilder, sql } from 'kysely';
import { type FilterTerm, instantOf } from '../../platform/lists/index.ts';

/** The boundary's own interval, else that of every boundary; null: no review is asked for. */
const interval = sql`
  (select i.interval_days from review_intervals i where i.system_id = p.system_id or i.system_id is null order by i.system_id nulls last limit 1)`;

/** The latest review of a POA&M, as one row or none: reviewed_at, reviewed_by. */
export const latestReview = sql`
  select r.reviewed_at, r.reviewed_by from poam_reviews r where r.poam_id = p.poam_id order by r.reviewed_at desc, r.id desc limit 1`;

/** SQL of when the next review is due, in UTC without a zone; null where none is asked for. */
export const reviewDueAt: RawBuilder<unknown> = sql`
  (coalesce((select last.reviewed_at at time zone 'UTC' from (${latestReview}) last), p.created_at::timestamp) + ${interval} * interval '1 day')`;

/** The latest review of each POA&M that has one, a relation (poam_id, at), for whole lists. */
const latestReviews = sql`select r.poam_id, max(r.reviewed_at) at time zone 'UTC' as at from poam_reviews r group by r.poam_id`;

/** The filter by the latest review, for whole lists: found for all at once and then looked up. */
export function reviewedTerm(term: FilterTerm): RawBuilder<boolean> {
  if (term.is === 'presence') {
    const known = sql`select r.poam_id from poam_reviews r`;
    return term.present ? sql`(p.poam_id in (${known}))` : sql`(p.poam_id not in (${known}))`;
  }
  return sql`(p.poam_id in (select latest.poam_id from (${latestReviews}) latest where ${instantOf(sql`latest.at`)(term)}))`;
}

/**
 * The same as `isReviewLate`, for whole lists: asked POA&M by POA&M, a list of 20,000 takes eight times as long. Most boundaries have no interval of
 * their own: of these it matters only whether a review is younger than the usual one, and, where there was none, since when the POA&M is here;
 * both are sets in which each row is looked up. The others are joined with their own.
 */
export function isReviewLateInList(now: Date): RawBuilder<boolean> {
  const at = sql`${now.toISOString().slice(0, -1)}::timestamp`;
  const start = sql`(select ${at} - usual.interval_days * interval '1 day' from review_intervals usual where usual.system_id is null)`;
  const own = sql`
    select each.id
      from ingestion_poams each
      join review_intervals own on own.system_id = each.system_id
      left join (${latestReviews}) latest on latest.poam_id = each.poam_id
     where coalesce(latest.at, each.created_at::timestamp) + own.interval_days * interval '1 day' < ${at}`;
  return sql<boolean>`(
    case when p.system_id in (select own.system_id from review_intervals own where own.system_id is not null) then (p.id in (${own})) is true
         when (p.poam_id in (select r.poam_id from poam_reviews r where r.reviewed_at >= ${start} at time zone 'UTC')) is true then false
         else coalesce(${start} is not null and ((p.poam_id in (select r.poam_id from poam_reviews r)) is true or p.created_at::timestamp < ${start}), false) end)`;
}

export const isReviewLate = (now: Date): RawBuilder<boolean> =>
  sql<boolean>`coalesce(${reviewDueAt} < ${now.toISOString().slice(0, -1)}::timestamp, false)`;
