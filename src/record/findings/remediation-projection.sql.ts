/**
 * What the findings' own row says of the work on it: `remediation_status`, `remediation_assigned_to`, `remediation_due_date`, and when a fix
 * was reported. The truth is `vulnerability_remediation`; these repeat it for those who read this table, in the same transaction. Only where
 * the table has such a column of a type that holds it: an owner's table may have others (decision 0006).
 */
import { sql, type Kysely } from 'kysely';
import type { Database } from '../../platform/postgres/index.ts';

const repeated: readonly {
  readonly column: string;
  readonly types: RegExp;
  readonly value: string;
}[] = [
  { column: 'remediation_status', types: /^(text|character)/, value: 'r.remediation_status' },
  { column: 'remediation_assigned_to', types: /^(integer|bigint)$/, value: 'r.assigned_to' },
  { column: 'remediation_due_date', types: /^(date|timestamp)/, value: 'r.due_date' },
  { column: 'fix_reported_at', types: /^timestamp with time zone$/, value: 'r.fix_reported_at' },
  { column: 'fix_reported_by', types: /^(text|character)/, value: 'r.fix_reported_by' },
];

/** Repeats the work on these findings in their rows. */
export async function projectRemediation(db: Kysely<Database>, ids: readonly number[]): Promise<void> {
  if (ids.length === 0) return;
  const { rows } = await sql<{ name: string; type: string }>`
    select a.attname as name, format_type(a.atttypid, null) as type from pg_attribute a
     where a.attrelid = 'ingestion_vulnerabilities'::regclass and a.attnum > 0 and not a.attisdropped
       and a.attname = any(${repeated.map(({ column }) => column)}::text[])`.execute(db);
  const there = new Map(rows.map(({ name, type }) => [name, type]));
  const columns = repeated.filter(({ column, types }) => types.test(there.get(column) ?? ''));
  if (columns.length === 0) return;
  const names = columns.map(({ column }) => sql.raw(`v.${column}`));
  const values = columns.map(({ value }) => sql.raw(value));
  await sql`
    update ingestion_vulnerabilities v
       set ${sql.raw(columns.map(({ column, value }) => `${column} = ${value}`).join(', '))}
      from vulnerability_remediation r
     where r.vulnerability_id = v.id and r.updated_at is not null and v.id = any(${[...ids]}::int[])
       and (${sql.join(names)}) is distinct from (${sql.join(values)})`.execute(db);
}
