/** What is kept of the life of POA&Ms beside their fields: the rows of `poam_lives`. */
import { sql, type Kysely } from 'kysely';
import type { Json } from '../../platform/values/index.ts';
import { type Database, storableJson } from '../../platform/postgres/index.ts';

export interface PoamLife {
  readonly poamId: string;
  /** Null: they never moved. */
  readonly originalRating?: string | null;
  readonly originalCompletion?: string | null;
  readonly evidence?: Json;
  readonly followsPoamId?: string | null;
}

/** Keeps first values: one that is kept already stays. */
export async function keepFirstValues(
  db: Kysely<Database>,
  lives: readonly Pick<PoamLife, 'poamId' | 'originalRating' | 'originalCompletion' | 'followsPoamId'>[],
): Promise<void> {
  if (lives.length === 0) return;
  await sql`
    insert into poam_lives as known (poam_id, original_rating, original_completion, follows_poam_id)
    select l."poamId", l."originalRating", l."originalCompletion", l."followsPoamId"
      from jsonb_to_recordset(${storableJson(lives)}::jsonb)
        as l("poamId" text, "originalRating" text, "originalCompletion" date, "followsPoamId" text)
    on conflict (poam_id) do update
      set original_rating = coalesce(known.original_rating, excluded.original_rating),
          original_completion = coalesce(known.original_completion, excluded.original_completion),
          follows_poam_id = coalesce(known.follows_poam_id, excluded.follows_poam_id), updated_at = tieline_now()`.execute(
    db,
  );
}

/** Keeps which milestone of a POA&M asks its GRC system for an extension. */
export async function keepExtensionMilestone(
  db: Kysely<Database>,
  { poamId, milestoneId }: { readonly poamId: string; readonly milestoneId: number },
): Promise<void> {
  await sql`
    insert into poam_lives as known (poam_id, extension_milestone_id) values (${poamId}, ${milestoneId})
    on conflict (poam_id) do update set extension_milestone_id = excluded.extension_milestone_id, updated_at = tieline_now()`.execute(
    db,
  );
}

/** Keeps the evidence of POA&Ms whose findings are all fixed. @param lives `isVerified`: all of it is proven; from when on stays. */
export async function keepEvidence(
  db: Kysely<Database>,
  now: Date,
  lives: readonly { readonly poamId: string; readonly evidence: Json; readonly isVerified: boolean }[],
): Promise<void> {
  if (lives.length === 0) return;
  await sql`
    insert into poam_lives as known (poam_id, evidence, verified_at)
    select l."poamId", l.evidence, case when l."isVerified" then ${now}::timestamptz end
      from jsonb_to_recordset(${storableJson(lives)}::jsonb) as l("poamId" text, evidence jsonb, "isVerified" boolean)
    on conflict (poam_id) do update
      set evidence = excluded.evidence, updated_at = tieline_now(),
          -- What returned and was fixed again meanwhile is proven anew.
          verified_at = case when excluded.verified_at is null then null
                             when known.verified_at >= (select max((e ->> 'fixedAt')::timestamptz) from jsonb_array_elements(excluded.evidence) e) then known.verified_at
                             else excluded.verified_at end
      where known.evidence is distinct from excluded.evidence or (known.verified_at is null) <> (excluded.verified_at is null)`.execute(
    db,
  );
}

/** The evidence of these POA&Ms does not hold any more. */
export async function dropEvidence(db: Kysely<Database>, poamIds: readonly string[]): Promise<void> {
  if (poamIds.length === 0) return;
  await sql`
    update poam_lives set verified_at = null, evidence = null, updated_at = tieline_now()
     where poam_id = any(${[...poamIds]}::text[]) and (verified_at is not null or evidence is not null)`.execute(
    db,
  );
}

/** Notes that they were completed on their evidence. */
export async function keepClosure(
  db: Kysely<Database>,
  now: Date,
  poamIds: readonly string[],
): Promise<void> {
  if (poamIds.length === 0) return;
  await sql`
    update poam_lives set closed_by_evidence_at = ${now}::timestamptz, evidence_file_due = evidence is not null, updated_at = tieline_now()
     where poam_id = any(${[...poamIds]}::text[])`.execute(db);
}

export interface DueClosure {
  readonly poamId: string;
  readonly closedAt: Date;
  readonly evidence: Json;
}

/** POA&Ms of a system that were closed on evidence whose file is still to be written. */
export async function listDueClosures(
  db: Kysely<Database>,
  systemId: number,
  limit: number,
): Promise<DueClosure[]> {
  const { rows } = await sql<DueClosure>`
    select l.poam_id as "poamId", l.closed_by_evidence_at as "closedAt", l.evidence
      from poam_lives l
     where l.evidence_file_due and l.evidence is not null
       and exists (select from sync_links k where k.external_system_id = ${systemId} and k.entity_type = 'poam' and k.entity_id = l.poam_id and k.retired_at is null)
     order by l.poam_id limit ${limit}`.execute(db);
  return rows;
}

/** The file of what it was closed on is written. */
export async function noteClosureFile(db: Kysely<Database>, poamId: string): Promise<void> {
  await sql`update poam_lives set evidence_file_due = false where poam_id = ${poamId}`.execute(db);
}

interface StoredLife {
  readonly originalRating: string | null;
  /** YYYY-MM-DD. */
  readonly originalCompletion: string | null;
  readonly verifiedAt: Date | null;
  readonly closedByEvidenceAt: Date | null;
  readonly followsPoamId: string | null;
  /** The POA&M that was made after this one. */
  readonly followedBy: string | null;
}

/** What is kept of the life of a POA&M. */
export async function fetchLife(db: Kysely<Database>, poamId: string): Promise<StoredLife> {
  const { rows } = await sql<StoredLife>`
    select life.original_rating as "originalRating", life.original_completion::text as "originalCompletion", life.verified_at as "verifiedAt",
           life.closed_by_evidence_at as "closedByEvidenceAt", life.follows_poam_id as "followsPoamId",
           (select later.poam_id from poam_lives later where later.follows_poam_id = one.id order by later.poam_id desc limit 1) as "followedBy"
      from (select ${poamId}::text as id) one left join poam_lives life on life.poam_id = one.id`.execute(db);
  return (
    rows[0] ?? {
      originalRating: null,
      originalCompletion: null,
      verifiedAt: null,
      closedByEvidenceAt: null,
      followsPoamId: null,
      followedBy: null,
    }
  );
}
