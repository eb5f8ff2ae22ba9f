import { sql, type Kysely } from 'kysely';
import type { Database } from '../../../platform/postgres/index.ts';

/** Notes that a sign-in begins, before its password is checked. @returns its id, and how many that address began in the minute before. */
export async function openAttempt(
  db: Kysely<Database>,
  { at, address }: { readonly at: Date; readonly address: string | undefined },
): Promise<{ id: string; others: number }> {
  const { rows } = await sql<{ id: string }>`
    insert into sign_in_attempts (address, attempted_at) values (${address ?? null}::inet, ${at}) returning id::text as id`.execute(
    db,
  );
  const id = rows[0]?.id ?? '';
  // Counted in a statement of its own: two that begin at once see each other.
  const { rows: counted } = await sql<{ n: number }>`
    select count(*)::int as n from sign_in_attempts
     where address = ${address ?? null}::inet and attempted_at > ${at}::timestamptz - interval '1 minute'
       and id <> ${id}::bigint and outcome <> 'limited'`.execute(db);
  return { id, others: counted[0]?.n ?? 0 };
}

export async function closeAttempt(
  db: Kysely<Database>,
  id: string,
  {
    outcome,
    principalId,
  }: { readonly outcome: 'succeeded' | 'failed' | 'limited'; readonly principalId?: string | undefined },
): Promise<void> {
  await sql`
    update sign_in_attempts set outcome = ${outcome}, principal_id = ${principalId ?? null}::uuid where id = ${id}::bigint`.execute(
    db,
  );
}

/** Refused sign-ins of a principal after that moment. */
export async function countFailures(
  db: Kysely<Database>,
  principalId: string,
  after: Date | null,
): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from sign_in_attempts
     where principal_id = ${principalId}::uuid and outcome = 'failed' and attempted_at > coalesce(${after}::timestamptz, '-infinity')`.execute(
    db,
  );
  return rows[0]?.n ?? 0;
}

export interface FailedSignIn {
  readonly at: Date;
  readonly address: string | null;
}

export async function findLastFailure(
  db: Kysely<Database>,
  principalId: string,
  after: Date | null,
): Promise<FailedSignIn | undefined> {
  const { rows } = await sql<FailedSignIn>`
    select attempted_at as at, host(address) as address from sign_in_attempts
     where principal_id = ${principalId}::uuid and outcome = 'failed' and attempted_at > coalesce(${after}::timestamptz, '-infinity')
     order by attempted_at desc limit 1`.execute(db);
  return rows[0];
}

export async function deleteAttemptsBefore(db: Kysely<Database>, before: Date): Promise<void> {
  await sql`delete from sign_in_attempts where attempted_at < ${before}`.execute(db);
}
