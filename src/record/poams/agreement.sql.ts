/**
 * How a POA&M, with its milestones, stands between both sides: one word, the worst that holds. One relation serves list, facet and
 * detail, so that they never differ. What stands in the way is little beside all POA&Ms, so it is gathered once and joined, not asked
 * for each row.
 */
import { type Kysely, type RawBuilder, sql } from 'kysely';
import { type Agreement, agreements } from '../../canonical/lists/index.ts';
import type { ConflictType } from '../../canonical/vocabulary/index.ts';
import { type FilterTerm, wordsOf } from '../../platform/lists/index.ts';
import type { Database } from '../../platform/postgres/index.ts';

const rank = (word: Agreement): RawBuilder<number> => sql.lit(agreements.indexOf(word));
const refusals = ['validation_rejected', 'unmappable_value'] as const satisfies readonly ConflictType[];
const unclear = 'unclear_outcome' satisfies ConflictType;
/** Which records: a condition on `entity_type` and `entity_id`. */
const ofAllPoams = sql`entity_type in ('poam', 'milestone')`;
const ofOnePoam = (poamId: string): RawBuilder<unknown> => sql`
  (entity_type = 'poam' and entity_id = ${poamId}
   or entity_type = 'milestone' and entity_id in (select own.id::text from ingestion_poam_milestones own where own.poam_id = ${poamId}))`;
/** Named as arrays: each of them is then looked up by the index over both columns. */
const ofSystems = (systemIds: readonly string[]): RawBuilder<unknown> => sql`
  (entity_type = 'poam' and entity_id = any(array(select own.poam_id::text from ingestion_poams own where own.system_id = any(${systemIds})))
   or entity_type = 'milestone' and entity_id = any(array(
        select step.id::text from ingestion_poam_milestones step join ingestion_poams own on own.poam_id = step.poam_id where own.system_id = any(${systemIds}))))`;

/** Those of a page that was chosen: a relation `page` with `poam_id`. */
const ofPage = sql`
  (entity_type = 'poam' and entity_id = any(array(select page.poam_id::text from page))
   or entity_type = 'milestone' and entity_id = any(array(
        select step.id::text from page join ingestion_poam_milestones step on step.poam_id = page.poam_id)))`;

/** The POA&Ms that are asked about: one, those of a few systems, or those of a page that was chosen. */
export type AmongPoams =
  | { readonly poam: string }
  | { readonly systems: readonly string[] }
  | { readonly page: true };

const obstaclesOf = (among: AmongPoams | undefined): RawBuilder<unknown> => {
  if (among === undefined) return ofAllPoams;
  if ('page' in among) return ofPage;
  return 'poam' in among ? ofOnePoam(among.poam) : ofSystems(among.systems);
};

interface Obstacles {
  readonly from: RawBuilder<unknown>;
  /** How bad it is. */
  readonly rank: RawBuilder<number>;
  /** Kind, id, what it is, fields and since when, by these names. */
  readonly about: RawBuilder<unknown>;
}

/** What keeps a record from being agreed. */
const kindsOfObstacle: readonly Obstacles[] = [
  {
    from: sql`sync_conflicts where resolution_status = 'pending'`,
    rank: sql`case when conflict_type = ${sql.lit(unclear)} then ${rank('unclear')}
                   when conflict_type in (${sql.join(refusals.map((each) => sql.lit(each)))}) then ${rank('refused')}
                   else ${rank('conflict')} end`,
    about: sql`'conflict' as kind, id::bigint as id, conflict_type::text as what,
               case when field_name is null then '{}'::text[] else array[field_name::text] end as fields, created_at at time zone 'UTC' as since`,
  },
  {
    from: sql`sync_outbox where state in ('waiting', 'pending', 'sent', 'failed')`,
    rank: sql`case when state = 'waiting' then ${rank('approval')} when state = 'pending' then ${rank('sending')}
                   when state = 'sent' or failure ->> 'outcome' = 'unclear' then ${rank('unclear')} else ${rank('refused')} end`,
    about: sql`'outbox', id, state, case jsonb_typeof(payload) when 'object' then array(select jsonb_object_keys(payload)) else '{}' end,
               case when state in ('sent', 'failed') then coalesce(settled_at, sent_at, created_at) else created_at end`,
  },
  {
    from: sql`sync_links where edited_at is not null and retired_at is null`,
    rank: rank('sending'),
    about: sql`'edit', id, 'edited', '{}', edited_at`,
  },
];

/** SQL of the obstacles, a row each. @param of which records. @param columns of each kind. */
const obstacles = (
  of: RawBuilder<unknown>,
  columns: (each: Obstacles) => RawBuilder<unknown>,
): RawBuilder<unknown> =>
  sql.join(
    kindsOfObstacle.map(
      (each) => sql`select entity_type, entity_id, ${columns(each)} from ${each.from} and ${of}`,
    ),
    sql` union all `,
  );

