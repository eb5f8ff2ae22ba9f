import { sql, type Kysely } from 'kysely';
import type { Database } from '../../../platform/postgres/index.ts';

/** A new set takes the place of the former one. */
export async function replaceCodes(
  db: Kysely<Database>,
  principalId: string,
  { hashes, at }: { readonly hashes: readonly Buffer[]; readonly at: Date },
): Promise<void> {
  await sql`delete from recovery_codes where principal_id = ${principalId}::uuid`.execute(db);
  await sql`
    insert into recovery_codes (principal_id, code_sha256, made_at)
    select ${principalId}::uuid, hash, ${at}::timestamptz from unnest(${[...hashes]}::bytea[]) hash`.execute(
    db,
  );
}

/** @returns false where there is no such code, or it was used. */
export async function useCode(
  db: Kysely<Database>,
  principalId: string,
  { hash, at, address }: { readonly hash: Buffer; readonly at: Date; readonly address: string | undefined },
): Promise<boolean> {
  const { numAffectedRows = 0n } = await sql`
    update recovery_codes set used_at = ${at}, used_address = ${address ?? null}::inet
     where principal_id = ${principalId}::uuid and code_sha256 = ${hash} and used_at is null`.execute(db);
  return numAffectedRows > 0n;
}

export interface CodesLeft {
  readonly left: number;
  readonly madeAt: Date;
}

/** @returns undefined where no set was ever made. */
export async function findCodesLeft(
  db: Kysely<Database>,
  principalId: string,
): Promise<CodesLeft | undefined> {
  const { rows } = await sql<CodesLeft>`
    select count(*) filter (where used_at is null)::int as left, max(made_at) as "madeAt"
      from recovery_codes where principal_id = ${principalId}::uuid having count(*) > 0`.execute(db);
  return rows[0];
}
