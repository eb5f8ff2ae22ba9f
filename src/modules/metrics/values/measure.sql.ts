/** The records of a metric counted: for the organization, each boundary, and what else it is broken down by, in one pass. */
import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { MetricAggregate, MetricLevel } from '../../../canonical/metrics/index.ts';
import type { Database } from '../../../platform/postgres/index.ts';
import { type Parts, valueOf } from './value-of.ts';

/** One number, with what it is of. */
export interface Cell {
  readonly level: MetricLevel;
  readonly systemId: string | null;
  readonly severity: string | null;
  readonly band: string | null;
  readonly parts: Parts;
}

export interface CellRow extends Parts {
  readonly whole: number;
  readonly ofSeverity: number;
  readonly ofBand: number;
  readonly systemId: string | null;
  readonly severity: string | null;
  readonly band: string | null;
}

/** An aggregate over what counts: in the organization each record once, in a boundary each of its own. */
const counts = (of: (which: RawBuilder<boolean>) => RawBuilder<unknown>): RawBuilder<unknown> =>
  sql`case when grouping(r.system_id) = 1 then ${of(sql`r.main`)} else ${of(sql`true`)} end`;

const percentile = (
  share: number,
  aggregates: ReadonlySet<MetricAggregate>,
  name: MetricAggregate,
): RawBuilder<unknown> =>
  aggregates.has(name)
    ? counts(
        (which) =>
          sql`percentile_cont(${sql.lit(share)}) within group (order by r.amount::float8) filter (where r.counted and ${which})`,
      )
    : sql`null::float8`;

/** SQL of the cells of the records `r` of a query. @param query SQL of the records (`metric.ts`). */
export function cellsOf(
  query: string,
  by: readonly ('severity' | 'band')[],
  aggregates: ReadonlySet<MetricAggregate>,
): RawBuilder<CellRow> {
  const sets = ['()', '(r.system_id)', ...by.flatMap((each) => [`(r.${each})`, `(r.system_id, r.${each})`])];
  // A column that is in no set cannot be grouped by, and is not asked for.
  const of = (name: 'severity' | 'band'): RawBuilder<unknown> =>
    by.includes(name) ? sql`r.${sql.ref(name)}` : sql`null::text`;
  const isWhole = (name: 'severity' | 'band'): RawBuilder<unknown> =>
    by.includes(name) ? sql`grouping(r.${sql.ref(name)})` : sql`1`;
  return sql<CellRow>`
    select grouping(r.system_id) as whole, ${isWhole('severity')} as "ofSeverity", ${isWhole('band')} as "ofBand",
           r.system_id as "systemId", ${of('severity')} as severity, ${of('band')} as band,
           ${counts((which) => sql`count(*) filter (where r.counted and ${which})`)}::float8 as counted,
           ${counts((which) => sql`count(*) filter (where r.base and ${which})`)}::float8 as base,
           coalesce(${counts((which) => sql`sum(r.amount::float8) filter (where r.counted and ${which})`)}, 0)::float8 as amount,
           (${counts((which) => sql`max(r.amount::float8) filter (where r.counted and ${which})`)})::float8 as largest,
           (${percentile(0.5, aggregates, 'median')})::float8 as median, (${percentile(0.9, aggregates, 'p90')})::float8 as p90
      from (${sql.raw(query)}) r
     group by grouping sets (${sql.raw(sets.join(', '))})`;
}

export const cellsFrom = (rows: readonly CellRow[]): Cell[] =>
  rows.map((row): Cell => {
    const {
      whole,
      systemId,
      severity,
      band,
      counted,
      base,
      amount,
      largest,
      median,
      p90,
      ofSeverity,
      ofBand,
    } = row;
    return {
      level: whole === 1 ? 'organization' : systemId === null ? 'unassigned' : 'boundary',
      systemId,
      severity: ofSeverity === 1 ? null : (severity ?? 'none'),
      band: ofBand === 1 ? null : (band ?? 'none'),
      parts: { counted, base, amount, largest, median, p90 },
    };
  });

/** Counts the records of a query over relations that are there. */
export async function measureCells(
  db: Kysely<Database>,
  query: string,
  by: readonly ('severity' | 'band')[],
  aggregates: ReadonlySet<MetricAggregate>,
): Promise<Cell[]> {
  const { rows } = await cellsOf(query, by, aggregates).execute(db);
  return cellsFrom(rows);
}

const place = (cell: Pick<Cell, 'level' | 'systemId'>): string => `${cell.level} ${cell.systemId ?? ''}`;

export interface CellValue extends Cell {
  readonly value: number;
}

/**
 * The values of cells. A boundary that has no record of a count has 0: it was counted, and nothing was found.
 * @param boundaries every boundary there is.
 */
export function valuesOf(
  aggregate: MetricAggregate,
  cells: readonly Cell[],
  boundaries: readonly string[],
): CellValue[] {
  const bands = new Map<string, Map<string, Parts>>();
  for (const cell of cells)
    if (cell.band !== null) {
      const of = bands.get(place(cell)) ?? new Map<string, Parts>();
      bands.set(place(cell), of.set(cell.band, cell.parts));
    }
  const there = new Set(
    cells.flatMap(({ level, systemId }) => (level === 'boundary' ? (systemId ?? []) : [])),
  );
  const empty = boundaries
    .filter((systemId) => !there.has(systemId))
    .map((systemId): Cell => ({ level: 'boundary', systemId, severity: null, band: null, parts: nothing }));
  return [...cells, ...empty].flatMap((cell) => {
    const isWhole = cell.band === null && cell.severity === null;
    const own = aggregate === 'cora' && !isWhole ? 'share' : aggregate;
    const value = valueOf(own, cell.parts, bands.get(place(cell)));
    return value === undefined ? [] : [{ ...cell, value }];
  });
}

const nothing: Parts = { counted: 0, base: 0, amount: 0, largest: null, median: null, p90: null };
