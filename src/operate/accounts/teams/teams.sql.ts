/** Teams, their members and boundaries. */
import { type Kysely, sql } from 'kysely';
import type { Database } from '../../../platform/postgres/index.ts';

export interface Team {
  readonly id: string;
  readonly name: string;
  readonly mail: string | null;
  readonly systemIds: readonly string[];
  readonly members: readonly { readonly name: string; readonly title: string; readonly isActive: boolean }[];
  /** Open findings and tasks that are its work. */
  readonly work: { readonly findings: number; readonly tasks: number };
  readonly createdAt: Date;
  readonly createdBy: string;
}

/** @param id undefined: all, by name. */
export async function listTeams(db: Kysely<Database>, id?: string): Promise<Team[]> {
  const { rows } = await sql<Team>`
    select t.id, t.name, t.mail, t.system_ids as "systemIds", t.created_at as "createdAt", t.created_by as "createdBy",
           coalesce((select jsonb_agg(jsonb_build_object('name', p.name, 'title', coalesce(p.display_name, p.name), 'isActive', p.status = 'active')
                                      order by p.name)
                       from team_members m join principals p on p.id = m.principal_id where m.team_id = t.id), '[]') as members,
           jsonb_build_object(
             'findings', (select count(*) from vulnerability_remediation r join ingestion_vulnerabilities v on v.id = r.vulnerability_id
                           where r.assigned_team_id = t.id and v.lifecycle_state in ('open', 'reopened')),
             'tasks', (select count(*) from work_tasks w where w.assigned_team_id = t.id and w.done_at is null)) as work
      from teams t where ${id ?? null}::uuid is null or t.id = ${id ?? null}::uuid
     order by lower(t.name) limit 5000`.execute(db);
  return rows;
}

/** @returns undefined where there is none of that name, in any case, or id. */
export async function findTeamId(db: Kysely<Database>, wanted: string): Promise<string | undefined> {
  const { rows } = await sql<{ id: string }>`
    select id from teams where id::text = lower(${wanted}) or lower(name) = lower(${wanted}) order by (id::text = lower(${wanted})) desc limit 1`.execute(
    db,
  );
  return rows[0]?.id;
}

/** Whether a person or another team has the name: work is given by it. */
export async function isNameTaken(
  db: Kysely<Database>,
  name: string,
  except: string | null,
): Promise<boolean> {
  const { rows } = await sql`
    select from teams where lower(name) = lower(${name}) and id is distinct from ${except}::uuid
    union all select from principals where lower(name) = lower(${name}) limit 1`.execute(db);
  return rows.length > 0;
}

/** The principals of these names that are people, by their name in small letters. */
export async function findPeople(
  db: Kysely<Database>,
  names: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const { rows } = await sql<{ id: string; name: string }>`
    select id, lower(name) as name from principals
     where kind = 'person' and lower(name) = any(${names.map((each) => each.toLowerCase())}::text[])`.execute(
    db,
  );
  return new Map(rows.map(({ id, name }) => [name, id]));
}

/** Those of the systems that there are. */
export async function findSystems(
  db: Kysely<Database>,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ id: string }>`
    select distinct system_id as id from ingestion_systems where system_id = any(${[...ids]}::text[])`.execute(
    db,
  );
  return new Set(rows.map(({ id }) => id));
}

export interface TeamRow {
  readonly name: string;
  readonly mail: string | null;
  readonly systemIds: readonly string[];
  readonly memberIds: readonly string[];
}

export async function insertTeam(
  db: Kysely<Database>,
  team: TeamRow,
  by: { readonly name: string; readonly at: Date },
): Promise<string> {
  const { rows } = await sql<{ id: string }>`
    insert into teams (name, mail, system_ids, created_at, created_by)
    values (${team.name}, ${team.mail}, ${[...team.systemIds]}::text[], ${by.at}::timestamptz, ${by.name}) returning id`.execute(
    db,
  );
  const id = rows[0]?.id ?? '';
  await setMembers(db, id, team.memberIds);
  return id;
}

export async function updateTeam(db: Kysely<Database>, id: string, team: TeamRow): Promise<void> {
  await sql`
    update teams set name = ${team.name}, mail = ${team.mail}, system_ids = ${[...team.systemIds]}::text[] where id = ${id}::uuid`.execute(
    db,
  );
  await setMembers(db, id, team.memberIds);
}

async function setMembers(db: Kysely<Database>, id: string, memberIds: readonly string[]): Promise<void> {
  const members = sql`${[...memberIds]}::uuid[]`;
  await sql`delete from team_members where team_id = ${id}::uuid and not principal_id = any(${members})`.execute(
    db,
  );
  await sql`
    insert into team_members (team_id, principal_id) select ${id}::uuid, unnest(${members}) on conflict do nothing`.execute(
    db,
  );
}

export async function deleteTeam(db: Kysely<Database>, id: string): Promise<void> {
  await sql`delete from teams where id = ${id}::uuid`.execute(db);
}

/** How much was ever given to it: such a team is kept, for the history of that work. */
export async function countGiven(db: Kysely<Database>, id: string): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select ((select count(*) from vulnerability_remediation where assigned_team_id = ${id}::uuid)
          + (select count(*) from work_tasks where assigned_team_id = ${id}::uuid))::int as n`.execute(db);
  return rows[0]?.n ?? 0;
}
