/**
 * Adds a row to the security log, as a link of a chain. Over the connection of whoever records: in a transaction, the row is there with
 * what it tells of or not at all; alone, each statement is one.
 *
 * Many write at once, and none may wait for another one, whose transaction may be long. So there are as many chains as there are writers at
 * once: a writer takes one that nobody holds (SKIP LOCKED), or begins one. Row and counter move in one statement, and only where the chain
 * still ends where the link was made for; else it is tried with another chain. The counter has no gaps: a transaction that is rolled
 * back takes both back. Rejected: one chain under a lock (a bulk edit of minutes would hold up every sign-in), and links that are made
 * afterwards (what was changed before them would be sealed as if it were true).
 *
 * What is linked is the text of the row as PostgreSQL reads it back (`evidenceOf`), so that verification needs no second idea of how a
 * time, an address or JSON is written.
 */
import { type Kysely, type RawBuilder, sql } from 'kysely';
import { TielineError } from '../../../platform/errors/index.ts';
import { type Database, storableJson } from '../../../platform/postgres/index.ts';
import type { JsonObject } from '../../../platform/values/index.ts';
import { type ChainedLog, chainedLogs } from './chained-logs.ts';
import { type LogKey, presentLogKey, signed } from './log-keys.ts';
import { markBeginning } from './marks.sql.ts';

/** What a link covers of the row `r`, as text. The names of the columns are ours. */
export const evidenceOf = (log: ChainedLog): RawBuilder<string> =>
  sql`jsonb_build_object(${sql.join(
    chainedLogs[log].recorded.map((column) => sql`${sql.lit(column)}, r.${sql.ref(column)}`),
  )})::text`;

/** The link of a row. @param before the link of the row before it, or of the beginning. */
export const linkOf = (
  key: LogKey,
  { chainId, seq, before }: { readonly chainId: number; readonly seq: number; readonly before: Buffer },
  evidence: string,
): Buffer => signed(key, 'row', String(chainId), String(seq), before.toString('hex'), evidence);

export const beginningOf = (
  key: LogKey,
  { log, chainId, begunAt }: { readonly log: ChainedLog; readonly chainId: number; readonly begunAt: Date },
): Buffer => signed(key, 'chain', log, String(chainId), begunAt.toISOString());

interface Prepared {
  /** The row as JSON, with its id. */
  readonly row: string;
  readonly evidence: string;
  /** Null: no chain is free. */
  readonly chainId: number | null;
  readonly lastSeq: number;
  readonly lastLink: Buffer;
}

/** The row as it will be stored, and a chain that nobody holds. In a transaction the chain is held from here on. */
async function prepare(db: Kysely<Database>, log: ChainedLog, row: JsonObject): Promise<Prepared> {
  const { rows } = await sql<Prepared>`
    with given as (
      select ${storableJson(row)}::jsonb
             || jsonb_build_object('id', nextval(pg_get_serial_sequence(${log}, 'id')),
                                   'user_id', (select p.user_id from principals p where p.id = ${row['principal_id'] ?? null}::uuid)) as json
    ), free as materialized (
      select c.chain_id, c.last_seq, c.last_link from security_log_chains c
       where c.log = ${log} and c.key_id = ${presentLogKey().id} order by random() limit 1 for update skip locked
    )
    select given.json::text as row, ${evidenceOf(log)} as evidence,
           free.chain_id as "chainId", free.last_seq::float8 as "lastSeq", free.last_link as "lastLink"
      from given cross join lateral jsonb_populate_record(null::${sql.table(log)}, given.json) r left join free on true`.execute(
    db,
  );
  const [prepared] = rows;
  if (!prepared) throw new TielineError('INTERNAL', 'A row of the security log could not be prepared.');
  return prepared;
}

/** @returns whether it was written: the chain still ended there, and nobody held it. */
async function write(
  db: Kysely<Database>,
  log: ChainedLog,
  { row, evidence, chainId, lastSeq, lastLink }: Prepared & { readonly chainId: number },
): Promise<boolean> {
  const seq = lastSeq + 1;
  const link = linkOf(presentLogKey(), { chainId, seq, before: lastLink }, evidence);
  const columns = chainedLogs[log].recorded.map((column) => sql.ref(column));
  const { numAffectedRows } = await sql`
    with held as (
      select c.chain_id from security_log_chains c where c.chain_id = ${chainId} and c.last_seq = ${lastSeq} for update skip locked
    ), moved as (
      update security_log_chains c set last_seq = ${seq}, last_link = ${link} from held where c.chain_id = held.chain_id
      returning c.chain_id
    )
    insert into ${sql.table(log)} (${sql.join(columns)}, chain_id, chain_seq, chain_link)
    select ${sql.join(chainedLogs[log].recorded.map((column) => sql`r.${sql.ref(column)}`))}, moved.chain_id, ${seq}, ${link}
      from jsonb_populate_record(null::${sql.table(log)}, ${row}::jsonb) r, moved`.execute(db);
  return numAffectedRows === 1n;
}

async function beginChain(db: Kysely<Database>, log: ChainedLog, at: Date): Promise<void> {
  await markBeginning(db, log, at);
  const key = presentLogKey();
  const { rows } = await sql<{ chainId: number }>`
    select nextval(pg_get_serial_sequence('security_log_chains', 'chain_id'))::int as "chainId"`.execute(db);
  const chainId = rows[0]?.chainId ?? 0;
  await sql`
    insert into security_log_chains (chain_id, log, key_id, begun_at, last_seq, last_link)
    values (${chainId}, ${log}, ${key.id}, ${at}, 0, ${beginningOf(key, { log, chainId, begunAt: at })})`.execute(
    db,
  );
}

/** More writers at once than this wait for each other. */
const mostChains = 64;
/** After so many chains that were taken by others meanwhile a further one is worth having. */
const triesBeforeChain = 3;
const triesInAll = 200;

async function countChains(db: Kysely<Database>, log: ChainedLog): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from security_log_chains where log = ${log} and key_id = ${presentLogKey().id}`.execute(
    db,
  );
  return rows[0]?.n ?? 0;
}

/**
 * @param row its recorded columns but `id` and `user_id`, as JSON; times in ISO form. @param at when it happened.
 * @throws what PostgreSQL says; INTERNAL where no chain could be had.
 */
export async function appendToLog(
  db: Kysely<Database>,
  log: ChainedLog,
  { row, at }: { readonly row: JsonObject; readonly at: Date },
): Promise<void> {
  for (let tried = 1; tried <= triesInAll; tried += 1) {
    const prepared = await prepare(db, log, row);
    const { chainId } = prepared;
    if (chainId !== null && (await write(db, log, { ...prepared, chainId }))) return;
    const isShort = chainId === null || tried % triesBeforeChain === 0;
    if (isShort && (chainId === null || (await countChains(db, log)) < mostChains))
      await beginChain(db, log, at);
  }
  throw new TielineError(
    'INTERNAL',
    'No chain of the security log was free: nothing was recorded, and nothing done.',
  );
}
