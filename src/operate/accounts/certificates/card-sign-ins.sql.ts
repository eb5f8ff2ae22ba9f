import { sql, type Kysely } from 'kysely';
import type { Database } from '../../../platform/postgres/index.ts';
import type { ProvedIdentity } from '../sign-in/sign-in-by-identity.ts';

/** What a card proved, as it is kept until its browser comes back. */
export type ProvedCard = Pick<ProvedIdentity, 'issuer' | 'subject' | 'presented' | 'details'>;

export interface CardSignIn {
  readonly purpose: 'sign_in' | 'step_up';
  readonly nextPath: string;
  readonly bannerAcknowledged: boolean;
  /** Of step_up: whose session it is. */
  readonly sessionId: string | null;
}

/** Also forgets those that never came back. */
export async function insertCardSignIn(
  db: Kysely<Database>,
  it: CardSignIn & {
    readonly stateSha256: Buffer;
    readonly browserSha256: Buffer;
    readonly at: Date;
    readonly expiresAt: Date;
  },
): Promise<void> {
  await sql`delete from card_sign_ins where expires_at < ${it.at}`.execute(db);
  await sql`
    insert into card_sign_ins (state_sha256, browser_sha256, purpose, next_path, banner_acknowledged, session_id, created_at, expires_at)
    values (${it.stateSha256}, ${it.browserSha256}, ${it.purpose}, ${it.nextPath}, ${it.bannerAcknowledged}, ${it.sessionId}::uuid,
        ${it.at}, ${it.expiresAt})`.execute(db);
}

/** Ties a code to a sign-in that was begun. @returns false where none was, it is too old, or a card was shown for it already. */
export async function keepCode(
  db: Kysely<Database>,
  stateSha256: Buffer,
  it: {
    readonly codeSha256: Buffer;
    readonly at: Date;
    readonly expiresAt: Date;
    readonly proved: ProvedCard;
  },
): Promise<boolean> {
  const { numAffectedRows = 0n } = await sql`
    update card_sign_ins set code_sha256 = ${it.codeSha256}, code_expires_at = ${it.expiresAt}, proved = ${JSON.stringify(it.proved)}::jsonb
     where state_sha256 = ${stateSha256} and code_sha256 is null and expires_at > ${it.at}`.execute(db);
  return numAffectedRows > 0n;
}

/** Takes it away, whoever asks: a code that came from the wrong browser is worth nothing to the right one. */
export async function takeByCode(
  db: Kysely<Database>,
  codeSha256: Buffer,
  at: Date,
): Promise<
  | (CardSignIn & { readonly browserSha256: Buffer; readonly isOpen: boolean; readonly proved: ProvedCard })
  | undefined
> {
  const { rows } = await sql<CardSignIn & { browserSha256: Buffer; isOpen: boolean; proved: ProvedCard }>`
    delete from card_sign_ins where code_sha256 = ${codeSha256}
    returning purpose, next_path as "nextPath", banner_acknowledged as "bannerAcknowledged", session_id as "sessionId",
              browser_sha256 as "browserSha256", code_expires_at > ${at} as "isOpen", proved`.execute(db);
  return rows[0];
}
