/** Keeps what became of a scan file as it was brought: of an archive, of all that was in it. */
import type { Kysely } from 'kysely';
import type { Database } from '../../platform/postgres/index.ts';
import type { Json } from '../../platform/values/index.ts';
import type { FileOutcome } from './import-files.ts';
import { endImport, type ImportOutcome, type ImportToKeep, insertImport } from './scan-imports.sql.ts';

/** What an archive came to, by what became of the files in it. */
export function outcomeOfAll(outcomes: readonly FileOutcome['outcome'][]): ImportOutcome {
  const kinds = new Set(outcomes);
  const [only] = kinds;
  if (kinds.size === 1 && only) return only;
  if (kinds.size === 0) return 'refused';
  return kinds.has('refused') || kinds.has('partial') ? 'partial' : 'imported';
}

const asJson = (files: readonly FileOutcome[]): Json =>
  files.map(({ heldBecause, counts, ...file }) => ({
    ...file,
    counts: { ...counts },
    heldBecause: [...heldBecause],
  }));

/** Keeps what became of a file that was brought before. */
export const endImportWith = (
  db: Kysely<Database>,
  id: string,
  files: readonly FileOutcome[],
): Promise<void> =>
  endImport(db, id, {
    outcome: outcomeOfAll(files.map(({ outcome }) => outcome)),
    files: asJson(files),
  });

/** Keeps a file that was imported at once. One that was imported before is on the list already. */
export async function keepImport(
  db: Kysely<Database>,
  row: ImportToKeep,
  files: readonly FileOutcome[],
): Promise<void> {
  if (files.every(({ outcome }) => outcome === 'already imported')) return;
  await insertImport(db, row);
  await endImportWith(db, row.id, files);
}
