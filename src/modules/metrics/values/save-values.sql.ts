/** Values as they are kept: a row for each metric, measure, level and day. */
import { type Kysely, sql } from 'kysely';
import { type Database, storableJson } from '../../../platform/postgres/index.ts';
import type { MetricAggregate } from '../../../canonical/metrics/index.ts';
import type { CellValue } from './measure.sql.ts';

export interface TakenMeasure {
  readonly measure: string;
  readonly aggregate: MetricAggregate;
  readonly values: readonly CellValue[];
}

export interface Take {
  readonly metricId: number;
  /** `2026-11-27`. */
  readonly day: string;
  readonly takenAt: Date;
  readonly isComputed: boolean;
  readonly milliseconds: number;
  readonly lacks: readonly string[];
  readonly problem?: string;
  readonly measures: readonly TakenMeasure[];
}

const roundedTo4 = (value: number): number => Math.round(value * 1e4) / 1e4;
/** numeric(15,4) holds no more. */
const largestValue = 99_999_999_999;

/** What a value was made of, as far as it is needed to join it with others. */
function madeOf(
  { parts: { counted, base, amount } }: CellValue,
  aggregate: MetricAggregate,
): Record<string, number> {
  switch (aggregate) {
    case 'count':
    case 'largest':
      return { counted };
    case 'sum':
      return { counted, amount: roundedTo4(amount) };
    case 'mean':
    case 'median':
    case 'p90':
      return { counted, amount: roundedTo4(amount) };
    case 'rate':
      return { counted, base, amount: roundedTo4(amount) };
    case 'share':
    case 'ratio':
    case 'growth':
    case 'cora':
      return { counted, base };
  }
}

/** Keeps what was taken of a metric on a day, in place of what was there of it. @param db of a transaction. */
export async function saveTake(db: Kysely<Database>, take: Take): Promise<number> {
  const { metricId, day } = take;
  // By calculated_at as well: that chooses the partition.
  await sql`
    delete from metrics_values
     where metric_id = ${metricId} and taken_on = ${day}::date
       and calculated_at >= ${day}::date and calculated_at < ${day}::date + 1`.execute(db);
  const rows = take.measures.flatMap(({ measure, aggregate, values }) =>
    values.map((cell) => ({
      measure,
      level: cell.level,
      system: cell.systemId,
      severity: cell.severity,
      band: cell.band,
      value: roundedTo4(Math.min(largestValue, Math.max(-largestValue, cell.value))),
      of: madeOf(cell, aggregate),
    })),
  );
  if (rows.length > 0)
    await sql`
      insert into metrics_values (metric_id, calculated_at, taken_on, value, measure, level, system_id, severity, band, is_computed, additional_data)
      select ${metricId}, ${calculatedAt(take)}::timestamp, ${day}::date, r.value, r.measure, r.level, r.system, r.severity, r.band, ${take.isComputed}, r.of
        from jsonb_to_recordset(${storableJson(rows)}::jsonb)
             r(measure text, level text, system text, severity text, band text, value numeric, of jsonb)`.execute(
      db,
    );
  await sql`
    insert into metrics_takes (metric_id, taken_on, taken_at, is_computed, milliseconds, lacks, problem)
    values (${metricId}, ${day}::date, ${take.takenAt}, ${take.isComputed}, ${Math.round(take.milliseconds)}, ${[...take.lacks]}::text[], ${take.problem ?? null})
    on conflict (metric_id, taken_on) do update
       set taken_at = excluded.taken_at, is_computed = excluded.is_computed, milliseconds = excluded.milliseconds, lacks = excluded.lacks,
           problem = excluded.problem`.execute(db);
  return rows.length;
}

/** Of the day itself also where it was computed later. */
const calculatedAt = ({ day, takenAt, isComputed }: Take): string =>
  isComputed ? `${day}T23:59:59.999` : takenAt.toISOString().slice(0, -1);
