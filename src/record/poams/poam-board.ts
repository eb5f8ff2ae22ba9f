/** The board: open POA&Ms by when they are due. Each bucket is a filter of the list, so that its number is that of the list behind it. */
import type { Kysely } from 'kysely';
import type { Scope } from '../../canonical/access/index.ts';
import { poamList } from '../../canonical/lists/index.ts';
import { parseFilter } from '../../platform/lists/index.ts';
import type { Database } from '../../platform/postgres/index.ts';
import type { PoamFilter } from './poam-filters.sql.ts';
import { countPoams } from './poam-list.sql.ts';

export const boardBuckets = ['overdue', 'week', 'month', 'quarter', 'later', 'undated'] as const;
export type BoardBucket = (typeof boardBuckets)[number];

const dayMs = 86_400_000;
const dayAfter = (now: Date, days: number): string =>
  new Date(now.getTime() + days * dayMs).toISOString().slice(0, 10);

/** What the list is filtered by to show a bucket: pairs of the filter grammar. */
export const bucketFilters = (
  now: Date,
): Readonly<Record<BoardBucket, Readonly<Record<string, string>>>> => ({
  overdue: { overdue: 'yes' },
  week: { open: 'yes', due: `${dayAfter(now, 0)}..${dayAfter(now, 7)}` },
  month: { open: 'yes', due: `${dayAfter(now, 8)}..${dayAfter(now, 30)}` },
  quarter: { open: 'yes', due: `${dayAfter(now, 31)}..${dayAfter(now, 90)}` },
  later: { open: 'yes', due: `${dayAfter(now, 91)}..` },
  undated: { open: 'yes', due: 'none' },
});

export interface BoardColumn {
  readonly bucket: BoardBucket;
  /** Given to the list, it shows this bucket. */
  readonly filter: Readonly<Record<string, string>>;
  readonly count: number;
}

/** How many POA&Ms of the filter there are in each bucket; what the filter says of due dates and of open or not gives way to the bucket. */
export async function countBoard(
  db: Kysely<Database>,
  scope: Scope,
  asked: { readonly filter: PoamFilter; readonly now: Date },
): Promise<BoardColumn[]> {
  const { due: _due, overdue: _overdue, open: _open, ...rest } = asked.filter;
  const filters = bucketFilters(asked.now);
  return Promise.all(
    boardBuckets.map(async (bucket) => ({
      bucket,
      filter: filters[bucket],
      count: await countPoams(db, scope, {
        filter: { ...rest, ...parseFilter(poamList.filters, Object.entries(filters[bucket]), asked.now) },
        now: asked.now,
      }),
    })),
  );
}
