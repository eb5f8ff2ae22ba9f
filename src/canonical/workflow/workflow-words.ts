/** The words of workflows: what a condition may read, what starts a run, how a workflow stands, and where a run and its steps are. */

/** What a condition reads, and an action acts on: one record of such a kind. */
export const recordKinds = [
  'finding',
  'weakness',
  'poam',
  'deviation',
  'asset',
  'system',
  'scan',
  'feed',
] as const;
export type RecordKind = (typeof recordKinds)[number];

/**
 * What happens in the record and may start a run. `record`: the kind of what it happened to. A workflow whose condition reads another kind
 * runs once for each record of that kind which belongs to it (`also`); what is in neither is refused when the workflow is saved.
 */
export const triggerEvents = {
  'finding.opened': {
    record: 'finding',
    also: ['asset', 'weakness', 'poam'],
    title: 'a finding is seen for the first time',
  },
  'finding.reopened': {
    record: 'finding',
    also: ['asset', 'weakness', 'poam'],
    title: 'a finding that was fixed is found again',
  },
  'finding.fixed': {
    record: 'finding',
    also: ['asset', 'weakness', 'poam'],
    title: 'a scan shows a finding fixed',
  },
  'weakness.made': { record: 'weakness', also: ['poam'], title: 'a weakness is made' },
  'weakness.due_date_changed': {
    record: 'weakness',
    also: ['poam'],
    title: 'a policy gives a weakness another due date',
  },
  'poam.created': { record: 'poam', also: [], title: 'a POA&M is made' },
  'poam.changed': { record: 'poam', also: [], title: 'a field of a POA&M changes' },
  'deviation.requested': { record: 'deviation', also: ['poam'], title: 'a deviation is asked for' },
  'deviation.changed': { record: 'deviation', also: ['poam'], title: 'a deviation is decided, or ends' },
  'asset.seen': { record: 'asset', also: [], title: 'an asset is reported for the first time' },
  'asset.changed': { record: 'asset', also: [], title: 'a field of an asset changes, retirement among them' },
  'scan.completed': { record: 'scan', also: ['poam', 'system'], title: 'a scan was imported' },
  'feed.loaded': {
    record: 'feed',
    also: ['weakness'],
    title: 'a threat feed was loaded and something in it changed',
  },
  'sync.conflict': { record: 'poam', also: [], title: 'a conflict about a POA&M is opened' },
} as const satisfies Record<
  string,
  { readonly record: RecordKind; readonly also: readonly RecordKind[]; readonly title: string }
>;
export type TriggerEvent = keyof typeof triggerEvents;
export const allTriggerEvents = Object.keys(triggerEvents) as readonly TriggerEvent[]; // its own keys

/** The kinds of records that a workflow started by this event may read. */
export const recordsOfEvent = (event: TriggerEvent): readonly RecordKind[] => [
  triggerEvents[event].record,
  ...triggerEvents[event].also,
];

/** `simulate`: its runs are recorded with what each step would have done, and change nothing. */
export const workflowModes = ['off', 'simulate', 'live'] as const;
export type WorkflowMode = (typeof workflowModes)[number];

/** What a workflow is for, as the plan's column keeps it. */
export const workflowTypes = [
  'remediation',
  'approval',
  'notification',
  'reporting',
  'escalation',
  'other',
] as const;
