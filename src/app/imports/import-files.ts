/**
 * Takes scan files in: each file is one transaction, so that a broken one leaves nothing behind (or, if that is asked for, just its
 * whole hosts), and a kill leaves nothing half done. The same file again changes nothing. Some thousand items are in memory.
 */
import type { Stats } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ScanFile, ScanFileReader } from '../../connectors/kit/scan-file.ts';
import { TielineError, messageOf } from '../../errors/tieline-error.ts';
import { insertMappings } from '../../store/field-mappings.ts';
import { findSystem, insertSystem, type ExternalSystemRow } from '../../store/external-systems.ts';
import { findImportedFile, recordImportedFile } from '../../store/imported-files.ts';
import { beginOperation, finishOperation, recordCounts } from '../../store/operations.ts';
import { inTransaction } from '../../store/transaction.ts';
import { mappingRowOf } from '../../sync/mapping-row.ts';
import type { App } from '../app.ts';
import { fetchMappings } from '../connections/connect.ts';
import { mapperFrom } from './mapper.ts';
import type { MapperOf } from './sink.ts';
import { nothingTaken, takeFile, type FileCounts, type FileReading } from './take-file.ts';

export type ImportOptions = FileReading['options'] & {
  /** The source that the files are filed under; made if it is not there. */
  readonly source: string;
};

export interface FileOutcome extends FileCounts {
  readonly file: string;
  readonly outcome: 'imported' | 'already imported' | 'partial' | 'refused';
  readonly operationId?: string;
  /** Why it was refused, or where it breaks off. */
  readonly problem?: string;
}

/** The scan files that paths name: files as they are, of folders all that look like scan files, in the order of their names. */
export async function listScanFiles(reader: ScanFileReader, paths: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const path of paths) {
    const what = await stat(path).catch((error: unknown) => {
      throw new TielineError('USAGE', `${path} cannot be read: ${messageOf(error)}`, { cause: error });
    });
    if (what.isFile()) {
      found.push(path);
      continue;
    }
    // Opening a pipe waits for its writer and cannot be ended; a device has no end.
    if (!what.isDirectory())
      throw new TielineError('USAGE', `${path} is ${kindOf(what)}, not a file or a folder.`, {
        remedy: 'Write what it delivers into a file, and import that; nothing was done.',
      });
    const entries = await readdir(path, { recursive: true, withFileTypes: true });
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

/** Imports files one after the other; one that is broken does not keep the others from being taken in. */
export async function importFiles(
  app: App,
  paths: readonly string[],
  options: ImportOptions,
): Promise<FileOutcome[]> {
  const reader = readerOf(app);
  const source = await ensureSource(app, reader, options.source);
  const mapperOf = mapperFrom(await fetchMappings(app.db, source.id));
  const outcomes: FileOutcome[] = [];
  for (const path of paths) {
    try {
      for await (const file of reader.open(path)) {
        options.signal.throwIfAborted();
        outcomes.push(await importFile(app, source, mapperOf, file, options));
      }
    } catch (error) {
      if (!isOfFile(error)) throw error;
      outcomes.push({ ...nothingTaken, file: path, outcome: 'refused', problem: messageOf(error) });
    }
  }
  return outcomes;
}

/** Whether it is the file that is at fault, broken or not to be read, and not what it is stored in. */
const isOfFile = (error: unknown): boolean =>
  error instanceof TielineError
    ? error.code === 'SCAN_FILE_INVALID'
    : error instanceof Error && 'syscall' in error && 'path' in error;

/** The external system that stands for the files: nothing is ever asked of it, and no sync includes it. */
async function ensureSource(app: App, reader: ScanFileReader, name: string): Promise<ExternalSystemRow> {
  const known = await findSystem(app.db, name);
  if (known) {
    if (known.system_type === reader.systemType) return known;
    throw new TielineError('USAGE', `${name} is a ${known.system_type}, which files cannot be filed under.`, {
      fields: [{ field: '--system', message: 'name another source; it is made if it is not there' }],
    });
  }
  return inTransaction(app.pool, async (tx) => {
    const config = {};
    const row = await insertSystem(tx.db, {
      name,
      type: reader.systemType,
      url: 'file:',
      config,
      syncEnabled: false,
    });
    if (!row) throw new TielineError('SYSTEM_EXISTS', `There is a system named ${name} already.`);
    await insertMappings(
      tx.db,
      row.id,
      reader.mappings.map((mapping) => mappingRowOf(mapping)),
    );
    return row;
  });
}

async function importFile(
  app: App,
  source: ExternalSystemRow,
  mapperOf: MapperOf,
  file: ScanFile,
  options: ImportOptions,
): Promise<FileOutcome> {
  const sha256 = await file.fingerprint(options.signal);
  const before = await findImportedFile(app.db, source.id, sha256);
  if (before && !before.isPartial)
    return { ...nothingTaken, file: file.name, outcome: 'already imported', operationId: before.operationId };
  const operationId = await beginOperation(app.db, {
    type: 'import',
    system: source.system_name,
    step: file.name.slice(0, 100),
  });
  const reading: FileReading = { source, mapperOf, file, operationId, options };
  try {
    const { taken, problem } = await inTransaction(app.pool, async (tx) => {
      const done = await takeFile(tx, reading);
      await recordCounts(tx.db, operationId, done.taken.counts);
      await recordImportedFile(tx.db, {
        systemId: source.id,
        sha256,
        name: file.name,
        hosts: done.taken.hosts,
        findings: done.taken.items,
        isPartial: done.problem !== undefined,
        operationId,
      });
      return done;
    });
    const issues = problem !== undefined || taken.counts.failed > 0;
    await finishOperation(
      app.db,
      operationId,
      issues ? 'completed_with_issues' : 'completed',
      problem === undefined ? {} : { error: problem },
    );
    return {
      ...taken,
      file: file.name,
      operationId,
      ...(problem === undefined
        ? { outcome: 'imported' as const }
        : { outcome: 'partial' as const, problem }),
    };
  } catch (error) {
    await finishOperation(app.db, operationId, 'failed', { error: messageOf(error) });
    if (!(error instanceof TielineError) || error.code !== 'SCAN_FILE_INVALID') throw error;
    return { ...nothingTaken, file: file.name, operationId, outcome: 'refused', problem: error.message };
  }
}
