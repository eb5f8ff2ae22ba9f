/** What POA&Ms and the GRC system say of deviations. */
import { sql, type Kysely, type RawBuilder } from 'kysely';
import { type Database, storableJson } from '../../../platform/postgres/index.ts';
import type { JsonObject } from '../../../platform/values/index.ts';
import { fetchPoamColumns } from '../../../record/poams/index.ts';
import { type Slot, slotFields } from './slot.ts';

export interface SlotRow {
  readonly poamId: string;
  /** The columns of the POA&M. */
  readonly here: JsonObject;
  /** The values on which both sides last agreed. */
  readonly agreed: JsonObject;
  /** What was shown last; null: nothing yet. */
  readonly shown: JsonObject | null;
  /** Whether what was shown may go to the GRC system; null: nothing was kept. */
  readonly mayLeave: boolean | null;
  /** Whether a person is to say which side is right. */
  readonly isHeld: boolean;
  /** Since when a person is asked about what the GRC system shows; null: they are not. */
  readonly askedSince: Date | null;
}

/** SQL of what the fields of POA&M `p` say. */
async function saidHere(db: Kysely<Database>): Promise<RawBuilder<JsonObject>> {
  const columns = await fetchPoamColumns(db);
  const pairs = slotFields.map((field) => {
    const name = `deviation_${field}`;
    return sql`${sql.lit(name)}::text, ${columns.of(name)}::text`;
  });
  return sql`jsonb_build_object(${sql.join(pairs)})`;
}

/** What a POA&M says here, where what is decided here may go to its GRC system; undefined: it may not, or it has never shown any. */
export async function findShown(db: Kysely<Database>, poamId: string): Promise<JsonObject | undefined> {
  const { rows } = await sql<{ here: JsonObject }>`
    select ${await saidHere(db)} as here from ingestion_poams p
      join shown_deviations s on s.poam_id = p.poam_id and s.may_leave
     where p.poam_id = ${poamId}`.execute(db);
  return rows[0]?.here;
}

/** POA&Ms linked at a GRC system that show a deviation, or have one. @param only of these. */
export async function listSlots(
  db: Kysely<Database>,
  systemId: number,
  only?: readonly string[],
): Promise<SlotRow[]> {
  const here = await saidHere(db);
  const { rows } = await sql<SlotRow>`
    select p.poam_id as "poamId", ${here} as here, l.base as agreed, s.slot as shown, s.may_leave as "mayLeave",
           exists (select from sync_conflicts c
                    where c.entity_type = 'poam' and c.entity_id = p.poam_id and c.external_system_id = ${systemId}
                      and c.resolution_status = 'pending' and starts_with(c.field_name::text, 'deviation_')) as "isHeld",
           (select q.opened_at from poam_questions q where q.poam_id = p.poam_id and q.code = 'deviation_there' and q.settled_at is null) as "askedSince"
      from ingestion_poams p
      join sync_links l on l.external_system_id = ${systemId} and l.entity_type = 'poam' and l.entity_id = p.poam_id
                       and l.retired_at is null and l.missing_since is null
      left join shown_deviations s on s.poam_id = p.poam_id
     where p.poam_id in (select d.poam_id from deviations d where d.state <> 'found'
                          union select k.poam_id from ingestion_poams k where k.deviation_status is not null
                          union select poam_id from shown_deviations)
       and (${only ?? null}::text[] is null or p.poam_id = any(${only ?? null}::text[]))
     order by p.poam_id`.execute(db);
  return rows;
}

export async function keepShown(
  db: Kysely<Database>,
  slots: readonly { readonly poamId: string; readonly slot: Slot; readonly mayLeave: boolean }[],
  at: Date,
): Promise<void> {
  if (slots.length === 0) return;
  await sql`
    insert into shown_deviations (poam_id, slot, may_leave, shown_at)
    select g."poamId", g.slot, g."mayLeave", ${at}::timestamptz
      from jsonb_to_recordset(${storableJson(slots)}::jsonb) as g("poamId" text, slot jsonb, "mayLeave" boolean)
    on conflict (poam_id) do update set slot = excluded.slot, may_leave = excluded.may_leave, shown_at = excluded.shown_at`.execute(
    db,
  );
}
