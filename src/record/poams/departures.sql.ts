/**
 * Machines that moved to another system leave the POA&Ms that answer the weaknesses of the old one. A POA&M that somebody wrote about
 * something else keeps its list.
 */
import { sql, type Kysely } from 'kysely';
import { boundariesOf, isSystemOf } from '../systems/index.ts';
import { type Database, storableJson } from '../../platform/postgres/index.ts';
import { isFinished } from '../poam-status/index.ts';
import { asAssetUuid } from './assets-and-cves.sql.ts';
import { closeConflictsNotFound, openFoundConflicts } from '../../ledger/conflicts/index.ts';
import { reasonValue, ruleValues } from '../../ledger/operations/index.ts';

/** SQL of how a machine is named in the list of a POA&M, of asset `a`. */
export const nameInPoams = sql.raw('coalesce(a.tenable_asset_uuid, a.asset_uuid::text)');

interface Source {
  readonly systemId: number;
  readonly operationId: string;
}

/**
 * Notes which machines left their POA&M for another system of the same GRC system, and which came back. Run before weaknesses are
 * looked at, after they let go of POA&Ms that moved themselves.
 */
export async function recordDepartures(db: Kysely<Database>, source: Source): Promise<void> {
  const { systemId, operationId } = source;
  // Listed by the remote still, or not: what came back is not gone, and what the remote took out need not be kept out.
  await sql`
    delete from poam_asset_departures d using ingestion_poams p, ingestion_assets a
     where p.poam_id = d.poam_id and a.asset_uuid = d.asset_uuid and d.kind = 'moved'
       and (exists (select from (${boundariesOf(systemId)}) b where b.asset_uuid = d.asset_uuid and b.system_id = p.system_id)
            or ${isSystemOf(systemId, 'p.system_id')} and not ${lists('p')})`.execute(db);
  await sql`
    with moved as (
      select listed.poam_id, listed.asset_uuid, p.system_id as old_system, b.system_id as new_system
        from weaknesses w
        join ingestion_poams p on p.id = w.poam_id and p.system_id = w.system_id
        join ingestion_poam_assets listed on listed.poam_id = p.poam_id
        join (${boundariesOf(systemId)}) b on b.asset_uuid = listed.asset_uuid and b.system_id <> p.system_id
       where ${isSystemOf(systemId, 'p.system_id')}
         and not ${isFinished('p')}
         and not exists (select from (${boundariesOf(systemId)}) own where own.asset_uuid = listed.asset_uuid and own.system_id = p.system_id)
         -- An assignment that the owner made stands.
         and not exists (select from ingestion_system_assets s where s.asset_uuid = listed.asset_uuid and s.system_id = p.system_id)
    ), departed as (
      insert into poam_asset_departures (poam_id, asset_uuid, reason, operation_id)
      select distinct poam_id, asset_uuid, 'moved from ' || old_system || ' to ' || new_system, ${operationId}::uuid from moved
      on conflict do nothing
    ), journal as (
      insert into sync_changes (operation_id, external_system_id, entity_type, entity_id, field_name, before_value, direction, decided_by_kind, rule_code, reason_code, reason_params)
      select distinct ${operationId}::uuid, ${systemId}::int, 'poam', poam_id, 'affected_assets', to_jsonb(asset_uuid::text), 'internal',
             ${sql.raw(ruleValues('machine_moved'))}, ${sql.raw(reasonValue('machine_moved'))},
             jsonb_build_object('from', old_system, 'to', new_system) from moved
    )
    delete from ingestion_poam_assets listed using moved
     where listed.poam_id = moved.poam_id and listed.asset_uuid = moved.asset_uuid`.execute(db);
}

/**
 * Machines that were terminated or deleted leave the list of their POA&M where another machine of it lives. The last one stays: a person
 * decides about a POA&M without machines.
 */
