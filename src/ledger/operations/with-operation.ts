/**
 * The bracket around every operation: it begins, its work is done, and it ends as its counts say, or with the error that broke
 * it off. Nothing else begins or ends an operation (test/architecture.test.ts), so none is left open by a path that was forgotten.
 *
 * An operation inside of the caller's transaction is rolled back with it; one of its own stays, failed, when its work throws. If even
 * that cannot be recorded (the database is away, the transaction is aborted), it stays in progress: whoever comes next finds that nobody
 * is at it.
 */
import type { Kysely } from 'kysely';
import { messageOf } from '../../platform/errors/index.ts';
import type { JsonObject } from '../../platform/values/index.ts';
import {
  beginOperation,
  failOperation,
  finishOperation,
  noCounts,
  recordCounts,
  resumeOperation,
  type Counts,
  type NewOperation,
  type OperationStatus,
} from './operations.sql.ts';
import type { Database } from '../../platform/postgres/index.ts';

/** Who logs calls to a remote under an operation. */
export interface CallRecorder {
  /** Calls made from here on belong to this operation. */
  setOperation(operationId: string | undefined): void;
  /** Resolves when every call so far is in the log. */
  flushCalls(): Promise<void>;
}

export interface OperationSpec extends NewOperation {
  /** An unfinished operation that continues, in place of a new one. */
  readonly resumes?: string | undefined;
  /** Whose calls are logged under it. */
  readonly calls?: CallRecorder;
  /** Where the operation is not visible to others yet: the committed one under which calls are logged. */
  readonly callsUnder?: string | undefined;
  /** Begins it, together with what belongs into the same transaction. */
  readonly beginWith?: (begin: (db: Kysely<Database>) => Promise<string>) => Promise<string>;
}

/** What an operation ends with, where its counts do not say it. */
export interface Ending {
  readonly status?: Exclude<OperationStatus, 'in_progress'>;
  readonly error?: string | undefined;
  readonly metadata?: JsonObject;
}

/** An operation while its work is done. */
export interface Operation {
  readonly id: string;
  /** Adds to its counts; those not named are 0. */
  readonly count: (more: Partial<Counts>) => Promise<void>;
  /** What it ends with; the metadata also if its work throws. Called again, it adds to what was said before. */
  readonly conclude: (ending: Ending) => void;
}

/**
 * Does work as an operation.
 * @param db also that of an open transaction: then it is committed or rolled back with it.
 * @throws what the work throws, after the operation was recorded as failed.
 */
export async function withOperation<T>(
  db: Kysely<Database>,
  spec: OperationSpec,
  work: (operation: Operation) => Promise<T>,
): Promise<T> {
  return run(db, spec.calls, async (open) => work(await open(spec)));
}

/** As `withOperation`, where the work finds out whether there is anything to do: it begins when first asked for, or never. */
export async function withOperationOnDemand<T>(
  db: Kysely<Database>,
  spec: OperationSpec,
  work: (operation: () => Promise<Operation>) => Promise<T>,
): Promise<T> {
  return run(db, spec.calls, (open) => {
    let opened: Promise<Operation> | undefined;
    return work(() => (opened ??= open(spec)));
  });
}

/** A person's decision about records, inside of the transaction that carries it out. @param decision.records how many; default 1. */
export async function withDecision<T>(
  db: Kysely<Database>,
  decision: { readonly system: string; readonly step: string; readonly records?: number },
  work: (operationId: string) => Promise<T>,
): Promise<T> {
  const { records = 1, ...about } = decision;
  return withOperation(db, { type: 'update', ...about }, async (operation) => {
    const result = await work(operation.id);
    await operation.count({ read: records, updated: records });
    return result;
  });
}

async function run<T>(
  db: Kysely<Database>,
  calls: CallRecorder | undefined,
  work: (open: (spec: OperationSpec) => Promise<Operation>) => Promise<T>,
): Promise<T> {
  let operationId: string | undefined;
  let ending: Ending = {};
  const open = async (spec: OperationSpec): Promise<Operation> => {
    const id = await begin(db, spec);
    operationId = id;
    calls?.setOperation(spec.callsUnder ?? id);
    return {
      id,
      count: (more) => recordCounts(db, id, { ...noCounts, ...more }),
      conclude(more) {
        ending = { ...ending, ...more, metadata: { ...ending.metadata, ...more.metadata } };
      },
    };
  };
  let result: T;
  try {
    result = await work(open);
    await calls?.flushCalls();
  } catch (error) {
    // What failed first is what counts, also where the database is what is away.
    await calls?.flushCalls().catch(() => undefined);
    if (operationId !== undefined)
      await failOperation(db, operationId, {
        metadata: ending.metadata ?? {},
        error: messageOf(error),
      }).catch(() => undefined);
    throw error;
  }
  if (operationId !== undefined) await finishOperation(db, operationId, ending.status ?? 'by counts', ending);
  calls?.setOperation(undefined);
  return result;
}

async function begin(db: Kysely<Database>, spec: OperationSpec): Promise<string> {
  if (spec.resumes !== undefined) {
    await resumeOperation(db, spec.resumes);
    return spec.resumes;
  }
  return spec.beginWith ? spec.beginWith((within) => beginOperation(within, spec)) : beginOperation(db, spec);
}
