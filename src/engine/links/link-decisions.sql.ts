/** Links as a person sees, breaks and makes them. */
import { sql, type Kysely } from 'kysely';
import type { JsonObject } from '../../platform/values/index.ts';
import { recordsInside } from '../../canonical/records/index.ts';
import { stateAfter, statesBefore } from '../outbox/index.ts';
import type { Database } from '../../platform/postgres/index.ts';
import type { ReasonCode } from '../../canonical/vocabulary/index.ts';
import { closeConflictsOfLink } from '../../ledger/conflicts/index.ts';
import { reasonValue } from '../../ledger/operations/index.ts';

export interface LinkEntry {
  readonly id: number;
  readonly systemId: number;
  readonly system: string;
  readonly entity: string;
  readonly entityId: string;
  readonly externalId: string;
  readonly base: JsonObject;
  readonly linkedAt: Date;
  readonly confirmedAt: Date;
  readonly missingSince: Date | null;
  readonly retiredAt: Date | null;
}

export interface LinkFilter {
  readonly systemId?: number;
  readonly entity?: string;
  readonly entityId?: string;
  readonly externalId?: string;
  /** Also those that ended. */
  readonly all?: boolean;
}

const fits = (filter: LinkFilter) => sql`
           (${filter.systemId ?? null}::int is null or l.external_system_id = ${filter.systemId ?? null})
       and (${filter.entity ?? null}::text is null or l.entity_type = ${filter.entity ?? null})
       and (${filter.entityId ?? null}::text is null or l.entity_id = ${filter.entityId ?? null})
       and (${filter.externalId ?? null}::text is null or l.external_id = ${filter.externalId ?? null})
       and (${filter.all ?? false} or l.retired_at is null)`;

