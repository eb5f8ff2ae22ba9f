/** POA&Ms that were proposed here and have not gone out: their rows, and the row of the outbox that would make them. */
import { sql, type Kysely } from 'kysely';
import type { JsonObject } from '../../platform/values/index.ts';
import type { Database } from '../../platform/postgres/index.ts';
import { fetchRows } from '../../record/entities/index.ts';

export interface UnsentPoamRow {
  readonly outboxId: number;
  readonly poamId: string;
  readonly state: 'waiting' | 'pending' | 'failed' | 'dropped' | 'superseded';
  readonly payload: JsonObject;
  readonly composed: JsonObject;
  /** When it was rejected, or refused; ISO in UTC. */
  readonly settledAt: string | null;
  /** Our row, under the current names of its columns. */
  readonly row: JsonObject;
  readonly milestones: readonly {
    readonly id: number;
    readonly milestone_description: string | null;
    readonly scheduled_completion: string | null;
    readonly status: string | null;
  }[];
}

/**
 * Proposals for a GRC system that it does not have, by poam_id. Without those whose arrival is not known: they are looked up at
 * the remote first and never planned again. By idx_sync_outbox_entity.
 */
export async function listUnsentPoams(
  db: Kysely<Database>,
  systemId: number,
): Promise<ReadonlyMap<string, UnsentPoamRow>> {
  const { rows } = await sql<Omit<UnsentPoamRow, 'row'>>`
    select o.id::int as "outboxId", o.entity_id as "poamId", o.state, o.payload, coalesce(o.composed, o.payload) as composed,
           to_char(o.settled_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as "settledAt",
           coalesce((select jsonb_agg(jsonb_build_object('id', m.id, 'milestone_description', m.milestone_description,
                                                         'scheduled_completion', m.scheduled_completion, 'status', m.status) order by m.id)
                       from ingestion_poam_milestones m where m.poam_id = o.entity_id), '[]') as milestones
      from sync_outbox o
      join ingestion_poams p on p.poam_id = o.entity_id
     where o.external_system_id = ${systemId} and o.entity_type = 'poam' and o.change_kind = 'create'
       and (o.state in ('waiting', 'pending', 'dropped')
            or o.state = 'failed' and o.failure ->> 'outcome' is distinct from 'unclear'
            or o.state = 'superseded' and p.status is distinct from 'Cancelled')
       and not exists (select from sync_links l
                        where l.entity_type = 'poam' and l.entity_id = o.entity_id)
       -- What a person has made again stands as he decided, whatever has become of its findings.
       and not exists (select from sync_conflicts c
                        where c.entity_type = 'poam' and c.entity_id = o.entity_id and c.resolution ->> 'effect' = 'make_again')`.execute(
    db,
  );
  const stored = await fetchRows(
    db,
    'poam',
    rows.map((row) => row.poamId),
  );
  return new Map(rows.map((row) => [row.poamId, { ...row, row: stored.get(row.poamId)?.row ?? {} }]));
}
