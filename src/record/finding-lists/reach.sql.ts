/**
 * How far a filter reaches, found out before the large table is touched: which plugins and which assets it leaves, where they are few. The
 * planner does not know how many a condition on a plugin's name or a caller's boundaries leave; of a list of ids it does.
 */
import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Scope } from '../../canonical/access/index.ts';
import { every } from '../../platform/lists/index.ts';
import type { Database } from '../../platform/postgres/index.ts';
import { assetsIn } from '../systems/index.ts';
import { answeredIds, blind, findSight, type Sight } from './finding-poam.sql.ts';
import { askedOf, type FindingFilter, isShown, pluginOf, workedOnIds } from './finding-conditions.sql.ts';

/** So many assets or plugins are named one by one; more are a set that each row is looked up in. */
const assetsNamedAtMost = 500;
const pluginsNamedAtMost = 1000;
const findingsNamedAtMost = 2000;
/** Up to these it is quicker to fetch all that they have and sort it than to walk along the order of the list. */
const narrowPlugins = 60;

export interface Reach {
  /** The same rows as `matching`, for what reads all of them: those of the assets of the scope are looked up asset by asset. */
  readonly all: RawBuilder<boolean>;
  /** What the rows of list, count, facets and export all are; of `v`. */
  readonly matching: RawBuilder<boolean>;
  /** Whether so little is left that it is fetched and sorted, whatever the order. */
  readonly isNarrow: boolean;
}

export async function findReach(
  db: Kysely<Database>,
  scope: Scope,
  { filter, now }: { readonly filter: FindingFilter; readonly now: Date },
): Promise<Reach> {
  const sight =
    filter.poam || filter.due
      ? await findSight(db, scope, { now, poam: filter.poam, due: filter.due })
      : blind(scope, now);
  const asked = askedOf(sight, filter);
  const plugins = await namedPlugins(db, asked.plugin);
  const assets = asked.isOfKnownAssets ? await namedAssets(db, [...asked.scope, ...asked.asset]) : undefined;
  const answered = await namedFindings(db, sight, filter);
  const named = filter.plugin;
  const pluginsWanted =
    plugins?.length ?? (named?.is === 'in' && !named.negated ? named.values.length : Infinity);
  const conditions = [
    ...(asked.plugin.length === 0
      ? []
      : [
          plugins
            ? sql<boolean>`${pluginOf} = any(${plugins}::text[])`
            : sql<boolean>`(${pluginOf} in (select p.plugin_id::text from scan_plugins p where ${every(asked.plugin)})) is true`,
        ]),
    ...asked.otherPlugin,
    ...(assets ? [sql<boolean>`v.asset_ref = any(${assets}::uuid[])`] : asked.asset),
    ...asked.finding,
    ...(answered ? [sql<boolean>`v.id = any(${answered}::int[])`] : []),
  ];
  const inScope = assets ? [] : asked.scope;
  // Where the findings are named, there is nothing to look up asset by asset.
  const joined =
    !assets && !answered && scope.kind === 'boundaries' && !scope.unassigned
      ? [sql<boolean>`v.asset_ref in (${assetsIn(scope)})`]
      : inScope;
  return {
    matching: every([isShown, ...inScope, ...conditions]),
    all: every([isShown, ...joined, ...conditions]),
    isNarrow: assets !== undefined || answered !== undefined || pluginsWanted <= narrowPlugins,
  };
}

async function namedPlugins(
  db: Kysely<Database>,
  asked: readonly RawBuilder<boolean>[],
): Promise<string[] | undefined> {
  if (asked.length === 0) return undefined;
  const { rows } = await sql<{ id: string }>`
    select p.plugin_id::text as id from scan_plugins p where ${every(asked)} limit ${pluginsNamedAtMost + 1}`.execute(
    db,
  );
  return rows.length > pluginsNamedAtMost ? undefined : rows.map((row) => row.id);
}

async function namedAssets(
  db: Kysely<Database>,
  asked: readonly RawBuilder<boolean>[],
): Promise<string[] | undefined> {
  const { rows } = await sql<{ id: string }>`
    select v.asset_ref::text as id from (select asset_uuid as asset_ref from ingestion_assets) v where ${every(asked)} limit ${assetsNamedAtMost + 1}`.execute(
    db,
  );
  return rows.length > assetsNamedAtMost ? undefined : rows.map((row) => row.id);
}

/** Findings that are worked on so, under POA&Ms that the filter names, or whose weaknesses are due then: found by these, where they are few. */
async function namedFindings(
  db: Kysely<Database>,
  sight: Sight,
  filter: FindingFilter,
): Promise<number[] | undefined> {
  const { poam, due } = filter;
  const relation = workedOnIds(filter) ?? answeredIds(sight, poam, 'poam') ?? answeredIds(sight, due, 'due');
  if (relation === undefined) return undefined;
  const { rows } = await sql<{
    id: number;
  }>`select id from (${relation}) answered limit ${findingsNamedAtMost + 1}`.execute(db);
  return rows.length > findingsNamedAtMost ? undefined : rows.map((row) => row.id);
}
