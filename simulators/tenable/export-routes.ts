import { applyDrift, type FaultEngine } from '../kit/faults.ts';
import type { Route, SimRequest, SimResponse } from '../kit/route.ts';
import { tenableError } from './answers.ts';
import { faultInComplianceFilters } from './compliance-json.ts';
import type { ExportJobs, ExportKind, Job } from './export-jobs.ts';
import { faultInAssetFilters, faultInFindingFilters, type Filters } from './filters.ts';

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

interface ExportRequest {
  readonly filters: Filters;
  readonly body: string;
  readonly perChunk: number;
}

/** The validated request of an export, or the answer that refuses it. */
function readRequest(kind: ExportKind, json: unknown): ExportRequest | SimResponse {
  // Only this export insists on a body, be it an empty object.
  if (json === undefined && kind === 'compliance')
    return tenableError(415, 'Unsupported Media Type', 'Unsupported Media Type');
  const given = json === undefined ? {} : json;
  if (!isObject(given)) return tenableError(400, 'Bad Request', 'The body must be a JSON object');
  const filters = given['filters'] ?? {};
  if (!isObject(filters)) return tenableError(400, 'Bad Request', 'filters must be an object');
  const faultIn = {
    vulns: faultInFindingFilters,
    assets: faultInAssetFilters,
    compliance: faultInComplianceFilters,
  };
  const fault = faultIn[kind](filters);
  if (fault) return tenableError(400, 'Bad Request', fault);
  const body = JSON.stringify(given);
  if (kind === 'vulns') {
    const asked = given['num_assets'] ?? 50;
    if (!Number.isInteger(asked)) return tenableError(400, 'Bad Request', 'num_assets must be an integer');
    return { filters, body, perChunk: Math.min(Math.max(Number(asked), 50), 5000) };
  }
  if (kind === 'compliance') {
    const asked = given['num_findings'] ?? 5000;
    if (!Number.isInteger(asked)) return tenableError(400, 'Bad Request', 'num_findings must be an integer');
    return { filters, body, perChunk: Math.min(Math.max(Number(asked), 50), 10_000) };
  }
  const size = given['chunk_size'];
  if (!Number.isInteger(size) || Number(size) < 100 || Number(size) > 10_000)
    return tenableError(400, 'Bad Request', 'chunk_size is required and must be between 100 and 10000');
  return { filters, body, perChunk: Number(size) };
}

/** The filters as a job tells them: what was not given is 0 or empty. */
function toldFilters(job: Job): Filters {
  if (job.kind !== 'vulns') return job.filters;
  return {
    since: 0,
    first_found: 0,
    last_found: 0,
    last_fixed: 0,
    first_seen: 0,
    last_seen: 0,
    indexed_at: 0,
    resurfaced_date: 0,
    severity: [],
    state: [],
    ...job.filters,
  };
}

/** @param role of the caller; exports need Basic, which is 16 */
export function exportRoutes(jobs: ExportJobs, faults: FaultEngine, role: () => number): Route[] {
  const allowed =
    (act: (request: SimRequest) => SimResponse) =>
    (request: SimRequest): SimResponse =>
      role() < 16
        ? tenableError(
            403,
            'Forbidden',
            'You need to log in to perform this request with the role Basic [16]',
          )
        : act(request);
  const withJob = (kind: ExportKind, act: (job: Job, request: SimRequest) => SimResponse) =>
    allowed((request) => {
      const job = jobs.find(kind, request.params['uuid'] ?? '');
      return job ? act(job, request) : tenableError(404, 'Not Found', 'Export not found');
    });
  return (['vulns', 'assets', 'compliance'] as const).flatMap((kind): Route[] => [
    {
      method: 'POST',
      path: `/${kind}/export`,
      reading: true,
      handle: allowed((request) => startExport(jobs, faults, kind, request)),
    },
    {
      method: 'GET',
      path: `/${kind}/export/status`,
      handle: allowed(({ now }) => ({
        status: 200,
        json: { exports: jobs.list(kind).map((job) => listedJob(jobs, job, now)) },
      })),
    },
    {
      method: 'GET',
      path: `/${kind}/export/:uuid/status`,
      handle: withJob(kind, (job, request) => ({ status: 200, json: statusJson(jobs, job, request.now) })),
    },
    {
      method: 'GET',
      path: `/${kind}/export/:uuid/chunks/:chunk`,
      handle: withJob(kind, (job, request) => sendChunk(jobs, faults, job, request)),
    },
    {
      method: 'POST',
      path: `/${kind}/export/:uuid/cancel`,
      reading: true,
      handle: withJob(kind, (job) => {
        jobs.cancel(job);
        return { status: 200, json: { status: 'CANCELLED' } };
      }),
    },
  ]);
}

