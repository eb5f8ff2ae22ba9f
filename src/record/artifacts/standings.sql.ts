/** Whether files of evidence are in the GRC system as they were sent, and what people decided where they are not. */
import { sql, type Kysely, type RawBuilder } from 'kysely';
import { type Database, storableJson } from '../../platform/postgres/index.ts';
import type { ArtifactFile } from './artifacts.sql.ts';

/** A file that a system has, or had, as far as is known here. */
export interface SentArtifact {
  readonly id: number;
  readonly poamId: string;
  readonly sha256: string;
  readonly name: string;
  readonly artifactId: string;
  /** What the system calls the POA&M, and what that lies inside of. */
  readonly holder: string;
  readonly holderParent: string | null;
  readonly differs: boolean;
  readonly otherSha256: string | null;
}

/**
 * A page of the files that a system was sent, boundary by boundary. Those of POA&Ms that are gone there are left out: that is the POA&M's own
 * matter. @param after the last row of the page before.
 */
export async function listSentArtifacts(
  db: Kysely<Database>,
  systemId: number,
  after: Pick<SentArtifact, 'id' | 'holderParent'> | undefined,
  limit: number,
): Promise<SentArtifact[]> {
  const { rows } = await sql<SentArtifact>`
    select a.id, a.poam_id as "poamId", a.sha256, a.file_name as name, a.artifact_id as "artifactId", l.external_id as holder,
           b.external_id as "holderParent", a.differs_since is not null as differs, a.other_sha256 as "otherSha256"
      from poam_artifacts a
      join sync_links own on own.external_system_id = ${systemId} and own.entity_type = 'artifact' and own.entity_id = a.id::text
                         and own.external_id = a.artifact_id and own.retired_at is null
      join sync_links l on l.external_system_id = ${systemId} and l.entity_type = 'poam' and l.entity_id = a.poam_id
                       and l.retired_at is null and l.missing_since is null
      left join lateral (select p.system_id from ingestion_poams p where p.poam_id = a.poam_id order by p.id limit 1) p on true
      left join sync_links b on b.external_system_id = ${systemId} and b.entity_type = 'system' and b.entity_id = p.system_id and b.retired_at is null
     where a.replaced_at is null
       and (${after === undefined} or (coalesce(b.external_id, ''), a.id) > (${after?.holderParent ?? ''}::text, ${after?.id ?? 0}::int))
     order by coalesce(b.external_id, ''), a.id limit ${limit}`.execute(db);
  return rows;
}

/** What the system has of a file now: `other`, the hash of what is in its place; null: it is gone. */
export interface Standing {
  readonly id: number;
  readonly as: 'same' | 'other';
  readonly otherSha256: string | null;
}

/** Notes where files are no longer as they were sent, or are again. What was accepted before was another difference, and is asked again. */
export async function noteStandings(
  db: Kysely<Database>,
  standings: readonly Standing[],
  now: Date,
): Promise<void> {
  if (standings.length === 0) return;
  await sql`
    update poam_artifacts a
       set differs_since = case when s."as" = 'same' then null else ${now}::timestamptz end, other_sha256 = s."otherSha256",
           accepted_by = null, accepted_at = null
      from jsonb_to_recordset(${storableJson(standings)}::jsonb) as s(id int, "as" text, "otherSha256" text)
     where a.id = s.id and a.replaced_at is null`.execute(db);
}

type OfPoam = Pick<ArtifactFile, 'poamId' | 'sha256'>;

/** A person accepts that a file is gone, or another one, there. @returns whether there was anything to accept. */
export async function acceptDifference(
  db: Kysely<Database>,
  { poamId, sha256 }: OfPoam,
  { by, now }: { readonly by: string; readonly now: Date },
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update poam_artifacts set accepted_by = ${by}, accepted_at = ${now}::timestamptz
     where poam_id = ${poamId} and sha256 = ${sha256} and differs_since is not null and accepted_at is null and replaced_at is null`.execute(
    db,
  );
  return numAffectedRows === 1n;
}

/**
 * A person has a file sent again: it is another row, and so another artifact there, whatever becomes of the first.
 * @returns the row that it replaces with the systems that had it; undefined: it is there as it was sent.
 */
export async function replaceArtifact(
  db: Kysely<Database>,
  { poamId, sha256 }: OfPoam,
  { by, now }: { readonly by: string; readonly now: Date },
): Promise<
  { readonly id: string; readonly artifactId: string; readonly systemIds: readonly number[] } | undefined
> {
  const { rows } = await sql<{ id: string; artifactId: string; systemIds: number[] }>`
    update poam_artifacts a set replaced_by = ${by}, replaced_at = ${now}::timestamptz
     where a.poam_id = ${poamId} and a.sha256 = ${sha256} and a.differs_since is not null and a.replaced_at is null
    returning a.id::text, a.artifact_id as "artifactId",
              array(select l.external_system_id from sync_links l
                     where l.entity_type = 'artifact' and l.entity_id = a.id::text and l.retired_at is null) as "systemIds"`.execute(
    db,
  );
  const [old] = rows;
  if (!old) return undefined;
  await sql`
    insert into poam_artifacts (poam_id, sha256, file_name, description, purpose, deviation_id, added_by, added_at)
    select poam_id, sha256, file_name, description, purpose, deviation_id, ${by}, ${now}::timestamptz
      from poam_artifacts where id = ${old.id}::int`.execute(db);
  return old;
}

/** POA&Ms with files that the GRC system lost or changed, for the inbox. Columns as those of `unsentEvidence`. */
export const lostEvidence: RawBuilder<unknown> = sql`
  select a.poam_id::text as subject, min(a.differs_since) as since, min(p.system_id)::text as system_id, min(s.system_name)::text as connection,
         concat_ws('; ',
           'gone: ' || string_agg(a.file_name, ', ' order by a.id) filter (where a.other_sha256 is null),
           'changed there: ' || string_agg(a.file_name, ', ' order by a.id) filter (where a.other_sha256 is not null)) as what
    from poam_artifacts a
    join ingestion_poams p on p.poam_id = a.poam_id
    left join lateral (select k.system_name from sync_links l join external_systems k on k.id = l.external_system_id
                        where l.entity_type = 'poam' and l.entity_id = a.poam_id and l.retired_at is null order by l.id limit 1) s on true
   where a.differs_since is not null and a.accepted_at is null and a.replaced_at is null
   group by a.poam_id`;
