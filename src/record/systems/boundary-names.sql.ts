import { sql, type Kysely } from 'kysely';
import type { Database } from '../../platform/postgres/index.ts';

/** A system of the GRC record, which is a boundary. */
export interface Boundary {
  readonly systemId: string;
  /** What the GRC system calls it. */
  readonly externalId: string | null;
  readonly name: string;
}

/** Every boundary, by id. */
export async function listBoundaries(db: Kysely<Database>): Promise<Boundary[]> {
  const { rows } = await sql<Boundary>`
    select distinct on (system_id) system_id as "systemId", xacta_system_id as "externalId", name
      from ingestion_systems where system_id is not null order by system_id, id`.execute(db);
  return rows;
}
