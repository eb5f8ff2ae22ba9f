/**
 * The records of the simulated Xacta, as its API spells them. The fields are those of the samples that the product was
 * asked to work with; no public Xacta endpoint is known, so the shape is this simulator's own.
 */

/** What every record carries besides its own fields. */
export interface Stamped {
  readonly id: string;
  /** ISO instant in UTC. */
  modified_at: string;
  /** Counts from 1; the ETag is this number in quotes. */
  version: number;
}

export interface XactaSystem extends Stamped {
  name: string;
  /** Looks like a UUID and is none: "ent-web-" and a UUID. */
  uuid: string;
  status: string;
  authorization_boundary: string;
  system_type: string;
  impact_level: { confidentiality: string; integrity: string; availability: string };
  responsible_organization: string;
  system_owner: string;
  information_system_security_officer: string;
  authorizing_official: string;
  last_assessment_date: string;
  authorization_date: string;
  authorization_termination_date: string;
  /** Tenable's ids of its machines, as far as the record knows them. */
  assets: string[];
}

export interface XactaComponent extends Stamped {
  system_id: string;
  name: string;
  component_type: string;
  description: string;
  operating_system: string;
  owner: string;
  technical_owner: string;
  hostname: string | null;
  fqdn: string | null;
  netbios_name: string | null;
  ip_address: string | null;
  mac_address: string | null;
  bios_uuid: string | null;
  tenable_uuid: string | null;
}

export interface XactaControl extends Stamped {
  system_id: string;
  control_id: string;
  control_title: string;
  family: string;
  priority: string;
  implementation_status: string;
  assessment_status: string | null;
  responsible_role: string | null;
  last_assessed: string | null;
  implementation_guidance: string | null;
  findings: {
    id: string;
    severity: string;
    description: string;
    recommendation: string;
    target_date: string;
    poc: string;
  }[];
  evidence: { id: string; name: string; type: string; location: string; upload_date: string }[];
  /** With responsibility "inherited" another system answers for the control, and no POA&M can be saved under it here. */
  inherited_controls: { provider: string; description: string; responsibility: 'inherited' | 'shared' }[];
  residual_risk: string | null;
}

/** What a client may say of a POA&M. */
export interface PoamFields {
  external_uid: string | null;
  weakness_description: string | null;
  source: string | null;
  /** One control id or several, joined by ", ". */
  security_control: string | null;
  resources: string | null;
  /** YYYY-MM-DD, as are the other dates. */
  scheduled_completion: string | null;
  completion_date: string | null;
  poc: string | null;
  status: string | null;
  risk_rating: string | null;
  deviation_rationale: string | null;
  original_detection_date: string | null;
  weakness_severity: string | null;
  residual_risk: string | null;
  threat_relevance: string | null;
  likelihood: string | null;
  impact: string | null;
  mitigation_strategy: string | null;
  comments: string | null;
  affected_assets: string[];
  cve_references: string[];
  cost_estimate: string | null;
  /** What deviates, and how far it is: one at a time. Left out until somebody says something of it. */
  deviation_type?: string | null;
  deviation_status?: string | null;
  /** What the integrator calls it. */
  deviation_reference?: string | null;
  deviation_summary?: string | null;
  deviation_decided_by?: string | null;
  deviation_decided_on?: string | null;
  deviation_expires_on?: string | null;
  adjusted_risk_rating?: string | null;
}

export const reviewStatuses = ['not_approved', 'under_review', 'approved'] as const;

export interface XactaPoam extends Stamped, PoamFields {
  readonly system_id: string;
  /** Set by the authorizing official, never by a client. */
  review_status: (typeof reviewStatuses)[number];
  created_at: string;
  milestones: XactaMilestone[];
}

export interface MilestoneFields {
  description: string | null;
  target_date: string | null;
  status: string | null;
  completion_date: string | null;
  comments: string | null;
}

export interface XactaMilestone extends Stamped, MilestoneFields {
  readonly poam_id: string;
}

export interface XactaArtifact extends Stamped {
  readonly system_id: string;
  /** The POA&M that it belongs to; null: the system as a whole. */
  readonly poam_id: string | null;
  /** The integrator's key, once a system. */
  readonly external_uid: string | null;
  name: string;
  description: string | null;
  media_type: string;
  size_bytes: number;
  sha256: string;
}

/** One broken rule, as a 422 names it. */
export interface FieldError {
  readonly field: string;
  readonly rule: string;
  readonly message: string;
}
