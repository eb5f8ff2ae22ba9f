/** Whom workflows tell. */
import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Role } from '../../../canonical/access/index.ts';
import type { Database } from '../../../platform/postgres/index.ts';

export interface Recipient {
  readonly name: string;
  readonly address: string | null;
}

/** SQL of whether account `p` is a person who may act. */
const isActive = sql`(p.kind = 'person' and p.status = 'active')`;
const most = 100;

/** Who holds one of the roles for the boundary now. @param boundary null: for what is in none. */
export async function listHolders(
  db: Kysely<Database>,
  roles: readonly Role[],
  boundary: string | null,
  now: Date,
): Promise<Recipient[]> {
  const there: RawBuilder<unknown> =
    boundary === null ? sql`g.unassigned` : sql`${boundary}::text = any(g.system_ids)`;
  const { rows } = await sql<Recipient>`
    select distinct p.name::text as name, p.email::text as address
      from grants g join principals p on p.id = g.principal_id
     where g.role = any(${[...roles]}::text[]) and g.revoked_at is null and (g.until_at is null or g.until_at > ${now}::timestamptz)
       and ${isActive} and (g.reach = 'everywhere' or ${there})
     order by 1 limit ${most}`.execute(db);
  return rows;
}

/** People by their name, or as it is shown. */
export async function listNamed(db: Kysely<Database>, names: readonly string[]): Promise<Recipient[]> {
  if (names.length === 0) return [];
  const lowered = names.map((name) => name.toLowerCase());
  const { rows } = await sql<Recipient>`
    select p.name::text as name, p.email::text as address from principals p
     where ${isActive} and (lower(p.name) = any(${lowered}::text[]) or lower(p.display_name) = any(${lowered}::text[])) order by 1 limit ${most}`.execute(
    db,
  );
  return rows;
}

/** The channel by which mail goes to people: the one named `digests`, else the first that is on. */
export async function findMailChannel(db: Kysely<Database>): Promise<number | undefined> {
  const { rows } = await sql<{ id: number }>`
    select id from alert_channels where removed_at is null and is_enabled and kind = 'email'
     order by lower(name) <> 'digests', id limit 1`.execute(db);
  return rows[0]?.id;
}

export interface NamedChannel {
  readonly id: number;
  readonly systemIds: readonly string[];
  /** Of a mailbox each address; else one that is null. */
  readonly recipients: readonly (string | null)[];
}

export async function findChannel(db: Kysely<Database>, name: string): Promise<NamedChannel | undefined> {
  const { rows } = await sql<NamedChannel>`
    select c.id, c.system_ids as "systemIds",
           case when c.kind = 'email' then coalesce(array(select jsonb_array_elements_text(c.settings -> 'to')), '{}') else array[null::text] end as recipients
      from alert_channels c where c.removed_at is null and c.is_enabled and lower(c.name) = lower(${name})`.execute(
    db,
  );
  return rows[0];
}
