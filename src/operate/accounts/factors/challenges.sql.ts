/** Tickets of sign-ins whose second factor is to come, and what signed-in people were asked and have not answered yet. */
import { sql, type Kysely } from 'kysely';
import type { Database } from '../../../platform/postgres/index.ts';
import type { JsonObject } from '../../../platform/values/index.ts';

export interface TicketRow {
  readonly id: string;
  readonly principalId: string;
  /** Of the password, until a factor was tried; bigint, as text. */
  readonly attemptId: string | null;
  readonly bannerAcknowledged: boolean;
  readonly browserSha256: Buffer;
}

/** Earlier ones of the person stay good: another browser may be at it. */
export async function insertTicket(
  db: Kysely<Database>,
  it: Omit<TicketRow, 'id'> & {
    readonly ticketSha256: Buffer;
    readonly at: Date;
    readonly expiresAt: Date;
  },
): Promise<void> {
  await sql`delete from sign_in_tickets where expires_at < ${it.at}`.execute(db);
  await sql`
    insert into sign_in_tickets (ticket_sha256, browser_sha256, principal_id, attempt_id, banner_acknowledged, created_at, expires_at)
    values (${it.ticketSha256}, ${it.browserSha256}, ${it.principalId}::uuid, ${it.attemptId}::bigint, ${it.bannerAcknowledged}, ${it.at},
        ${it.expiresAt})`.execute(db);
}

/** One that is still good, whatever browser it is of. */
export async function findTicket(
  db: Kysely<Database>,
  ticketSha256: Buffer,
  at: Date,
): Promise<TicketRow | undefined> {
  const { rows } = await sql<TicketRow>`
    select id, principal_id as "principalId", attempt_id::text as "attemptId", banner_acknowledged as "bannerAcknowledged",
           browser_sha256 as "browserSha256"
      from sign_in_tickets where ticket_sha256 = ${ticketSha256} and used_at is null and expires_at > ${at}`.execute(
    db,
  );
  return rows[0];
}

/** @returns false if another request was first. */
export async function useTicket(db: Kysely<Database>, id: string, at: Date): Promise<boolean> {
  const { numAffectedRows = 0n } = await sql`
    update sign_in_tickets set used_at = ${at} where id = ${id}::uuid and used_at is null`.execute(db);
  return numAffectedRows > 0n;
}

/** The attempt of the password, for the first factor that is tried; each further try is an attempt of its own. */
export async function takeAttempt(db: Kysely<Database>, id: string): Promise<string | undefined> {
  const { rows } = await sql<{ attemptId: string | null }>`
    with before as (select attempt_id from sign_in_tickets where id = ${id}::uuid for update)
    update sign_in_tickets t set attempt_id = null from before where t.id = ${id}::uuid
    returning before.attempt_id::text as "attemptId"`.execute(db);
  return rows[0]?.attemptId ?? undefined;
}

export async function setTicketChallenge(db: Kysely<Database>, id: string, challenge: string): Promise<void> {
  await sql`update sign_in_tickets set challenge = ${challenge} where id = ${id}::uuid`.execute(db);
}

/** A challenge is answered once, rightly or not. */
export async function takeTicketChallenge(db: Kysely<Database>, id: string): Promise<string | undefined> {
  const { rows } = await sql<{ challenge: string | null }>`
    with before as (select challenge from sign_in_tickets where id = ${id}::uuid for update)
    update sign_in_tickets t set challenge = null from before where t.id = ${id}::uuid returning before.challenge`.execute(
    db,
  );
  return rows[0]?.challenge ?? undefined;
}

export type ChallengePurpose = 'step_up' | 'add_key' | 'add_app';
export interface AskedOfSession {
  readonly challenge: string | null;
  readonly sealed: JsonObject | null;
}

/** What was asked before for the same purpose is void. */
export async function askSession(
  db: Kysely<Database>,
  it: {
    readonly sessionId: string;
    readonly purpose: ChallengePurpose;
    readonly challenge?: string;
    readonly sealed?: JsonObject;
    readonly expiresAt: Date;
  },
): Promise<void> {
  await sql`
    insert into factor_challenges (session_id, purpose, challenge, sealed_secret, expires_at)
    values (${it.sessionId}::uuid, ${it.purpose}, ${it.challenge ?? null}, ${it.sealed ? JSON.stringify(it.sealed) : null}::jsonb, ${it.expiresAt})
    on conflict (session_id, purpose) do update
      set challenge = excluded.challenge, sealed_secret = excluded.sealed_secret, expires_at = excluded.expires_at`.execute(
    db,
  );
}

/** Takes it away: it is answered once, rightly or not. */
export async function takeAsked(
  db: Kysely<Database>,
  sessionId: string,
  { purpose, at }: { readonly purpose: ChallengePurpose; readonly at: Date },
): Promise<AskedOfSession | undefined> {
  const { rows } = await sql<AskedOfSession & { expiresAt: Date }>`
    delete from factor_challenges where session_id = ${sessionId}::uuid and purpose = ${purpose}
    returning challenge, sealed_secret as sealed, expires_at as "expiresAt"`.execute(db);
  const [found] = rows;
  return found && found.expiresAt > at ? found : undefined;
}

/** The same, and it stays: a code of an app that is being added may be mistyped. */
export async function findAsked(
  db: Kysely<Database>,
  sessionId: string,
  { purpose, at }: { readonly purpose: ChallengePurpose; readonly at: Date },
): Promise<AskedOfSession | undefined> {
  const { rows } = await sql<AskedOfSession>`
    select challenge, sealed_secret as sealed from factor_challenges
     where session_id = ${sessionId}::uuid and purpose = ${purpose} and expires_at > ${at}`.execute(db);
  return rows[0];
}
