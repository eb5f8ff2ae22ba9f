/** Which records there are, page by page, for schedules and replays. */
import { type Kysely, sql } from 'kysely';
import type { RecordKind } from '../../../../canonical/workflow/index.ts';
import type { Database } from '../../../../platform/postgres/index.ts';

/** Which records of a kind there are to ask about, living ones only: what is over is asked about when something happens to it. */
const candidates: Readonly<Record<RecordKind, ReturnType<typeof sql>>> = {
  finding: sql`select v.finding_key::text as id from ingestion_vulnerabilities v where v.finding_key is not null and v.lifecycle_state in ('open', 'reopened')`,
  weakness: sql`select w.id::text as id from weaknesses w where w.superseded_at is null`,
  poam: sql`select p.poam_id as id from ingestion_poams p`,
  deviation: sql`select d.id::text as id from deviations d where d.state in ('requested', 'approved')`,
  asset: sql`select a.asset_uuid::text as id from ingestion_assets a where a.merged_into is null`,
  system: sql`select distinct s.system_id::text as id from ingestion_systems s`,
  scan: sql`select distinct s.system_id::text as id from ingestion_systems s`,
  feed: sql`select l.id::text as id from intelligence_loads l`,
};

/** The same with what is over by now: a replay asks about it as it was. */
const pastCandidates: Partial<Record<RecordKind, ReturnType<typeof sql>>> = {
  finding: sql`select v.finding_key::text as id from ingestion_vulnerabilities v where v.finding_key is not null and v.lifecycle_state is not null`,
  deviation: sql`select d.id::text as id from deviations d where d.state <> 'found'`,
};

/** The ids that a schedule asks about, page by page. @param page.past also what is over; `after` is the last of the page before. */
export async function listCandidates(
  db: Kysely<Database>,
  kind: RecordKind,
  page: { readonly after: string | undefined; readonly limit: number; readonly past?: boolean },
): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select each.id from (${page.past === true ? (pastCandidates[kind] ?? candidates[kind]) : candidates[kind]}) each
     where ${page.after === undefined ? sql`true` : sql`each.id > ${page.after}::text`} order by each.id limit ${page.limit}`.execute(
    db,
  );
  return rows.map(({ id }) => id);
}
