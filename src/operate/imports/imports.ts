/**
 * Scan files that people bring. One that is sent to the server is written to the disk as it comes, and imported by a worker: it is on the list
 * from the moment it is whole. Whatever it comes to, the file itself is removed and its row stays.
 */
import { randomUUID } from 'node:crypto';
import type { Readable } from 'node:stream';
import type { Actor } from '../../canonical/access/index.ts';
import type { App } from '../../engine/run/index.ts';
import {
  type FileOutcome,
  insertImport,
  keepImport,
  readerOf,
  refuseSource,
  usualSource,
} from '../../modules/scan-files/index.ts';
import { TielineError } from '../../platform/errors/index.ts';
import { isUuid, defined } from '../../platform/values/index.ts';
import { countWorkers } from '../../platform/queue/index.ts';
import { cancelJob, isUploadWanted, requestJob } from '../jobs/index.ts';
import { clearUploads, plainName, receiveUpload, removeUpload } from '../uploads/index.ts';
import {
  countOpenUploads,
  findImport,
  type ImportRow,
  isImportOpen,
  listSourceNames,
} from './import-list.sql.ts';

export interface Fault {
  readonly code: string;
  readonly message: string;
  readonly remedy?: string;
  readonly fields?: readonly { readonly field: string; readonly message: string }[];
}

export interface ImportDetail extends ImportRow {
  /** Of each file that was in it. */
  readonly files: readonly FileOutcome[];
  /** Why nothing of it could be read. */
  readonly fault: Fault | null;
}

export interface BroughtFile {
  readonly name: string;
  readonly source: string | undefined;
  readonly newSource: boolean;
  readonly timeZone: string | undefined;
  readonly keepPartial: boolean;
  readonly body: Readable;
  /** What the request says of it, in bytes; and its Content-Digest. */
  readonly bytes: number | undefined;
  readonly digest: string | undefined;
  readonly signal: AbortSignal;
}

/** Of one person's files. Each lies on the disk of the server until a worker has imported it. */
const waitingEach = 100;

/** Files that this process is receiving, by whose they are: none of them is an import yet. */
const receiving = new Map<string, number>();
const countReceiving = (principalId: string, by: 1 | -1): void => {
  const count = (receiving.get(principalId) ?? 0) + by;
  if (count === 0) receiving.delete(principalId);
  else receiving.set(principalId, count);
};

/** @throws TielineError IMPORTS_WAITING where as many of the actor's files wait or arrive as one person's may. */
async function refuseTooMany(
  app: Pick<App, 'db'>,
  { principalId }: Pick<Actor, 'principalId'>,
): Promise<void> {
  const waiting = (await countOpenUploads(app.db, principalId)) + (receiving.get(principalId) ?? 0);
  if (waiting < waitingEach) return;
  throw new TielineError('IMPORTS_WAITING', `${waiting} files of yours wait to be imported already.`);
}

/**
 * Takes a file that is sent, and asks a worker to import it. @returns its import.
 * @throws TielineError as `refuseSource` and `receiveUpload` do; IMPORTS_WAITING, WORKER_NOT_INSTALLED. Nothing of it is kept then.
 */
export async function bringFile(
  app: App,
  actor: Pick<Actor, 'name' | 'principalId'>,
  file: BroughtFile,
): Promise<ImportDetail> {
  const source = file.source ?? usualSource;
  const { timeZone } = file;
  await refuseSource(app, readerOf(app), { name: source, isNew: file.newSource, timeZone });
  await refuseTooMany(app, actor);
  const id = randomUUID();
  const name = plainName(file.name);
  const { bytes, digest, signal } = file;
  countReceiving(actor.principalId, 1);
  const { path, ...received } = await receiveUpload(app, { id, name }, file.body, {
    bytes,
    digest,
    signal,
  }).finally(() => countReceiving(actor.principalId, -1));
  const { newSource, keepPartial } = file;
  try {
    await requestJob(app, actor, 'import', {
      payload: { paths: [path], source, importId: id, newSource, keepPartial, ...defined({ timeZone }) },
      beside: (db, jobId) =>
        insertImport(db, {
          ...received,
          id,
          file: name,
          source,
          way: 'upload',
          by: actor.name,
          principalId: actor.principalId,
          jobId,
        }),
    });
  } catch (error) {
    await removeUpload(app, id);
    throw error;
  }
  return fetchImport(app, id);
}

/** @throws TielineError RECORD_UNKNOWN. */
export async function fetchImport({ db }: Pick<App, 'db'>, id: string): Promise<ImportDetail> {
  const { jobId: _job, ...found } = await stored({ db }, id);
  return { ...found, files: found.files as unknown as FileOutcome[], fault: found.fault as Fault | null }; // as they were kept
}

async function stored({ db }: Pick<App, 'db'>, id: string) {
  const isId = isUuid(id);
  const found = isId ? await findImport(db, id) : undefined;
  if (found) return found;
  throw new TielineError('RECORD_UNKNOWN', `There is no import ${id}.`);
}

/** Ends an import that waits or runs; nothing of its file is imported then. @throws TielineError RECORD_UNKNOWN. */
export async function cancelImport(
  app: Pick<App, 'db' | 'uploads'>,
  actor: Pick<Actor, 'name'>,
  id: string,
): Promise<ImportDetail> {
  const { jobId } = await stored(app, id);
  if (jobId !== null) await cancelJob(app, actor, jobId);
  return fetchImport(app, id);
}

export interface ImportPlaces {
  readonly sources: readonly string[];
  readonly usualSource: string;
  readonly maxBytes: number;
  /** Of names of files that are read. */
  readonly endings: readonly string[];
  /** How many workers live; with none, what is sent waits. */
  readonly workers: number;
}

/** Where files can be filed, and what is accepted. */
export async function importPlaces(app: App): Promise<ImportPlaces> {
  const { endings, systemType } = readerOf(app);
  return {
    sources: await listSourceNames(app.db, systemType),
    usualSource,
    maxBytes: app.uploads?.maxBytes ?? 0,
    endings,
    workers: await countWorkers(app.db),
  };
}

/** Keeps what a command imported, for the list. */
export const keepCommandImport = (
  { db }: Pick<App, 'db'>,
  { by, source }: { readonly by: string; readonly source: string | undefined },
  outcome: FileOutcome,
): Promise<void> =>
  keepImport(
    db,
    { id: randomUUID(), file: outcome.file, source: source ?? usualSource, way: 'command', by },
    [outcome],
  );

/** Clears away files whose import is over, or whose server was killed while it received them. */
export const clearLeftUploads = (app: Pick<App, 'db' | 'uploads' | 'now'>): Promise<number> =>
  clearUploads(
    app,
    app.now(),
    async (id) => (await isImportOpen(app.db, id)) || (await isUploadWanted(app.db, id)),
  );
