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
    )
    select w.asset_uuid::text as "assetUuid",
           coalesce((select jsonb_agg(jsonb_build_object('systemId', h.system_id, 'how', h.how, 'role', h.role,
                                                         'isOwn', ${isRuledBy(externalSystemId, sql`h.system_id`)}) order by h.how, h.system_id)
                       from holder h where h.asset_uuid = w.asset_uuid), '[]') as holders,
           coalesce((select jsonb_agg(jsonb_build_object('systemId', d.system_id, 'decision', d.decision, 'role', d.asset_role) order by d.system_id)
                       from boundary_decisions d where d.asset_uuid = w.asset_uuid and d.decided_by_kind = 'person'), '[]') as words,
           array(select distinct c.system_id::text from asset_correlations k join system_components c on c.id = k.component_id
                  where k.asset_uuid = w.asset_uuid and k.decision = 'review' and c.external_system_id = ${externalSystemId} and ${isThere('c')} order by 1) as asked
      from wanted w`.execute(db);
  return new Map(rows.map(({ assetUuid, ...standing }) => [assetUuid, standing]));
}
