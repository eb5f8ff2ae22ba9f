/** The state of a plan in the making, and what all its parts share. */
import type { Catalog, CatalogTable } from './catalog.ts';
import { resolveTable } from './catalog.ts';
import type { Note, Problem } from './compare-table.ts';
import type { MigrationFile } from './files.ts';

export interface PlannedStatement {
  readonly sql: string;
  readonly file: string;
  readonly line: number;
}

export interface PlannedIndex {
  readonly schema: string;
  readonly name: string;
  readonly table: string;
  readonly sql: string;
}

/** Something that Tieline made in the database, so that it can be found again and taken out again. */
export interface BroughtObject {
  readonly kind: 'schema' | 'table' | 'column' | 'index' | 'constraint' | 'function';
  readonly schema: string;
  /** For a column, constraint or index: the table. */
  readonly table: string | null;
  /** For a function: with its argument types. */
  readonly name: string;
}

export type TableStatus = 'fits' | 'extended' | 'differs' | 'taken' | 'new';

export interface TableReport {
  readonly table: string;
  readonly schema: string;
  readonly status: TableStatus;
  readonly adds: readonly string[];
  readonly notes: readonly Note[];
  readonly rows: number;
  readonly bytes: number;
  readonly owner: string | null;
}

export interface MigrationPlan {
  /** Whether tables of another application are there. */
  readonly adopted: boolean;
  readonly files: readonly MigrationFile[];
  /** Where new tables go, and where those go whose names are taken there. */
  readonly schema: string;
  readonly ownSchema: string;
  /** The schemas in which statements look for tables, in order. */
  readonly searchPath: readonly string[];
  readonly create: readonly PlannedStatement[];
  readonly locked: readonly PlannedStatement[];
  readonly locks: { readonly exclusive: readonly string[]; readonly shared: readonly string[] };
  readonly indexes: readonly PlannedIndex[];
  readonly validations: readonly { readonly table: string; readonly constraint: string }[];
  readonly brought: readonly BroughtObject[];
  readonly tables: readonly TableReport[];
  readonly problems: readonly Problem[];
  /** Whether the database keeps, or will keep, the list of what Tieline added. */
  readonly listed: boolean;
}

export interface PlanInput {
  readonly files: readonly MigrationFile[];
  readonly pending: readonly MigrationFile[];
  readonly catalog: Catalog;
  /** What earlier migrations made, as the database's own list says; empty before there was one. */
  readonly brought: readonly BroughtObject[];
  /** As the operator asked for it (`--schema`). */
  readonly schema: string | undefined;
}

export interface Place {
  readonly schema: string;
  readonly existing: CatalogTable | undefined;
  /** Belongs to the host application: it was there before Tieline. */
  readonly owners: boolean;
}

export const defaultOwnSchema = 'tieline';
export const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** Every relation that the files make or change. */
export function namesIn(files: readonly MigrationFile[]): string[] {
  return [
    ...new Set(
      files.flatMap((file) =>
        file.statements.flatMap(({ is }) =>
          is.kind === 'table' || is.kind === 'partition' || is.kind === 'add columns' ? [is.table] : [],
        ),
      ),
    ),
  ];
}

export class PlanDraft {
  readonly input: PlanInput;
  readonly schema: string;
  readonly ownSchema: string;
  readonly adopted: boolean;
  readonly first: boolean;
  readonly places = new Map<string, Place>();
  readonly create: PlannedStatement[] = [];
  readonly locked: PlannedStatement[] = [];
  readonly exclusive = new Set<string>();
  readonly shared = new Set<string>();
  readonly indexes = new Map<string, PlannedIndex>();
  readonly validations: { table: string; constraint: string }[] = [];
  readonly brought: BroughtObject[] = [];
  readonly reports = new Map<
    string,
    { -readonly [K in keyof TableReport]: TableReport[K] extends readonly (infer E)[] ? E[] : TableReport[K] }
  >();
  readonly problems: Problem[] = [];
  /** Columns that this plan adds, as `table.column`. */
  readonly added = new Set<string>();
  /** Tables of ours that were dropped to be made again, with their schema. */
  readonly replaced = new Map<string, string>();
  /** Indexes that a later file drops again. */
  readonly dropped: ReadonlySet<string>;

  constructor(input: PlanInput) {
    this.input = input;
    const { catalog, pending, files, brought } = input;
    this.first = pending.length === files.length;
    const base = baseTables(files);
    const owners = this.first
      ? base.filter((name) => resolveTable(catalog, name) !== undefined)
      : brought.length === 0
        ? []
        : base.filter((name) => !brought.some((each) => each.kind === 'table' && each.name === name));
    this.adopted = owners.length > 0;
    const home = owners
      .map((name) => resolveTable(catalog, name)?.schema)
      .find((schema) => schema !== undefined);
    const before = brought.find((each) => each.kind === 'table' && each.name === 'tieline_objects');
    this.schema =
      before?.schema ??
      input.schema ??
      home ??
      catalog.searchPath.find((name) => name !== defaultOwnSchema) ??
      'public';
    this.ownSchema = input.schema ?? (this.schema === home || !this.adopted ? defaultOwnSchema : this.schema);
    this.dropped = new Set(
      pending.flatMap((file) =>
        file.statements.flatMap(({ is }) => (is.kind === 'drop index' ? [is.name] : [])),
      ),
    );
    for (const name of owners) {
      const existing = resolveTable(catalog, name);
      if (existing) this.places.set(name, { schema: existing.schema, existing, owners: true });
    }
    this.placeEarlier();
  }

  /** Tables that earlier migrations of ours made. */
  placeEarlier(): void {
    const { files, pending, catalog, brought } = this.input;
    for (const name of namesIn(files.filter((file) => !pending.includes(file)))) {
      if (this.places.has(name)) continue;
      const recorded = brought.find((each) => each.kind === 'table' && each.name === name);
      const existing = recorded
        ? catalog.tables.get(`${recorded.schema}.${name}`)
        : resolveTable(catalog, name);
      if (existing) this.places.set(name, { schema: existing.schema, existing, owners: false });
    }
  }

  push(list: PlannedStatement[], { file, line }: { file: string; line: number }, sql: string): void {
    list.push({ sql, file, line });
  }

  /** The report on a table; begun at its first mention. */
  report(name: string, schema: string, status: TableStatus, existing?: CatalogTable) {
    let report = this.reports.get(name);
    if (!report) {
      report = {
        table: name,
        schema,
        status,
        adds: [],
        notes: [],
        rows: Math.round(existing?.estimatedRows ?? 0),
        bytes: existing?.bytes ?? 0,
        owner: existing?.owner ?? null,
      };
      this.reports.set(name, report);
    }
    return report;
  }
}

/** The tables of the existing application: those that the first file makes. */
export function baseTables(files: readonly MigrationFile[]): string[] {
  return (files[0]?.statements ?? []).flatMap(({ is }) =>
    is.kind === 'table' && isBaseName(is.table) ? [is.table] : [],
  );
}

const isBaseName = (name: string): boolean => name === 'users' || name.startsWith('ingestion_');
