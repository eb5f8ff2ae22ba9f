/** Verifications of the security log that were made. */
import { type Kysely, sql } from 'kysely';
import { type Database, storableJson } from '../../platform/postgres/index.ts';
import type { JsonObject } from '../../platform/values/index.ts';

export interface MadeVerification {
  readonly at: Date;
  readonly by: string;
  readonly rows: number;
  readonly faults: number;
  readonly first: readonly JsonObject[];
  readonly tookMs: number;
}

export async function insertVerification(db: Kysely<Database>, made: MadeVerification): Promise<void> {
  await sql`
    insert into security_log_verifications (verified_at, verified_by, row_count, fault_count, faults, took_ms)
    values (${made.at}, ${made.by}, ${made.rows}, ${made.faults}, ${storableJson(made.first)}::jsonb, ${made.tookMs})`.execute(
    db,
  );
}

export interface LastVerification {
  readonly at: Date;
  readonly by: string;
  readonly rows: number;
  readonly faults: number;
}

export async function fetchLastVerification(db: Kysely<Database>): Promise<LastVerification | null> {
  const { rows } = await sql<LastVerification>`
    select v.verified_at as at, v.verified_by as by, v.row_count::float8 as rows, v.fault_count::float8 as faults
      from security_log_verifications v order by v.verified_at desc, v.id desc limit 1`.execute(db);
  return rows[0] ?? null;
}
