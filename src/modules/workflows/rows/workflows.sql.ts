/** Workflows and their versions as rows. */
import { sql, type Kysely } from 'kysely';
import type { RecordKind, WorkflowDefinition, WorkflowMode } from '../../../canonical/workflow/index.ts';
import { type Database, storableJson, storableText } from '../../../platform/postgres/index.ts';
import type { JsonObject } from '../../../platform/values/index.ts';

export interface WorkflowRow {
  readonly id: number;
  readonly name: string;
  readonly title: string;
  readonly purpose: string | null;
  readonly kind: string;
  readonly recordKind: RecordKind;
  readonly triggerKind: string;
  readonly triggerEvent: string | null;
  /** The event, the cron of its schedule, or the metric; null: people start it. */
  readonly trigger: string | null;
  /** The condition and the number of steps of the version that runs, else of the latest; null: it has no condition. */
  readonly condition: string | null;
  readonly steps: number;
  readonly mode: WorkflowMode;
  /** What the plan's column tells other readers: it is approved, and not off. */
  readonly isActive: boolean;
  readonly limit: number;
  readonly owner: string;
  readonly ownerPrincipal: string;
  readonly latestVersion: number;
  readonly approvedVersion: number | null;
  /** The latest version waits for a person to decide about it. */
  readonly waitsForApproval: boolean;
  readonly isShipped: boolean;
  readonly nextRunAt: Date | null;
  readonly lastStartedAt: Date | null;
  readonly stopped: { readonly code: string; readonly params: JsonObject | null; readonly at: string } | null;
  readonly updatedAt: Date | null;
}

const columns = sql`
    w.id, w.workflow_name as name, coalesce(w.title, w.workflow_name) as title, w.purpose, w.workflow_type as kind, w.record_kind as "recordKind",
    w.trigger_kind as "triggerKind", w.trigger_event as "triggerEvent",
    coalesce(w.trigger_event, w.trigger_conditions #>> '{trigger,schedule}', w.trigger_conditions #>> '{trigger,metric}') as trigger,
    w.trigger_conditions ->> 'when' as condition, jsonb_array_length(w.workflow_steps) as steps,
    w.mode, coalesce(w.is_active, false) as "isActive", w.run_limit as limit, w.owner_name as owner,
    w.owner_principal as "ownerPrincipal", w.latest_version as "latestVersion", w.approved_version as "approvedVersion",
    exists (select from workflow_versions v where v.workflow_id = w.id and v.version = w.latest_version and v.state = 'waiting') as "waitsForApproval", w.is_shipped as "isShipped",
    w.next_run_at as "nextRunAt", w.last_started_at as "lastStartedAt",
    case when w.stopped_code is not null
         then jsonb_build_object('code', w.stopped_code, 'params', w.stopped_params, 'at', w.stopped_at) end as stopped,
    w.updated_at as "updatedAt"`;

/** Rows that Tieline wrote: one that somebody else put there has no version, and is none of ours. */
const isOurs = sql`w.latest_version > 0 and w.removed_at is null`;

export async function listWorkflowRows(db: Kysely<Database>): Promise<WorkflowRow[]> {
  const { rows } = await sql<WorkflowRow>`
    select ${columns} from workflows w where ${isOurs} order by w.workflow_name`.execute(db);
  return rows;
}

export async function findWorkflow(db: Kysely<Database>, name: string): Promise<WorkflowRow | undefined> {
  const { rows } = await sql<WorkflowRow>`
    select ${columns} from workflows w where w.workflow_name = ${name} and ${isOurs}`.execute(db);
  return rows[0];
}

/** As `findWorkflow`, locked against another change until the transaction ends. */
export async function lockWorkflow(db: Kysely<Database>, name: string): Promise<WorkflowRow | undefined> {
  const { rows } = await sql<WorkflowRow>`
    select ${columns} from workflows w where w.workflow_name = ${name} and ${isOurs} for update`.execute(db);
  return rows[0];
}

export async function findWorkflowById(db: Kysely<Database>, id: number): Promise<WorkflowRow | undefined> {
  const { rows } = await sql<WorkflowRow>`
    select ${columns} from workflows w where w.id = ${id} and ${isOurs}`.execute(db);
  return rows[0];
}

export type VersionState = 'waiting' | 'approved' | 'rejected' | 'replaced';

