/**
 * Reading by exports: states of one part are not started → under way → finished, with "started anew" whenever the job
 * cannot deliver all of its chunks any more (ERROR, CANCELLED, chunks failed, expired). A read never ends with a part
 * of it missing: it starts anew a limited number of times, then fails, and the next run goes on from there.
 */
import { TielineError } from '../../errors/tieline-error.ts';
import type { Json } from '../../model/json.ts';
import type { ConnectorContext, ExternalRecord, ReadEvent, ReadOptions } from '../kit/contract.ts';
import { throwIfAborted } from '../kit/abort.ts';
import { RepeatedObjects } from '../kit/repeated-objects.ts';
import { planExports, type ExportKind, type ExportRequest } from './export-filters.ts';
import {
  exportFailed,
  fetchServerClock,
  findExportStatus,
  openChunk,
  type ExportStatus,
} from './export-job.ts';
import { fromRanges, parsePosition, toRanges, type ExportPosition } from './export-position.ts';
import { recordsOfChunk } from './export-records.ts';
import { obtainExport } from './export-start.ts';
import type { TenableSettings } from './settings.ts';
import type { TenableApi } from './tenable-api.ts';

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
      `The mark of the last ${kind} read is no time in epoch seconds: ${mark}`,
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
    position: resumed ?? {
      v: 1,
      kind,
      mark: mark ?? null,
      startedAt: Math.floor(((await fetchServerClock(api, signal)) ?? context.now().getTime()) / 1000),
      parts: requests.map(() => ({ done: '', isFinished: false })),
      restarts: 0,
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
      const job = await obtainExport(
        reading.api,
        reading.context,
        request,
        reading.isResumed,
        reading.signal,
      );
      setPart(reading, index, { uuid: job.uuid, done: '' });
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
    const isLast = reading.position.restarts >= reading.context.settings.export_restarts;
    reading.position = { ...reading.position, restarts: isLast ? 0 : reading.position.restarts + 1 };
    setPart(reading, index, { uuid: undefined, done: '' });
    yield { type: 'position', position: asJson(reading.position) };
    if (isLast) throw exportFailed(reading.kind, problem);
  }
}

/** Takes every chunk of the part's job. Returns undefined when all are stored, else why the job cannot deliver them. */
async function* takeChunks(
  reading: Reading,
  index: number,
): AsyncGenerator<ReadEvent, string | undefined, undefined> {
  const { api, context, kind, signal } = reading;
  const uuid = partAt(reading, index).uuid ?? '';
  const longestMs = context.settings.poll_interval_seconds * 1000;
  const firstMs = Math.min(200, longestMs);
  const stallMs = context.settings.stall_minutes * 60_000;
  let pauseMs = firstMs;
  let progressAt = context.now().getTime();
  let seen = '';
  for (;;) {
    throwIfAborted(signal);
    const status = await findExportStatus(api, kind, uuid, signal);
    if (!status) return `the server does not know job ${uuid} any more`;
    if (status.status === 'ERROR' || status.status === 'CANCELLED')
      return `job ${uuid} ended as ${status.status}${status.reason ? `: ${status.reason.slice(0, 200)}` : ''}`;
    const done = fromRanges(partAt(reading, index).done);
    let taken = 0;
    for (const chunk of status.chunks_available.filter((each) => !done.has(each))) {
      const opened = await openChunk(api, kind, uuid, chunk, signal);
      if (opened.outcome === 'gone') return `chunk ${chunk} of job ${uuid} has expired`;
      if (opened.outcome === 'not ready') continue;
      done.add(chunk);
      taken += 1;
      setPart(reading, index, { done: toRanges(done) });
      yield* onePage(reading, opened.response.body, progressOf(status, done.size));
    }
    if (status.status === 'FINISHED' && isComplete(status, done)) return undefined;
    const failed = status.chunks_failed.length + status.chunks_cancelled.length;
    if (status.status === 'FINISHED' && failed > 0)
      return `${failed} chunks of job ${uuid} failed${status.reason ? `: ${status.reason.slice(0, 200)}` : ''}`;
    const now = context.now().getTime();
    const sight = `${status.status} ${status.chunks_available.length}`;
    if (taken > 0 || sight !== seen) {
      progressAt = now;
      pauseMs = firstMs;
      seen = sight;
    }
    if (now - progressAt > stallMs)
      throw exportFailed(
        kind,
        `job ${uuid} has been ${status.status} for ${Math.round(stallMs / 60_000)} minutes without a new chunk.`,
      );
    await context.sleep(pauseMs, signal);
    pauseMs = Math.min(pauseMs * 1.6, longestMs);
  }
}

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
  // Going on would count the chunk as stored.
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

function setPart(
  reading: Reading,
  index: number,
  change: Partial<{ uuid: string | undefined; done: string; isFinished: boolean }>,
): void {
  const parts = reading.position.parts.map((part, at) => (at === index ? { ...part, ...change } : part));
  reading.position = { ...reading.position, parts };
}

function asJson(position: ExportPosition): Json {
  return { ...position, parts: position.parts.map((part) => ({ ...part })) };
}
