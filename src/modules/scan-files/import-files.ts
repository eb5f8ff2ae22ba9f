/**
 * Takes scan files in: each file is one transaction, so that a broken one leaves nothing behind (or, if that is asked for, just its
 * whole hosts), and a kill leaves nothing half done. The same file again changes nothing. Some thousand items are in memory.
 */
import type { Stats } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ScanFile, ScanFileReader } from '../../connectors/kit/index.ts';
import { messageOf, TielineError } from '../../platform/errors/index.ts';
import { findImportedFile, recordImportedFile } from './imported-files.sql.ts';
import { countCameBack } from './scan-imports.sql.ts';
import { type Operation, recordCounts, withOperation } from '../../ledger/operations/index.ts';
import { settleRemediation } from '../remediation/index.ts';
import { type App, throughOutages } from '../../engine/run/index.ts';
import { fetchMappings } from '../../engine/connections/index.ts';
import { ensureSource, type FileSource } from './file-sources.ts';
import { mapperFrom } from '../../engine/inbound/index.ts';
import type { MapperOf } from '../../record/entities/index.ts';
import { nothingTaken, type FileCounts, type FileReading } from './store-file.ts';
import { takeFile } from './take-file.ts';

export type ImportOptions = FileReading['options'] & {
  /** The source that the files are filed under; made if it is not there. */
  readonly source: string;
  /** Also where its name is nearly that of another one. */
  readonly newSource?: boolean;
  /** IANA name of the zone of times that name none, or one of several meanings; kept with the source. */
  readonly timeZone?: string | undefined;
  /** Called once if the source was made. */
  readonly reportMade?: (source: string) => void;
};

export interface FileOutcome extends FileCounts {
  readonly file: string;
  readonly outcome: 'imported' | 'already imported' | 'partial' | 'refused';
  readonly operationId?: string;
  /** Why it was refused, or where it is cut off. */
  readonly problem?: string;
  /** For a refusal that is not the file's fault: what it was. */
  readonly code?: string;
}

/** The scan files that paths name: files as they are, of folders all that look like scan files, in the order of their names. */
export async function listScanFiles(reader: ScanFileReader, paths: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const path of paths) {
    const unreadable = (error: unknown): never => {
      throw new TielineError('USAGE', `${path} cannot be read: ${messageOf(error)}`, { cause: error });
    };
    const what = await stat(path).catch(unreadable);
    if (what.isFile()) {
      found.push(path);
      continue;
    }
    // Opening a pipe waits for its writer and cannot be ended; a device has no end.
    if (!what.isDirectory())
      throw new TielineError('USAGE', `${path} is ${kindOf(what)}, not a file or a folder.`, {
        remedy: 'Write what it delivers into a file, and import that; nothing was done.',
      });
    // A folder may go between the two looks.
    const entries = await readdir(path, { recursive: true, withFileTypes: true }).catch(unreadable);
    found.push(
      ...entries
        .filter(
          (entry) =>
            entry.isFile() && reader.endings.some((ending) => entry.name.toLowerCase().endsWith(ending)),
        )
        .map((entry) => join(entry.parentPath, entry.name))
        .toSorted(),
    );
  }
  return found;
}

/** What a path names that is neither a file nor a folder. */
function kindOf(what: Stats): string {
  if (what.isFIFO()) return 'a pipe';
  return what.isSocket() ? 'a socket' : 'a device';
}

/** @throws INTERNAL where this build reads no scan files. */
export function readerOf(app: App): ScanFileReader {
  if (app.scanFiles) return app.scanFiles;
  throw new TielineError('INTERNAL', 'This build of Tieline reads no scan files.');
}

/**
 * Imports files one after the other; one that fails, for whatever reason, does not keep the others from being imported.
 * @throws what concerns them all: the database is gone, the source cannot be used, the work is interrupted.
 */
export async function importFiles(
  app: App,
  paths: readonly string[],
  options: ImportOptions,
): Promise<FileOutcome[]> {
  const reader = readerOf(app);
  const source = await ensureSource(app, reader, {
    name: options.source,
    isNew: options.newSource === true,
    timeZone: options.timeZone,
  });
  if (source.isMade) options.reportMade?.(source.row.system_name);
  const mapperOf = mapperFrom(await fetchMappings(app.db, source.row.id));
  const outcomes: FileOutcome[] = [];
  for (const path of paths) {
    try {
      for await (const file of reader.open(path, source.timeZone)) {
        options.signal.throwIfAborted();
        outcomes.push(
          await throughOutages(app, options.signal, () => importFile(app, source, mapperOf, file, options)),
        );
      }
    } catch (error) {
      if (concernsAll(error, options.signal)) throw error;
      outcomes.push(refusal(path, error));
    }
  }
  await settleWork(app, outcomes);
  return outcomes;
}

