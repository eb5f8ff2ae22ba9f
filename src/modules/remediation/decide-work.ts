/** What a person's change makes of the work on one finding. Pure. */
import type { saidStatuses } from '../../canonical/vocabulary/index.ts';
import type { Json } from '../../platform/values/index.ts';
import type { Assignee } from './assignees.sql.ts';
import type { Work, WorkedFinding } from '../../record/remediation/index.ts';

/** What is to be changed; what is absent stays, null empties it. */
export interface WorkChange {
  /** Null: nobody's any more. */
  readonly assignee?: Pick<Assignee, 'kind' | 'id' | 'name' | 'userId'> | null;
  readonly status?: (typeof saidStatuses)[number];
  readonly due?: string | null;
  readonly plan?: string | null;
  readonly note?: string | null;
  readonly effortHours?: number | null;
  readonly cost?: number | null;
}

export interface FieldChange {
  readonly field: string;
  readonly before: Json;
  readonly after: Json;
}

export type WorkVerdict =
  | { readonly is: 'changed'; readonly work: Work; readonly fields: readonly FieldChange[] }
  /** Left as it is: `fixed` by what a scan shows, `unseen` by whoever was to do it. */
  | { readonly is: 'unchanged' | 'fixed' | 'unseen' };

const nothingYet: Work = {
  remediation_status: 'open',
  validation_status: null,
  assigned_principal_id: null,
  assigned_team_id: null,
  assigned_to: null,
  due_date: null,
  remediation_plan: null,
  note: null,
  effort_estimate_hours: null,
  cost_estimate: null,
  fix_reported_at: null,
  fix_reported_by: null,
};

function assigned(assignee: WorkChange['assignee']): Partial<Work> {
  if (assignee === undefined) return {};
  return {
    assigned_principal_id: assignee?.kind === 'person' ? assignee.id : null,
    assigned_team_id: assignee?.kind === 'team' ? assignee.id : null,
    assigned_to: assignee?.userId ?? null,
  };
}

/** A fix is reported once: its time stays the first until somebody says otherwise. */
function said(
  before: Work,
  status: WorkChange['status'],
  by: { readonly name: string; readonly at: Date },
): Partial<Work> {
  if (status === undefined || status === before.remediation_status) return {};
  return status === 'fix_reported'
    ? {
        remediation_status: status,
        validation_status: 'waiting',
        fix_reported_at: by.at.toISOString(),
        fix_reported_by: by.name,
      }
    : {
        remediation_status: status,
        validation_status: before.validation_status === 'waiting' ? null : before.validation_status,
        fix_reported_at: null,
        fix_reported_by: null,
      };
}

const given = <K extends keyof Work>(field: K, value: Work[K] | undefined): Partial<Work> =>
  value === undefined ? {} : { [field]: value };

/** Fields as they are shown and kept in the journal: whose work it is, by name. */
const shown = (work: Work, assignee: string | null): Readonly<Record<string, Json>> => ({
  remediation_status: work.remediation_status,
  validation_status: work.validation_status,
  assigned_to: assignee,
  due_date: work.due_date,
  remediation_plan: work.remediation_plan,
  note: work.note,
  effort_estimate_hours: work.effort_estimate_hours,
  cost_estimate: work.cost_estimate,
  fix_reported_at: work.fix_reported_at,
});

export function decideWork(
  finding: WorkedFinding,
  change: WorkChange,
  by: { readonly name: string; readonly at: Date },
): WorkVerdict {
  if (finding.isFixed) return { is: 'fixed' };
  if (!finding.isSeen) return { is: 'unseen' };
  const before = finding.work ?? nothingYet;
  const work: Work = {
    ...before,
    ...assigned(change.assignee),
    ...said(before, change.status, by),
    ...given('due_date', change.due),
    ...given('remediation_plan', change.plan),
    ...given('note', change.note),
    ...given('effort_estimate_hours', change.effortHours),
    ...given('cost_estimate', change.cost),
  };
  const was = finding.work === null ? {} : shown(before, finding.assignee);
  const is = shown(work, change.assignee === undefined ? finding.assignee : (change.assignee?.name ?? null));
  const fields = Object.entries(is).flatMap(([field, after]): FieldChange[] =>
    (was[field] ?? null) === after ? [] : [{ field, before: was[field] ?? null, after }],
  );
  return fields.length === 0 ? { is: 'unchanged' } : { is: 'changed', work, fields };
}
