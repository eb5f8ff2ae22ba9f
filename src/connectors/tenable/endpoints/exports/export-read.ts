/**
 * Reading by exports: states of one part are not started → under way → finished, with "started again" whenever the job
 * cannot deliver all of its chunks any more (ERROR, CANCELLED, chunks failed, expired), or stands still. A read never ends with a part
 * of it missing: it starts again a limited number of times, then fails, and the next run continues from there with a job of its own.
 *
 * A job that stands still for `stall_minutes` is replaced once (some hang for days: pyTenable issues 706 and 715); with the second the
 * read fails. All standstill together, waiting for a start included, takes at most twice `stall_minutes` and a sixth: 65 minutes of 30.
 */
import { TielineError } from '../../../../platform/errors/index.ts';
import { type Json, throwIfAborted } from '../../../../platform/values/index.ts';
import type { ConnectorContext, ExternalRecord, ReadEvent, ReadOptions } from '../../../kit/index.ts';
import { RepeatedObjects } from '../../../../platform/http/index.ts';
import { planExports, type ExportKind, type ExportRequest } from './export-filters.ts';
import { exportFailed, cancelExport, findExportStatus, openChunk, type ExportStatus } from './export-job.ts';
import { fromRanges, parsePosition, toRanges, type ExportPosition } from './export-position.ts';
import { recordsOfChunk } from './export-records.ts';
import { obtainExport, type ObtainedExport } from './export-start.ts';
import type { TenableSettings } from '../../settings.ts';
import type { TenableApi } from '../../session.ts';
import { fetchServerClock } from '../server.ts';

/** Seconds by which a mark is older than the read's start: index and clock of the remote's parts differ. */
const overlapSeconds = 60;

interface Reading {
  readonly api: TenableApi;
  readonly context: ConnectorContext<TenableSettings>;
  readonly kind: ExportKind;
  readonly signal: AbortSignal;
  readonly requests: readonly ExportRequest[];
  readonly plugins: RepeatedObjects;
  /** Replaced, never changed: what was yielded stays as it was. */
  position: ExportPosition;
  /** The position came from an earlier, interrupted run. */
  isResumed: boolean;
  /** Epoch milliseconds after which the read fails unless a chunk came meanwhile. */
  giveUpAt: number;
}

/** Reads assets or findings as `Connector.read` promises. The mark is the server's clock in epoch seconds, as text. */
export async function* readExports(
  api: TenableApi,
  context: ConnectorContext<TenableSettings>,
  kind: ExportKind,
  options: ReadOptions,
): AsyncGenerator<ReadEvent, void, undefined> {
  const { mark, signal } = options;
  throwIfAborted(signal);
  if (mark !== undefined && !/^\d{1,12}$/.test(mark))
    throw new TielineError(
      'INTERNAL',
      `The mark of the last ${kind} read is not a time in epoch seconds: ${mark}`,
    );
  const requests = planExports(kind, mark, context.settings);
  const resumed = parsePosition(options.position, { kind, mark, parts: requests.length });
  const reading: Reading = {
    api,
    context,
    kind,
    signal,
    requests,
    plugins: new RepeatedObjects('plugin'),
    isResumed: resumed !== undefined,
    giveUpAt: context.now().getTime() + longestStandstillMs(context.settings),
    position: resumed ?? {
      v: 1,
      kind,
      mark: mark ?? null,
      startedAt: Math.floor(((await fetchServerClock(api, signal)) ?? context.now().getTime()) / 1000),
      parts: requests.map(() => ({ done: '', isFinished: false })),
      restarts: 0,
      stalls: 0,
      abandoned: [],
    },
  };
  // Before the first job is started: should this process die right after, the next one knows that the job is its own.
  if (!resumed) yield { type: 'position', position: asJson(reading.position) };
  for (const [index, request] of requests.entries())
    if (!partAt(reading, index).isFinished) yield* readPart(reading, index, request);
  throwIfAborted(signal);
  yield { type: 'end', mark: String(reading.position.startedAt - overlapSeconds) };
}

