/** Scan files as they were brought: what is to be imported, and what became of it. The list of them is in src/operate/imports. */
import { sql, type Kysely } from 'kysely';
import { recordEvents } from '../../ledger/events/index.ts';
import { type Database, storableJson } from '../../platform/postgres/index.ts';
import type { Json } from '../../platform/values/index.ts';

export type ImportOutcome = 'imported' | 'already imported' | 'partial' | 'refused' | 'cancelled';

export interface ImportToKeep {
  readonly id: string;
  readonly file: string;
  readonly source: string;
  readonly way: 'upload' | 'command';
  readonly bytes?: number;
  readonly sha256?: string;
  readonly by: string;
  readonly principalId?: string;
  readonly jobId?: string;
}

/** Keeps that a file was brought. */
export async function insertImport(db: Kysely<Database>, row: ImportToKeep): Promise<void> {
  await sql`
    insert into scan_imports (import_id, file_name, source_name, way, bytes, sha256, imported_by, imported_by_principal, job_id)
    values (${row.id}::uuid, left(${row.file}, 255), left(${row.source}, 50), ${row.way}, ${row.bytes ?? null}, ${row.sha256 ?? null},
            left(${row.by}, 255), ${row.principalId ?? null}, ${row.jobId ?? null}::uuid)`.execute(db);
  await recordEvents(db, [{ kind: 'import.progress', subject: row.id }]);
}

/** Keeps what became of a file, once: a job that is done again after its worker was killed finds the first answer kept. */
export async function endImport(
  db: Kysely<Database>,
  id: string,
  end: { readonly outcome: ImportOutcome; readonly files: Json; readonly problem?: object },
): Promise<void> {
  await sql`
    update scan_imports
       set ended_at = tieline_now(), outcome = ${end.outcome}, files = ${storableJson(end.files)}::jsonb,
           problem = ${end.problem === undefined ? null : storableJson(end.problem)}::jsonb
     where import_id = ${id}::uuid and outcome is null`.execute(db);
  await recordEvents(db, [{ kind: 'import.progress', subject: id }]);
}

/** How many findings an operation showed again that were fixed. */
export async function countCameBack(db: Kysely<Database>, operationId: string): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(distinct c.vulnerability_id)::int as n
      from finding_state_changes c join ingestion_vulnerabilities v on v.id = c.vulnerability_id
     where c.operation_id = ${operationId}::uuid and c.state = 'reopened' and v.lifecycle_state = 'reopened'`.execute(
    db,
  );
  return rows[0]?.n ?? 0;
}
