import type { Kysely } from 'kysely';
import { listConflicts } from '../../engine/conflicts/index.ts';
import { countPendingConflicts } from '../../ledger/conflicts/index.ts';
import { countUnreportedAssets, type UnreportedCounts } from '../../record/assets/index.ts';
import { listHealth, listLag, listReads } from '../../ledger/external-systems/index.ts';
import { countMatchReviews } from '../../modules/correlation/index.ts';
import { listRunning, listRuns } from '../../ledger/operations/index.ts';
import { countOutbox } from '../../engine/outbox/index.ts';
import { countWaitingScans } from '../../modules/scans/index.ts';
import { listSchedules } from '../../ledger/external-systems/index.ts';
import type { App } from '../../engine/run/index.ts';
import type { Database } from '../../platform/postgres/index.ts';
import { countWorkers } from '../../platform/queue/index.ts';
import { type ConnectionOverview, listConnectionStates } from './connection-states.ts';
import { fetchWaiting, type Waiting } from './waiting.ts';

export interface SyncStatus {
  readonly lastRun: {
    readonly operationId: string;
    readonly status: string;
    readonly startedAt: Date | null;
  } | null;
  /** What processes are at now, or were when they were killed. */
  readonly running: readonly {
    readonly operationId: string;
    readonly type: string;
    readonly startedAt: Date | null;
    readonly connection: string | null;
    readonly step: string | null;
    readonly done: number | null;
    readonly total: number | null;
    /** Its process has said nothing for a minute. */
    readonly isSilent: boolean;
    readonly cancelRequestedBy: string | null;
  }[];
  readonly reads: readonly {
    readonly system: string;
    readonly entity: string;
    readonly completeAt: Date | null;
    readonly unfinished: boolean;
  }[];
  readonly outbox: { readonly open: number; readonly failed: number };
  readonly conflictsPending: number;
  /** Matches that wait for a person: the rows of `matches list`. */
  readonly assetsForReview: number;
  /** What no source reports any more: the rows of `assets unreported`. */
  readonly unreported: UnreportedCounts;
  /** Changes, and scans, that wait for approval. */
  readonly approvalsPending: number;
  /** The latest check of each kind, by system. */
  readonly health: readonly {
    readonly system: string;
    readonly check: string;
    readonly status: string;
    readonly detail: string | null;
    readonly checkedAt: Date | null;
  }[];
  /** How far each system is behind. */
  readonly lag: readonly {
    readonly system: string;
    readonly enabled: boolean;
    readonly unsentSince: Date | null;
    readonly unreadSince: Date | null;
    readonly sendingPaused: string | null;
  }[];
  /** What waits for a person, by kind. */
  readonly waiting: readonly Waiting[];
  readonly oldestConflict: Date | null;
  readonly schedules: readonly {
    readonly system: string;
    readonly name: string;
    readonly nextRunAt: Date | null;
    readonly lastOutcome: string | null;
  }[];
}

/** The state of sync over all systems. */
export async function fetchSyncStatus({ db }: { readonly db: Kysely<Database> }): Promise<SyncStatus> {
  const [last] = await listRuns(db, 1, 'sync');
  const outbox = await countOutbox(db);
  const rowsIn = (...states: string[]): number =>
    outbox.filter((row) => states.includes(row.state)).reduce((sum, row) => sum + row.n, 0);
  return {
    lastRun: last
      ? { operationId: last.batch_id, status: last.status ?? 'unknown', startedAt: last.started_at }
      : null,
    running: (await listRunning(db)).map(
      ({ operationId, type, startedAt, connection, step, done, total, isSilent, cancelRequestedBy }) => ({
        operationId,
        type,
        startedAt,
        connection,
        step,
        done,
        total,
        isSilent,
        cancelRequestedBy,
      }),
    ),
    reads: (await listReads(db)).map((read) => ({
      system: read.system_name,
      entity: read.entity_type,
      completeAt: read.mark_set_at,
      unfinished: read.unfinished,
    })),
    outbox: { open: rowsIn('pending', 'sent'), failed: rowsIn('failed') },
    conflictsPending: await countPendingConflicts(db),
    assetsForReview: await countMatchReviews(db),
    unreported: await countUnreportedAssets(db),
    approvalsPending: rowsIn('waiting') + (await countWaitingScans(db)),
    health: (await listHealth(db)).map(({ type, checkedAt, ...health }) => ({
      ...health,
      check: type,
      checkedAt,
    })),
    lag: (await listLag(db)).map((lag) => ({
      system: lag.system,
      enabled: lag.enabled,
      unsentSince: lag.unsentSince,
      unreadSince: lag.unreadSince,
      sendingPaused: lag.sendingPausedAt === null ? null : (lag.sendingPausedReason ?? ''),
    })),
    waiting: await fetchWaiting({ db }),
    oldestConflict: (await listConflicts(db, {}, 1))[0]?.createdAt ?? null,
    schedules: (await listSchedules(db))
      .filter((schedule) => schedule.enabled)
      .map(({ system, name, nextRunAt, lastOutcome }) => ({
        system,
        name,
        nextRunAt,
        lastOutcome,
      })),
  };
}

/** What an operator looks at first: each connection, what runs now, and whether anything works at all. */
export interface SyncOverview {
  readonly connections: readonly (ConnectionOverview & {
    /** The latest check of each kind. */
    readonly health: readonly {
      readonly check: string;
      readonly status: string;
      readonly detail: string | null;
      readonly checkedAt: Date;
    }[];
  })[];
  readonly running: readonly (Omit<SyncStatus['running'][number], 'startedAt'> & {
    readonly startedAt: Date | null;
  })[];
  /** How many workers live; with none, nothing runs by itself. */
  readonly workers: number;
}

/** Sources of scan files are no connections: nothing is ever read from them. */
export async function fetchSyncOverview(app: Pick<App, 'db' | 'now' | 'scanFiles'>): Promise<SyncOverview> {
  const [connections, health, running, workers] = await Promise.all([
    listConnectionStates(app),
    listHealth(app.db),
    listRunning(app.db),
    countWorkers(app.db),
  ]);
  return {
    connections: connections
      .filter(({ type }) => type !== app.scanFiles?.systemType)
      .map((each) => ({
        ...each,
        health: health
          .filter(({ system }) => system === each.connection)
          .map(({ type: check, status, detail, checkedAt }) => ({ check, status, detail, checkedAt })),
      })),
    running: running.map(({ system: _system, unit: _unit, updatedAt: _at, ...shown }) => shown),
    workers,
  };
}
