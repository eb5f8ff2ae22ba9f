/**
 * What a POA&M needs to come to a state (grc-formats 3.3; the floor, to which a remote may add its own). Pure. What is lacking is said by field
 * and with its remedy, before any remote is asked.
 */
import type { FieldFault } from '../../../platform/errors/index.ts';
import type { JsonObject } from '../../../platform/values/index.ts';
import type { PoamState } from './poam-states.ts';

/** A POA&M as it would be. */
export interface PoamContents {
  readonly poamId: string;
  /** Its fields, with those that the move itself sets. */
  readonly row: JsonObject;
  /** By number, with what they say. */
  readonly openMilestones: readonly { readonly id: string; readonly description: string | null }[];
  readonly milestones: number;
  /** Findings under it that are neither fixed nor an approved false positive, by machine. */
  readonly unsettled: readonly string[];
  /** Whether all findings under it are fixed with evidence. */
  readonly isVerified: boolean;
  /** Why it is done. */
  readonly reason: string | undefined;
  /** YYYY-MM-DD. */
  readonly today: string;
}

type Requirement = (poam: PoamContents) => FieldFault | undefined;

const isEmpty = (row: JsonObject, field: string): boolean => {
  const value = row[field];
  return value === undefined || value === null || (typeof value === 'string' && value.trim() === '');
};

const filled =
  (field: string, what: string): Requirement =>
  ({ row, poamId }) =>
    isEmpty(row, field)
      ? { field, message: `${what} is needed: tieline poams edit ${poamId} --set ${field}=…` }
      : undefined;

const rated: Requirement = ({ row, poamId }) =>
  isEmpty(row, 'risk_rating') && isEmpty(row, 'weakness_risk_level')
    ? {
        field: 'risk_rating',
        message: `a rating is needed: tieline poams edit ${poamId} --set risk_rating=…`,
      }
    : undefined;

const hasMilestone: Requirement = ({ milestones, poamId }) =>
  milestones === 0
    ? {
        field: 'milestones',
        message: `at least one is needed: tieline poams milestone add ${poamId} "…" --due YYYY-MM-DD`,
      }
    : undefined;

const saysWhy: Requirement = ({ reason }) =>
  reason === undefined || reason.trim() === ''
    ? { field: 'reason', message: 'say why: --reason "…"' }
    : undefined;

const hasEvidence: Requirement = ({ isVerified, poamId }) =>
  isVerified
    ? undefined
    : {
        field: 'evidence',
        message: `not each finding is fixed with evidence: tieline poams explain ${poamId}`,
      };

const some = (names: readonly string[]): string =>
  `${names.slice(0, 5).join(', ')}${names.length > 5 ? ` and ${names.length - 5} more` : ''}`;

const isSettled: Requirement = ({ unsettled }) =>
  unsettled.length > 0
    ? {
        field: 'findings',
        message: `${unsettled.length} open under it (${some(unsettled)}): fix them, or ask for a deviation`,
      }
    : undefined;

const milestonesDone: Requirement = ({ openMilestones }) =>
  openMilestones.length > 0
    ? {
        field: 'milestones',
        message: `${openMilestones.length} not done: ${openMilestones.map(({ id }) => `tieline poams milestone done ${id}`).join('; ')}`,
      }
    : undefined;

const completedOn: Requirement = ({ row, today }) => {
  const day = row['actual_completion'];
  if (typeof day !== 'string')
    return { field: 'actual_completion', message: 'the day of completion is needed' };
  return day > today ? { field: 'actual_completion', message: `is after today, ${today}` } : undefined;
};

const submitted: readonly Requirement[] = [
  filled('weakness_description', 'a description'),
  filled('source_of_discovery', 'what found it'),
  filled('poc', 'a point of contact'),
  filled('resources_required', 'what resources it takes'),
  rated,
];
const ongoing: readonly Requirement[] = [
  filled('scheduled_completion', 'a day on which it is to be done'),
  hasMilestone,
];

/** A state that lacks nothing is entered by a decision (deviations) or has no needs. */
const requirements: Readonly<Record<PoamState, readonly Requirement[]>> = {
  draft: [],
  open: submitted,
  in_progress: [...submitted, ...ongoing],
  pending_verification: [...ongoing, hasEvidence],
  completed: [isSettled, completedOn, saysWhy, milestonesDone],
  risk_accepted: [saysWhy],
  false_positive: [saysWhy],
  not_applicable: [saysWhy],
  cancelled: [saysWhy],
};

/** What a POA&M lacks to come to a state; empty: nothing. */
export const lacksFor = (state: PoamState, poam: PoamContents): FieldFault[] =>
  requirements[state].flatMap((requirement) => requirement(poam) ?? []);
