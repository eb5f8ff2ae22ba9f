/**
 * The POA&M that answers a finding, and the weakness that it is about. A finding points at one POA&M (`poam_id`), that of its asset's main
 * system. An asset that is beside in a second system has another weakness and POA&M there, which only who sees that system may see. So both
 * are of the scope: the POA&M that the finding points at, where its system is in the scope; else that of the weakness in a system of the scope
 * beside the main one. Most assets have one system, so the second case is asked of few rows.
 */
import { type Kysely, type RawBuilder, sql } from 'kysely';
import { inScope, type Scope } from '../../canonical/access/index.ts';
import { findingPoamStates } from '../../canonical/lists/index.ts';
import { type FilterTerm, instantOf } from '../../platform/lists/index.ts';
import type { Database } from '../../platform/postgres/index.ts';
import { isOpenPoam } from '../poam-status/index.ts';

/** SQL of where a POA&M stands at that moment, as `findingPoamStates` has it; null where there is none. */
export const poamStateOf = (poam: string, now: Date): RawBuilder<string | null> =>
  sql`case when ${sql.raw(poam)}.id is null then null when not ${isOpenPoam(poam)} then 'completed'
           when ${sql.raw(poam)}.scheduled_completion < ${now.toISOString().slice(0, 10)}::date then 'overdue' else 'open' end`;

/** Of each asset, systems of the scope beside its main one. */
const besideSystems = (scope: Scope): RawBuilder<unknown> => sql`
  select b.asset_uuid, b.system_id from ingestion_system_assets b
    join ingestion_assets main on main.asset_uuid = b.asset_uuid and main.system_id is distinct from b.system_id
   where b.system_id is not null and ${inScope(scope, sql`b.system_id`)}`;

/** Only what is open and severe makes a weakness. Spelled as idx_ingestion_vulnerabilities_severe is. */
const makesWeakness = sql`v.lifecycle_state in ('open', 'reopened') and v.severity_rank >= 3`;

const hasOwnPoam = (scope: Scope): RawBuilder<boolean> =>
  scope.kind === 'everywhere'
    ? sql`v.poam_id is not null`
    : sql`(v.poam_id is not null and (v.poam_id in (select owned.id from ingestion_poams owned where ${inScope(scope, sql`owned.system_id`)})) is true)`;

/** Of the finding `v`, the weakness in a system of the scope beside the main one, as one row or none. */
const besideWeakness = (scope: Scope): RawBuilder<unknown> => sql`
  select w.id, w.poam_id, w.due_on from weaknesses w
   where w.grouping = 'plugin' and w.identifier = v.plugin_id::text and w.poam_id is not null
     and w.system_id in (select beside.system_id from (${besideSystems(scope)}) beside where beside.asset_uuid = v.asset_ref)
   order by w.poam_id, w.id limit 1`;

/**
 * The same of all findings at once, as a relation (id, poam_id, due_on): those of assets that have a second system. Looked up asset by asset
 * (`offset 0`): of how many these are the planner has no idea.
 */
const answeredBeside = (scope: Scope, relation: RawBuilder<unknown>): RawBuilder<unknown> => sql`
  select distinct on (v.id) v.id, w.poam_id, w.due_on
    from (${relation}) beside
   cross join lateral (select v.id, v.plugin_id::text as plugin_id, v.poam_id from ingestion_vulnerabilities v where v.asset_ref = beside.asset_uuid and ${makesWeakness} offset 0) v
   cross join lateral (select w.id, w.poam_id, w.due_on from weaknesses w
                        where w.system_id = beside.system_id and w.grouping = 'plugin' and w.identifier = v.plugin_id and w.poam_id is not null offset 0) w
   where not ${hasOwnPoam(scope)}
   order by v.id, w.poam_id, w.id`;

/** What is asked in which scope, with what of POA&Ms was looked up before. */
export interface Sight {
  readonly scope: Scope;
  readonly now: Date;
  /** SQL of a relation (id, poam_id, due_on): findings that are answered in a system beside their asset's main one; undefined where none is. */
  readonly beside: RawBuilder<unknown> | undefined;
  /** The POA&Ms of the scope that the filter names, where they are few. */
  readonly poams: readonly number[] | undefined;
  /** The POA&Ms of the scope whose weaknesses are due as the filter asks, where they are few. */
  readonly duePoams: readonly number[] | undefined;
}

/** For what asks nothing of POA&Ms. */
export const blind = (scope: Scope, now: Date): Sight => ({
  scope,
  now,
  beside: undefined,
  poams: undefined,
  duePoams: undefined,
});

const namedAtMost = 5000;
/** Named, even so many are found sooner by an index than every finding that has a POA&M is looked at. */
const dueNamedAtMost = 20_000;

/**
 * Looks up which assets have a second system, which of their findings are answered there, and which POA&Ms are meant. All are few or none, which
 * the planner cannot know: not told, it read the whole table of findings to find that none of them is answered so.
 */
