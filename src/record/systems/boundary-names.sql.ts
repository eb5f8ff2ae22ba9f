import { sql, type Kysely } from 'kysely';
import { inScope, type Scope } from '../../canonical/access/index.ts';
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

/** Id and name of each boundary within the scope, by name: for choosing among them. At most 1,000. */
export async function listBoundaryNames(
  db: Kysely<Database>,
  scope: Scope,
): Promise<{ readonly id: string; readonly name: string }[]> {
  const { rows } = await sql<{ id: string; name: string }>`
    select distinct on (s.name, s.system_id) s.system_id as id, s.name
      from ingestion_systems s
     where s.system_id is not null and ${inScope(scope, sql`s.system_id`)}
     order by s.name, s.system_id limit 1000`.execute(db);
  return rows;
}
