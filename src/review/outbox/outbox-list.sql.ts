/** Changes on their way out as a list: filtered, cut to a scope, paged, counted, each in words. */
import { type Kysely, type RawBuilder, sql } from 'kysely';
import { inScope, type Scope } from '../../canonical/access/index.ts';
import type { FacetOf, FilterOf, ListQuery, outboxList } from '../../canonical/lists/index.ts';
import {
  describeChanges,
  type DescribedChange,
  listOutbox as listByFilter,
  type OutboxEntry,
} from '../../engine/outbox/index.ts';
import { TielineError } from '../../platform/errors/index.ts';
import {
  type Conditions,
  countByFacet,
  countFitting,
  countedAtMost,
  type FacetCount,
  type Filter,
  filtered,
  inOrderOf,
  instantOf,
  type ListCount,
  numberOf,
  type Page,
  selectKeys,
  textOf,
  wordsOf,
} from '../../platform/lists/index.ts';
import type { Database } from '../../platform/postgres/index.ts';
import { boundaryOf, namedBy, titleOf } from '../../record/entities/index.ts';

type List = typeof outboxList;
export type OutboxListQuery = ListQuery<List>;
export type OutboxListFilter = Filter<FilterOf<List>>;
export interface ListedChange extends OutboxEntry, DescribedChange {}

const record = namedBy('o');
const boundary = sql`b.id`;

const source = () => ({
  from: sql`sync_outbox o
      join external_systems s on s.id = o.external_system_id
      left join lateral (select ${boundaryOf(record)} as id) b on true`,
  id: { column: sql`o.id`, type: 'bigint' as const, always: true as const },
  sorts: {
    age: { column: sql`o.created_at`, type: 'timestamptz' as const, always: true as const },
    attempts: { column: sql`o.attempts`, type: 'integer' as const, always: true as const },
  },
  facets: {
    system: boundary,
    connection: sql`s.system_name`,
    entity: sql`o.entity_type`,
    kind: sql`o.change_kind`,
    state: sql`o.state`,
  },
});

const conditions: Conditions<FilterOf<List>> = {
  system: wordsOf(boundary),
  connection: wordsOf(sql`s.system_name`),
  entity: wordsOf(sql`o.entity_type`),
  kind: wordsOf(sql`o.change_kind`),
  state: wordsOf(sql`o.state`),
  attempts: numberOf(sql`o.attempts`),
  age: instantOf(sql`o.created_at`),
  operation: wordsOf(sql`o.operation_id::text`),
  q: (term) =>
    textOf(
      sql`concat_ws(' ', o.id, o.entity_id, o.external_id, o.reason, o.failure ->> 'message', ${titleOf(record)})`,
    )(term),
};

const unsettled = sql<boolean>`o.state in ('waiting', 'pending', 'sent', 'failed')`;
const fitting = (scope: Scope, filter: OutboxListFilter): RawBuilder<boolean>[] => [
  inScope(scope, boundary),
  ...(filter.state === undefined ? [unsettled] : []),
  ...filtered(conditions, filter),
];

const described = (
  db: Kysely<Database>,
  entries: readonly OutboxEntry[],
  now: Date,
): Promise<DescribedChange[]> =>
  describeChanges(
    db,
    entries.map((entry) => ({ ...entry, after: entry.payload })),
    now.toISOString().slice(0, 10),
  );

/** Changes within the scope, a page of them, each in words; unsettled ones where the filter names no state. */
export async function listOutbox(
  app: { readonly db: Kysely<Database>; readonly now: () => Date },
  scope: Scope,
  query: OutboxListQuery,
): Promise<Page<ListedChange>> {
  const { db } = app;
  const { items: keys, ...page } = await selectKeys(db, source(), fitting(scope, query.filter), query);
  if (keys.length === 0) return { items: [], ...page };
  const rows = inOrderOf(
    keys,
    await listByFilter(db, { ids: keys.map(Number) }, keys.length),
    (row) => row.id,
  );
  const words = await described(db, rows, app.now());
  const items = rows.map((row, n) => ({
    ...row,
    ...(words[n] ?? { title: row.entityId, boundary: null, lines: [] }),
  }));
  return { items, ...page };
}

/** @param atMost undefined: all are counted. */
export const countOutboxChanges = (
  db: Kysely<Database>,
  scope: Scope,
  filter: OutboxListFilter,
  atMost: number | undefined = countedAtMost,
): Promise<ListCount> => countFitting(db, source(), fitting(scope, filter), atMost);

export const countOutboxBy = (
  db: Kysely<Database>,
  scope: Scope,
  filter: OutboxListFilter,
  facet: FacetOf<List>,
): Promise<FacetCount[]> => countByFacet(db, source(), fitting(scope, filter), facet);

/** One change, with what it does in words. @throws RECORD_UNKNOWN if the outbox has none of that number within the scope. */
export async function fetchOutboxChange(
  app: { readonly db: Kysely<Database>; readonly now: () => Date },
  scope: Scope,
  id: number,
): Promise<ListedChange> {
  const { db } = app;
  const { rows } = await sql`
    select from ${source().from} where o.id = ${id} and ${inScope(scope, boundary)}`.execute(db);
  const [entry] = rows.length > 0 ? await listByFilter(db, { ids: [id] }, 1) : [];
  if (!entry)
    throw new TielineError('RECORD_UNKNOWN', `There is no change ${id} in the outbox.`, {
      remedy: 'List them with `tieline outbox list --all`.',
    });
  const [words] = await described(db, [entry], app.now());
  return { ...entry, ...(words ?? { title: entry.entityId, boundary: null, lines: [] }) };
}
