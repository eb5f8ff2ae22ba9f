/**
 * Holds a table of the owner's against what Tieline expects of it, and says what each difference means. A difference
 * with which Tieline can live is a note; one with which it cannot is a problem, with the remedy.
 */
import type { CatalogTable } from './catalog.ts';
import {
  namedById,
  neededUniques,
  olderNames,
  olderTypes,
  typeFamily,
  typeLength,
  writtenTables,
} from './owner-tables.ts';
import type { ColumnDefinition } from './statements.ts';

export interface Note {
  readonly what: string;
  /** What it means for sync. */
  readonly meaning: string;
}

export interface Problem {
  /** By which `db migrate --accept` names it, where it may be accepted. */
  readonly id: string;
  readonly what: string;
  readonly remedy: string;
  readonly acceptable: boolean;
}

export interface Comparison {
  readonly notes: readonly Note[];
  readonly problems: readonly Problem[];
  /** Declared columns that the table lacks and that Tieline brings. */
  readonly lacking: readonly ColumnDefinition[];
}

const kinds: Readonly<Record<string, string>> = {
  v: 'a view',
  m: 'a materialized view',
  f: 'a foreign table',
  p: 'a partitioned table',
  S: 'a sequence',
};

type Differences = Partial<Comparison>;

const joined = (parts: readonly Differences[]): Comparison => ({
  notes: parts.flatMap((part) => part.notes ?? []),
  problems: parts.flatMap((part) => part.problems ?? []),
  lacking: parts.flatMap((part) => part.lacking ?? []),
});

const aNote = (what: string, meaning: string): Differences => ({ notes: [{ what, meaning }] });
const aProblem = (id: string, what: string, remedy: string, acceptable = false): Differences => ({
  problems: [{ id, what, remedy, acceptable }],
});
const addressOf = (table: CatalogTable): string => `${table.schema}.${table.name}`;

/** @param declared the columns as 0001 declares them. */
export function compareBaseTable(table: CatalogTable, declared: readonly ColumnDefinition[]): Comparison {
  if (table.kind !== 'r') return joined([notOrdinary(table)]);
  return joined([
    ...compareOwner(table),
    ...declared.map((column) => compareDeclared(table, column)),
    ...olderSeverity(table),
    ...compareUniques(table),
    ...compareForeignColumns(table, declared),
    ...compareTriggers(table),
    ...noteSurroundings(table),
  ]);
}

function notOrdinary(table: CatalogTable): Differences {
  const here = addressOf(table);
  return aProblem(
    `kind:${table.name}`,
    `${here} is ${kinds[table.kind] ?? 'no ordinary table'}; Tieline's columns and indexes need an ordinary table.`,
    `Give ${here} another name and make an ordinary table in its place, or install Tieline into a database of its own.`,
  );
}

function compareOwner(table: CatalogTable): Differences[] {
  if (table.ours) return [];
  return [
    aProblem(
      `owner:${table.name}`,
      `${addressOf(table)} belongs to ${table.owner}; only its owner may add columns.`,
      `Run the migration as ${table.owner}, or as a superuser, or first: GRANT ${quoted(table.owner)} TO the role that migrates.`,
    ),
  ];
}

const columnOf = (table: CatalogTable, name: string): CatalogTable['columns'][number] | undefined =>
  table.columns.find((column) => column.name === name);

/** A column that 0001 declares: there as declared, there in another form, or not there. */
function compareDeclared(table: CatalogTable, column: ColumnDefinition): Differences {
  const there = columnOf(table, column.name);
  return there ? compareType(table, column, there.type) : compareAbsent(table, column);
}

function compareAbsent(table: CatalogTable, column: ColumnDefinition): Differences {
  const { name } = table;
  const here = addressOf(table);
  const older = olderNames[name]?.[column.name];
  if (older !== undefined && columnOf(table, older))
    return aNote(
      `${column.name} is called ${older}`,
      `an older variant: Tieline reads and writes ${older} in its place`,
    );
  if (name === 'ingestion_vulnerabilities' && column.name === 'severity')
    return aProblem(
      `column:${name}.severity`,
      `${here} has no column severity.`,
      'Add the column as the application declares it.',
    );
  if (column.notNull)
    return aProblem(
      `column:${name}.${column.name}`,
      `${here} has no column ${column.name}, which identifies its rows.`,
      `Add ${column.name} ${column.type} as the application declares it and fill it.`,
    );
  return { lacking: [column] };
}

function compareType(table: CatalogTable, column: ColumnDefinition, type: string): Differences {
  const sameFamily = typeFamily(column.type) === typeFamily(type);
  const older = olderTypes[table.name]?.[column.name];
  if (!sameFamily && older !== undefined && typeFamily(older) === typeFamily(type))
    return aNote(
      `${column.name} is ${type}`,
      'an older variant: Tieline writes it in that form, and keeps its own columns beside it',
    );
  if (!sameFamily)
    return aProblem(
      `type:${table.name}.${column.name}`,
      `${addressOf(table)}.${column.name} is ${type}, where ${column.type} is expected.`,
      `Tieline cannot write it. Change its type, or rename it so that Tieline may add its own.`,
    );
  const length = typeLength(type);
  return length !== undefined && length < (typeLength(column.type) ?? Infinity)
    ? aNote(
        `${column.name} is ${type}, shorter than ${column.type}`,
        'a longer value is held with the reason, not cut',
      )
    : {};
}

