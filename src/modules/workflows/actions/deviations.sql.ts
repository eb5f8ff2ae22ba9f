import { type Kysely, sql } from 'kysely';
import type { DeviationKind } from '../../../canonical/vocabulary/index.ts';
import type { Database } from '../../../platform/postgres/index.ts';

/** Whether one of the kind holds, or waits for a decision. */
export async function hasLivingDeviation(
  db: Kysely<Database>,
  poam: string,
  kind: DeviationKind,
): Promise<boolean> {
  const { rows } = await sql<{ some: boolean }>`
    select exists (select from deviations d where d.poam_id = ${poam} and d.kind = ${kind} and d.state in ('requested', 'approved')) as some`.execute(
    db,
  );
  return rows[0]?.some ?? false;
}
