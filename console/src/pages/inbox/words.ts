import type { InboxKind } from '../../api/work/inbox.ts';

export interface KindWords {
  readonly title: string;
  /** What a person does about one. */
  readonly what: string;
  /** Of the link to the place where it is done. */
  readonly verb: string;
}

export const kindWords: Readonly<Record<InboxKind, KindWords>> = {
  poam_question: {
    title: 'Questions about POA&Ms',
    what: 'Only a person can say what becomes of them.',
    verb: 'Open',
  },
  late_obligation: {
    title: 'Promised later than obliged',
    what: 'Pull the date in, or let the promise stand with a reason.',
    verb: 'See why',
  },
  unanswered_fact: {
    title: 'Due dates that hang on what nobody has said',
    what: 'Say what is known; what is not known stays unknown.',
    verb: 'See why',
  },
  approval: { title: 'Approvals', what: 'Agree, or reject with a reason.', verb: 'Decide' },
  conflict: { title: 'Conflicts', what: 'Both sides changed it: say which value holds.', verb: 'Settle' },
  alert: { title: 'Alerts', what: 'Acknowledge it, or mend what it names.', verb: 'Open' },
  report: { title: 'Reports to read', what: 'Read it, and it leaves this list.', verb: 'Reports' },
  task: { title: 'Tasks', what: 'Do it, and say so.', verb: 'Open' },
  assigned_finding: {
    title: 'Findings that are your work',
    what: 'Fix it, and report the fix; a scan proves it.',
    verb: 'Open',
  },
  overdue_review: {
    title: 'Late reviews of POA&Ms',
    what: 'Look at it, and say that it was reviewed.',
    verb: 'Review',
  },
  milestone_beyond: {
    title: 'Milestones after the promised day',
    what: 'Move them within the day that their POA&M promises: all at once, or one by one.',
    verb: 'Move',
  },
  unsent_evidence: {
    title: 'Evidence that is not sent',
    what: 'Take the files to the GRC system by hand and say so, or let its profile and policies accept them.',
    verb: 'See files',
  },
  lost_evidence: {
    title: 'Evidence that is gone or changed in the GRC system',
    what: 'Have the file sent again, or accept what the GRC system has.',
    verb: 'Decide',
  },
  control_proposal: {
    title: 'Proposed statuses of controls',
    what: 'Accept what the weaknesses under it say, or refuse it with a reason.',
    verb: 'Decide',
  },
  control_assessment: {
    title: 'Controls that are due for assessment',
    what: 'Assess it, and write down the day.',
    verb: 'Open',
  },
  deviation: { title: 'Deviations', what: 'Look at what is about to end or to be renewed.', verb: 'Look' },
  match: { title: 'Matches', what: 'Say whether both are the same machine.', verb: 'Review' },
  refused_change: {
    title: 'Changes that were refused',
    what: 'Mend what the other side named, or give the change up.',
    verb: 'See why',
  },
  held_record: {
    title: 'Records that could not be imported',
    what: 'Mend the record there, or the mapping here.',
    verb: 'See the run',
  },
  unanswered_weakness: {
    title: 'Weaknesses without a POA&M',
    what: 'The next sync makes it; where it does not, a rule or a policy stands in the way.',
    verb: 'See the weakness',
  },
  missing_finding: {
    title: 'Findings that their scanner no longer shows',
    what: 'Find out why: nobody said that they were fixed.',
    verb: 'Open',
  },
  unreported_asset: {
    title: 'Assets that no source reports',
    what: 'Say whether it was taken out of service, or merge it.',
    verb: 'Open',
  },
  unhealthy_connection: {
    title: 'Connections that fail',
    what: 'Mend what the check names.',
    verb: 'Open',
  },
  paused_connection: { title: 'Connections that are paused', what: 'Resume it, once it may.', verb: 'Open' },
  workflow: {
    title: 'Workflows that stopped, or have a version to approve',
    what: 'Resume or take over what stopped; approve what another person wrote, or reject it.',
    verb: 'Open',
  },
  workflow_run: {
    title: 'Runs of workflows that failed or are held',
    what: 'See why in the trace; then retry, release or cancel it.',
    verb: 'Open',
  },
  privacy_request: {
    title: 'Privacy requests that are open',
    what: 'Take the next step before its day: the law counts in working days.',
    verb: 'Open',
  },
  unknown_identity: {
    title: 'People who wait to be let in',
    what: 'They proved who they are, and no account is theirs: tie one to them, or dismiss them.',
    verb: 'Open',
  },
  old_feed: { title: 'Threat feeds that are old', what: 'Load a newer file.', verb: 'Load' },
};

/** The order of the groups: what a person answers first. */
export const kindOrder = Object.keys(kindWords) as InboxKind[]; // its own keys
