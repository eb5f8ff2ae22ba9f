import { sql, type Kysely } from 'kysely';
import type { Database } from '../../../platform/postgres/index.ts';

export interface SignInRequest {
  readonly purpose: 'sign_in' | 'step_up';
  readonly nextPath: string;
  readonly bannerAcknowledged: boolean;
  /** Of step_up: whose session it is. */
  readonly sessionId: string | null;
}

/** Also forgets those that never came back. */
export async function insertSignInRequest(
  db: Kysely<Database>,
  it: SignInRequest & { readonly secretSha256: Buffer; readonly at: Date; readonly expiresAt: Date },
): Promise<void> {
  await sql`delete from sign_in_requests where expires_at < ${it.at}`.execute(db);
  await sql`
    insert into sign_in_requests (secret_sha256, purpose, next_path, banner_acknowledged, session_id, created_at, expires_at)
    values (${it.secretSha256}, ${it.purpose}, ${it.nextPath}, ${it.bannerAcknowledged}, ${it.sessionId}::uuid, ${it.at}, ${it.expiresAt})`.execute(
    db,
  );
}

/** Takes it away: who comes back twice finds nothing. @returns undefined for one that is unknown, was used, or has expired. */
export async function takeSignInRequest(
  db: Kysely<Database>,
  secretSha256: Buffer,
  at: Date,
): Promise<SignInRequest | undefined> {
  const { rows } = await sql<SignInRequest & { isOpen: boolean }>`
    delete from sign_in_requests where secret_sha256 = ${secretSha256}
    returning purpose, next_path as "nextPath", banner_acknowledged as "bannerAcknowledged", session_id as "sessionId",
              expires_at > ${at} as "isOpen"`.execute(db);
  return rows[0]?.isOpen === true ? rows[0] : undefined;
}

/** @returns false if a token of that id was carried out before. Also forgets those that would not be accepted any more. */
export async function recordLogoutToken(
  db: Kysely<Database>,
  it: { readonly issuer: string; readonly tokenId: string; readonly at: Date; readonly expiresAt: Date },
): Promise<boolean> {
  await sql`delete from used_logout_tokens where expires_at < ${it.at}`.execute(db);
  const { numAffectedRows = 0n } = await sql`
    insert into used_logout_tokens (issuer, token_id, expires_at) values (${it.issuer}, ${it.tokenId}, ${it.expiresAt})
    on conflict do nothing`.execute(db);
  return numAffectedRows > 0n;
}