function startExport(
  jobs: ExportJobs,
  faults: FaultEngine,
  kind: ExportKind,
  request: SimRequest,
): SimResponse {
  const wanted = readRequest(kind, request.json);
  if ('status' in wanted) return wanted;
  const active = jobs.running(kind, wanted.body, request.now);
  if (active)
    return {
      status: 409,
      json: {
        active_job_id: active.uuid,
        failure_reason: 'Duplicate export. An export with the same request is in progress.',
      },
    };
  const job = jobs.start(
    kind,
    { ...wanted, repeatsFirstChunk: faults.active('duplicate', request) !== undefined },
    request.now,
  );
  return { status: 200, json: { export_uuid: job.uuid } };
}

/** A job as the list of its kind shows it. */
function listedJob(jobs: ExportJobs, job: Job, now: Date): Record<string, unknown> {
  const { status, total, available } = jobs.status(job, now);
  return {
    uuid: job.uuid,
    status,
    total_chunks: total,
    filters: job.kind === 'assets' ? JSON.stringify(toldFilters(job)) : toldFilters(job),
    finished_chunks: available.length,
    num_assets_per_chunk: job.perChunk,
    created: job.created.getTime(),
  };
}

/** A job as its own status shows it; of assets, far less. */
function statusJson(jobs: ExportJobs, job: Job, at: Date): Record<string, unknown> {
  const now = jobs.status(job, at);
  if (job.kind === 'assets') return { status: now.status, chunks_available: now.available };
  return {
    uuid: job.uuid,
    status: now.status,
    chunks_available: now.available,
    chunks_failed: now.failed,
    chunks_cancelled: now.cancelled,
    total_chunks: now.total,
    chunks_available_count: now.available.length,
    empty_chunks_count: now.empty,
    finished_chunks: now.available.length + now.failed.length,
    filters: toldFilters(job),
    ...(job.kind === 'compliance'
      ? { num_findings: job.perChunk, asset: [] }
      : { num_assets_per_chunk: job.perChunk }),
    created: job.created.getTime(),
    ...(now.status === 'ERROR' ? { reason: 'Internal error while preparing the export' } : {}),
  };
}

/** A chunk as a stream, record by record, each changed by the drifts that are on. */
function sendChunk(jobs: ExportJobs, faults: FaultEngine, job: Job, request: SimRequest): SimResponse {
  const records = jobs.chunk(job, Number(request.params['chunk']), request.now);
  if (records === 'expired') return tenableError(404, 'Not Found', 'Chunk not found or expired');
  if (records === 'not ready') return tenableError(400, 'Bad Request', 'Chunk is not ready');
  const entity = { assets: 'asset', vulns: 'finding', compliance: 'compliance' }[job.kind];
  const drifts = faults.drifts(entity, request);
  return {
    status: 200,
    headers: { 'content-type': 'application/octet-stream' },
    stream: (function* () {
      let separator = '[';
      for (const record of records()) {
        const shown = drifts.reduce<Record<string, unknown>>(
          (each, drift) => applyDrift(each, drift),
          record,
        );
        yield `${separator}${JSON.stringify(shown)}`;
        separator = ',';
      }
      yield separator === '[' ? '[]' : ']';
    })(),
  };
}
