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
  /** The identity by which it began. */
  readonly identityId: string | null;
  /** Of the sign-in before it, as its person is told (AC-9). */
  readonly previousSignInAt: Date | null;
  readonly previousSignInAddress: string | null;
  readonly failuresBefore: number | null;
  readonly endedAt: Date | null;
  readonly endedWhy: EndReason | null;
}

/** One that a request names, with what each request asks of its person. */
export interface FoundSession extends SessionRow {
  readonly hasFactor: boolean;
}

const columns = sql`
  s.id, s.principal_id as "principalId", p.name as principal, s.way, host(s.address) as address, s.agent, s.created_at as "createdAt",
         s.last_activity_at as "lastActivityAt", s.stepped_up_at as "steppedUpAt", s.banner_acknowledged_at as "bannerAcknowledgedAt",
         s.identity_id::text as "identityId", s.previous_sign_in_at as "previousSignInAt", host(s.previous_sign_in_address) as "previousSignInAddress",
         s.failures_before as "failuresBefore", s.ended_at as "endedAt", s.ended_why as "endedWhy"`;
const found = sql`
  select ${columns}, exists (select from second_factors f where f.principal_id = s.principal_id) as "hasFactor"
    from sessions s join principals p on p.id = s.principal_id`;

export async function findSession(
  db: Kysely<Database>,
  secretSha256: Buffer,
): Promise<FoundSession | undefined> {
  const { rows } = await sql<FoundSession>`${found} where s.secret_sha256 = ${secretSha256}`.execute(db);
  return rows[0];
}

export async function findSessionById(db: Kysely<Database>, id: string): Promise<FoundSession | undefined> {
  const { rows } = await sql<FoundSession>`${found} where s.id::text = ${id}`.execute(db);
  return rows[0];
}

/** Open ones, the oldest first. @param principalId undefined: everybody's. */
export async function listOpenSessions(
  db: Kysely<Database>,
  principalId?: string,
  limit = 1000,
): Promise<SessionRow[]> {
  const { rows } = await sql<SessionRow>`
    select ${columns} from sessions s join principals p on p.id = s.principal_id
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
  readonly outside?: OutsideSession | undefined;
  /** What its person is told of the time before it. */
  readonly before: { readonly at: Date | null; readonly address: string | null; readonly failures: number };
}

/** What ties a session to the outside that proved its person. */
export interface OutsideSession {
  readonly identityId: string;
  /** What the identity provider calls its session (sid). */
  readonly sid?: string | undefined;
  /** The id token, sealed: signing out hands it back. */
  readonly sealedIdToken?: string | undefined;
}

export async function insertSession(db: Kysely<Database>, it: NewSession): Promise<string> {
  const { rows } = await sql<{ id: string }>`
    insert into sessions (secret_sha256, principal_id, way, address, agent, created_at, last_activity_at, stepped_up_at,
        banner_acknowledged_at, identity_id, outside_session, sealed_id_token, previous_sign_in_at, previous_sign_in_address, failures_before)
    values (${it.secretSha256}, ${it.principalId}::uuid, ${it.way}, ${it.address ?? null}::inet, ${it.agent?.slice(0, 500) ?? null},
        ${it.at}, ${it.at}, ${it.at}, ${it.bannerAcknowledged ? it.at : null}, ${it.outside?.identityId ?? null}::bigint,
        ${it.outside?.sid ?? null}, ${it.outside?.sealedIdToken ?? null}, ${it.before.at}, ${it.before.address}::inet, ${it.before.failures})
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
    update sessions set ended_at = ${at}, ended_why = ${why}, sealed_id_token = null where id = any(${ids}::uuid[]) and ended_at is null returning id, principal_id as "principalId"`.execute(
    db,
  );
  return rows;
}

/** Ids of the open ones that began by an identity. */
export async function listSessionsByIdentity(db: Kysely<Database>, identityId: string): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from sessions where ended_at is null and identity_id = ${identityId}::bigint`.execute(db);
  return rows.map(({ id }) => id);
}

/** Ids of open ones that began at an identity provider: of a person there, of one session there, or both. */
export async function listOutsideSessions(
  db: Kysely<Database>,
  {
    issuer,
    subject = null,
    sid = null,
  }: {
    readonly issuer: string;
    readonly subject: string | undefined | null;
    readonly sid: string | undefined | null;
  },
): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select s.id from sessions s join principal_identities i on i.id = s.identity_id
     where s.ended_at is null and i.way = 'oidc' and i.issuer = ${issuer}
       and (${subject}::text is null or i.subject = ${subject}) and (${sid}::text is null or s.outside_session = ${sid})`.execute(
    db,
  );
  return rows.map(({ id }) => id);
}

/** Of an open session that began at an identity provider. @returns undefined for any other; `sealed` null: it was too long to keep. */
export async function findSealedIdToken(
  db: Kysely<Database>,
  secretSha256: Buffer,
): Promise<{ readonly sealed: string | null } | undefined> {
  const { rows } = await sql<{ sealed: string | null }>`
    select sealed_id_token as sealed from sessions where secret_sha256 = ${secretSha256} and ended_at is null and way = 'oidc'`.execute(
    db,
  );
  return rows[0];
}

/** Of all open sessions, for a change of the master key; their rows are locked. */
export async function listSealedIdTokens(
  db: Kysely<Database>,
): Promise<{ readonly id: string; readonly sealed: string }[]> {
  const { rows } = await sql<{ id: string; sealed: string }>`
    select id, sealed_id_token as sealed from sessions where ended_at is null and sealed_id_token is not null for update`.execute(
    db,
  );
  return rows;
}

export async function replaceSealedIdTokens(
  db: Kysely<Database>,
  tokens: readonly { readonly id: string; readonly sealed: string | null }[],
): Promise<void> {
  await sql`
    update sessions s set sealed_id_token = t.sealed
      from unnest(${tokens.map(({ id }) => id)}::uuid[], ${tokens.map(({ sealed }) => sealed)}::text[]) t(id, sealed)
     where s.id = t.id`.execute(db);
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
