import { randomOf, type AwkwardTraits } from './traits.ts';
import { rowValuesOf, type RowValues } from './row-values.ts';

/** What the statements that fill the owner's tables are made from. */
export interface Filling {
  readonly traits: AwkwardTraits;
  readonly values: RowValues;
  readonly size: FillingSize;
}

export interface FillingSize {
  readonly findings: number;
  /** How many of the findings are a second row of another one. */
  readonly copies: number;
  readonly assets: number;
  readonly systems: number;
  readonly poams: number;
  readonly batches: number;
  readonly users: number;
}

export function fillingOf(options: { traits: AwkwardTraits; seed: number; findings: number }): Filling {
  const { traits, seed, findings } = options;
  const draw = randomOf(seed ^ 0x5f3759df);
  return {
    traits,
    values: rowValuesOf(traits, seed),
    size: {
      findings,
      copies: traits.duplicateFindings ? Math.min(findings - 1, Math.ceil(findings / 40)) : 0,
      assets: Math.max(1, Math.floor(findings / 25)),
      systems: 3 + Math.floor(draw() * 10),
      poams: Math.min(20_000, Math.max(10, Math.floor(findings / 100))),
      batches: Math.min(60, 6 + Math.floor(findings / 2000)),
      users: 4 + Math.floor(draw() * 9),
    },
  };
}

/** `INSERT ... SELECT` with each column beside its expression. */
export function insertSelect(table: string, columns: Readonly<Record<string, string>>, from: string): string {
  return `INSERT INTO ${table} (${Object.keys(columns).join(', ')})
    SELECT ${Object.values(columns).join(',\n      ')}
    FROM ${from};`;
}

/** The rows `1` to `count`, each with its number `i`. */
export function series(count: number): string {
  return `generate_series(1, ${count}) i ORDER BY i`;
}

/** The text of a system's id: SYS-ENT-001. */
export function systemIdOf(numberSql: string): string {
  return `'SYS-ENT-' || lpad((${numberSql})::text, 3, '0')`;
}

/** A system id for a row that no foreign key watches over. */
export function looseSystemId({ traits, values, size }: Filling, row: string, name: string): string {
  const known = systemIdOf(`1 + ${values.number(row, `${name} system`, size.systems)}`);
  const loose = traits.danglingSystemIds
    ? `CASE WHEN ${values.oneIn(row, `${name} dangling`, 9)} THEN 'SYS-GONE-9' ELSE ${known} END`
    : known;
  return values.maybeNull(row, `${name} system`, loose);
}

/** A batch's id, or NULL for rows from before there were batches. */
export function batchId({ values, size }: Filling, row: string): string {
  return values.maybeNull(
    row,
    'batch',
    values.uuid(`1 + ${values.number(row, 'batch', size.batches)}`, 'batch'),
  );
}

/** An instant as the other systems' JSON writes it. */
export function isoText(instantSql: string): string {
  return `to_char(${instantSql}, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
}

export type DocumentTrait = 'mixed' | 'none' | 'export' | 'xacta' | 'flat';

/** A record's JSON, or in the mixed case sometimes none, an empty object or nonsense. */
export function documentOr(
  { values }: Filling,
  choice: DocumentTrait,
  row: string,
  document: string,
): string {
  switch (choice) {
    case 'none':
      return 'NULL::jsonb';
    case 'mixed':
      return `CASE ${values.number(row, 'document', 14)} WHEN 0 THEN NULL WHEN 1 THEN '{}'::jsonb
        WHEN 2 THEN '"<xml>not json</xml>"'::jsonb WHEN 3 THEN '[1, "two", null]'::jsonb
        WHEN 4 THEN '{"id": 7, "error": {"code": 500}}'::jsonb ELSE ${document} END`;
    case 'export':
    case 'xacta':
    case 'flat':
      return document;
  }
}

/** Rows of one table: the expression of each column, and what they are selected from. */
export type Rows = readonly [table: string, columns: Readonly<Record<string, string>>, from: string];

export function stamps({ values }: Filling, row: string): Record<string, string> {
  const created = values.instant(row, 'created');
  return { created_at: created, updated_at: `${created} + interval '3 hours'` };
}
