/**
 * Plans a migration: which statements, in which order, under which locks. Pure: from our migration files and from what
 * the catalog says to a plan that can be shown (`--dry-run`) and then carried out as it was shown.
 *
 * A plan has three parts. `create` makes what is ours alone and locks nothing of the owner's. `locked` changes tables
 * that are there, all of it in one short window at the end of the same transaction. `indexes` are built afterwards,
 * concurrently, each resumable; `validations` check our own constraints without holding up readers or writers.
 */
import type { Catalog, CatalogTable } from './catalog.ts';
import { resolveTable } from './catalog.ts';
import { compareBaseTable, type Note, type Problem } from './compare-table.ts';
import type { MigrationFile } from './files.ts';
import { ownersChoice, typeFamily, typeLength } from './owner-tables.ts';
import type { ColumnDefinition, Kind, Reference, Statement } from './statements.ts';

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
  /** Of a column, constraint or index: the table. */
  readonly table: string | null;
  /** Of a function with its argument types. */
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
  /** Whether the database keeps, or will keep, the list of what Tieline brought. */
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

interface Place {
  readonly schema: string;
  readonly existing: CatalogTable | undefined;
  /** Of the other application: it was there before Tieline. */
  readonly owners: boolean;
}

export const defaultOwnSchema = 'tieline';
const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`;

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

export function planMigration(input: PlanInput): MigrationPlan {
  return new Planner(input).plan();
}

class Planner {
  readonly #input: PlanInput;
  readonly #schema: string;
  readonly #ownSchema: string;
  readonly #adopted: boolean;
  readonly #first: boolean;
  readonly #places = new Map<string, Place>();
  readonly #create: PlannedStatement[] = [];
  readonly #locked: PlannedStatement[] = [];
  readonly #exclusive = new Set<string>();
  readonly #shared = new Set<string>();
  readonly #indexes = new Map<string, PlannedIndex>();
  readonly #validations: { table: string; constraint: string }[] = [];
  readonly #brought: BroughtObject[] = [];
  readonly #reports = new Map<
    string,
    { -readonly [K in keyof TableReport]: TableReport[K] extends readonly (infer E)[] ? E[] : TableReport[K] }
  >();
  readonly #problems: Problem[] = [];
  /** Columns that this plan adds, as `table.column`. */
  readonly #added = new Set<string>();
  readonly #dropped: ReadonlySet<string>;

  constructor(input: PlanInput) {
    this.#input = input;
    const { catalog, pending, files, brought } = input;
    this.#first = pending.length === files.length;
    const base = baseTables(files);
    const owners = this.#first
      ? base.filter((name) => resolveTable(catalog, name) !== undefined)
      : brought.length === 0
        ? []
        : base.filter((name) => !brought.some((each) => each.kind === 'table' && each.name === name));
    this.#adopted = owners.length > 0;
    const home = owners
      .map((name) => resolveTable(catalog, name)?.schema)
      .find((schema) => schema !== undefined);
    const before = brought.find((each) => each.kind === 'table' && each.name === 'tieline_objects');
    this.#schema =
      before?.schema ??
      input.schema ??
      home ??
      catalog.searchPath.find((name) => name !== defaultOwnSchema) ??
      'public';
    this.#ownSchema =
      input.schema ?? (this.#schema === home || !this.#adopted ? defaultOwnSchema : this.#schema);
    this.#dropped = new Set(
      pending.flatMap((file) =>
        file.statements.flatMap(({ is }) => (is.kind === 'drop index' ? [is.name] : [])),
      ),
    );
    for (const name of owners) {
      const existing = resolveTable(catalog, name);
      if (existing) this.#places.set(name, { schema: existing.schema, existing, owners: true });
    }
    this.#placeEarlier();
  }

  /** Tables that earlier migrations of ours made. */
  #placeEarlier(): void {
    const { files, pending, catalog, brought } = this.#input;
    for (const name of namesIn(files.filter((file) => !pending.includes(file)))) {
      if (this.#places.has(name)) continue;
      const recorded = brought.find((each) => each.kind === 'table' && each.name === name);
      const existing = recorded
        ? catalog.tables.get(`${recorded.schema}.${name}`)
        : resolveTable(catalog, name);
      if (existing) this.#places.set(name, { schema: existing.schema, existing, owners: false });
    }
  }

  plan(): MigrationPlan {
    const { pending, catalog } = this.#input;
    this.#checkDatabase();
    for (const file of pending) for (const statement of file.statements) this.#take(statement);
    this.#rememberEarlier();
    const usesOwn =
      this.#brought.some((each) => each.schema === this.#ownSchema) ||
      [...this.#places.values()].some((place) => place.schema === this.#ownSchema);
    return {
      adopted: this.#adopted,
      files: pending,
      schema: this.#schema,
      ownSchema: this.#ownSchema,
      searchPath: [...new Set([...(usesOwn ? [this.#ownSchema] : []), this.#schema, ...catalog.searchPath])],
      create: this.#create,
      locked: this.#locked,
      locks: {
        exclusive: [...this.#exclusive].toSorted(),
        shared: [...this.#shared].filter((table) => !this.#exclusive.has(table)).toSorted(),
      },
      indexes: [...this.#indexes.values()],
      validations: this.#validations,
      brought: this.#brought,
      tables: [...this.#reports.values()],
      problems: this.#problems,
      listed: this.#places.has('tieline_objects'),
    };
  }

  /** Before there was a list of what Tieline brought, only databases of its own were migrated: all is Tieline's. */
  #rememberEarlier(): void {
    const { files, pending, brought } = this.#input;
    if (this.#first || brought.length > 0 || !this.#places.has('tieline_objects')) return;
    for (const file of files.filter((each) => !pending.includes(each)))
      for (const { is } of file.statements) {
        if (is.kind === 'table' || is.kind === 'partition')
          this.#brought.push({
            kind: 'table',
            schema: this.#places.get(is.table)?.schema ?? this.#schema,
            table: null,
            name: is.table,
          });
        else if (is.kind === 'function')
          this.#brought.push({
            kind: 'function',
            schema: this.#schema,
            table: null,
            name: `${is.name}${argumentTypes(is.signature)}`,
          });
      }
  }

  #checkDatabase(): void {
    const { catalog } = this.#input;
    const problem = (id: string, what: string, remedy: string): void =>
      void this.#problems.push({ id, what, remedy, acceptable: false });
    if (catalog.version < 140_000)
      problem(
        'version',
        `PostgreSQL is version ${catalog.versionText}.`,
        'Tieline needs PostgreSQL 14 or newer.',
      );
    if (catalog.encoding !== 'UTF8')
      problem(
        'encoding',
        `The database's encoding is ${catalog.encoding}; Tenable and Xacta send texts that it cannot hold.`,
        'Move the database to one with encoding UTF8 (dump, createdb -E UTF8, restore).',
      );
    if (catalog.readOnly)
      problem(
        'read-only',
        'The database is read-only (a standby, or default_transaction_read_only).',
        'Connect to the primary server.',
      );
    if (this.#input.pending.length === 0) return;
    const target = catalog.schemas.get(this.#schema);
    if (target ? !target.mayCreate : !catalog.mayCreateSchema)
      problem(
        'privilege:create',
        target
          ? `The role ${catalog.role} may not create tables in schema ${this.#schema}.`
          : `The role ${catalog.role} may not create the schema ${this.#schema}.`,
        target
          ? `GRANT CREATE ON SCHEMA ${quote(this.#schema)} TO ${quote(catalog.role)}; or choose another schema with --schema.`
          : `GRANT CREATE ON DATABASE ${quote(catalog.database)} TO ${quote(catalog.role)};`,
      );
  }

  #take(statement: Statement): void {
    const { is } = statement;
    switch (is.kind) {
      case 'table':
        this.#takeTable(statement, is);
        return;
      case 'partition': {
        const parent = this.#places.get(is.parent);
        this.#makeTable(statement, is.table, parent?.schema ?? this.#schema, statement.sql);
        return;
      }
      case 'index':
        this.#takeIndex(statement, is);
        return;
      case 'drop index':
        this.#takeDrop(statement, is.name);
        return;
      case 'add columns':
        this.#addColumns(statement, is.table, is.columns);
        return;
      case 'comment':
        this.#takeComment(statement, is);
        return;
      case 'function': {
        const sql = statement.sql.replace(/^CREATE FUNCTION /i, `CREATE FUNCTION ${quote(this.#schema)}.`);
        this.#push(this.#create, statement, sql);
        this.#brought.push({
          kind: 'function',
          schema: this.#schema,
          table: null,
          name: `${is.name}${argumentTypes(is.signature)}`,
        });
        return;
      }
      case 'other':
        // Rows of ours in the owner's tables can only be there if we were there before.
        if (/^UPDATE\b/i.test(statement.sql) && this.#first) return;
        this.#push(this.#create, statement, statement.sql);
    }
  }

  #push(list: PlannedStatement[], { file, line }: { file: string; line: number }, sql: string): void {
    list.push({ sql, file, line });
  }

  #report(name: string, schema: string, status: TableStatus, existing?: CatalogTable) {
    let report = this.#reports.get(name);
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
      this.#reports.set(name, report);
    }
    return report;
  }

  #takeTable(statement: Statement, is: Extract<Kind, { kind: 'table' }>): void {
    const place = this.#places.get(is.table);
    if (place?.existing) {
      const found = compareBaseTable(place.existing, is.columns);
      const report = this.#report(
        is.table,
        place.schema,
        found.notes.some((note) => !isHarmless(note)) || found.problems.length > 0 ? 'differs' : 'fits',
        place.existing,
      );
      report.notes.push(...found.notes);
      this.#problems.push(...found.problems);
      if (found.problems.every((each) => !each.id.startsWith('kind:')) && found.lacking.length > 0)
        this.#addColumns(
          statement,
          is.table,
          found.lacking.map((column) => ({
            ...column,
            reference: undefined,
            definition: withoutReference(column),
          })),
        );
      return;
    }
    const { catalog } = this.#input;
    let schema = this.#schema;
    if (catalog.names.get(schema)?.has(is.table)) {
      const taken = catalog.tables.get(`${schema}.${is.table}`);
      const report = this.#report(is.table, schema, 'taken', taken);
      schema = this.#ownSchema;
      if (schema === this.#schema || catalog.names.get(schema)?.has(is.table))
        this.#problems.push({
          id: `taken:${is.table}`,
          what: `The name ${is.table} is taken in schema ${schema}.`,
          remedy: "Choose another schema for Tieline's tables with --schema NAME.",
          acceptable: false,
        });
      report.notes.push({
        what: 'the name belongs to something else',
        meaning: `it is left as it is and not used; Tieline's table is ${schema}.${is.table}`,
      });
    } else this.#report(is.table, schema, 'new');
    this.#makeTable(statement, is.table, schema, this.#withoutOwnersReferences(statement, is, schema));
  }

  #makeTable(statement: Statement, name: string, schema: string, sql: string): void {
    this.#ensureSchema(schema);
    this.#places.set(name, { schema, existing: undefined, owners: false });
    let text = sql.replace(/^CREATE TABLE (\w+)/i, `CREATE TABLE ${quote(schema)}.$1`);
    if (statement.is.kind === 'partition')
      text = text.replace(/PARTITION OF (\w+)/i, `PARTITION OF ${quote(schema)}.$1`);
    this.#push(this.#create, statement, text);
    this.#brought.push({ kind: 'table', schema, table: null, name });
  }

  #ensureSchema(schema: string): void {
    const { catalog } = this.#input;
    if (this.#brought.some((each) => each.kind === 'schema' && each.name === schema)) return;
    const known = catalog.schemas.get(schema);
    if (!known) {
      if (schema !== this.#schema && !catalog.mayCreateSchema)
        this.#problems.push({
          id: 'privilege:schema',
          what: `Names are taken, and the role ${catalog.role} may not create the schema ${schema} for Tieline's own.`,
          remedy: `GRANT CREATE ON DATABASE ${quote(catalog.database)} TO ${quote(catalog.role)}; or make a schema that the role owns, and name it with --schema.`,
          acceptable: false,
        });
      this.#create.unshift({ sql: `CREATE SCHEMA ${quote(schema)}`, file: 'schema', line: 1 });
      this.#brought.push({ kind: 'schema', schema, table: null, name: schema });
    } else if (schema !== this.#schema && !known.mayCreate)
      this.#problems.push({
        id: 'privilege:schema',
        what: `The schema ${schema} exists, and the role ${catalog.role} may not create tables in it.`,
        remedy: 'Choose another schema with --schema NAME.',
        acceptable: false,
      });
  }

  /** A reference to a table that is there locks it, and so waits for the window. */
  #withoutOwnersReferences(
    statement: Statement,
    is: Extract<Kind, { kind: 'table' }>,
    schema: string,
  ): string {
    let { sql } = statement;
    for (const column of is.columns) {
      const reference = column.reference;
      const target = reference && this.#places.get(reference.table);
      if (!reference || !target?.existing) continue;
      sql = sql.replace(
        `${column.name} ${column.definition}`,
        () => `${column.name} ${withoutReference(column)}`,
      );
      const clause = this.#referenceClause(is.table, column, reference, target);
      if (clause === undefined) continue;
      this.#shared.add(`${quote(target.schema)}.${quote(reference.table)}`);
      this.#push(
        this.#locked,
        statement,
        `ALTER TABLE ${quote(schema)}.${is.table} ADD FOREIGN KEY (${column.name}) ${clause}`,
      );
    }
    return sql;
  }

  /** How a column refers to a table that is there, or undefined where it cannot or must not. */
  #referenceClause(
    table: string,
    column: ColumnDefinition,
    reference: Reference,
    target: Place,
  ): string | undefined {
    const there = target.existing?.columns.find((each) => each.name === reference.column);
    const unique = target.existing?.indexes.some(
      (index) =>
        index.unique &&
        !index.partial &&
        index.valid &&
        index.columns.length === 1 &&
        index.columns[0] === reference.column,
    );
    const qualified = `REFERENCES ${quote(target.schema)}.${reference.table} (${reference.column})`;
    if (!there || !unique || typeFamily(there.type) !== typeFamily(column.type)) {
      this.#reports.get(table)?.notes.push({
        what: `${column.name} cannot refer to ${reference.table}.${reference.column}`,
        meaning: 'the reference is not enforced',
      });
      return undefined;
    }
    if (reference.onDelete !== '' || !target.owners) return `${qualified} ${reference.onDelete}`.trim();
    // A constraint of ours must not make a delete of the owner's fail.
    return column.notNull ? undefined : `${qualified} ON DELETE SET NULL`;
  }

  #addColumns(statement: Statement, table: string, columns: readonly ColumnDefinition[]): void {
    const place = this.#places.get(table);
    if (!place?.existing) {
      this.#push(this.#create, statement, statement.sql);
      return;
    }
    const qualified = `${quote(place.schema)}.${table}`;
    const report = this.#report(table, place.schema, 'fits', place.existing);
    const parts: string[] = [];
    for (const column of columns) {
      if (this.#added.has(`${table}.${column.name}`)) continue;
      const there = place.existing.columns.find((each) => each.name === column.name);
      if (there) {
        this.#compareOwnColumn(table, column, there.type, report.notes);
        continue;
      }
      let definition = column.definition;
      if (column.reference) {
        const target = this.#places.get(column.reference.table);
        const clause = target?.existing
          ? this.#referenceClause(table, column, column.reference, target)
          : column.reference.text;
        definition = definition.replace(column.reference.text, () => clause ?? '').trim();
        if (target?.existing && clause !== undefined)
          this.#shared.add(`${quote(target.schema)}.${quote(column.reference.table)}`);
      }
      if (column.check) {
        // A check on a new column would read the whole table while everybody waits.
        const name = column.check.name ?? `${table}_${column.name}_check`;
        definition = definition.replace(column.check.text, '').trim();
        parts.push(`ADD COLUMN ${column.name} ${definition}`);
        parts.push(`ADD CONSTRAINT ${name} CHECK (${column.check.expression}) NOT VALID`);
        this.#validations.push({ table: qualified, constraint: name });
        this.#brought.push({ kind: 'constraint', schema: place.schema, table, name });
      } else parts.push(`ADD COLUMN ${column.name} ${definition}`);
      this.#added.add(`${table}.${column.name}`);
      report.adds.push(column.name);
      if (report.status === 'fits') report.status = 'extended';
      if (place.owners)
        this.#brought.push({ kind: 'column', schema: place.schema, table, name: column.name });
    }
    if (parts.length === 0) return;
    this.#exclusive.add(`${quote(place.schema)}.${quote(table)}`);
    this.#push(this.#locked, statement, `ALTER TABLE ${qualified}\n  ${parts.join(',\n  ')}`);
  }

  /** A column of the name that Tieline would add is there already. */
  #compareOwnColumn(table: string, column: ColumnDefinition, type: string, notes: Note[]): void {
    if (typeFamily(type) !== typeFamily(column.type)) {
      this.#problems.push({
        id: `type:${table}.${column.name}`,
        what: `${table}.${column.name} is there already as ${type}; Tieline needs ${column.type}.`,
        remedy: 'Rename the column, or change its type.',
        acceptable: false,
      });
      return;
    }
    const length = typeLength(type);
    notes.push({
      what: `${column.name} is there already (${type})`,
      meaning:
        length !== undefined && length < (typeLength(column.type) ?? Infinity)
          ? 'Tieline uses it and overwrites no value in the backfill; longer values are held, not cut'
          : 'Tieline uses it and overwrites no value in the backfill',
    });
  }

  #takeIndex(statement: Statement, is: Extract<Kind, { kind: 'index' }>): void {
    const place = this.#places.get(is.table);
    if (
      this.#dropped.has(is.name) &&
      this.#input.pending.some((file) => file.name === statement.file) &&
      place?.existing
    )
      return;
    if (!place?.existing) {
      this.#push(this.#create, statement, statement.sql);
      return;
    }
    if (place.owners && ownersChoice.has(is.name)) return;
    const covered = place.existing.indexes.find(
      (index) =>
        index.valid &&
        !index.partial &&
        !is.partial &&
        (!is.unique || index.unique) &&
        (is.unique
          ? index.columns.length === is.columns.length
          : index.columns.length >= is.columns.length) &&
        is.columns.every((column, at) => index.columns[at] === column),
    );
    if (covered) {
      if (covered.name !== is.name)
        this.#report(is.table, place.schema, 'fits', place.existing).notes.push({
          what: `index ${covered.name} serves for ${is.name}`,
          meaning: 'Tieline builds none of its own there',
        });
      return;
    }
    const taken = this.#input.catalog.names.get(place.schema)?.has(is.name) ?? false;
    const name = taken ? `${is.name.slice(0, 54)}_tieline` : is.name;
    this.#indexes.set(is.name, {
      schema: place.schema,
      name,
      table: is.table,
      sql: `CREATE ${is.unique ? 'UNIQUE ' : ''}INDEX CONCURRENTLY ${name} ON ${quote(place.schema)}.${is.table}${is.rest}`,
    });
    this.#brought.push({ kind: 'index', schema: place.schema, table: is.table, name });
  }

  #takeDrop(statement: Statement, name: string): void {
    for (const [table, place] of this.#places)
      if (place.existing?.indexes.some((index) => index.name === name)) {
        this.#exclusive.add(`${quote(place.schema)}.${quote(table)}`);
        this.#push(this.#locked, statement, `DROP INDEX ${quote(place.schema)}.${name}`);
        return;
      }
    if (![...this.#places.values()].some((place) => place.owners))
      this.#push(this.#create, statement, `DROP INDEX IF EXISTS ${name}`);
  }

  /** Only what is ours is described; a description of the owner's stands. */
  #takeComment(statement: Statement, is: Extract<Kind, { kind: 'comment' }>): void {
    const place = is.table === undefined ? undefined : this.#places.get(is.table);
    if (is.table === undefined || !place?.existing) {
      this.#push(this.#create, statement, statement.sql);
      return;
    }
    if (is.column !== undefined && this.#added.has(`${is.table}.${is.column}`))
      this.#push(
        this.#locked,
        statement,
        statement.sql.replace(
          `ON COLUMN ${is.table}.`,
          () => `ON COLUMN ${quote(place.schema)}.${is.table ?? ''}.`,
        ),
      );
  }
}

/** The tables of the existing application: those that the first file makes. */
export function baseTables(files: readonly MigrationFile[]): string[] {
  return (files[0]?.statements ?? []).flatMap(({ is }) =>
    is.kind === 'table' && isBaseName(is.table) ? [is.table] : [],
  );
}

const isBaseName = (name: string): boolean => name === 'users' || name.startsWith('ingestion_');
const isHarmless = (note: Note): boolean =>
  /^(trigger|a view depends|views depend|index|row security|is published|\d+ tables inherit)/.test(note.what);
const withoutReference = (column: ColumnDefinition): string =>
  column.reference ? column.definition.replace(column.reference.text, '').trim() : column.definition;

/** `(ahead_months integer)` → `(integer)`. */
function argumentTypes(signature: string): string {
  return `(${signature
    .slice(1, -1)
    .split(',')
    .map((argument) => argument.trim().split(/\s+/).slice(1).join(' '))
    .join(', ')})`;
}
