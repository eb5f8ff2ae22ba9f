/** The FedRAMP deviation request form: sheet "DR Sheet", headers in row 10, one POA&M item a row. The official file could not be had; these are its columns. */
export const deviationFormSheet = 'DR Sheet';
export const deviationFormHeaderRow = 10;

export const deviationTypes = ['FP', 'OR', 'OR RA', 'RA'] as const;
export type DeviationType = (typeof deviationTypes)[number];

export const deviationFormColumns = [
  { field: 'number', header: 'DR Number', width: 14 },
  { field: 'poamId', header: 'POA&M ID', width: 16 },
  { field: 'scanId', header: 'Scan ID', width: 16 },
  { field: 'cves', header: 'CVE', width: 18 },
  { field: 'assets', header: 'Assets Impacted', width: 30 },
  { field: 'name', header: 'Vulnerability Name', width: 36 },
  { field: 'source', header: 'Source', width: 18 },
  { field: 'initialRating', header: 'Initial Risk Rating', width: 14 },
  { field: 'cvssBase', header: 'CVSS Base Score', width: 12 },
  { field: 'detectedOn', header: 'Original Detection Date', width: 14 },
  { field: 'toolDescription', header: 'Tool-provided Vulnerability Description', width: 40 },
  { field: 'toolAction', header: 'Tool-provided Recommended Action', width: 40 },
  { field: 'providerNotes', header: 'CSP-provided Vulnerability Information', width: 40 },
  { field: 'type', header: 'Type of DR', width: 10 },
  { field: 'requestedRating', header: 'Requested Risk Rating', width: 14 },
  { field: 'adjustedScore', header: 'Adjusted CVSS Score', width: 12 },
  { field: 'submittedOn', header: 'DR Submission Date', width: 14 },
  { field: 'rationale', header: 'DR Rationale', width: 40 },
  { field: 'fpEvidence', header: 'FP: Evidence Description', width: 40 },
  { field: 'fpAttachments', header: 'FP: List of Evidence Attachments', width: 30 },
  { field: 'orImpact', header: 'OR: Operational Impact Statement', width: 40 },
  { field: 'orJustification', header: 'OR: Justification', width: 40 },
  { field: 'orAttachments', header: 'OR: List of Attachments', width: 30 },
  { field: 'modifiedAttackVector', header: 'RA: Modified Attack Vector (MAV)', width: 18 },
  { field: 'modifiedAttackComplexity', header: 'RA: Modified Attack Complexity (MAC)', width: 18 },
  { field: 'modifiedPrivileges', header: 'RA: Modified Privileges Required (MPR)', width: 18 },
  { field: 'modifiedInteraction', header: 'RA: Modified User Interaction (MUI)', width: 18 },
  { field: 'modifiedConfidentiality', header: 'RA: Modified Confidentiality (MC)', width: 18 },
  { field: 'modifiedIntegrity', header: 'RA: Modified Integrity (MI)', width: 18 },
  { field: 'modifiedAvailability', header: 'RA: Modified Availability (MA)', width: 18 },
  { field: 'remediationLevel', header: 'RA: Remediation Level', width: 16 },
  { field: 'raExplanation', header: 'RA: Explanation of Adjusted Values', width: 40 },
  { field: 'raAttachments', header: 'RA: List of Attachments', width: 30 },
  { field: 'status', header: 'Deviation Status', width: 14 },
  { field: 'reviewStatus', header: 'Reviewer Status', width: 14 },
  { field: 'reviewer', header: 'Reviewer Name', width: 20 },
  { field: 'reviewedOn', header: 'Review Date', width: 14 },
  { field: 'reviewerComments', header: 'Reviewer Comments', width: 40 },
] as const;
export type DeviationFormField = (typeof deviationFormColumns)[number]['field'];
