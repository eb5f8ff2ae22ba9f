import { isUuid } from '../../../platform/values/index.ts';
import { sql, type Kysely } from 'kysely';
import type { Database } from '../../../platform/postgres/index.ts';

export type PrincipalStatus = 'active' | 'locked' | 'disabled';

export interface PrincipalRow {
  readonly id: string;
  readonly kind: 'person' | 'service';
  readonly name: string;
  readonly displayName: string | null;
  readonly email: string | null;
  readonly status: PrincipalStatus;
  readonly statusReason: string | null;
  readonly statusSince: Date | null;
  readonly lockedUntil: Date | null;
  readonly failuresCountedFrom: Date | null;
  /** The row of the owner's users that is the same person. */
  readonly userId: number | null;
  readonly mustChangePassword: boolean;
  readonly createdAt: Date;
  readonly createdBy: string;
  readonly lastSignInAt: Date | null;
  readonly lastSignInAddress: string | null;
}

const columns = sql`id, kind, name, display_name as "displayName", email, status, status_reason as "statusReason",
    status_since as "statusSince", locked_until as "lockedUntil", failures_counted_from as "failuresCountedFrom", user_id as "userId",
    must_change_password as "mustChangePassword", created_at as "createdAt", created_by as "createdBy",
    last_sign_in_at as "lastSignInAt", host(last_sign_in_address) as "lastSignInAddress"`;

/** @param wanted name, in any case, or id. */
export async function findPrincipal(db: Kysely<Database>, wanted: string): Promise<PrincipalRow | undefined> {
  const { rows } = await sql<PrincipalRow>`
    select ${columns} from principals
     where ${isUuid(wanted) ? sql`id = ${wanted}::uuid` : sql`lower(name) = lower(${wanted})`}`.execute(db);
  return rows[0];
}

/** The name of a person's account with this mail address, in any case. */
export async function findAccountOfAddress(
  db: Kysely<Database>,
  address: string,
): Promise<string | undefined> {
  const { rows } = await sql<{ name: string }>`
    select name::text as name from principals where kind = 'person' and lower(email) = lower(${address}) order by name limit 1`.execute(
    db,
  );
  return rows[0]?.name;
}

/** A principal by id, and nobody changes its state, its sign-ins or its grants until the transaction ends. */
export async function lockPrincipal(db: Kysely<Database>, id: string): Promise<PrincipalRow | undefined> {
  const { rows } =
    await sql<PrincipalRow>`select ${columns} from principals where id = ${id}::uuid for update`.execute(db);
  return rows[0];
}

/** @returns at most `limit`, by name. */
export async function listPrincipals(db: Kysely<Database>, limit: number): Promise<PrincipalRow[]> {
  const { rows } =
    await sql<PrincipalRow>`select ${columns} from principals order by lower(name) limit ${limit}`.execute(
      db,
    );
  return rows;
}

export async function fetchPrincipalsByIds(
  db: Kysely<Database>,
  ids: readonly string[],
): Promise<PrincipalRow[]> {
  const { rows } =
    await sql<PrincipalRow>`select ${columns} from principals where id = any(${[...ids]}::uuid[])`.execute(
      db,
    );
  return rows;
}

export interface NewPrincipal {
  readonly kind: 'person' | 'service';
  readonly name: string;
  readonly displayName?: string | undefined;
  readonly email?: string | undefined;
  /** users.username of the owner's table, or nobody. */
  readonly user?: string | undefined;
  readonly createdAt: Date;
  readonly createdBy: string;
}

/** With its local identity, unless it comes from outside. @returns undefined if the name is taken. */
export async function insertPrincipal(
  db: Kysely<Database>,
  it: NewPrincipal,
  { isFromOutside = false }: { readonly isFromOutside?: boolean } = {},
): Promise<PrincipalRow | undefined> {
  const { rows } = await sql<PrincipalRow>`
    insert into principals (kind, name, display_name, email, user_id, created_at, created_by)
    values (${it.kind}, ${it.name}, ${it.displayName ?? null}, ${it.email ?? null},
        (select id from users where username = ${it.user ?? null} order by id limit 1), ${it.createdAt}, ${it.createdBy})
    on conflict (lower(name)) do nothing returning ${columns}`.execute(db);
  const [made] = rows;
  if (made?.kind === 'person' && !isFromOutside)
    await sql`
      insert into principal_identities (principal_id, way, subject, created_at)
      values (${made.id}::uuid, 'local', ${made.name.toLowerCase()}, ${it.createdAt})`.execute(db);
  return made;
}

export interface StatusChange {
  readonly status: PrincipalStatus;
  readonly reason: string | null;
  readonly at: Date;
  readonly lockedUntil?: Date | undefined;
}

/** A release also forgets the refused sign-ins that came before it. */
export async function setStatus(db: Kysely<Database>, id: string, to: StatusChange): Promise<void> {
  await sql`
    update principals set status = ${to.status}, status_reason = ${to.reason}, status_since = case when status = ${to.status} then status_since else ${to.at}::timestamptz end,
        locked_until = ${to.lockedUntil ?? null},
        failures_counted_from = case when ${to.status} = 'active' then ${to.at}::timestamptz else failures_counted_from end
     where id = ${id}::uuid`.execute(db);
}

export async function recordSignedIn(
  db: Kysely<Database>,
  id: string,
  { at, address }: { readonly at: Date; readonly address: string | undefined },
): Promise<void> {
  await sql`
    update principals set last_sign_in_at = ${at}, last_sign_in_address = ${address ?? null}::inet, failures_counted_from = ${at}
     where id = ${id}::uuid`.execute(db);
}

export async function setMustChangePassword(db: Kysely<Database>, id: string, must: boolean): Promise<void> {
  await sql`update principals set must_change_password = ${must} where id = ${id}::uuid`.execute(db);
}
