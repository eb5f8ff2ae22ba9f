/** Of records that a row of another table names (a conflict, a change, the journal): their boundary and title, as SQL expressions. */
import { type RawBuilder, sql } from 'kysely';
import type { KeyKind } from '../../../platform/postgres/index.ts';
import { listLinkedEntities } from '../define-entity.ts';

/** SQL of the columns that name the record. */
export interface NamedBy {
  readonly entity: RawBuilder<unknown>;
  readonly id: RawBuilder<unknown>;
}

/** The columns `entity_type` and `entity_id` of a row `alias`. */
export const namedBy = (alias: string): NamedBy => ({
  entity: sql.raw(`${alias}.entity_type`),
  id: sql.raw(`${alias}.entity_id`),
});

/** Ids are texts there, whatever they are in the record's own table; cast so that its index serves. */
const keyOf: Readonly<Record<KeyKind, (id: RawBuilder<unknown>) => RawBuilder<unknown>>> = {
  text: (id) => id,
  number: (id) => sql`case when ${id} ~ '^[0-9]{1,9}$' then ${id}::int end`,
  uuid: (id) => sql`case when ${id} ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then ${id}::uuid end`,
};

function shownOf(
  named: NamedBy,
  what: 'system' | 'title',
  ofAsset: RawBuilder<unknown>,
): RawBuilder<unknown> {
  const cases = listLinkedEntities().flatMap(({ name, row }) =>
    row.shownAs
      ? [
          sql`when ${sql.lit(name)} then (select (${sql.raw(row.shownAs[what])})::text from ${sql.table(row.shownAs.table ?? row.table)} t
                                           where t.${sql.ref(row.key)} = ${keyOf[row.keyKind](named.id)} order by t.id limit 1)`,
        ]
      : [],
  );
  return sql`(case ${named.entity}
      ${sql.join(cases, sql` `)}
      when 'asset' then (select ${ofAsset}::text from ingestion_assets t where t.asset_uuid = ${keyOf.uuid(named.id)})
    end)`;
}

/** The authorization boundary (`ingestion_systems.system_id`) of the record; null where it is in none. */
export const boundaryOf = (named: NamedBy): RawBuilder<unknown> => shownOf(named, 'system', sql`t.system_id`);

/** What the record is called; null where its entity has no titles, or it has no row. */
export const titleOf = (named: NamedBy): RawBuilder<unknown> =>
  shownOf(named, 'title', sql`coalesce(t.hostname, t.asset_uuid::text)`);
