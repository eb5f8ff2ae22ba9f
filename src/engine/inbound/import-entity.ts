/**
 * Reads one entity of one system into the record: connector → mapping → store, a page a transaction. With the records
 * of a page go its counts and the position after it, so a crash at any point loses nothing and counts nothing twice.
 *
 * A read that is interrupted (connection cut, server error) continues from the last position, a few times; what then still
 * fails ends the run, and the next one continues from there. The mark moves only after a complete read in which every
 * record was imported.
 */
import { isDeepStrictEqual } from 'node:util';
import type { EntityType, ExternalRecord, ReadEvent } from '../../connectors/kit/index.ts';
import type { Json } from '../../platform/values/index.ts';
import { messageOf, TielineError } from '../../platform/errors/index.ts';
import { countAbsent, forgetSeen, markAbsent, recordSeen } from './absence.sql.ts';
import {
  addCounts,
  type Counts,
  hasHeldRecords,
  insertHeldRecords,
  noCounts,
  recordCounts,
  recordRetry,
} from '../../ledger/operations/index.ts';
import { entity, isLinked, type MapperOf, renewStatistics, type Sink } from '../../record/entities/index.ts';
import {
  fetchClock,
  findReadState,
  finishRead,
  saveReadPosition,
} from '../../ledger/external-systems/index.ts';
import type { Tx } from '../../platform/postgres/index.ts';
import { canReadChanges, type ConnectedSystem } from '../connections/index.ts';
import { isOfSystem, type RunContext } from '../run/index.ts';
import { joinPages, type JoinedEvent } from './joined-pages.ts';
import { mapperFrom } from './mapper.ts';
import { openLinkedSink, reportDigests } from './linked-sink.ts';
import { fetchStandingReports } from './standing-reports.ts';
import { PagesInOrder } from './pages-in-order.ts';

/** How often a read may break off without any progress between, before the run gives up. */
const attemptsWithoutProgress = 4;
/** Smaller pages of linked records are taken together. */
const enoughRecords = 1000;

export interface EntityRead {
  readonly system: ConnectedSystem;
  readonly entity: EntityType;
  /** The operation of this step. */
  readonly operationId: string;
  readonly full: boolean;
}

/** @param askedAt when the remote was asked for the page, by the clock of the database. */
export type OpenSink = (tx: Tx, askedAt: Date) => Promise<Sink> | Sink;

/** Opens the sink of an entity whose records are facts and not linked; such sinks come from modules. */
export type OpenFactSink = (context: RunContext, read: EntityRead, mapperOf: MapperOf) => OpenSink;

/** How records of a read become part of the record. */
interface Way {
  readonly openSink: OpenSink;
  /** Which records say what they said when they were merged, with nothing moved here since; absent where none does. */
  readonly passes?: (record: ExternalRecord) => boolean;
}

async function wayOf(context: RunContext, read: EntityRead, openFactSink: OpenFactSink): Promise<Way> {
  const mapperOf = mapperFrom(read.system.mappings);
  const { entity: name, system } = read;
  if (!isLinked(name)) return { openSink: openFactSink(context, read, mapperOf) };
  const source = {
    systemId: system.id,
    systemType: system.module.declaration.systemType,
    operationId: read.operationId,
    policies: system.policies,
    echo: undefined,
  };
  const openSink: OpenSink = (tx, askedAt) => openLinkedSink(tx, name, { ...source, askedAt }, mapperOf);
  const stands = readsAll(read)
    ? await fetchStandingReports(context.db, { systemId: system.id, entity: name })
    : undefined;
  if (!stands) return { openSink };
  const digestOf = reportDigests(name, source, mapperOf);
  return { openSink, passes: (record) => stands(record.externalId, digestOf(record)) };
}

/**
 * Reads an entity to its end.
 * @returns what became of the records that this call read.
 * @throws TielineError when the remote keeps failing; what was read so far is stored and the position kept.
 */
