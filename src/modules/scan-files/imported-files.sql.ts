import { sql, type Kysely } from 'kysely';
import type { Database } from '../../platform/postgres/index.ts';

export async function findImportedFile(
  db: Kysely<Database>,
  systemId: number,
  sha256: string,
): Promise<{ readonly isPartial: boolean; readonly operationId: string } | undefined> {
  const { rows } = await sql<{ isPartial: boolean; operationId: string }>`
    select is_partial as "isPartial", operation_id::text as "operationId" from imported_files
     where external_system_id = ${systemId} and sha256 = ${sha256}`.execute(db);
  return rows[0];
}

export async function recordImportedFile(
  db: Kysely<Database>,
  file: {
    readonly systemId: number;
    readonly sha256: string;
    readonly name: string;
    readonly hosts: number;
    readonly findings: number;
    readonly isPartial: boolean;
    readonly operationId: string;
  },
): Promise<void> {
  await sql`
    insert into imported_files (external_system_id, sha256, file_name, hosts, findings, is_partial, operation_id)
    values (${file.systemId}, ${file.sha256}, ${file.name}, ${file.hosts}, ${file.findings}, ${file.isPartial}, ${file.operationId}::uuid)
    on conflict (external_system_id, sha256) do update
      set hosts = excluded.hosts, findings = excluded.findings, is_partial = excluded.is_partial,
          operation_id = excluded.operation_id, imported_at = tieline_now()`.execute(db);
}
