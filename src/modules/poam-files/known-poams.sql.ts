/** What is known here of what a file names. */
import { sql, type Kysely } from 'kysely';
import { type Database, storableJson } from '../../platform/postgres/index.ts';
import type { LivingDeviation } from '../poam-formats/index.ts';
import type { Surroundings } from './fewer-words.ts';
import type { Json, JsonObject } from '../../platform/values/index.ts';

export interface NamedPoam {
  readonly poamId: string;
  /** What the file's source calls it, where it is linked already. */
  readonly externalId: string | null;
}

/**
 * POA&Ms of a boundary by what a file calls them: our id, the GRC system's, or the integrator's key; those without an id by their description,
 * where only one has it, as those whose id was given since. What was parted from an id by a person is not found by it.
 * @returns by the index of what was asked for.
 */
export async function findNamedPoams(
  db: Kysely<Database>,
  source: { readonly systemId: number; readonly boundary: string },
  wanted: readonly { readonly index: number; readonly id: string; readonly description: string }[],
): Promise<ReadonlyMap<number, NamedPoam>> {
  if (wanted.length === 0) return new Map();
  const { rows } = await sql<NamedPoam & { index: number }>`
    with wanted as (
      select * from jsonb_to_recordset(${storableJson(wanted)}::jsonb) as w(index int, id text, description text)
    ), own as materialized (
      select p.poam_id::text as poam_id, lower(p.poam_id::text) as own_id, lower(p.xacta_poam_id) as remote_id, lower(p.external_uid::text) as uid,
             lower(regexp_replace(btrim(p.weakness_description), '\\s+', ' ', 'g')) as description, l.external_id
        from ingestion_poams p
        left join sync_links l on l.external_system_id = ${source.systemId} and l.entity_type = 'poam' and l.entity_id = p.poam_id::text
                              and l.retired_at is null
       where p.system_id = ${source.boundary}
    ), fitting as (
      select w.index, o.poam_id, o.external_id, 1 as how from wanted w join own o on w.id <> '' and lower(w.id) in (o.own_id, o.remote_id, o.uid)
      union all
      select w.index, min(o.poam_id), min(o.external_id), 2
        from wanted w join own o on w.id = '' and o.description = lower(regexp_replace(btrim(w.description), '\\s+', ' ', 'g'))
       group by w.index having count(*) = 1
      union all
      -- The system that gives ids has given one since: the item was known by its description, or not at all.
      select w.index, min(o.poam_id), min(o.external_id), 3
        from wanted w join own o on w.id <> '' and (o.external_id is null or o.external_id = o.poam_id) and o.remote_id is distinct from o.external_id
                                and o.description = lower(regexp_replace(btrim(w.description), '\\s+', ' ', 'g'))
       where not exists (select from wanted x where x.index <> w.index and x.description = w.description)
       group by w.index having count(*) = 1
    )
    select distinct on (f.index) f.index, f.poam_id as "poamId", f.external_id as "externalId"
      from fitting f join wanted w using (index)
     where not exists (select from sync_separations x
                        where x.external_system_id = ${source.systemId} and x.entity_type = 'poam' and x.entity_id = f.poam_id and x.external_id = w.id)
     order by f.index, f.how, f.poam_id`.execute(db);
  return new Map(rows.map(({ index, ...row }) => [index, row]));
}

/** Machines of a boundary by host name, DNS name or address, each where only one has it. @returns by the name in lower case. */
export async function findNamedAssets(
  db: Kysely<Database>,
  boundary: string,
  names: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (names.length === 0) return new Map();
  const { rows } = await sql<{ name: string; asset: string }>`
    with own as (
      select a.asset_uuid, a.hostname, a.netbios_name from ingestion_assets a
       where a.deleted_at is null
         and (a.system_id = ${boundary} or exists (select from ingestion_system_assets s where s.asset_uuid = a.asset_uuid and s.system_id = ${boundary}))
    ), named as (
      select asset_uuid, lower(hostname) as name from own where hostname is not null
      union select asset_uuid, lower(netbios_name) from own where netbios_name is not null
      union select o.asset_uuid, lower(v.name)
        from own o join ingestion_asset_network n on n.asset_uuid = o.asset_uuid
       cross join lateral (values (n.fqdn::text), (host(n.ipv4_address::inet)), (host(n.ipv6_address::inet))) v(name)
       where v.name is not null
    )
    select name, min(asset_uuid::text) as asset from named
     where name = any(${names.map((name) => name.toLowerCase())}::text[])
     group by name having count(distinct asset_uuid) = 1`.execute(db);
  return new Map(rows.map(({ name, asset }) => [name, asset]));
}

export interface KnownMilestone {
  readonly poamId: string;
  readonly description: string;
  readonly status: string | null;
  /** `YYYY-MM-DD`. */
  readonly scheduledOn: string | null;
  /** What the file's source calls it. */
  readonly externalId: string | null;
}