function olderSeverity(table: CatalogTable): Differences[] {
  if (table.name !== 'ingestion_vulnerabilities' || !columnOf(table, 'severity_name')) return [];
  return [
    aNote(
      'has severity_name and other columns of the older variant',
      'Tieline fills those that are there, beside the current ones',
    ),
  ];
}

const isUnique = (table: CatalogTable, columns: readonly string[]): boolean =>
  table.indexes.some(
    (index) =>
      index.unique &&
      !index.partial &&
      index.valid &&
      index.columns.length === columns.length &&
      columns.every((column) => index.columns.includes(column)),
  );

/** Uniqueness that sync relies on. */
function compareUniques(table: CatalogTable): Differences[] {
  const { name } = table;
  const here = addressOf(table);
  const found: Differences[] = [];
  const needed = neededUniques[name];
  if (needed && !isUnique(table, needed))
    found.push(
      aProblem(
        `unique:${name}`,
        `${here} has no unique constraint on ${needed.join(', ')}.`,
        `CREATE UNIQUE INDEX CONCURRENTLY ON ${here} (${needed.join(', ')}); after removing doubles, if there are any.`,
      ),
    );
  if (namedById.has(name) && columnOf(table, 'id') && !isUnique(table, ['id']))
    found.push(
      aProblem(
        `unique:${name}.id`,
        `${here} has no primary key or unique constraint on id.`,
        `CREATE UNIQUE INDEX CONCURRENTLY ON ${here} (id);`,
      ),
    );
  if (name === 'ingestion_systems' && !isUnique(table, ['system_id']))
    found.push(
      aNote(
        'system_id is not declared unique',
        'of rows with the same system_id the oldest takes part in sync; our references to it are not enforced',
      ),
    );
  return found;
}

/** Columns that 0001 does not declare: a hindrance only where Tieline could add no row because of them. */
function compareForeignColumns(table: CatalogTable, declared: readonly ColumnDefinition[]): Differences[] {
  const { name } = table;
  const here = addressOf(table);
  if (!writtenTables.has(name)) return [];
  const known = new Set(declared.map((column) => column.name));
  return table.columns
    .filter(
      (column) =>
        !known.has(column.name) && column.notNull && !column.filled && !isOlderName(name, column.name),
    )
    .map((column) =>
      aProblem(
        `column:${name}.${column.name}`,
        `${here}.${column.name} (${column.type}) must not be null and has no default; Tieline could add no row.`,
        `ALTER TABLE ${here} ALTER COLUMN ${quoted(column.name)} SET DEFAULT …; or accept it: rows are then only read and updated there.`,
        true,
      ),
    );
}

function compareTriggers(table: CatalogTable): Differences[] {
  return table.triggers.map((trigger) =>
    copiesWholeRow(trigger.source)
      ? aProblem(
          `trigger:${table.name}.${trigger.name}`,
          `Trigger ${trigger.name} of ${addressOf(table)} (function ${trigger.function}) copies whole rows (NEW.* or OLD.*); with further columns its insert can fail.`,
          `Name the columns in ${trigger.function}(), or accept it if you know that it copes with further columns.`,
          true,
        )
      : aNote(
          `trigger ${trigger.name} (function ${trigger.function})`,
          trigger.onUpdate
            ? 'continues as before; it fires for what Tieline writes in a sync, and not in the backfill where the role may switch that off'
            : 'continues as before, also for what Tieline adds',
        ),
  );
}

/** What else is attached to the table: policies, subscribers, heirs, views. */
function noteSurroundings(table: CatalogTable): Differences[] {
  const found: Differences[] = [];
  if (table.rowSecurity)
    found.push(aNote('row security is on', 'the role that Tieline runs as needs a policy, or BYPASSRLS'));
  if (table.published)
    found.push(
      aNote(
        'is published for logical replication',
        'subscribers need the new columns too, before the migration',
      ),
    );
  if (table.heirs > 0)
    found.push(aNote(`${table.heirs} tables inherit from it`, 'they get the columns as well'));
  if (table.views.length > 0)
    found.push(
      aNote(
        `${table.views.length === 1 ? 'a view depends' : 'views depend'} on it: ${table.views.join(', ')}`,
        'unchanged: columns are added at the end',
      ),
    );
  return found;
}

const isOlderName = (table: string, column: string): boolean =>
  Object.values(olderNames[table] ?? {}).includes(column) ||
  ['severity_name', 'cvss_base_score'].includes(column);

/** `INSERT … SELECT NEW.*` breaks when columns are added; `to_jsonb(NEW)` and its kind do not. */
export function copiesWholeRow(source: string): boolean {
  const plain = source
    .replaceAll(/--[^\n]*/g, '')
    .replaceAll(/\b(to_jsonb?|row_to_json|hstore|json_build_object)\s*\(\s*(new|old)(\.\*)?\s*\)/gi, '');
  return /\b(new|old)\s*\.\s*\*/i.test(plain) || /\bvalues\s*\(\s*\(?\s*(new|old)\s*\)/i.test(plain);
}

const quoted = (name: string): string =>
  /^[a-z_][a-z0-9_]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
