/**
 * Reports that need not be merged again, of a whole entity at once: what `findKnownReports` finds for a page, for a read that will show all.
 * One pass over links and rows costs a fraction of an index look-up for each record of each page.
 */
import { sql, type Kysely, type RawBuilder } from 'kysely';
import { asKey, type Database } from '../../../platform/postgres/index.ts';
import { isFileBeside } from '../../../ledger/links/index.ts';
import { assetsNamed } from '../../poams/index.ts';
import { linkedEntity } from '../define-entity.ts';
import type { LinkedEntityName } from './rows.sql.ts';
import { fetchSideDigests } from './side-digests.sql.ts';

/** Digests of reports, 16 bytes each, in order; `first` is the byte that they begin with. */
export interface DigestsOfByte {
  readonly first: number;
  readonly digests: Buffer;
}

/**
 * The digests of all reports that stand: what a page would find known now (`findKnownReports`). What rules a report out is gathered first and
 * joined by hash: the planner takes the comparison of digests for a single row, and would look up the rest row by row.
 * @returns at most 256 groups, so that a million are no text of 32 MB on their way.
 */
export async function listStandingReports(
  db: Kysely<Database>,
  source: { readonly systemId: number; readonly entity: LinkedEntityName },
): Promise<readonly DigestsOfByte[]> {
  const { table, key, keyKind } = linkedEntity(source.entity).row;
  const { digest, ctes, joins } = (await fetchSideDigests(db, source.entity)).seenInAll(source.systemId);
  const { rows } = await sql<DigestsOfByte>`
    with ${linksThatMayStand(source, asKey('l.entity_id', keyKind))}${ctes}
    select get_byte(uuid_send(l.report_digest), 0) as first,
           string_agg(uuid_send(l.report_digest), ''::bytea order by l.report_digest) as digests
      from links l join ${sql.table(table)} t on t.${sql.ref(key)} = l.key${joins}
     where l.seen_digest = ${digest}
     group by 1`.execute(db);
  return rows;
}

/** SQL of the links whose report stands unless our side moved, as a CTE `links`. @param key SQL of our id in the type of its column. */
const linksThatMayStand = (
  { systemId, entity }: { readonly systemId: number; readonly entity: LinkedEntityName },
  key: RawBuilder<unknown>,
) => sql`
    merged as materialized (
      select l.entity_id, l.report_digest, l.seen_digest, l.waits_for
        from sync_links l
       where l.external_system_id = ${systemId} and l.entity_type = ${entity}
         and l.report_digest is not null and l.seen_digest is not null and l.retired_at is null and l.missing_since is null
    ), present as materialized (
      select waited.name from (select distinct unnest(waits_for) from merged) waited(name)
       where exists (${assetsNamed('waited.name')})
    ), ruled_out as materialized (
      select w.entity_id from (select entity_id, unnest(waits_for) as name from merged) w join present on present.name = w.name
      union
      select c.entity_id from sync_conflicts c
       where c.entity_type = ${entity} and c.resolution_status = 'pending' and coalesce(c.external_system_id, ${systemId}) = ${systemId}
      union
      select theirs.entity_id
        from external_systems s
       cross join lateral (select entity_id from sync_links
                            where external_system_id = s.id and entity_type = ${entity} and retired_at is null offset 0) theirs
       where s.id <> ${systemId} and not ${isFileBeside(systemId, sql`s.id`)}
    ), links as materialized (
      select ${key} as key, l.report_digest, l.seen_digest
        from merged l where not exists (select from ruled_out r where r.entity_id = l.entity_id)
    )`;
