/** How a plan treats tables, their columns and what refers to them. */
import { compareBaseTable, type Note } from './compare-table.ts';
import { besideName, besideTables, typeFamily, typeLength } from './owner-tables.ts';
import { quote, type Place, type PlanDraft } from './plan-draft.ts';
import type { ColumnDefinition, Kind, Reference, Statement } from './statements.ts';

export function takeTable(
  draft: PlanDraft,
  statement: Statement,
  is: Extract<Kind, { kind: 'table' }>,
): void {
  const place = draft.places.get(is.table);
  if (place?.existing) {
    const found = compareBaseTable(place.existing, is.columns);
    const report = draft.report(
      is.table,
      place.schema,
      found.notes.some((note) => !isHarmless(note)) || found.problems.length > 0 ? 'differs' : 'fits',
      place.existing,
    );
    report.notes.push(...found.notes);
    draft.problems.push(...found.problems);
    if (found.problems.every((each) => !each.id.startsWith('kind:')) && found.lacking.length > 0)
      addColumns(
        draft,
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
  const { catalog } = draft.input;
  const before = draft.replaced.get(is.table);
  let schema = before ?? draft.schema;
  if (before === undefined && catalog.names.get(schema)?.has(is.table)) {
    const taken = catalog.tables.get(`${schema}.${is.table}`);
    const report = draft.report(is.table, schema, 'taken', taken);
    schema = draft.ownSchema;
    if (schema === draft.schema || catalog.names.get(schema)?.has(is.table))
      draft.problems.push({
        id: `taken:${is.table}`,
        what: `The name ${is.table} is taken in schema ${schema}.`,
        remedy: "Choose another schema for Tieline's tables with --schema NAME.",
        acceptable: false,
      });
    report.notes.push({
      what: 'the name belongs to something else',
      meaning: `it is left as it is and not used; Tieline's table is ${schema}.${is.table}`,
    });
  } else draft.report(is.table, schema, 'new');
  makeTable(draft, statement, is.table, schema, withoutOwnersReferences(draft, statement, is, schema));
}

export function makeTable(
  draft: PlanDraft,
  statement: Statement,
  name: string,
  schema: string,
  sql: string,
): void {
  ensureSchema(draft, schema);
  draft.places.set(name, { schema, existing: undefined, owners: false });
  let text = sql.replace(/^CREATE TABLE (\w+)/i, `CREATE TABLE ${quote(schema)}.$1`);
  if (statement.is.kind === 'partition')
    text = text.replace(/PARTITION OF (\w+)/i, `PARTITION OF ${quote(schema)}.$1`);
  draft.push(draft.create, statement, text);
  draft.brought.push({ kind: 'table', schema, table: null, name });
}

function ensureSchema(draft: PlanDraft, schema: string): void {
  const { catalog } = draft.input;
  if (draft.brought.some((each) => each.kind === 'schema' && each.name === schema)) return;
  const known = catalog.schemas.get(schema);
  if (!known) {
    if (schema !== draft.schema && !catalog.mayCreateSchema)
      draft.problems.push({
        id: 'privilege:schema',
        what: `Names are taken, and the role ${catalog.role} may not create the schema ${schema} for Tieline's own.`,
        remedy: `GRANT CREATE ON DATABASE ${quote(catalog.database)} TO ${quote(catalog.role)}; or make a schema that the role owns, and name it with --schema.`,
        acceptable: false,
      });
    draft.create.unshift({ sql: `CREATE SCHEMA ${quote(schema)}`, file: 'schema', line: 1 });
    draft.brought.push({ kind: 'schema', schema, table: null, name: schema });
  } else if (schema !== draft.schema && !known.mayCreate)
    draft.problems.push({
      id: 'privilege:schema',
      what: `The schema ${schema} exists, and the role ${catalog.role} may not create tables in it.`,
      remedy: 'Choose another schema with --schema NAME.',
      acceptable: false,
    });
}

/** A reference to a table that is there locks it, and so waits for the window. */
function withoutOwnersReferences(
  draft: PlanDraft,
  statement: Statement,
  is: Extract<Kind, { kind: 'table' }>,
  schema: string,
): string {
  let { sql } = statement;
  for (const column of is.columns) {
    const reference = column.reference;
    const target = reference && draft.places.get(reference.table);
    if (!reference || !target?.existing) continue;
    sql = sql.replace(
      `${column.name} ${column.definition}`,
      () => `${column.name} ${withoutReference(column)}`,
    );
    const clause = referenceClause(draft, is.table, column, reference, target);
    if (clause === undefined) continue;
    draft.shared.add(`${quote(target.schema)}.${quote(reference.table)}`);
    draft.push(
      draft.locked,
      statement,
      `ALTER TABLE ${quote(schema)}.${is.table} ADD FOREIGN KEY (${column.name}) ${clause}`,
    );
  }
  return sql;
}

/** How a column refers to a table that is there, or undefined where it cannot or must not. */
function referenceClause(
  draft: PlanDraft,
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
    draft.reports.get(table)?.notes.push({
      what: `${column.name} cannot refer to ${reference.table}.${reference.column}`,
      meaning: 'the reference is not enforced',
    });
    return undefined;
  }
  if (reference.onDelete !== '' || !target.owners) return `${qualified} ${reference.onDelete}`.trim();
  // A constraint of ours must not make a delete of the owner's fail.
  return column.notNull ? undefined : `${qualified} ON DELETE SET NULL`;
}

export function addColumns(
  draft: PlanDraft,
  statement: Statement,
  table: string,
  columns: readonly ColumnDefinition[],
): void {
  const place = draft.places.get(table);
  if (!place?.existing) {
    draft.push(draft.create, statement, statement.sql);
    return;
  }
  const qualified = `${quote(place.schema)}.${table}`;
  const report = draft.report(table, place.schema, 'fits', place.existing);
  const parts: string[] = [];
  for (const wanted of columns) {
    if (draft.added.has(`${table}.${wanted.name}`)) continue;
    let column = wanted;
    const there = place.existing.columns.find((each) => each.name === column.name);
    if (there && typeFamily(there.type) !== typeFamily(column.type) && besideTables.has(table)) {
      column = { ...column, name: besideName(column.name) };
      report.notes.push({
        what: `${wanted.name} is there already as ${there.type}`,
        meaning: `it is left as it is and not used; Tieline's is ${column.name} (${column.type})`,
      });
    } else if (there) {
      compareOwnColumn(draft, table, column, there.type, report.notes);
      continue;
    }
    let definition = column.definition;
    if (column.reference) {
      const target = draft.places.get(column.reference.table);
      const clause = target?.existing
        ? referenceClause(draft, table, column, column.reference, target)
        : column.reference.text;
      definition = definition.replace(column.reference.text, () => clause ?? '').trim();
      if (target?.existing && clause !== undefined)
        draft.shared.add(`${quote(target.schema)}.${quote(column.reference.table)}`);
    }
    if (column.check) {
      // A check on a new column would read the whole table while everybody waits.
      const name = column.check.name ?? `${table}_${column.name}_check`;
      definition = definition.replace(column.check.text, '').trim();
      parts.push(`ADD COLUMN ${column.name} ${definition}`);
      parts.push(`ADD CONSTRAINT ${name} CHECK (${column.check.expression}) NOT VALID`);
      draft.validations.push({ table: qualified, constraint: name });
      draft.brought.push({ kind: 'constraint', schema: place.schema, table, name });
    } else parts.push(`ADD COLUMN ${column.name} ${definition}`);
    draft.added.add(`${table}.${column.name}`);
    report.adds.push(column.name);
    if (report.status === 'fits') report.status = 'extended';
    if (place.owners) draft.brought.push({ kind: 'column', schema: place.schema, table, name: column.name });
  }
  if (parts.length === 0) return;
  draft.exclusive.add(`${quote(place.schema)}.${quote(table)}`);
  draft.push(draft.locked, statement, `ALTER TABLE ${qualified}\n  ${parts.join(',\n  ')}`);
}

/** A column of the name that Tieline would add is there already. */
function compareOwnColumn(
  draft: PlanDraft,
  table: string,
  column: ColumnDefinition,
  type: string,
  notes: Note[],
): void {
  if (typeFamily(type) !== typeFamily(column.type)) {
    draft.problems.push({
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

const isHarmless = (note: Note): boolean =>
  /^(trigger|a view depends|views depend|index|row security|is published|\d+ tables inherit)/.test(note.what);
const withoutReference = (column: ColumnDefinition): string =>
  column.reference ? column.definition.replace(column.reference.text, '').trim() : column.definition;
