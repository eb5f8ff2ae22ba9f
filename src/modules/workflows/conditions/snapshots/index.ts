/** Records as conditions read them: one statement for all of a kind that are asked about, and one for their systems. */
import { isUuid } from '../../../../platform/values/index.ts';
import type { Kysely } from 'kysely';
import type { RecordKind } from '../../../../canonical/workflow/index.ts';
import type { Database } from '../../../../platform/postgres/index.ts';
import { type Snapshot, snapshotFrom, type SnapshotRow } from '../hydrate.ts';
import { readFindings, readWeaknesses } from './findings.sql.ts';
import { readAssets, readFeeds, readScans, readSystemParts } from './places.sql.ts';
import { readDeviations, readPoams } from './poams.sql.ts';

type Read = (db: Kysely<Database>, ids: readonly string[], now: Date) => Promise<SnapshotRow[]>;

const uuids = (ids: readonly string[]): readonly string[] => ids.filter((id) => isUuid(id));

const readers: Readonly<Record<RecordKind, Read>> = {
  finding: (db, ids) => readFindings(db, uuids(ids)),
  weakness: readWeaknesses,
  poam: readPoams,
  deviation: readDeviations,
  asset: (db, ids) => readAssets(db, uuids(ids)),
  system: async (db, ids, now) =>
    [...(await readSystemParts(db, ids, now))].map(([id, part]) => ({
      id,
      title: typeof part['name'] === 'string' ? part['name'] : id,
      boundary: id,
      plain: {},
    })),
  scan: readScans,
  feed: readFeeds,
};

/**
 * Reads records as conditions see them. What an id means: of a finding its key, of a weakness, deviation or load of a feed its number, of a
 * POA&M `poam_id`, of an asset its uuid; of a system and of a scan (what scans covered of a boundary) `system_id`.
 * @param now the moment that counts from it are of. @returns those that are there; in the order of their ids.
 */
export async function snapshotOf(
  db: Kysely<Database>,
  kind: RecordKind,
  ids: readonly string[],
  now: Date,
): Promise<Snapshot[]> {
  if (ids.length === 0) return [];
  const rows = await readers[kind](db, [...new Set(ids)], now);
  const boundaries = [...new Set(rows.flatMap(({ boundary }) => boundary ?? []))];
  const systems = await readSystemParts(db, boundaries, now);
  return rows.map((row) => {
    const system = row.boundary === null ? null : (systems.get(row.boundary) ?? null);
    return snapshotFrom(kind, { ...row, plain: { ...row.plain, system } });
  });
}

export { listCandidates } from './candidates.sql.ts';