/** What the files say of the work on findings, once for all of them, under the last one that was taken in. */
async function settleWork(app: App, outcomes: readonly FileOutcome[]): Promise<void> {
  const operationId = outcomes.findLast(
    ({ outcome }) => outcome === 'imported' || outcome === 'partial',
  )?.operationId;
  if (operationId === undefined) return;
  await app.store.transaction(({ db }) => settleRemediation(db, { operationId, at: app.now() }));
}

/** Whether an error would meet every file alike: the work is interrupted, the mappings are unusable, the database is gone. */
function concernsAll(error: unknown, signal: AbortSignal): boolean {
  if (signal.aborted) return true;
  if (error instanceof TielineError)
    return ['INTERRUPTED', 'MAPPING_INVALID'].includes(error.code) || error.code.startsWith('DATABASE_');
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const gone = /^(?:08...|57P..|53[123]00|ECONN[A-Z]+|EPIPE)$/.test(code);
  return gone || /^Connection terminated|Client has encountered a connection error/.test(messageOf(error));
}

/** What is reported about a file that was not imported; an unforeseen fault with its code. */
function refusal(file: string, error: unknown): FileOutcome {
  const ofFile =
    error instanceof TielineError
      ? error.code === 'SCAN_FILE_INVALID'
      : error instanceof Error && 'syscall' in error && 'path' in error;
  const code = error instanceof TielineError ? error.code : 'INTERNAL';
  return {
    ...nothingTaken,
    file,
    outcome: 'refused',
    problem: ofFile ? messageOf(error) : `${messageOf(error)} (${code})`,
    ...(ofFile ? {} : { code }),
  };
}

async function importFile(
  app: App,
  { row: source }: FileSource,
  mapperOf: MapperOf,
  file: ScanFile,
  options: ImportOptions,
): Promise<FileOutcome> {
  const sha256 = await file.fingerprint(options.signal);
  const before = await findImportedFile(app.db, source.id, sha256);
  if (before && !before.isPartial)
    return { ...nothingTaken, file: file.name, outcome: 'already imported', operationId: before.operationId };
  const operation = {
    type: 'import',
    system: source.system_name,
    step: file.name,
    metadata: { file: file.name },
  } as const;
  let operationId: string | undefined;
  try {
    return await withOperation(app.db, operation, (begun) => {
      operationId = begun.id;
      return storeFile(app, { source, mapperOf, file, operationId: begun.id, options }, sha256, begun);
    });
  } catch (error) {
    if (operationId === undefined || concernsAll(error, options.signal)) throw error;
    return { ...refusal(file.name, error), operationId };
  }
}

/** Takes a file in, in one transaction, and says how its operation ends. */
async function storeFile(
  app: App,
  reading: FileReading,
  sha256: string,
  operation: Operation,
): Promise<FileOutcome> {
  const { source, file, operationId } = reading;
  const { taken, problem } = await app.store.transactionOnce(async (tx) => {
    const stored = await takeFile(tx, reading);
    const cameBack = await countCameBack(tx.db, operationId);
    const done = { ...stored, taken: { ...stored.taken, cameBack } };
    await recordCounts(tx.db, operationId, done.taken.counts);
    await recordImportedFile(tx.db, {
      systemId: source.id,
      sha256,
      name: file.name,
      hosts: done.taken.hosts,
      findings: done.taken.items,
      // With the zone known, the same file yields more.
      isPartial: done.problem !== undefined || done.lacksTimes,
      operationId,
    });
    return done;
  });
  const issues = problem !== undefined || taken.counts.failed > 0;
  operation.conclude({ status: issues ? 'completed_with_issues' : 'completed', error: problem });
  return {
    ...taken,
    file: file.name,
    operationId,
    ...(problem === undefined ? { outcome: 'imported' as const } : { outcome: 'partial' as const, problem }),
  };
}
