/**
 * A caller's scope in SQL. An asset is in a boundary by its main system and by each row of `ingestion_system_assets`, so it can be in several;
 * what is outside of the scope does not exist, memberships of an asset included: who sees one of its boundaries does not learn of the others.
 */
import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Scope } from '../../canonical/access/index.ts';
import type { Database } from '../../platform/postgres/index.ts';

const among = (scope: Scope, column: RawBuilder<unknown>): RawBuilder<boolean> =>
  scope.kind === 'everywhere' ? sql`true` : sql`${column} = any(${[...scope.systemIds]}::text[])`;

/**
 * SQL of a relation (asset_uuid, system_id): in which boundaries of the scope each asset is. Counts on idx_ingestion_assets_system,
 * idx_ingestion_assets_uuid_system and idx_ingestion_system_assets_system.
 */
export const membershipsIn = (scope: Scope): RawBuilder<unknown> => sql`
  select main.asset_uuid, main.system_id::text as system_id from ingestion_assets main
   where main.system_id is not null and ${among(scope, sql`main.system_id`)}
  union
  select beside.asset_uuid, beside.system_id::text from ingestion_system_assets beside
   where beside.asset_uuid is not null and beside.system_id is not null and ${among(scope, sql`beside.system_id`)}`;

/** SQL of a relation (system_id): in which boundaries of the scope the asset of a row is. @param asset its uuid, an expression. */
export const systemsOfAsset = (scope: Scope, asset: RawBuilder<unknown>): RawBuilder<unknown> => sql`
  select main.system_id::text as system_id from ingestion_assets main
   where main.asset_uuid = ${asset} and main.system_id is not null and ${among(scope, sql`main.system_id`)}
  union
  select beside.system_id::text from ingestion_system_assets beside
   where beside.asset_uuid = ${asset} and beside.system_id is not null and ${among(scope, sql`beside.system_id`)}`;

/** SQL of the assets in boundaries of the scope, some of them twice. */
export const assetsIn = (scope: Scope): RawBuilder<unknown> => sql`
  (select main.asset_uuid from ingestion_assets main where main.system_id is not null and ${among(scope, sql`main.system_id`)}
  union all
  select beside.asset_uuid from ingestion_system_assets beside
   where beside.asset_uuid is not null and beside.system_id is not null and ${among(scope, sql`beside.system_id`)})`;

/** SQL of a relation (asset_uuid): the assets of one boundary, each once. @param system its system_id, an expression; for a lateral join. */
export const assetsOfSystem = (system: RawBuilder<unknown>): RawBuilder<unknown> => sql`
  select main.asset_uuid from ingestion_assets main where main.system_id = ${system}
  union
  select beside.asset_uuid from ingestion_system_assets beside where beside.asset_uuid is not null and beside.system_id = ${system}`;

/**
 * Whether an asset is in the scope. `is true` keeps the planner from joining the assets, of whose number it knows nothing: they are looked up
 * once, and each row in them.
 * @param asset its uuid, an expression.
 */
export const isAssetIn = (scope: Scope, asset: RawBuilder<unknown>): RawBuilder<boolean> => {
  if (scope.kind === 'everywhere') return sql`true`;
  const assigned = sql<boolean>`(${asset} in (${assetsIn(scope)})) is true`;
  // All but those that are in some boundary and in none of these: one set, where "in these or in none" are two.
  return scope.unassigned
    ? sql`(${asset} in (${assetsIn({ kind: 'everywhere' })} except ${assetsIn(scope)})) is not true`
    : assigned;
};

/**
 * The same, for one asset or a few: each is looked up by itself, where `isAssetIn` reads all assets of the scope first (20,000 of them take
 * longer than the rest of a page).
 * @param asset its uuid, an expression.
 */
export const isThisAssetIn = (scope: Scope, asset: RawBuilder<unknown>): RawBuilder<boolean> => {
  if (scope.kind === 'everywhere') return sql`true`;
  const assigned = sql<boolean>`exists (${systemsOfAsset(scope, asset)})`;
  return scope.unassigned
    ? sql`(${assigned} or not exists (${systemsOfAsset({ kind: 'everywhere' }, asset)}))`
    : assigned;
};

/** Whether an asset that is known is in no boundary at all. */
export const isUnassigned = (asset: RawBuilder<unknown>): RawBuilder<boolean> => sql`
  (${asset} in (select main.asset_uuid from ingestion_assets main where main.system_id is null
     and not exists (select from ingestion_system_assets beside where beside.asset_uuid = main.asset_uuid and beside.system_id is not null))) is true`;

/**
 * Whether an asset is in the scope, and whether it is in a boundary outside of it too.
 * @param uuid one that is none is in no scope.
 */
export async function fetchAssetReach(
  db: Kysely<Database>,
  scope: Scope,
  uuid: string,
): Promise<{ readonly isInside: boolean; readonly isOutside: boolean }> {
  const asset = sql`${uuid}::uuid`;
  const { rows } = await sql<{ isInside: boolean; isOutside: boolean }>`
    select ${isThisAssetIn(scope, asset)} as "isInside",
           exists (${systemsOfAsset({ kind: 'everywhere' }, asset)} except (${systemsOfAsset(scope, asset)})) as "isOutside"
      from ingestion_assets where asset_uuid = ${asset}`.execute(db);
  return rows[0] ?? { isInside: false, isOutside: false };
}
