/** What changed since a moment, in a scope: of POA&Ms each change, of findings how many, and what a person is newly asked. */
import { sql, type Kysely } from 'kysely';
import { inScope, type Scope } from '../../../canonical/access/index.ts';
import type { Json, JsonObject } from '../../../platform/values/index.ts';
import type { Database } from '../../../platform/postgres/index.ts';
import { systemsOfAsset } from '../../../record/systems/index.ts';

export interface ChangeSince {
  readonly at: Date;
  readonly poamId: string;
  readonly systemId: string | null;
  readonly weakness: string | null;
  /** Of the POA&M itself, or of one of its milestones. */
  readonly entity: string;
  readonly entityId: string;
  readonly field: string | null;
  readonly before: Json;
  readonly after: Json;
  readonly direction: string;
  readonly journalId: number;
}

/** Changes of POA&Ms and their milestones, the latest first. */
export async function listChangesSince(
  db: Kysely<Database>,
  scope: Scope,
  { since, limit }: { readonly since: Date; readonly limit: number },
): Promise<ChangeSince[]> {
  const { rows } = await sql<ChangeSince>`
    select c.changed_at as at, p.poam_id as "poamId", p.system_id as "systemId", split_part(p.weakness_description, E'\\n', 1) as weakness,
           c.entity_type as entity, c.entity_id as "entityId", c.field_name as field, c.before_value as before, c.after_value as after, c.direction,
           c.id::float8 as "journalId"
      from sync_changes c
      join ingestion_poams p on p.poam_id = case when c.entity_type = 'poam' then c.entity_id
                                                 else (select m.poam_id from ingestion_poam_milestones m where m.id::text = c.entity_id) end
     where c.changed_at >= ${since} and c.entity_type in ('poam', 'milestone') and ${inScope(scope, sql`p.system_id`)}
     order by c.changed_at desc, c.id desc limit ${limit}`.execute(db);
  return rows;
}

export interface FindingsSince {
  readonly systemId: string | null;
  readonly found: number;
  readonly fixed: number;
  readonly cameBack: number;
  readonly missing: number;
  readonly gone: number;
}

/** How many findings of each boundary were found, fixed, came back, or count no longer since then. A machine in two boundaries counts in both. */
export async function countFindingsSince(
  db: Kysely<Database>,
  scope: Scope,
  since: Date,
): Promise<FindingsSince[]> {
  const at = sql`(${since}::timestamptz at time zone 'UTC')`;
  const { rows } = await sql<FindingsSince>`
    with moved as (
      select id as finding, 'found' as what from ingestion_vulnerabilities where first_found >= ${at} and finding_key is not null
      union all
      select vulnerability_id, case state when 'fixed' then 'fixed' else 'came back' end from finding_state_changes where occurred_at >= ${at}
      union all
      select id, lifecycle_state from ingestion_vulnerabilities
       where missing_since >= ${since}::timestamptz and lifecycle_state in ('missing', 'gone')
    )
    select own.system_id as "systemId", count(*) filter (where what = 'found')::int as found, count(*) filter (where what = 'fixed')::int as fixed,
           count(*) filter (where what = 'came back')::int as "cameBack", count(*) filter (where what = 'missing')::int as missing,
           count(*) filter (where what = 'gone')::int as gone
      from moved join ingestion_vulnerabilities v on v.id = moved.finding
     cross join lateral (${systemsOfAsset(scope, sql`v.asset_ref`)}) own
     group by own.system_id order by own.system_id`.execute(db);
  return rows;
}

export interface QuestionSince {
  readonly at: Date;
  readonly poamId: string;
  readonly systemId: string | null;
  readonly code: string;
  readonly params: JsonObject;
}

/** What a person is newly asked about POA&Ms since then, and has not answered. */
export async function listQuestionsSince(
  db: Kysely<Database>,
  scope: Scope,
  { since, limit }: { readonly since: Date; readonly limit: number },
): Promise<QuestionSince[]> {
  const { rows } = await sql<QuestionSince>`
    select q.opened_at as at, q.poam_id as "poamId", p.system_id as "systemId", q.code, q.params
      from poam_questions q join ingestion_poams p on p.poam_id = q.poam_id
     where q.opened_at >= ${since} and q.settled_at is null and ${inScope(scope, sql`p.system_id`)}
     order by q.opened_at desc, q.id desc limit ${limit}`.execute(db);
  return rows;
}
