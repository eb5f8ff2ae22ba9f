/** Export jobs and their life: queued, chunks that appear out of order, finished; or failed in one of the ways that users have met. */
import type { AssetJson } from './asset-json.ts';
import { matchesCompliance, type ComplianceJson } from './compliance-json.ts';
import { matchesAsset, matchesFinding, type Filters } from './filters.ts';
import type { FindingJson } from './finding-json.ts';
import type { Inventory } from './inventory.ts';

export type ExportKind = 'assets' | 'vulns' | 'compliance';
/** How the next job that is started shall go wrong. */
export type ExportMishap = 'error' | 'cancelled' | 'chunk-failed' | 'empty-chunk' | 'expired' | 'stuck';

interface Job {
  readonly uuid: string;
  readonly kind: ExportKind;
  readonly filters: Filters;
  readonly body: string;
  readonly perChunk: number;
  readonly created: Date;
  /** Milliseconds of this process, so that a shifted clock does not stop a job. */
  readonly startedAt: number;
  /** Indices of assets, groups of findings or `results`, by chunk. */
  readonly chunks: readonly (readonly number[])[];
  /** Of a compliance export. */
  readonly results: readonly ComplianceJson[];
  readonly mishap: ExportMishap | undefined;
  readonly repeatsFirstChunk: boolean;
  cancelled: boolean;
}

export interface JobStatus {
  readonly status: 'QUEUED' | 'PROCESSING' | 'FINISHED' | 'CANCELLED' | 'ERROR';
  readonly available: readonly number[];
  readonly failed: readonly number[];
  readonly cancelled: readonly number[];
  readonly total: number;
  /** How many chunks hold no record. */
  readonly empty: number;
}

export interface JobTimes {
  /** How long a job is queued, and how long after that its last chunk is ready. */
  readonly queuedMs: number;
  readonly processingMs: number;
  readonly chunkTtlMs: number;
}

export class ExportJobs {
  readonly #inventory: Inventory;
  readonly #times: JobTimes;
  readonly #jobs = new Map<string, Job>();
  #made = 0;
  /** How the next job goes wrong; with a kind, the next job of that kind. */
  nextMishap: { readonly mishap: ExportMishap; readonly kind?: ExportKind } | undefined;

  constructor(inventory: Inventory, times: JobTimes) {
    this.#inventory = inventory;
    this.#times = times;
  }

  /** A running job with the very same request, which a second start meets as 409. */
  running(kind: ExportKind, body: string, now: Date): Job | undefined {
    return [...this.#jobs.values()].find(
      (job) =>
        job.kind === kind &&
        job.body === body &&
        ['QUEUED', 'PROCESSING'].includes(this.status(job, now).status),
    );
  }

