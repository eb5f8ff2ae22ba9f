/**
 * Our reader of migration files against PostgreSQL's own parser (libpg-query is that parser, built for WebAssembly):
 * whatever the files hold, both must see the same statements, of the same kind, with the same names in them.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { loadModule, parseSync, type ColumnDef, type Constraint, type Node } from 'libpg-query';
import { beforeAll, describe, expect, it } from 'vitest';
import { splitStatements, type ColumnDefinition, type Kind, type Statement } from './statements.ts';

const folder = join(import.meta.dirname, '../../../migrations');
const files = readdirSync(folder)
  .filter((name) => name.endsWith('.sql'))
  .toSorted()
  .map((name) => ({ name, sql: readFileSync(join(folder, name), 'utf8') }));

beforeAll(async () => {
  await loadModule();
});

/** The text of each statement as PostgreSQL cuts it, without what comes before its first word. */
function statementsOf(sql: string): { readonly sql: string; readonly node: Node }[] {
  const bytes = Buffer.from(sql);
  return (parseSync(sql).stmts ?? []).map(({ stmt, stmt_location: from = 0, stmt_len: length }) => {
    const text = bytes.subarray(from, length === undefined ? undefined : from + length).toString();
    if (stmt === undefined) throw new Error(`no statement in ${text}`);
    return { sql: text, node: stmt };
  });
}

const textOf = (node: Node | undefined): string =>
  node !== undefined && 'String' in node ? (node.String.sval ?? '') : '';
const constraintsOf = (list: readonly Node[] | undefined): Constraint[] =>
  (list ?? []).flatMap((node) => ('Constraint' in node ? [node.Constraint] : []));
const columnsOf = (list: readonly Node[] | undefined): ColumnDef[] =>
  (list ?? []).flatMap((node) => ('ColumnDef' in node ? [node.ColumnDef] : []));

/** What both say about a column. */
interface Column {
  readonly name: string;
  readonly notNull: boolean;
  readonly primaryKey: boolean;
  readonly unique: boolean;
  readonly hasDefault: boolean;
  readonly reference: readonly string[] | undefined;
  readonly check: string | undefined | false;
}

const onDelete: Readonly<Record<string, string>> = {
  a: '',
  c: 'ON DELETE CASCADE',
  n: 'ON DELETE SET NULL',
  r: 'ON DELETE RESTRICT',
};

function theirColumn(column: ColumnDef): Column {
  const constraints = constraintsOf(column.constraints);
  const find = (type: Constraint['contype']): Constraint | undefined =>
    constraints.find((each) => each.contype === type);
  const foreign = find('CONSTR_FOREIGN');
  const check = find('CONSTR_CHECK');
  const primaryKey = find('CONSTR_PRIMARY') !== undefined;
  return {
    name: column.colname ?? '',
    notNull: primaryKey || find('CONSTR_NOTNULL') !== undefined,
    primaryKey,
    unique: find('CONSTR_UNIQUE') !== undefined,
    hasDefault: find('CONSTR_DEFAULT') !== undefined,
    reference: foreign && [
      foreign.pktable?.relname ?? '',
      textOf(foreign.pk_attrs?.[0]),
      onDelete[foreign.fk_del_action ?? 'a'] ?? 'unknown',
    ],
    check: check ? check.conname : false,
  };
}

function ourColumn(column: ColumnDefinition): Column {
  const { name, notNull, primaryKey, unique, reference, check } = column;
  return {
    name,
    notNull,
    primaryKey,
    unique,
    hasDefault: column.defaultValue !== undefined,
    reference: reference && [reference.table, reference.column, reference.onDelete.toUpperCase()],
    check: check ? check.name : false,
  };
}

/** A kind, with the names that a plan is made of. */
type Facts = Readonly<Record<string, unknown>> & { readonly kind: Kind['kind'] };

