/**
 * Where events are read from: each source numbers its rows, and says of each which event it is, of which record, and by which operation. What the
 * record's rooms write is read here, never written.
 */
import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { RecordKind, TriggerEvent } from '../../../canonical/workflow/index.ts';
import type { Database } from '../../../platform/postgres/index.ts';

/** Something that happened to a record. */
export interface RecordEvent {
  readonly number: number;
  readonly event: TriggerEvent;
  readonly recordId: string;
  readonly operationId: string | null;
}

export interface EventSource {
  readonly events: readonly TriggerEvent[];
  /** SQL of the highest number that is there. */
  readonly highest: RawBuilder<unknown>;
  /** SQL of rows of number, event, "recordId", "operationId" with a number over the first and up to the second; a row may be several. */
  readonly rows: (after: number, upTo: number) => RawBuilder<unknown>;
}

export const eventSources = {
  journal: {
    events: ['poam.created', 'poam.changed', 'asset.changed', 'deviation.requested', 'deviation.changed'],
    highest: sql`select max(id) from sync_changes`,
    rows: (after, upTo) => sql`
      select c.id as number,
             case when c.entity_type = 'poam' and c.field_name is null then 'poam.created' when c.entity_type = 'poam' then 'poam.changed'
                  when c.entity_type = 'deviation' and c.field_name is null then 'deviation.requested'
                  when c.entity_type = 'deviation' then 'deviation.changed' else 'asset.changed' end as event,
             c.entity_id as "recordId", c.operation_id as "operationId"
        from sync_changes c
       where c.id > ${after} and c.id <= ${upTo} and c.entity_type in ('poam', 'deviation', 'asset', 'asset_context') and c.direction <> 'outbound'`,
  },
  new_findings: {
    events: ['finding.opened'],
    highest: sql`select max(id) from ingestion_vulnerabilities`,
    rows: (after, upTo) => sql`
      select v.id as number, 'finding.opened' as event, v.finding_key::text as "recordId", null::uuid as "operationId"
        from ingestion_vulnerabilities v
       where v.id > ${after} and v.id <= ${upTo} and v.finding_key is not null and v.lifecycle_state in ('open', 'reopened')`,
  },
  finding_states: {
    events: ['finding.fixed', 'finding.reopened'],
    highest: sql`select max(change_number) from finding_state_changes where change_number is not null`,
    rows: (after, upTo) => sql`
      select s.change_number as number, 'finding.' || s.state as event, v.finding_key::text as "recordId", s.operation_id as "operationId"
        from finding_state_changes s join ingestion_vulnerabilities v on v.id = s.vulnerability_id
       where s.change_number > ${after} and s.change_number <= ${upTo} and v.finding_key is not null`,
  },
  new_assets: {
    events: ['asset.seen'],
    highest: sql`select max(id) from ingestion_assets`,
    rows: (after, upTo) => sql`
      select a.id as number, 'asset.seen' as event, a.asset_uuid::text as "recordId", null::uuid as "operationId"
        from ingestion_assets a where a.id > ${after} and a.id <= ${upTo} and a.merged_into is null`,
  },
  new_weaknesses: {
    events: ['weakness.made'],
    highest: sql`select max(id) from weaknesses`,
    rows: (after, upTo) => sql`
      select w.id as number, 'weakness.made' as event, w.id::text as "recordId", null::uuid as "operationId"
        from weaknesses w where w.id > ${after} and w.id <= ${upTo}`,
  },
  obligations: {
    events: ['weakness.due_date_changed'],
    highest: sql`select max(id) from poam_obligations`,
    rows: (after, upTo) => sql`
      select o.id as number, 'weakness.due_date_changed' as event, o.weakness_id::text as "recordId", o.operation_id as "operationId"
        from poam_obligations o where o.id > ${after} and o.id <= ${upTo} and o.weakness_id is not null`,
  },
  // Of a file the boundaries of the machines that it shows; of a scanner's server all, for it tells of what it saw again too. A read that brought
  // nothing new saw no scan.
  scans: {
    events: ['scan.completed'],
    highest: sql`select max(id) from tieline_events`,
    rows: (after, upTo) => sql`
      select distinct e.id as number, 'scan.completed' as event, a.system_id::text as "recordId", b.batch_id as "operationId"
        from tieline_events e join ingestion_batches b on b.batch_id::text = e.subject
        join ingestion_assets a on a.system_id is not null
         and (b.batch_type = 'finding' and (b.metadata #>> '{counts,created}' <> '0' or b.metadata #>> '{counts,updated}' <> '0') or a.asset_uuid in (select c.asset_uuid from scan_coverage c where c.operation_id = b.batch_id))
       where e.kind = 'operation.finished' and e.id > ${after} and e.id <= ${upTo} and b.operation_type = 'import'`,
  },
  feeds: {
    events: ['feed.loaded'],
    highest: sql`select max(id) from intelligence_loads`,
    rows: (after, upTo) => sql`
      select l.id as number, 'feed.loaded' as event, l.id::text as "recordId", null::uuid as "operationId"
        from intelligence_loads l where l.id > ${after} and l.id <= ${upTo} and l.rows_changed > 0`,
  },
  conflicts: {
    events: ['sync.conflict'],
    highest: sql`select max(id) from sync_conflicts`,
    rows: (after, upTo) => sql`
      select c.id as number, 'sync.conflict' as event, c.entity_id::text as "recordId", c.operation_id as "operationId"
        from sync_conflicts c where c.id > ${after} and c.id <= ${upTo} and c.entity_type = 'poam'`,
  },
} as const satisfies Readonly<Record<string, EventSource>>;

