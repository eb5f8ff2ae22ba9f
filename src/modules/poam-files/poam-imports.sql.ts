/** Files of POA&Ms as they were brought, with what each would change and what became of it. */
import { sql, type Kysely } from 'kysely';
import { inScope, type Scope } from '../../canonical/access/index.ts';
import { type Database, storableJson } from '../../platform/postgres/index.ts';
import type { PoamChange } from './known-poams.sql.ts';
import type { HeldRow, PoamFile } from './poam-file.ts';
import { poamFilesType } from '../../ledger/external-systems/index.ts';

export const poamImportStates = ['planned', 'imported', 'unchanged', 'discarded', 'refused'] as const;
export type PoamImportState = (typeof poamImportStates)[number];

export interface PoamPlan {
  readonly counts: {
    readonly created: number;
    readonly updated: number;
    readonly unchanged: number;
    readonly conflicts: number;
    readonly missing: number;
    readonly held: number;
  };
  readonly items: readonly PoamChange[];
  readonly notes: readonly string[];
}

/** What approving needs to know again. */
export interface KeptContent {
  readonly file: PoamFile;
  readonly acceptMissing: boolean;
  /** Name of a boundary that the import makes. */
  readonly newBoundary?: string;
}

export interface PoamImportRow {
  readonly id: string;
  readonly file: string;
  readonly layout: string | null;
  readonly source: string | null;
  readonly boundary: string | null;
  readonly state: PoamImportState;
  readonly by: string;
  readonly way: 'upload' | 'command';
  readonly broughtAt: Date;
  readonly settledBy: string | null;
  readonly settledAt: Date | null;
  readonly counts: PoamPlan['counts'] | null;
  readonly held: number;
  /** Why nothing of it could be read; null where it could. */
  readonly problem: string | null;
  readonly operationId: string | null;
}

/** Why nothing of a file could be read. */
export interface ImportFault {
  readonly code: string;
  readonly message: string;
  readonly remedy?: string;
  readonly fields?: readonly { readonly field: string; readonly message: string }[];
}

export interface PoamImport extends PoamImportRow {
  readonly plan: PoamPlan | null;
  readonly heldRows: readonly HeldRow[];
  readonly fault: ImportFault | null;
  readonly sha256: string;
  readonly bytes: number;
}

export interface NewPoamImport {
  readonly id: string;
  readonly file: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly layout: string | null;
  readonly source: string | null;
  readonly boundary: string | null;
  readonly state: PoamImportState;
  readonly plan: PoamPlan | null;
  readonly planSha256: string | null;
  readonly content: KeptContent | null;
  readonly held: readonly HeldRow[];
  readonly problem: ImportFault | null;
  readonly by: string;
  readonly principalId: string | null;
  readonly way: 'upload' | 'command';
  readonly at: Date;
  readonly operationId: string | null;
}

const json = (value: unknown) => (value === null ? sql`null::jsonb` : sql`${storableJson(value)}::jsonb`);

export async function insertPoamImport(db: Kysely<Database>, row: NewPoamImport): Promise<void> {
  await sql`
    insert into poam_imports (import_id, file_name, file_sha256, bytes, layout, source_name, system_id, state, plan, plan_sha256, content, held, problem,
                              brought_by, brought_by_principal, brought_at, way, operation_id)
    values (${row.id}::uuid, left(${row.file}, 255), ${row.sha256}, ${row.bytes}, ${row.layout}, ${row.source}, ${row.boundary}, ${row.state},
            ${json(row.plan)}, ${row.planSha256}, ${json(row.content)}, ${json(row.held)}, ${json(row.problem)},
            left(${row.by}, 255), ${row.principalId}, ${row.at}, ${row.way}, ${row.operationId}::uuid)`.execute(
    db,
  );
}

const columns = sql`
  i.import_id::text as id, i.file_name as file, i.layout, i.source_name as source, i.system_id as boundary, i.state, i.brought_by as by, i.way,
  i.brought_at as "broughtAt", i.settled_by as "settledBy", i.settled_at as "settledAt", i.plan -> 'counts' as counts,
  jsonb_array_length(i.held) as held, i.problem ->> 'message' as problem, i.operation_id::text as "operationId"`;

/** A file that could not be read is of no boundary: whoever brought it sees it, and whoever sees all. */
const seenBy = ({ scope, principalId }: Reader) => sql`
  (${inScope(scope, sql`i.system_id`)} or (i.system_id is null and i.brought_by_principal = ${principalId ?? ''}))`;

export interface Reader {
  readonly scope: Scope;
  readonly principalId: string | undefined;
}

/** The latest first. */
export async function listPoamImports(
  db: Kysely<Database>,
  reader: Reader,
  { limit, state }: { readonly limit: number; readonly state?: PoamImportState | undefined },
): Promise<PoamImportRow[]> {
  const { rows } = await sql<PoamImportRow>`
    select ${columns} from poam_imports i
     where ${seenBy(reader)} and (${state ?? null}::text is null or i.state = ${state ?? null})
     order by i.brought_at desc, i.import_id limit ${limit}`.execute(db);
  return rows;
}

export interface StoredPoamImport extends PoamImport {
  readonly planSha256: string | null;
  readonly content: KeptContent | null;
}

export async function findPoamImport(
  db: Kysely<Database>,
  reader: Reader,
  id: string,
): Promise<StoredPoamImport | undefined> {
  const { rows } = await sql<StoredPoamImport>`
    select ${columns}, i.plan, i.held as "heldRows", i.problem as fault, i.file_sha256 as sha256, i.bytes::int as bytes,
           i.plan_sha256 as "planSha256", i.content
      from poam_imports i where i.import_id = ${id}::uuid and ${seenBy(reader)}`.execute(db);
  return rows[0];
}

/** Ends an import that waits, once. @returns whether it waited. */
export async function settlePoamImport(
  db: Kysely<Database>,
  id: string,
  end: {
    readonly state: 'imported' | 'discarded';
    readonly by: string;
    readonly at: Date;
    readonly operationId: string | null;
    readonly held?: readonly HeldRow[];
  },
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update poam_imports
       set state = ${end.state}, settled_by = left(${end.by}, 255), settled_at = ${end.at}, operation_id = ${end.operationId}::uuid, content = null,
           held = coalesce(${end.held === undefined ? sql`null::jsonb` : json(end.held)}, held)
     where import_id = ${id}::uuid and state = 'planned'`.execute(db);
  return numAffectedRows === 1n;
}

/** The boundary and source that an earlier file of the same system name and layout was imported for. */
export async function findEarlierBoundary(db: Kysely<Database>, source: string): Promise<string | undefined> {
  const { rows } = await sql<{ boundary: string }>`
    select connection_config ->> 'boundary' as boundary from external_systems
     where system_type = ${poamFilesType} and system_name = ${source} and removed_at is null`.execute(db);
  return rows[0]?.boundary;
}