function theirFacts(node: Node): Facts {
  if ('CreateStmt' in node) {
    const { relation, tableElts, partbound, inhRelations } = node.CreateStmt;
    const [parent] = inhRelations ?? [];
    if (partbound !== undefined && parent !== undefined && 'RangeVar' in parent)
      return { kind: 'partition', table: relation?.relname, parent: parent.RangeVar.relname };
    return { kind: 'table', table: relation?.relname, columns: columnsOf(tableElts).map(theirColumn) };
  }
  if ('IndexStmt' in node) {
    const { idxname, relation, unique = false, whereClause, indexParams = [] } = node.IndexStmt;
    return {
      kind: 'index',
      name: idxname,
      table: relation?.relname,
      unique,
      partial: whereClause !== undefined,
      columns: indexParams.map((each) => ('IndexElem' in each ? (each.IndexElem.name ?? '(…)') : '?')),
    };
  }
  if ('DropStmt' in node && node.DropStmt.removeType === 'OBJECT_INDEX') {
    const [first] = node.DropStmt.objects ?? [];
    return { kind: 'drop index', name: first && 'List' in first ? textOf(first.List.items?.[0]) : '' };
  }
  if ('DropStmt' in node && node.DropStmt.removeType === 'OBJECT_TABLE') {
    const [first] = node.DropStmt.objects ?? [];
    return { kind: 'drop table', table: first && 'List' in first ? textOf(first.List.items?.[0]) : '' };
  }
  if ('AlterTableStmt' in node) {
    const { relation, cmds = [] } = node.AlterTableStmt;
    const commands = cmds.flatMap((each) => ('AlterTableCmd' in each ? [each.AlterTableCmd] : []));
    if (!commands.every((each) => each.subtype === 'AT_AddColumn')) return { kind: 'other' };
    const columns = columnsOf(commands.flatMap((each) => (each.def === undefined ? [] : [each.def])));
    return { kind: 'add columns', table: relation?.relname, columns: columns.map(theirColumn) };
  }
  if ('CommentStmt' in node) {
    const { objtype, object } = node.CommentStmt;
    const [table, column] =
      object && 'List' in object ? (object.List.items ?? []).map((each) => textOf(each)) : [];
    return objtype === 'OBJECT_TABLE' || objtype === 'OBJECT_COLUMN' || objtype === 'OBJECT_FUNCTION'
      ? { kind: 'comment', table, column }
      : { kind: 'other' };
  }
  if ('CreateFunctionStmt' in node)
    return { kind: 'function', name: textOf(node.CreateFunctionStmt.funcname?.at(-1)) };
  return { kind: 'other' };
}

function ourFacts({ is }: Statement): Facts {
  if (is.kind === 'table' || is.kind === 'add columns')
    return { kind: is.kind, table: is.table, columns: is.columns.map(ourColumn) };
  if (is.kind === 'index') {
    const { kind, name, table, unique, partial } = is;
    // A column may carry an order (`at DESC`); what else is more than a name is an expression.
    const columns = is.columns.map(
      (each) => /^(\w+)( (ASC|DESC|NULLS|FIRST|LAST|\w+_ops))*$/i.exec(each)?.[1] ?? '(…)',
    );
    return { kind, name, table, unique, partial, columns };
  }
  if (is.kind === 'function') return { kind: is.kind, name: is.name };
  return is;
}

/** Without comments in front; PostgreSQL counts them to the statement. */
const withoutLeading = (sql: string): string => splitStatements(sql, 'one')[0]?.sql ?? '';