/** What is known of a version without its content. */
export interface VersionHead {
  readonly version: number;
  readonly sha256: string;
  readonly note: string | null;
  readonly savedBy: string;
  readonly savedByPrincipal: string;
  readonly savedAt: Date;
  readonly state: VersionState;
  readonly decidedBy: string | null;
  readonly decidedByPrincipal: string | null;
  readonly decidedAt: Date | null;
  readonly decisionNote: string | null;
}

export interface VersionRow extends VersionHead {
  readonly definition: WorkflowDefinition;
  readonly source: string;
}

const headColumns = sql`
    v.version, v.sha256, v.note, v.saved_by as "savedBy", v.saved_by_principal as "savedByPrincipal", v.saved_at as "savedAt",
    v.state, v.decided_by as "decidedBy", v.decided_by_principal as "decidedByPrincipal", v.decided_at as "decidedAt",
    v.decision_note as "decisionNote"`;

/** The newest first, without what they say. */
export async function listVersions(
  db: Kysely<Database>,
  workflowId: number,
  limit = 100,
): Promise<VersionHead[]> {
  const { rows } = await sql<VersionHead>`
    select ${headColumns} from workflow_versions v where v.workflow_id = ${workflowId} order by v.version desc limit ${limit}`.execute(
    db,
  );
  return rows;
}

export async function findVersion(
  db: Kysely<Database>,
  workflowId: number,
  version: number,
): Promise<VersionRow | undefined> {
  const { rows } = await sql<VersionRow>`
    select ${headColumns}, v.definition, v.source from workflow_versions v where v.workflow_id = ${workflowId} and v.version = ${version}`.execute(
    db,
  );
  return rows[0];
}

/** Definitions that run or wait to be approved, of every workflow but one: against these a circle is looked for. */
export async function listRunningDefinitions(
  db: Kysely<Database>,
  except: string,
): Promise<WorkflowDefinition[]> {
  const { rows } = await sql<{ definition: WorkflowDefinition }>`
    select v.definition from workflows w
      join workflow_versions v on v.workflow_id = w.id and v.version = coalesce(w.approved_version, w.latest_version)
     where ${isOurs} and w.workflow_name <> ${except}`.execute(db);
  return rows.map(({ definition }) => definition);
}

const triggerColumns = ({ trigger }: WorkflowDefinition) => {
  const [kind = 'by_hand'] = Object.keys(trigger).filter((key) =>
    ['event', 'schedule', 'metric', 'by_hand'].includes(key),
  );
  return { kind, event: 'event' in trigger ? trigger.event : null };
};

/** Makes the row of a workflow whose first version is saved. @returns its id; undefined where the name is taken by a row of somebody else. */
export async function insertWorkflow(
  db: Kysely<Database>,
  definition: WorkflowDefinition,
  made: {
    readonly owner: string;
    readonly ownerPrincipal: string;
    readonly isShipped: boolean;
    readonly at: Date;
  },
): Promise<number | undefined> {
  const { trigger, record, when, steps } = definition;
  const { kind, event } = triggerColumns(definition);
  const { rows } = await sql<{ id: number }>`
    insert into workflows as w (workflow_name, workflow_type, trigger_conditions, workflow_steps, is_active, title, purpose, record_kind, trigger_kind,
                                trigger_event, run_limit, owner_name, owner_principal, is_shipped, updated_at)
    values (${definition.name}, ${definition.kind}, ${storableJson({ trigger, record, when })}::jsonb, ${storableJson(steps)}::jsonb, false,
            ${definition.title}, ${definition.purpose ?? null}, ${record}, ${kind}, ${event}, ${definition.limit}, ${made.owner},
            ${made.ownerPrincipal}, ${made.isShipped}, ${made.at}::timestamptz)
    on conflict (workflow_name) do update set removed_at = null, mode = 'off', is_active = false, approved_version = null, stopped_code = null,
           stopped_params = null, stopped_at = null, owner_name = excluded.owner_name, owner_principal = excluded.owner_principal
     where w.removed_at is not null
    returning w.id`.execute(db);
  return rows[0]?.id;
}

