/**
 * The POA&M workbooks of eMASS and MCCAST, as the templates and exports seen have them. A file is recognized by the text of its headers, never
 * by position: the same form has its headers in row 1 or 7, and the system's own export in row 12.
 *
 * Instructions sheet of the import form (mitre/saf, items 3 to 20): the id is given by eMASS, and blank for new items; one row a milestone;
 * `;` between controls and between checks; columns, sheets and the marking are never added or removed.
 */
import type { FormatColumn, PoamFormat } from './format.ts';

export const fiveLevels = ['Very Low', 'Low', 'Moderate', 'High', 'Very High'] as const;
export type FiveLevel = (typeof fiveLevels)[number];
export const categories = ['I', 'II', 'III'] as const;
/** eMASS takes no longer text (Instructions sheet of its form). */
export const longestEmassText = 2000;
export const rmfStatuses = ['Ongoing', 'Completed', 'Risk Accepted', 'Not Applicable', 'Archived'] as const;
export type RmfStatus = (typeof rmfStatuses)[number];

type Details = Partial<Omit<FormatColumn, 'field' | 'header' | 'kind'>>;
const text = (field: FormatColumn['field'], header: string, details: Details = {}): FormatColumn => ({
  field,
  header,
  kind: 'text',
  ...details,
});
const day = (field: FormatColumn['field'], header: string, details: Details = {}): FormatColumn => ({
  ...text(field, header, details),
  kind: 'day',
});
const lines = (field: FormatColumn['field'], header: string, details: Details = {}): FormatColumn => ({
  ...text(field, header, details),
  kind: 'lines',
});
const level = (field: FormatColumn['field'], header: string, details: Details = {}): FormatColumn => ({
  ...text(field, header, details),
  kind: 'choice',
  choices: fiveLevels,
});
const perMilestone = { perMilestone: true } as const;

const id = text('itemId', 'POA&M Item ID');
const description = text('description', 'Control Vulnerability Description');
const checks = lines('sourceIdentifier', 'Security Checks');
const office = text('pointOfContact', 'Office/Org', { alsoCalled: ['Office / Org'] });
const resources = text('resources', 'Resources Required', { alsoCalled: ['Resources'] });
const source = text('detectorSource', 'Source Identifying Vulnerability');
const comments = text('comments', 'Comments');
const category: FormatColumn = {
  ...text('rawSeverity', 'Raw Severity'),
  kind: 'choice',
  choices: categories,
};

/** Dates of the first two generations follow text in the same cell (`Completed 10/02/2026`). */
const datedCells = [
  day('scheduledOn', 'Scheduled Completion Date'),
  text('milestones', 'Milestone with Completion Dates', perMilestone),
  text('milestoneChanges', 'Milestone Changes', perMilestone),
] as const;
const datedStatus = text('status', 'Status');

export const firstImport: PoamFormat = {
  name: 'rmf-import-1',
  title: 'eMASS POA&M import, first form (22 columns)',
  columns: [
    id,
    description,
    lines('controls', 'Security Control Number (NC/NA controls only)'),
    office,
    checks,
    resources,
    ...datedCells,
    source,
    datedStatus,
    comments,
    category,
    text('mitigations', 'Mitigations'),
    level('severity', 'Severity'),
    level('relevance', 'Relevance of Threat'),
    level('likelihood', 'Likelihood'),
    level('impact', 'Impact'),
    text('impactDescription', 'Impact Description'),
    level('residualRisk', 'Residual Risk Level'),
    text('recommendations', 'Recommendations'),
  ],
  headerRows: [7],
  separator: ';',
  days: 'MM/DD/YYYY',
};

const navyMitigations = 'Mitigations (in-house and in conjunction with the Navy CSSP)';

export const secondImport: PoamFormat = {
  name: 'rmf-import-2',
  title: 'eMASS POA&M import, second form (26 columns)',
  columns: [
    id,
    description,
    lines('controls', 'Controls / APs'),
    office,
    checks,
    resources,
    datedCells[0],
    text('milestoneId', 'Milestone ID', perMilestone),
    datedCells[1],
    datedCells[2],
    source,
    datedStatus,
    comments,
    category,
    lines('assets', 'Devices Affected'),
    text('mitigations', navyMitigations, { alsoCalled: ['Mitigations'] }),
    text('predisposingConditions', 'Predisposing Conditions'),
    level('severity', 'Severity'),
    level('relevance', 'Relevance of Threat'),
    text('threatDescription', 'Threat Description'),
    level('likelihood', 'Likelihood'),
    level('impact', 'Impact'),
    text('impactDescription', 'Impact Description'),
    level('residualRisk', 'Residual Risk Level'),
    text('recommendations', 'Recommendations'),
    level('proposedResidual', 'Resulting Residual Risk after Proposed Mitigations'),
  ],
  headerRows: [1, 7],
  separator: ';',
  days: 'MM/DD/YYYY',
};

