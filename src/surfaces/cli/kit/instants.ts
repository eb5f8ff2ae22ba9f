/** How points in time are shown: in UTC, as the columns and sentences beside them say. */
const none = '–';

/** `2026-11-25`. */
export const dayText = (at: Date | null, absent = none): string => at?.toISOString().slice(0, 10) ?? absent;

/** `2026-11-25 14:05`. */
export const minuteText = (at: Date | null, absent = none): string =>
  at?.toISOString().slice(0, 16).replace('T', ' ') ?? absent;

/** `2026-11-25 14:05:09`. */
export const secondText = (at: Date | null, absent = none): string =>
  at?.toISOString().slice(0, 19).replace('T', ' ') ?? absent;
