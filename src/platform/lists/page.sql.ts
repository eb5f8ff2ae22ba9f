/** The order and the beginning of a page in SQL. Nulls come last in both directions, so that what has no value never hides what has. */
import { type RawBuilder, sql } from 'kysely';
import type { After, Page } from './page.ts';

/** A column to sort by. `value` makes of a row what the cursor keeps; an instant is kept with its microseconds, as text. */
export interface SortColumn {
  readonly column: RawBuilder<unknown>;
  /** Its type in SQL, in which the cursor's value is compared. */
  readonly type: 'text' | 'integer' | 'numeric' | 'timestamp' | 'timestamptz' | 'date' | 'bigint' | 'uuid';
  /** Whether it is never null, which lets one index serve the whole comparison. */
  readonly always?: true;
}

export interface KeySet {
  readonly by: SortColumn;
  readonly id: SortColumn;
  readonly descending: boolean;
}

/** `order by` of the page; the id goes the same way, so that an index on both serves it. */
export function orderOf({ by, id, descending }: KeySet): RawBuilder<unknown> {
  const way = descending ? sql`desc` : sql`asc`;
  return by.always
    ? sql`${by.column} ${way}, ${id.column} ${way}`
    : sql`${by.column} ${way} nulls last, ${id.column} ${way}`;
}

/** What lies behind the last row of the page before. */
export function behind({ by, id, descending }: KeySet, after: After): RawBuilder<boolean> {
  const than = descending ? sql`<` : sql`>`;
  const key = sql`${after.id}::${sql.raw(id.type)}`;
  if (after.value === null) return sql`(${by.column} is null and ${id.column} ${than} ${key})`;
  const value = sql`${after.value}::${sql.raw(by.type)}`;
  const pair = sql<boolean>`(${by.column}, ${id.column}) ${than} (${value}, ${key})`;
  return by.always ? pair : sql`(${pair} or ${by.column} is null)`;
}

/** The value that a row is sorted by, as the cursor keeps it: select it as `sort_value`. */
export const sortValue = ({ column, type }: SortColumn): RawBuilder<string | number | null> =>
  type === 'integer' ? sql`${column}` : sql`${column}::text`;

/** Makes the page of `limit + 1` rows: the one too many says only that there are more. */
export function pageOf<Row extends { readonly sort_value: string | number | null }, Shown>(
  rows: readonly Row[],
  limit: number,
  idOf: (row: Row) => string | number,
  shown: (row: Row) => Shown,
): Page<Shown> {
  const kept = rows.slice(0, limit);
  const last = kept.at(-1);
  const items = kept.map(shown);
  return rows.length > limit && last
    ? { items, next: { value: last.sort_value, id: idOf(last) } }
    : { items };
}
