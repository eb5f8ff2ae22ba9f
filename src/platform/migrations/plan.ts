/**
 * Plans a migration: which statements, in which order, under which locks. Pure: from our migration files and from what
 * the catalog says to a plan that can be shown (`--dry-run`) and then carried out as it was shown.
 *
 * A plan has three parts. `create` makes what is ours alone and locks nothing of the owner's. `locked` changes tables
 * that are there, all of it in one short window at the end of the same transaction. `indexes` are built afterwards,
 * concurrently, each resumable; `validations` check our own constraints without holding up readers or writers.
 */
import { makeTable, addColumns, takeTable } from './plan-tables.ts';
import { quote, PlanDraft, type MigrationPlan, type PlanInput } from './plan-draft.ts';
import type { Kind, Statement } from './statements.ts';
import { ownersChoice } from './owner-tables.ts';

export function planMigration(input: PlanInput): MigrationPlan {
  const draft = new PlanDraft(input);
  const { pending, catalog } = draft.input;
  checkDatabase(draft);
  for (const file of pending) for (const statement of file.statements) take(draft, statement);
  rememberEarlier(draft);
  const usesOwn =
    draft.brought.some((each) => each.schema === draft.ownSchema) ||
    [...draft.places.values()].some((place) => place.schema === draft.ownSchema);
  return {
    adopted: draft.adopted,
    files: pending,
    schema: draft.schema,
    ownSchema: draft.ownSchema,
    searchPath: [...new Set([...(usesOwn ? [draft.ownSchema] : []), draft.schema, ...catalog.searchPath])],
    create: draft.create,
    locked: draft.locked,
    locks: {
      exclusive: [...draft.exclusive].toSorted(),
      shared: [...draft.shared].filter((table) => !draft.exclusive.has(table)).toSorted(),
    },
    indexes: [...draft.indexes.values()],
    validations: draft.validations,
    brought: draft.brought,
    tables: [...draft.reports.values()],
    problems: draft.problems,
    listed: draft.places.has('tieline_objects'),
  };
}

/** Before there was a list of what Tieline added, only databases of its own were migrated: all is Tieline's. */
function rememberEarlier(draft: PlanDraft): void {
  const { files, pending, brought } = draft.input;
  if (draft.first || brought.length > 0 || !draft.places.has('tieline_objects')) return;
  for (const file of files.filter((each) => !pending.includes(each)))
    for (const { is } of file.statements) {
      if (is.kind === 'table' || is.kind === 'partition')
        draft.brought.push({
          kind: 'table',
          schema: draft.places.get(is.table)?.schema ?? draft.schema,
          table: null,
          name: is.table,
        });
      else if (is.kind === 'function')
        draft.brought.push({
          kind: 'function',
          schema: draft.schema,
          table: null,
          name: `${is.name}${argumentTypes(is.signature)}`,
        });
    }
}

function checkDatabase(draft: PlanDraft): void {
  const { catalog } = draft.input;
  const problem = (id: string, what: string, remedy: string): void =>
    void draft.problems.push({ id, what, remedy, acceptable: false });
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
  if (draft.input.pending.length === 0) return;
  const target = catalog.schemas.get(draft.schema);
  if (target ? !target.mayCreate : !catalog.mayCreateSchema)
    problem(
      'privilege:create',
      target
        ? `The role ${catalog.role} may not create tables in schema ${draft.schema}.`
        : `The role ${catalog.role} may not create the schema ${draft.schema}.`,
      target
        ? `GRANT CREATE ON SCHEMA ${quote(draft.schema)} TO ${quote(catalog.role)}; or choose another schema with --schema.`
        : `GRANT CREATE ON DATABASE ${quote(catalog.database)} TO ${quote(catalog.role)};`,
    );
}

