import { sql, type Kysely } from 'kysely';
import type { Database } from '../../../platform/postgres/index.ts';
import type { JsonObject } from '../../../platform/values/index.ts';
import type { HeldFactors } from './factor-rules.ts';

export interface FactorRow {
  readonly id: string;
  readonly kind: 'totp' | 'webauthn';
  readonly name: string;
  readonly isSynced: boolean;
  readonly createdAt: Date;
  readonly lastUsedAt: Date | null;
}

const shown = sql`id, kind, name, is_synced as "isSynced", created_at as "createdAt", last_used_at as "lastUsedAt"`;

/** Those of a person, the oldest first. */
export async function listFactors(db: Kysely<Database>, principalId: string): Promise<FactorRow[]> {
  const { rows } = await sql<FactorRow>`
    select ${shown} from second_factors where principal_id = ${principalId}::uuid order by created_at, id`.execute(
    db,
  );
  return rows;
}

export async function fetchHeldFactors(db: Kysely<Database>, principalId: string): Promise<HeldFactors> {
  const { rows } = await sql<HeldFactors>`
    select coalesce(bool_or(kind = 'totp'), false) as totp, count(*) filter (where kind = 'webauthn')::int as keys
      from second_factors where principal_id = ${principalId}::uuid`.execute(db);
  return rows[0] ?? { totp: false, keys: 0 };
}

export interface AppRow {
  readonly id: string;
  readonly sealed: JsonObject;
  /** The step of the last code that was accepted; bigint, as text. */
  readonly lastStep: string | null;
}

export async function findApp(db: Kysely<Database>, principalId: string): Promise<AppRow | undefined> {
  const { rows } = await sql<AppRow>`
    select id, sealed_secret as sealed, last_step::text as "lastStep" from second_factors
     where principal_id = ${principalId}::uuid and kind = 'totp'`.execute(db);
  return rows[0];
}

/** Accepts the code of a step once. @returns false where that step or a later one was accepted before. */
export async function useStep(
  db: Kysely<Database>,
  id: string,
  { step, at }: { readonly step: number; readonly at: Date },
): Promise<boolean> {
  const { numAffectedRows = 0n } = await sql`
    update second_factors set last_step = ${step}, last_used_at = ${at}
     where id = ${id}::uuid and (last_step is null or last_step < ${step}::bigint)`.execute(db);
  return numAffectedRows > 0n;
}

export interface KeyRow {
  readonly id: string;
  readonly credentialId: string;
  readonly publicKey: Buffer;
  /** bigint, as text. */
  readonly signCount: string;
  readonly transports: readonly string[];
}

const keys = sql`select id, credential_id as "credentialId", public_key as "publicKey", sign_count::text as "signCount", transports from second_factors`;

export async function listKeys(db: Kysely<Database>, principalId: string): Promise<KeyRow[]> {
  const { rows } =
    await sql<KeyRow>`${keys} where principal_id = ${principalId}::uuid and kind = 'webauthn' order by created_at, id`.execute(
      db,
    );
  return rows;
}

export async function useKey(
  db: Kysely<Database>,
  id: string,
  { signCount, isSynced, at }: { readonly signCount: number; readonly isSynced: boolean; readonly at: Date },
): Promise<void> {
  await sql`
    update second_factors set sign_count = ${signCount}, is_synced = ${isSynced}, last_used_at = ${at} where id = ${id}::uuid`.execute(
    db,
  );
}

/** Takes the place of the former one. */
export async function replaceApp(
  db: Kysely<Database>,
  it: {
    readonly principalId: string;
    readonly name: string;
    readonly sealed: JsonObject;
    readonly step: number;
    readonly at: Date;
  },
): Promise<string> {
  await sql`delete from second_factors where principal_id = ${it.principalId}::uuid and kind = 'totp'`.execute(
    db,
  );
  const { rows } = await sql<{ id: string }>`
    insert into second_factors (principal_id, kind, name, sealed_secret, last_step, created_at)
    values (${it.principalId}::uuid, 'totp', ${it.name}, ${JSON.stringify(it.sealed)}::jsonb, ${it.step}, ${it.at})
    returning id`.execute(db);
  return rows[0]?.id ?? '';
}

