/** Federal working days, for what the law counts in them. */
import type { Kysely } from 'kysely';
import type { Database } from '../../platform/postgres/index.ts';
import { countDays } from './calendar/calendar.ts';
import { fetchCalendars } from './policies.sql.ts';

/** @returns what counts working days from a day, by the calendar `federal` with the organization's own days; the day itself is not counted. */
export async function fetchWorkingDays(
  db: Kysely<Database>,
): Promise<(from: string, days: number) => string> {
  const calendar = (await fetchCalendars(db)).get('federal');
  return (from, days) => countDays(from, days, { counts: 'working_days', calendar });
}
