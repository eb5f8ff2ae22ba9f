import { sql, type Kysely } from 'kysely';
import type { Database } from '../../../platform/postgres/index.ts';

export interface LinkRow {
  readonly id: string;
  readonly principalId: string;
  readonly purpose: 'bootstrap' | 'password';
  readonly expiresAt: Date;
}

/** Earlier links of the principal that were not used are worth nothing from then on. */
export async function replaceLink(
  db: Kysely<Database>,
  it: Omit<LinkRow, 'id'> & {
    readonly secretSha256: Buffer;
    readonly createdAt: Date;
    readonly createdBy: string;
  },
): Promise<string> {
  await sql`delete from one_time_links where principal_id = ${it.principalId}::uuid and used_at is null`.execute(
    db,
  );
  const { rows } = await sql<{ id: string }>`
    insert into one_time_links (secret_sha256, principal_id, purpose, created_at, created_by, expires_at)
    values (${it.secretSha256}, ${it.principalId}::uuid, ${it.purpose}, ${it.createdAt}, ${it.createdBy}, ${it.expiresAt})
    returning id`.execute(db);
  return rows[0]?.id ?? '';
}

/** One that can still be used. */
export async function findOpenLink(
  db: Kysely<Database>,
  secretSha256: Buffer,
  at: Date,
): Promise<LinkRow | undefined> {
  const { rows } = await sql<LinkRow>`
    select id, principal_id as "principalId", purpose, expires_at as "expiresAt" from one_time_links
     where secret_sha256 = ${secretSha256} and used_at is null and expires_at > ${at}`.execute(db);
  return rows[0];
}

/** @returns false if another was first. */
export async function useLink(
  db: Kysely<Database>,
  id: string,
  { at, address }: { readonly at: Date; readonly address: string | undefined },
): Promise<boolean> {
  const { numAffectedRows = 0n } = await sql`
    update one_time_links set used_at = ${at}, used_address = ${address ?? null}::inet where id = ${id}::uuid and used_at is null`.execute(
    db,
  );
  return numAffectedRows > 0n;
}
