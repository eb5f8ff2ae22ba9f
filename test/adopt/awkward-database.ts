import type pg from 'pg';
import { fillingOf } from './filling.ts';
import { ownerAssetsSql } from './owner-assets.ts';
import { ownerChangesSql } from './owner-changes.ts';
import { ownerDependentsSql } from './owner-dependents.ts';
import { ownerFindingsSql } from './owner-findings.ts';
import { ownerPoamsSql } from './owner-poams.ts';
import { giveAwayTables } from './owner-role.ts';
import { ownerRowsSql } from './owner-rows.ts';
import { ownerForeignKeysSql, ownerTablesSql } from './owner-tables.ts';
import type { AwkwardTraits } from './traits.ts';

export { dropOwnerRole } from './owner-role.ts';
export { chooseTraits, plainTraits, type AwkwardTraits } from './traits.ts';

/** What was really made. Traits that cannot be together (orphans under a foreign key) count zero. */
export interface AwkwardDatabase {
  readonly traits: AwkwardTraits;
  readonly findings: number;
  readonly assets: number;
  /** Rows more than there are pairs of asset, plugin, port and protocol. */
  readonly duplicateFindings: number;
  /** Findings whose asset is a UUID, in whatever spelling, that no asset has. */
  readonly orphanFindings: number;
  /** Findings whose asset is text that PostgreSQL does not take as a UUID. */
  readonly nonUuidFindings: number;
  /** Findings whose asset is a UUID without its dashes; PostgreSQL takes it. */
  readonly undashedFindings: number;
  /** Findings without an asset; only the older variant allows it. */
  readonly assetlessFindings: number;
  /** The role that owns tables; drop it with `dropOwnerRole`. Undefined where none was made. */
  readonly ownerRole: string | undefined;
}

/**
 * Makes, in an empty database, what a customer's existing application has there: its tables with its rows, years old
 * and never quite as documented. The same traits, seed and number of findings make the same rows.
 */
export async function createAwkwardDatabase(
  pool: pg.Pool,
  options: { readonly traits: AwkwardTraits; readonly seed: number; readonly findings: number },
): Promise<AwkwardDatabase> {
  const { traits } = options;
  const filling = fillingOf(options);
  const client = await pool.connect();
  try {
    // Large statements of cheap expressions: compiling them takes longer than running them.
    await client.query('BEGIN; SET LOCAL jit = off; SET LOCAL client_min_messages = warning;');
    await client.query(ownerTablesSql(traits));
    await client.query(ownerRowsSql(filling));
    await client.query(ownerAssetsSql(filling));
    await client.query(ownerPoamsSql(filling));
    await client.query(ownerFindingsSql(filling));
    await client.query(ownerForeignKeysSql(traits));
    await client.query(ownerChangesSql(traits));
    await client.query(ownerDependentsSql(traits));
    const ownerRole = await giveAwayTables(client, traits);
    await client.query(traits.analyzed ? 'ANALYZE; COMMIT' : 'COMMIT');
    return { traits, ...(await countOf(client)), duplicateFindings: filling.size.copies, ownerRole };
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  } finally {
    client.release();
  }
}

type Counts = Pick<
  AwkwardDatabase,
  'findings' | 'assets' | 'orphanFindings' | 'nonUuidFindings' | 'undashedFindings' | 'assetlessFindings'
>;

async function countOf(client: pg.PoolClient): Promise<Counts> {
  const { rows } = await client.query<Record<keyof Counts, string>>(`
    SELECT count(*) AS findings, (SELECT count(*) FROM ingestion_assets) AS assets,
      count(*) FILTER (WHERE is_uuid AND a.asset_uuid IS NULL) AS "orphanFindings",
      count(*) FILTER (WHERE NOT is_uuid) AS "nonUuidFindings",
      count(*) FILTER (WHERE asset ~* '^[0-9a-f]{32}$') AS "undashedFindings",
      count(*) FILTER (WHERE asset IS NULL) AS "assetlessFindings"
    FROM (
      SELECT asset_uuid::text AS asset, replace(lower(asset_uuid::text), '-', '') AS digits,
        asset_uuid::text ~* '^[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12}$' AS is_uuid
      FROM ingestion_vulnerabilities
    ) f
    LEFT JOIN ingestion_assets a ON replace(a.asset_uuid::text, '-', '') = f.digits`);
  const [row] = rows;
  if (row === undefined) {
    throw new Error('an aggregate gave no row');
  }
  return {
    findings: Number(row.findings),
    assets: Number(row.assets),
    orphanFindings: Number(row.orphanFindings),
    nonUuidFindings: Number(row.nonUuidFindings),
    undashedFindings: Number(row.undashedFindings),
    assetlessFindings: Number(row.assetlessFindings),
  };
}
