/**
 * Whether our side of a link moved since it was last looked at: a hash of the row itself, computed by the database where the row is.
 *
 * Rejected: `xmin`, which a dump and restore changes, and which says the same of an update that changed nothing; `updated_at`, which an
 * owner's application need not keep up; a version that a trigger counts, since a trigger in the owner's tables is the owner's to make.
 * A hash needs the row to be read, which costs 2 microseconds, and is the same after a restore. PostgreSQL does not promise the same hash
 * in its next major version: then everything is compared once more, and nothing is lost.
 */
import { sql, type Kysely, type RawBuilder } from 'kysely';
import { isLinked, linkedEntity, type RowPlace, type RowsBeside } from '../define-entity.ts';
import type { LinkedEntityName } from './rows.sql.ts';
import type { Database } from '../../../platform/postgres/index.ts';

export interface SideDigests {
  /** SQL (bigint) of row `t` as it is compared with the base: of all its columns but stamps and the remote's record. */
  readonly row: RawBuilder<unknown>;
  /** SQL (bigint) of all that merging a report of external system `systemId` reads and writes on our side of row `t`. */
  seenBy(systemId: number): RawBuilder<unknown>;
  /**
   * The same hash for a page of rows `t`, where each table beside them is read once instead of once a row. @param keys SQL of an array of
   * their keys, in the type of the column.
   */
  seenAmong(systemId: number, keys: RawBuilder<unknown>): SeenAmong;
  /** The same hash for every row `t` of the table: whatever lies beside them is read once, from end to end. */
  seenInAll(systemId: number): SeenAmong;
}

/** The parts of a statement in which the hash of many rows is computed. */
export interface SeenAmong {
  readonly digest: RawBuilder<unknown>;
  /** CTEs, each with a comma before it: what is beside the rows. */
  readonly ctes: RawBuilder<unknown>;
  /** Joins to `t`. */
  readonly joins: RawBuilder<unknown>;
}

/** Columns that say when and by what a row was written, not what it says. */
const stamps: ReadonlySet<string> = new Set([
  'created_at',
  'updated_at',
  'last_xacta_sync',
  'ingestion_batch_id',
  'sync_status',
  'asset_tags',
]);

/** Types that PostgreSQL can hash whole; others are hashed as texts. */
const hashable =
  /^(character varying|text|character|smallint|integer|bigint|numeric|real|double precision|boolean|uuid|date|timestamp|jsonb)\b/;

/** SQL of what rows `i` beside a row are, in whatever order. */
const listed = ({ what }: RowsBeside): string =>
  `hash_record_extended(row(count(*), bit_xor(hash_record_extended(row(${what}), 0))), 0)`;

/** What `listed` says of no rows. */
const noneListed = sql`hash_record_extended(row(0::bigint, null::bigint), 0)`;

/** The digests of an entity's table as it is here: owners' variants have columns of other names. */
export async function fetchSideDigests(db: Kysely<Database>, entity: LinkedEntityName): Promise<SideDigests> {
  const { row: place, parent } = linkedEntity(entity);
  // A report that names another parent moves the row.
  const standsIn = parent && isLinked(parent.entity) ? parent : undefined;
  const { rows } = await sql<{ name: string; type: string }>`
    select attname::text as name, format_type(atttypid, null) as type from pg_attribute
     where attrelid = ${place.table}::regclass and attnum > 0 and not attisdropped
     order by attname`.execute(db);
  const column = ({ name, type }: { name: string; type: string }) =>
    hashable.test(type) && !type.endsWith('[]') ? sql`t.${sql.ref(name)}` : sql`t.${sql.ref(name)}::text`;
  const compared = rows.filter(({ name }) => !stamps.has(name) && name !== 'raw_json');
  const raw = rows.filter(({ name }) => name === 'raw_json');
  const row = sql`hash_record_extended(row(${sql.join(compared.map(column))}), 0)`;
  const beside = place.beside ?? [];
  const seen = (lists: readonly RawBuilder<unknown>[], parentId: RawBuilder<unknown>) =>
    sql`hash_record_extended(row(${sql.join([row, ...raw.map(column), ...lists, ...(standsIn ? [parentId] : [])])}), 0)`;
  return {
    row,
    seenBy(systemId) {
      const lists = beside.map((each) =>
        sql.raw(`(select ${listed(each)} from ${each.table} i where i.${each.column} = t.${place.key})`),
      );
      return seen(lists, standsIn ? sql`(${parentAt(systemId, standsIn)})` : sql`null`);
    },
    seenAmong: (systemId, keys) =>
      seenOfMany(place, seen, { keys, parent: standsIn && eachParentAt(systemId, standsIn) }),
    seenInAll: (systemId) =>
      seenOfMany(place, seen, { parent: standsIn && allParentsAt(systemId, standsIn) }),
  };
}

type Seen = (lists: readonly RawBuilder<unknown>[], parentId: RawBuilder<unknown>) => RawBuilder<unknown>;

/** `keys` where only some rows are asked for; `parent`: SQL that joins what each row stands in as `parent`. */
function seenOfMany(
  { key, beside = [] }: RowPlace,
  seen: Seen,
  of: { readonly keys?: RawBuilder<unknown>; readonly parent: RawBuilder<unknown> | undefined },
): SeenAmong {
  const named = beside.map((each, index) => ({ ...each, name: sql.ref(`beside_${index}`) }));
  return {
    digest: seen(
      named.map(({ name }) => sql`coalesce(${name}.digest, ${noneListed})`),
      sql`parent.external_id`,
    ),
    // Materialized: a join that the planner takes for small may read it once a row.
    ctes: joined(
      named.map(
        (each) => sql`, ${each.name} as materialized (
      select i.${sql.ref(each.column)} as key, ${sql.raw(listed(each))} as digest
        from ${sql.table(each.table)} i ${of.keys ? sql`where i.${sql.ref(each.column)} = any(${of.keys})` : sql``} group by 1)`,
      ),
    ),
    joins: joined([
      ...named.map(
        ({ name }) => sql`
      left join ${name} on ${name}.key = t.${sql.ref(key)}`,
      ),
      ...(of.parent ? [of.parent] : []),
    ]),
  };
}

const joined = (parts: readonly RawBuilder<unknown>[]): RawBuilder<unknown> =>
  parts.length === 0 ? sql`` : sql.join(parts, sql``);

type ParentOf = Parameters<typeof parentAt>[1];

const eachParentAt = (systemId: number, parent: ParentOf) => sql`
      left join lateral (${parentAt(systemId, parent)}) parent on true`;

/** Unique where the parent has one living link; where it has more, any of them, as above. */
const allParentsAt = (systemId: number, { column, entity: parent }: ParentOf) => sql`
      left join (select p.entity_id, min(p.external_id) as external_id from sync_links p
                  where p.external_system_id = ${systemId} and p.entity_type = ${parent} and p.retired_at is null
                  group by 1) parent on parent.entity_id = t.${sql.ref(column)}::text`;

/** SQL of what the remote calls the parent of row `t`; null where it is not linked to a living one. */
const parentAt = (
  systemId: number,
  { column, entity: parent }: { readonly column: string; readonly entity: string },
) => sql`
  select p.external_id from sync_links p
   where p.external_system_id = ${systemId} and p.entity_type = ${parent}
     and p.entity_id = t.${sql.ref(column)}::text and p.retired_at is null limit 1`;
