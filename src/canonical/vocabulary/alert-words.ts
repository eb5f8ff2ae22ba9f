/** Alerts: what is looked at, and how an alert stands. Stored by these words, which therefore never change their meaning. */

/** What a rule looks at; each with what its value means and who sees its alerts in src/modules/alerts/alert-kinds.ts. */
export const alertKinds = [
  'metric',
  'connection_unhealthy',
  'connection_lagging',
  'outbox_failed',
  'outbox_old',
  'sync_failed',
  'sync_late',
  'conflict_old',
  'promise_due',
  'obligation_due',
  'deviation_ending',
  'known_exploited',
  'coverage_falling',
  'certificate_ending',
  'token_ending',
  'recovery_codes_few',
  'partition_missing',
  'disk_filling',
  'feed_old',
  'delivery_failing',
  'log_forwarding_failing',
  'many_refusals',
  'sign_in_new_place',
  'sign_in_odd_time',
  'privilege_to_self',
  'mass_export',
  'policy_loosened',
  'approval_by_asker',
  'token_elsewhere',
  'log_tampered',
  'workflow',
] as const;
export type AlertKind = (typeof alertKinds)[number];

/** Kinds that no rule raises: a step of a workflow does, and a person or the workflow says that it is over. */
export const raisedKinds = ['workflow'] as const satisfies readonly AlertKind[];
export type RuledAlertKind = Exclude<AlertKind, (typeof raisedKinds)[number]>;

/** Kinds that rules raise. */
export const ruledAlertKinds: readonly RuledAlertKind[] = alertKinds.filter((kind) => kind !== 'workflow');

/** Kinds that look at the security log: what they find is an event of it, too. */
export const detectionKinds: readonly AlertKind[] = [
  'many_refusals',
  'sign_in_new_place',
  'sign_in_odd_time',
  'privilege_to_self',
  'mass_export',
  'policy_loosened',
  'approval_by_asker',
  'token_elsewhere',
  'log_tampered',
];

export const alertStates = ['active', 'acknowledged', 'suppressed', 'resolved'] as const;
export type AlertState = (typeof alertStates)[number];

export const alertDirections = ['above', 'below'] as const;
export type AlertDirection = (typeof alertDirections)[number];

export const channelKinds = ['email', 'webhook', 'syslog'] as const;
export type ChannelKind = (typeof channelKinds)[number];

/** What a delivery tells: `graver` of an alert that rose in severity, `returned` of one whose suppression is over. */
export const deliveryEvents = [
  'raised',
  'graver',
  'returned',
  'resolved',
  'summary',
  'digest',
  'report',
  'workflow',
  'account',
  'test',
] as const;
export type DeliveryEvent = (typeof deliveryEvents)[number];

/** When a digest is sent; weekly is on Monday. */
export const digestRhythms = ['daily', 'weekdays', 'weekly'] as const;
export type DigestRhythm = (typeof digestRhythms)[number];

export const deliveryStates = ['pending', 'sending', 'sent', 'failed'] as const;
export type DeliveryState = (typeof deliveryStates)[number];