/** Adds a version after the latest; one that still waited is replaced. @returns its number. */
export async function insertVersion(
  db: Kysely<Database>,
  workflowId: number,
  version: {
    readonly definition: WorkflowDefinition;
    readonly source: string;
    readonly sha256: string;
    readonly note: string | null;
    readonly by: string;
    readonly byPrincipal: string;
    readonly at: Date;
  },
): Promise<number> {
  await sql`update workflow_versions set state = 'replaced' where workflow_id = ${workflowId} and state = 'waiting'`.execute(
    db,
  );
  const { rows } = await sql<{ version: number }>`
    with numbered as (
      update workflows set latest_version = latest_version + 1, updated_at = ${version.at}::timestamptz where id = ${workflowId} returning latest_version
    )
    insert into workflow_versions (workflow_id, version, definition, source, sha256, note, saved_by, saved_by_principal, saved_at, state)
    select ${workflowId}::int, latest_version, ${storableJson(version.definition)}::jsonb, ${storableText(version.source)}, ${version.sha256},
           ${version.note}, ${version.by}, ${version.byPrincipal}, ${version.at}::timestamptz, 'waiting' from numbered
    returning version`.execute(db);
  const [row] = rows;
  if (!row) throw new Error('a version that was inserted has a number');
  return row.version;
}

export async function decideVersion(
  db: Kysely<Database>,
  workflowId: number,
  decided: {
    readonly version: number;
    readonly approved: boolean;
    readonly by: string;
    readonly byPrincipal: string;
    readonly at: Date;
    readonly note: string | null;
  },
): Promise<void> {
  await sql`
    update workflow_versions set state = ${decided.approved ? 'approved' : 'rejected'}, decided_by = ${decided.by},
           decided_by_principal = ${decided.byPrincipal}, decided_at = ${decided.at}::timestamptz, decision_note = ${decided.note}
     where workflow_id = ${workflowId} and version = ${decided.version}`.execute(db);
}

/** The columns of the plan show the version that runs. @param nextRunAt of one with a schedule. */
export async function showApproved(
  db: Kysely<Database>,
  workflowId: number,
  version: number,
  definition: WorkflowDefinition,
  { nextRunAt, at }: { readonly nextRunAt: Date | null; readonly at: Date },
): Promise<void> {
  const { trigger, record, when, steps } = definition;
  const { kind, event } = triggerColumns(definition);
  await sql`
    update workflows set approved_version = ${version}, title = ${definition.title}, purpose = ${definition.purpose ?? null},
           workflow_type = ${definition.kind}, trigger_conditions = ${storableJson({ trigger, record, when })}::jsonb,
           workflow_steps = ${storableJson(steps)}::jsonb, record_kind = ${record}, trigger_kind = ${kind}, trigger_event = ${event},
           run_limit = ${definition.limit}, next_run_at = ${nextRunAt}::timestamptz, metric_position = null, is_active = mode <> 'off',
           updated_at = ${at}::timestamptz
     where id = ${workflowId}`.execute(db);
}

export async function setMode(
  db: Kysely<Database>,
  workflowId: number,
  mode: WorkflowMode,
  { nextRunAt, at }: { readonly nextRunAt: Date | null; readonly at: Date },
): Promise<void> {
  await sql`
    update workflows set mode = ${mode}, is_active = (${mode} <> 'off' and approved_version is not null), next_run_at = ${nextRunAt}::timestamptz,
           metric_position = null, updated_at = ${at}::timestamptz
     where id = ${workflowId}`.execute(db);
}

export async function setOwner(
  db: Kysely<Database>,
  workflowId: number,
  owner: { readonly name: string; readonly principalId: string },
  at: Date,
): Promise<void> {
  await sql`
    update workflows set owner_name = ${owner.name}, owner_principal = ${owner.principalId}, updated_at = ${at}::timestamptz
     where id = ${workflowId}`.execute(db);
}

export async function removeWorkflowRow(db: Kysely<Database>, workflowId: number, at: Date): Promise<void> {
  await sql`
    update workflows set removed_at = ${at}::timestamptz, mode = 'off', is_active = false, approved_version = null where id = ${workflowId}`.execute(
    db,
  );
}

/** @param why null: it runs again. @returns whether that changed anything. */
export async function setStopped(
  db: Kysely<Database>,
  workflowId: number,
  why: { readonly code: string; readonly params: JsonObject; readonly at: Date } | null,
): Promise<boolean> {
  const { rows } = await sql`
    update workflows set stopped_code = ${why?.code ?? null}, stopped_params = ${why ? storableJson(why.params) : null}::jsonb,
           stopped_at = ${why?.at ?? null}::timestamptz
     where id = ${workflowId} and (stopped_code is null) = ${why !== null} returning id`.execute(db);
  return rows.length > 0;
}
