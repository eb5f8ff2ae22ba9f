import { defineList, search, systemFilter } from './define-list.ts';

/** Everything that waits for a person, by the list that it is in. */
export const inboxKinds = [
  'assigned_finding',
  'task',
  'report',
  'alert',
  'conflict',
  'approval',
  'match',
  'refused_change',
  'held_record',
  'unanswered_weakness',
  'late_obligation',
  'milestone_beyond',
  'unanswered_fact',
  'deviation',
  'poam_question',
  'unsent_evidence',
  'lost_evidence',
  'missing_finding',
  'overdue_review',
  'control_proposal',
  'control_assessment',
  'unreported_asset',
  'unhealthy_connection',
  'paused_connection',
  'old_feed',
  'privacy_request',
  'workflow',
  'workflow_run',
  'unknown_identity',
] as const;
export type InboxKind = (typeof inboxKinds)[number];

/** Kinds of records on whose page what waits is answered. */
export const inboxPlaces = [
  'finding',
  'plugin',
  'asset',
  'poam',
  'system',
  'task',
  'report',
  'alert',
  'conflict',
  'approval',
  'match',
  'change',
  'operation',
  'deviation',
  'connection',
  'feed',
  'privacy',
  'identity',
  'workflow',
  'workflow_run',
] as const;
export type InboxPlace = (typeof inboxPlaces)[number];

export const inboxList = defineList({
  noun: 'inbox',
  filters: {
    kind: { kind: 'choice', known: inboxKinds, title: 'what waits' },
    system: systemFilter,
    connection: { kind: 'word', example: 'grc', title: 'connection it is about' },
    since: { kind: 'instant', lies: 'behind', title: 'waits since' },
    q: search,
  },
  sorts: ['since', 'kind'],
  defaultSort: 'since',
  facets: ['kind', 'system', 'connection'],
});
