import { sql, type Kysely } from 'kysely';
import type { Database } from '../../../platform/postgres/index.ts';
import type { EndReason } from './session-ends.ts';

export interface SessionRow {
  /** No secret: what the cookie holds is another text. */
  readonly id: string;
  readonly principalId: string;
  readonly principal: string;
  readonly way: 'local' | 'oidc' | 'cac' | 'demo';
  readonly address: string | null;
  readonly agent: string | null;
  readonly createdAt: Date;
  readonly lastActivityAt: Date;
  readonly steppedUpAt: Date;
  readonly bannerAcknowledgedAt: Date | null;
  readonly endedAt: Date | null;
  readonly endedWhy: EndReason | null;
}

const sessions = sql`
  select s.id, s.principal_id as "principalId", p.name as principal, s.way, host(s.address) as address, s.agent, s.created_at as "createdAt",
         s.last_activity_at as "lastActivityAt", s.stepped_up_at as "steppedUpAt", s.banner_acknowledged_at as "bannerAcknowledgedAt",
         s.ended_at as "endedAt", s.ended_why as "endedWhy"
    from sessions s join principals p on p.id = s.principal_id`;

export async function findSession(
  db: Kysely<Database>,
  secretSha256: Buffer,
): Promise<SessionRow | undefined> {
  const { rows } = await sql<SessionRow>`${sessions} where s.secret_sha256 = ${secretSha256}`.execute(db);
  return rows[0];
}

export async function findSessionById(db: Kysely<Database>, id: string): Promise<SessionRow | undefined> {
  const { rows } = await sql<SessionRow>`${sessions} where s.id::text = ${id}`.execute(db);
  return rows[0];
}

/** Open ones, the oldest first. @param principalId undefined: everybody's. */
export async function listOpenSessions(
  db: Kysely<Database>,
  principalId?: string,
  limit = 1000,
): Promise<SessionRow[]> {
  const { rows } = await sql<SessionRow>`${sessions}
     where s.ended_at is null and (${principalId ?? null}::uuid is null or s.principal_id = ${principalId ?? null}::uuid)
     order by s.created_at, s.id limit ${limit}`.execute(db);
  return rows;
}

export interface NewSession {
  readonly secretSha256: Buffer;
  readonly principalId: string;
  readonly way: SessionRow['way'];
  readonly address: string | undefined;
  readonly agent: string | undefined;
  readonly at: Date;
  readonly bannerAcknowledged: boolean;
}

export async function insertSession(db: Kysely<Database>, it: NewSession): Promise<string> {
  const { rows } = await sql<{ id: string }>`
    insert into sessions (secret_sha256, principal_id, way, address, agent, created_at, last_activity_at, stepped_up_at, banner_acknowledged_at)
    values (${it.secretSha256}, ${it.principalId}::uuid, ${it.way}, ${it.address ?? null}::inet, ${it.agent?.slice(0, 500) ?? null},
        ${it.at}, ${it.at}, ${it.at}, ${it.bannerAcknowledged ? it.at : null})
    returning id`.execute(db);
  return rows[0]?.id ?? '';
}

/** @returns each that this ended; those that had ended before are not among them. */
export async function endSessionRows(
  db: Kysely<Database>,
  ids: readonly string[],
  { at, why }: { readonly at: Date; readonly why: EndReason },
): Promise<{ readonly id: string; readonly principalId: string }[]> {
  const { rows } = await sql<{ id: string; principalId: string }>`
    update sessions set ended_at = ${at}, ended_why = ${why} where id = any(${ids}::uuid[]) and ended_at is null returning id, principal_id as "principalId"`.execute(
    db,
  );
  return rows;
}

export async function touchSession(db: Kysely<Database>, id: string, at: Date): Promise<void> {
  await sql`
    update sessions set last_activity_at = greatest(last_activity_at, ${at}::timestamptz) where id = ${id}::uuid and ended_at is null`.execute(
    db,
  );
}

/** It goes on under another secret. @returns false if it has ended, or another request was first. */
export async function rotateSession(
  db: Kysely<Database>,
  { before, after, at }: { readonly before: Buffer; readonly after: Buffer; readonly at: Date },
): Promise<boolean> {
  const { numAffectedRows = 0n } = await sql`
    update sessions set secret_sha256 = ${after}, stepped_up_at = ${at}, last_activity_at = ${at}
     where secret_sha256 = ${before} and ended_at is null`.execute(db);
  return numAffectedRows > 0n;
}

export async function deleteSessionsEndedBefore(db: Kysely<Database>, before: Date): Promise<void> {
  await sql`delete from sessions where ended_at < ${before}`.execute(db);
}
