import { sql, type Kysely } from 'kysely';
import type { Database } from '../../../platform/postgres/index.ts';

/** Ways by which somebody outside proves who a person is. */
export type OutsideWay = 'oidc' | 'cac';

/** Who somebody is out there. Never an e-mail address, which may change hands. */
export interface IdentityKey {
  readonly way: OutsideWay;
  /** Of OIDC the issuer, of a card its authority. */
  readonly issuer: string;
  readonly subject: string;
}

/** What the outside says of a person: shown, and a new account is named by it; nobody is found by it. */
export interface Presented {
  readonly name?: string | undefined;
  readonly displayName?: string | undefined;
  readonly email?: string | undefined;
}

export interface IdentityRow {
  readonly id: string;
  readonly way: 'local' | OutsideWay;
  readonly issuer: string;
  readonly subject: string;
  readonly presented: Presented | null;
  readonly createdAt: Date;
  /** Null: it came with the account. */
  readonly createdBy: string | null;
  readonly lastUsedAt: Date | null;
}

const columns = sql`i.id::text as id, i.way, i.issuer, i.subject, i.presented, i.created_at as "createdAt", i.created_by as "createdBy",
    i.last_used_at as "lastUsedAt"`;

export async function listIdentities(db: Kysely<Database>, principalId: string): Promise<IdentityRow[]> {
  const { rows } = await sql<IdentityRow>`
    select ${columns} from principal_identities i where i.principal_id = ${principalId}::uuid order by i.id`.execute(
    db,
  );
  return rows;
}

/** Those who come with this identity take turns: a first sign-in twice at once makes one account. Until the transaction ends. */
export async function takeIdentityTurn(
  db: Kysely<Database>,
  { way, issuer, subject }: IdentityKey,
): Promise<void> {
  const key = `tieline identity ${way} ${issuer} ${subject}`;
  await sql`select pg_advisory_xact_lock(hashtextextended(${key}, 0))`.execute(db);
}

export async function findIdentity(
  db: Kysely<Database>,
  { way, issuer, subject }: IdentityKey,
): Promise<{ readonly id: string; readonly principalId: string } | undefined> {
  const { rows } = await sql<{ id: string; principalId: string }>`
    select id::text as id, principal_id as "principalId" from principal_identities
     where way = ${way} and issuer = ${issuer} and subject = ${subject}`.execute(db);
  return rows[0];
}

/** @returns its id; undefined if an account has that identity already. */
export async function insertIdentity(
  db: Kysely<Database>,
  { way, issuer, subject }: IdentityKey,
  of: {
    readonly principalId: string;
    readonly presented: Presented | null;
    readonly at: Date;
    readonly by: string | null;
  },
): Promise<string | undefined> {
  const presented = of.presented && JSON.stringify(of.presented);
  const { rows } = await sql<{ id: string }>`
    insert into principal_identities (principal_id, way, issuer, subject, presented, created_at, created_by)
    values (${of.principalId}::uuid, ${way}, ${issuer}, ${subject}, ${presented}::jsonb, ${of.at}, ${of.by})
    on conflict (way, issuer, subject) do nothing returning id::text as id`.execute(db);
  return rows[0]?.id;
}

/** What the outside says of the person now. */
export async function keepPresented(db: Kysely<Database>, id: string, presented: Presented): Promise<void> {
  await sql`
    update principal_identities set presented = ${JSON.stringify(presented)}::jsonb where id = ${id}::bigint`.execute(
    db,
  );
}

export async function touchIdentity(
  db: Kysely<Database>,
  {
    id,
    principalId,
    at,
  }: { readonly id: string | undefined; readonly principalId: string; readonly at: Date },
): Promise<void> {
  await sql`
    update principal_identities set last_used_at = ${at}
     where principal_id = ${principalId}::uuid and ${id === undefined ? sql`way = 'local'` : sql`id = ${id}::bigint`}`.execute(
    db,
  );
}

/** @returns false if it was gone, or is the local one, which goes with the account. */
export async function deleteIdentity(db: Kysely<Database>, id: string): Promise<boolean> {
  const { numAffectedRows = 0n } =
    await sql`delete from principal_identities where id = ${id}::bigint and way <> 'local'`.execute(db);
  return numAffectedRows > 0n;
}
