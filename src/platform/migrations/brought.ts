/** The list of what Tieline added to a database (table tieline_objects), and which migrations it has. */
import type pg from 'pg';
import { TielineError } from '../errors/index.ts';
import type { Catalog } from './catalog.ts';
import type { BroughtObject, MigrationPlan } from './plan-draft.ts';

export interface RecordedObject extends BroughtObject {
  /** The statement that makes it, for what is made after the transaction of the migration. */
  readonly makingSql: string | null;
}

export interface MigrationState {
  /** The schema of the ledger, or undefined where Tieline has never been. */
  readonly schema: string | undefined;
  readonly applied: ReadonlyMap<string, string>;
  readonly brought: readonly RecordedObject[];
}

export const ledgerNames = ['tieline_migrations', 'tieline_objects'];

/**
 * @param schema where the operator put Tieline's tables, if given.
 * @throws DATABASE_UNSUITABLE where they are elsewhere.
 */
export async function fetchMigrationState(
  client: pg.ClientBase,
  catalog: Catalog,
  schema?: string,
): Promise<MigrationState> {
  const ledgers = [...catalog.tables.values()].filter((table) => table.name === 'tieline_migrations');
  const place =
    ledgers.find((table) => table.schema === schema) ??
    ledgers.find((table) => catalog.searchPath.includes(table.schema)) ??
    ledgers[0];
  if (place && schema !== undefined && place.schema !== schema)
    throw new TielineError(
      'DATABASE_UNSUITABLE',
      `Tieline's tables lie in the schema ${place.schema} of this database already, not in ${schema}.`,
      {
        remedy:
          'Leave --schema out: where they are is found. To move them, take Tieline out first (`tieline db remove`).',
      },
    );
  if (!place) return { schema: undefined, applied: new Map(), brought: [] };
  const ledger = `"${place.schema.replaceAll('"', '""')}"`;
  const { rows } = await client.query<{ name: string; sha256: string }>(
    `select name, sha256 from ${ledger}.tieline_migrations order by name`,
  );
  const hasList = catalog.tables.has(`${place.schema}.tieline_objects`);
  const { rows: brought } = hasList
    ? await client.query<RecordedObject>(
        `select object_kind as kind, schema_name as schema, table_name as "table", object_name as name, making_sql as "makingSql"
           from ${ledger}.tieline_objects order by id`,
      )
    : { rows: [] };
  return { schema: place.schema, applied: new Map(rows.map((row) => [row.name, row.sha256])), brought };
}

export interface UnfinishedIndex {
  readonly schema: string;
  readonly name: string;
  readonly table: string;
  readonly sql: string;
  /** A build that was interrupted left it behind; it must go first. */
  readonly invalid: boolean;
}

/** Indexes that were planned and are not there, or not valid. */
export async function listUnfinishedIndexes(
  client: pg.ClientBase,
  schema: string,
): Promise<UnfinishedIndex[]> {
  const { rows } = await client.query<UnfinishedIndex>(
    `select o.schema_name as schema, o.object_name as name, o.table_name as "table", o.making_sql as sql, i.indexrelid is not null as invalid
       from "${schema.replaceAll('"', '""')}".tieline_objects o
       left join pg_namespace n on n.nspname = o.schema_name
       left join pg_class c on c.relname = o.object_name and c.relnamespace = n.oid and c.relkind = 'i'
       left join pg_index i on i.indexrelid = c.oid
      where o.object_kind = 'index' and (i.indexrelid is null or not i.indisvalid or not i.indisready)
      order by o.id`,
  );
  return rows;
}

/** Checks of ours that the existing rows have not been checked against yet. */
export async function listUnvalidated(
  client: pg.ClientBase,
  schema: string,
): Promise<{ table: string; constraint: string }[]> {
  const { rows } = await client.query<{ table: string; constraint: string }>(
    `select format('%I.%I', n.nspname, c.relname) as table, k.conname as constraint
       from "${schema.replaceAll('"', '""')}".tieline_objects o
       join pg_namespace n on n.nspname = o.schema_name
       join pg_class c on c.relname = o.table_name and c.relnamespace = n.oid
       join pg_constraint k on k.conrelid = c.oid and k.conname = o.object_name and not k.convalidated
      where o.object_kind = 'constraint' order by o.id`,
  );
  return rows;
}

/** Statements that enter a plan's objects into the list, to run in the migration's transaction. */
export function recordingStatements(plan: MigrationPlan): string[] {
  const literal = (text: string | null): string =>
    text === null ? 'null' : `'${text.replaceAll("'", "''")}'`;
  const indexSql = new Map(plan.indexes.map((index) => [`${index.schema}.${index.name}`, index.sql]));
  const rows = plan.brought.map(
    (object) =>
      `(${[
        object.kind,
        object.schema,
        object.table,
        object.name,
        object.kind === 'index' ? (indexSql.get(`${object.schema}.${object.name}`) ?? null) : null,
      ]
        .map(literal)
        .join(', ')})`,
  );
  if (rows.length === 0) return [];
  return [
    `INSERT INTO tieline_objects (object_kind, schema_name, table_name, object_name, making_sql) VALUES\n  ${rows.join(',\n  ')}\nON CONFLICT DO NOTHING`,
  ];
}
