/** Migrations of the database that the security log does not tell of yet. */
import { type Kysely, sql } from 'kysely';
import type { Database } from '../../platform/postgres/index.ts';

export interface UntoldMigration {
  readonly name: string;
  readonly appliedAt: Date;
}

/** An event bears the time of its newest migration, to the millisecond. */
export async function listUntoldMigrations(db: Kysely<Database>): Promise<UntoldMigration[]> {
  const { rows } = await sql<UntoldMigration>`
    select m.name, m.applied_at as "appliedAt" from tieline_migrations m
     where date_trunc('milliseconds', m.applied_at)
           > coalesce((select max(e.occurred_at) from security_events_extended e where e.event_type = 'database_migrated'), '-infinity')
     order by m.name`.execute(db);
  return rows;
}
