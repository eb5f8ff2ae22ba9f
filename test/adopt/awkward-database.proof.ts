import type pg from 'pg';
import { describe, expect, test } from 'vitest';
import { emptyDatabase } from '../support/database.ts';
import { chooseTraits, createAwkwardDatabase, dropOwnerRole, plainTraits } from './awkward-database.ts';
import type { AwkwardDatabase, AwkwardTraits } from './awkward-database.ts';
import { ownerTableNames } from './owner-tables.ts';
import { traitChoices, traitSets } from './traits.ts';

const findings = 1000;

describe('chooseTraits', () => {
  const traits = Array.from({ length: 300 }, (_, seed) => chooseTraits(seed));

  test('chooseTraits covers every value of every trait over 300 seeds', () => {
    for (const [name, values] of Object.entries(traitChoices)) {
      const seen = new Set<unknown>(traits.map((each) => each[name as keyof typeof traitChoices]));
      expect(seen, name).toEqual(new Set<unknown>(values));
    }
    for (const [name, values] of Object.entries(traitSets)) {
      const drawn = traits.map((each) => each[name as keyof typeof traitSets]);
      expect(new Set<unknown>(drawn.flat()), name).toEqual(new Set<unknown>(values));
      expect(
        drawn.some((each) => each.length === 0),
        `${name}: none`,
      ).toBe(true);
    }
  });

  test('chooseTraits gives the same traits for a seed, as plain JSON', () => {
    expect(chooseTraits(42)).toEqual(chooseTraits(42));
    expect(JSON.parse(JSON.stringify(chooseTraits(42)))).toEqual(chooseTraits(42));
  });
});

describe('createAwkwardDatabase', () => {
  test('createAwkwardDatabase makes what the documents describe, without a trap', async () => {
    const made = await madeWith(plainTraits(), 1, (_pool, database) => Promise.resolve(database));
    expect(made).toMatchObject({
      findings,
      assets: findings / 25,
      duplicateFindings: 0,
      orphanFindings: 0,
      nonUuidFindings: 0,
      undashedFindings: 0,
      assetlessFindings: 0,
    });
  });

  test.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])(
    'createAwkwardDatabase makes what it reports, seed %i',
    async (seed) => {
      const traits = chooseTraits(seed);
      await madeWith(traits, seed, async (pool, database) => {
        const isText = traits.findingsVariant !== 'old';
        expect(database.findings).toBe(findings);
        expect(database.duplicateFindings > 0).toBe(traits.duplicateFindings);
        expect(await countDuplicates(pool, traits)).toBe(database.duplicateFindings);
        expect(database.orphanFindings > 0).toBe(isText && traits.orphanFindings);
        expect(database.nonUuidFindings > 0).toBe(isText && traits.nonUuidAssets);
        expect(database.undashedFindings > 0).toBe(isText && traits.undashedUuids);
        expect(database.assetlessFindings > 0).toBe(!isText && traits.nulls);
        for (const [table, { rows }] of Object.entries(await fingerprints(pool, traits))) {
          expect(rows, table).toBeGreaterThan(0);
        }
      });
    },
  );

  test.each([3, 8])('createAwkwardDatabase makes the same rows again, seed %i', async (seed) => {
    const traits = chooseTraits(seed);
    const first = await madeWith(traits, seed, (pool) => fingerprints(pool, traits));
    const second = await madeWith(traits, seed, (pool) => fingerprints(pool, traits));
    expect(second).toEqual(first);
  });
});

async function madeWith<T>(
  traits: AwkwardTraits,
  seed: number,
  look: (pool: pg.Pool, database: AwkwardDatabase) => Promise<T>,
): Promise<T> {
  await using empty = await emptyDatabase();
  const database = await createAwkwardDatabase(empty.pool, { traits, seed, findings });
  try {
    return await look(empty.pool, database);
  } finally {
    if (database.ownerRole !== undefined) {
      await dropOwnerRole(empty.pool, database.ownerRole);
    }
  }
}

/** Counted from the rows themselves, as somebody would who has not made them. */
async function countDuplicates(pool: pg.Pool, traits: AwkwardTraits): Promise<number> {
  const raw = { current: 'raw_data', old: 'raw_json', both: 'coalesce(raw_data, raw_json)' }[
    traits.findingsVariant
  ];
  const { rows } = await pool.query<{ surplus: string }>(`
    SELECT coalesce(sum(copies - 1), 0) AS surplus FROM (
      SELECT count(*) AS copies FROM (
        SELECT replace(lower(asset_uuid::text), '-', '') AS asset, plugin_id,
          ${raw} AS raw, CASE WHEN jsonb_typeof(${raw} -> 'port') = 'object' THEN ${raw} -> 'port' ELSE ${raw} END AS place
        FROM ingestion_vulnerabilities WHERE asset_uuid IS NOT NULL
      ) f
      GROUP BY asset, plugin_id, place ->> 'port', lower(place ->> 'protocol')
    ) keys`);
  const surplus = Number(rows[0]?.surplus);
  // Copies of findings without an asset are told but cannot be recognised.
  return traits.findingsVariant === 'old' && traits.nulls
    ? surplus + (await countAssetlessCopies(pool))
    : surplus;
}

async function countAssetlessCopies(pool: pg.Pool): Promise<number> {
  const { rows } = await pool.query<{ surplus: string }>(
    `SELECT count(*) - count(DISTINCT (plugin_id, created_at)) AS surplus
     FROM ingestion_vulnerabilities WHERE asset_uuid IS NULL`,
  );
  return Number(rows[0]?.surplus);
}

async function fingerprints(
  pool: pg.Pool,
  traits: AwkwardTraits,
): Promise<Record<string, { rows: number; digest: string }>> {
  const found: Record<string, { rows: number; digest: string }> = {};
  for (const table of [...ownerTableNames(traits), ...traits.foreignTables]) {
    const { rows } = await pool.query<{ rows: string; digest: string }>(
      `SELECT count(*) AS rows, md5(string_agg(t::text, E'\\n' ORDER BY t::text)) AS digest FROM ${table} t`,
    );
    found[table] = { rows: Number(rows[0]?.rows), digest: rows[0]?.digest ?? '' };
  }
  return found;
}
