/**
 * A limit as a real server keeps one: a bucket that holds a second's worth of requests, at least one, and fills steadily.
 * @returns asks for one request; undefined lets it pass, a number is the seconds to wait
 */
export function createRateLimit(requestsPerSecond: number): () => number | undefined {
  const capacity = Math.max(1, requestsPerSecond);
  let tokens = capacity;
  let filledAt = performance.now();
  return () => {
    if (requestsPerSecond <= 0) return undefined;
    const now = performance.now();
    tokens = Math.min(capacity, tokens + ((now - filledAt) / 1000) * requestsPerSecond);
    filledAt = now;
    if (tokens < 1) return (1 - tokens) / requestsPerSecond;
    tokens -= 1;
    return undefined;
  };
}
