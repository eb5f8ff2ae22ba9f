import { stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { messageOf, TielineError } from '../../platform/errors/index.ts';
import type { App } from '../../engine/run/index.ts';
import {
  importFiles,
  listScanFiles,
  readerOf,
  type FileOutcome,
  type ImportOptions,
} from './import-files.ts';
import { type FolderLook, noteEnd, noteLooks } from './watched-folders.sql.ts';

export type WatchOptions = ImportOptions & {
  /** How long between two looks at the folders. */
  readonly everyMs: number;
  /** A look that failed: a folder that is not mounted just now, say. The next one may find it. */
  readonly warn: (message: string) => void;
  /** Who watches, for the page that shows which folders are watched. */
  readonly by: string;
};

/**
 * Imports what comes into folders, until the signal; what is there at the start too. A file that is still being written is left
 * until it has not changed for one look; one that is changed later is imported again. Each look is noted, and
 * while a file is imported, which takes long, that it is.
 */
export async function* watchFolders(
  app: App,
  paths: readonly string[],
  options: WatchOptions,
): AsyncGenerator<FileOutcome, void, undefined> {
  let before = new Map<string, string>();
  const taken = new Map<string, string>();
  const note = noter(app, options);
  await using _ = { [Symbol.asyncDispose]: () => note.end() };
  while (!options.signal.aborted) {
    const { found: now, looks } = await lookAt(app, paths, options.warn);
    await note.saw(looks);
    const ready = [...now].filter(([path, look]) => before.get(path) === look && taken.get(path) !== look);
    for (const [path, look] of ready) {
      if (options.signal.aborted) break;
      let outcomes: FileOutcome[] = [];
      await note.imports(path);
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
    // What is gone may come again under the same name; what is in a folder that cannot be read just now is not gone.
    const sawAll = now.size > 0 && looks.every(({ problem }) => problem === undefined);
    for (const path of taken.keys()) if (sawAll && !now.has(path)) taken.delete(path);
    if (ready.length > 0) await note.imports(undefined);
    before = now;
    await app.sleep(options.everyMs, options.signal).catch(() => undefined);
  }
}

/** Faults that no later look can repair: what was asked for is wrong. */
const isForGood = (error: unknown): boolean =>
  error instanceof TielineError && !error.entry.retryable && !error.code.startsWith('DATABASE_UNREACHABLE');

const aliveEveryMs = 30_000;

/** Tells the database that somebody watches, and what was seen; that it cannot be told is no reason to stop. One thing after the other. */
function noter(app: App, { by, source, everyMs, warn, signal }: WatchOptions) {
  const watcher = {
    host: hostname(),
    source,
    by,
    everySeconds: Math.ceil(everyMs / 1000),
    beganAt: app.now(),
  };
  let looks: readonly FolderLook[] = [];
  let importing: string | undefined;
  let turn: Promise<void> = Promise.resolve();
  const tell = (work: () => Promise<void>): Promise<void> => {
    turn = turn.then(work).catch((error: unknown) => {
      if (!signal.aborted) warn(`that the folders are watched could not be noted: ${messageOf(error)}`);
    });
    return turn;
  };
  const now = (): Promise<void> => tell(() => noteLooks(app.db, watcher, { looks, importing }, app.now()));
  const alive = setInterval(() => void now(), aliveEveryMs).unref();
  return {
    saw(seen: readonly FolderLook[]): Promise<void> {
      looks = seen;
      return now();
    },
    imports(path: string | undefined): Promise<void> {
      importing = path;
      return now();
    },
    end(): Promise<void> {
      clearInterval(alive);
      return tell(() => noteEnd(app.db, watcher, app.now()));
    },
  };
}

/** The scan files that are there, each with its size and time of change; and what was seen of each folder. */
async function lookAt(
  app: App,
  paths: readonly string[],
  warn: (message: string) => void,
): Promise<{ readonly found: Map<string, string>; readonly looks: readonly FolderLook[] }> {
  const found = new Map<string, string>();
  const looks: FolderLook[] = [];
  for (const folder of paths)
    try {
      const files = await listScanFiles(readerOf(app), [folder]);
      for (const path of files) {
        // Between the list and this look a file may have gone.
        const facts = await stat(path).catch(() => undefined);
        if (facts) found.set(path, `${facts.size} ${facts.mtimeMs}`);
      }
      looks.push({ folder: resolve(folder), files: files.length, problem: undefined, lookedAt: app.now() });
    } catch (error) {
      warn(messageOf(error));
      looks.push({ folder: resolve(folder), files: 0, problem: messageOf(error), lookedAt: app.now() });
    }
  return { found, looks };
}
