/** How long to wait before the next attempt. Pure: time and chance come in. */

export interface BackoffSettings {
  readonly baseMs: number;
  readonly capMs: number;
}

/**
 * Exponential backoff with full jitter (AWS Architecture Blog, "Exponential Backoff And Jitter", 2015).
 * `failures` counts from 1; `random` yields 0 ≤ x < 1; the result is in milliseconds.
 */
export function backoffMs(failures: number, settings: BackoffSettings, random: () => number): number {
  return random() * Math.min(settings.capMs, settings.baseMs * 2 ** Math.min(failures, 30));
}

/**
 * Reads a Retry-After header: seconds or an HTTP date (RFC 9110, 10.2.3), in milliseconds from `now`, no less than
 * 0 and no more than `capMs`; undefined if absent or unreadable. A date is held against `serverDate` (the answer's
 * own Date header) where there is one, so that a skewed clock does not matter.
 */
export function retryAfterMs(
  header: string | undefined,
  at: { readonly now: Date; readonly serverDate?: string | undefined; readonly capMs: number },
): number | undefined {
  if (header === undefined) return undefined;
  const text = header.trim();
  if (/^\d+(\.\d+)?$/.test(text)) return Math.min(at.capMs, Number(text) * 1000);
  const until = Date.parse(text);
  if (Number.isNaN(until)) return undefined;
  const server = at.serverDate === undefined ? Number.NaN : Date.parse(at.serverDate);
  const from = Number.isNaN(server) ? at.now.getTime() : server;
  return Math.min(at.capMs, Math.max(0, until - from));
}
