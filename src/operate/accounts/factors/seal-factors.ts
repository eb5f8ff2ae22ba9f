/** The sealed keys of authenticator apps, when the master key changes. */
import type { Kysely } from 'kysely';
import { isSealed, sealingKeyOf, type SecretBox } from '../../../engine/connections/index.ts';
import type { Database, Store } from '../../../platform/postgres/index.ts';
import { appPurpose } from './check-factor.ts';
import { listSealedApps, resealApp } from './factors.sql.ts';

/** The ids of the master keys with which they were sealed. */
export async function listFactorSealingKeys(db: Kysely<Database>): Promise<readonly string[]> {
  const sealed = (await listSealedApps(db)).map((each) => each.sealed).filter(isSealed);
  return [...new Set(sealed.map(sealingKeyOf))];
}

/** @throws TielineError SECRET_UNREADABLE naming the first that cannot be opened. */
export async function checkFactorSecrets(db: Kysely<Database>, box: SecretBox): Promise<void> {
  for (const { sealed, principalId } of await listSealedApps(db)) box.open(sealed, appPurpose(principalId));
}

/** Seals each with another key. @returns how many. */
export async function resealFactors(store: Store, present: SecretBox, next: SecretBox): Promise<number> {
  return store.transaction(async ({ db }) => {
    const all = await listSealedApps(db);
    for (const row of all) {
      const purpose = appPurpose(row.principalId);
      await resealApp(db, row, next.seal(present.open(row.sealed, purpose), purpose));
    }
    return all.length;
  });
}
