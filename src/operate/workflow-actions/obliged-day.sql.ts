import { type Kysely, sql } from 'kysely';
import type { Database } from '../../platform/postgres/index.ts';

/** The day by which a POA&M is obliged, and the one that is promised, as YYYY-MM-DD. @returns undefined where there is no such POA&M. */
export async function obligedDay(
  db: Kysely<Database>,
  poamId: string,
): Promise<{ readonly obligedBy: string | null; readonly promised: string | null } | undefined> {
  const { rows } = await sql<{ obligedBy: string | null; promised: string | null }>`
    select to_char(d.obliged_by, 'YYYY-MM-DD') as "obligedBy", to_char(p.scheduled_completion, 'YYYY-MM-DD') as promised
      from ingestion_poams p left join poam_due_dates d on d.poam_ref = p.id where p.poam_id = ${poamId}`.execute(
    db,
  );
  return rows[0];
}
