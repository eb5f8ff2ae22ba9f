/** What the steps of a run did and put in the way to be sent, as items of a plan. Read in the transaction of the run. */
import { sql, type Kysely } from 'kysely';
import type { Json } from '../../platform/values/index.ts';
import {
  byPolicy,
  byRule,
  deciderText,
  type PlanItem,
  type RuleCode,
} from '../../canonical/vocabulary/index.ts';
import {
  decisionColumnsOf,
  shownDecision,
  type StoredDecider,
  type StoredReason,
} from '../../ledger/operations/index.ts';
import { boundaryOf, namedBy } from '../../record/entities/index.ts';
import type { Database } from '../../platform/postgres/index.ts';

/** Where the record of an item is, beside what the document keeps of it. */
export interface ItemPlace {
  /** Our id of the record; of one that the run made, an id that it does not get again. */
  readonly entityId: string | null;
  /** The authorization boundary of the record; null where it is in none. */
  readonly boundary: string | null;
}

export interface PlacedItem extends ItemPlace {
  readonly item: PlanItem;
}

interface Row extends ItemPlace {
  readonly system: string | null;
  readonly entity: string;
  readonly record: string;
  readonly kind: PlanItem['kind'];
  readonly direction: PlanItem['direction'];
  readonly field: string | null;
  readonly before: Json;
  readonly after: Json;
  readonly needsApproval: boolean;
  readonly key: string | null;
}

function placed({
  entityId,
  boundary,
  reason,
  ...item
}: Row & Pick<PlanItem, 'decidedBy'> & { reason: string | null }): PlacedItem {
  return { entityId, boundary, item: { ...item, reason: reason ?? '' } };
}

/** The document keeps what is shown: it is read by people, and compared with another of its kind. */
function journalItemOf(row: Row & StoredDecider & StoredReason): PlacedItem {
  const { decidedByKind: _kind, ruleCode: _rule, reasonCode: _code, ...item } = shownDecision(row);
  return placed(item);
}

const fullRead: RuleCode = 'full_read';
const naturalKey: RuleCode = 'natural_key';

/** The remote's id of a record, else ours: a row made in a transaction that is rolled back gets another id next time. */
const externalId = (system: string, entity: string, id: string) =>
  sql.raw(`coalesce((select l.external_id from sync_links l
                      where l.external_system_id = ${system} and l.entity_type = ${entity} and l.entity_id = ${id}
                      order by l.retired_at nulls first, l.id limit 1), ${id})`);

/** The journal of these operations: what is imported, linked, concluded, found missing. */
export async function listJournalItems(
  db: Kysely<Database>,
  operationIds: readonly string[],
): Promise<PlacedItem[]> {
  const { rows } = await sql<Row & StoredDecider & StoredReason>`
    select s.system_name as system, c.entity_type as entity,
           case when c.entity_type = 'asset' then c.entity_id
                else ${externalId('c.external_system_id', 'c.entity_type', 'c.entity_id')} end as record,
           case when c.field_name is not null then 'update'
                when c.rule_code = ${fullRead} then 'missing'
                when c.rule_code = ${naturalKey} then 'link'
                else 'create' end as kind,
           c.direction, c.field_name as field,
           case when c.rule_code = ${naturalKey} then null else c.before_value end as before,
           c.after_value as after, ${sql.raw(decisionColumnsOf('c'))}, false as "needsApproval", null as key,
           c.entity_id as "entityId", ${boundaryOf(namedBy('c'))} as boundary
      from sync_changes c left join external_systems s on s.id = c.external_system_id
     where c.operation_id = any(${[...operationIds]}::uuid[]) and c.direction <> 'outbound'`.execute(db);
  return rows.map(journalItemOf);
}

/** What is in the outbox and not settled, field by field: of this run, and what earlier ones left. */
export async function listOutboundItems(
  db: Kysely<Database>,
  systemIds: readonly number[],
  entities: readonly string[],
): Promise<PlacedItem[]> {
  const { rows } = await sql<Row & { reason: string | null }>`
    select s.system_name as system, o.entity_type as entity, coalesce(o.external_id, o.entity_id) as record,
           o.change_kind as kind, 'outbound' as direction, f.field,
           case when f.field is null then null else o.before_values -> f.field end as before, f.after,
           o.reason || case when o.state = 'sent' then ' (sent before, and its outcome is unknown: it is looked up first)' else '' end as reason,
           o.state = 'waiting' as "needsApproval", o.idempotency_key as key,
           o.entity_id as "entityId", ${boundaryOf(namedBy('o'))} as boundary
      from sync_outbox o
      join external_systems s on s.id = o.external_system_id
     cross join lateral (
       select null::text as field, o.payload as after where o.change_kind = 'create' or o.entity_type = 'asset_tag'
       union all
       select key, value from jsonb_each(o.payload) where o.change_kind = 'update' and o.entity_type <> 'asset_tag'
     ) f
     where o.external_system_id = any(${[...systemIds]}::int[]) and o.state in ('waiting', 'pending', 'sent')
       and (${entities.length === 0} or o.entity_type = any(${[...entities]}::text[]))`.execute(db);
  return rows.map((row) => placed({ ...row, decidedBy: deciderText(byRule('outbox')) }));
}

/** Fields that are held on both sides until a person decides, and POA&Ms that ended too early or are there twice. */
export async function listHeldItems(
  db: Kysely<Database>,
  systemIds: readonly number[],
  entities: readonly string[],
): Promise<PlacedItem[]> {
  const { rows } = await sql<Row & { reason: string | null }>`
    select s.system_name as system, c.entity_type as entity, l.external_id as record, 'conflict' as kind, 'inbound' as direction,
           c.field_name as field, c.internal_value as before, c.external_value as after,
           case c.conflict_type
             when 'contradiction' then coalesce(c.internal_value ->> 'reason', 'the POA&M ended while findings under it are open')
             when 'duplicate' then 'a second one for the same'
             else 'edited on both sides; agreed last on ' || coalesce(c.base_value #>> '{}', 'nothing') end as reason,
           false as "needsApproval", null as key, c.entity_id as "entityId", ${boundaryOf(namedBy('c'))} as boundary
      from sync_conflicts c
      join sync_links l on l.entity_type = c.entity_type and l.entity_id = c.entity_id and l.retired_at is null
                       and l.external_system_id = coalesce(c.external_system_id, l.external_system_id)
      join external_systems s on s.id = l.external_system_id
     where c.resolution_status = 'pending' and c.conflict_type in ('field_mismatch', 'contradiction', 'duplicate') and s.id = any(${[...systemIds]}::int[])
       and (${entities.length === 0} or c.entity_type = any(${[...entities]}::text[]))`.execute(db);
  return rows.map((row) => placed({ ...row, decidedBy: deciderText(byPolicy('manual')) }));
}
