import { sql, type Kysely } from 'kysely';
import type { Database } from '../../../platform/postgres/index.ts';
import type { Permission, Scope } from '../../../canonical/access/index.ts';

export interface TokenRow {
  /** No secret: tl_<id>_<secret>. */
  readonly id: string;
  readonly principalId: string;
  readonly principal: string;
  readonly name: string;
  readonly permissions: readonly string[];
  readonly reach: 'everywhere' | 'boundaries';
  readonly systemIds: readonly string[];
  readonly unassigned: boolean;
  /** CIDR blocks; none: from everywhere. */
  readonly addresses: readonly string[];
  /** Without which it is refused; null: it needs none. */
  readonly certificateSha256: string | null;
  readonly createdAt: Date;
  readonly createdBy: string;
  readonly expiresAt: Date;
  readonly lastUsedAt: Date | null;
  readonly lastUsedAddress: string | null;
  readonly revokedAt: Date | null;
  readonly revokedBy: string | null;
  readonly revokedReason: string | null;
}

const columns = sql`t.id, t.principal_id as "principalId", p.name as principal, t.name, t.permissions, t.reach, t.system_ids as "systemIds",
    t.unassigned, t.addresses, t.certificate_sha256 as "certificateSha256", t.created_at as "createdAt", t.created_by as "createdBy", t.expires_at as "expiresAt",
    t.last_used_at as "lastUsedAt", host(t.last_used_address) as "lastUsedAddress", t.revoked_at as "revokedAt",
    t.revoked_by as "revokedBy", t.revoked_reason as "revokedReason"`;

export async function findToken(
  db: Kysely<Database>,
  id: string,
): Promise<(TokenRow & { readonly secretSha256: Buffer }) | undefined> {
  const { rows } = await sql<TokenRow & { readonly secretSha256: Buffer }>`
    select ${columns}, t.secret_sha256 as "secretSha256" from api_tokens t join principals p on p.id = t.principal_id where t.id = ${id}`.execute(
    db,
  );
  return rows[0];
}

/** @param filter.all also those that were revoked or have expired. Newest first. */
export async function listTokens(
  db: Kysely<Database>,
  filter: { readonly principalId?: string | undefined; readonly all: boolean; readonly at: Date },
  limit: number,
): Promise<TokenRow[]> {
  const { principalId = null, all, at } = filter;
  const { rows } = await sql<TokenRow>`
    select ${columns} from api_tokens t join principals p on p.id = t.principal_id
     where (${principalId}::uuid is null or t.principal_id = ${principalId}::uuid)
       and (${all} or t.revoked_at is null and t.expires_at > ${at})
     order by t.created_at desc, t.id limit ${limit}`.execute(db);
  return rows;
}

export async function fetchTokensByIds(db: Kysely<Database>, ids: readonly string[]): Promise<TokenRow[]> {
  const { rows } = await sql<TokenRow>`
    select ${columns} from api_tokens t join principals p on p.id = t.principal_id where t.id = any(${[...ids]}::text[])`.execute(
    db,
  );
  return rows;
}

export interface NewToken {
  readonly id: string;
  readonly secretSha256: Buffer;
  readonly principalId: string;
  readonly name: string;
  readonly permissions: readonly Permission[];
  readonly scope: Scope;
  readonly addresses: readonly string[];
  readonly certificateSha256: string | null;
  readonly createdAt: Date;
  readonly createdBy: string;
  readonly expiresAt: Date;
}

export async function insertToken(db: Kysely<Database>, it: NewToken): Promise<void> {
  const { scope } = it;
  await sql`
    insert into api_tokens (id, secret_sha256, principal_id, name, permissions, reach, system_ids, unassigned, addresses, certificate_sha256, created_at,
        created_by, expires_at)
    values (${it.id}, ${it.secretSha256}, ${it.principalId}::uuid, ${it.name}, ${it.permissions}::text[], ${scope.kind},
        ${scope.kind === 'everywhere' ? [] : scope.systemIds}::text[], ${scope.kind === 'boundaries' && scope.unassigned},
        ${it.addresses}::text[], ${it.certificateSha256}, ${it.createdAt}, ${it.createdBy}, ${it.expiresAt})`.execute(
    db,
  );
}

/** To the minute: a token that is used all the time is not written all the time. */
export async function recordTokenUsed(
  db: Kysely<Database>,
  id: string,
  { at, address }: { readonly at: Date; readonly address: string | undefined },
): Promise<void> {
  await sql`
    update api_tokens set last_used_at = ${at}, last_used_address = ${address ?? null}::inet
     where id = ${id} and (last_used_at is null or last_used_at < ${at}::timestamptz - interval '1 minute'
       or last_used_address is distinct from ${address ?? null}::inet)`.execute(db);
}

/** @returns false if it was revoked already. */
export async function revokeTokenRow(
  db: Kysely<Database>,
  id: string,
  by: { readonly at: Date; readonly name: string; readonly reason: string | undefined },
): Promise<boolean> {
  const { numAffectedRows = 0n } = await sql`
    update api_tokens set revoked_at = ${by.at}, revoked_by = ${by.name}, revoked_reason = ${by.reason ?? null}
     where id = ${id} and revoked_at is null`.execute(db);
  return numAffectedRows > 0n;
}
