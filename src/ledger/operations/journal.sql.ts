/** The journal, read: what operations changed, value by value. */
import { sql, type Kysely } from 'kysely';
import type { Json } from '../../platform/values/index.ts';
import {
  decisionColumnsOf,
  shownDecision,
  type ShownDecision,
  type StoredDecider,
  type StoredReason,
} from './decisions.sql.ts';
import type { Database } from '../../platform/postgres/index.ts';

interface JournalValues {
  readonly id: number;
  readonly systemId: number | null;
  readonly entity: string;
  readonly entityId: string;
  readonly field: string | null;
  readonly before: Json;
  readonly after: Json;
  readonly direction: 'inbound' | 'outbound' | 'internal';
}
export interface JournalRow extends JournalValues, ShownDecision {}

/** What both sides know the record by. */
interface Names {
  readonly system: string | null;
  /** What the external system calls the record; null where it does not know it. */
  readonly externalId: string | null;
  readonly at: Date;
}
/** A change with the names that both sides know the record by. */
export interface NamedJournalRow extends JournalRow, Names {}

type Stored = JournalValues & StoredDecider & StoredReason;

export interface JournalFilter {
  /** Only this record: our id, or that of an external system. */
  readonly record?: string;
  readonly entity?: string;
  /** Only these rows. */
  readonly ids?: readonly number[];
}

const columns = sql`c.id::int8::float8 as id, c.external_system_id as "systemId", c.entity_type as entity, c.entity_id as "entityId",
  c.field_name as field, c.before_value as before, c.after_value as after, c.direction, ${sql.raw(decisionColumnsOf('c'))}`;

/** What these operations changed, oldest first, in pages after `afterId`. */
export async function listJournal(
  db: Kysely<Database>,
  operationIds: readonly string[],
  afterId: number,
  limit: number,
): Promise<JournalRow[]> {
  const { rows } = await sql<Stored>`
    select ${columns} from sync_changes c
     where c.operation_id = any(${[...operationIds]}::uuid[]) and c.id > ${afterId}
     order by c.id limit ${limit}`.execute(db);
  return rows.map(shownDecision);
}

const fits = (filter: JournalFilter) => sql`
  (${filter.ids === undefined} or c.id = any(${[...(filter.ids ?? [])]}::bigint[]))
  and (${filter.entity ?? null}::text is null or c.entity_type = ${filter.entity ?? null})
  and (${filter.record ?? null}::text is null or c.entity_id = ${filter.record ?? null}
       or exists (select from sync_links l where l.entity_type = c.entity_type and l.entity_id = c.entity_id
                     and l.external_id = ${filter.record ?? null}))`;

/** The same with names, and how many there are in all. */
export async function pageJournal(
  db: Kysely<Database>,
  operationIds: readonly string[],
  filter: JournalFilter,
  page: { readonly afterId: number; readonly limit: number },
): Promise<{ readonly rows: readonly NamedJournalRow[]; readonly total: number }> {
  const ids = [...operationIds];
  const { rows } = await sql<Stored & Names>`
    select ${columns}, s.system_name as system, c.changed_at as at,
           (select l.external_id from sync_links l
             where l.external_system_id = c.external_system_id and l.entity_type = c.entity_type and l.entity_id = c.entity_id
             order by l.retired_at nulls first, l.id limit 1) as "externalId"
      from sync_changes c left join external_systems s on s.id = c.external_system_id
     where c.operation_id = any(${ids}::uuid[]) and c.id > ${page.afterId} and ${fits(filter)}
     order by c.id limit ${page.limit}`.execute(db);
  const count = await sql<{ n: number }>`
    select count(*)::int as n from sync_changes c where c.operation_id = any(${ids}::uuid[]) and ${fits(filter)}`.execute(
    db,
  );
  return { rows: rows.map(shownDecision), total: count.rows[0]?.n ?? 0 };
}

/** Who decided in these operations, where a person did: by operation. */
export async function fetchDeciders(
  db: Kysely<Database>,
  operationIds: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const { rows } = await sql<{ id: string; by: string }>`
    select o.id::text as id, c.decided_by as by
      from unnest(${[...operationIds]}::uuid[]) as o(id)
     cross join lateral (select decided_by from sync_changes
                          where operation_id = o.id and decided_by_kind = 'person' limit 1) c`.execute(db);
  return new Map(rows.map((row) => [row.id, row.by]));
}

export interface FoundConflict {
  readonly id: number;
  readonly entity: string;
  readonly entityId: string;
  readonly field: string | null;
  readonly type: string;
  readonly status: string;
}

/** Conflicts that these operations found, settled or not. */
export async function listFoundConflicts(
  db: Kysely<Database>,
  operationIds: readonly string[],
  limit: number,
): Promise<FoundConflict[]> {
  const { rows } = await sql<FoundConflict>`
    select id, entity_type as entity, entity_id as "entityId", field_name as field, conflict_type as type, resolution_status as status
      from sync_conflicts where operation_id = any(${[...operationIds]}::uuid[]) order by id limit ${limit}`.execute(
    db,
  );
  return rows;
}