function take(draft: PlanDraft, statement: Statement): void {
  const { is } = statement;
  switch (is.kind) {
    case 'table':
      takeTable(draft, statement, is);
      return;
    case 'partition': {
      const parent = draft.places.get(is.parent);
      makeTable(draft, statement, is.table, parent?.schema ?? draft.schema, statement.sql);
      return;
    }
    case 'index':
      takeIndex(draft, statement, is);
      return;
    case 'drop index':
      takeDrop(draft, statement, is.name);
      return;
    case 'drop table':
      takeDroppedTable(draft, statement, is.table);
      return;
    case 'add columns':
      addColumns(draft, statement, is.table, is.columns);
      return;
    case 'comment':
      takeComment(draft, statement, is);
      return;
    case 'function': {
      const sql = statement.sql.replace(/^CREATE FUNCTION /i, `CREATE FUNCTION ${quote(draft.schema)}.`);
      draft.push(draft.create, statement, sql);
      draft.brought.push({
        kind: 'function',
        schema: draft.schema,
        table: null,
        name: `${is.name}${argumentTypes(is.signature)}`,
      });
      return;
    }
    case 'other':
      if (/^UPDATE\b/i.test(statement.sql)) {
        takeUpdate(draft, statement);
        return;
      }
      if (takeDroppedConstraint(draft, statement)) return;
      // What is reported from rows of a table that was there may need columns that are added to it under the locks.
      if (draft.places.get(/^INSERT INTO (\w+)/i.exec(statement.sql)?.[1] ?? '')?.existing) {
        draft.push(draft.locked, statement, statement.sql);
        return;
      }
      if (takeAltered(draft, statement)) return;
      draft.push(draft.create, statement, statement.sql);
  }
}

/** A constraint of a table that an earlier version of ours made: what it names may be columns that are added under the locks. */
function takeAltered(draft: PlanDraft, statement: Statement): boolean {
  const table = /^ALTER TABLE (\w+)/i.exec(statement.sql)?.[1] ?? '';
  const place = draft.places.get(table);
  if (!place?.existing || place.owners) return false;
  draft.exclusive.add(`${quote(place.schema)}.${quote(table)}`);
  draft.push(draft.locked, statement, statement.sql);
  return true;
}

/**
 * A constraint of ours that goes again, on a table that is there: under its locks, behind the column that brought it.
 * @returns whether the statement is one.
 */
function takeDroppedConstraint(draft: PlanDraft, statement: Statement): boolean {
  const [, table = '', name = ''] = /^ALTER TABLE (\w+) DROP CONSTRAINT (\w+)$/i.exec(statement.sql) ?? [];
  const place = draft.places.get(table);
  if (!place?.existing) return false;
  const qualified = `${quote(place.schema)}.${quote(table)}`;
  draft.exclusive.add(qualified);
  draft.push(draft.locked, statement, `ALTER TABLE ${qualified} DROP CONSTRAINT IF EXISTS ${name}`);
  without(draft.validations, (each) => each.constraint === name);
  without(draft.brought, (each) => each.kind === 'constraint' && each.name === name);
  return true;
}

function without<T>(list: T[], isIt: (each: T) => boolean): void {
  list.splice(0, list.length, ...list.filter((each) => !isIt(each)));
}

/**
 * An UPDATE corrects rows of ours. Where we were before, they may be anywhere. In a first installation those of the owner's tables are
 * not ours, and our own tables hold only what an earlier file put into them.
 */
function takeUpdate(draft: PlanDraft, statement: Statement): void {
  if (!draft.first) {
    draft.push(draft.locked, statement, statement.sql);
    return;
  }
  const table = /^UPDATE (\w+)/i.exec(statement.sql)?.[1] ?? '';
  const filled = draft.create.some((each) =>
    new RegExp(`^INSERT INTO ${table} [^;]*\\bVALUES\\b`, 'i').test(each.sql),
  );
  if (filled && !draft.places.get(table)?.existing) draft.push(draft.create, statement, statement.sql);
}

