/** Findings that a person or a workflow wants a POA&M for, though the rule of their boundary may not name them. */
import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Database } from '../../platform/postgres/index.ts';

/** SQL of whether a person wants a POA&M of the boundary for the finding `f`, and it has not been fixed since. @param since since when it is open. */
export const isNamedByHand = (
  boundary: RawBuilder<unknown>,
  since: RawBuilder<unknown>,
): RawBuilder<boolean> =>
  sql<boolean>`
  exists (select from weakness_named_findings n
           where n.finding_id = f.id and n.system_id = ${boundary} and n.named_at at time zone 'UTC' >= ${since})`;

/** Whether there are any at all: without them the rules need not ask. */
export async function hasNamedFindings(db: Kysely<Database>): Promise<boolean> {
  const { rows } = await sql<{ any: boolean }>`
    select exists (select from weakness_named_findings) as any`.execute(db);
  return rows[0]?.any === true;
}

/** The open findings that point at a POA&M are to have another one. By idx_ingestion_vulnerabilities_answered. */
export async function nameFindingsOf(
  db: Kysely<Database>,
  poamId: string,
  { conflictId, by, now }: { readonly conflictId: number; readonly by: string; readonly now: Date },
): Promise<void> {
  await sql`
    insert into weakness_named_findings as known (finding_id, system_id, conflict_id, named_by, named_at)
    select f.id, p.system_id, ${conflictId}, ${by}, ${now}
      from ingestion_poams p
      join ingestion_vulnerabilities f on f.poam_id = p.id and f.lifecycle_state in ('open', 'reopened')
     where p.poam_id = ${poamId} and p.system_id is not null
    on conflict (finding_id, system_id) do update
      set conflict_id = excluded.conflict_id, named_by = excluded.named_by, named_at = excluded.named_at`.execute(
    db,
  );
}

/** These findings are to have a POA&M of the boundary. @param wish.by who wants it: a workflow, with its owner. */
export async function nameFindings(
  db: Kysely<Database>,
  findingIds: readonly number[],
  { systemId, by, now }: { readonly systemId: string; readonly by: string; readonly now: Date },
): Promise<void> {
  await sql`
    insert into weakness_named_findings as known (finding_id, system_id, conflict_id, named_by, named_at)
    select f.id, ${systemId}, null, ${by.slice(0, 255)}, ${now}
      from ingestion_vulnerabilities f where f.id = any(${[...findingIds]}::int[]) and f.lifecycle_state in ('open', 'reopened')
    on conflict (finding_id, system_id) do update
      set conflict_id = excluded.conflict_id, named_by = excluded.named_by, named_at = excluded.named_at`.execute(
    db,
  );
}