export type SourceName = keyof typeof eventSources;
export const sourceNames = Object.keys(eventSources) as readonly SourceName[]; // its own keys

export const sourceOf = (name: SourceName): EventSource => eventSources[name];

/** A page of events in their order. It ends with a whole number: what one row tells is read together. */
export async function readEvents(
  db: Kysely<Database>,
  source: EventSource,
  range: { readonly after: number; readonly upTo: number; readonly limit: number },
): Promise<readonly RecordEvent[]> {
  const { rows } = await sql<RecordEvent>`
    select number::float8 as number, event, "recordId", "operationId" from (${source.rows(range.after, range.upTo)}) happened
     order by number fetch first ${range.limit} rows with ties`.execute(db);
  return rows;
}

const wanted = (ids: readonly string[]): RawBuilder<unknown> => sql`any(${[...ids]}::text[])`;
const uuids = (ids: readonly string[]): RawBuilder<unknown> => sql`any(${[...ids]}::uuid[])`;
const numbers = (ids: readonly string[]): RawBuilder<unknown> => sql`any(${[...ids]}::int[])`;

/**
 * SQL of the weaknesses that have a CVE of which a load changed something. The first load of a feed keeps no changes: it is about all that have a CVE.
 * A weakness has the CVEs of its plugin, of the plugins of its findings, and, where it is one by CVE, itself.
 */
const changedByLoads = (ids: readonly string[]): RawBuilder<unknown> => sql`
    with named as (
      select c.load_id as load, c.cve from cve_changes c where c.load_id = any(${[...ids]}::bigint[])
      union
      select l.id, p.cve from intelligence_loads l cross join plugin_cves p
       where l.id = any(${[...ids]}::bigint[])
         and not exists (select from intelligence_loads earlier where earlier.feed = l.feed and earlier.id < l.id)
    ), plugins as (
      select distinct n.load, p.plugin_id from named n join plugin_cves p on p.cve = n.cve
    ), having_one as (
      select p.load, w.id from plugins p join weaknesses w on w.plugin_id = p.plugin_id
      union
      select p.load, k.weakness_id from plugins p
        join ingestion_vulnerabilities v on v.plugin_id::text = p.plugin_id join weakness_findings k on k.finding_id = v.id
      union
      select n.load, w.id from named n join weaknesses w on w.grouping = 'cve' and w.identifier = n.cve
    )
    select h.load::text as "from", w.id::text as "to" from having_one h join weaknesses w on w.id = h.id where w.superseded_at is null`;

/** SQL of rows of "from" (the record it happened to) and "to" (one of another kind that belongs to it). */
const spreads: Readonly<Record<string, (ids: readonly string[]) => RawBuilder<unknown>>> = {
  'finding>asset': (ids) => sql`
    select finding_key::text as "from", asset_ref::text as "to" from ingestion_vulnerabilities where finding_key = ${uuids(ids)} and asset_ref is not null`,
  'finding>weakness': (ids) => sql`
    select v.finding_key::text as "from", f.weakness_id::text as "to"
      from ingestion_vulnerabilities v join weakness_findings f on f.finding_id = v.id where v.finding_key = ${uuids(ids)}`,
  // By itself, as the host application ties them, and by its weakness.
  'finding>poam': (ids) => sql`
    select v.finding_key::text as "from", p.poam_id::text as "to"
      from ingestion_vulnerabilities v
     cross join lateral (select v.poam_id as id
                         union
                         select w.poam_id from weakness_findings f join weaknesses w on w.id = f.weakness_id where f.finding_id = v.id) tied
      join ingestion_poams p on p.id = tied.id
     where v.finding_key = ${uuids(ids)}`,
  'weakness>poam': (ids) => sql`
    select w.id::text as "from", p.poam_id::text as "to" from weaknesses w join ingestion_poams p on p.id = w.poam_id where w.id = ${numbers(ids)}`,
  'deviation>poam': (ids) => sql`
    select d.id::text as "from", d.poam_id::text as "to" from deviations d where d.id = ${numbers(ids)}`,
  'scan>poam': (ids) => sql`
    select p.system_id::text as "from", p.poam_id::text as "to" from ingestion_poams p
     where p.system_id = ${wanted(ids)} and p.actual_completion is null`,
  'scan>system': (ids) => sql`select id as "from", id as "to" from unnest(${[...ids]}::text[]) id`,
  'feed>weakness': changedByLoads,
};

/** Records of another kind that belong to those that something happened to. @returns pairs. */
export async function spread(
  db: Kysely<Database>,
  from: RecordKind,
  to: RecordKind,
  ids: readonly string[],
): Promise<readonly { readonly from: string; readonly to: string }[]> {
  if (from === to) return ids.map((id) => ({ from: id, to: id }));
  const select = spreads[`${from}>${to}`];
  if (!select || ids.length === 0) return [];
  const { rows } = await sql<{
    from: string;
    to: string;
  }>`select distinct "from", "to" from (${select(ids)}) both_sides`.execute(db);
  return rows;
}
