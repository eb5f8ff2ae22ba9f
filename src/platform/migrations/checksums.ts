/**
 * Row counts and content checksums of the tables that were there before Tieline, over their own columns only. The
 * checksum is the sum of a 64-bit hash of each row's text, so it depends on every value and not on the order of rows.
 */
import type pg from 'pg';

export interface TableChecksum {
  readonly schema: string;
  readonly table: string;
  readonly columns: readonly string[];
  readonly rows: number;
  /** 16 hexadecimal digits. */
  readonly checksum: string;
  /** Row versions that the transaction in question wrote; 0 where none was named. */
  readonly written: number;
}

export interface ChecksumTarget {
  readonly schema: string;
  readonly table: string;
  readonly columns: readonly string[];
  /** SQL that is true of the owner's rows `t`, where Tieline notes its own operations beside the owner's. */
  readonly ownersRows?: string;
}

const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/**
 * The owner's ordinary tables on the search path, with the columns that are the owner's.
 * @param ours tables and columns (`schema.table`, `schema.table.column`) that Tieline added.
 */
export async function listChecksumTargets(
  client: pg.ClientBase,
  ours: ReadonlySet<string>,
): Promise<ChecksumTarget[]> {
  const { rows } = await client.query<{ schema: string; table: string; columns: string[] }>(`
    select n.nspname as schema, c.relname as table,
           array(select a.attname::text from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped order by a.attnum) as columns
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = any(current_schemas(false)) and c.relkind in ('r', 'p') and not c.relispartition
       and has_table_privilege(c.oid, 'SELECT')
     order by 1, 2`);
  return rows
    .filter((row) => !ours.has(`${row.schema}.${row.table}`) && !row.table.startsWith('tieline_'))
    .map((row) => ({
      ...row,
      columns: row.columns.filter((column) => !ours.has(`${row.schema}.${row.table}.${column}`)),
      ...ownersRows(row.schema, row.table, ours),
    }));
}

function ownersRows(schema: string, table: string, ours: ReadonlySet<string>): { ownersRows?: string } {
  if (!ours.has(`${schema}.ingestion_batches.operation_type`)) return {};
  if (table === 'ingestion_batches') return { ownersRows: 't.operation_type is null' };
  if (table !== 'ingestion_errors') return {};
  return {
    ownersRows: `not exists (select from ${quote(schema)}.ingestion_batches b where b.batch_id = t.batch_id and b.operation_type is not null)`,
  };
}

/** Sets what the text of a value depends on, for the transaction. */
const plainTexts = `select set_config(name, value, true) from (values
  ('TimeZone', 'UTC'), ('DateStyle', 'ISO, YMD'), ('IntervalStyle', 'postgres'), ('extra_float_digits', '1'), ('bytea_output', 'hex')) s(name, value)`;

/**
 * Computes checksums in one transaction with one snapshot; locks are those of a plain select, table by table.
 * @param given.snapshot an exported snapshot to read in; else the present.
 * @param given.writer a transaction id: counts the row versions that it wrote.
 */
export async function computeChecksums(
  client: pg.ClientBase,
  targets: readonly ChecksumTarget[],
  given: { readonly snapshot?: string; readonly writer?: string } = {},
): Promise<TableChecksum[]> {
  const sums: TableChecksum[] = [];
  await client.query('begin isolation level repeatable read read only');
  try {
    if (given.snapshot !== undefined)
      await client.query(`set transaction snapshot '${given.snapshot.replaceAll("'", '')}'`);
    await client.query(plainTexts);
    for (const target of targets) {
      // By name: a table without columns of its own is a table with rows all the same.
      const row =
        target.columns.length === 0
          ? "''"
          : `row(${target.columns.map((column) => `t.${quote(column)}`).join(', ')})::text`;
      const { rows } = await client.query<{ rows: string; sum: string; written: string }>(
        `select count(*)::text as rows, coalesce(sum(hashtextextended(${row}, 0)::numeric), 0)::text as sum,
                count(*) filter (where t.xmin::text = $1)::text as written
           from ${quote(target.schema)}.${quote(target.table)} t where ${target.ownersRows ?? 'true'}`,
        [given.writer ?? ''],
      );
      const [found] = rows;
      sums.push({
        ...target,
        rows: Number(found?.rows ?? 0),
        checksum: BigInt.asUintN(64, BigInt(found?.sum ?? '0'))
          .toString(16)
          .padStart(16, '0'),
        written: Number(found?.written ?? 0),
      });
    }
    return sums;
  } finally {
    await client.query('rollback');
  }
}
