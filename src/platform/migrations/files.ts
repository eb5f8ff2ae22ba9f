import { createHash } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { TielineError } from '../errors/index.ts';
import { splitStatements, type Statement } from './statements.ts';

export interface MigrationFile {
  readonly name: string;
  readonly sha256: string;
  readonly statements: readonly Statement[];
}

const namePattern = /^(\d{4})_[a-z0-9_]+\.sql$/;
// Would end our transaction in the midst. `BEGIN` of PL/pgSQL has no semicolon.
const transactionControl = /^\s*(begin|commit|rollback|start\s+transaction)\s*;/im;

/** The migrations of a folder, in order. @throws MIGRATION_FAILED, naming the file and what is wrong with it. */
export async function readMigrationFiles(folder: string): Promise<MigrationFile[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).toSorted();
  const numbers = new Set<string>();
  const files: MigrationFile[] = [];
  for (const name of names) {
    const number = namePattern.exec(name)?.[1];
    if (number === undefined)
      throw new TielineError('MIGRATION_FAILED', `The migration ${name} is not named NNNN_verb_noun.sql.`);
    if (numbers.has(number))
      throw new TielineError('MIGRATION_FAILED', `The migration ${name} has the number of another file.`);
    numbers.add(number);
    const sql = await readFile(join(folder, name), 'utf8');
    if (transactionControl.test(sql))
      throw new TielineError(
        'MIGRATION_FAILED',
        `The migration ${name} begins or ends a transaction itself.`,
        { remedy: 'Take BEGIN and COMMIT out: all that is to be applied is one transaction already.' },
      );
    files.push({
      name,
      sha256: createHash('sha256').update(sql).digest('hex'),
      statements: splitStatements(sql, name),
    });
  }
  return files;
}

/**
 * Which files are still to be applied.
 * @param applied name to SHA-256 of the files that the database has.
 * @throws DATABASE_UNSUITABLE (migrated by a newer Tieline), MIGRATION_FAILED (an applied file was changed, or a new
 *   one comes before an applied one).
 */
export function pendingFiles(
  files: readonly MigrationFile[],
  applied: ReadonlyMap<string, string>,
): MigrationFile[] {
  const known = new Set(files.map((file) => file.name));
  const foreign = [...applied.keys()].find((name) => !known.has(name));
  if (foreign !== undefined)
    throw new TielineError(
      'DATABASE_UNSUITABLE',
      `The database holds the migration ${foreign}, which this Tieline does not know.`,
      { remedy: 'Run the version of Tieline that this database was migrated with, or a newer one.' },
    );
  const last = [...applied.keys()].toSorted().at(-1) ?? '';
  for (const file of files) {
    const sha256 = applied.get(file.name);
    if (sha256 !== undefined && sha256 !== file.sha256)
      throw new TielineError(
        'MIGRATION_FAILED',
        `The migration ${file.name} was changed after it was applied to this database.`,
        { remedy: `Restore ${file.name} as it was and put the change into a new migration.` },
      );
    if (sha256 === undefined && file.name < last)
      throw new TielineError(
        'MIGRATION_FAILED',
        `The migration ${file.name} comes before ${last}, applied already.`,
        { remedy: `Give ${file.name} a number after ${last.slice(0, 4)}.` },
      );
  }
  return files.filter((file) => !applied.has(file.name));
}