describe('the reader of migration files', () => {
  it('the reader of migration files looks at every migration, and there are some', () => {
    expect(files.length).toBeGreaterThanOrEqual(24);
  });

  it.each(files)(
    'the reader of migration files cuts $name into the statements that PostgreSQL sees, word for word',
    ({ name, sql }) => {
      const ours = splitStatements(sql, name).map((each) => each.sql);
      expect(ours).toEqual(statementsOf(sql).map((each) => withoutLeading(each.sql)));
      expect(ours.every((each) => /^[A-Z]/.test(each))).toBe(true);
    },
  );

  it.each(files)(
    'the reader of migration files agrees with PostgreSQL on each statement of $name: kind, names, columns',
    ({ name, sql }) => {
      expect(splitStatements(sql, name).map(ourFacts)).toEqual(
        statementsOf(sql).map((each) => theirFacts(each.node)),
      );
    },
  );

  it('the reader of migration files reports the line on which each statement of a file begins', () => {
    for (const { name, sql } of files) {
      const lines = sql.split('\n');
      for (const { line, sql: text } of splitStatements(sql, name))
        expect(lines[line - 1]?.startsWith(text.split('\n')[0] ?? '?')).toBe(true);
    }
  });

  it('the reader of migration files cuts any mix of quotes, dollar quotes, comments and escapes as PostgreSQL does', () => {
    fc.assert(
      fc.property(fc.array(statement, { minLength: 1, maxLength: 5 }), separator, (statements, between) => {
        const sql = statements.join(`;${between}`);
        const theirs = statementsOf(sql).map((each) => each.sql.trim());
        const ours = splitStatements(sql, 'generated').map((each) => each.sql);
        expect(ours).toHaveLength(theirs.length);
        for (const [index, text] of theirs.entries()) expect(text.endsWith(ours[index] ?? '?')).toBe(true);
        expect(ours.every((each) => each.startsWith('SELECT'))).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('the reader of migration files reads tables with any mix of types, defaults, checks and references as PostgreSQL does', () => {
    fc.assert(
      fc.property(table, (sql) => {
        const [theirs] = statementsOf(sql);
        const [ours] = splitStatements(sql, 'generated');
        expect(ours && ourFacts(ours)).toEqual(theirs && theirFacts(theirs.node));
      }),
      { numRuns: 500 },
    );
  });
});

// Letters that mean something somewhere, and a few that mean nothing.
const letters = fc.string({ unit: fc.constantFrom(...`;,()'"$-/*\\ eEx1é\n`.split('')), maxLength: 8 });
const quoted = letters.map((text) => `'${text.replaceAll("'", "''")}'`);
const escaped = letters.map((text) => `E'${text.replaceAll('\\', '\\\\').replaceAll("'", String.raw`\'`)}'`);
const named = letters.map((text) => `"n${text.replaceAll('"', '""')}"`);
const dollars = fc
  .tuple(fc.constantFrom('', 'a', '_x1', 'é'), letters)
  .filter(([tag, text]) => !`${text}$`.includes(`$${tag}$`))
  .map(([tag, text]) => `$${tag}$${text}$${tag}$`);
const lineComment = letters.map((text) => `--${text.replaceAll('\n', ' ')}\n`);
const blockComment = fc
  .tuple(letters, fc.boolean())
  .map(([text, nested]) => text.replaceAll(/[*/]/g, ' ').concat(nested ? '/* ; */' : ''))
  .map((text) => `/*${text}*/`);
const comment = fc.oneof(lineComment, blockComment, fc.constant(' '));
const value = fc.oneof(
  quoted,
  escaped,
  named,
  dollars,
  fc.constantFrom('1', 'some$name$', 'size', `type '1'`, 'a.e', `date '2026-01-01'`),
);
const item = fc.tuple(comment, value, comment, fc.boolean()).map(([before, text, after, inside]) => {
  const all = `${before}${text}${after}`;
  return inside ? `(${all})` : all;
});
const statement = fc
  .tuple(comment, fc.array(item, { minLength: 1, maxLength: 4 }))
  .map(([before, items]) => `${before}SELECT ${items.join(', ')}`);
const separator = fc.constantFrom('', '\n', '\n\n-- next;\n', ' /* ; */ ');

const columnType = fc.constantFrom('integer', 'varchar(50)', 'numeric(5, 2)', 'timestamp', 'text[]', 'uuid');
const columnRest = fc.constantFrom(
  '',
  ' NOT NULL',
  ' PRIMARY KEY',
  ' UNIQUE',
  ` DEFAULT 'a, b; c'`,
  ' DEFAULT now()',
  ' NOT NULL DEFAULT 0',
  ' REFERENCES users (id)',
  ' NOT NULL REFERENCES users (id) ON DELETE CASCADE',
  ' REFERENCES users (id) ON DELETE SET NULL',
  ` CHECK (x IN ('a', 'b)'))`,
  ` CONSTRAINT x_known CHECK (x <> '')`,
);
const tableConstraint = fc.constantFrom(
  'PRIMARY KEY (x)',
  'CONSTRAINT once UNIQUE (x, y)',
  `CHECK (x <> ',')`,
);
const table = fc
  .tuple(
    fc.array(fc.tuple(columnType, columnRest), { minLength: 1, maxLength: 6 }),
    fc.option(tableConstraint),
  )
  .map(([columns, constraint]) => {
    const items = columns.map(([type, rest], index) => `c${index} ${type}${rest}`);
    return `CREATE TABLE some_table (\n  ${[...items, ...(constraint === null ? [] : [constraint])].join(',\n  ')}\n);`;
  });