async function* readPart(
  reading: Reading,
  index: number,
  request: ExportRequest,
): AsyncGenerator<ReadEvent, void, undefined> {
  for (;;) {
    if (partAt(reading, index).uuid === undefined) {
      const earlier = {
        isResumed: reading.isResumed,
        abandoned: reading.position.abandoned,
        giveUpAt: reading.giveUpAt,
      };
      let job: ObtainedExport;
      try {
        job = await obtainExport(reading.api, reading.context, request, earlier, reading.signal);
      } catch (error) {
        // The next run counts from the start.
        reading.position = { ...reading.position, restarts: 0, stalls: 0 };
        yield { type: 'position', position: asJson(reading.position) };
        throw error;
      }
      setPart(reading, index, { uuid: job.uuid, isAdopted: job.isAdopted ?? false, done: '' });
      const { startedAt } = reading.position;
      reading.position = { ...reading.position, startedAt: Math.min(startedAt, job.createdAt ?? startedAt) };
      yield { type: 'position', position: asJson(reading.position) };
    }
    const problem = yield* takeChunks(reading, index);
    if (problem === undefined) {
      setPart(reading, index, { isFinished: true });
      yield { type: 'position', position: asJson(reading.position) };
      return;
    }
    const isLast = giveUpJob(reading, index, problem);
    yield { type: 'position', position: asJson(reading.position) };
    // After the position was stored: should this process die here, the next start meets the job and cancels it.
    const stalled = problem.isStall ? reading.position.abandoned.at(-1) : undefined;
    if (stalled?.isOurs) await cancelExport(reading.api, reading.kind, stalled.uuid, reading.signal);
    if (isLast) throw exportFailed(reading.kind, problem.why);
  }
}

/** Why a job cannot deliver its chunks. */
interface Problem {
  readonly why: string;
  /** It said nothing new for too long; any other job failed. */
  readonly isStall: boolean;
}

const failedJob = (why: string): Problem => ({ why, isStall: false });

/** So many abandoned jobs are remembered: more never stand in the way at once. */
const rememberedJobs = 20;

/** Leaves the part's job; the part begins again. @returns whether the read has to fail: the next one counts from the start. */
function giveUpJob(reading: Reading, index: number, problem: Problem): boolean {
  const { position, context } = reading;
  const { uuid, isAdopted } = partAt(reading, index);
  const isLast = problem.isStall
    ? position.stalls >= 1 || context.now().getTime() >= reading.giveUpAt
    : position.restarts >= context.settings.export_restarts;
  const abandoned =
    problem.isStall && uuid !== undefined
      ? [...position.abandoned, { uuid, isOurs: isAdopted !== true }].slice(-rememberedJobs)
      : position.abandoned;
  reading.position = {
    ...position,
    abandoned,
    restarts: isLast ? 0 : position.restarts + (problem.isStall ? 0 : 1),
    stalls: isLast ? 0 : position.stalls + (problem.isStall ? 1 : 0),
  };
  setPart(reading, index, { uuid: undefined, isAdopted: undefined, done: '' });
  return isLast;
}

const stallMsOf = (settings: TenableSettings): number => settings.stall_minutes * 60_000;

/** How long a read may stand still in all, its two jobs and what stands in their way together. */
const longestStandstillMs = (settings: TenableSettings): number => (stallMsOf(settings) * 13) / 6;