function takeIndex(draft: PlanDraft, statement: Statement, is: Extract<Kind, { kind: 'index' }>): void {
  const place = draft.places.get(is.table);
  if (
    draft.dropped.has(is.name) &&
    draft.input.pending.some((file) => file.name === statement.file) &&
    place?.existing
  )
    return;
  if (!place?.existing) {
    draft.push(draft.create, statement, statement.sql);
    return;
  }
  if (place.owners && ownersChoice.has(is.name)) return;
  const covered = place.existing.indexes.find(
    (index) =>
      index.valid &&
      !index.partial &&
      !is.partial &&
      (!is.unique || index.unique) &&
      (is.unique ? index.columns.length === is.columns.length : index.columns.length >= is.columns.length) &&
      is.columns.every((column, at) => index.columns[at] === column),
  );
  if (covered) {
    if (covered.name !== is.name)
      draft.report(is.table, place.schema, 'fits', place.existing).notes.push({
        what: `index ${covered.name} serves for ${is.name}`,
        meaning: 'Tieline builds none of its own there',
      });
    return;
  }
  const taken = draft.input.catalog.names.get(place.schema)?.has(is.name) ?? false;
  const name = taken ? `${is.name.slice(0, 54)}_tieline` : is.name;
  const of = `${is.unique ? 'UNIQUE ' : ''}INDEX`;
  const on = `${name} ON ${quote(place.schema)}.${is.table}${is.rest}`;
  // A partitioned table takes none concurrently; it is one of ours, and its index is built while its columns are added.
  if (place.existing.kind === 'p') {
    draft.exclusive.add(`${quote(place.schema)}.${quote(is.table)}`);
    draft.push(draft.locked, statement, `CREATE ${of} ${on}`);
    return;
  }
  draft.indexes.set(is.name, {
    schema: place.schema,
    name,
    table: is.table,
    sql: `CREATE ${of} CONCURRENTLY ${on}`,
  });
  draft.brought.push({ kind: 'index', schema: place.schema, table: is.table, name });
}

function takeDrop(draft: PlanDraft, statement: Statement, name: string): void {
  for (const [table, place] of draft.places)
    if (place.existing?.indexes.some((index) => index.name === name)) {
      draft.exclusive.add(`${quote(place.schema)}.${quote(table)}`);
      draft.push(draft.locked, statement, `DROP INDEX ${quote(place.schema)}.${name}`);
      return;
    }
  if (![...draft.places.values()].some((place) => place.owners))
    draft.push(draft.create, statement, `DROP INDEX IF EXISTS ${name}`);
}

/** A table of ours that the same file makes again, otherwise than it was. */
function takeDroppedTable(draft: PlanDraft, statement: Statement, table: string): void {
  const schema = draft.places.get(table)?.schema ?? draft.schema;
  draft.places.delete(table);
  draft.replaced.set(table, schema);
  draft.push(draft.create, statement, `DROP TABLE ${quote(schema)}.${table}`);
}

/** Only what is ours is described; a description of the owner's is kept. */
function takeComment(draft: PlanDraft, statement: Statement, is: Extract<Kind, { kind: 'comment' }>): void {
  const place = is.table === undefined ? undefined : draft.places.get(is.table);
  if (is.table === undefined || !place?.existing) {
    draft.push(draft.create, statement, statement.sql);
    return;
  }
  // A table that an earlier version of ours made.
  if (!place.owners) {
    draft.push(draft.locked, statement, statement.sql);
    return;
  }
  if (is.column !== undefined && draft.added.has(`${is.table}.${is.column}`))
    draft.push(
      draft.locked,
      statement,
      statement.sql.replace(
        `ON COLUMN ${is.table}.`,
        () => `ON COLUMN ${quote(place.schema)}.${is.table ?? ''}.`,
      ),
    );
}

/** `(ahead_months integer)` → `(integer)`. */
function argumentTypes(signature: string): string {
  return `(${signature
    .slice(1, -1)
    .split(',')
    .map((argument) => argument.trim().split(/\s+/).slice(1).join(' '))
    .join(', ')})`;
}
