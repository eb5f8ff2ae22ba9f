import type { Kysely } from 'kysely';
import type { ConnectorModule, ScanFileReader } from '../../connectors/kit/index.ts';
import type { ConnectedSystem } from '../connections/index.ts';
import type { Counts } from '../../ledger/operations/index.ts';
import type { FileStore } from '../../platform/files/index.ts';
import type { Database, Store } from '../../platform/postgres/index.ts';
import type { Timings } from '../../platform/timings/index.ts';
import type { SystemFailure } from './system-failures.ts';

/** What a step of a run reports while it works. */
export interface StepProgress {
  readonly system: string;
  readonly step: string;
  readonly state: 'started' | 'working' | 'retrying' | 'done' | 'skipped' | 'failed';
  readonly counts?: Counts;
  /** For the whole step, where it is known. */
  readonly done?: number;
  readonly total?: number;
  readonly note?: string;
}

/** What every step of a sync run is given. */
export interface RunContext {
  readonly store: Store;
  readonly db: Kysely<Database>;
  /** The run. */
  readonly operationId: string;
  /** Where the steps are in a transaction that is not visible to others yet: the committed operation under which calls are logged. */
  readonly callsUnder?: string;
  readonly systems: readonly ConnectedSystem[];
  /** Every connector that there is, by type: also of systems that are not part of this run. */
  readonly modules: ReadonlyMap<string, ConnectorModule>;
  readonly scanFiles?: ScanFileReader;
  /** Where evidence is kept. Absent: nowhere. */
  readonly files?: { readonly store: FileStore; readonly maxBytes: number };
  readonly now: () => Date;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly signal: AbortSignal;
  readonly report: (progress: StepProgress) => void;
  readonly log: RunLog;
  /** Where steps are counted. Absent: nowhere. */
  readonly timings?: Timings;
  readonly absence: AbsenceGuard & { readonly accept: boolean };
  /** Who asked for the run: a person, or a schedule. */
  readonly by?: string;
}

export interface RunEnvironment extends Omit<RunContext, 'operationId'> {
  /** Systems that could not even be connected. */
  readonly unconnected?: readonly SystemFailure[];
}

/** How many records may go missing in one full read before that is not believed: the larger of the two. */
export interface AbsenceGuard {
  readonly sharePercent: number;
  readonly atLeast: number;
}

/** Decision 0013. */
export const usualAbsenceGuard: AbsenceGuard = { sharePercent: 5, atLeast: 20 };

export interface RunLog {
  info(event: object, message: string): void;
  warn(event: object, message: string): void;
}
