import { TielineError } from '../../../platform/errors/index.ts';
import type { Tx } from '../../../platform/postgres/index.ts';
import { countAdministrators, takeAdministratorsTurn } from './grants.sql.ts';

/**
 * Does what may take a right of administration away, unless nobody had one afterwards: then nothing is done. Two at once take turns.
 * @throws LAST_ADMINISTRATOR.
 */
export async function underAdministratorsRule<T>(
  { db }: Pick<Tx, 'db'>,
  at: Date,
  work: () => Promise<T>,
): Promise<T> {
  await takeAdministratorsTurn(db);
  const before = await countAdministrators(db, at);
  const result = await work();
  if (before > 0 && (await countAdministrators(db, at)) === 0)
    throw new TielineError('LAST_ADMINISTRATOR', 'This is the last account that can administer accounts.');
  return result;
}
