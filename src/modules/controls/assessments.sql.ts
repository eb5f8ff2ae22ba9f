/** When controls are assessed next: so many months after they were assessed last. */
import { type Kysely, sql } from 'kysely';
import type { Database } from '../../platform/postgres/index.ts';
import { concernsRunOf } from '../../record/systems/index.ts';

/**
 * Computes the next assessment of controls that have an interval: from their last one, else from when the interval is first looked at. A day
 * that is later than the one that follows from the last assessment stays: somebody planned it so, or the GRC system says it.
 * @param today YYYY-MM-DD. @param externalSystemId of whose boundaries. @returns the controls whose day moved, with both.
 */
export async function renewAssessments(
  db: Kysely<Database>,
  today: string,
  externalSystemId: number,
): Promise<{ readonly id: string; readonly before: string | null; readonly after: string }[]> {
  const { rows } = await sql<{ id: string; before: string | null; after: string }>`
    with due as (
      select c.id, c.next_assessment_date as before,
             (coalesce(c.last_assessed::date, ${today}::date) + make_interval(months => c.assessment_frequency_months))::date as after
        from ingestion_controls c
       where c.assessment_frequency_months > 0 and ${concernsRunOf(externalSystemId, sql`c.system_id`)}
    )
    update ingestion_controls c set next_assessment_date = due.after
      from due
     where due.id = c.id
       and (due.before is null or (c.last_assessed is not null and due.before <= c.last_assessed::date))
    returning c.id::text as id, due.before::text as before, due.after::text as after`.execute(db);
  return rows;
}
