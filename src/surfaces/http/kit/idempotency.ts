/**
 * A request that creates, decides or starts bears an Idempotency-Key: the same one again gets the first answer, and does nothing a second time
 *. The answer is kept for 24 hours for that caller.
 */
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { FastifyRequest } from 'fastify';
import { TielineError } from '../../../platform/errors/index.ts';
import type { Store } from '../../../platform/postgres/index.ts';
import type { Json } from '../../../platform/values/index.ts';
import { claimKey, keepAnswer, type KeyedRequest, releaseKey } from './idempotency.sql.ts';

export interface Reply {
  readonly status: number;
  readonly body: Json;
  readonly headers: Readonly<Record<string, string>>;
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

function keyOf(request: FastifyRequest): string {
  const key = request.headers['idempotency-key'];
  if (typeof key === 'string' && uuid.test(key)) return key.toLowerCase();
  throw new TielineError('IDEMPOTENCY_KEY_MISSING', 'Idempotency-Key is missing, or is not a UUID.');
}

/** What tells a request from another one with the same address: its body; of a file, which is not read twice, what is said of it. */
function contentOf({ body, headers }: FastifyRequest): string {
  if (!(body instanceof Readable)) return JSON.stringify(body ?? null);
  return `${headers['content-length'] ?? ''} ${String(headers['content-digest'] ?? '')}`;
}

/**
 * Carries the work out once for its key.
 * @returns what it answered, now or the first time; `replayed` says which.
 * @throws TielineError IDEMPOTENCY_KEY_MISSING, IDEMPOTENCY_KEY_REUSED, REQUEST_IN_FLIGHT.
 */
export async function onceForKey(
  store: Store,
  {
    request,
    principalId,
    now,
  }: { readonly request: FastifyRequest; readonly principalId: string; readonly now: Date },
  work: () => Promise<Reply>,
): Promise<Reply & { readonly replayed: boolean }> {
  const sha256 = createHash('sha256')
    .update(`${request.method} ${request.url}\n${contentOf(request)}`)
    .digest();
  const keyed: KeyedRequest = { principalId, key: keyOf(request), sha256 };
  const before = await claimKey(store, keyed, now);
  if (before) {
    if (!before.sha256.equals(sha256))
      throw new TielineError('IDEMPOTENCY_KEY_REUSED', 'This Idempotency-Key was used for another request.');
    if (before.status === null)
      throw new TielineError('REQUEST_IN_FLIGHT', 'The first of these requests is not done yet.');
    const { body, headers } = before.answer as unknown as Pick<Reply, 'body' | 'headers'>; // as we kept it
    return { status: before.status, body, headers, replayed: true };
  }
  try {
    const reply = await work();
    await keepAnswer(store, keyed, {
      status: reply.status,
      answer: { body: reply.body, headers: reply.headers },
    });
    return { ...reply, replayed: false };
  } catch (error) {
    await releaseKey(store, keyed);
    throw error;
  }
}
