/** Deliveries: pages, counts and facets of one selection. They are about channels, which are the installation's. */
import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { deliveryList, FacetOf, FilterOf, ListQuery } from '../../../canonical/lists/index.ts';
import {
  type Conditions,
  countByFacet,
  countedAtMost,
  countFitting,
  type FacetCount,
  type Filter,
  filtered,
  inOrderOf,
  instantOf,
  type ListCount,
  type Page,
  selectKeys,
  wordsOf,
} from '../../../platform/lists/index.ts';
import type { Database } from '../../../platform/postgres/index.ts';
import { deliveryColumns, type DeliveryRow } from './ledger.sql.ts';

type List = typeof deliveryList;
export type DeliveryFilter = Filter<FilterOf<List>>;

const conditions: Conditions<FilterOf<List>> = {
  state: wordsOf(sql`d.state`),
  channel: wordsOf(sql`c.name`),
  kind: wordsOf(sql`c.kind`),
  event: wordsOf(sql`d.event`),
  made: instantOf(sql`(d.created_at at time zone 'UTC')`),
};

const source = {
  from: sql`alert_deliveries d join alert_channels c on c.id = d.channel_id`,
  id: { column: sql`d.delivery_id`, type: 'uuid' as const, always: true as const },
  sorts: { made: { column: sql`d.created_at`, type: 'timestamptz' as const, always: true as const } },
  facets: { state: sql`d.state`, channel: sql`c.name`, event: sql`d.event` },
};

const fitting = (filter: DeliveryFilter): RawBuilder<boolean>[] => filtered(conditions, filter);

export async function listDeliveries(
  db: Kysely<Database>,
  query: ListQuery<List>,
): Promise<Page<DeliveryRow>> {
  const { items: keys, ...page } = await selectKeys(db, source, fitting(query.filter), query);
  if (keys.length === 0) return { items: [], ...page };
  const { rows } = await sql<DeliveryRow>`
    select ${deliveryColumns} from ${source.from} where d.delivery_id = any(${[...keys]}::uuid[])`.execute(
    db,
  );
  return { items: inOrderOf(keys, rows, (row) => row.id), ...page };
}

/** @param atMost undefined: all are counted. */
export const countDeliveries = (
  db: Kysely<Database>,
  filter: DeliveryFilter,
  atMost: number | undefined = countedAtMost,
): Promise<ListCount> => countFitting(db, source, fitting(filter), atMost);

export const facetDeliveries = (
  db: Kysely<Database>,
  filter: DeliveryFilter,
  by: FacetOf<List>,
): Promise<FacetCount[]> => countByFacet(db, source, fitting(filter), by);