export async function importEntity(
  context: RunContext,
  read: EntityRead,
  openFactSink: OpenFactSink,
): Promise<Counts> {
  const way = await wayOf(context, read, openFactSink);
  const growth: Growth = { created: 0, renewAt: 500 };
  let total = noCounts;
  let failures = 0;
  for (;;) {
    const before = await findReadState(context.db, read.system.id, read.entity);
    const mark = readsAll(read) ? undefined : (before?.mark ?? undefined);
    const position = before?.operation_id === read.operationId ? (before.position as Json) : undefined;
    const events = eventsOf(context, read, { mark, position, passes: way.passes });
    const pages = new PagesInOrder();
    try {
      let askedAt = await fetchClock(context.db);
      for await (const event of events) {
        const reading = { ...read, showsAll: mark === undefined, askedAt, growth };
        if (event.type === 'page') {
          await pages.begin(async (turn) => {
            total = addCounts(total, await takePage(context, reading, way.openSink, event, turn));
          });
          if (!overlaps(context, read)) await pages.settle();
          failures = 0;
        } else {
          await pages.settle();
          await take(context, reading, event);
        }
        askedAt = await fetchClock(context.db);
      }
      await pages.settle();
      return total;
    } catch (error) {
      // What was staged before the read was interrupted is stored all the same.
      await pages.settle().catch(() => undefined);
      if (!mayBeTriedAgain(error, context.signal)) throw error;
      const after = await findReadState(context.db, read.system.id, read.entity);
      failures = isDeepStrictEqual(after?.position, before?.position) ? failures + 1 : 0;
      if (failures >= attemptsWithoutProgress) throw error;
      await retryLater(context, read, error, failures);
    }
  }
}

/** What cannot be read by changes is read whole, and so shows what is missing. */
const readsAll = (read: EntityRead): boolean => read.full || !canReadChanges(read.system, read.entity);

/** What the remote shows of the entity, from `position` on. */
function eventsOf(
  context: RunContext,
  read: EntityRead,
  from: {
    readonly mark: string | undefined;
    readonly position: Json | undefined;
    readonly passes: Way['passes'];
  },
): AsyncIterable<Readable> {
  const { signal } = context;
  const events = read.system.connector.read(read.entity, {
    ...(from.mark === undefined ? {} : { mark: from.mark }),
    ...(from.position === undefined || from.position === null ? {} : { position: from.position }),
    signal,
  });
  // Facts come in large pages, and are loaded as they come.
  return isLinked(read.entity) ? joinPages(events, enoughRecords, signal, from.passes) : events;
}

type Readable = ReadEvent | JoinedEvent;

/** The connector itself begins a failed export again for as long as it may: after that the next run begins with a new one. */
const mayBeTriedAgain = (error: unknown, signal: AbortSignal): error is TielineError =>
  error instanceof TielineError &&
  isOfSystem(error, signal) &&
  error.entry.retryable &&
  error.code !== 'EXPORT_FAILED';

/** Notes that a read was interrupted, and waits a while. */
async function retryLater(
  context: RunContext,
  read: EntityRead,
  error: TielineError,
  failures: number,
): Promise<void> {
  await recordRetry(context.db, read.operationId, messageOf(error));
  context.log.warn(
    { operation: read.operationId, code: error.code, entity: read.entity },
    `the read broke off and is tried again: ${error.message}`,
  );
  context.report({ system: read.system.name, step: read.entity, state: 'retrying', note: error.message });
  await context.sleep(Math.min(200 * 2 ** failures, 5_000), context.signal);
}

interface PageRead extends EntityRead {
  readonly showsAll: boolean;
  readonly askedAt: Date;
  readonly growth: Growth;
}

const placeOf = (read: EntityRead) => ({
  systemId: read.system.id,
  entity: read.entity,
  operationId: read.operationId,
});

/** Only facts are staged ahead: what is linked is merged with what the page before has left. */
function overlaps(context: RunContext, read: EntityRead): boolean {
  const definition = entity(read.entity);
  return definition.kind === 'fact' && definition.readsAhead && !context.store.isOne;
}

