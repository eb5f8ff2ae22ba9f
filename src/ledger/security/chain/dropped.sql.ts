/** Records that retention takes a month of the security log away: which places of which chains, exactly, so that nothing else can hide behind it. */
import { type Kysely, sql } from 'kysely';
import type { Database } from '../../../platform/postgres/index.ts';
import type { JsonObject } from '../../../platform/values/index.ts';
import { allChainedLogs, type ChainedLog } from './chained-logs.ts';
import { addMark } from './marks.sql.ts';

export const isChainedLog = (table: string): table is ChainedLog =>
  (allChainedLogs as readonly string[]).includes(table);

/** What a month held: runs of places without gaps, each with its last link; and how many rows in all. */
export async function contentOfMonth(
  db: Kysely<Database>,
  month: { readonly schema: string; readonly name: string },
): Promise<JsonObject> {
  const { rows } = await sql<{ rows: number; runs: JsonObject[] | null }>`
    with placed as (
      select r.chain_id, r.chain_seq, r.chain_link, r.chain_seq - row_number() over (partition by r.chain_id order by r.chain_seq) as island
        from ${sql.id(month.schema, month.name)} r where r.chain_id is not null
    ), run as (
      select chain_id, min(chain_seq) as first, max(chain_seq) as last, (array_agg(chain_link order by chain_seq desc))[1] as link
        from placed group by chain_id, island
    )
    select (select count(*) from ${sql.id(month.schema, month.name)})::float8 as rows,
           (select jsonb_agg(jsonb_build_object('chain', chain_id, 'from', first, 'to', last, 'link', encode(link, 'hex')) order by chain_id, first) from run) as runs`.execute(
    db,
  );
  return { month: month.name, rows: rows[0]?.rows ?? 0, runs: rows[0]?.runs ?? [] };
}

/** @param db of the transaction that detaches the month. @param content as `contentOfMonth` gave it. */
export const markDropped = (
  db: Kysely<Database>,
  log: ChainedLog,
  content: JsonObject,
  at: Date,
): Promise<void> => addMark(db, { kind: 'dropped', log, at, content });
