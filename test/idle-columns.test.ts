/**
 * No column of the plan stays idle: of each, some code fills it, and some shows it or decides by it. The columns are those that migration 0002 adds to
 * the owner's tables and those of the tables that it creates. A column is filled where a statement that inserts into or updates its table names it,
 * or where it is a field of a record that connectors map and people edit; it is looked at where it is named beside that.
 */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');
const textOf = (path: string): string => readFileSync(join(root, path), 'utf8');

/** Columns of tables in use that are still idle. This list may only shrink: what it names is to be filled and shown, or decided by. */
const idle: ReadonlySet<string> = new Set([
  'ingestion_assets.sync_status',
  'ingestion_systems.external_system_mappings',
  'ingestion_systems.tenable_asset_group_id',
  'ingestion_vulnerabilities.external_references',
  'ingestion_vulnerabilities.sync_status',
  // Filled for readers of the plan's table; metrics_targets says what holds, for boundaries too.
  'metrics_definitions.target_value',
  'sync_policies.filters',
]);

/** Columns in use that the search does not see, because their statements are made from parts; each with the file that makes them. */
const madeFromParts: Readonly<Record<string, string>> = {
  'ingestion_vulnerabilities.remediation_assigned_to': 'src/record/findings/remediation-projection.sql.ts',
  'ingestion_vulnerabilities.remediation_due_date': 'src/record/findings/remediation-projection.sql.ts',
  'ingestion_vulnerabilities.remediation_status': 'src/record/findings/remediation-projection.sql.ts',
  'ingestion_vulnerabilities.tenable_vuln_id': 'src/record/findings/finding-columns.sql.ts',
  'sync_conflicts.resolved_at': 'src/ledger/conflicts/resolution.sql.ts',
  'sync_conflicts.resolved_by': 'src/ledger/conflicts/resolution.sql.ts',
  'tieline_partitioned_tables.time_column': 'src/operate/database/retention.sql.ts',
  'vulnerability_intelligence.attack_vector': 'src/record/intelligence/plugin-intelligence.sql.ts',
  'vulnerability_intelligence.cve_ids': 'src/record/intelligence/plugin-intelligence.sql.ts',
  'vulnerability_intelligence.exploit_available': 'src/record/intelligence/plugin-intelligence.sql.ts',
  'vulnerability_intelligence.exploitability_score': 'src/record/intelligence/plugin-intelligence.sql.ts',
  'vulnerability_intelligence.patch_available': 'src/record/intelligence/plugin-intelligence.sql.ts',
};

/** Tables whose commands and pages are yet to come: a table leaves this list with them. */
const toCome: ReadonlySet<string> = new Set(['data_access_logs', 'security_events_extended']);

/** `table.column` of what the plan added. */
function plannedColumns(): { readonly table: string; readonly column: string }[] {
  const text = textOf('migrations/0002_extend_and_create_planned_tables.sql').replaceAll(/--.*$/gm, '');
  return text.split(';').flatMap((statement) => {
    const added = /ALTER TABLE (\w+)/.exec(statement)?.[1];
    if (added !== undefined)
      return [...statement.matchAll(/ADD COLUMN (\w+)/g)].map(([, column = '']) => ({
        table: added,
        column,
      }));
    const made = /CREATE TABLE (\w+)\s*\(([\s\S]*)\)/.exec(statement);
    if (!made) return [];
    const [, table = '', body = ''] = made;
    return body.split('\n').flatMap((line) => {
      const column = /^ {2}([a-z]\w*) [a-z]/.exec(line)?.[1];
      return column === undefined ? [] : [{ table, column }];
    });
  });
}

const sources = globSync('src/**/*.ts', { cwd: root })
  .filter(
    (path) =>
      !/\.test\.ts$|\.e2e\.ts$|\.proof\.ts$|test-support|platform\/postgres\/schema\.ts|platform\/migrations\//.test(
        path,
      ),
  )
  .map((path) => ({ path, text: textOf(path).replaceAll(/\/\*[\s\S]*?\*\/|\/\/ .*/g, '') }));

/** The fields of records by the table that an entity keeps them in: connectors map them, pages show and edit them. */
function recordFields(): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (const { path, text } of sources.filter(({ path: each }) => each.startsWith('src/record/entities/'))) {
    const table = /table: '(\w+)'/.exec(text)?.[1];
    const record = /record-fields\/index\.ts/.test(text) ? /\b(\w+)Record\b/.exec(text)?.[1] : undefined;
    if (table === undefined || record === undefined) continue;
    const declared = sources.find(({ text: each }) => each.includes(`export const ${record}Record`));
    // What an entity names itself (columns, stamps) counts as its own text.
    fields.set(table, `${fields.get(table) ?? ''}\n${declared?.text ?? ''}\n${path}\n${text}`);
  }
  return fields;
}

const word = (name: string): RegExp => new RegExp(`(?<![\\w.$])(?:\\w+\\.)?"?${name}"?(?!\\w)`);

/** Without the places at which columns are only written. */
const withoutTargets = (text: string, table: string): string =>
  text
    .replaceAll(new RegExp(`insert into ${table}[^(]*\\([^)]*\\)`, 'gi'), '')
    .replaceAll(/\bset\s+\w+\s*=|,\s*\w+\s*=(?!=)/gi, '');

/** Where both words stand at all: the closer looks cost a thousand times as much. */
const naming = (table: string, column: string): typeof sources =>
  sources.filter(({ text }) => text.includes(table) && text.includes(column));

function isFilled(table: string, column: string): boolean {
  const insert = new RegExp(
    `(?:insert into|update|insertInto\\('|updateTable\\(')\\s*${table}\\b[\\s\\S]{0,2500}?\\b${column}\\b`,
    'i',
  );
  return naming(table, column).some(({ text }) => insert.test(text));
}
const isLookedAt = (table: string, column: string): boolean =>
  naming(table, column).some(
    ({ text }) => new RegExp(`\\b${table}\\b`).test(text) && word(column).test(withoutTargets(text, table)),
  );

it('of every column of the plan some code fills it, and some shows it or decides by it', () => {
  const columns = plannedColumns();
  expect(columns.length).toBeGreaterThan(200);
  const known = new Set(columns.map(({ table, column }) => `${table}.${column}`));
  expect([...idle, ...Object.keys(madeFromParts)].filter((name) => !known.has(name))).toEqual([]);
  const fields = recordFields();
  const found = columns
    .filter(({ table, column }) => column !== 'id' && !toCome.has(table))
    .filter(({ table, column }) => !word(column).test(fields.get(table) ?? ''))
    .filter(({ table, column }) => !isFilled(table, column) || !isLookedAt(table, column))
    .map(({ table, column }) => `${table}.${column}`);
  expect(found.filter((name) => !idle.has(name) && !(name in madeFromParts))).toEqual([]);
  // One that is in use by now must leave the list, or it could fall idle again unseen.
  expect([...idle].filter((name) => !found.includes(name))).toEqual([]);
});

it('the files that are said to fill a column from parts name it', () => {
  for (const [name, path] of Object.entries(madeFromParts))
    expect({ name, isNamed: textOf(path).includes(name.split('.')[1] ?? '') }).toEqual({
      name,
      isNamed: true,
    });
});