  start(
    kind: ExportKind,
    request: { filters: Filters; body: string; perChunk: number; repeatsFirstChunk: boolean },
    now: Date,
  ): Job {
    this.#made += 1;
    const matching: number[] = [];
    const results =
      kind === 'compliance'
        ? this.#inventory.compliance().filter((item) => matchesCompliance(item, request.filters))
        : [];
    if (kind === 'compliance') matching.push(...results.keys());
    else if (kind === 'assets') {
      for (let index = 0; index < this.#inventory.assetCount; index += 1) {
        const asset = this.#inventory.asset(index);
        if (asset && matchesAsset(asset, request.filters)) matching.push(index);
      }
    } else {
      for (let group = 0; group < this.#inventory.findingGroups; group += 1)
        for (const finding of this.#inventory.findings(group))
          if (matchesFinding(finding, request.filters, this.#scope(now))) {
            matching.push(group);
            break;
          }
    }
    const chunks = Array.from({ length: Math.ceil(matching.length / request.perChunk) }, (_, index) =>
      matching.slice(index * request.perChunk, (index + 1) * request.perChunk),
    );
    const next =
      this.nextMishap?.kind === undefined || this.nextMishap.kind === kind ? this.nextMishap : undefined;
    // The status of an asset export has no word for a failed chunk: such a job ends in ERROR (the vendor's OpenAPI).
    const mishap = next?.mishap === 'chunk-failed' && kind === 'assets' ? 'error' : next?.mishap;
    if (mishap === 'empty-chunk') chunks.unshift([]);
    const job: Job = {
      ...request,
      uuid: `${String(this.#made).padStart(8, '0')}-${{ assets: 'a55e', vulns: 'f1d1', compliance: 'c0de' }[kind]}-4000-8000-${Math.floor(now.getTime()).toString(16).padStart(12, '0').slice(-12)}`,
      kind,
      created: now,
      startedAt: performance.now(),
      chunks,
      results,
      mishap,
      cancelled: false,
    };
    if (mishap) this.nextMishap = undefined;
    this.#jobs.set(job.uuid, job);
    return job;
  }

  #scope(now: Date): Parameters<typeof matchesFinding>[2] {
    return { now, tagsOf: (uuid) => this.#inventory.tagsOf(uuid) };
  }

  find(kind: ExportKind, uuid: string): Job | undefined {
    const job = this.#jobs.get(uuid);
    return job?.kind === kind ? job : undefined;
  }

  list(kind: ExportKind): Job[] {
    return [...this.#jobs.values()].filter((job) => job.kind === kind).toReversed();
  }

  status(job: Job, _now: Date): JobStatus {
    const all = job.chunks.map((_, index) => index + 1);
    if (job.repeatsFirstChunk && all.length > 0) all.push(all.length + 1);
    const total = all.length;
    const elapsed = performance.now() - job.startedAt;
    const empty = job.chunks.filter((chunk) => chunk.length === 0).length;
    const nothing = { available: [], failed: [], cancelled: [], total, empty };
    if (job.cancelled || job.mishap === 'cancelled')
      return { ...nothing, status: 'CANCELLED', cancelled: all };
    if (elapsed < this.#times.queuedMs) return { ...nothing, status: 'QUEUED' };
    if (job.mishap === 'error') return { ...nothing, status: 'ERROR' };
    const share =
      this.#times.processingMs === 0
        ? 1
        : Math.min((elapsed - this.#times.queuedMs) / this.#times.processingMs, 1);
    // Odd chunks become ready before even ones: nothing promises an order.
    const inOrderOfReadiness = [
      ...all.filter((id) => id % 2 === 1).toReversed(),
      ...all.filter((id) => id % 2 === 0),
    ];
    const ready = inOrderOfReadiness.slice(0, Math.floor(share * total));
    if (job.mishap === 'stuck') return { ...nothing, status: 'PROCESSING', available: ready.slice(0, -1) };
    if (job.mishap === 'chunk-failed' && share === 1) {
      const lost = Math.max(1, Math.floor(total / 2));
      return {
        status: 'FINISHED',
        available: all.filter((id) => id < lost),
        failed: all.filter((id) => id === lost),
        cancelled: all.filter((id) => id > lost),
        total,
        empty,
      };
    }
    return { ...nothing, status: share === 1 ? 'FINISHED' : 'PROCESSING', available: ready };
  }

  cancel(job: Job): void {
    job.cancelled = true;
  }

  /** Makes the chunks of every job end now. */
  expireAll(): void {
    for (const job of this.#jobs.values()) this.#expired.add(job.uuid);
  }
  readonly #expired = new Set<string>();

  /** The records of a chunk, or why they cannot be had. */
  chunk(
    job: Job,
    id: number,
    now: Date,
  ): (() => Generator<AssetJson | FindingJson | ComplianceJson>) | 'expired' | 'not ready' {
    if (
      this.#expired.has(job.uuid) ||
      job.mishap === 'expired' ||
      performance.now() - job.startedAt > this.#times.chunkTtlMs
    )
      return 'expired';
    if (!this.status(job, now).available.includes(id)) return 'not ready';
    const indices = job.chunks[id - 1] ?? (job.repeatsFirstChunk ? job.chunks[0] : undefined) ?? [];
    const inventory = this.#inventory;
    const scope = this.#scope(job.created);
    return function* records() {
      for (const index of indices) {
        if (job.kind === 'compliance') {
          const result = job.results[index];
          if (result) yield result;
        } else if (job.kind === 'assets') {
          const asset = inventory.asset(index);
          if (asset) yield asset;
        } else
          for (const finding of inventory.findings(index))
            if (matchesFinding(finding, job.filters, scope)) yield finding;
      }
    };
  }

  reset(): void {
    this.#jobs.clear();
    this.#expired.clear();
    this.nextMishap = undefined;
  }
}

export type { Job };
