/** Whom workflows tell. */
import { boundariesOfGrant } from '../../record/systems/index.ts';
import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Role } from '../../canonical/access/index.ts';
import type { Database } from '../../platform/postgres/index.ts';

export interface Recipient {
  readonly name: string;
  readonly address: string | null;
}

/** SQL of whether account `p` is a person who may act; a lock that a number of failed sign-ins set ends by itself. */
const mayAct = (now: Date): RawBuilder<boolean> => sql<boolean>`
  (p.kind = 'person' and p.status <> 'disabled' and (p.status <> 'locked' or p.locked_until <= ${now}::timestamptz))`;
const most = 100;

/** Who holds one of the roles for the boundary now. @param boundary null: for what is in none. */
export async function listHolders(
  db: Kysely<Database>,
  roles: readonly Role[],
  boundary: string | null,
  now: Date,
): Promise<Recipient[]> {
  const there: RawBuilder<unknown> =
    boundary === null ? sql`g.unassigned` : sql`${boundary}::text = any(${boundariesOfGrant})`;
  const { rows } = await sql<Recipient>`
    select distinct p.name::text as name, p.email::text as address
      from grants g join principals p on p.id = g.principal_id
     where g.role = any(${[...roles]}::text[]) and g.revoked_at is null and (g.until_at is null or g.until_at > ${now}::timestamptz)
       and ${mayAct(now)} and (g.reach = 'everywhere' or ${there})
     order by 1 limit ${most}`.execute(db);
  return rows;
}

/** People by their name, or as it is shown. */
export async function listNamed(
  db: Kysely<Database>,
  names: readonly string[],
  now: Date,
): Promise<Recipient[]> {
  if (names.length === 0) return [];
  const lowered = names.map((name) => name.toLowerCase());
  const { rows } = await sql<Recipient>`
    select p.name::text as name, p.email::text as address from principals p
     where ${mayAct(now)} and (lower(p.name) = any(${lowered}::text[]) or lower(p.display_name) = any(${lowered}::text[])) order by 1 limit ${most}`.execute(
    db,
  );
  return rows;
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
