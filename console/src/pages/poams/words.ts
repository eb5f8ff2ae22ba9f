export const words = {
  title: 'POA&Ms',
  many: 'POA&Ms',
  nothingYet:
    'No weakness needs a POA&M yet, or none has been read. A sync reads them from Xacta and makes those that a rule asks for.',
  milestones: 'Milestones',
};

/** What a field of the record is called on the page. What is not named here is shown under its own name. */
export const fieldWords: Readonly<Record<string, string>> = {
  weakness_description: 'Weakness',
  status: 'Status',
  scheduled_completion: 'Scheduled completion',
  actual_completion: 'Actual completion',
  original_detection_date: 'Detected on',
  poc: 'Owner',
  remediation_plan: 'Remediation plan',
  resources_required: 'Resources required',
  security_control: 'Control',
  source_of_discovery: 'Source',
  risk_rating: 'Risk rating',
  weakness_risk_level: 'Risk of the weakness',
  residual_risk_level: 'Risk that remains',
  threat_relevance: 'Threat relevance',
  likelihood: 'Likelihood',
  impact: 'Impact',
  deviation_rationale: 'Reason for a deviation',
  deviation_kind: 'Deviation',
  deviation_status: 'State of the deviation',
  deviation_reference: 'Deviation, by number',
  deviation_summary: 'What the deviation asks',
  deviation_decided_by: 'Deviation decided by',
  deviation_decided_on: 'Deviation decided on',
  deviation_expires_on: 'Last day of the deviation',
  deviation_rating: 'Rating by the deviation',
  comments: 'Comments to Xacta',
  affected_assets: 'Affected assets',
  cves: 'CVEs',
  cost_estimate: 'Cost estimate',
  external_uid: 'Integration key',
  business_criticality: 'Business criticality',
  cost_center: 'Cost center',
  compliance_scope: 'Compliance scope',
  data_classification: 'Data classification',
  network_zone: 'Network zone',
  acr_override: 'ACR, set here',
  component_remote_id: 'Component in the GRC system',
  system_remote_id: 'System in the GRC system',
};

/** Those that a person changes most come first; the rest follows in the record's order. */
export const fieldOrder: readonly string[] = [
  'status',
  'scheduled_completion',
  'poc',
  'weakness_description',
  'remediation_plan',
  'residual_risk_level',
  'risk_rating',
  'security_control',
  'resources_required',
  'actual_completion',
  'original_detection_date',
  'comments',
];

/** Those that an edit sets. The others are decisions: completed, reopened, a deviation. */
export const statuses: readonly string[] = ['Open', 'In Progress', 'Pending Verification', 'Cancelled'];

/** Of a control; the words of the record. */
export const implementationStatuses: readonly string[] = [
  'Implemented',
  'Partially Implemented',
  'Not Implemented',
  'Not Applicable',
];
