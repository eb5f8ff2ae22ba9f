/**
 * How a POA&M, with its milestones, stands between both sides: one word, the worst that holds. One relation serves list, facet and
 * detail, so that they never differ. What stands in the way is little beside all POA&Ms, so it is gathered once and joined, not asked
 * for each row.
 */
import { type Kysely, type RawBuilder, sql } from 'kysely';
import { type Agreement, agreements } from '../../canonical/lists/index.ts';
import type { ConflictType } from '../../canonical/vocabulary/index.ts';
import type { Database } from '../../platform/postgres/index.ts';

const rank = (word: Agreement): RawBuilder<number> => sql.lit(agreements.indexOf(word));
const refusals = ['validation_rejected', 'unmappable_value'] as const satisfies readonly ConflictType[];
const unclear = 'unclear_outcome' satisfies ConflictType;
const ofPoams = sql`entity_type in ('poam', 'milestone')`;

/** What keeps a record from being agreed, a row each: entity, id, how bad, and what it is. */
const obstacles = sql`
  select entity_type, entity_id, external_system_id,
         case when conflict_type = ${sql.lit(unclear)} then ${rank('unclear')}
              when conflict_type in (${sql.join(refusals.map((each) => sql.lit(each)))}) then ${rank('refused')}
              else ${rank('conflict')} end as rank,
         'conflict' as kind, id::bigint as id, conflict_type::text as what,
         case when field_name is null then '{}'::text[] else array[field_name::text] end as fields, created_at at time zone 'UTC' as since
    from sync_conflicts where resolution_status = 'pending' and ${ofPoams}
  union all
  select entity_type, entity_id, external_system_id,
         case when state = 'waiting' then ${rank('approval')} when state = 'pending' then ${rank('sending')}
              when state = 'sent' or failure ->> 'outcome' = 'unclear' then ${rank('unclear')} else ${rank('refused')} end,
         'outbox', id, state,
         case jsonb_typeof(payload) when 'object' then array(select jsonb_object_keys(payload)) else '{}' end,
         case when state in ('sent', 'failed') then coalesce(settled_at, sent_at, created_at) else created_at end
    from sync_outbox where state in ('waiting', 'pending', 'sent', 'failed') and ${ofPoams}
  union all
  select entity_type, entity_id, external_system_id, ${rank('sending')}, 'edit', id, 'edited', '{}', edited_at
    from sync_links where edited_at is not null and retired_at is null and ${ofPoams}`;

const obstaclesOfPoams = sql`
  select coalesce(m.poam_id, o.entity_id) as poam_id, o.*
    from (${obstacles}) o
    left join ingestion_poam_milestones m on m.id = case when o.entity_type = 'milestone' then o.entity_id::bigint end`;

/** SQL that joins `obstacle` (poam_id, rank) to a row `p` of ingestion_poams. */
export const joinObstacle = sql`
  left join (select poam_id, min(rank) as rank from (${obstaclesOfPoams}) every_one group by poam_id) obstacle on obstacle.poam_id = p.poam_id`;

/** SQL of the word, over `p` and `obstacle`. */
export const agreementOf: RawBuilder<Agreement> = sql`
  (${agreements}::text[])[1 + coalesce(obstacle.rank,
     case when exists (select from sync_links l where l.entity_type = 'poam' and l.entity_id = p.poam_id and l.retired_at is null)
          then ${rank('agreed')} else ${rank('unlinked')} end)]`;

/** One thing that stands between a POA&M and agreement. */
export interface Obstacle {
  readonly agreement: Agreement;
  readonly kind: 'conflict' | 'outbox' | 'edit';
  /** Of the conflict, the change in the outbox, or the link. */
  readonly id: number;
  /** The type of the conflict, or the state of the change. */
  readonly what: string;
  readonly entity: string;
  readonly entityId: string;
  readonly connection: string | null;
  readonly fields: readonly string[];
  readonly since: Date;
}

/** All that stands between a POA&M with its milestones and agreement, the worst first. */
export async function listObstacles(db: Kysely<Database>, poamId: string): Promise<Obstacle[]> {
  const { rows } = await sql<Obstacle>`
    select (${agreements}::text[])[1 + o.rank] as agreement, o.kind, o.id::float8 as id, o.what, o.entity_type as entity, o.entity_id as "entityId",
           s.system_name as connection, o.fields, o.since
      from (${obstaclesOfPoams}) o left join external_systems s on s.id = o.external_system_id
     where o.poam_id = ${poamId} order by o.rank, o.since, o.id limit 200`.execute(db);
  return rows;
}
