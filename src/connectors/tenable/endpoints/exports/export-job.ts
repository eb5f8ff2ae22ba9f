/** One export job of Tenable VM: start, status, chunk (https://developer.tenable.com/reference; decision 0020). */
import { z } from 'zod';
import { TielineError } from '../../../../platform/errors/index.ts';
import type { Json } from '../../../../platform/values/index.ts';
import type { HttpResponse } from '../../../../platform/http/index.ts';
import type { ExportKind, ExportRequest } from './export-filters.ts';
import { readAnswer, tenableRefusal, type TenableApi, type TenableRequest } from '../../session.ts';

const json = z.custom<Json>(() => true);
const chunkIds = z
  .array(z.coerce.number().int())
  .nullish()
  .transform((ids) => [...new Set(ids ?? [])]);

/** Lenient: asset exports report only `status` and `chunks_available`. */
const exportStatus = z.object({
  status: z.string().transform((word) => word.toUpperCase()),
  reason: z.string().nullish(),
  chunks_available: chunkIds,
  chunks_failed: chunkIds,
  chunks_cancelled: chunkIds,
  total_chunks: z.number().nullish(),
  empty_chunks_count: z.number().nullish(),
  filters: json.optional(),
  created: z.number().nullish(),
});
export type ExportStatus = z.output<typeof exportStatus>;

const jobList = z.object({
  exports: z.array(z.object({ uuid: z.string(), filters: json.optional(), created: z.number().nullish() })),
});

export type StartedExport =
  | { readonly outcome: 'started'; readonly uuid: string }
  /** The same request is already running (409). */
  | { readonly outcome: 'duplicate'; readonly activeUuid: string | undefined; readonly said: string };

/** Starts an export. */
export async function startExport(
  api: TenableApi,
  wanted: ExportRequest,
  signal: AbortSignal,
): Promise<StartedExport> {
  const request: TenableRequest = {
    method: 'POST',
    path: `/${wanted.kind}/export`,
    json: wanted.body,
    signal,
  };
  const response = await api.send(request);
  if (response.status === 409) {
    const shape = z.object({ active_job_id: z.string().optional(), failure_reason: z.string().optional() });
    const text = await response.text(64 * 1024);
    let body: unknown = {};
    try {
      body = JSON.parse(text);
    } catch {
      // A 409 without JSON names no job; it is waited out.
    }
    const answer = shape.safeParse(body);
    return {
      outcome: 'duplicate',
      activeUuid: answer.success ? answer.data.active_job_id : undefined,
      said: (answer.success ? answer.data.failure_reason : undefined) ?? 'an identical export is running',
    };
  }
  if (response.status >= 300) throw await tenableRefusal(request, response);
  const answer = await readAnswer(request, response, z.object({ export_uuid: z.string().min(1) }));
  return { outcome: 'started', uuid: answer.export_uuid };
}

/**
 * Cancels an export of ours, so that it does not stand in the way of the next one. Best effort: the server may refuse, not know the job,
 * or not answer; what matters is what it then says to the next start.
 */
export async function cancelExport(
  api: TenableApi,
  kind: ExportKind,
  uuid: string,
  signal: AbortSignal,
): Promise<void> {
  const path = `/${kind}/export/${encodeURIComponent(uuid)}/cancel`;
  try {
    const response = await api.send({ method: 'POST', path, retry: 'never', signal });
    response.body.destroy();
  } catch (error) {
    if (signal.aborted || !(error instanceof TielineError)) throw error;
  }
}

/** The status of an export, or undefined if the remote does not know it (any more). */
export async function findExportStatus(
  api: TenableApi,
  kind: ExportKind,
  uuid: string,
  signal: AbortSignal,
): Promise<ExportStatus | undefined> {
  const request: TenableRequest = {
    method: 'GET',
    path: `/${kind}/export/${encodeURIComponent(uuid)}/status`,
    signal,
  };
  const response = await api.send(request);
  if (response.status === 404) {
    response.body.destroy();
    return undefined;
  }
  if (response.status >= 300) throw await tenableRefusal(request, response);
  return await readAnswer(request, response, exportStatus);
}

/** Filters and creation time (epoch milliseconds) of a job, from the list of recent jobs; undefined if it is not there. */
export async function findListedExport(
  api: TenableApi,
  kind: ExportKind,
  uuid: string,
  signal: AbortSignal,
): Promise<{ filters?: Json | undefined; created?: number | null | undefined } | undefined> {
  const request: TenableRequest = { method: 'GET', path: `/${kind}/export/status`, signal };
  const response = await api.send(request);
  if (response.status === 404) {
    response.body.destroy();
    return undefined;
  }
  if (response.status >= 300) throw await tenableRefusal(request, response);
  return (await readAnswer(request, response, jobList)).exports.find((job) => job.uuid === uuid);
}

export type OpenedChunk =
  | { readonly outcome: 'open'; readonly response: HttpResponse }
  /** 400: announced, yet not ready. */
  | { readonly outcome: 'not ready' }
  /** 404: older than 24 hours. */
  | { readonly outcome: 'gone' };

/** Asks for a chunk; its body is a JSON array and is still to be read. */
export async function openChunk(
  api: TenableApi,
  kind: ExportKind,
  uuid: string,
  chunk: number,
  signal: AbortSignal,
): Promise<OpenedChunk> {
  const request: TenableRequest = {
    method: 'GET',
    path: `/${kind}/export/${encodeURIComponent(uuid)}/chunks/${chunk}`,
    signal,
  };
  const response = await api.send(request);
  if (response.status === 200) return { outcome: 'open', response };
  if (response.status !== 400 && response.status !== 404) throw await tenableRefusal(request, response);
  response.body.destroy();
  return { outcome: response.status === 404 ? 'gone' : 'not ready' };
}

/** The error that ends a read whose exports do not deliver. */
export function exportFailed(kind: ExportKind, why: string): TielineError {
  return new TielineError('EXPORT_FAILED', `The ${kind} export was given up: ${why.replace(/\.$/, '')}.`);
}
