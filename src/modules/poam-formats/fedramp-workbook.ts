/**
 * The FedRAMP POA&M workbook, version 2.1 of 2024-03-29 (sheet "Record of Changes" of the template; GSA/fedramp-gov, CC0). Columns A to AE in
 * this order; columns may be added after AE, never altered or removed (Completion Guide, section 1).
 */
import type { FormatColumn, PoamFormat } from './format.ts';

const yesNo = ['Yes', 'No'] as const;
const decided = ['Yes', 'No', 'Pending'] as const;
export const fedrampRatings = ['Low', 'Moderate', 'High'] as const;
export type FedrampRating = (typeof fedrampRatings)[number];

const columns = [
  { field: 'itemId', header: 'POAM ID', alsoCalled: ['POA&M ID'], kind: 'text' },
  { field: 'controls', header: 'Controls', kind: 'lines' },
  { field: 'weaknessName', header: 'Weakness Name', kind: 'text' },
  { field: 'description', header: 'Weakness Description', kind: 'text' },
  { field: 'detectorSource', header: 'Weakness Detector Source', kind: 'lines' },
  { field: 'sourceIdentifier', header: 'Weakness Source Identifier', kind: 'lines' },
  { field: 'assets', header: 'Asset Identifier', kind: 'lines' },
  { field: 'pointOfContact', header: 'Point of Contact', kind: 'text' },
  { field: 'resources', header: 'Resources Required', kind: 'text' },
  { field: 'remediationPlan', header: 'Overall Remediation Plan', kind: 'text' },
  { field: 'detectedOn', header: 'Original Detection Date', kind: 'day' },
  { field: 'scheduledOn', header: 'Scheduled Completion Date', kind: 'day' },
  { field: 'milestones', header: 'Planned Milestones', kind: 'lines' },
  { field: 'milestoneChanges', header: 'Milestone Changes', kind: 'lines' },
  { field: 'statusOn', header: 'Status Date', kind: 'day' },
  { field: 'vendorDependency', header: 'Vendor Dependency', kind: 'choice', choices: yesNo },
  { field: 'vendorCheckInOn', header: 'Last Vendor Check-in Date', kind: 'day' },
  { field: 'vendorProduct', header: 'Vendor Dependent Product Name', kind: 'text' },
  { field: 'rawSeverity', header: 'Original Risk Rating', kind: 'choice', choices: fedrampRatings },
  {
    field: 'adjustedRating',
    header: 'Adjusted Risk Rating',
    kind: 'choice',
    choices: [...fedrampRatings, 'N/A'],
  },
  { field: 'riskAdjustment', header: 'Risk Adjustment', kind: 'choice', choices: decided },
  { field: 'falsePositive', header: 'False Positive', kind: 'choice', choices: decided },
  { field: 'operationalRequirement', header: 'Operational Requirement', kind: 'choice', choices: decided },
  { field: 'deviationRationale', header: 'Deviation Rationale', kind: 'text' },
  { field: 'supportingDocuments', header: 'Supporting Documents', kind: 'lines' },
  { field: 'comments', header: 'Comments', kind: 'text' },
  { field: 'autoApprove', header: 'Auto-Approve', kind: 'choice', choices: yesNo },
  {
    field: 'knownExploited',
    header: 'Binding Operational Directive 22-01 tracking',
    kind: 'choice',
    choices: yesNo,
  },
  { field: 'knownExploitedDue', header: 'Binding Operational Directive 22-01 Due Date', kind: 'day' },
  { field: 'cves', header: 'CVE', kind: 'lines' },
  { field: 'service', header: 'Service Name', kind: 'lines' },
] as const satisfies readonly FormatColumn[];

export const fedrampWorkbook: PoamFormat = {
  name: 'fedramp-2',
  title: 'FedRAMP POA&M template',
  columns,
  headerRows: [5],
  separator: '\n',
  days: 'serial',
};

export const fedrampSheets = {
  open: 'Open POA&M Items',
  closed: 'Closed POA&M Items',
  configuration: 'Configuration Findings',
  changes: 'Record of Changes',
} as const;
export type FedrampSheet = Exclude<keyof typeof fedrampSheets, 'changes'>;

/**
 * Rows 6 to 8 of the sheet of open items explain the columns, and rows of it were deleted by some users: known by their first cells, never by
 * their numbers.
 */
export const isFedrampGuidance = (firstCell: string): boolean =>
  /^(unique identifier( for each.*)?|v-1example)$/is.test(firstCell.trim());
