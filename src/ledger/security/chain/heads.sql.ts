/** Heads of the chains: where each ends. Kept elsewhere, they show that an end was cut off. */
import { type Kysely, sql } from 'kysely';
import type { Database } from '../../../platform/postgres/index.ts';
import { addMark } from './marks.sql.ts';

export interface ChainHead {
  readonly chainId: number;
  readonly seq: number;
  /** In hexadecimal digits. */
  readonly link: string;
}

/** The heads as they are committed now; chains without a row have none. */
export async function listHeads(db: Kysely<Database>): Promise<ChainHead[]> {
  const { rows } = await sql<ChainHead>`
    select c.chain_id as "chainId", c.last_seq::float8 as seq, encode(c.last_link, 'hex') as link
      from security_log_chains c where c.last_seq > 0 order by c.chain_id`.execute(db);
  return rows;
}

/** Signs the heads of the day, unless that was done. @returns whether it was done now. */
export async function signHeadsOfDay(db: Kysely<Database>, now: Date): Promise<boolean> {
  const { rows } = await sql`
    select from security_log_marks
     where kind = 'head' and marked_at >= date_trunc('day', ${now}::timestamptz at time zone 'UTC') at time zone 'UTC' limit 1`.execute(
    db,
  );
  if (rows.length > 0) return false;
  const heads = await listHeads(db);
  if (heads.length === 0) return false;
  await addMark(db, {
    kind: 'head',
    at: now,
    content: { chains: heads.map(({ chainId, seq, link }) => ({ chain: chainId, seq, link })) },
  });
  return true;
}
