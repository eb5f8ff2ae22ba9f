/**
 * What may wait for a person: one entry a kind, with who sees it, who can do something about it, and the list that holds just these.
 * Nothing that is held is missing here, and each count is that of its list.
 */
import type { Permission } from '../../canonical/access/index.ts';
import type { InboxKind } from '../../canonical/lists/index.ts';

export interface InboxKindSpec {
  /** Whoever holds it sees what waits, as far as it reaches. */
  readonly seenBy: Permission;
  /** Whoever holds one of these can do something about it. */
  readonly doneBy: readonly Permission[];
  /** For one, and for many. */
  readonly words: { readonly one: string; readonly many: string };
  /** The list that holds just these, and the filter of it. `inbox` where the inbox is their only list. */
  readonly list: { readonly noun: string; readonly filter: Readonly<Record<string, string>> };
  /** The command that shows the list. */
  readonly command: string;
}

const own = (kind: InboxKind): Pick<InboxKindSpec, 'list' | 'command'> => ({
  list: { noun: 'inbox', filter: { kind } },
  command: `tieline inbox --kind ${kind}`,
});

export const inboxKindSpecs: Readonly<Record<InboxKind, InboxKindSpec>> = {
  assigned_finding: {
    seenBy: 'finding:read',
    doneBy: ['remediation:write'],
    words: { one: 'finding that is your work', many: 'findings that are your work' },
    list: {
      noun: 'findings',
      filter: { assigned: 'me', state: 'open,reopened', remediation: '!fix_reported' },
    },
    command: "tieline remediation list --filter 'assigned=me state=open,reopened remediation=!fix_reported'",
  },
  task: {
    seenBy: 'task:read',
    doneBy: ['task:write'],
    words: { one: 'task', many: 'tasks' },
    ...own('task'),
    command: "tieline tasks list --filter 'waits=me'",
  },
  report: {
    seenBy: 'report:read',
    doneBy: ['report:read'],
    words: { one: 'report to read', many: 'reports to read' },
    ...own('report'),
  },
  alert: {
    seenBy: 'alert:read',
    doneBy: ['alert:write'],
    words: { one: 'alert', many: 'alerts' },
    list: { noun: 'alerts', filter: { waits: 'me' } },
    command: "tieline alerts list --filter 'waits=me'",
  },
  overdue_review: {
    seenBy: 'poam:read',
    doneBy: ['poam:write'],
    words: { one: 'POA&M whose review is late', many: 'POA&Ms whose review is late' },
    list: { noun: 'poams', filter: { open: 'yes', unreviewed: 'yes' } },
    command: "tieline poams list --filter 'open=yes unreviewed=yes'",
  },
  control_proposal: {
    seenBy: 'system:read',
    doneBy: ['control:write'],
    words: {
      one: 'status of a control that is proposed',
      many: 'statuses of controls that are proposed',
    },
    ...own('control_proposal'),
    command: 'tieline controls proposals',
  },
  control_assessment: {
    seenBy: 'system:read',
    doneBy: ['control:write'],
    words: {
      one: 'control to be assessed within 30 days',
      many: 'controls to be assessed within 30 days',
    },
    ...own('control_assessment'),
  },
  conflict: {
    seenBy: 'conflict:read',
    doneBy: ['conflict:resolve'],
    words: { one: 'conflict', many: 'conflicts' },
    list: { noun: 'conflicts', filter: {} },
    command: 'tieline conflicts list',
  },
  approval: {
    seenBy: 'plan:read',
    doneBy: ['approval:decide', 'deviation:approve'],
    words: { one: 'approval', many: 'approvals' },
    list: { noun: 'approvals', filter: {} },
    command: 'tieline approvals list',
  },
  match: {
    seenBy: 'link:read',
    doneBy: ['link:write', 'asset:identify'],
    words: { one: 'match to review', many: 'matches to review' },
    list: { noun: 'matches', filter: {} },
    command: 'tieline matches list',
  },
  refused_change: {
    seenBy: 'conflict:read',
    doneBy: ['sync:operate', 'conflict:resolve'],
    words: { one: 'change that was refused', many: 'changes that were refused' },
    list: { noun: 'outbox', filter: { state: 'failed' } },
    command: 'tieline outbox list',
  },
  held_record: {
    seenBy: 'sync:read',
    doneBy: ['mapping:write', 'sync:operate'],
    words: { one: 'record that could not be imported', many: 'records that could not be imported' },
    ...own('held_record'),
  },
  unanswered_weakness: {
    seenBy: 'poam:read',
    doneBy: ['poam:write'],
    words: { one: 'weakness without a POA&M', many: 'weaknesses without a POA&M' },
    ...own('unanswered_weakness'),
  },
  late_obligation: {
    seenBy: 'poam:read',
    doneBy: ['poam:write', 'poam:approve'],
    words: {
      one: 'POA&M that promises a later day than it is obliged to',
      many: 'POA&Ms that promise a later day than they are obliged to',
    },
    ...own('late_obligation'),
  },
  milestone_beyond: {
    seenBy: 'poam:read',
    doneBy: ['poam:write'],
    words: {
      one: 'milestone planned after the day that its POA&M promises',
      many: 'milestones planned after the day that their POA&M promises',
    },
    list: { noun: 'milestones', filter: { beyond: 'yes' } },
    command: "tieline poams milestones --filter 'beyond=yes'",
  },
  unanswered_fact: {
    seenBy: 'poam:read',
    doneBy: ['poam:write'],
    words: {
      one: 'weakness whose due date hangs on what nobody has said',
      many: 'weaknesses whose due date hangs on what nobody has said',
    },
    ...own('unanswered_fact'),
  },
  deviation: {
    seenBy: 'poam:read',
    doneBy: ['deviation:request'],
    words: { one: 'deviation to look at', many: 'deviations to look at' },
    list: { noun: 'deviations', filter: { state: 'approved', waits: 'yes' } },
    command: 'tieline deviations list --filter waits=yes',
  },
  poam_question: {
    seenBy: 'poam:read',
    doneBy: ['poam:write', 'poam:approve'],
    words: { one: 'question about a POA&M', many: 'questions about POA&Ms' },
    ...own('poam_question'),
  },
  unsent_evidence: {
    seenBy: 'poam:read',
    doneBy: ['poam:write', 'connection:admin'],
    words: {
      one: 'POA&M whose evidence is not sent',
      many: 'POA&Ms whose evidence is not sent',
    },
    ...own('unsent_evidence'),
  },
  lost_evidence: {
    seenBy: 'poam:read',
    doneBy: ['poam:write'],
    words: {
      one: 'POA&M whose evidence is gone or changed in the GRC system',
      many: 'POA&Ms whose evidence is gone or changed in the GRC system',
    },
    ...own('lost_evidence'),
  },
  missing_finding: {
    seenBy: 'finding:read',
    doneBy: ['sync:operate'],
    words: {
      one: 'finding that its scanner no longer shows',
      many: 'findings that their scanner no longer shows',
    },
    ...own('missing_finding'),
  },
  unreported_asset: {
    seenBy: 'asset:read',
    doneBy: ['asset:identify', 'asset:write'],
    words: { one: 'asset that no source reports', many: 'assets that no source reports' },
    list: { noun: 'assets', filter: { state: 'unreported' } },
    command: 'tieline assets unreported',
  },
  unhealthy_connection: {
    seenBy: 'sync:read',
    doneBy: ['connection:admin', 'sync:operate'],
    words: { one: 'connection that fails', many: 'connections that fail' },
    ...own('unhealthy_connection'),
  },
  paused_connection: {
    seenBy: 'sync:read',
    doneBy: ['connection:admin', 'sync:operate'],
    words: { one: 'connection that is paused', many: 'connections that are paused' },
    list: { noun: 'connections', filter: {} },
    command: 'tieline connections list',
  },
  unknown_identity: {
    seenBy: 'admin:users',
    doneBy: ['admin:users'],
    words: { one: 'person who waits to be let in', many: 'people who wait to be let in' },
    ...own('unknown_identity'),
    command: 'tieline users identities',
  },
  privacy_request: {
    seenBy: 'privacy:read',
    doneBy: ['privacy:write'],
    words: { one: 'privacy request that is open', many: 'privacy requests that are open' },
    list: { noun: 'privacy', filter: { state: 'open' } },
    command: "tieline privacy list --filter 'state=open'",
  },
  workflow: {
    seenBy: 'workflow:read',
    doneBy: ['workflow:write'],
    words: {
      one: 'workflow that stopped, or has a version to approve',
      many: 'workflows that stopped, or have a version to approve',
    },
    ...own('workflow'),
    command: 'tieline workflows list',
  },
  workflow_run: {
    seenBy: 'workflow:read',
    doneBy: ['workflow:run', 'workflow:write'],
    words: {
      one: 'run of a workflow that failed or is held',
      many: 'runs of workflows that failed or are held',
    },
    list: { noun: 'workflow-runs', filter: { state: 'failed,held' } },
    command: "tieline workflows runs --filter 'state=failed,held'",
  },
  old_feed: {
    seenBy: 'intelligence:read',
    doneBy: ['intelligence:write'],
    words: { one: 'threat feed that is old', many: 'threat feeds that are old' },
    ...own('old_feed'),
    command: 'tieline intelligence',
  },
};