export async function recordEnded(db: Kysely<Database>, { systemId, operationId }: Source): Promise<void> {
  await sql`
    delete from poam_asset_departures d using ingestion_poams p, ingestion_assets a
     where p.poam_id = d.poam_id and a.asset_uuid = d.asset_uuid and d.kind = 'ended'
       and (${isLiving('a')} or ${isSystemOf(systemId, 'p.system_id')} and not ${lists('p')})`.execute(db);
  await sql`
    with ended as materialized (
      select distinct listed.poam_id, listed.asset_uuid, case when a.deleted_at is null then 'terminated' else 'deleted' end as how
        from weaknesses w
        join ingestion_poams p on p.id = w.poam_id
        join ingestion_poam_assets listed on listed.poam_id = p.poam_id
        join ingestion_assets a on a.asset_uuid = listed.asset_uuid and not ${isLiving('a')}
       where ${isSystemOf(systemId, 'p.system_id')} and not ${isFinished('p')}
         and exists (select from ingestion_poam_assets other join ingestion_assets b on b.asset_uuid = other.asset_uuid
                      where other.poam_id = p.poam_id and ${isLiving('b')})
    ), departed as (
      insert into poam_asset_departures (poam_id, asset_uuid, kind, reason, operation_id)
      select poam_id, asset_uuid, 'ended', how, ${operationId}::uuid from ended
      on conflict do nothing
    ), journal as (
      insert into sync_changes (operation_id, external_system_id, entity_type, entity_id, field_name, before_value, direction, decided_by_kind, rule_code, reason_code)
      select ${operationId}::uuid, ${systemId}::int, 'poam', poam_id, 'affected_assets', to_jsonb(asset_uuid::text), 'internal',
             ${sql.raw(ruleValues('sources_report'))}, ${sql.raw(reasonValue('machine_gone'))} from ended
    )
    delete from ingestion_poam_assets listed using ended
     where listed.poam_id = ended.poam_id and listed.asset_uuid = ended.asset_uuid`.execute(db);
}

const isLiving = (asset: string) =>
  sql.raw(`(${asset}.terminated_at is null and ${asset}.deleted_at is null)`);

export interface AssetLists {
  readonly poamId: string;
  /** Machines as the remote listed them before, and as it does now. */
  readonly was: readonly string[];
  readonly is: readonly string[];
}

/**
 * A list that both sides edit is merged member by member: a machine that the remote listed and no longer does was taken off by a
 * person there, and stays off here, though the weakness is still found on it; one that is listed again is on it again.
 */
export async function recordTakenOff(
  db: Kysely<Database>,
  { systemId, operationId }: Source,
  lists: readonly AssetLists[],
): Promise<void> {
  if (lists.length === 0) return;
  const named = (list: 'was' | 'is') => sql`
    select g."poamId" as poam_id, a.asset_uuid
      from jsonb_to_recordset(${storableJson(lists)}::jsonb) as g("poamId" text, was text[], "is" text[])
     cross join unnest(g.${sql.ref(list)}) listed(name)
      join ingestion_assets a on a.asset_uuid = ${asAssetUuid('listed.name')} or a.tenable_asset_uuid = lower(trim(listed.name))`;
  await sql`
    delete from poam_asset_departures d using (${named('is')}) listed
     where d.kind = 'taken off' and d.poam_id = listed.poam_id and d.asset_uuid = listed.asset_uuid`.execute(
    db,
  );
  const { rows: kept } = await sql<{ poam_id: string; asset_uuid: string }>`
    with taken as (
      select distinct w.poam_id, w.asset_uuid from (${named('was')}) w
       where not exists (select from (${named('is')}) i where i.poam_id = w.poam_id and i.asset_uuid = w.asset_uuid)
    ), kept as (
      insert into poam_asset_departures (poam_id, asset_uuid, kind, reason, operation_id)
      select poam_id, asset_uuid, 'taken off', 'taken off the list at the remote', ${operationId}::uuid from taken
      on conflict do nothing
      returning poam_id, asset_uuid
    ), journal as (
      insert into sync_changes (operation_id, external_system_id, entity_type, entity_id, field_name, before_value, direction, decided_by_kind, rule_code, reason_code)
      select ${operationId}::uuid, ${systemId}::int, 'poam', poam_id, 'affected_assets', to_jsonb(asset_uuid::text), 'inbound',
             ${sql.raw(ruleValues('list_members'))}, ${sql.raw(reasonValue('taken_off'))} from kept
    )
    select poam_id, asset_uuid::text from kept`.execute(db);
  if (kept.length === 0) return;
  // In a statement of its own, which knows how few they are, and so searches by index.
  await sql`
    delete from ingestion_poam_assets listed
     using unnest(${kept.map((each) => each.poam_id)}::text[], ${kept.map((each) => each.asset_uuid)}::uuid[]) as gone(poam_id, asset_uuid)
     where listed.poam_id = gone.poam_id and listed.asset_uuid = gone.asset_uuid`.execute(db);
}

