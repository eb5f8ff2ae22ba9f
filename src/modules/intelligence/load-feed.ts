/**
 * Loads a file of a threat feed: one transaction, so that a broken file leaves nothing behind. The same file again changes nothing. It is
 * read as a stream; a few hundred kilobytes are in memory, whatever its size.
 */
import type { App } from '../../engine/run/index.ts';
import { type Operation, withOperation } from '../../ledger/operations/index.ts';
import { TielineError } from '../../platform/errors/index.ts';
import type { Tx } from '../../platform/postgres/index.ts';
import { throwIfAborted } from '../../platform/values/index.ts';
import {
  countLoad,
  countUnscored,
  countVanished,
  deriveCves,
  type Feed,
  findLastLoad,
  findScoredTwice,
  insertLoad,
  listNewestLoads,
  type LoadCounts,
  mergeEpss,
  mergeReports,
  renewPluginIntelligence,
  stageEpss,
  stageReports,
  touchKevOfOthers,
  waitForTurnToLoad,
  withdrawVanished,
} from '../../record/intelligence/index.ts';
import { assessRisks } from './assess-risks.ts';
import type { FeedFile } from './feed-file.ts';
import { readCveRecords } from './feeds/cve-records.ts';
import { readEpss } from './feeds/epss.ts';
import { readKev } from './feeds/kev.ts';
import { readNvd } from './feeds/nvd.ts';
import type { FeedReading, Note, ReportReading, ScoreReading } from './feeds/reading.ts';

export interface LoadOptions {
  readonly by: string;
  readonly signal: AbortSignal;
  /** Why a file is loaded although it is older than what is there, or lacks many entries. */
  readonly force?: string | undefined;
}

export interface LoadOutcome extends LoadCounts {
  readonly feed: Feed;
  readonly source: string;
  readonly outcome: 'loaded' | 'already loaded';
  readonly version: string | null;
  readonly feedDate: Date | null;
  /** CVEs of which something that is known changed; plugins likewise. */
  readonly cves: number;
  readonly plugins: number;
  /** What was read as far as possible: the first of them, and how many there are. */
  readonly notes: readonly string[];
  readonly noteCount: number;
  readonly operationId: string | null;
}

/** Notes of one load that are kept. */
const mostNotes = 20;

/** @throws FEED_INVALID, FEED_OLDER, FEED_INCOMPLETE. */
export async function loadFeed(
  app: Pick<App, 'store' | 'now'>,
  feed: Feed,
  file: FeedFile,
  options: LoadOptions,
): Promise<LoadOutcome> {
  const outcome = await app.store.transactionOnce(async (tx) => {
    const loaded = await loadFeedWithin(tx, { feed, file, now: app.now(), options });
    return loaded.outcome === 'loaded' ? { ...loaded, plugins: await renewPluginIntelligence(tx) } : loaded;
  });
  // In a transaction of its own: a million scores hold no load up, and can be computed again at any time.
  if (outcome.outcome === 'loaded') await assessRisks(app, 'load');
  return outcome;
}

interface Loading {
  readonly feed: Feed;
  readonly file: FeedFile;
  readonly now: Date;
  readonly options: LoadOptions;
}

/** The same in the caller's transaction, who renews what is known of plugins (`renewPluginIntelligence`) after the last of several files. */
export async function loadFeedWithin(tx: Tx, loading: Loading): Promise<LoadOutcome> {
  const { feed, file, options } = loading;
  await waitForTurnToLoad(tx.db);
  const last = await findLastLoad(tx.db, feed);
  if (last?.sha256 === file.sha256 && options.force === undefined) return sameAgain(loading, last);
  const notes: string[] = [];
  let noteCount = 0;
  const reading = await openFeed(feed, file, (text) => {
    noteCount += 1;
    if (notes.length < mostNotes) notes.push(text);
  });
  await refuseOlder(tx, loading, reading);
  const { source } = file;
  return withOperation(
    tx.db,
    { type: 'import', system: 'internal', step: `intelligence ${feed}`, metadata: { feed, source } },
    async (operation) => {
      const taken = await take(tx, loading, reading, { operation, isFirst: last === undefined });
      const date = reading.issue.date;
      return {
        ...taken,
        feed,
        source,
        outcome: 'loaded' as const,
        version: reading.issue.version,
        feedDate: date === null ? null : new Date(date),
        plugins: 0,
        notes,
        noteCount,
        operationId: operation.id,
      };
    },
  );
}

function sameAgain(
  { feed, file }: Loading,
  last: { readonly version: string | null; readonly feedDate: Date | null; readonly read: number },
): LoadOutcome {
  return {
    feed,
    source: file.source,
    outcome: 'already loaded',
    version: last.version,
    feedDate: last.feedDate,
    read: last.read,
    changed: 0,
    unchanged: last.read,
    older: 0,
    withdrawn: 0,
    cves: 0,
    plugins: 0,
    notes: [],
    noteCount: 0,
    operationId: null,
  };
}

/** Opens a file as a feed, without storing anything. @throws FEED_INVALID where it is none. */
export async function openFeed(feed: Feed, file: FeedFile, note: Note): Promise<FeedReading> {
  switch (feed) {
    case 'kev':
      return readKev(file);
    case 'epss':
      return readEpss(file);
    case 'nvd':
      return readNvd(file, note);
    case 'cve':
    case 'ssvc':
      return readCveRecords(file, feed, note);
  }
}

