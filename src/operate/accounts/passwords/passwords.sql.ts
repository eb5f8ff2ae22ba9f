import { sql, type Kysely } from 'kysely';
import type { Database } from '../../../platform/postgres/index.ts';

export interface StoredPassword {
  /** bigint, as text. */
  readonly id: string;
  readonly phc: string;
}

/** The present one. */
export async function findPassword(
  db: Kysely<Database>,
  principalId: string,
): Promise<StoredPassword | undefined> {
  const { rows } = await sql<StoredPassword>`
    select id::text as id, phc from principal_secrets where principal_id = ${principalId}::uuid and replaced_at is null`.execute(
    db,
  );
  return rows[0];
}

/** The last ones, the present one first. */
export async function listPasswords(
  db: Kysely<Database>,
  principalId: string,
  limit: number,
): Promise<StoredPassword[]> {
  const { rows } = await sql<StoredPassword>`
    select id::text as id, phc from principal_secrets where principal_id = ${principalId}::uuid order by id desc limit ${limit}`.execute(
    db,
  );
  return rows;
}

/** A new one takes the place of the present one; of the former ones so many are kept. */
export async function replacePassword(
  db: Kysely<Database>,
  principalId: string,
  { phc, at, keep }: { readonly phc: string; readonly at: Date; readonly keep: number },
): Promise<void> {
  await sql`
    update principal_secrets set replaced_at = ${at} where principal_id = ${principalId}::uuid and replaced_at is null`.execute(
    db,
  );
  await sql`
    insert into principal_secrets (principal_id, phc, created_at) values (${principalId}::uuid, ${phc}, ${at})`.execute(
    db,
  );
  await sql`
    delete from principal_secrets where principal_id = ${principalId}::uuid and id not in
      (select id from principal_secrets where principal_id = ${principalId}::uuid order by id desc limit ${keep})`.execute(
    db,
  );
}

/** The same password, hashed by the parameters of today. */
export async function rehashPassword(db: Kysely<Database>, id: string, phc: string): Promise<void> {
  await sql`update principal_secrets set phc = ${phc} where id = ${id}::bigint and replaced_at is null`.execute(
    db,
  );
}
