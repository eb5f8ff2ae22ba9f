/** What a verification of the security log reads. */
import { type Kysely, sql } from 'kysely';
import type { Database, Store } from '../../../platform/postgres/index.ts';
import { evidenceOf } from './append.sql.ts';
import { type ChainedLog, chainedLogs } from './chained-logs.ts';

/** Reads as of one moment, however long it takes. */
export const readOneSnapshot = <T>(store: Store, work: (db: Kysely<Database>) => Promise<T>): Promise<T> =>
  store.transactionOnce(async ({ db }) => {
    await sql`set transaction isolation level repeatable read, read only`.execute(db);
    return work(db);
  });

export interface ChainRow {
  readonly chainId: number;
  readonly log: ChainedLog;
  readonly keyId: string;
  readonly begunAt: Date;
  readonly lastSeq: number;
  readonly lastLink: Buffer;
}

export async function listChains(db: Kysely<Database>): Promise<ChainRow[]> {
  const { rows } = await sql<ChainRow>`
    select c.chain_id as "chainId", c.log, c.key_id as "keyId", c.begun_at as "begunAt", c.last_seq::float8 as "lastSeq", c.last_link as "lastLink"
      from security_log_chains c order by c.chain_id`.execute(db);
  return rows;
}

export interface LinkedRow {
  readonly seq: number;
  readonly rowId: number;
  readonly at: Date;
  readonly link: Buffer;
  readonly evidence: string;
}

/** Rows of a chain in their order, by its index. */
export async function pageOfChain(
  db: Kysely<Database>,
  { log, chainId }: Pick<ChainRow, 'log' | 'chainId'>,
  after: Pick<LinkedRow, 'seq' | 'rowId'>,
  limit: number,
): Promise<LinkedRow[]> {
  const from = Number.isFinite(after.seq)
    ? sql`and (r.chain_seq, r.id) > (${after.seq}::bigint, ${after.rowId}::bigint)`
    : sql``;
  const { rows } = await sql<LinkedRow>`
    select coalesce(r.chain_seq, -1)::float8 as seq, r.id::float8 as "rowId", r.${sql.ref(chainedLogs[log].time)} as at,
           coalesce(r.chain_link, ''::bytea) as link, ${evidenceOf(log)} as evidence
      from ${sql.table(log)} r where r.chain_id = ${chainId} ${from} order by r.chain_seq, r.id limit ${limit}`.execute(
    db,
  );
  return rows;
}

export interface StrangeRow {
  readonly rowId: number;
  readonly at: Date;
  readonly chainId: number | null;
}

/** Rows without a chain that came after the chains began. */
export async function listUnchainedRows(
  db: Kysely<Database>,
  log: ChainedLog,
  lastIdBefore: number,
  limit: number,
): Promise<StrangeRow[]> {
  const { rows } = await sql<StrangeRow>`
    select r.id::float8 as "rowId", r.${sql.ref(chainedLogs[log].time)} as at, null::int as "chainId"
      from ${sql.table(log)} r where r.chain_id is null and r.id > ${lastIdBefore} order by r.id limit ${limit}`.execute(
    db,
  );
  return rows;
}

/** Rows of chains that are not in the list of chains, or that belong to the other table. */
export async function listForeignRows(
  db: Kysely<Database>,
  log: ChainedLog,
  limit: number,
): Promise<StrangeRow[]> {
  const { rows } = await sql<StrangeRow>`
    select r.id::float8 as "rowId", r.${sql.ref(chainedLogs[log].time)} as at, r.chain_id as "chainId"
      from ${sql.table(log)} r
     where r.chain_id is not null and not exists (select from security_log_chains c where c.chain_id = r.chain_id and c.log = ${log})
     order by r.id limit ${limit}`.execute(db);
  return rows;
}