export async function findSight(
  db: Kysely<Database>,
  scope: Scope,
  {
    now,
    poam,
    due,
  }: { readonly now: Date; readonly poam?: FilterTerm | undefined; readonly due?: FilterTerm | undefined },
): Promise<Sight> {
  return {
    scope,
    now,
    beside: await findBeside(db, scope),
    poams: poam?.is === 'in' ? await findPoams(db, { scope, now }, poam.values) : undefined,
    duePoams: due && due.is !== 'presence' ? await findDuePoams(db, scope, due) : undefined,
  };
}

async function findBeside(db: Kysely<Database>, scope: Scope): Promise<RawBuilder<unknown> | undefined> {
  const assets = await sql<{ asset: string; system: string }>`
    select asset_uuid::text as asset, system_id::text as system from (${besideSystems(scope)}) beside limit ${namedAtMost + 1}`.execute(
    db,
  );
  if (assets.rows.length === 0) return undefined;
  if (assets.rows.length > namedAtMost) return answeredBeside(scope, besideSystems(scope));
  const named = sql`select * from unnest(${assets.rows.map((row) => row.asset)}::uuid[], ${assets.rows.map((row) => row.system)}::text[]) named(asset_uuid, system_id)`;
  const { rows } = await sql<{
    id: number;
    poam_id: number;
    due_on: string;
  }>`${answeredBeside(scope, named)} limit ${namedAtMost + 1}`.execute(db);
  if (rows.length === 0) return undefined;
  if (rows.length > namedAtMost) return answeredBeside(scope, named);
  return sql`select * from unnest(${rows.map((row) => row.id)}::int[], ${rows.map((row) => row.poam_id)}::int[], ${rows.map((row) => row.due_on)}::date[]) named(id, poam_id, due_on)`;
}

async function findPoams(
  db: Kysely<Database>,
  sight: Pick<Sight, 'scope' | 'now'>,
  named: readonly string[],
): Promise<number[] | undefined> {
  const { rows } = await sql<{
    id: number;
  }>`select id from (${poamsNamed(sight, named)}) named limit ${namedAtMost + 1}`.execute(db);
  return rows.length > namedAtMost ? undefined : rows.map((row) => row.id);
}

/** Most have weaknesses that are due at some other time, and their findings need not be looked at. */
async function findDuePoams(
  db: Kysely<Database>,
  scope: Scope,
  due: FilterTerm,
): Promise<number[] | undefined> {
  const { rows } = await sql<{ id: number }>`
    select distinct w.poam_id as id from (${dueWeaknesses(due)}) w
      join ingestion_poams owned on owned.id = w.poam_id and ${inScope(scope, sql`owned.system_id`)} limit ${dueNamedAtMost + 1}`.execute(
    db,
  );
  return rows.length > dueNamedAtMost ? undefined : rows.map((row) => row.id);
}

/** Of one row, where the set of all POA&Ms of the scope costs more. */
const rowHasOwnPoam = (scope: Scope): RawBuilder<boolean> =>
  scope.kind === 'everywhere'
    ? sql`v.poam_id is not null`
    : sql`exists (select from ingestion_poams owned where owned.id = v.poam_id and ${inScope(scope, sql`owned.system_id`)} offset 0)`;

/** SQL of the POA&M (ingestion_poams.id) that answers the finding `v` in the scope; null where none does. For the rows of a page. */
export const poamInScope = (scope: Scope): RawBuilder<number | null> =>
  sql`case when ${rowHasOwnPoam(scope)} then v.poam_id when ${makesWeakness} then (select poam_id from (${besideWeakness(scope)}) beside) end`;

/** The same for many rows: which findings are answered beside is asked once. */
export const poamInScopeOfMany = ({ scope, beside }: Sight): RawBuilder<number | null> =>
  beside === undefined
    ? sql`case when ${hasOwnPoam(scope)} then v.poam_id end`
    : sql`case when ${hasOwnPoam(scope)} then v.poam_id
               when (v.id in (select id from (${beside}) beside)) is true then (select poam_id from (${besideWeakness(scope)}) beside) end`;

/** SQL of the weakness (weaknesses.id) of the finding `v` in the scope: the one that its POA&M answers. */
export const weaknessInScope = (scope: Scope): RawBuilder<number | null> => sql`
  case when ${rowHasOwnPoam(scope)} then (
         select w.id from weaknesses w
          where w.poam_id = v.poam_id
            and case when w.grouping = 'plugin' then w.identifier = v.plugin_id::text
                     else exists (select from weakness_findings k where k.weakness_id = w.id and k.finding_id = v.id) end
          order by w.due_on, w.id limit 1)
       when ${makesWeakness} then (select id from (${besideWeakness(scope)}) beside) end`;

