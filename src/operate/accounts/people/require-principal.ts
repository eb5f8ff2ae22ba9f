import type { Kysely } from 'kysely';
import { TielineError } from '../../../platform/errors/index.ts';
import type { Database } from '../../../platform/postgres/index.ts';
import { findPrincipal, type PrincipalRow } from './principals.sql.ts';

/** @param wanted name, in any case, or id. @throws ACCOUNT_UNKNOWN. */
export async function requirePrincipal(db: Kysely<Database>, wanted: string): Promise<PrincipalRow> {
  const principal = await findPrincipal(db, wanted);
  if (!principal) throw new TielineError('ACCOUNT_UNKNOWN', `There is no account "${wanted}".`);
  return principal;
}
