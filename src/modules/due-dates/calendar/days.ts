/** Days as `YYYY-MM-DD` in UTC, which compare as text. */
const dayMs = 86_400_000;

export function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * dayMs).toISOString().slice(0, 10);
}

/** The day on which an instant lies that many days, or parts of one, after another. @param at ISO in UTC. */
export const dayAfter = (at: string, days: number): string =>
  new Date(Date.parse(at) + days * dayMs).toISOString().slice(0, 10);

/** 1 Monday to 7 Sunday. */
export const weekdayOf = (day: string): number => new Date(`${day}T00:00:00Z`).getUTCDay() || 7;

/** The later of two days. */
export const laterOf = (a: string, b: string): string => (a > b ? a : b);
/** The earlier of two days. */
export const earlierOf = (a: string, b: string): string => (a < b ? a : b);
