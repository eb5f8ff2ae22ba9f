/**
 * What must hold for a POA&M and its milestones. The rules are those of eMASS, the one GRC system whose rules are public
 * (its OpenAPI document and template instructions); an Xacta installation enforces the like. Pure.
 */
import { controlIds } from './normalise.ts';
import type { FieldError, MilestoneFields, PoamFields, XactaControl, XactaPoam } from './records.ts';

/** Words that a POA&M's status may be, with what each asks for. `plan`: a due date and a milestone. */
const statusDemands: Readonly<Record<string, 'nothing' | 'plan' | 'completion' | 'acceptance'>> = {
  open: 'nothing',
  ongoing: 'plan',
  in_progress: 'plan',
  delayed: 'plan',
  overdue: 'plan',
  critical: 'plan',
  pending_verification: 'plan',
  completed: 'completion',
  closed: 'completion',
  risk_accepted: 'acceptance',
  false_positive: 'nothing',
  operational_requirement: 'nothing',
  not_applicable: 'nothing',
  cancelled: 'nothing',
  archived: 'nothing',
};

const milestoneStatuses = ['pending', 'in_progress', 'completed', 'delayed', 'cancelled', 'archived'];
/** A milestone is never deleted; one that was given up stays on record and binds nobody. */
const givenUp = new Set(['cancelled', 'archived']);
const riskWords = [
  'none',
  'informational',
  'very low',
  'low',
  'moderate',
  'medium',
  'high',
  'very high',
  'critical',
];

const required = ['status', 'weakness_description', 'source', 'poc', 'resources'] as const;
const riskFields = ['risk_rating', 'weakness_severity', 'residual_risk', 'likelihood', 'impact'] as const;
const dateFields = [
  'scheduled_completion',
  'completion_date',
  'original_detection_date',
  'deviation_decided_on',
  'deviation_expires_on',
] as const;
const deviationTypes = [
  'risk_acceptance',
  'false_positive',
  'operational_requirement',
  'risk_adjustment',
  'vendor_dependency',
];
const deviationStatuses = ['pending', 'approved', 'rejected', 'withdrawn', 'expired', 'closed'];
const lengthLimits = {
  external_uid: 100,
  poc: 100,
  resources: 250,
  mitigation_strategy: 2000,
  source: 2000,
  comments: 2000,
} as const;
export const milestoneTextLimit = 2000;

export interface PoamCase {
  readonly next: PoamFields;
  /** The milestones that the item will have, those given up included. */
  readonly milestones: readonly MilestoneFields[];
  /** The item as it stands; absent in a create. */
  readonly current?: XactaPoam;
  /** Of its system. */
  readonly controls: readonly XactaControl[];
  /** YYYY-MM-DD by the server's clock, in UTC. */
  readonly today: string;
}

/** Every rule that the POA&M would break; empty: it can be saved. */
export function poamErrors(poam: PoamCase): FieldError[] {
  if (poam.current?.status === 'archived') return archivedErrors(poam.current);
  const milestones = poam.milestones.filter((each) => !givenUp.has(each.status ?? ''));
  return [
    ...required.filter((field) => poam.next[field] === null).map((field) => missing(field)),
    ...lengthErrors(poam.next),
    ...dateFields.flatMap((field) => dateErrors(field, poam.next[field] ?? null)),
    ...riskFields.flatMap((field) => listErrors(field, poam.next[field]?.toLowerCase() ?? null, riskWords)),
    ...listErrors('status', poam.next.status, Object.keys(statusDemands)),
    ...listErrors('deviation_type', poam.next.deviation_type ?? null, deviationTypes),
    ...listErrors('deviation_status', poam.next.deviation_status ?? null, deviationStatuses),
    ...controlErrors(poam),
    ...statusErrors({ ...poam, milestones }),
    ...dueDateErrors({ ...poam, milestones }),
  ];
}

/** Rules of one milestone under a POA&M. @param prefix "milestones[0]." for one that comes inside its POA&M */
export function milestoneErrors(
  milestone: MilestoneFields,
  poam: Pick<XactaPoam, 'status' | 'scheduled_completion' | 'review_status'>,
  prefix: string,
): FieldError[] {
  const errors: FieldError[] = [];
  for (const field of ['description', 'target_date'] as const)
    if (milestone[field] === null) errors.push(missing(`${prefix}${field}`));
  for (const field of ['description', 'comments'] as const)
    if ((milestone[field]?.length ?? 0) > milestoneTextLimit)
      errors.push(tooLong(`${prefix}${field}`, milestoneTextLimit));
  for (const field of ['target_date', 'completion_date'] as const)
    errors.push(...dateErrors(`${prefix}${field}`, milestone[field]));
  errors.push(...listErrors(`${prefix}status`, milestone.status, milestoneStatuses));
  if (poam.status === 'risk_accepted')
    errors.push({
      field: prefix === '' ? 'poam_id' : 'milestones',
      rule: 'forbidden_when_risk_accepted',
      message: 'a POA&M whose risk is accepted has no milestones',
    });
  // Once approved, a milestone beyond the due date asks for an extension; before, it is a mistake.
  const beyond =
    milestone.target_date !== null &&
    poam.scheduled_completion !== null &&
    milestone.target_date > poam.scheduled_completion;
  if (beyond && poam.review_status !== 'approved')
    errors.push({
      field: `${prefix}target_date`,
      rule: 'after_scheduled_completion',
      message: `is after the POA&M's scheduled completion ${poam.scheduled_completion ?? ''}`,
    });
  return errors;
}