/** On which machines the findings under a POA&M are, of those that were gathered in this transaction. */
const machinesUnder = sql`
  select p.poam_id, t.asset_uuid from weaknesses w join ingestion_poams p on p.id = w.poam_id
    join weak_findings t on t.system_id = w.system_id and t."grouping" = w.grouping and t.identifier = w.identifier`;

/** Machines that left a POA&M because a change of the weakness rule gave their findings to another one, and that are under it again. */
export async function takeBackAssets(db: Kysely<Database>): Promise<void> {
  await sql`
    delete from poam_asset_departures d using (${machinesUnder}) found
     where d.kind = 'regrouped' and d.poam_id = found.poam_id and d.asset_uuid = found.asset_uuid`.execute(
    db,
  );
}

/**
 * Machines whose findings went to another POA&M with a change of the weakness rule leave the one that answered them, where nothing under it is
 * found on them any more. After weaknesses were tied.
 * @param splits POA&Ms, and those that were split from them.
 */
export async function followSplits(
  db: Kysely<Database>,
  { operationId }: Pick<Source, 'operationId'>,
  splits: readonly { readonly from: string; readonly to: string }[],
): Promise<void> {
  if (splits.length === 0) return;
  await sql`
    with found as materialized (${machinesUnder}), gone as (
      select distinct listed.poam_id, listed.asset_uuid, g."to"
        from jsonb_to_recordset(${storableJson(splits)}::jsonb) as g("from" text, "to" text)
        join ingestion_poam_assets listed on listed.poam_id = g."from"
        join found on found.poam_id = g."to" and found.asset_uuid = listed.asset_uuid
       where not exists (select from found stays where stays.poam_id = listed.poam_id and stays.asset_uuid = listed.asset_uuid)
    ), departed as (
      insert into poam_asset_departures (poam_id, asset_uuid, kind, reason, operation_id)
      select poam_id, asset_uuid, 'regrouped', 'now under ' || min("to"), ${operationId}::uuid from gone group by 1, 2
      on conflict do nothing
    )
    delete from ingestion_poam_assets listed using gone
     where listed.poam_id = gone.poam_id and listed.asset_uuid = gone.asset_uuid`.execute(db);
}

/** SQL that is true where the remote lists asset `a` for a POA&M, as last read. */
function lists(poam: string) {
  const list = `${poam}.raw_json -> 'affected_assets'`;
  return sql.raw(`exists (select from jsonb_array_elements_text(case when jsonb_typeof(${list}) = 'array' then ${list} else '[]' end) listed(name)
                           where lower(trim(listed.name)) in (a.asset_uuid::text, a.tenable_asset_uuid))`);
}

/**
 * Open POA&Ms whose machines all moved away are left to a person: nothing here says whether the weakness went with them. Closes what is
 * over.
 * @returns how many are newly shown.
 */
export async function showAbandonedPoams(db: Kysely<Database>, source: Source): Promise<number> {
  const abandoned = sql`
    select p.poam_id as entity_id, min(d.departed_at) as since,
           jsonb_build_object('reason', 'none of its machines is in its system any more',
                              'assets', jsonb_agg(distinct coalesce(a.hostname, a.asset_uuid::text) || ' ' || d.reason)) as internal_value,
           null::jsonb as external_value
      from poam_asset_departures d
      join ingestion_poams p on p.poam_id = d.poam_id
      join ingestion_assets a on a.asset_uuid = d.asset_uuid
     where d.kind = 'moved' and ${isSystemOf(source.systemId, 'p.system_id')}
       and not ${isFinished('p')}
       and not exists (select from ingestion_poam_assets listed where listed.poam_id = p.poam_id)
     group by p.poam_id`;
  const kind = { entity: 'poam', type: 'contradiction', marked: 'assets', found: abandoned } as const;
  const shown = await openFoundConflicts(db, source, kind);
  await closeConflictsNotFound(db, source.systemId, kind, 'has_machines');
  return shown;
}
