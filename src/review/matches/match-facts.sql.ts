/** What a person compares to decide a match: what both sides are known by, and what depends on it. */
import { sql, type Kysely } from 'kysely';
import type { Identifier } from '../../canonical/identity/index.ts';
import type { Database } from '../../platform/postgres/index.ts';
import { matchBoundary, matchGain, matchSource } from './match-list.sql.ts';

export interface MatchFacts {
  readonly boundary: string | null;
  readonly gain: number;
  /** Open findings of the asset, which follow it into the system. */
  readonly open: Readonly<Record<'critical' | 'high' | 'medium' | 'low' | 'info', number>>;
  /** The boundary that it is in now. */
  readonly systemId: string | null;
  readonly lastSeen: Date | null;
  readonly operatingSystem: string | null;
  /** Sources that report the asset. */
  readonly sources: readonly string[];
  readonly identifiers: readonly Identifier[];
}

/** Of the asset of a match; a match about several assets has the facts of none. */
export async function fetchMatchFacts(db: Kysely<Database>, id: number): Promise<MatchFacts | undefined> {
  const { rows } = await sql<MatchFacts>`
    select ${matchBoundary} as boundary, ${matchGain}::int as gain,
           jsonb_build_object('critical', coalesce(e.open_critical, 0), 'high', coalesce(e.open_high, 0), 'medium', coalesce(e.open_medium, 0),
                              'low', coalesce(e.open_low, 0), 'info', coalesce(e.open_info, 0)) as open,
           a.system_id as "systemId", a.last_seen as "lastSeen",
           (select o.operating_system from ingestion_asset_systems o where o.asset_uuid = a.asset_uuid order by o.is_primary desc nulls last, o.id limit 1) as "operatingSystem",
           coalesce((select jsonb_agg(distinct s.system_name) from asset_sources known join external_systems s on s.id = known.external_system_id
                      where known.asset_uuid = a.asset_uuid), '[]') as sources,
           coalesce((select jsonb_agg(jsonb_build_object('kind', i.kind, 'value', i.value) order by i.kind, i.value)
                       from asset_identifiers i where i.asset_uuid = a.asset_uuid), '[]') as identifiers
      from ${matchSource.from} where r.id = ${id}`.execute(db);
  return rows[0];
}

/** What candidates are known by, by their choice: of components of an external system, or of assets. */
export async function listCandidateIdentifiers(
  db: Kysely<Database>,
  of: { readonly systemId: number; readonly kind: 'component' | 'asset' },
  choices: readonly string[],
): Promise<ReadonlyMap<string, readonly Identifier[]>> {
  const found =
    of.kind === 'component'
      ? sql`select c.component_id as choice, i.kind, i.value from system_components c join component_identifiers i on i.component_id = c.id
             where c.external_system_id = ${of.systemId} and c.component_id = any(${[...choices]}::text[])`
      : sql`select i.asset_uuid::text as choice, i.kind, i.value from asset_identifiers i where i.asset_uuid::text = any(${[...choices]}::text[])`;
  const { rows } = await sql<{ choice: string } & Identifier>`${found} order by 1, 2, 3`.execute(db);
  return Map.groupBy(rows, ({ choice }) => choice) as ReadonlyMap<string, readonly Identifier[]>; // with the choice beside
}
