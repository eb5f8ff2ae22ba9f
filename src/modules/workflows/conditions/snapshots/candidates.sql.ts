/** Which records there are, page by page, for schedules and replays. */
import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { RecordKind } from '../../../../canonical/workflow/index.ts';
import type { Database } from '../../../../platform/postgres/index.ts';

/** Records of a kind: their rows, and by what they are known, which has a unique index. A page goes on after an id in the type of that column. */
interface Candidates {
  readonly id: RawBuilder<unknown>;
  readonly type: 'uuid' | 'integer' | 'bigint' | 'text';
  readonly from: RawBuilder<unknown>;
  /** Living ones only: what is over is asked about when something happens to it. */
  readonly living: RawBuilder<unknown>;
  /** The same with what is over by now: a replay asks about it as it was. */
  readonly past?: RawBuilder<unknown>;
}

const all = sql`true`;
const systems: Candidates = {
  id: sql`s.system_id`,
  type: 'text',
  from: sql`ingestion_systems s`,
  living: all,
};

const candidates: Readonly<Record<RecordKind, Candidates>> = {
  finding: {
    id: sql`v.finding_key`,
    type: 'uuid',
    from: sql`ingestion_vulnerabilities v`,
    living: sql`v.finding_key is not null and v.lifecycle_state in ('open', 'reopened')`,
    past: sql`v.finding_key is not null and v.lifecycle_state is not null`,
  },
  weakness: {
    id: sql`w.id`,
    type: 'integer',
    from: sql`weaknesses w`,
    living: sql`w.superseded_at is null`,
  },
  poam: { id: sql`p.poam_id`, type: 'text', from: sql`ingestion_poams p`, living: all },
  deviation: {
    id: sql`d.id`,
    type: 'integer',
    from: sql`deviations d`,
    living: sql`d.state in ('requested', 'approved')`,
    past: sql`d.state <> 'found'`,
  },
  asset: {
    id: sql`a.asset_uuid`,
    type: 'uuid',
    from: sql`ingestion_assets a`,
    living: sql`a.merged_into is null`,
  },
  system: systems,
  scan: systems,
  feed: { id: sql`l.id`, type: 'bigint', from: sql`intelligence_loads l`, living: all },
};

/** The ids that a schedule asks about, page by page. @param page.past also what is over; `after` is the last of the page before. */
export async function listCandidates(
  db: Kysely<Database>,
  kind: RecordKind,
  page: { readonly after: string | undefined; readonly limit: number; readonly past?: boolean },
): Promise<string[]> {
  const { id, type, from, living, past } = candidates[kind];
  const later = page.after === undefined ? all : sql`${id} > ${page.after}::${sql.raw(type)}`;
  const { rows } = await sql<{ id: string }>`
    select ${id}::text as id from ${from}
     where ${page.past === true ? (past ?? living) : living} and ${later} order by ${id} limit ${page.limit}`.execute(
    db,
  );
  return rows.map((row) => row.id);
}