async function takePage(
  context: RunContext,
  read: PageRead,
  openSink: OpenSink,
  page: Extract<Readable, { type: 'page' }>,
  turn: () => Promise<void>,
): Promise<Counts> {
  const where = placeOf(read);
  const passed = 'passed' in page ? page.passed : [];
  // A page is a stream, which cannot be imported twice: it is asked for again from the position before it.
  const counts = await context.store.transactionOnce(async (tx) => {
    const isNoted = read.showsAll && isKept(read.entity);
    const seen: string[] = isNoted ? [...passed] : [];
    const records = isNoted ? noting(page.records, seen) : page.records;
    const sink = await openSink(tx, read.askedAt);
    const stored = await fillSink(sink, records, turn);
    if (read.showsAll) seen.push(...(sink.seen?.() ?? []));
    await recordSeen(tx.db, where, seen);
    await renewAsItGrows(tx, read.entity, read.growth, stored.counts.created);
    await insertHeldRecords(tx.db, read.operationId, stored.held);
    const asBefore = { ...noCounts, read: passed.length, unchanged: passed.length };
    const taken = addCounts(stored.counts, asBefore);
    await recordCounts(tx.db, read.operationId, taken);
    await saveReadPosition(tx.db, { ...where, position: page.position });
    return taken;
  });
  context.report({
    system: read.system.name,
    step: read.entity,
    state: 'working',
    counts,
    ...page.progress,
  });
  return counts;
}

async function take(
  context: RunContext,
  read: PageRead,
  event: Exclude<ReadEvent, { type: 'page' }>,
): Promise<void> {
  const where = placeOf(read);
  if (event.type === 'position') {
    await saveReadPosition(context.db, { ...where, position: event.position });
    if (event.progress)
      context.report({ system: read.system.name, step: read.entity, state: 'working', ...event.progress });
    return;
  }
  await context.store.transaction(async (tx) => {
    // Over all its interruptions: one record that was not imported keeps the mark where it was.
    const incomplete = await hasHeldRecords(tx.db, read.operationId);
    if (read.showsAll && isKept(read.entity)) await settleAbsence(context, tx, read, where);
    const definition = entity(read.entity);
    if (read.showsAll && definition.kind === 'fact') {
      await definition.whenReadWhole?.(tx, { ...where, incomplete, absence: context.absence });
      if (!isKept(read.entity)) await forgetSeen(tx.db, where);
    }
    await finishRead(tx.db, { ...where, mark: incomplete ? undefined : event.mark });
  });
}

/** How many rows a read has made, and at how many the statistics of their table are renewed. */
interface Growth {
  created: number;
  renewAt: number;
}

async function renewAsItGrows(tx: Tx, name: EntityType, growth: Growth, created: number): Promise<void> {
  growth.created += created;
  if (growth.created < growth.renewAt || !isLinked(name)) return;
  growth.renewAt = growth.created * 4;
  await renewStatistics(tx.db, name);
}

/** Whether one that a full read does not show is missing. */
const isKept = (name: EntityType): boolean => entity(name).absence !== 'none';

async function* noting(
  records: Extract<ReadEvent, { type: 'page' }>['records'],
  seen: string[],
): AsyncGenerator<ExternalRecord> {
  for await (const record of records) {
    seen.push(record.externalId);
    yield record;
  }
}

/**
 * Marks what a full read did not show. More than a set share at once is rather a fault of the remote or of our rights there:
 * then nothing is marked, and the read counts as not done.
 */
async function settleAbsence(
  context: RunContext,
  tx: Tx,
  read: EntityRead,
  where: { systemId: number; entity: string; operationId: string },
): Promise<void> {
  const { expected, missing, examples, isSettled } = await countAbsent(tx.db, where);
  const allowed = Math.max(
    context.absence.atLeast,
    Math.floor((expected * context.absence.sharePercent) / 100),
  );
  if (missing > allowed && !context.absence.accept) {
    // Outside of this transaction, which is rolled back: the next run reads it all again instead of coming to this end again.
    await forgetSeen(context.db, where);
    await finishRead(context.db, { ...where, mark: undefined });
    throw new TielineError(
      'TOO_MANY_MISSING',
      `${read.system.name} no longer shows ${missing} of ${expected} ${read.entity} records (${examples.join(', ')}, …); more than ${allowed} at once are not believed.`,
    );
  }
  if (!isSettled) await markAbsent(tx.db, where, entity(read.entity).absence === 'ask');
  await forgetSeen(tx.db, where);
}

async function fillSink(
  sink: Sink,
  records: Extract<ReadEvent, { type: 'page' }>['records'],
  turn: () => Promise<void>,
): ReturnType<Sink['finish']> {
  try {
    for await (const record of records) await sink.add(record);
    await sink.stage?.();
    await turn();
    return await sink.finish();
  } catch (error) {
    await sink.abort(error instanceof Error ? error : new Error(messageOf(error)));
    throw error;
  }
}
