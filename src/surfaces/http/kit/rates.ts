/**
 * Each caller's share. It belongs to whoever was identified, not to what a request says of itself: a made-up token would otherwise get a
 * share of its own. An address whose credentials are refused too often is not looked up again until its time is over.
 */
import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { TielineError } from '../../../platform/errors/index.ts';

/** How many requests in each `rateSeconds`: a burst, and with it the rate that can be kept up. */
export interface Rates {
  readonly reads: number;
  readonly writes: number;
}

const rateSeconds = 5;
/**
 * 60 reads and 5 writes a second: opening a page of the console asks some 15 things, and a person who looks through records opens more
 * than one a second (measured in a browser).
 */
export const usualRates: Rates = { reads: 300, writes: 25 };

export interface RateGuard {
  /** @throws TielineError RATE_LIMITED where credentials from this address were refused too often. */
  checkAddress(request: FastifyRequest, reply: FastifyReply): Promise<void>;
  /** Counts credentials that were refused. */
  countRefused(request: FastifyRequest): Promise<void>;
  /** @param caller the principal; for what needs no sign-in, the address. @throws TielineError RATE_LIMITED */
  count(request: FastifyRequest, reply: FastifyReply, caller: string): Promise<void>;
}

interface Share {
  readonly isExceeded: boolean;
  readonly max: number;
  readonly remaining: number;
  readonly ttlInSeconds: number;
}

function answerWith(reply: FastifyReply, { isExceeded, max, remaining, ttlInSeconds }: Share): void {
  void reply.headers({
    'ratelimit-limit': max,
    'ratelimit-remaining': remaining,
    'ratelimit-reset': ttlInSeconds,
  });
  if (!isExceeded) return;
  void reply.header('retry-after', Math.max(ttlInSeconds, 1));
  throw new TielineError('RATE_LIMITED', `Too many requests came within ${rateSeconds} seconds.`);
}

export async function rateGuard(server: FastifyInstance, rates: Rates): Promise<RateGuard> {
  await server.register(rateLimit, { global: false, timeWindow: rateSeconds * 1000 });
  const callers = new WeakMap<FastifyRequest, string>();
  const ofCaller = server.createRateLimit({
    max: (request) => (request.method === 'GET' ? rates.reads : rates.writes),
    keyGenerator: (request) =>
      `${request.method === 'GET' ? 'read' : 'write'} ${callers.get(request) ?? request.ip}`,
  });
  const ofAddress = server.createRateLimit({
    max: rates.reads,
    keyGenerator: (request) => `refused ${request.ip}`,
  });
  return {
    async checkAddress(request, reply) {
      const share = await ofAddress(request, { increment: false });
      if (!share.isAllowed && share.remaining === 0) answerWith(reply, { ...share, isExceeded: true });
    },
    async countRefused(request) {
      await ofAddress(request);
    },
    async count(request, reply, caller) {
      callers.set(request, caller);
      const share = await ofCaller(request);
      if (!share.isAllowed) answerWith(reply, share);
    },
  };
}