/**
 * A feed that is published as a whole does not go backwards. Of the others (yearly files, single records) each record is compared by itself
 * (`mergeReports`), since a file of an earlier year is no older issue.
 */
async function refuseOlder(tx: Tx, { feed, file, options }: Loading, reading: FeedReading): Promise<void> {
  const isWhole = reading.kind === 'scores' || reading.isWhole;
  if (!isWhole || reading.issue.date === null || options.force !== undefined) return;
  const newest = (await listNewestLoads(tx.db)).find((load) => load.feed === feed);
  if (!newest?.feedDate || newest.feedDate <= new Date(reading.issue.date)) return;
  throw new TielineError(
    'FEED_OLDER',
    `${file.name} is of ${reading.issue.date.slice(0, 10)}; ${feed} of ${newest.feedDate.toISOString().slice(0, 10)} is loaded.`,
  );
}

interface Taking {
  readonly operation: Operation;
  /** No file of this feed was loaded before: all of it is news, so that none of it is kept as a change. */
  readonly isFirst: boolean;
}

async function take(
  tx: Tx,
  loading: Loading,
  reading: FeedReading,
  { operation, isFirst }: Taking,
): Promise<LoadCounts & { readonly cves: number }> {
  const { feed, file, now, options } = loading;
  const { version, date } = reading.issue;
  const loadId = await insertLoad(tx.db, {
    feed,
    source: file.source,
    version,
    feedDate: date,
    loadedAt: now,
    loadedBy: options.by,
    sha256: file.sha256,
    bytes: file.bytes,
    forcedReason: options.force ?? null,
    operationId: operation.id,
  });
  const entering = { loadId, now, keepsChanges: !isFirst };
  const taken =
    reading.kind === 'scores'
      ? await takeScores(tx, loading, reading, entering)
      : await takeReports(tx, loading, reading, entering);
  await countLoad(tx.db, loadId, taken);
  const { read, changed, unchanged, older } = taken;
  await operation.count({ read, updated: changed, unchanged: unchanged + older });
  return taken;
}

interface Entering {
  readonly loadId: number;
  readonly now: Date;
  readonly keepsChanges: boolean;
}

/** Hands what is read to a stage, whose COPY is given up where the reading fails. @returns how many. */
async function fill<Item>(
  items: AsyncIterable<Item>,
  stage: {
    readonly add: (item: Item) => Promise<void>;
    readonly end: () => Promise<void>;
    readonly abort: (cause: Error) => Promise<void>;
  },
  signal: AbortSignal,
): Promise<number> {
  let read = 0;
  try {
    for await (const item of items) {
      if (read % 1000 === 0) throwIfAborted(signal);
      await stage.add(item);
      read += 1;
    }
    await stage.end();
    return read;
  } catch (error) {
    await stage.abort(error instanceof Error ? error : new Error(String(error)));
    throw error;
  }
}

async function takeScores(
  tx: Tx,
  { file, options }: Loading,
  reading: ScoreReading,
  entering: Entering,
): Promise<LoadCounts & { readonly cves: number }> {
  const read = await fill(reading.scores, await stageEpss(tx), options.signal);
  const twice = await findScoredTwice(tx);
  if (twice !== undefined)
    throw new TielineError('FEED_INVALID', `${file.name} was not loaded: it scores ${twice} twice.`);
  refuseVanished(await countUnscored(tx), 'epss', file, options);
  const merged = await mergeEpss(tx, {
    ...entering,
    day: reading.day,
    model: reading.issue.version ?? 'unknown',
  });
  return { read, ...merged, older: 0, cves: merged.changed + merged.withdrawn };
}

async function takeReports(
  tx: Tx,
  { feed, file, options }: Loading,
  reading: ReportReading,
  entering: Entering,
): Promise<LoadCounts & { readonly cves: number }> {
  const read = await fill(reading.reports, await stageReports(tx), options.signal);
  if (read === 0) throw new TielineError('FEED_INVALID', `${file.name} was not loaded: it holds no record.`);
  if (reading.isWhole) refuseVanished(await countVanished(tx, feed), feed, file, options);
  const merged = await mergeReports(tx, { feed, ...entering, force: options.force !== undefined });
  const at = reading.issue.date ?? entering.now.toISOString();
  const withdrawn = reading.isWhole ? await withdrawVanished(tx, { feed, loadId: entering.loadId, at }) : 0;
  if (feed === 'kev') await touchKevOfOthers(tx);
  const cves = await deriveCves(tx, entering);
  const same = read - merged.changed - merged.older;
  return { read, changed: merged.changed, older: merged.older, unchanged: same, withdrawn, cves };
}

/** Absence is not withdrawal where very much is absent at once: 5 percent, at least 20 entries. */
function refuseVanished(
  { listed, vanished }: { readonly listed: number; readonly vanished: number },
  feed: Feed,
  file: FeedFile,
  options: LoadOptions,
): void {
  if (options.force !== undefined) return;
  if (vanished < 20 || vanished <= listed * 0.05) return;
  throw new TielineError(
    'FEED_INCOMPLETE',
    `${file.name} lacks ${vanished} of the ${listed} entries that ${feed} lists.`,
  );
}
