/** Remediation scans and their runs: pending, running, and then an end, at which the findings of their machines change. */
import { randomUUID } from 'node:crypto';
import type { Inventory } from './inventory.ts';

export type RunStatus = 'pending' | 'running' | 'completed' | 'aborted' | 'canceled';

export interface Run {
  readonly id: number;
  readonly uuid: string;
  status: RunStatus;
  /** When it began to run; until then when it was launched. */
  started: Date;
  ended: Date | undefined;
  timer: NodeJS.Timeout | undefined;
}

export interface RemediationScan {
  readonly id: number;
  /** What the vendor calls the schedule_uuid; it names the scan as well as the id does. */
  readonly uuid: string;
  readonly template: string;
  readonly name: string;
  readonly description: string;
  readonly targets: readonly string[];
  readonly plugins: readonly string[];
  readonly created: Date;
  /** The latest first. */
  readonly runs: Run[];
}

const isActive = (run: Run): boolean => run.status === 'pending' || run.status === 'running';

export class RemediationScans {
  readonly #inventory: Inventory;
  readonly #times: { readonly pendingMs: number; readonly runningMs: number };
  readonly #now: () => Date;
  readonly #scans = new Map<number, RemediationScan>();
  #made = 0;
  /** The vendor's: 10,000 scans, 25 active ones. */
  limits = { configurations: 10_000, active: 25 };

  constructor(
    inventory: Inventory,
    times: { readonly pendingMs: number; readonly runningMs: number },
    now: () => Date,
  ) {
    this.#inventory = inventory;
    this.#times = times;
    this.#now = now;
  }

  /** The oldest first. */
  list(): RemediationScan[] {
    return [...this.#scans.values()];
  }

  /** By id or uuid. */
  find(name: string): RemediationScan | undefined {
    return this.list().find((scan) => String(scan.id) === name || scan.uuid === name);
  }

  /** @returns undefined if there are as many as there may be. */
  create(
    asked: Pick<RemediationScan, 'template' | 'name' | 'description' | 'targets' | 'plugins'>,
  ): RemediationScan | undefined {
    if (this.#scans.size >= this.limits.configurations) return undefined;
    this.#made += 1;
    const scan: RemediationScan = {
      ...asked,
      id: 600 + this.#made,
      uuid: `template-${randomUUID()}${randomUUID().replaceAll('-', '').slice(0, 20)}`,
      created: this.#now(),
      runs: [],
    };
    this.#scans.set(scan.id, scan);
    return scan;
  }

  get activeRuns(): number {
    return this.list().filter((scan) => scan.runs[0] && isActive(scan.runs[0])).length;
  }

  /** Begins a run, whose end comes by itself. @returns why not, where it cannot. */
  launch(scan: RemediationScan): Run | 'active already' | 'too many' {
    if (scan.runs[0] && isActive(scan.runs[0])) return 'active already';
    if (this.activeRuns >= this.limits.active) return 'too many';
    const run: Run = {
      id: scan.id * 1000 + scan.runs.length + 1,
      uuid: randomUUID(),
      status: 'pending',
      started: this.#now(),
      ended: undefined,
      timer: undefined,
    };
    scan.runs.unshift(run);
    this.#after(run, this.#times.pendingMs, () => this.move(scan, 'running'));
    return run;
  }

  #after(run: Run, ms: number, then: () => void): void {
    clearTimeout(run.timer);
    run.timer = setTimeout(then, ms).unref();
  }

  /** Moves the latest run on; it does so by itself too. One that was aborted or canceled has found nothing. */
  move(scan: RemediationScan, status: Exclude<RunStatus, 'pending'>): void {
    const [run] = scan.runs;
    if (!run || !isActive(run)) return;
    clearTimeout(run.timer);
    run.status = status;
    if (status === 'running') {
      run.started = this.#now();
      this.#after(run, this.#times.runningMs, () => this.move(scan, 'completed'));
      return;
    }
    run.ended = this.#now();
    if (status !== 'completed') return;
    this.#inventory.lookAgain(
      new Set(scan.targets.map((target) => target.toLowerCase())),
      new Set(scan.plugins.map(Number)),
      { uuid: run.uuid, started: run.started.toISOString(), ended: run.ended.toISOString() },
    );
  }

  remove(scan: RemediationScan): void {
    for (const run of scan.runs) clearTimeout(run.timer);
    this.#scans.delete(scan.id);
  }

  reset(): void {
    for (const scan of this.list()) this.remove(scan);
    this.limits = { configurations: 10_000, active: 25 };
  }
}
