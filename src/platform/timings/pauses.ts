const firstPauseMs = 5 * 60_000;
const longestPauseMs = 3_600_000;

/**
 * Regular work that reads much: after a failure it pauses for five minutes, then longer each time up to an hour, since what failed most likely
 * fails again at once.
 * @returns what is called regularly; it throws what failed, and does nothing during a pause.
 */
export function withPauses(now: () => Date, work: () => Promise<unknown>): () => Promise<void> {
  let pauseMs = 0;
  let notBefore = -Infinity;
  return async () => {
    if (now().getTime() < notBefore) return;
    try {
      await work();
      pauseMs = 0;
    } catch (error) {
      pauseMs = Math.min(longestPauseMs, Math.max(firstPauseMs, pauseMs * 2));
      notBefore = now().getTime() + pauseMs;
      throw error;
    }
  };
}
