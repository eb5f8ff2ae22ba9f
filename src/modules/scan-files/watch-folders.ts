import { stat } from 'node:fs/promises';
import { messageOf, TielineError } from '../../platform/errors/index.ts';
import type { App } from '../../engine/run/index.ts';
import {
  importFiles,
  listScanFiles,
  readerOf,
  type FileOutcome,
  type ImportOptions,
} from './import-files.ts';

export type WatchOptions = ImportOptions & {
  /** How long between two looks at the folders. */
  readonly everyMs: number;
  /** A look that failed: a folder that is not mounted just now, say. The next one may find it. */
  readonly warn: (message: string) => void;
};

/**
 * Imports what comes into folders, until the signal; what is there at the start too. A file that is still being written is left
 * until it has not changed for one look; one that is changed later is imported again.
 */
export async function* watchFolders(
  app: App,
  paths: readonly string[],
  options: WatchOptions,
): AsyncGenerator<FileOutcome, void, undefined> {
  let before = new Map<string, string>();
  const taken = new Map<string, string>();
  while (!options.signal.aborted) {
    const now = await lookAt(app, paths, options.warn);
    const ready = [...now].filter(([path, look]) => before.get(path) === look && taken.get(path) !== look);
    for (const [path, look] of ready) {
      if (options.signal.aborted) break;
      let outcomes: FileOutcome[] = [];
      try {
        outcomes = await importFiles(app, [path], options);
        taken.set(path, look);
      } catch (error) {
        // Not the file's fault, and it may pass: the next look tries it again.
        if (options.signal.aborted || isForGood(error)) throw error;
        options.warn(`${path} was not imported, and is tried again: ${messageOf(error)}`);
      }
      yield* outcomes;
    }
    // What is gone may come again under the same name.
    for (const path of taken.keys()) if (now.size > 0 && !now.has(path)) taken.delete(path);
    before = now;
    await app.sleep(options.everyMs, options.signal).catch(() => undefined);
  }
}

/** Faults that no later look can repair: what was asked for is wrong. */
const isForGood = (error: unknown): boolean =>
  error instanceof TielineError && !error.entry.retryable && !error.code.startsWith('DATABASE_UNREACHABLE');

/** The scan files that are there, each with its size and time of change. */
async function lookAt(
  app: App,
  paths: readonly string[],
  warn: (message: string) => void,
): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  try {
    for (const path of await listScanFiles(readerOf(app), paths)) {
      // Between the list and this look a file may have gone.
      const facts = await stat(path).catch(() => undefined);
      if (facts) found.set(path, `${facts.size} ${facts.mtimeMs}`);
    }
  } catch (error) {
    warn(messageOf(error));
  }
  return found;
}
