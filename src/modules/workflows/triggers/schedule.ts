/** Times of a schedule: five fields of cron, in UTC. Pure. */
import { Cron } from 'croner';
import { messageOf } from '../../../platform/errors/index.ts';

const fields = 5;

/** @returns undefined where it makes sense. */
export function scheduleProblem(cron: string): string | undefined {
  const remedy = 'expected five fields (minute hour day month weekday, UTC), such as "0 6 * * *"';
  if (cron.trim().split(/\s+/).length !== fields) return remedy;
  try {
    const next = new Cron(cron, { timezone: 'UTC', mode: '5-part' }).nextRun();
    return next === null ? `never comes; ${remedy}` : undefined;
  } catch (error) {
    return `${messageOf(error)}; ${remedy}`;
  }
}

/** The first time after a moment. */
export const nextTimeOf = (cron: string, after: Date): Date | null =>
  new Cron(cron, { timezone: 'UTC', mode: '5-part' }).nextRun(after);
