/**
 * The breaker of one external system. closed: calls pass. open: calls are refused until `openMs` have gone by.
 * half-open: one probe passes; its success closes the breaker, its failure opens it again.
 *
 * Rejected: cockatiel's breaker, which reads the clock itself and so cannot be tested without waiting.
 */
export interface BreakerSettings {
  /** Failed attempts in a row (unreachable or 5xx) that open it. */
  readonly failuresToOpen: number;
  readonly openMs: number;
}

export interface CircuitBreaker {
  /** Milliseconds until a call may be tried again; 0: go ahead. In half-open state only one caller gets 0. */
  enter(): number;
  succeeded(): void;
  failed(): void;
  /** The attempt ended without telling anything about the remote (it was cancelled). */
  undecided(): void;
}

/** Makes a closed breaker. `now` is in milliseconds. */
export function createCircuitBreaker(settings: BreakerSettings, now: () => number): CircuitBreaker {
  let failures = 0;
  let openedAt: number | undefined;
  let isProbing = false;
  return {
    enter() {
      if (openedAt === undefined) return 0;
      const left = openedAt + settings.openMs - now();
      if (left > 0) return left;
      if (isProbing) return 1000;
      isProbing = true;
      return 0;
    },
    succeeded() {
      failures = 0;
      openedAt = undefined;
      isProbing = false;
    },
    failed() {
      failures += 1;
      if (isProbing || failures >= settings.failuresToOpen) openedAt = now();
      isProbing = false;
    },
    undecided() {
      isProbing = false;
    },
  };
}
