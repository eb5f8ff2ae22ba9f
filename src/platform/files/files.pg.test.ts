import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cloneDatabase, type ClonedDatabase } from '../../../test/support/database.ts';
import { makeScratchDirectory } from '../../../test/support/scratch-directory.ts';
import { type FileStore, openFileStore } from './index.ts';

const hashOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
const limits = { maxBytes: 10_000_000 };
const now = () => new Date('2026-11-27T09:00:00Z');

let database: ClonedDatabase;
let folder: string;
beforeEach(async () => {
  database = await cloneDatabase();
  folder = await makeScratchDirectory();
});
afterEach(async () => {
  await database[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});
const storeIn = (place: string | undefined): FileStore =>
  openFileStore({ db: database.db, now, folder: place });
const keep = (store: FileStore, bytes: Buffer) => store.keep(Readable.from([bytes]), limits);
async function read(store: FileStore, sha256: string): Promise<Buffer> {
  const { stream } = await store.open(sha256);
  return buffer(stream);
}

const places: readonly (readonly [string, () => string | undefined])[] = [
  ['the database', () => undefined],
  ['a folder', () => folder],
];
describe.each(places)('files that are kept in %s', (_name, placeOf) => {
  it('come back byte for byte, whatever their size', async () => {
    const store = storeIn(placeOf());
    for (const size of [0, 1, 1024 * 1024, 2_500_001]) {
      const bytes = randomBytes(size);
      const kept = await keep(store, bytes);
      expect(kept).toEqual({ sha256: hashOf(bytes), bytes: size });
      expect((await read(storeIn(placeOf()), kept.sha256)).equals(bytes)).toBe(true);
    }
  });

  it('are kept once, though they come twice and at the same time', async () => {
    const store = storeIn(placeOf());
    const bytes = randomBytes(100_000);
    await Promise.all([keep(store, bytes), keep(store, bytes), keep(store, bytes)]);
    await keep(store, bytes);
    expect(await store.check()).toMatchObject({ files: 1, bytes: 100_000, faults: [] });
    expect((await read(store, hashOf(bytes))).equals(bytes)).toBe(true);
  });

  it('leave nothing where they are too large or broken off', async () => {
    const store = storeIn(placeOf());
    await expect(store.keep(Readable.from([randomBytes(2000)]), { maxBytes: 1999 })).rejects.toMatchObject({
      code: 'BODY_TOO_LARGE',
    });
    const broken = async function* (): AsyncGenerator<Buffer> {
      yield await Promise.resolve(randomBytes(2_000_000));
      throw new Error('the caller is gone');
    };
    await expect(store.keep(broken(), limits)).rejects.toThrow('the caller is gone');
    expect(await store.check()).toMatchObject({ files: 0 });
    const { rows } = await database.pool.query(`select from stored_file_chunks`);
    expect(rows).toEqual([]);
    expect(await readdir(join(folder, 'incoming')).catch(() => [])).toEqual([]);
  });

  it('are not found by another hash, nor by what is none', async () => {
    const store = storeIn(placeOf());
    await keep(store, randomBytes(10));
    for (const hash of ['0'.repeat(64), '../../etc/passwd', ''])
      await expect(store.open(hash)).rejects.toMatchObject({ code: 'FILE_UNKNOWN' });
  });
});

describe('a file whose bytes are not those of its hash', () => {
  it.each([
    ['changed in the folder', 'folder', 'damaged'],
    ['removed from the folder', 'folder', 'missing'],
    ['changed in the database', 'database', 'damaged'],
    ['cut short in the database', 'database', 'damaged'],
    ['removed from the database', 'database', 'missing'],
  ] as const)(
    '%s is never handed out, and is put right by the same file once more',
    async (how, kind, fault) => {
      const store = storeIn(kind === 'folder' ? folder : undefined);
      const bytes = randomBytes(1_500_000);
      const { sha256 } = await keep(store, bytes);
      const path = join(folder, sha256.slice(0, 2), sha256);
      const harm: Readonly<Record<typeof how, () => Promise<unknown>>> = {
        'changed in the folder': async () => {
          const there = await readFile(path);
          there[there.length - 1] = (there.at(-1) ?? 0) ^ 1;
          await writeFile(path, there);
        },
        'removed from the folder': () => rm(path),
        'changed in the database': () =>
          database.pool.query(
            `update stored_file_chunks set bytes = set_byte(bytes, 7, get_byte(bytes, 7) # 1) where chunk_number = 1`,
          ),
        'cut short in the database': () =>
          database.pool.query(`delete from stored_file_chunks where chunk_number = 1`),
        'removed from the database': () => database.pool.query(`delete from stored_file_chunks`),
      };
      await harm[how]();
      await expect(store.open(sha256)).rejects.toMatchObject({ code: 'FILE_DAMAGED' });
      expect((await store.check()).faults).toEqual([{ sha256, fault }]);
      await keep(store, bytes);
      expect((await store.check()).faults).toEqual([]);
      expect((await read(store, sha256)).equals(bytes)).toBe(true);
    },
  );

  it('that is changed after it was looked at ends before its last piece', async () => {
    const store = storeIn(folder);
    const bytes = randomBytes(300_000);
    const { sha256 } = await keep(store, bytes);
    const { stream } = await store.open(sha256);
    await writeFile(join(folder, sha256.slice(0, 2), sha256), randomBytes(300_000));
    await expect(buffer(stream)).rejects.toMatchObject({ code: 'FILE_DAMAGED' });
  });

  it.each(places)(
    'that is read once ends before its last piece, which is known from then on (in %s)',
    async (_name, place) => {
      const store = storeIn(place());
      const bytes = randomBytes(2_500_000);
      const { sha256 } = await keep(store, bytes);
      const whole = await store.read(sha256);
      expect(whole.bytes).toBe(bytes.length);
      expect((await buffer(whole.stream)).equals(bytes)).toBe(true);
      if (place() === undefined)
        await database.pool.query(
          `update stored_file_chunks set bytes = set_byte(bytes, 7, get_byte(bytes, 7) # 1) where chunk_number = 2`,
        );
      else await writeFile(join(folder, sha256.slice(0, 2), sha256), randomBytes(2_500_000));
      // Nobody has read it since: what is known of it is what it was kept with.
      expect(await store.known(sha256)).toEqual({ sha256, bytes: bytes.length });
      let handed = 0;
      const reading = async (): Promise<void> => {
        for await (const piece of (await store.read(sha256)).stream) handed += (piece as Buffer).length;
      };
      await expect(reading()).rejects.toMatchObject({ code: 'FILE_DAMAGED' });
      expect(handed).toBeLessThan(bytes.length);
      await expect(store.known(sha256)).rejects.toMatchObject({ code: 'FILE_DAMAGED' });
      // Put right, it is known as whole again without anybody's word.
      await keep(store, bytes);
      expect(await store.known(sha256)).toEqual({ sha256, bytes: bytes.length });
    },
  );

  it('that there is not is not known', async () => {
    const store = storeIn(folder);
    await expect(store.known('0'.repeat(64))).rejects.toMatchObject({ code: 'FILE_UNKNOWN' });
    await expect(store.read('nothing')).rejects.toMatchObject({ code: 'FILE_UNKNOWN' });
  });
});

describe('a process that does not see the store', () => {
  it('of another folder, of none, or of a folder that is not mounted, refuses', async () => {
    const bytes = randomBytes(10);
    await keep(storeIn(folder), bytes);
    const other = await makeScratchDirectory();
    const unmounted = join(other, 'unmounted');
    for (const place of [other, unmounted, undefined]) {
      await expect(storeIn(place).confirm()).rejects.toMatchObject({ code: 'FILES_ELSEWHERE' });
      await expect(keep(storeIn(place), bytes)).rejects.toMatchObject({ code: 'FILES_ELSEWHERE' });
      await expect(storeIn(place).open(hashOf(bytes))).rejects.toMatchObject({ code: 'FILES_ELSEWHERE' });
    }
    expect(await storeIn(folder).confirm()).toBe('folder');
    await rm(other, { recursive: true });
  });

  it('with a folder set, where files are kept in the database, refuses', async () => {
    await keep(storeIn(undefined), randomBytes(10));
    await expect(storeIn(folder).confirm()).rejects.toMatchObject({ code: 'FILES_ELSEWHERE' });
  });

  it('may still choose while no file is kept, and two that choose the same folder at once agree', async () => {
    expect(await storeIn(undefined).confirm()).toBe('database');
    const chosen = join(folder, 'files');
    await mkdir(chosen);
    expect(await Promise.all([storeIn(chosen).confirm(), storeIn(chosen).confirm()])).toEqual([
      'folder',
      'folder',
    ]);
    await keep(storeIn(chosen), randomBytes(10));
    await expect(storeIn(undefined).confirm()).rejects.toMatchObject({ code: 'FILES_ELSEWHERE' });
  });
});

describe('what uploads left that were killed', () => {
  it('is cleared away after a day, and not before', async () => {
    const inFolder = storeIn(folder);
    await keep(inFolder, randomBytes(10));
    const left = join(folder, 'incoming', 'left');
    await writeFile(left, 'half');
    await utimes(left, now(), now());
    await inFolder.check();
    expect(await readdir(join(folder, 'incoming'))).toEqual(['left']);
    const tomorrow = openFileStore({
      db: database.db,
      now: () => new Date(now().getTime() + 90_000_000),
      folder,
    });
    await tomorrow.check();
    expect(await readdir(join(folder, 'incoming'))).toEqual([]);
  });

  it('rows of the database likewise', async () => {
    await database.pool.query(
      `insert into stored_file_chunks (upload_id, chunk_number, bytes, written_at)
       values (gen_random_uuid(), 0, 'x', timestamptz '2026-11-26T08:00Z'), (gen_random_uuid(), 0, 'x', timestamptz '2026-11-27T08:00Z')`,
    );
    const store = storeIn(undefined);
    await keep(store, randomBytes(10));
    await store.check();
    expect((await database.pool.query(`select from stored_file_chunks`)).rowCount).toBe(2);
  });
});
