const dayMs = 86_400_000;

/** How many days `to` lies after `from`; below zero: before. @param from a day, or an instant as ISO in UTC, of which its day counts. */
export const daysBetween = (from: string, to: string): number =>
  Math.round((Date.parse(to.slice(0, 10)) - Date.parse(from.slice(0, 10))) / dayMs);
