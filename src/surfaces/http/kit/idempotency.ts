/**
 * A request that creates, decides or starts bears an Idempotency-Key: the same one again gets the first answer, and does nothing a second
 * time. The answer is kept for 24 hours for that caller, sealed where it holds a secret; of the request a keyed hash is kept, since a body
 * may hold a password, which a plain hash would let others guess.
 */
import { createHmac } from 'node:crypto';
import { Readable } from 'node:stream';
import type { FastifyRequest } from 'fastify';
import { TielineError } from '../../../platform/errors/index.ts';
import type { App } from '../../../engine/run/index.ts';
import { type Json, Secret } from '../../../platform/values/index.ts';
import { claimKey, holdKey, keepAnswer, type KeyedRequest, releaseKey } from './idempotency.sql.ts';

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

const purpose = 'kept answer';
/** A claim counts as given up ten minutes after it was last held. */
const holdEveryMs = 60_000;

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
  { store, secretBox, now }: Pick<App, 'store' | 'secretBox' | 'now'>,
  {
    request,
    principalId,
    isSecret,
  }: {
    readonly request: FastifyRequest;
    readonly principalId: string;
    /** Whether the answer holds a secret. */
    readonly isSecret: boolean;
  },
  work: () => Promise<Reply>,
): Promise<Reply & { readonly replayed: boolean }> {
  const sha256 = createHmac('sha256', secretBox.derive('idempotency'))
    .update(`${request.method} ${request.url}\n${contentOf(request)}`)
    .digest();
  const keyed: KeyedRequest = { principalId, key: keyOf(request), sha256 };
  const before = await claimKey(store, keyed, now());
  if (before) {
    if (!before.sha256.equals(sha256))
      throw new TielineError('IDEMPOTENCY_KEY_REUSED', 'This Idempotency-Key was used for another request.');
    if (before.status === null)
      throw new TielineError('REQUEST_IN_FLIGHT', 'The first of these requests is not done yet.');
    const text = isSecret ? secretBox.open(before.answer ?? undefined, purpose).reveal() : undefined;
    const answer: unknown = text === undefined ? before.answer : JSON.parse(text);
    const { body, headers } = answer as Pick<Reply, 'body' | 'headers'>; // as we kept it
    return { status: before.status, body, headers, replayed: true };
  }
  // A claim that could not be held for once is held the next time.
  const holding = setInterval(() => void holdKey(store, keyed, now()).catch(() => undefined), holdEveryMs);
  try {
    const reply = await work();
    const answer = { body: reply.body, headers: reply.headers };
    await keepAnswer(store, keyed, {
      status: reply.status,
      answer: isSecret ? secretBox.seal(new Secret(JSON.stringify(answer)), purpose) : answer,
    });
    return { ...reply, replayed: false };
  } catch (error) {
    await releaseKey(store, keyed);
    throw error;
  } finally {
    clearInterval(holding);
  }
}