const milestoneColumns = [
  text('milestoneId', 'Milestone ID', perMilestone),
  text('milestoneText', 'Milestone Description', perMilestone),
  text('milestoneStatus', 'Milestone Status', perMilestone),
  text('milestoneComments', 'Milestone Status Comments', perMilestone),
  day('milestoneScheduledOn', 'Milestone Scheduled Completion Date', perMilestone),
  day('milestoneCompletedOn', 'Milestone Completion Date', perMilestone),
];
const status: FormatColumn = {
  ...text('status', 'POA&M Status'),
  kind: 'choice',
  choices: rmfStatuses,
};
const assessed = [
  level('rawSeverity', 'Raw Severity'),
  lines('assets', 'Devices Affected'),
  text('mitigations', 'Mitigations', { alsoCalled: [navyMitigations] }),
  text('predisposingConditions', 'Predisposing Conditions'),
  level('severity', 'Severity'),
  level('relevance', 'Relevance of Threat'),
  text('threatDescription', 'Threat Description'),
  level('likelihood', 'Likelihood'),
  level('impact', 'Impact'),
  text('impactDescription', 'Impact Description'),
  level('residualRisk', 'Residual Risk Level'),
  text('recommendations', 'Recommendations'),
];

/** The Marine Corps' form drops the last column, the Army's three and adds its own: what is not there is not filled, what is more is left. */
export const thirdImport: PoamFormat = {
  name: 'rmf-import-3',
  title: 'eMASS POA&M import, third form (32 columns)',
  columns: [
    id,
    description,
    lines('controls', 'Controls / APs'),
    checks,
    status,
    day('scheduledOn', 'POA&M Scheduled Completion Date'),
    day('acceptanceAskedUntil', 'POA&M Requested Risk Accepted Expiration Date'),
    day('completedOn', 'POA&M Completion Date'),
    ...milestoneColumns,
    text('detectorSource', 'Identification Source'),
    text('sourceDetails', 'Identification Source Details'),
    office,
    resources,
    comments,
    ...assessed,
    level('proposedResidual', 'Resulting Residual Risk after Proposed Mitigations'),
  ],
  headerRows: [7],
  separator: ';',
  days: 'MM/DD/YYYY',
};

export const systemExport: PoamFormat = {
  name: 'rmf-export',
  title: 'eMASS POA&M export',
  columns: [
    text('itemId', 'ID'),
    text('description', 'Vulnerability Description'),
    lines('controls', 'Controls / APs'),
    text('controlCriticality', 'Control Criticality'),
    checks,
    status,
    day('scheduledOn', 'POA&M Scheduled Completion Date'),
    day('extensionPendingOn', 'POA&M Pending Extension Date', { alsoCalled: ['Pending Extension Date'] }),
    day('extensionOn', 'POA&M Extension Date', { alsoCalled: ['Extension Date'] }),
    day('acceptedOn', 'POA&M Risk Accepted Date', { alsoCalled: ['Risk Accepted Date'] }),
    day('acceptanceAskedUntil', 'POA&M Requested Risk Accepted Expiration Date', {
      alsoCalled: ['Requested Risk Accepted Expiration Date'],
    }),
    day('acceptedUntil', 'POA&M Risk Accepted Expiration Date', {
      alsoCalled: ['Risk Accepted Expiration Date'],
    }),
    day('completedOn', 'POA&M Completion Date', { alsoCalled: ['Completion Date'] }),
    ...milestoneColumns,
    text('artifacts', 'Artifacts'),
    text('detectorSource', 'Identification Source'),
    text('sourceDetails', 'Identification Source Details'),
    text('pointOfContact', 'Office / Org', { alsoCalled: ['Office/Org'] }),
    text('resources', 'Resources', { alsoCalled: ['Resources Required'] }),
    comments,
    ...assessed,
    level('proposedResidual', 'Resulting Residual Risk Level after Proposed Mitigations'),
    text('audit', 'Identified in CFO Audit or other review'),
  ],
  headerRows: [12],
  separator: ';',
  days: 'MM/DD/YYYY',
  explicitlyEmpty: '-',
};

/** The Marine Corps' other tool. Its eight CVSS columns (modified metrics) have no field here and are left as they are. */
export const mccastWorkbook: PoamFormat = {
  name: 'mccast',
  title: 'MCCAST POA&M form',
  columns: [
    text('authorizationPackage', 'Authorization Package (Authorization Package Name)'),
    text('weaknessName', 'Name'),
    day('detectedOn', 'Date Identified'),
    text('detectorSource', 'Source Identifying Weakness'),
    text('status', 'POAM Status'),
    day('scheduledOn', 'Estimated Completion Date'),
    day('startedOn', 'Actual Start Date'),
    day('completedOn', 'Actual Completion Date'),
    lines('sourceIdentifier', 'Vulnerability Library (Rule_ID)'),
    lines('controls', 'Allocated Control (Allocated Control ID)'),
    text('residualRisk', 'Subjective Mitigated Risk Level'),
    text('description', 'Weaknesses'),
    text('mitigations', 'Mitigation'),
    comments,
    lines('assets', 'Affected Hardware'),
  ],
  headerRows: [1],
  separator: ';',
  days: 'MM/DD/YYYY',
};
