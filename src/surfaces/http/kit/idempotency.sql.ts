import { sql } from 'kysely';
import type { Store } from '../../../platform/postgres/index.ts';
import type { JsonObject } from '../../../platform/values/index.ts';

export interface KeyedRequest {
  readonly principalId: string;
  readonly key: string;
  /** HMAC-SHA-256 of method, address and body. */
  readonly sha256: Buffer;
}

export interface KeptAnswer {
  readonly sha256: Buffer;
  /** Null while the first request is being carried out. */
  readonly status: number | null;
  /** Its body and headers. */
  readonly answer: JsonObject | null;
}

/**
 * Claims the key, or tells what became of the request that claimed it. A claim of a process that died is free again after ten minutes,
 * an answer after 24 hours.
 * @returns undefined where the key is ours now.
 */
export async function claimKey(
  store: Store,
  request: KeyedRequest,
  now: Date,
): Promise<KeptAnswer | undefined> {
  const { principalId, key, sha256 } = request;
  const { rows } = await sql<KeptAnswer & { claimed: boolean }>`
    with claimed as (
      insert into idempotency_keys (principal_id, key, request_sha256, created_at) values (${principalId}, ${key}, ${sha256}, ${now})
      on conflict (principal_id, key) do update
        set request_sha256 = excluded.request_sha256, created_at = excluded.created_at, status = null, answer = null
      where idempotency_keys.created_at < ${now}::timestamptz - interval '24 hours'
         or idempotency_keys.status is null and idempotency_keys.created_at < ${now}::timestamptz - interval '10 minutes'
      returning 1)
    select request_sha256 as sha256, status, answer, exists (select from claimed) as claimed
      from idempotency_keys where principal_id = ${principalId} and key = ${key}
    union all
    select ${sha256}, null, null, true from claimed`.execute(store.db);
  if (rows.some(({ claimed }) => claimed)) return undefined;
  // Claimed by another one after this statement had begun, which so does not see the row: asked again, it does.
  return rows[0] ?? claimKey(store, request, now);
}

/** Says that the request is still being carried out: a file may take longer to arrive than a claim lasts. */
export async function holdKey(store: Store, { principalId, key }: KeyedRequest, now: Date): Promise<void> {
  await sql`
    update idempotency_keys set created_at = ${now} where principal_id = ${principalId} and key = ${key} and status is null`.execute(
    store.db,
  );
}

/** Keeps the answer for whoever repeats the request within 24 hours. */
export async function keepAnswer(
  store: Store,
  { principalId, key }: KeyedRequest,
  { status, answer }: { readonly status: number; readonly answer: JsonObject },
): Promise<void> {
  await sql`
    update idempotency_keys set status = ${status}, answer = ${JSON.stringify(answer)}::jsonb
     where principal_id = ${principalId} and key = ${key}`.execute(store.db);
}

/** Gives the key back: the request was refused before it did anything, and may be corrected and sent again. */
export async function releaseKey(store: Store, { principalId, key }: KeyedRequest): Promise<void> {
  await sql`
    delete from idempotency_keys where principal_id = ${principalId} and key = ${key} and status is null`.execute(
    store.db,
  );
}

/** Deletes answers that no repeated request is given any more: some hold a sealed token or link. */
export async function forgetKeptAnswers(store: Store, now: Date): Promise<void> {
  await sql`delete from idempotency_keys where created_at < ${now} - interval '24 hours'`.execute(store.db);
}