/** What a filter asks of the POA&M or the day it is due. */
interface Answer {
  /** Of `v`, whose own POA&M is in the scope. */
  readonly own: RawBuilder<boolean>;
  /** Of `beside(poam_id, due_on)`. */
  readonly beside: RawBuilder<boolean>;
}

const answered = ({ beside: relation }: Sight, { own, beside }: Answer): RawBuilder<boolean> =>
  relation === undefined
    ? own
    : sql`(${own} or (v.id in (select id from (${relation}) beside where ${beside})) is true)`;

const lowered = (words: readonly string[]): string[] => words.map((word) => word.toLowerCase());

/** SQL of the POA&Ms (id) of the scope of these ids, or that stand so. */
function poamsNamed(
  { scope, now }: Pick<Sight, 'scope' | 'now'>,
  values: readonly string[],
): RawBuilder<unknown> {
  const words = lowered(values);
  const states = findingPoamStates.filter((state) => words.includes(state));
  const stands = states.length === 0 ? sql`false` : sql`${poamStateOf('k', now)} = any(${states}::text[])`;
  return sql`select k.id from ingestion_poams k where ${inScope(scope, sql`k.system_id`)} and (lower(k.poam_id) = any(${words}::text[]) or ${stands})`;
}

function poamAnswer(sight: Sight, term: FilterTerm): Answer {
  const { scope, poams } = sight;
  if (term.is !== 'in') return { own: hasOwnPoam(scope), beside: sql`true` };
  if (poams)
    return {
      own: sql`coalesce(v.poam_id = any(${[...poams]}::int[]), false)`,
      beside: sql`beside.poam_id = any(${[...poams]}::int[])`,
    };
  const named = poamsNamed(sight, term.values);
  return { own: sql`(v.poam_id in (${named})) is true`, beside: sql`beside.poam_id in (${named})` };
}

const dueWithin = (day: RawBuilder<unknown>, term: FilterTerm): RawBuilder<boolean> =>
  term.is === 'presence' ? sql`${day} is not null` : instantOf(sql`${day}::timestamp`)(term);

/** SQL of the weaknesses (poam_id, identifier) that have a POA&M and are due then. */
const dueWeaknesses = (term: FilterTerm): RawBuilder<unknown> => sql`
  select w.poam_id, w.identifier from weaknesses w
   where w.grouping = 'plugin' and w.poam_id is not null group by 1, 2 having ${dueWithin(sql`min(w.due_on)`, term)}`;

function dueAnswer({ scope, duePoams }: Sight, term: FilterTerm): Answer {
  const named = duePoams ? sql`v.poam_id = any(${[...duePoams]}::int[])` : hasOwnPoam(scope);
  return {
    own: sql`(${named} and (v.poam_id, v.plugin_id::text) in (${dueWeaknesses(term)}) is true)`,
    beside: dueWithin(sql`beside.due_on`, term),
  };
}

/** The filter `poam`: by id; or by where it stands (`overdue`), for POA&Ms are not called so. */
export const poamCondition =
  (sight: Sight) =>
  (term: FilterTerm): RawBuilder<boolean> => {
    const answer = answered(sight, poamAnswer(sight, term));
    if (term.is === 'in' && term.negated) return sql`not ${answer}`;
    if (term.is !== 'presence' || term.present) return answer;
    // Spelled so that the planner knows how many findings have none.
    return sight.scope.kind === 'everywhere'
      ? sql`(v.poam_id is null and not ${answer})`
      : sql`not ${answer}`;
  };

/** The filter `due`: of the day by which the weakness of the finding is due. */
export const dueCondition =
  (sight: Sight) =>
  (term: FilterTerm): RawBuilder<boolean> => {
    const answer = answered(sight, dueAnswer(sight, term));
    return term.is === 'presence' && !term.present ? sql`not ${answer}` : answer;
  };

/**
 * SQL of the findings (id) that a POA&M answers by which the filter asks for, found by their POA&Ms (idx_ingestion_vulnerabilities_poam), not
 * each by each. @returns undefined where the filter does not say which.
 */
export function answeredIds(
  sight: Sight,
  term: FilterTerm | undefined,
  of: 'poam' | 'due',
): RawBuilder<unknown> | undefined {
  if (term === undefined || term.is === 'presence' || (term.is === 'in' && term.negated)) return undefined;
  if (of === 'due' && !sight.duePoams) return undefined;
  const { own, beside } = of === 'poam' ? poamAnswer(sight, term) : dueAnswer(sight, term);
  const indexed = of === 'poam' && sight.poams ? sql`v.poam_id = any(${[...sight.poams]}::int[])` : own;
  return sql`
    select v.id from ingestion_vulnerabilities v where v.poam_id is not null and ${indexed}
    ${sight.beside ? sql`union all select beside.id from (${sight.beside}) beside where ${beside}` : sql``}`;
}
