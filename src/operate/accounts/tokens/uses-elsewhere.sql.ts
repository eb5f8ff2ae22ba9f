/** Uses of tokens from another address, counted for an hour. */
import { type Kysely, sql } from 'kysely';
import type { EventKind } from '../../../canonical/vocabulary/index.ts';
import type { Database } from '../../../platform/postgres/index.ts';

/** What a use of a token from elsewhere is. */
export type ElsewhereKind = Extract<
  EventKind,
  'token_used_elsewhere' | 'token_used_without_certificate' | 'token_moved'
>;

/** @returns how many there are since the count began, with this one. */
export async function countUse(
  db: Kysely<Database>,
  use: {
    readonly tokenId: string;
    readonly address: string;
    readonly kind: ElsewhereKind;
    readonly at: Date;
  },
): Promise<number> {
  const { rows } = await sql<{ uses: number }>`
    insert into token_uses_elsewhere as u (token_id, address, event_type, begun_at, last_at, uses)
    values (${use.tokenId}, ${use.address}::inet, ${use.kind}, ${use.at}::timestamptz, ${use.at}::timestamptz, 1)
    on conflict (token_id, address, event_type) do update set uses = u.uses + 1, last_at = greatest(u.last_at, excluded.last_at)
    returning uses::float8 as uses`.execute(db);
  return rows[0]?.uses ?? 1;
}

export interface CountedUses {
  readonly tokenId: string;
  readonly address: string;
  readonly kind: ElsewhereKind;
  readonly begunAt: Date;
  readonly lastAt: Date;
  readonly uses: number;
  readonly owner: string;
  readonly ownerId: string;
  readonly ownerKind: 'person' | 'service';
}

/** Takes away the counts that began before `before`. What another process takes at the same time is not given. */
export async function takeCounts(db: Kysely<Database>, before: Date): Promise<CountedUses[]> {
  const { rows } = await sql<CountedUses>`
    with taken as (
      delete from token_uses_elsewhere u
       where (u.token_id, u.address, u.event_type) in (
               select o.token_id, o.address, o.event_type from token_uses_elsewhere o where o.begun_at <= ${before}::timestamptz
                order by o.begun_at limit 1000 for update skip locked)
      returning u.*
    )
    select d.token_id as "tokenId", host(d.address) as address, d.event_type as kind, d.begun_at as "begunAt", d.last_at as "lastAt", d.uses::float8 as uses,
           p.name as owner, p.id::text as "ownerId", p.kind as "ownerKind"
      from taken d join api_tokens t on t.id = d.token_id join principals p on p.id = t.principal_id
     order by d.last_at`.execute(db);
  return rows;
}
