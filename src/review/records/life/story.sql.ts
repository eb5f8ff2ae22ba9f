/** What befell a POA&M beside its journal: its findings, what was asked and answered, requests, what its remotes confirmed. */
import { sql, type Kysely } from 'kysely';
import type { JsonObject } from '../../../platform/values/index.ts';
import type { Database } from '../../../platform/postgres/index.ts';

export interface FindingEvent {
  readonly at: Date;
  readonly what: 'found' | 'fixed' | 'reopened';
  readonly plugin: string;
  readonly asset: string;
  readonly isConcluded: boolean;
}

/** A POA&M before or after this one about the same weakness. */
export interface Neighbour {
  readonly poamId: string;
  readonly which: 'before' | 'after';
  /** When the later one of the two was made. */
  readonly at: Date;
}

/** The POA&M that it followed, and those that came after it, one after the other. */
export async function listNeighbours(db: Kysely<Database>, poamId: string): Promise<Neighbour[]> {
  const { rows } = await sql<Neighbour>`
    with recursive later as (
      select poam_id from poam_lives where follows_poam_id = ${poamId}
      union select life.poam_id from poam_lives life join later on life.follows_poam_id = later.poam_id
    )
    select p.poam_id as "poamId", 'after' as which, p.created_at at time zone 'UTC' as at
      from later join ingestion_poams p on p.poam_id = later.poam_id
    union all
    select life.follows_poam_id, 'before', p.created_at at time zone 'UTC'
      from poam_lives life join ingestion_poams p on p.poam_id = life.poam_id
     where life.poam_id = ${poamId} and life.follows_poam_id is not null
     order by at, "poamId"`.execute(db);
  return rows;
}

/**
 * When its findings were found, fixed and came back, the latest first.
 * @param of.ids of ingestion_vulnerabilities. @param of.until what came later is told of another POA&M.
 */
export async function listFindingEvents(
  db: Kysely<Database>,
  { ids, until }: { readonly ids: readonly number[]; readonly until?: Date },
  limit: number,
): Promise<FindingEvent[]> {
  if (ids.length === 0) return [];
  const { rows } = await sql<FindingEvent>`
    select e.at at time zone 'UTC' as at, e.what, v.plugin_id::text as plugin, coalesce(a.hostname, v.asset_ref::text) as asset, e.is_concluded as "isConcluded"
      from (select id as finding, first_found as at, 'found' as what, false as is_concluded
              from ingestion_vulnerabilities where id = any(${[...ids]}::int[]) and first_found is not null
            union all
            select vulnerability_id, occurred_at, state, is_concluded
              from finding_state_changes where vulnerability_id = any(${[...ids]}::int[])) e
      join ingestion_vulnerabilities v on v.id = e.finding
      left join ingestion_assets a on a.asset_uuid = v.asset_ref
     where ${until === undefined ? sql`true` : sql`e.at <= ${until}::timestamptz at time zone 'UTC'`}
     order by e.at desc, v.id limit ${limit}`.execute(db);
  return rows;
}

export interface Asked {
  readonly at: Date;
  readonly code: string;
  readonly params: JsonObject;
  readonly settledAt: Date | null;
  readonly settledBy: string | null;
  readonly settlement: string | null;
}

/** What a person was asked about it, and what came of it. */
export async function listAsked(db: Kysely<Database>, poamId: string, limit: number): Promise<Asked[]> {
  const { rows } = await sql<Asked>`
    select opened_at as at, code, params, settled_at as "settledAt", settled_by as "settledBy", settlement
      from poam_questions where poam_id = ${poamId} order by opened_at desc, id desc limit ${limit}`.execute(
    db,
  );
  return rows;
}

export interface RequestEvent {
  readonly at: Date;
  readonly by: string;
  readonly action: string;
  readonly status: string;
  readonly decidedAt: Date | null;
  readonly decidedBy: string | null;
  readonly reason: string | null;
}

/** Requests about it: extensions, completions and what else others decided. */
export async function listRequestEvents(
  db: Kysely<Database>,
  poamId: string,
  limit: number,
): Promise<RequestEvent[]> {
  const { rows } = await sql<RequestEvent>`
    select requested_at as at, requested_by as by, requested_action as action, status, decided_at as "decidedAt", decided_by as "decidedBy", reason
      from approvals where subject_id = ${poamId} and subject_kind in ('extension', 'completion', 'due_date') order by requested_at desc, id desc limit ${limit}`.execute(
    db,
  );
  return rows;
}

export interface Confirmed {
  readonly at: Date;
  readonly connection: string;
  readonly kind: string;
  readonly fields: readonly string[];
}

/** What its remotes confirmed of it. */
export async function listConfirmed(
  db: Kysely<Database>,
  poamId: string,
  limit: number,
): Promise<Confirmed[]> {
  const { rows } = await sql<Confirmed>`
    select o.settled_at as at, s.system_name as connection, o.change_kind as kind,
           case jsonb_typeof(o.payload) when 'object' then array(select jsonb_object_keys(o.payload) order by 1) else '{}' end as fields
      from sync_outbox o join external_systems s on s.id = o.external_system_id
     where o.entity_type = 'poam' and o.entity_id = ${poamId} and o.state = 'confirmed' and o.settled_at is not null
     order by o.settled_at desc, o.id desc limit ${limit}`.execute(db);
  return rows;
}
