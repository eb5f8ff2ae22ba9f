/** POA&Ms that were proposed here and have not gone out: their rows, and the row of the outbox that would make them. */
import { sql, type Kysely } from 'kysely';
import type { JsonObject } from '../../platform/values/index.ts';
import { type Database, storableJson } from '../../platform/postgres/index.ts';
import { fetchRows } from '../../record/entities/index.ts';
import { stateAfter, statesBefore } from '../../engine/outbox/index.ts';

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

/** Unties weaknesses and findings from POA&Ms that no longer exist, so that another can answer them. */
export async function untieWeaknesses(db: Kysely<Database>, poamIds: readonly string[]): Promise<void> {
  if (poamIds.length === 0) return;
  const gone = sql`select p.id from ingestion_poams p where p.poam_id = any(${[...poamIds]}::text[])`;
  await sql`update weaknesses set poam_id = null, updated_at = now() where poam_id in (${gone})`.execute(db);
  await sql`update ingestion_vulnerabilities set poam_id = null where poam_id in (${gone})`.execute(db);
}

/** Makes the milestones, assets and CVEs of proposals those of their payload; nothing of these rows has left Tieline. */
export async function renewProposalDetails(
  db: Kysely<Database>,
  renewed: readonly { readonly poamId: string; readonly payload: JsonObject; readonly milestones: boolean }[],
): Promise<void> {
  if (renewed.length === 0) return;
  const given = sql`jsonb_to_recordset(${storableJson(renewed)}::jsonb) as r("poamId" text, payload jsonb, milestones boolean)`;
  await sql`
    delete from ingestion_poam_milestones m using ${given} where m.poam_id = r."poamId" and r.milestones`.execute(
    db,
  );
  await sql`
    insert into ingestion_poam_milestones (poam_id, milestone_description, scheduled_completion, status, created_at)
    select r."poamId", m ->> 'milestone_description', (m ->> 'scheduled_completion')::timestamp, coalesce(m ->> 'status', 'Pending'), now()
      from ${given} cross join lateral jsonb_array_elements(r.payload -> 'milestones') with ordinality every_one(m, place)
     where r.milestones
     order by r."poamId", place`.execute(db);
  await sql`
    delete from ingestion_poam_assets a using ${given}, ingestion_assets asset
     where a.poam_id = r."poamId" and asset.asset_uuid = a.asset_uuid
       and not coalesce(r.payload -> 'affected_assets' @> to_jsonb(coalesce(asset.tenable_asset_uuid, asset.asset_uuid::text)), false)`.execute(
    db,
  );
  await sql`
    delete from ingestion_poam_cves c using ${given}
     where c.poam_id = r."poamId" and not coalesce(r.payload -> 'cves' @> to_jsonb(c.cve_id::text), false)`.execute(
    db,
  );
}
