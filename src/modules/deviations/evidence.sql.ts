/** Who sent which file as evidence, and what nobody names. */
import { sql, type Kysely } from 'kysely';
import { type Actor, inScope, type Scope } from '../../canonical/access/index.ts';
import type { Database } from '../../platform/postgres/index.ts';

export async function noteUpload(
  db: Kysely<Database>,
  upload: { readonly sha256: string; readonly principalId: string; readonly at: Date },
): Promise<void> {
  await sql`
    insert into evidence_uploads (sha256, sent_by_principal, sent_at)
    values (${upload.sha256}, ${upload.principalId}, ${upload.at}::timestamptz)
    on conflict (sha256, sent_by_principal) do update set sent_at = excluded.sent_at`.execute(db);
}

/** How many files somebody has sent since. */
export async function countUploads(db: Kysely<Database>, principalId: string, since: Date): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from evidence_uploads
     where sent_by_principal = ${principalId} and sent_at > ${since}::timestamptz`.execute(db);
  return rows[0]?.n ?? 0;
}

/** Which of these files somebody may not name: they neither sent it, nor is it evidence within their scope. */
export async function unusableFiles(
  db: Kysely<Database>,
  hashes: readonly string[],
  { actor, scope }: { readonly actor: Pick<Actor, 'principalId'>; readonly scope: Scope },
): Promise<string[]> {
  const { rows } = await sql<{ sha256: string }>`
    select h as sha256 from unnest(${[...hashes]}::text[]) h
     where not exists (select from evidence_uploads u where u.sha256 = h and u.sent_by_principal = ${actor.principalId})
       and not exists (select from deviation_files f join deviations d on d.id = f.deviation_id
                        where f.sha256 = h and ${inScope(scope, sql`d.system_id`)})`.execute(db);
  return rows.map((row) => row.sha256);
}

/** Files that were sent before that time and that neither a deviation, a POA&M nor a report names. */
export async function listUnnamed(db: Kysely<Database>, before: Date, limit: number): Promise<string[]> {
  const { rows } = await sql<{ sha256: string }>`
    select u.sha256 from evidence_uploads u
     where not exists (select from deviation_files f where f.sha256 = u.sha256)
       and not exists (select from poam_artifacts a where a.sha256 = u.sha256)
       and not exists (select from generated_reports r where r.file_sha256 = u.sha256 or r.input_sha256 = u.sha256)
       and not exists (select from report_snapshots s where s.sha256 = u.sha256)
     group by u.sha256 having max(u.sent_at) < ${before}::timestamptz limit ${limit}`.execute(db);
  return rows.map((row) => row.sha256);
}
