/** Which records a full read did not show. Decision 0013: absence is not deletion. */
import { sql, type Kysely } from 'kysely';
import { asKey, type Database, storableText } from '../../platform/postgres/index.ts';
import { isLinked, linkedEntity } from '../../record/entities/index.ts';
import { isOpenPoam } from '../../record/poam-status/index.ts';
import { announceConflicts, closeReturnedRecords, openMissingRecords } from '../../ledger/conflicts/index.ts';
import { reasonValue, ruleValues } from '../../ledger/operations/index.ts';

export interface ReadOfEntity {
  readonly systemId: number;
  readonly entity: string;
  readonly operationId: string;
}

/** Notes records that a full read has shown, in the transaction that stores them. */
export async function recordSeen(
  db: Kysely<Database>,
  read: ReadOfEntity,
  externalIds: readonly string[],
): Promise<void> {
  if (externalIds.length === 0) return;
  await sql`
    insert into sync_seen (external_system_id, entity_type, operation_id, external_ids)
    values (${read.systemId}, ${read.entity}, ${read.operationId}::uuid, ${externalIds.map(storableText)}::text[])`.execute(
    db,
  );
}

export interface Absence {
  /** Links that are neither retired nor known to be missing, and are not inside something that is missing itself. */
  readonly expected: number;
  /** How many of these the read did not show. */
  readonly missing: number;
  readonly examples: readonly string[];
  /** Whether the read showed every living link, and none of them was known to be missing: nothing is to be marked then. */
  readonly isSettled: boolean;
}

export async function countAbsent(db: Kysely<Database>, read: ReadOfEntity): Promise<Absence> {
  const { rows } = await sql<{
    expected: number;
    missing: number;
    examples: string[] | null;
    isSettled: boolean | null;
  }>`
    with ${linksOf(read)}, counted as (
      select external_id, seen, missing_since is null and (seen or not inside_missing) as is_expected,
             seen and missing_since is null as is_settled
        from links
    )
    select count(*) filter (where is_expected)::int as expected, count(*) filter (where is_expected and not seen)::int as missing,
           (array_agg(external_id order by external_id) filter (where is_expected and not seen))[1:5] as examples,
           bool_and(is_settled) as "isSettled"
      from counted`.execute(db);
  const row = rows[0];
  return {
    expected: row?.expected ?? 0,
    missing: row?.missing ?? 0,
    examples: row?.examples ?? [],
    isSettled: row?.isSettled ?? true,
  };
}

/** SQL that is true of a link `l` whose record is inside one that the remote no longer shows: that is what a person is asked about. */
function insideMissing(entity: string) {
  if (!isLinked(entity)) return sql`false`;
  const { row: place, parent } = linkedEntity(entity);
  if (!parent) return sql`false`;
  return sql`exists (select from ${sql.table(place.table)} t
                       join sync_links parent on parent.external_system_id = l.external_system_id and parent.entity_type = ${parent.entity}
                                             and parent.entity_id = t.${sql.ref(parent.column)}::text
                                             and parent.retired_at is null and parent.missing_since is not null
                      where t.${sql.ref(place.key)} = ${asKey('l.entity_id', place.keyKind)})`;
}

/** The living links as a CTE `links`. The place of what was seen is not looked up: that is what takes time. */
const linksOf = (read: ReadOfEntity) => sql`
    seen as materialized (
      select distinct s.external_id
        from sync_seen page cross join lateral unnest(page.external_ids) s(external_id)
       where page.external_system_id = ${read.systemId} and page.entity_type = ${read.entity}
         and page.operation_id = ${read.operationId}::uuid
    ), links as materialized (
      select l.id, l.entity_id, l.external_id, l.missing_since, s.external_id is not null as seen,
             case when s.external_id is null then ${insideMissing(read.entity)} else false end as inside_missing
        from sync_links l left join seen s on s.external_id = l.external_id
       where l.external_system_id = ${read.systemId} and l.entity_type = ${read.entity} and l.retired_at is null
    )`;

/** SQL of what hangs on a record that is missing, for the person who is asked about it. */
const hangsOn: Readonly<Record<string, ReturnType<typeof sql>>> = {
  system: sql`jsonb_build_object(
    'components', (select count(*) from system_components c where c.system_id = m.entity_id),
    'controls', (select count(*) from ingestion_controls c where c.system_id = m.entity_id),
    'open_poams', (select count(*) from ingestion_poams p where p.system_id = m.entity_id
                      and ${isOpenPoam('p')}),
    'assets', (select count(*) from ingestion_assets a where a.system_id = m.entity_id))`,
};

/**
 * Marks what the read did not show, with a journal row and, for records that people keep, a conflict for them to decide;
 * takes the mark from what is there again. A person is asked about a record only, and not also about what is inside it.
 * @returns how many became missing, and how many came back.
 */
export async function markAbsent(
  db: Kysely<Database>,
  read: ReadOfEntity,
  withConflict: boolean,
): Promise<{ missing: number; revived: number }> {
  const { rows } = await sql<{ missing: number; revived: number; opened: number[]; settled: number[] }>`
    with ${linksOf(read)},
    changed as (
      update sync_links l set missing_since = case when k.seen then null else tieline_now() end
        from links k where k.id = l.id and k.seen = (k.missing_since is not null)
      returning l.entity_id, l.external_id, l.missing_since
    ), journal as (
      insert into sync_changes (operation_id, external_system_id, entity_type, entity_id, before_value, after_value, direction, decided_by_kind, rule_code, reason_code)
      select ${read.operationId}::uuid, ${read.systemId}, ${read.entity}, c.entity_id, to_jsonb(c.external_id), null, 'inbound',
             ${sql.raw(ruleValues('full_read'))},
             case when c.missing_since is null then ${sql.raw(reasonValue('shown_again'))} else ${sql.raw(reasonValue('no_longer_shown'))} end
        from changed c
    ), conflicts as (
      -- Also what was missing with its system before, and stayed so when that came back.
      ${openMissingRecords(
        read,
        sql`select m.entity_id, m.external_id, m.missing_since, ${hangsOn[read.entity] ?? sql`null::jsonb`} as hangs_on
              from links m where not m.seen and not m.inside_missing and ${withConflict}`,
      )}
    ), settled as (
      ${closeReturnedRecords(read, sql`select entity_id from changed where missing_since is null`)}
    )
    select count(*) filter (where missing_since is not null)::int as missing,
           count(*) filter (where missing_since is null)::int as revived,
           array(select id from conflicts) as opened, array(select id from settled) as settled from changed`.execute(
    db,
  );
  const { missing = 0, revived = 0, opened = [], settled = [] } = rows[0] ?? {};
  await announceConflicts(db, 'conflict.opened', { rows: opened.map((id) => ({ id })) });
  await announceConflicts(db, 'conflict.settled', { rows: settled.map((id) => ({ id })) });
  return { missing, revived };
}

/** Forgets what was seen: the read is over, or is to begin again. */
export async function forgetSeen(
  db: Kysely<Database>,
  read: Omit<ReadOfEntity, 'operationId'>,
): Promise<void> {
  await sql`
    delete from sync_seen where external_system_id = ${read.systemId} and entity_type = ${read.entity}`.execute(
    db,
  );
}
