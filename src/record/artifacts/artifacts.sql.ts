/**
 * Files of evidence of POA&Ms (`poam_artifacts`): what a deviation was asked for with, what a POA&M was closed on. Each goes to the GRC system that
 * has the POA&M, once; where that takes no files it is unsent, a row of the inbox, until somebody took it there by hand.
 */
import { sql, type Kysely, type RawBuilder } from 'kysely';
import { inScope, type Scope } from '../../canonical/access/index.ts';
import { type Database, storableJson } from '../../platform/postgres/index.ts';

/** Why a file does not go out, each with its sentence; {} is the connection. */
export const unsentSentences = {
  no_endpoint: '{} takes no files by its profile',
  no_mapping: 'no mapping of {} sends the name and the hash of a file',
  policy: 'the policies of {} let no file out',
} as const;
export type UnsentCode = keyof typeof unsentSentences;

export interface ArtifactFile {
  readonly poamId: string;
  readonly sha256: string;
  readonly name: string;
  readonly description: string | null;
  readonly purpose: 'closure' | 'deviation';
  readonly deviationId: number | null;
  readonly by: string;
}

/** Notes files as evidence of their POA&Ms; one that is noted already stays as it is. */
export async function insertArtifacts(
  db: Kysely<Database>,
  files: readonly ArtifactFile[],
  now: Date,
): Promise<void> {
  if (files.length === 0) return;
  await sql`
    insert into poam_artifacts (poam_id, sha256, file_name, description, purpose, deviation_id, added_by, added_at)
    select f."poamId", f.sha256, f.name, f.description, f.purpose, f."deviationId", f.by, ${now}::timestamptz
      from jsonb_to_recordset(${storableJson(files)}::jsonb)
        as f("poamId" text, sha256 text, name text, description text, purpose text, "deviationId" int, by text)
    on conflict (poam_id, sha256) where replaced_at is null do nothing`.execute(db);
}

/**
 * Notes of the files of POA&Ms that a system has whether they go there. @param code why they do not; null: they do.
 * @returns the POA&Ms of which a file is newly unsent.
 */
export async function markUnsent(
  db: Kysely<Database>,
  {
    systemId,
    code,
    now,
  }: { readonly systemId: number; readonly code: UnsentCode | null; readonly now: Date },
): Promise<string[]> {
  const { rows } = await sql<{ poamId: string; isNew: boolean }>`
    with judged as (
      select a.id, a.unsent_code as before
        from poam_artifacts a
       where a.artifact_id is null and a.delivered_at is null and a.unsent_code is distinct from ${code}::text
         and exists (select from sync_links l where l.external_system_id = ${systemId} and l.entity_type = 'poam' and l.entity_id = a.poam_id
                        and l.retired_at is null))
    update poam_artifacts a
       set unsent_code = ${code}::text,
           unsent_since = case when ${code}::text is null then null else coalesce(a.unsent_since, ${now}::timestamptz) end
      from judged where a.id = judged.id
    returning a.poam_id as "poamId", judged.before is null as "isNew"`.execute(db);
  return [...new Set(rows.flatMap(({ poamId, isNew }) => (isNew ? [poamId] : [])))];
}

export interface PoamArtifact {
  readonly sha256: string;
  readonly name: string;
  readonly bytes: number;
  readonly description: string | null;
  readonly purpose: ArtifactFile['purpose'];
  readonly deviationId: number | null;
  readonly addedBy: string;
  readonly addedAt: Date;
  /**
   * `waits`: it goes with the next sync, or with its POA&M; `gone`, `changed`: it was sent, and the GRC system has it no more, or another file in
   * its place; `accepted`: a person accepted that; `replaced`: a person had it sent again.
   */
  readonly state:
    | 'sent'
    | 'delivered'
    | 'refused'
    | 'waits'
    | 'unsent'
    | 'gone'
    | 'changed'
    | 'accepted'
    | 'replaced';
  /** The GRC system that has the POA&M; null: none does. */
  readonly connection: string | null;
  readonly artifactId: string | null;
  /** What the GRC system said against it. */
  readonly refusal: string | null;
  readonly unsentCode: UnsentCode | null;
  readonly deliveredBy: string | null;
  readonly deliveredAt: Date | null;
  /** When it was noticed that it is gone or changed there. */
  readonly differsSince: Date | null;
  /** The hash of what the GRC system has in its place; null: nothing. */
  readonly otherSha256: string | null;
  /** Who accepted the difference, or had the file sent again. */
  readonly decidedBy: string | null;
  readonly decidedAt: Date | null;
}

