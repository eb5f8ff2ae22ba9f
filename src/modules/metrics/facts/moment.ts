/** The moment that a metric is of. */
export interface Moment {
  /** `2026-11-27T02:10:00.000`, in UTC; of a day of the past, its end. */
  readonly at: string;
  /** `2026-11-27`. */
  readonly today: string;
  /** Whether it is now: states are known then and need not be concluded from history. */
  readonly isNow: boolean;
}

const text = (time: Date): string => time.toISOString().slice(0, -1);

export const momentOfNow = (now: Date): Moment => ({
  at: text(now),
  today: text(now).slice(0, 10),
  isNow: true,
});

/** The end of a day. @param day `2026-11-27`. */
export const momentOfDay = (day: string): Moment => ({
  at: text(new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000)),
  today: day,
  isNow: false,
});

/** SQL of a metric with its moment in place of `:now` and `:today`. */
export const atMoment = (query: string, { at, today }: Moment): string =>
  query.replaceAll(/(?<!:):now\b/g, `timestamp '${at}'`).replaceAll(/(?<!:):today\b/g, `date '${today}'`);