/** A record of the journal: entity and our id. */
export interface JournalSubject {
  readonly entity: string;
  readonly entityId: string;
}

const amongSubjects = (subjects: readonly JournalSubject[]) => sql`
  exists (select from unnest(${subjects.map((each) => each.entity)}::text[], ${subjects.map((each) => each.entityId)}::text[]) as wanted(entity, id)
           where wanted.entity = c.entity_type and wanted.id = c.entity_id)`;

/** A change in the history of a record, with the operation that made it. */
export interface HistoryRow extends NamedJournalRow {
  readonly operationId: string;
}

/** What happened to some records, the latest first. @param page.beforeId continues behind the row with this id. */
export async function listHistory(
  db: Kysely<Database>,
  subjects: readonly JournalSubject[],
  page: { readonly beforeId?: number | undefined; readonly limit: number },
): Promise<HistoryRow[]> {
  if (subjects.length === 0) return [];
  const { rows } = await sql<Stored & Names & { readonly operationId: string }>`
    select ${columns}, c.operation_id::text as "operationId", s.system_name as system, c.changed_at as at, null as "externalId"
      from sync_changes c left join external_systems s on s.id = c.external_system_id
     where c.entity_type = any(${[...new Set(subjects.map((each) => each.entity))]}::text[])
       and c.entity_id = any(${[...new Set(subjects.map((each) => each.entityId))]}::text[]) and ${amongSubjects(subjects)}
       and ${page.beforeId === undefined ? sql`true` : sql`c.id < ${page.beforeId}`}
     order by c.id desc limit ${page.limit}`.execute(db);
  return rows.map(shownDecision);
}

/** The latest change of each field of a record. */
export async function listLatestEdits(
  db: Kysely<Database>,
  { entity, entityId }: JournalSubject,
): Promise<NamedJournalRow[]> {
  const { rows } = await sql<Stored & Names>`
    select distinct on (c.field_name) ${columns}, s.system_name as system, c.changed_at as at, null as "externalId"
      from sync_changes c left join external_systems s on s.id = c.external_system_id
     where c.entity_type = ${entity} and c.entity_id = ${entityId} and c.field_name is not null
     order by c.field_name, c.id desc`.execute(db);
  return rows.map(shownDecision);
}

/** A person's own latest edit of a field, as it was journaled here. */
export interface PersonsEdit extends JournalSubject {
  readonly field: string;
  readonly by: string;
  readonly at: Date;
  /** What the person wrote. */
  readonly reason: string | null;
}

/** The latest edit of each field of these records that a person made here; what a rule or the other side changed since hides it. */
export async function listPersonsEdits(
  db: Kysely<Database>,
  subjects: readonly JournalSubject[],
): Promise<PersonsEdit[]> {
  if (subjects.length === 0) return [];
  const { rows } = await sql<PersonsEdit & { readonly isPersons: boolean }>`
    select distinct on (c.entity_type, c.entity_id, c.field_name)
           c.entity_type as entity, c.entity_id as "entityId", c.field_name as field, c.decided_by as by, c.changed_at as at, c.reason,
           c.direction = 'internal' and c.decided_by_kind = 'person' as "isPersons"
      from sync_changes c
     where c.entity_type = any(${[...new Set(subjects.map((each) => each.entity))]}::text[])
       and c.entity_id = any(${[...new Set(subjects.map((each) => each.entityId))]}::text[]) and ${amongSubjects(subjects)}
       and c.field_name is not null and c.direction <> 'outbound'
     order by c.entity_type, c.entity_id, c.field_name, c.id desc`.execute(db);
  return rows.filter(({ isPersons }) => isPersons).map(({ isPersons: _is, ...edit }) => edit);
}

/** A change of one record, in its history. */
export interface RecordJournalRow extends ShownDecision {
  readonly at: Date;
  /** Where it was made: `sent` is a change of ours that the other side confirmed. */
  readonly side: 'here' | 'there' | 'sent';
  readonly field: string | null;
  readonly before: Json;
  readonly after: Json;
  readonly system: string | null;
  readonly operationId: string;
}

const sides = { internal: 'here', inbound: 'there', outbound: 'sent' } as const;

/** What changed in a record, on whichever side, the latest first. */
export async function listRecordJournal(
  db: Kysely<Database>,
  record: { readonly entity: string; readonly entityId: string },
  limit: number,
): Promise<RecordJournalRow[]> {
  type Row = Omit<RecordJournalRow, 'side' | keyof ShownDecision> &
    Pick<JournalValues, 'direction'> &
    StoredDecider &
    StoredReason;
  const { rows } = await sql<Row>`
    select c.changed_at as at, c.direction, c.field_name as field, c.before_value as before, c.after_value as after,
           s.system_name as system, c.operation_id as "operationId", ${sql.raw(decisionColumnsOf('c'))}
      from sync_changes c left join external_systems s on s.id = c.external_system_id
     where c.entity_type = ${record.entity} and c.entity_id = ${record.entityId}
     order by c.changed_at desc, c.id desc limit ${limit}`.execute(db);
  return rows.map((row) => {
    const { direction, ...shown } = shownDecision(row);
    return { ...shown, side: sides[direction] };
  });
}
