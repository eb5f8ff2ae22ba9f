/**
 * Carries a retention plan out: makes months ahead, takes away those that are due. A month goes in two steps, each its
 * own transaction:
 *
 *   attached ── DETACH ──► detached ── DROP ──► gone
 *
 * so that a run that was killed in between is finished by the next one: the step follows from the state found. A table
 * that was detached to be kept must get another name or comment.
 *
 * Rejected: DETACH … CONCURRENTLY, which PostgreSQL refuses where there is a default partition, as there is with ours.
 * Plain DETACH asks for ACCESS EXCLUSIVE on the parent and its default partition, and everybody queues behind it while
 * it waits. So it waits for less than a second (also less than deadlock_timeout, so nobody becomes a victim), steps
 * back, and comes again after a pause. DROP is held to the same, because it locks the tables that its foreign keys name.
 */
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import {
  databaseErrorOf,
  ensurePartitions,
  fetchProductTime,
  type Store,
} from '../../platform/postgres/index.ts';
import {
  type ChainedLog,
  contentOfMonth,
  isChainedLog,
  markDropped,
  recordSecurityEvent,
} from '../../ledger/security/index.ts';
import {
  monthsAhead,
  ourComment,
  type Partition,
  type RetentionPlan,
  type TableRetention,
} from './retention.sql.ts';

/** A session that held a lock we could not get. */
export interface LockHolder {
  readonly pid: number;
  readonly application: string;
  readonly state: string;
  /** How long its transaction has run. */
  readonly seconds: number;
}

export interface NotDone {
  readonly step: 'make' | 'detach' | 'drop';
  readonly name: string;
  readonly reason: string;
  readonly holders: readonly LockHolder[];
}

export interface RetentionOutcome {
  readonly made: readonly string[];
  readonly dropped: readonly Partition[];
  readonly deleted: readonly { readonly table: string; readonly rows: number }[];
  readonly notDone: readonly NotDone[];
}

export interface Patience {
  readonly tries: number;
  /** Waits before the next try. Throws to end the whole run. */
  readonly pause: (what: string, tried: number) => Promise<void>;
}

const deleteBatch = 10_000;
const triesToMake = 5;

/** 0.1 s, growing by half each time, up to 5 s: 20 tries take about a minute and a half. */
export const pauseMsAfter = (tried: number): number => Math.round(Math.min(100 * 1.5 ** (tried - 1), 5000));

const defaultPatience: Patience = {
  tries: 20,
  pause: async (_what, tried) => {
    await delay(pauseMsAfter(tried));
  },
};

/** Lock not acquired in time, statement timed out, deadlock: another session was there. */
const busyStates = new Set(['55P03', '57014', '40P01']);
const isBusy = (error: pg.DatabaseError): boolean => busyStates.has(error.code ?? '');
/** Also what DETACH says where the table is not a partition (any more): another run was first. */
const isGone = (error: pg.DatabaseError): boolean => error.code === '42P01';

/** One statement, or several in one message, on a connection that is given back; after a failure it is not used again. */
async function ask<R extends pg.QueryResultRow>(
  store: Store,
  text: string,
  values?: unknown[],
): Promise<pg.QueryResult<R>> {
  const client = await store.session();
  let failure: Error | undefined;
  try {
    return await client.query<R>(text, values);
  } catch (error) {
    failure = error instanceof Error ? error : new Error(String(error));
    throw error;
  } finally {
    client.release(failure);
  }
}

/**
 * Runs one statement that no session waits for longer than 0.9 s. All three go in one message, which PostgreSQL takes as one
 * transaction: no lock outlives a connection that breaks, and no setting is left behind.
 */
async function briefly(store: Store, statement: string): Promise<void> {
  await ask(store, `set local lock_timeout = '400ms'; set local statement_timeout = '900ms'; ${statement}`);
}

/**
 * Carries a plan out: makes months ahead, takes away the months that are due, deletes rows past the limit from the
 * default partitions. What stays locked is reported as not done, and the rest continues. May be run by several at once
 * and again after a kill. A retention that was changed since the plan was made is not acted on.
 */
export async function applyRetention(
  store: Store,
  plan: RetentionPlan,
  patience: Patience = defaultPatience,
): Promise<RetentionOutcome> {
  const notDone: NotDone[] = [];
  const made = await makeMonthsAhead(store, plan, patience);
  if (!Array.isArray(made)) notDone.push(made);
  const dropped: Partition[] = [];
  const deleted: { table: string; rows: number }[] = [];
  for (const table of plan.tables) {
    for (const partition of table.partitions.filter((each) => each.isDue)) {
      const refused = await takeAway(store, table, partition, patience);
      if (refused) notDone.push(refused);
      else dropped.push(partition);
    }
    if (isChainedLog(table.table)) {
      if (table.overdueRows > 0)
        notDone.push({
          step: 'drop',
          name: `${table.table}_default`,
          reason: `${table.overdueRows} rows are past what is kept; the security log goes by whole months only, and they are in none`,
          holders: [],
        });
      continue;
    }
    const rows = await deleteOverdue(store, table);
    if (rows > 0) deleted.push({ table: table.table, rows });
  }
  return { made: Array.isArray(made) ? made : [], dropped, deleted, notDone };
}

async function makeMonthsAhead(
  store: Store,
  plan: RetentionPlan,
  patience: Patience,
): Promise<string[] | NotDone> {
  const name = 'the months ahead';
  for (let tried = 1; ; tried += 1) {
    try {
      return await store.transaction(({ db }) => ensurePartitions(db, monthsAhead));
    } catch (cause) {
      const error = databaseErrorOf(cause);
      if (!error) throw cause;
      const refused: NotDone = { step: 'make', name, reason: error.message, holders: [] };
      if (!isBusy(error)) return refused; // such as a table that has the name of a month
      const parentNames = plan.tables.map((table) => table.table);
      if (tried === triesToMake) return { ...refused, holders: await listHolders(store, parentNames) };
      await patience.pause(name, tried);
    }
  }
}

