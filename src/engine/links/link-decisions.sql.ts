/** Links as a person sees, breaks and makes them. */
import { sql, type Kysely } from 'kysely';
import type { JsonObject } from '../../platform/values/index.ts';
import { recordsInside } from '../../canonical/record-fields/index.ts';
import { supersedeUpdates } from '../outbox/index.ts';
import type { Database } from '../../platform/postgres/index.ts';
import { closeConflictsOfLink } from '../../ledger/conflicts/index.ts';
import { readAnew } from '../../ledger/external-systems/index.ts';
import { deleteLink, endSeparation, insertLink, separate } from '../../ledger/links/index.ts';

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
  await separate(db, link.systemId, link, decided);
  await deleteLink(db, link.id);
  await supersedeUpdates(db, link.systemId, link);
  await closeConflictsOfLink(db, link, decided.by);
  await readAnewWithin(db, link.systemId, link.entity);
}

/** Makes a link with nothing agreed on yet: the next read merges both sides field by field. */
export async function makeLink(
  db: Kysely<Database>,
  link: Pick<LinkEntry, 'systemId' | 'entity' | 'entityId' | 'externalId'>,
  operationId: string,
): Promise<void> {
  await endSeparation(db, link.systemId, link);
  await insertLink(db, { systemId: link.systemId, operationId }, link);
  await readAnewWithin(db, link.systemId, link.entity);
}

/** What is inside a record follows it into its row. */
async function readAnewWithin(db: Kysely<Database>, systemId: number, entity: string): Promise<void> {
  for (const each of [entity, ...recordsInside(entity)]) await readAnew(db, systemId, each);
}