/** The files of a POA&M, the latest first. */
export async function listArtifacts(db: Kysely<Database>, poamId: string): Promise<PoamArtifact[]> {
  const { rows } = await sql<PoamArtifact>`
    select a.sha256, a.file_name as name, k.size_bytes::float8 as bytes, a.description, a.purpose, a.deviation_id as "deviationId",
           a.added_by as "addedBy", a.added_at as "addedAt",
           case when a.replaced_at is not null then 'replaced' when a.accepted_at is not null then 'accepted'
                when a.other_sha256 is not null then 'changed' when a.differs_since is not null then 'gone'
                when a.artifact_id is not null then 'sent' when a.delivered_at is not null then 'delivered'
                when refused.message is not null then 'refused' when a.unsent_code is not null then 'unsent' else 'waits' end as state,
           s.system_name as connection, a.artifact_id as "artifactId", refused.message as refusal, a.unsent_code as "unsentCode",
           a.delivered_by as "deliveredBy", a.delivered_at as "deliveredAt", a.differs_since as "differsSince", a.other_sha256 as "otherSha256",
           coalesce(a.replaced_by, a.accepted_by) as "decidedBy", coalesce(a.replaced_at, a.accepted_at) as "decidedAt"
      from poam_artifacts a join stored_files k on k.sha256 = a.sha256
      left join lateral (select l.external_system_id as id from sync_links l
                          where l.entity_type = 'poam' and l.entity_id = a.poam_id and l.retired_at is null order by l.id limit 1) has on true
      left join external_systems s on s.id = has.id
      left join lateral (select coalesce(o.failure ->> 'message', 'refused') as message from sync_outbox o
                          where o.external_system_id = has.id and o.entity_type = 'artifact' and o.entity_id = a.id::text and o.state = 'failed'
                          order by o.id desc limit 1) refused on true
     where a.poam_id = ${poamId} order by a.added_at desc, a.id desc limit 500`.execute(db);
  return rows;
}

/** One file of a POA&M within the scope. */
export async function findArtifactFile(
  db: Kysely<Database>,
  scope: Scope,
  { poamId, sha256 }: Pick<ArtifactFile, 'poamId' | 'sha256'>,
): Promise<{ readonly name: string } | undefined> {
  const { rows } = await sql<{ name: string }>`
    select a.file_name as name from poam_artifacts a join ingestion_poams p on p.poam_id = a.poam_id
     where a.poam_id = ${poamId} and a.sha256 = ${sha256} and ${inScope(scope, sql`p.system_id`)} limit 1`.execute(
    db,
  );
  return rows[0];
}

/** Notes that somebody took a file to the GRC system by hand. @returns its row; undefined: it is there already. */
export async function markDelivered(
  db: Kysely<Database>,
  { poamId, sha256 }: Pick<ArtifactFile, 'poamId' | 'sha256'>,
  { by, now }: { readonly by: string; readonly now: Date },
): Promise<string | undefined> {
  const { rows } = await sql<{ id: string }>`
    update poam_artifacts set delivered_by = ${by}, delivered_at = ${now}::timestamptz, unsent_code = null, unsent_since = null
     where poam_id = ${poamId} and sha256 = ${sha256} and artifact_id is null and delivered_at is null
       -- What is on its way may be there any moment.
       and not exists (select from sync_outbox o where o.entity_type = 'artifact' and o.entity_id = poam_artifacts.id::text and o.state in ('pending', 'sent'))
    returning id::text`.execute(db);
  return rows[0]?.id;
}

const sentence: RawBuilder<string> = sql`case a.unsent_code ${sql.join(
  Object.entries(unsentSentences).map(([code, words]) => {
    const [before = '', after = ''] = words.split('{}');
    return sql`when ${sql.lit(code)} then concat(${sql.lit(before)}, s.system_name, ${sql.lit(after)})`;
  }),
  sql` `,
)} end`;

/** POA&Ms with files that do not go out, for the inbox. Columns: subject, since, system_id, connection, what. */
export const unsentEvidence: RawBuilder<unknown> = sql`
  select a.poam_id::text as subject, min(a.unsent_since) as since, min(p.system_id)::text as system_id, min(s.system_name)::text as connection,
         concat(count(*), case when count(*) = 1 then ' file' else ' files' end, ' of evidence not sent: ', min(${sentence}), ': ',
                string_agg(a.file_name, ', ' order by a.added_at, a.id)) as what
    from poam_artifacts a
    join ingestion_poams p on p.poam_id = a.poam_id
    left join lateral (select k.system_name from sync_links l join external_systems k on k.id = l.external_system_id
                        where l.entity_type = 'poam' and l.entity_id = a.poam_id and l.retired_at is null order by l.id limit 1) s on true
   where a.unsent_code is not null
   group by a.poam_id`;