/** @returns undefined when it is gone, by whomever. */
async function takeAway(
  store: Store,
  { table, schema, keepMonths }: TableRetention,
  partition: Partition,
  patience: Patience,
): Promise<NotDone | undefined> {
  const place = `${pg.escapeIdentifier(partition.schema)}.${pg.escapeIdentifier(partition.name)}`;
  const parent = `${pg.escapeIdentifier(schema)}.${pg.escapeIdentifier(table)}`;
  for (let tried = 1; ; tried += 1) {
    const state = await findState(store, table, partition);
    if (state === undefined) return undefined;
    const step: NotDone['step'] = state.isAttached ? 'detach' : 'drop';
    const refused = { step, name: partition.name, holders: [] };
    if (state.keepMonths !== keepMonths)
      return { ...refused, reason: 'the retention of its table was changed meanwhile' };
    try {
      if (!state.isAttached) await briefly(store, `drop table ${place}`);
      else if (isChainedLog(table)) await detachEvidence(store, table, { partition, parent, place });
      else await briefly(store, `alter table ${parent} detach partition ${place}`);
    } catch (cause) {
      const error = databaseErrorOf(cause);
      if (!error) throw cause;
      // A view over it, or a table that is not ours: the database says which, and the other months continue.
      if (!isBusy(error) && !isGone(error)) return { ...refused, reason: error.message };
      if (tried >= patience.tries)
        return { ...refused, reason: error.message, holders: await listHolders(store, [table]) };
      await patience.pause(partition.name, tried);
    }
  }
}

/**
 * A month of the security log goes together with the mark and the event that say so, or not at all: which places of which chains it held, so
 * that nobody can hide another row behind it.
 */
async function detachEvidence(
  store: Store,
  log: ChainedLog,
  {
    partition,
    parent,
    place,
  }: { readonly partition: Partition; readonly parent: string; readonly place: string },
): Promise<void> {
  const content = await contentOfMonth(store.db, partition);
  await store.transaction(async ({ db, client }) => {
    const at = await fetchProductTime(db);
    await markDropped(db, log, content, at);
    await recordSecurityEvent(db, {
      kind: 'retention_applied',
      at,
      origin: { way: 'local' },
      object: { type: 'table', id: partition.name },
      details: { rows: content['rows'] ?? 0 },
    });
    await client.query(
      `set local lock_timeout = '400ms'; set local statement_timeout = '900ms'; alter table ${parent} detach partition ${place}`,
    );
  });
}

/** undefined: there is no such month of ours (any more). */
async function findState(
  store: Store,
  table: string,
  partition: Partition,
): Promise<{ isAttached: boolean; keepMonths: number | null } | undefined> {
  const { rows } = await ask<{ isAttached: boolean; keepMonths: number | null }>(
    store,
    `select c.relispartition as "isAttached",
            (select keep_months from tieline_partitioned_tables where table_name = $1::text) as "keepMonths"
       from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname = $2 and c.relname = $3 and obj_description(c.oid, 'pg_class') = ${ourComment('$1::text', 'c.relname')}`,
    [table, partition.schema, partition.name],
  );
  return rows[0];
}

/** In batches, so that no transaction is long and a kill loses little. */
async function deleteOverdue(store: Store, retention: TableRetention): Promise<number> {
  const { table, keepMonths, limit, timeColumn } = retention;
  const place = retention.partitions.find((each) => each.isDefault);
  if (!place || limit === null || retention.overdueRows === 0) return 0;
  const from = `${pg.escapeIdentifier(place.schema)}.${pg.escapeIdentifier(place.name)}`;
  let rows = 0;
  for (;;) {
    const { rowCount } = await ask(
      store,
      `delete from ${from} where ctid = any (array(
         select ctid from ${from} where ${pg.escapeIdentifier(timeColumn)} < $1::timestamptz limit $2))
         and exists (select from tieline_partitioned_tables where table_name = $3 and keep_months = $4)`,
      [limit, deleteBatch, table, keepMonths],
    );
    rows += rowCount ?? 0;
    if ((rowCount ?? 0) < deleteBatch) return rows;
  }
}

/** Sessions in a transaction that holds the tables, their partitions or what their foreign keys name; longest first. */
async function listHolders(store: Store, tables: readonly string[]): Promise<LockHolder[]> {
  const { rows } = await ask<LockHolder>(
    store,
    `with parent as (select to_regclass(quote_ident(name))::oid as oid from unnest($1::text[]) name),
     wanted as (select oid from parent
                union select i.inhrelid from pg_inherits i join parent on parent.oid = i.inhparent
                union select k.confrelid from pg_constraint k join parent on parent.oid = k.conrelid where k.contype = 'f')
     select a.pid, coalesce(a.application_name, '') as application, coalesce(a.state, '') as state,
            extract(epoch from clock_timestamp() - min(a.xact_start))::int as seconds
       from pg_locks l join wanted on wanted.oid = l.relation join pg_stat_activity a on a.pid = l.pid
      where l.granted and a.pid <> pg_backend_pid() and a.xact_start < clock_timestamp() - interval '300 ms'
        and l.database = (select oid from pg_database where datname = current_database())
      group by a.pid, a.application_name, a.state order by seconds desc limit 5`,
    [tables],
  );
  return rows;
}