/** Takes every chunk of the part's job. Returns undefined when all are stored, else why the job cannot deliver them. */
async function* takeChunks(
  reading: Reading,
  index: number,
): AsyncGenerator<ReadEvent, Problem | undefined, undefined> {
  const { api, context, kind, signal } = reading;
  const uuid = partAt(reading, index).uuid ?? '';
  const longestMs = context.settings.poll_interval_seconds * 1000;
  const firstMs = Math.min(200, longestMs);
  const stallMs = stallMsOf(context.settings);
  let pauseMs = firstMs;
  let progressAt = context.now().getTime();
  const seen = new Set<string>();
  for (;;) {
    throwIfAborted(signal);
    const status = await findExportStatus(api, kind, uuid, signal);
    if (!status) return failedJob(`the server does not know job ${uuid} any more`);
    if (status.status === 'ERROR' || status.status === 'CANCELLED')
      return failedJob(`job ${uuid} ended as ${status.status}${reasonOf(status)}`);
    const done = fromRanges(partAt(reading, index).done);
    let taken = 0;
    for (const chunk of status.chunks_available.filter((each) => !done.has(each))) {
      const opened = await openChunk(api, kind, uuid, chunk, signal);
      if (opened.outcome === 'gone') return failedJob(`chunk ${chunk} of job ${uuid} has expired`);
      if (opened.outcome === 'not ready') continue;
      done.add(chunk);
      taken += 1;
      setPart(reading, index, { done: toRanges(done) });
      yield* onePage(reading, opened.response.body, progressOf(status, done.size));
    }
    if (status.status === 'FINISHED' && isComplete(status, done)) return undefined;
    const failed = status.chunks_failed.length + status.chunks_cancelled.length;
    if (status.status === 'FINISHED' && failed > 0)
      return failedJob(`${failed} chunks of job ${uuid} failed${reasonOf(status)}`);
    const now = context.now().getTime();
    const sight = `${status.status} ${status.chunks_available.length}`;
    // A state that comes back is no progress.
    if (taken > 0 || !seen.has(sight)) {
      progressAt = now;
      pauseMs = firstMs;
      seen.add(sight);
    }
    if (taken > 0) reading.giveUpAt = now + longestStandstillMs(context.settings);
    if (now - progressAt > stallMs || now >= reading.giveUpAt)
      return {
        why: `job ${uuid} has been ${status.status} for ${minutes(now - progressAt)} without a new chunk`,
        isStall: true,
      };
    await context.sleep(pauseMs, signal);
    pauseMs = Math.min(pauseMs * 1.6, longestMs);
  }
}

const reasonOf = ({ reason }: ExportStatus): string => (reason ? `: ${reason.slice(0, 200)}` : '');

const minutes = (ms: number): string => `${Math.round(ms / 60_000)} minutes`;

/** FINISHED may still list failed chunks, or announce more than are there yet. */
function isComplete(status: ExportStatus, done: ReadonlySet<number>): boolean {
  if (status.chunks_failed.length > 0 || status.chunks_cancelled.length > 0) return false;
  if (!status.chunks_available.every((chunk) => done.has(chunk))) return false;
  return done.size + (status.empty_chunks_count ?? 0) >= (status.total_chunks ?? 0);
}

async function* onePage(
  reading: Reading,
  body: AsyncIterable<Uint8Array> & { destroy(): unknown },
  progress: { done: number; total?: number; unit: 'chunks' },
): AsyncGenerator<ReadEvent, void, undefined> {
  let isRead = false;
  async function* records(): AsyncGenerator<ExternalRecord, void, undefined> {
    yield* recordsOfChunk(reading.kind, body, {
      businessCategories: reading.context.settings.business_tag_categories,
      plugins: reading.plugins,
    });
    isRead = true;
  }
  try {
    yield { type: 'page', records: records(), position: asJson(reading.position), progress };
  } finally {
    if (!isRead) body.destroy();
  }
  throwIfAborted(reading.signal);
  // Continuing would count the chunk as stored.
  if (!isRead)
    throw new TielineError('INTERNAL', 'The next event was asked for before the page was read to its end.');
}

function progressOf(status: ExportStatus, done: number): { done: number; total?: number; unit: 'chunks' } {
  const total =
    status.total_chunks ?? (status.status === 'FINISHED' ? status.chunks_available.length : undefined);
  return { done, ...(total === undefined ? {} : { total }), unit: 'chunks' };
}

function partAt(reading: Reading, index: number): ExportPosition['parts'][number] {
  const part = reading.position.parts[index];
  if (!part) throw new TielineError('INTERNAL', `The read has no part ${index}.`);
  return part;
}

function setPart(reading: Reading, index: number, change: Partial<ExportPosition['parts'][number]>): void {
  const parts = reading.position.parts.map((part, at) => (at === index ? { ...part, ...change } : part));
  reading.position = { ...reading.position, parts };
}

function asJson(position: ExportPosition): Json {
  return {
    ...position,
    parts: position.parts.map((part) => ({ ...part })),
    abandoned: position.abandoned.map((job) => ({ ...job })),
  };
}