export async function listKnownMilestones(
  db: Kysely<Database>,
  systemId: number,
  poamIds: readonly string[],
): Promise<readonly KnownMilestone[]> {
  if (poamIds.length === 0) return [];
  const { rows } = await sql<KnownMilestone>`
    select m.poam_id::text as "poamId", m.milestone_description as description, m.status::text as status,
           m.scheduled_completion::date::text as "scheduledOn",
           (select l.external_id from sync_links l where l.external_system_id = ${systemId} and l.entity_type = 'milestone'
                                                      and l.entity_id = m.id::text and l.retired_at is null limit 1) as "externalId"
      from ingestion_poam_milestones m where m.poam_id::text = any(${[...poamIds]}::text[]) order by m.id`.execute(
    db,
  );
  return rows;
}

/** What writers of layouts look at beside the fields of these POA&Ms. */
export async function listSurroundings(
  db: Kysely<Database>,
  boundary: string,
  poamIds: readonly string[],
  milestones: readonly KnownMilestone[],
): Promise<ReadonlyMap<string, Surroundings>> {
  if (poamIds.length === 0) return new Map();
  const days = Map.groupBy(milestones, ({ poamId }) => poamId);
  const { rows } = await sql<{
    poamId: string;
    organization: string | null;
    madeOn: string | null;
    deviations: LivingDeviation[];
  }>`
    select p.poam_id::text as "poamId", p.created_at::date::text as "madeOn",
           (select s.responsible_organization from ingestion_systems s where s.system_id = ${boundary} order by s.id limit 1) as organization,
           coalesce((select jsonb_agg(jsonb_build_object('kind', d.kind, 'state', d.state, 'rationale', d.rationale, 'adjusted', d.adjusted_severity) order by d.id)
                       from deviations d where d.poam_id = p.poam_id and d.state in ('requested', 'approved')), '[]') as deviations
      from ingestion_poams p where p.poam_id::text = any(${[...poamIds]}::text[])`.execute(db);
  return new Map(
    rows.map(({ poamId, ...row }) => [
      poamId,
      {
        ...row,
        milestoneDays: (days.get(poamId) ?? []).flatMap(({ scheduledOn, status }) =>
          scheduledOn === null || status === 'Cancelled' ? [] : [scheduledOn],
        ),
      },
    ]),
  );
}

/** Keeps what the file says of each POA&M beside the fields of the record. */
export async function keepBeside(
  db: Kysely<Database>,
  source: { readonly systemId: number; readonly importId: string },
  records: readonly { readonly id: string; readonly place: string; readonly beside: JsonObject }[],
): Promise<void> {
  if (records.length === 0) return;
  await sql`
    insert into poam_file_records as known (external_system_id, external_id, place, beside, import_id)
    select ${source.systemId}, left(r.id, 255), left(r.place, 255), r.beside, ${source.importId}::uuid
      from jsonb_to_recordset(${storableJson(records)}::jsonb) as r(id text, place text, beside jsonb)
    on conflict (external_system_id, external_id) do update
      set place = excluded.place, beside = excluded.beside, import_id = excluded.import_id
      where (known.place, known.beside) is distinct from (excluded.place, excluded.beside)`.execute(db);
}

export interface PoamChange {
  readonly entity: string;
  /** What the file calls the record, else ours. */
  readonly record: string;
  readonly title: string | null;
  readonly kind: 'create' | 'link' | 'update' | 'missing' | 'conflict';
  readonly field: string | null;
  readonly before: Json;
  readonly after: Json;
}

/** What operations did to POA&Ms and milestones, and what of the source waits for a person: in one order, so that two plans can be compared. */
export async function listPoamChanges(
  db: Kysely<Database>,
  systemId: number,
  operationIds: readonly string[],
): Promise<PoamChange[]> {
  const record = (of: 'c' | 'k') =>
    sql.raw(`coalesce((select l.external_id from sync_links l where l.external_system_id = ${of}.external_system_id
                         and l.entity_type = ${of}.entity_type and l.entity_id = ${of}.entity_id order by l.retired_at nulls first, l.id limit 1), ${of}.entity_id)`);
  const title = (of: 'c' | 'k') =>
    sql.raw(`case ${of}.entity_type when 'poam' then (select split_part(p.weakness_description, E'\\n', 1) from ingestion_poams p where p.poam_id::text = ${of}.entity_id limit 1)
                  when 'milestone' then (select split_part(m.milestone_description, E'\\n', 1) from ingestion_poam_milestones m where m.id::text = ${of}.entity_id limit 1) end`);
  const { rows } = await sql<PoamChange>`
    select c.entity_type as entity, ${record('c')} as record, ${title('c')} as title,
           case when c.field_name is not null then 'update' when c.rule_code = 'full_read' then 'missing'
                when c.rule_code = 'natural_key' then 'link' else 'create' end as kind,
           c.field_name as field, c.before_value as before, c.after_value as after
      from sync_changes c
     where c.operation_id = any(${[...operationIds]}::uuid[]) and c.entity_type in ('poam', 'milestone')
    union all
    select k.entity_type, ${record('k')}, ${title('k')}, 'conflict', k.field_name, k.internal_value, k.external_value
      from sync_conflicts k
     where k.external_system_id = ${systemId} and k.resolution_status = 'pending' and k.conflict_type in ('field_mismatch', 'duplicate')
     order by 1, 2, 4, 5 nulls first`.execute(db);
  return rows;
}
