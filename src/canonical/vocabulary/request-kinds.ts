/** What a person may ask for that others decide by their role: each kind with its words, and how closely it is to be looked at. */
import type { Danger } from './danger.ts';

/** Deviations stand beside the work on a POA&M for a time. */
export const deviationKinds = [
  'false_positive',
  'risk_adjustment',
  'risk_acceptance',
  'operational_requirement',
  'vendor_dependency',
] as const;
export type DeviationKind = (typeof deviationKinds)[number];

/** Those whose deciders are rules, by boundary and severity. */
export const ruledRequestKinds = [
  ...deviationKinds,
  'extension',
  'completion',
  'due_date',
  'policy_start',
] as const;

export type RuledRequestKind = (typeof ruledRequestKinds)[number];

/** `workflow_step`: a step of a workflow asks, and says itself who decides. */
export const requestKinds = [...ruledRequestKinds, 'workflow_step'] as const;
export type RequestKind = (typeof requestKinds)[number];

/** As it reads after "asks for". */
export const requestTitles: Readonly<Record<RequestKind, string>> = {
  false_positive: 'a false positive',
  risk_adjustment: 'a risk adjustment',
  risk_acceptance: 'a risk acceptance',
  operational_requirement: 'an operational requirement',
  vendor_dependency: 'a vendor dependency',
  extension: 'an extension',
  completion: 'a completion',
  due_date: 'a due date',
  policy_start: 'a policy that begins',
  workflow_step: 'a step of a workflow',
};

export const requestDangers: Readonly<Record<RequestKind, Danger>> = {
  false_positive: 'accepts_risk',
  risk_adjustment: 'later_or_lower',
  risk_acceptance: 'accepts_risk',
  operational_requirement: 'accepts_risk',
  vendor_dependency: 'later_or_lower',
  extension: 'later_or_lower',
  completion: 'ends_poam',
  due_date: 'updates',
  policy_start: 'updates',
  workflow_step: 'updates',
};

/** How a request ended without a yes: the subject falls back to what it was. `lapsed`: what it was about is over. */
export type RequestEnd = 'rejected' | 'withdrawn' | 'expired' | 'lapsed';
