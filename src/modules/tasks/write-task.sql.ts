/** What a task is about, and its row. */
import { type Kysely, type RawBuilder, sql } from 'kysely';
import { inScope, type Scope } from '../../canonical/access/index.ts';
import type { TaskSubject } from '../../canonical/vocabulary/index.ts';
import type { Database } from '../../platform/postgres/index.ts';
import { isAssetIn, systemsOfAsset } from '../../record/systems/index.ts';

const boundaryWithin = (scope: Scope, asset: RawBuilder<unknown>): RawBuilder<unknown> =>
  sql`(select min(own.system_id) from (${systemsOfAsset(scope, asset)}) own)`;

/** Looks up a record of the scope: its id as it is spelled there, and its boundary. */
const subjects: Readonly<Record<TaskSubject, (scope: Scope, id: string) => RawBuilder<unknown>>> = {
  poam: (scope, id) =>
    sql`select k.poam_id::text as id, k.system_id::text as boundary from ingestion_poams k where k.poam_id = ${id} and ${inScope(scope, sql`k.system_id`)}`,
  system: (scope, id) =>
    sql`select s.system_id::text as id, s.system_id::text as boundary from ingestion_systems s where s.system_id = ${id} and ${inScope(scope, sql`s.system_id`)} limit 1`,
  asset: (scope, id) =>
    sql`select a.asset_uuid::text as id, ${boundaryWithin(scope, sql`a.asset_uuid`)} as boundary from ingestion_assets a
         where a.asset_uuid::text = lower(${id}::text) and ${isAssetIn(scope, sql`a.asset_uuid`)}`,
  finding: (scope, id) =>
    sql`select v.finding_key::text as id, ${boundaryWithin(scope, sql`v.asset_ref`)} as boundary from ingestion_vulnerabilities v
         where v.finding_key = (case when ${id}::text ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then ${id}::text::uuid end) and ${isAssetIn(scope, sql`v.asset_ref`)}`,
};

/** @returns undefined where there is no such record in the scope. */
export async function findSubject(
  db: Kysely<Database>,
  scope: Scope,
  about: { readonly kind: TaskSubject; readonly id: string },
): Promise<{ readonly id: string; readonly boundary: string | null } | undefined> {
  const { rows } = await sql<{
    id: string;
    boundary: string | null;
  }>`${subjects[about.kind](scope, about.id)}`.execute(db);
  return rows[0];
}

export interface NewTask {
  readonly what: string;
  readonly about: TaskSubject;
  readonly recordId: string;
  readonly boundary: string | null;
  readonly principalId: string | null;
  readonly teamId: string | null;
  readonly due: string | null;
  readonly note: string | null;
  readonly madeAt: Date;
  readonly madeBy: string;
}

export async function insertTask(db: Kysely<Database>, task: NewTask): Promise<number> {
  const { rows } = await sql<{ id: number }>`
    insert into work_tasks (what, entity_type, entity_id, system_id, assigned_principal_id, assigned_team_id, due_on, note, made_at, made_by)
    values (${task.what}, ${task.about}, ${task.recordId}, ${task.boundary}, ${task.principalId}::uuid, ${task.teamId}::uuid, ${task.due}::date,
            ${task.note}, ${task.madeAt}::timestamptz, ${task.madeBy}) returning id`.execute(db);
  const [made] = rows;
  if (!made) throw new Error('a row that was inserted has an id');
  return made.id;
}

/** @param done null: it is open again. @returns whether it was not so already. */
export async function setDone(
  db: Kysely<Database>,
  id: number,
  done: { readonly at: Date; readonly by: string; readonly note: string | null } | null,
): Promise<boolean> {
  const { rows } = await sql`
    update work_tasks set done_at = ${done?.at ?? null}::timestamptz, done_by = ${done?.by ?? null}, done_note = ${done?.note ?? null}
     where id = ${id} and (done_at is null) = ${done !== null} returning id`.execute(db);
  return rows.length > 0;
}

export interface TaskChange {
  readonly what: string;
  /** Null of both: whoever sees it. */
  readonly principalId: string | null;
  readonly teamId: string | null;
  readonly due: string | null;
  readonly note: string | null;
}

/** Who it is given to now, to be given again as it was. @returns undefined where there is no such task. */
export async function fetchAssigned(
  db: Kysely<Database>,
  id: number,
): Promise<Pick<TaskChange, 'principalId' | 'teamId'> | undefined> {
  const { rows } = await sql<Pick<TaskChange, 'principalId' | 'teamId'>>`
    select assigned_principal_id as "principalId", assigned_team_id as "teamId" from work_tasks where id = ${id} for update`.execute(
    db,
  );
  return rows[0];
}

export async function updateTask(db: Kysely<Database>, id: number, task: TaskChange): Promise<void> {
  await sql`
    update work_tasks set what = ${task.what}, assigned_principal_id = ${task.principalId}::uuid, assigned_team_id = ${task.teamId}::uuid,
           due_on = ${task.due}::date, note = ${task.note}
     where id = ${id}`.execute(db);
}

/** An open task about the record that says the same. @returns its number. */
export async function findSameTask(
  db: Kysely<Database>,
  about: { readonly kind: TaskSubject; readonly id: string },
  what: string,
): Promise<number | undefined> {
  const { rows } = await sql<{ id: number }>`
    select t.id from work_tasks t
     where t.entity_type = ${about.kind} and t.entity_id = ${about.id} and t.done_at is null and t.what = ${what.trim()} order by t.id limit 1`.execute(
    db,
  );
  return rows[0]?.id;
}
