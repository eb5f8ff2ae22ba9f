/** What is known about assets before rules of boundaries are asked: who has them, what a person said, what is still asked. */
import { sql, type Kysely } from 'kysely';
import type { AssetRole } from '../../canonical/boundary-rules/index.ts';
import type { Database } from '../../platform/postgres/index.ts';
import { isThere } from '../../record/assets/index.ts';
import { isRuledBy } from '../../record/systems/index.ts';

/** A boundary that has an asset without any rule. */
export interface Holder {
  readonly systemId: string;
  /** component: it is one of its components; owner: the application that keeps the record says so. */
  readonly how: 'component' | 'owner';
  readonly role: AssetRole;
  /** Whether the boundary is of the GRC system whose rules are asked. */
  readonly isOwn: boolean;
}

export interface Standing {
  readonly holders: readonly Holder[];
  readonly words: readonly {
    readonly systemId: string;
    readonly decision: 'linked' | 'rejected';
    readonly role: AssetRole;
  }[];
  /** Boundaries of the components that it may be, where a person is asked which. */
  readonly asked: readonly string[];
}

/** By asset; one about which nothing is known is not in it. */
export async function fetchStandings(
  db: Kysely<Database>,
  externalSystemId: number,
  assetUuids: readonly string[],
): Promise<ReadonlyMap<string, Standing>> {
  if (assetUuids.length === 0) return new Map();
  const { rows } = await sql<{ assetUuid: string } & Standing>`
    with wanted as (select unnest(${[...assetUuids]}::uuid[]) as asset_uuid), component as (
      select distinct k.asset_uuid, c.system_id from asset_correlations k join system_components c on c.id = k.component_id join wanted using (asset_uuid)
       where k.decision = 'linked' and ${isThere('c')}
    ), owner as (
      select a.asset_uuid, a.system_id::text as system_id, null as asset_role from ingestion_assets a join wanted using (asset_uuid)
       where a.system_id is not null
         and not exists (select from ingestion_system_assets s where s.asset_uuid = a.asset_uuid and s.system_id = a.system_id
                            and s.assignment_type in ('correlated', 'boundary_rule'))
      union
      select s.asset_uuid, s.system_id, s.asset_role from ingestion_system_assets s join wanted using (asset_uuid)
       where s.system_id is not null and coalesce(s.assignment_type, '') not in ('correlated', 'boundary_rule')
    ), holder as (
      select c.asset_uuid, c.system_id, 'component' as how,
             coalesce((select min(s.asset_role) from ingestion_system_assets s where s.asset_uuid = c.asset_uuid and s.system_id = c.system_id), 'responsible') as role
        from component c
      union all
      select o.asset_uuid, o.system_id, 'owner', coalesce(min(o.asset_role), 'responsible') from owner o
       where not exists (select from component c where c.asset_uuid = o.asset_uuid and c.system_id = o.system_id)
       group by o.asset_uuid, o.system_id
    ), holders as (
      select h.asset_uuid, jsonb_agg(jsonb_build_object('systemId', h.system_id, 'how', h.how, 'role', h.role,
                                                        'isOwn', ${isRuledBy(externalSystemId, sql`h.system_id`)}) order by h.how, h.system_id) as list
        from holder h group by h.asset_uuid
    ), words as (
      select d.asset_uuid, jsonb_agg(jsonb_build_object('systemId', d.system_id, 'decision', d.decision, 'role', d.asset_role) order by d.system_id) as list
        from boundary_decisions d join wanted using (asset_uuid) where d.decided_by_kind = 'person' group by d.asset_uuid
    ), asked as (
      select k.asset_uuid, array_agg(distinct c.system_id::text order by c.system_id::text) as list
        from asset_correlations k join system_components c on c.id = k.component_id join wanted using (asset_uuid)
       where k.decision = 'review' and c.external_system_id = ${externalSystemId} and ${isThere('c')} group by k.asset_uuid
    )
    -- Each is put together once and joined: asked for asset by asset, all of it would be read for each.
    select w.asset_uuid::text as "assetUuid", coalesce(h.list, '[]') as holders, coalesce(s.list, '[]') as words, coalesce(q.list, '{}') as asked
      from wanted w left join holders h using (asset_uuid) left join words s using (asset_uuid) left join asked q using (asset_uuid)`.execute(
    db,
  );
  return new Map(rows.map(({ assetUuid, ...standing }) => [assetUuid, standing]));
}
