import { createHash } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { TielineError } from '../errors/index.ts';
import { splitStatements, type Statement } from './statements.ts';

/** A further folder of migrations, beside Tieline's own: that of an entity which does not ship. */
export interface MigrationSet {
  /** The prefix of the names of its files in the ledger: `leases/0001_create_leases.sql`. */
  readonly name: string;
  readonly folder: string;
}

export interface MigrationFile {
  /** The file's name; of a further set with the name of the set before it. */
  readonly name: string;
  readonly sha256: string;
  readonly statements: readonly Statement[];
}

const setPattern = /^[a-z][a-z0-9_]*$/;
const namePattern = /^(\d{4})_[a-z0-9_]+\.sql$/;
// Would end our transaction halfway through. `BEGIN` of PL/pgSQL has no semicolon.
const transactionControl = /^\s*(begin|commit|rollback|start\s+transaction)\s*;/im;

/**
 * The migrations of a folder, in order, then those of further sets, each in its own order.
 * @throws MIGRATION_FAILED, naming the file or set and what is wrong with it.
 */
export async function readMigrationFiles(
  folder: string,
  sets: readonly MigrationSet[] = [],
): Promise<MigrationFile[]> {
  const wrong = sets.find(
    ({ name }, at) => !setPattern.test(name) || sets.findIndex((each) => each.name === name) !== at,
  );
  if (wrong)
    throw new TielineError(
      'MIGRATION_FAILED',
      `The set of migrations "${wrong.name}" needs a name of its own, of small letters, digits and _.`,
    );
  const files = await readFolder(folder, '');
  for (const set of sets) files.push(...(await readFolder(set.folder, `${set.name}/`)));
  return files;
}

async function readFolder(folder: string, prefix: string): Promise<MigrationFile[]> {
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
      name: prefix + name,
      sha256: createHash('sha256').update(sql).digest('hex'),
      statements: splitStatements(sql, prefix + name),
    });
  }
  return files;
}

/** The set that a file belongs to; '' for Tieline's own. */
const setOf = (name: string): string => name.slice(0, name.indexOf('/') + 1);

/**
 * Which files are still to be applied. Order counts within a set; a set may begin at any time.
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
  const lastOf = (set: string): string =>
    [...applied.keys()]
      .filter((name) => setOf(name) === set)
      .toSorted()
      .at(-1) ?? '';
  for (const file of files) {
    const last = lastOf(setOf(file.name));
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
        { remedy: `Give ${file.name} a number after ${last.slice(setOf(last).length).slice(0, 4)}.` },
      );
  }
  return files.filter((file) => !applied.has(file.name));
}