/** SQL of the POA&M of an obstacle `o`; looked up for milestones only, which are few among them. */
const poamOfObstacle = sql`
  case when o.entity_type = 'milestone' then (select m.poam_id from ingestion_poam_milestones m where m.id = o.entity_id::bigint) else o.entity_id end`;

/** SQL of the worst that stands in the way of each POA&M that has anything in its way: a relation (poam_id, rank). */
const worstOf = (among: AmongPoams | undefined): RawBuilder<unknown> => sql`
  select ${poamOfObstacle} as poam_id, min(o.rank) as rank
    from (${obstacles(obstaclesOf(among), (each) => sql`${each.rank} as rank`)}) o
   group by 1`;

/** SQL of whether a remote has the row `p`: of a whole list all links at once, of a few POA&Ms each by index. */
const isLinked = (among: AmongPoams | undefined): RawBuilder<boolean> =>
  among === undefined
    ? sql`((p.poam_id in (select l.entity_id from sync_links l where l.entity_type = 'poam' and l.retired_at is null)) is true)`
    : sql`exists (select from sync_links l where l.entity_type = 'poam' and l.entity_id = p.poam_id and l.retired_at is null offset 0)`;

/**
 * The filter by the word, for whole lists: which POA&Ms have something in their way is found for all at once, and each row is looked up in that
 * (`is true` keeps the planner from joining what it knows no size of). The word of each row, compared, takes half as long again.
 */
export const agreementTerm =
  (among: AmongPoams | undefined) =>
  (term: FilterTerm): RawBuilder<boolean> => {
    if (term.is !== 'in') return wordsOf(agreementOf(among))(term);
    const asked = new Set(term.values);
    const inTheWay = agreements.filter((word) => asked.has(word) && word !== 'agreed' && word !== 'unlinked');
    const isFree = sql<boolean>`((p.poam_id in (select worst.poam_id from (${worstOf(among)}) worst)) is not true)`;
    const linked = isLinked(among);
    const either: RawBuilder<boolean>[] = [
      ...(inTheWay.length === 0
        ? []
        : [
            sql<boolean>`((p.poam_id in (select worst.poam_id from (${worstOf(among)}) worst where worst.rank in (${sql.join(inTheWay.map(rank))}))) is true)`,
          ]),
      ...(asked.has('agreed') && asked.has('unlinked') ? [isFree] : []),
      ...(asked.has('agreed') && !asked.has('unlinked') ? [sql<boolean>`(${linked} and ${isFree})`] : []),
      ...(asked.has('unlinked') && !asked.has('agreed') ? [sql<boolean>`(not ${linked} and ${isFree})`] : []),
    ];
    const any = either.length === 0 ? sql<boolean>`false` : sql<boolean>`(${sql.join(either, sql` or `)})`;
    return term.negated ? sql<boolean>`not ${any}` : any;
  };

/**
 * SQL of the word, over a row `p` of ingestion_poams. The worst of each POA&M is gathered once into a map, in which each row is looked up: the
 * planner cannot know how many POA&Ms a status leaves, and where it took them for few it gathered all anew for each (20,000 POA&Ms: 4 s).
 * @param among undefined: all.
 */
export const agreementOf = (among?: AmongPoams): RawBuilder<Agreement> => sql`
  (${agreements}::text[])[1 + coalesce(
     ((select jsonb_object_agg(worst.poam_id, worst.rank) from (
         ${worstOf(among)}) worst where worst.poam_id is not null) -> p.poam_id)::int,
     case when exists (select from sync_links l where l.entity_type = 'poam' and l.entity_id = p.poam_id and l.retired_at is null${among === undefined ? sql`` : sql` offset 0`})
          then ${rank('agreed')} else ${rank('unlinked')} end)]`;

/** One thing that stands between a POA&M and agreement. */
export interface Obstacle {
  readonly agreement: Agreement;
  readonly kind: 'conflict' | 'outbox' | 'edit';
  /** Of the conflict, the change in the outbox, or the link. */
  readonly id: number;
  /** The type of the conflict, or the state of the change. */
  readonly what: string;
  readonly entity: string;
  readonly entityId: string;
  readonly connection: string | null;
  readonly fields: readonly string[];
  readonly since: Date;
}

/** All that stands between a POA&M with its milestones and agreement, the worst first. */
export async function listObstacles(db: Kysely<Database>, poamId: string): Promise<Obstacle[]> {
  const { rows } = await sql<Obstacle>`
    select (${agreements}::text[])[1 + o.rank] as agreement, o.kind, o.id::float8 as id, o.what, o.entity_type as entity, o.entity_id as "entityId",
           s.system_name as connection, o.fields, o.since
      from (${obstacles(ofOnePoam(poamId), (each) => sql`external_system_id, ${each.rank} as rank, ${each.about}`)}) o
      left join external_systems s on s.id = o.external_system_id
     order by o.rank, o.since, o.id limit 200`.execute(db);
  return rows;
}
