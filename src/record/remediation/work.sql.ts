/** The work on findings: what is stored of it, and what a change would touch. */
import { type Kysely, sql } from 'kysely';
import type { Scope } from '../../canonical/access/index.ts';
import type { RemediationStatus, ValidationStatus } from '../../canonical/vocabulary/index.ts';
import { type Database, storableJson } from '../../platform/postgres/index.ts';
import { isAssetIn } from '../../record/systems/index.ts';

/** What is stored, as a person may change it. Names of fields are those of the columns. */
export interface Work {
  readonly remediation_status: RemediationStatus;
  readonly validation_status: ValidationStatus | null;
  readonly assigned_principal_id: string | null;
  readonly assigned_team_id: string | null;
  readonly assigned_to: number | null;
  readonly due_date: string | null;
  readonly remediation_plan: string | null;
  readonly note: string | null;
  readonly effort_estimate_hours: number | null;
  readonly cost_estimate: number | null;
  readonly fix_reported_at: string | null;
  readonly fix_reported_by: string | null;
}

export interface WorkedFinding {
  readonly id: number;
  readonly key: string;
  readonly isFixed: boolean;
  /** Whether whoever is to be given the work sees the finding. */
  readonly isSeen: boolean;
  /** The name of the person or team whose work it is now. */
  readonly assignee: string | null;
  /** Null: nobody has begun any. */
  readonly work: Work | null;
}

/** One change of work at a time: what was decided by stays what it is until it is written. */
export async function lockWork(db: Kysely<Database>): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtext('tieline remediation'))`.execute(db);
}

const workOf = sql`
  case when r.id is not null then jsonb_build_object(
    'remediation_status', r.remediation_status, 'validation_status', r.validation_status, 'assigned_principal_id', r.assigned_principal_id,
    'assigned_team_id', r.assigned_team_id, 'assigned_to', r.assigned_to, 'due_date', r.due_date, 'remediation_plan', r.remediation_plan,
    'note', r.note, 'effort_estimate_hours', r.effort_estimate_hours, 'cost_estimate', r.cost_estimate,
    'fix_reported_at', r.fix_reported_at, 'fix_reported_by', r.fix_reported_by) end`;

/** @param sees what the people see who are to be given the work; undefined: nobody is given any. */
export async function fetchWork(
  db: Kysely<Database>,
  ids: readonly number[],
  sees: readonly Scope[] | undefined,
): Promise<WorkedFinding[]> {
  const isSeen =
    sees === undefined
      ? sql`true`
      : sees.length === 0
        ? sql`false`
        : sql`(${sql.join(
            sees.map((scope) => isAssetIn(scope, sql`v.asset_ref`)),
            sql` or `,
          )})`;
  const { rows } = await sql<WorkedFinding>`
    select v.id, v.finding_key::text as key, v.lifecycle_state = 'fixed' as "isFixed", ${isSeen} as "isSeen",
           coalesce(p.name, t.name) as assignee, ${workOf} as work
      from unnest(${[...ids]}::int[]) wanted(id) join ingestion_vulnerabilities v using (id)
      left join vulnerability_remediation r on r.vulnerability_id = v.id and r.updated_at is not null
      left join principals p on p.id = r.assigned_principal_id
      left join teams t on t.id = r.assigned_team_id
     order by v.id`.execute(db);
  return rows;
}

/** Findings of the scope by key; those that are not there are left out. */
export async function findWorked(
  db: Kysely<Database>,
  scope: Scope,
  keys: readonly string[],
): Promise<{ readonly id: number; readonly key: string }[]> {
  const { rows } = await sql<{ id: number; key: string }>`
    select v.id, v.finding_key::text as key from ingestion_vulnerabilities v
     where v.finding_key = any(${[...keys]}::uuid[]) and v.lifecycle_state is not null and ${isAssetIn(scope, sql`v.asset_ref`)}`.execute(
    db,
  );
  return rows;
}

/** Writes the work on these findings whole. */
export async function saveWork(
  db: Kysely<Database>,
  rows: readonly { readonly id: number; readonly work: Work }[],
  by: { readonly name: string; readonly at: Date },
): Promise<void> {
  await sql`
    insert into vulnerability_remediation (vulnerability_id, asset_uuid, remediation_status, validation_status, assigned_principal_id, assigned_team_id,
           assigned_to, due_date, remediation_plan, note, effort_estimate_hours, cost_estimate, fix_reported_at, fix_reported_by, updated_at, updated_by)
    select v.id, v.asset_ref, g.remediation_status, g.validation_status, g.assigned_principal_id, g.assigned_team_id, g.assigned_to, g.due_date,
           g.remediation_plan, g.note, g.effort_estimate_hours, g.cost_estimate, g.fix_reported_at, g.fix_reported_by, ${by.at}::timestamptz, ${by.name}
      from jsonb_to_recordset(${storableJson(rows.map(({ id, work }) => ({ id, ...work })))}::jsonb)
             as g(id int, remediation_status text, validation_status text, assigned_principal_id uuid, assigned_team_id uuid, assigned_to int, due_date date,
                  remediation_plan text, note text, effort_estimate_hours int, cost_estimate numeric, fix_reported_at timestamptz, fix_reported_by text)
      join ingestion_vulnerabilities v on v.id = g.id
    on conflict (vulnerability_id) where updated_at is not null do update
      set remediation_status = excluded.remediation_status, validation_status = excluded.validation_status,
          assigned_principal_id = excluded.assigned_principal_id, assigned_team_id = excluded.assigned_team_id, assigned_to = excluded.assigned_to,
          due_date = excluded.due_date, remediation_plan = excluded.remediation_plan, note = excluded.note,
          effort_estimate_hours = excluded.effort_estimate_hours, cost_estimate = excluded.cost_estimate,
          fix_reported_at = excluded.fix_reported_at, fix_reported_by = excluded.fix_reported_by,
          updated_at = excluded.updated_at, updated_by = excluded.updated_by`.execute(db);
}
