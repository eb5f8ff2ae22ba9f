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

/** @param declared the columns as 0001 declares them. */
export function compareBaseTable(table: CatalogTable, declared: readonly ColumnDefinition[]): Comparison {
  const name = table.name;
  const here = `${table.schema}.${name}`;
  const notes: Note[] = [];
  const problems: Problem[] = [];
  const lacking: ColumnDefinition[] = [];
  const problem = (id: string, what: string, remedy: string, acceptable = false): void =>
    void problems.push({ id, what, remedy, acceptable });

  if (table.kind !== 'r') {
    problem(
      `kind:${name}`,
      `${here} is ${kinds[table.kind] ?? 'no ordinary table'}; Tieline's columns and indexes need an ordinary table.`,
      `Give ${here} another name and make an ordinary table in its place, or install Tieline into a database of its own.`,
    );
    return { notes, problems, lacking };
  }
  if (!table.ours)
    problem(
      `owner:${name}`,
      `${here} belongs to ${table.owner}; only its owner may add columns.`,
      `Run the migration as ${table.owner}, or as a superuser, or first: GRANT ${quoted(table.owner)} TO the role that migrates.`,
    );

  const byName = new Map(table.columns.map((column) => [column.name, column]));
  const known = new Set(declared.map((column) => column.name));
  for (const column of declared) {
    const there = byName.get(column.name);
    if (there) compareColumn(column, there.type);
    else {
      const older = olderNames[name]?.[column.name];
      if (older !== undefined && byName.has(older))
        notes.push({
          what: `${column.name} is called ${older}`,
          meaning: `an older variant: Tieline reads and writes ${older} in its place`,
        });
      else if (name === 'ingestion_vulnerabilities' && column.name === 'severity')
        problem(
          `column:${name}.severity`,
          `${here} has no column severity.`,
          'Add the column as the application declares it.',
        );
      else if (column.notNull)
        problem(
          `column:${name}.${column.name}`,
          `${here} has no column ${column.name}, which identifies its rows.`,
          `Add ${column.name} ${column.type} as the application declares it and fill it.`,
        );
      else lacking.push(column);
    }
  }
  if (name === 'ingestion_vulnerabilities' && byName.get('severity_name'))
    notes.push({
      what: 'has severity_name and other columns of the older variant',
      meaning: 'Tieline fills those that are there, beside the current ones',
    });

  function compareColumn(column: ColumnDefinition, type: string): void {
    const sameFamily = typeFamily(column.type) === typeFamily(type);
    const older = olderTypes[name]?.[column.name];
    if (!sameFamily && older !== undefined && typeFamily(older) === typeFamily(type)) {
      notes.push({
        what: `${column.name} is ${type}`,
        meaning: 'an older variant: Tieline writes it in that form, and keeps its own columns beside it',
      });
      return;
    }
    if (!sameFamily) {
      problem(
        `type:${name}.${column.name}`,
        `${here}.${column.name} is ${type}, where ${column.type} is expected.`,
        `Tieline cannot write it. Change its type, or rename it so that Tieline may add its own.`,
      );
      return;
    }
    const length = typeLength(type);
    if (length !== undefined && length < (typeLength(column.type) ?? Infinity))
      notes.push({
        what: `${column.name} is ${type}, shorter than ${column.type}`,
        meaning: 'a longer value is held with the reason, not cut',
      });
  }

  const unique = (columns: readonly string[]): boolean =>
    table.indexes.some(
      (index) =>
        index.unique &&
        !index.partial &&
        index.valid &&
        index.columns.length === columns.length &&
        columns.every((column) => index.columns.includes(column)),
    );
  const needed = neededUniques[name];
  if (needed && !unique(needed))
    problem(
      `unique:${name}`,
      `${here} has no unique constraint on ${needed.join(', ')}.`,
      `CREATE UNIQUE INDEX CONCURRENTLY ON ${here} (${needed.join(', ')}); after removing doubles, if there are any.`,
    );
  if (namedById.has(name) && byName.has('id') && !unique(['id']))
    problem(
      `unique:${name}.id`,
      `${here} has no primary key or unique constraint on id.`,
      `CREATE UNIQUE INDEX CONCURRENTLY ON ${here} (id);`,
    );
  if (name === 'ingestion_systems' && !unique(['system_id']))
    notes.push({
      what: 'system_id is not declared unique',
      meaning:
        'of rows with the same system_id the oldest takes part in sync; our references to it are not enforced',
    });

  const ownColumns = table.columns.filter((column) => !known.has(column.name));
  if (writtenTables.has(name))
    for (const column of ownColumns.filter(
      (each) => each.notNull && !each.filled && !isOlderName(name, each.name),
    ))
      problem(
        `column:${name}.${column.name}`,
        `${here}.${column.name} (${column.type}) must not be null and has no default; Tieline could add no row.`,
        `ALTER TABLE ${here} ALTER COLUMN ${quoted(column.name)} SET DEFAULT …; or accept it: rows are then only read and updated there.`,
        true,
      );
  for (const trigger of table.triggers) {
    if (copiesWholeRow(trigger.source))
      problem(
        `trigger:${name}.${trigger.name}`,
        `Trigger ${trigger.name} of ${here} (function ${trigger.function}) copies whole rows (NEW.* or OLD.*); with further columns its insert can fail.`,
        `Name the columns in ${trigger.function}(), or accept it if you know that it copes with further columns.`,
        true,
      );
    else
      notes.push({
        what: `trigger ${trigger.name} (function ${trigger.function})`,
        meaning: trigger.onUpdate
          ? 'continues as before; it fires for what Tieline writes in a sync, and not in the backfill where the role may switch that off'
          : 'continues as before, also for what Tieline adds',
      });
  }
  if (table.rowSecurity)
    notes.push({
      what: 'row security is on',
      meaning: 'the role that Tieline runs as needs a policy, or BYPASSRLS',
    });
  if (table.published)
    notes.push({
      what: 'is published for logical replication',
      meaning: 'subscribers need the new columns too, before the migration',
    });
  if (table.heirs > 0)
    notes.push({ what: `${table.heirs} tables inherit from it`, meaning: 'they get the columns as well' });
  if (table.views.length > 0)
    notes.push({
      what: `${table.views.length === 1 ? 'a view depends' : 'views depend'} on it: ${table.views.join(', ')}`,
      meaning: 'unchanged: columns are added at the end',
    });
  return { notes, problems, lacking };
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
