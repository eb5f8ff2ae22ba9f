import type { Kysely } from 'kysely';
import { isJsonObject } from '../../platform/values/index.ts';
import { listSystems } from '../../ledger/external-systems/index.ts';
import type { Database } from '../../platform/postgres/index.ts';
import { purposeOf } from './connect.ts';
import { isSealed, sealingKeyOf, type SecretBox } from './secret-box.ts';

/** The ids of the master keys with which the stored secrets were sealed, each once. */
export async function listSealingKeys(db: Kysely<Database>): Promise<readonly string[]> {
  const configs = (await listSystems(db)).map((row) => row.connection_config);
  const sealed = configs
    .flatMap((config) => (isJsonObject(config) ? Object.values(config) : []))
    .filter(isSealed);
  return [...new Set(sealed.map(sealingKeyOf))];
}

/** Opens every stored secret once. @throws TielineError SECRET_UNREADABLE naming the first that cannot be opened. */
export async function checkSecretsReadable(db: Kysely<Database>, box: SecretBox): Promise<void> {
  for (const row of await listSystems(db))
    for (const [name, value] of Object.entries(
      isJsonObject(row.connection_config) ? row.connection_config : {},
    ))
      if (isSealed(value)) box.open(value, purposeOf(row.system_name, name));
}
