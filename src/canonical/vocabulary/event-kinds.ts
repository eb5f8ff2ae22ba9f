/**
 * What is recorded as a security event, and how grave it is by itself (SP 800-53 AU-2). Stored by its key, which therefore never changes
 * its meaning. The severity is that of the usual outcome; a refusal of an `Info` event is at least `Low` (`severityOf`).
 */
import type { Severity } from './vocabulary.ts';

export const eventOutcomes = ['attempted', 'success', 'failure', 'refused'] as const;
export type Outcome = (typeof eventOutcomes)[number];

export const eventKinds = {
  sign_in: { severity: 'Info', title: 'signed in' },
  sign_in_refused: { severity: 'Low', title: 'sign-in refused' },
  account_locked: { severity: 'Medium', title: 'account locked' },
  account_unlocked: { severity: 'Low', title: 'account released' },
  account_added: { severity: 'Low', title: 'account added' },
  account_disabled: { severity: 'Low', title: 'account disabled' },
  account_enabled: { severity: 'Low', title: 'account enabled again' },
  sign_out: { severity: 'Info', title: 'signed out' },
  session_ended: { severity: 'Info', title: 'session ended' },
  logout_refused: { severity: 'Medium', title: 'logout by an identity provider refused' },
  step_up: { severity: 'Info', title: 'proved again who it is' },
  second_factor_asked: { severity: 'Info', title: 'password accepted, second factor asked for' },
  second_factor_refused: { severity: 'Medium', title: 'second factor refused' },
  factor_added: { severity: 'Medium', title: 'second factor added' },
  factor_removed: { severity: 'Medium', title: 'second factor removed' },
  factor_reset: { severity: 'High', title: 'second factors taken away by an administrator' },
  recovery_codes_made: { severity: 'Medium', title: 'recovery codes made' },
  recovery_code_used: { severity: 'Medium', title: 'recovery code used' },
  banner_acknowledged: { severity: 'Info', title: 'banner acknowledged' },
  link_made: { severity: 'Medium', title: 'one-time link made' },
  link_used: { severity: 'Medium', title: 'one-time link used' },
  grant_given: { severity: 'Medium', title: 'grant given' },
  grant_revoked: { severity: 'Medium', title: 'grant revoked' },
  groups_changed: { severity: 'Low', title: 'groups of an identity provider changed' },
  identity_linked: { severity: 'Medium', title: 'outside identity tied to an account' },
  identity_removed: { severity: 'Medium', title: 'outside identity taken from an account' },
  identity_dismissed: { severity: 'Low', title: 'unknown identity dismissed' },
  token_made: { severity: 'Medium', title: 'token made' },
  token_revoked: { severity: 'Low', title: 'token revoked' },
  token_refused: { severity: 'Medium', title: 'token refused' },
  token_moved: { severity: 'Low', title: 'token used from another address than before' },
  policy_loosened: { severity: 'High', title: 'policy loosened' },
  token_used_elsewhere: { severity: 'High', title: 'token used from a forbidden address' },
  token_used_without_certificate: {
    severity: 'High',
    title: 'token used without the certificate that it is bound to',
  },
  password_changed: { severity: 'Low', title: 'password changed' },
  setting_changed: { severity: 'Medium', title: 'setting changed' },
  secret_changed: { severity: 'Medium', title: 'secret changed' },
  mapping_changed: { severity: 'Low', title: 'mapping changed' },
  policy_changed: { severity: 'Medium', title: 'policy changed' },
  rule_changed: { severity: 'Medium', title: 'weakness rule or exclusion changed' },
  workflow_changed: { severity: 'Medium', title: 'workflow saved, decided about, or switched' },
  workflow_run: { severity: 'Low', title: 'run of a workflow started, retried or cancelled' },
  plan_decided: { severity: 'Low', title: 'plan made or applied' },
  approval_decided: { severity: 'Low', title: 'approval decided' },
  approval_delegated: { severity: 'Low', title: 'decision about a request delegated' },
  deviation_requested: { severity: 'Low', title: 'deviation asked for' },
  deviation_changed: { severity: 'Low', title: 'deviation changed or taken back' },
  conflict_decided: { severity: 'Low', title: 'conflict settled' },
  link_decided: { severity: 'Low', title: 'link or match decided' },
  asset_identified: { severity: 'Low', title: 'assets merged or split' },
  acceptance_decided: { severity: 'Medium', title: 'acceptance decided' },
  record_changed: { severity: 'Info', title: 'record changed' },
  privacy: { severity: 'Low', title: 'privacy request handled' },
  import: { severity: 'Info', title: 'file imported' },
  export: { severity: 'Low', title: 'data exported' },
  report: { severity: 'Info', title: 'report made' },
  refused: { severity: 'Low', title: 'request refused' },
  proxy_header_refused: { severity: 'High', title: 'header of a proxy that is not trusted' },
  export_finished: { severity: 'Info', title: 'export ended' },
  retention_applied: { severity: 'Medium', title: 'month taken away by retention' },
  log_verified: { severity: 'Info', title: 'security log verified' },
  log_tampered: { severity: 'Critical', title: 'security log was tampered with' },
  database_migrated: { severity: 'Medium', title: 'database migrated' },
  log_forwarding_changed: { severity: 'Medium', title: 'forwarding of the security log changed' },
  investigation: { severity: 'Info', title: 'event investigated' },
  detection: { severity: 'Medium', title: 'suspicious behaviour detected' },
  log_read: { severity: 'Info', title: 'security log read' },
  command: { severity: 'Info', title: 'command run at the machine' },
} as const satisfies Record<string, { readonly severity: Severity; readonly title: string }>;

export type EventKind = keyof typeof eventKinds;

export const allEventKinds = Object.keys(eventKinds) as readonly EventKind[]; // its own keys

/** Pure: how grave an event of this kind is with this outcome. */
export function severityOf(kind: EventKind, outcome: Outcome): Severity {
  const { severity } = eventKinds[kind];
  const isBad = outcome === 'failure' || outcome === 'refused';
  return isBad && severity === 'Info' ? 'Low' : severity;
}
