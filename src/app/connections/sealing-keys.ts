import type { Kysely } from 'kysely';
import { isJsonObject } from '../../model/json.ts';
import { listSystems } from '../../store/external-systems.ts';
import type { Database } from '../../store/schema.ts';
import { isSealed, sealingKeyOf } from './secret-box.ts';

/** The ids of the master keys with which the stored secrets were sealed, each once. */
export async function listSealingKeys(db: Kysely<Database>): Promise<readonly string[]> {
  const configs = (await listSystems(db)).map((row) => row.connection_config);
  const sealed = configs
    .flatMap((config) => (isJsonObject(config) ? Object.values(config) : []))
    .filter(isSealed);
  return [...new Set(sealed.map(sealingKeyOf))];
}