/** How many links fit. */
export async function countLinks(db: Kysely<Database>, filter: LinkFilter): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from sync_links l where ${fits(filter)}`.execute(db);
  return rows[0]?.n ?? 0;
}

/** Whether a link, present, ended or broken, has ever named a record so. */
export async function wasEverLinked(
  db: Kysely<Database>,
  id: { readonly entityId: string } | { readonly externalId: string },
): Promise<boolean> {
  const [column, value] = 'entityId' in id ? ['entity_id', id.entityId] : ['external_id', id.externalId];
  const { rows } = await sql<{ known: boolean }>`
    select exists (select from sync_links where ${sql.ref(column)} = ${value})
        or exists (select from sync_separations where ${sql.ref(column)} = ${value}) as known`.execute(db);
  return rows[0]?.known ?? false;
}

/** Links that fit, by entity and record. */
export async function listLinks(
  db: Kysely<Database>,
  filter: LinkFilter,
  limit: number,
): Promise<LinkEntry[]> {
  const { rows } = await sql<LinkEntry>`
    select l.id::int, s.id as "systemId", s.system_name as system, l.entity_type as entity, l.entity_id as "entityId",
           l.external_id as "externalId", l.base, l.linked_at as "linkedAt", l.confirmed_at as "confirmedAt",
           l.missing_since as "missingSince", l.retired_at as "retiredAt"
      from sync_links l join external_systems s on s.id = l.external_system_id
     where ${fits(filter)}
     order by s.id, l.entity_type, l.entity_id, l.id limit ${limit}`.execute(db);
  return rows;
}

/** Whether a change of the record is in progress: it may have arrived, and its answer is about this link. */
export async function isOnItsWay(
  db: Kysely<Database>,
  link: Pick<LinkEntry, 'systemId' | 'entity' | 'entityId'>,
): Promise<boolean> {
  const { rows } = await sql<{ sent: boolean }>`
    select exists (select from sync_outbox where external_system_id = ${link.systemId} and entity_type = ${link.entity}
                      and entity_id = ${link.entityId} and state = 'sent') as sent`.execute(db);
  return rows[0]?.sent ?? false;
}

/**
 * Takes a link away: what waits to be sent over it is set aside, its open conflicts are closed, the pair is not linked by
 * a rule again, and the remote's record is read again.
 */
export async function breakLink(
  db: Kysely<Database>,
  link: Pick<LinkEntry, 'id' | 'systemId' | 'entity' | 'entityId' | 'externalId'>,
  decided: { readonly by: string; readonly reason: string | undefined },
): Promise<void> {
  await sql`
    insert into sync_separations (external_system_id, entity_type, entity_id, external_id, separated_by, reason)
    values (${link.systemId}, ${link.entity}, ${link.entityId}, ${link.externalId}, ${decided.by}, ${decided.reason ?? null})
    on conflict do nothing`.execute(db);
  await sql`delete from sync_links where id = ${link.id}`.execute(db);
  await sql`
    update sync_outbox set state = ${stateAfter('withdrawn')}, settled_at = now()
     where external_system_id = ${link.systemId} and entity_type = ${link.entity} and entity_id = ${link.entityId}
       and change_kind = 'update' and state in (${statesBefore('withdrawn', 'refusal_settled')})`.execute(db);
  await closeConflictsOfLink(db, link, decided.by);
  await readAnewWithin(db, link.systemId, link.entity);
}

/** Makes a link with nothing agreed on yet: the next read merges both sides field by field. */
export async function makeLink(
  db: Kysely<Database>,
  link: Pick<LinkEntry, 'systemId' | 'entity' | 'entityId' | 'externalId'>,
  operationId: string,
): Promise<void> {
  await sql`
    delete from sync_separations
     where external_system_id = ${link.systemId} and entity_type = ${link.entity}
       and entity_id = ${link.entityId} and external_id = ${link.externalId}`.execute(db);
  await sql`
    insert into sync_links (external_system_id, entity_type, entity_id, external_id, operation_id)
    values (${link.systemId}, ${link.entity}, ${link.entityId}, ${link.externalId}, ${operationId}::uuid)`.execute(
    db,
  );
  await readAnewWithin(db, link.systemId, link.entity);
}

/** What is inside a record follows it into its row. */
async function readAnewWithin(db: Kysely<Database>, systemId: number, entity: string): Promise<void> {
  for (const each of [entity, ...recordsInside(entity)]) await readAnew(db, systemId, each);
}

/** Forgets how far an entity was read, so that the next read shows all of it. */
export async function readAnew(db: Kysely<Database>, systemId: number, entity: string): Promise<void> {
  await sql`
    update sync_reads set mark = null
     where external_system_id = ${systemId} and entity_type = ${entity}`.execute(db);
}

export interface PairDecided {
  readonly decision: 'linked' | 'rejected';
  readonly by: string;
  readonly reason: string | undefined;
  /** For a match: whether other assets that have the component leave it. Default: they share it. */
  readonly replaces?: boolean;
}

/**
 * What a person decides about a pair of asset and component; rules leave it alone from then on. A match holds against all that compete
 * with it: the asset is not another component of that GRC system, and other assets that were under review for this component are not it; those
 * that have it keep it by the same word, unless it replaces them.
 * @returns our number of the component, or nothing where there is no such asset or component.
 */
export async function decideCorrelationPair(
  db: Kysely<Database>,
  pair: { readonly assetUuid: string; readonly systemId: number; readonly componentId: string },
  decided: PairDecided,
  operationId: string,
): Promise<number | undefined> {
  const { rows } = await sql<{ component: number }>`
    with pair as (
      select a.asset_uuid, c.id as component_id
        from ingestion_assets a, system_components c
       where a.asset_uuid::text = ${pair.assetUuid} and c.external_system_id = ${pair.systemId} and c.component_id = ${pair.componentId}
    ), overruled as (
      update asset_correlations k
         set decision = 'rejected', decided_by_kind = 'person', decided_by = ${decided.by}, rule_code = null, decided_at = now(),
             operation_id = ${operationId}::uuid, reason = null,
             reason_code = case when k.asset_uuid = pair.asset_uuid then ${sql.raw(reasonValue('person_matched_other'))}
                                else ${sql.raw(reasonValue('person_matched_asset'))} end,
             reason_params = case when k.asset_uuid <> pair.asset_uuid then jsonb_build_object('asset', pair.asset_uuid) end
        from pair, system_components c
       where ${decided.decision === 'linked'} and c.id = k.component_id and c.external_system_id = ${pair.systemId}
         and (k.asset_uuid = pair.asset_uuid and k.component_id <> pair.component_id and k.decision = 'linked'
              or k.asset_uuid <> pair.asset_uuid and k.component_id = pair.component_id
                 and (k.decision = 'review' or k.decision = 'linked' and ${decided.replaces ?? false}))
    ), beside as (
      -- Who has the component and was not told to leave shares it by the person's word too: nobody is asked again whether they are one.
      update asset_correlations k
         set decided_by_kind = 'person', decided_by = ${decided.by}, rule_code = null, decided_at = now(), operation_id = ${operationId}::uuid,
             reason = null, reason_code = ${sql.raw(reasonValue('person_matched_beside'))},
             reason_params = jsonb_build_object('asset', pair.asset_uuid)
        from pair
       where ${decided.decision === 'linked' && !decided.replaces} and k.component_id = pair.component_id
         and k.asset_uuid <> pair.asset_uuid and k.decision = 'linked' and k.decided_by_kind = 'rule'
    )
    insert into asset_correlations as known (asset_uuid, component_id, decision, score, evidence, reason, reason_code, decided_by_kind, decided_by, operation_id)
    select asset_uuid, component_id, ${decided.decision}, 0, '[]', ${decided.reason ?? null},
           ${decided.reason === undefined ? ('person_decided' satisfies ReasonCode) : null}, 'person', ${decided.by}, ${operationId}::uuid
      from pair
    on conflict (asset_uuid, component_id) do update
      set decision = excluded.decision, reason = excluded.reason, reason_code = excluded.reason_code, reason_params = null,
          decided_by_kind = excluded.decided_by_kind, decided_by = excluded.decided_by, rule_code = null,
          operation_id = excluded.operation_id, decided_at = now()
    returning component_id as component`.execute(db);
  return rows[0]?.component;
}

/** Other assets that have a component now. */
export async function listSharingAssets(
  db: Kysely<Database>,
  componentId: number,
  assetUuid: string,
): Promise<{ readonly assetUuid: string; readonly hostname: string | null }[]> {
  const { rows } = await sql<{ assetUuid: string; hostname: string | null }>`
    select a.asset_uuid::text as "assetUuid", a.hostname from asset_correlations k join ingestion_assets a using (asset_uuid)
     where k.component_id = ${componentId} and k.decision = 'linked' and k.asset_uuid <> ${assetUuid}::uuid order by 1`.execute(
    db,
  );
  return rows;
}