/** An archived POA&M is as it is, its milestones included. */
export function archivedErrors(poam: Pick<XactaPoam, 'status'>): FieldError[] {
  if (poam.status !== 'archived') return [];
  return [{ field: 'status', rule: 'archived', message: 'an archived item cannot be changed' }];
}

function missing(field: string): FieldError {
  return { field, rule: 'required', message: `${field} is required` };
}

function tooLong(field: string, limit: number): FieldError {
  return { field, rule: 'max_length', message: `${field} is longer than ${limit} characters` };
}

function lengthErrors(next: PoamFields): FieldError[] {
  return Object.entries(lengthLimits).flatMap(([field, limit]) => {
    const value = next[field as keyof typeof lengthLimits];
    return (value?.length ?? 0) > limit ? [tooLong(field, limit)] : [];
  });
}

function listErrors(field: string, value: string | null, words: readonly string[]): FieldError[] {
  if (value === null || words.includes(value)) return [];
  return [{ field, rule: 'value_list', message: `"${value}" is none of ${words.join(', ')}` }];
}

function dateErrors(field: string, value: string | null): FieldError[] {
  return value === null || isDate(value)
    ? []
    : [{ field, rule: 'date', message: `"${value}" is not a date (expected YYYY-MM-DD)` }];
}

function isDate(value: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(value)) return false;
  const parsed = new Date(`${value}T00:00:00Z`);
  return !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(value);
}

function controlErrors({ next, controls }: PoamCase): FieldError[] {
  return controlIds(next.security_control).flatMap((id): FieldError[] => {
    const control = controls.find((each) => each.control_id === id);
    if (!control)
      return [
        { field: 'security_control', rule: 'unknown_control', message: `${id} is no control of this system` },
      ];
    if (!isInherited(control)) return [];
    return [
      {
        field: 'security_control',
        rule: 'inherited_control',
        message: `${id} is inherited; its provider answers for weaknesses under it`,
      },
    ];
  });
}

export function isInherited(control: Pick<XactaControl, 'inherited_controls'>): boolean {
  return control.inherited_controls.some((each) => each.responsibility === 'inherited');
}

function statusErrors({ next, milestones, today }: PoamCase): FieldError[] {
  const errors: FieldError[] = [];
  const status = next.status ?? '';
  const demand = statusDemands[status] ?? 'nothing';
  const needed = (field: string, why = `while status is "${status}"`): void =>
    void errors.push({ field, rule: `required_when_${status}`, message: `${field} is required ${why}` });
  if (demand === 'plan' || demand === 'completion') {
    if (next.scheduled_completion === null) needed('scheduled_completion');
    if (milestones.length === 0) needed('milestones', `while status is "${status}": at least one`);
  }
  if (demand === 'completion') {
    if (next.completion_date === null) needed('completion_date');
    else if (isDate(next.completion_date) && next.completion_date > today)
      errors.push({ field: 'completion_date', rule: 'not_in_future', message: `is after today, ${today}` });
    if (next.comments === null) needed('comments');
  }
  if (demand === 'acceptance') {
    if (next.comments === null) needed('comments');
    if (next.scheduled_completion !== null) errors.push(forbidden('scheduled_completion'));
    if (milestones.length > 0) errors.push(forbidden('milestones'));
  }
  return errors;
}

function forbidden(field: string): FieldError {
  return {
    field,
    rule: 'forbidden_when_risk_accepted',
    message: `a POA&M whose risk is accepted has no ${field}`,
  };
}

function dueDateErrors({ next, current, milestones }: PoamCase): FieldError[] {
  if (current === undefined) return [];
  if (current.review_status === 'approved') {
    const moved = next.scheduled_completion !== current.scheduled_completion;
    // Accepting the risk of an approved item drops its date with its plan; that is no postponement.
    if (!moved || current.scheduled_completion === null || next.status === 'risk_accepted') return [];
    return [
      {
        field: 'scheduled_completion',
        rule: 'immutable_after_approval',
        message: `is ${current.scheduled_completion} and was approved; ask for an extension by a later milestone`,
      },
    ];
  }
  const last =
    milestones
      .map((each) => each.target_date ?? '')
      .toSorted()
      .at(-1) ?? '';
  if (next.scheduled_completion === null || last <= next.scheduled_completion) return [];
  return [
    {
      field: 'scheduled_completion',
      rule: 'before_a_milestone',
      message: `is before the last milestone, ${last}`,
    },
  ];
}
