import type { Kysely } from 'kysely';
import { unknownWord } from '../../platform/errors/index.ts';
import { listBoundaries } from './boundary-names.sql.ts';
import type { Database } from '../../platform/postgres/index.ts';

/**
 * The boundary (system of the GRC record) that a person names: by our id, the GRC system's, or its name.
 * @returns ingestion_systems.system_id. @throws USAGE with what may have been meant, and which there are.
 */
export async function fetchBoundaryId(
  app: { readonly db: Kysely<Database> },
  named: string,
): Promise<string> {
  const boundaries = await listBoundaries(app.db);
  const wanted = named.trim().toLowerCase();
  const found =
    boundaries.find((each) => each.systemId.toLowerCase() === wanted) ??
    boundaries.find((each) => [each.externalId, each.name].some((name) => name?.toLowerCase() === wanted));
  if (found) return found.systemId;
  throw unknownWord(
    'boundary',
    named,
    boundaries.map((each) => each.systemId),
    { plural: 'boundaries', ...(boundaries.length > 0 ? {} : { also: 'None was read yet.' }) },
  );
}
