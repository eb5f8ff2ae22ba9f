/** One formatter for every time on every page. Instants come in UTC; days are days and have no zone. */
export type Zone = 'utc' | 'local';

const dayMs = 86_400_000;
const formats = new Map<string, Intl.DateTimeFormat>();

function format(zone: Zone): Intl.DateTimeFormat {
  const made =
    formats.get(zone) ??
    new Intl.DateTimeFormat('en-GB', {
      year: 'numeric',
      month: 'short',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
      timeZoneName: 'short',
      ...(zone === 'utc' ? { timeZone: 'UTC' } : {}),
    });
  formats.set(zone, made);
  return made;
}

/** `26 Nov 2026, 14:02 UTC` */
export const absolute = (iso: string, zone: Zone): string => format(zone).format(new Date(iso));

const steps: readonly (readonly [seconds: number, unit: string])[] = [
  [365 * 86_400, 'y'],
  [30 * 86_400, 'mo'],
  [86_400, 'd'],
  [3600, 'h'],
  [60, 'min'],
];

/** `3 d ago`, `in 2 h`, `just now` within a minute to either side. */
export function relative(iso: string, now: number): string {
  const seconds = (now - new Date(iso).getTime()) / 1000;
  const span = Math.abs(seconds);
  const step = steps.find(([size]) => span >= size);
  if (!step) return 'just now';
  const text = `${Math.floor(span / step[0])} ${step[1]}`;
  return seconds >= 0 ? `${text} ago` : `in ${text}`;
}

/** Whole days from the first to the second, by the UTC calendar. */
export const daysBetween = (from: number, to: string): number =>
  Math.floor(new Date(to).getTime() / dayMs) - Math.floor(from / dayMs);

export const dayOf = (iso: string): string => iso.slice(0, 10);
export const ageInDays = (iso: string, now: number): number => Math.max(0, -daysBetween(now, iso));