export interface NewKey {
  readonly principalId: string;
  readonly name: string;
  readonly credentialId: string;
  readonly publicKey: Uint8Array;
  readonly signCount: number;
  readonly transports: readonly string[];
  readonly isSynced: boolean;
  readonly at: Date;
}

/** @returns undefined where that key is known already, of whomever. */
export async function insertKey(db: Kysely<Database>, it: NewKey): Promise<string | undefined> {
  const { rows } = await sql<{ id: string }>`
    insert into second_factors (principal_id, kind, name, credential_id, public_key, sign_count, transports, is_synced, created_at)
    values (${it.principalId}::uuid, 'webauthn', ${it.name}, ${it.credentialId}, ${Buffer.from(it.publicKey)}, ${it.signCount},
        ${[...it.transports]}::text[], ${it.isSynced}, ${it.at})
    on conflict (credential_id) do nothing returning id`.execute(db);
  return rows[0]?.id;
}

export async function deleteFactor(
  db: Kysely<Database>,
  principalId: string,
  id: string,
): Promise<Pick<FactorRow, 'kind' | 'name'> | undefined> {
  const { rows } = await sql<Pick<FactorRow, 'kind' | 'name'>>`
    delete from second_factors where principal_id = ${principalId}::uuid and id::text = ${id} returning kind, name`.execute(
    db,
  );
  return rows[0];
}

/** With the recovery codes, and what was being set up. @returns how many factors those were. */
export async function deleteAllFactors(db: Kysely<Database>, principalId: string): Promise<number> {
  const { numAffectedRows = 0n } =
    await sql`delete from second_factors where principal_id = ${principalId}::uuid`.execute(db);
  await sql`delete from recovery_codes where principal_id = ${principalId}::uuid`.execute(db);
  await sql`
    delete from factor_challenges c using sessions s where s.id = c.session_id and s.principal_id = ${principalId}::uuid`.execute(
    db,
  );
  await sql`delete from sign_in_tickets where principal_id = ${principalId}::uuid`.execute(db);
  return Number(numAffectedRows);
}

export async function recordFactorsReset(
  db: Kysely<Database>,
  principalId: string,
  { at, by }: { readonly at: Date; readonly by: string },
): Promise<void> {
  await sql`
    update principals set factors_reset_at = ${at}, factors_reset_by = ${by} where id = ${principalId}::uuid`.execute(
    db,
  );
}

export interface FactorsReset {
  readonly at: Date;
  readonly by: string;
}

/** @param after the sign-in before this one. */
export async function findFactorsReset(
  db: Kysely<Database>,
  principalId: string,
  after: Date | null,
): Promise<FactorsReset | undefined> {
  const { rows } = await sql<FactorsReset>`
    select factors_reset_at as at, factors_reset_by as by from principals
     where id = ${principalId}::uuid and factors_reset_at > coalesce(${after}::timestamptz, '-infinity')`.execute(
    db,
  );
  return rows[0];
}

/** The sealed keys of all authenticator apps, also of those that are being added, for a change of the master key. */
export async function listSealedApps(db: Kysely<Database>): Promise<
  {
    readonly table: 'factor' | 'challenge';
    readonly id: string;
    readonly principalId: string;
    readonly sealed: JsonObject;
  }[]
> {
  const { rows } = await sql<{
    table: 'factor' | 'challenge';
    id: string;
    principalId: string;
    sealed: JsonObject;
  }>`
    select 'factor' as table, id::text as id, principal_id::text as "principalId", sealed_secret as sealed
      from second_factors where sealed_secret is not null
     union all
    select 'challenge', c.session_id::text, s.principal_id::text, c.sealed_secret
      from factor_challenges c join sessions s on s.id = c.session_id where c.sealed_secret is not null`.execute(
    db,
  );
  return rows;
}

export async function resealApp(
  db: Kysely<Database>,
  { table, id }: { readonly table: 'factor' | 'challenge'; readonly id: string },
  sealed: JsonObject,
): Promise<void> {
  const text = JSON.stringify(sealed);
  if (table === 'factor')
    await sql`update second_factors set sealed_secret = ${text}::jsonb where id = ${id}::uuid`.execute(db);
  else
    await sql`
      update factor_challenges set sealed_secret = ${text}::jsonb where session_id = ${id}::uuid and purpose = 'add_app'`.execute(
      db,
    );
}
