/** How one account stands with second factors, for its person and for administrators. */
import type { Kysely } from 'kysely';
import type { Actor } from '../../../canonical/access/index.ts';
import type { Database } from '../../../platform/postgres/index.ts';
import { type AccountsApp, rulesOf } from '../accounts-app.ts';
import { isPrivilegedActor } from '../people/actor.ts';
import type { SessionRow } from '../sign-in/sessions.sql.ts';
import { mustHaveFactor } from './factor-rules.ts';
import { type FactorRow, listFactors } from './factors.sql.ts';
import { type CodesLeft, findCodesLeft } from './recovery-codes.sql.ts';

export interface OwnFactors {
  readonly factors: readonly FactorRow[];
  /** Null: none were ever made. */
  readonly recoveryCodes: CodesLeft | null;
}

export async function fetchOwnFactors(
  { db }: { readonly db: Kysely<Database> },
  principalId: string,
): Promise<OwnFactors> {
  const [factors, codes] = await Promise.all([listFactors(db, principalId), findCodesLeft(db, principalId)]);
  return { factors, recoveryCodes: codes ?? null };
}

/** Whether somebody who signed in this way must have a second factor, with the rights of this moment. */
export const isFactorRequired = (
  app: AccountsApp,
  { actor, way }: { readonly actor: Actor; readonly way: SessionRow['way'] },
): boolean =>
  mustHaveFactor(rulesOf(app).secondFactor, { way, isPrivileged: isPrivilegedActor(actor, app.now()) });
