/**
 * What a column of a POA&M workbook is about, whatever its layout calls it. One table for both directions: reports write by it, imports read
 * by it, so that what goes out and comes in again is no change.
 */
import type { z } from 'zod';
import type { milestoneRecord, poamRecord } from '../../canonical/record-fields/index.ts';

/** Where the record keeps it. */
export type FieldHome =
  | { readonly of: 'poam'; readonly field: keyof z.infer<typeof poamRecord> }
  | { readonly of: 'milestone'; readonly field: keyof z.infer<typeof milestoneRecord> }
  /** Said by a deviation, a weakness, a feed or the journal: written from there, and on the way in kept as text beside the POA&M. */
  | { readonly of: 'beside' };

const poam = (field: keyof z.infer<typeof poamRecord>): FieldHome => ({ of: 'poam', field });
const milestone = (field: keyof z.infer<typeof milestoneRecord>): FieldHome => ({ of: 'milestone', field });
const beside: FieldHome = { of: 'beside' };

const homes = {
  itemId: poam('remote_id'),
  controls: poam('security_control'),
  /** The first line of the description, where a layout has a column of its own for it. */
  weaknessName: poam('weakness_description'),
  description: poam('weakness_description'),
  detectorSource: poam('source_of_discovery'),
  sourceDetails: beside,
  /** Ids of plugins or rules: one, or several separated as the layout does. */
  sourceIdentifier: beside,
  assets: poam('affected_assets'),
  pointOfContact: poam('poc'),
  resources: poam('resources_required'),
  remediationPlan: poam('remediation_plan'),
  mitigations: poam('remediation_plan'),
  recommendations: beside,
  detectedOn: poam('original_detection_date'),
  startedOn: beside,
  scheduledOn: poam('scheduled_completion'),
  completedOn: poam('actual_completion'),
  /** When the item was last changed; among what is closed: when it was completed. */
  statusOn: beside,
  status: poam('status'),
  comments: poam('comments'),
  cves: poam('cves'),
  /** The severity that the source gives. */
  rawSeverity: poam('weakness_risk_level'),
  /** The severity after local assessment. */
  severity: poam('risk_rating'),
  adjustedRating: poam('residual_risk_level'),
  residualRisk: poam('residual_risk_level'),
  proposedResidual: beside,
  relevance: poam('threat_relevance'),
  likelihood: poam('likelihood'),
  impact: poam('impact'),
  impactDescription: beside,
  threatDescription: beside,
  predisposingConditions: beside,
  deviationRationale: poam('deviation_rationale'),
  riskAdjustment: beside,
  falsePositive: beside,
  operationalRequirement: beside,
  vendorDependency: beside,
  vendorCheckInOn: beside,
  vendorProduct: beside,
  supportingDocuments: beside,
  autoApprove: beside,
  knownExploited: beside,
  knownExploitedDue: beside,
  service: beside,
  acceptedOn: beside,
  acceptanceAskedUntil: beside,
  acceptedUntil: beside,
  extensionPendingOn: beside,
  extensionOn: beside,
  controlCriticality: beside,
  artifacts: beside,
  audit: beside,
  authorizationPackage: beside,
  cost: poam('cost_estimate'),
  /** Many milestones in one cell. */
  milestones: milestone('milestone_description'),
  milestoneChanges: milestone('comments'),
  /** One milestone a row. */
  milestoneId: milestone('milestone_id'),
  milestoneText: milestone('milestone_description'),
  milestoneStatus: milestone('status'),
  milestoneComments: milestone('comments'),
  milestoneScheduledOn: milestone('scheduled_completion'),
  milestoneCompletedOn: milestone('actual_completion'),
} as const satisfies Record<string, FieldHome>;

export type PoamField = keyof typeof homes;
export const fieldHomes: Readonly<Record<PoamField, FieldHome>> = homes;
