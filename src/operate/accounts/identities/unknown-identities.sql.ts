import { sql, type Kysely } from 'kysely';
import type { Database } from '../../../platform/postgres/index.ts';
import type { IdentityKey, Presented } from './identities.sql.ts';

/** Why who came was not let in: no account has the identity; or one would have been made, and another account has its name. */
export type UnknownWhy = 'unknown' | 'name_taken';

export interface UnknownIdentity extends IdentityKey {
  readonly id: string;
  readonly why: UnknownWhy;
  readonly presented: Presented;
  readonly groups: readonly string[];
  readonly attempts: number;
  readonly firstAt: Date;
  readonly lastAt: Date;
  readonly lastAddress: string | null;
}

const columns = sql`id, way, issuer, subject, why, presented, group_names as groups, attempts, first_at as "firstAt", last_at as "lastAt",
    host(last_address) as "lastAddress"`;

/** Those that wait, who came last first. */
export async function listUnknownIdentities(db: Kysely<Database>, limit: number): Promise<UnknownIdentity[]> {
  const { rows } = await sql<UnknownIdentity>`
    select ${columns} from unknown_identities where settled_at is null order by last_at desc, id limit ${limit}`.execute(
    db,
  );
  return rows;
}

/** @param wanted its id, or how it begins; undefined also where several begin so. */
export async function findUnknownIdentity(
  db: Kysely<Database>,
  wanted: string,
): Promise<UnknownIdentity | undefined> {
  if (!/^[0-9a-f-]{4,36}$/i.test(wanted)) return undefined;
  const { rows } = await sql<UnknownIdentity>`
    select ${columns} from unknown_identities
     where settled_at is null and id::text like ${`${wanted.toLowerCase()}%`} limit 2`.execute(db);
  return rows.length === 1 ? rows[0] : undefined;
}

/** One row an identity, however often it comes; one that was dismissed waits again. */
export async function recordUnknownIdentity(
  db: Kysely<Database>,
  { way, issuer, subject }: IdentityKey,
  came: {
    readonly why: UnknownWhy;
    readonly presented: Presented;
    readonly groups: readonly string[];
    readonly at: Date;
    readonly address: string | undefined;
  },
): Promise<void> {
  await sql`
    insert into unknown_identities (way, issuer, subject, why, presented, group_names, attempts, first_at, last_at, last_address)
    values (${way}, ${issuer}, ${subject}, ${came.why}, ${JSON.stringify(came.presented)}::jsonb, ${[...came.groups]}::text[], 1, ${came.at}, ${came.at},
        ${came.address ?? null}::inet)
    on conflict (way, issuer, subject) do update
       set why = excluded.why, presented = excluded.presented, group_names = excluded.group_names, attempts = unknown_identities.attempts + 1,
           last_at = excluded.last_at, last_address = excluded.last_address, settled_how = null, settled_at = null, settled_by = null`.execute(
    db,
  );
}

/** @returns false if it was settled already, or never came. */
export async function settleUnknownIdentity(
  db: Kysely<Database>,
  { way, issuer, subject }: IdentityKey,
  { how, at, by }: { readonly how: 'linked' | 'dismissed'; readonly at: Date; readonly by: string },
): Promise<boolean> {
  const { numAffectedRows = 0n } = await sql`
    update unknown_identities set settled_how = ${how}, settled_at = ${at}, settled_by = ${by}
     where way = ${way} and issuer = ${issuer} and subject = ${subject} and settled_at is null`.execute(db);
  return numAffectedRows > 0n;
}
