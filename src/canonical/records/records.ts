/**
 * The canonical form of every record that crosses a border: what a mapping yields on the way in and starts from on
 * the way out. Fields are spelled as their columns. A field that is absent was not said; null was said to be empty.
 * Instants are ISO 8601 in UTC with a `Z`, dates `YYYY-MM-DD`.
 */
import { z } from 'zod';
import {
  acceptanceKinds,
  acceptanceStatuses,
  complianceStatuses,
  implementationStatuses,
  lifecycleStates,
  milestoneStatuses,
  poamStatuses,
  severities,
  severityModifications,
} from '../vocabulary/index.ts';

/** PostgreSQL counts from the year 1: a date of the year 0 is one that a scanner made up. */
const hasYear = (value: string): boolean => !value.startsWith('0000');
const noYear = 'the year 0 cannot be stored; expected the year 1 or later';
const instant = z.iso.datetime().refine(hasYear, noYear);
const date = z.iso.date().refine(hasYear, noYear);
const text = z.string();
/** A text no longer than its column, so that a long one is held with a reason instead of failing a whole batch. */
const upTo = (length: number) => z.string().max(length);
const words = z.array(z.string());
const maybe = <T extends z.ZodType>(type: T) => type.nullable().optional();

/** As PostgreSQL takes it: installations hold uuids without the marks of a version. */
const uuid = z.guid();

export const assetRecord = z.object({
  asset_uuid: uuid,
  /** Tenable's uuid, where a source that has uuids of its own knows it. */
  tenable_uuid: maybe(text),
  hostname: maybe(upTo(255)),
  netbios_name: maybe(upTo(100)),
  has_agent: maybe(z.boolean()),
  has_plugin_results: maybe(z.boolean()),
  first_seen: maybe(instant),
  last_seen: maybe(instant),
  exposure_score: maybe(z.int()),
  acr_score: maybe(z.number().min(0).max(10)),
  agent_uuid: maybe(text),
  bios_uuid: maybe(text),
  network_id: maybe(text),
  operating_systems: maybe(words),
  system_types: maybe(words),
  hostnames: maybe(words),
  fqdns: maybe(words),
  netbios_names: maybe(words),
  ipv4_addresses: maybe(words),
  ipv6_addresses: maybe(words),
  mac_addresses: maybe(words),
  tags: maybe(z.array(z.object({ key: text, value: text }))),
  terminated_at: maybe(instant),
  deleted_at: maybe(instant),
});
export type AssetRecord = z.infer<typeof assetRecord>;

/** What the business says of an asset; kept in assets_extended. */
export const assetContextRecord = z.object({
  /** What the scanner's server calls the asset. */
  scanner_asset_id: text.min(1).max(255),
  business_criticality: maybe(upTo(50)),
  cost_center: maybe(upTo(100)),
  environment: maybe(upTo(50)),
  compliance_scope: maybe(words),
  data_classification: maybe(upTo(50)),
  network_zone: maybe(upTo(100)),
  /** The rating that the organization gives it, in place of the one that the scanner's server computes. */
  acr_override: maybe(z.int().min(1).max(10)),
  /** The component that it was matched to, and the system of that, as Xacta calls them. */
  xacta_component_id: maybe(upTo(255)),
  xacta_system_id: maybe(upTo(255)),
});

/** Fields that no remote decides, so that they can be sent and never taken in; by entity. */
export const sentOnly: Readonly<Record<string, readonly string[]>> = {
  asset_context: ['acr_override', 'xacta_component_id', 'xacta_system_id'],
};

/** A plugin: what every finding of it shares (design section 4, "Plugin text is stored once"). */
export const pluginRecord = z.object({
  plugin_id: text.regex(/^\d{1,12}$/, 'a plugin id is a whole number'),
  name: text,
  family: maybe(text),
  synopsis: maybe(text),
  description: maybe(text),
  solution: maybe(text),
  risk_factor: maybe(upTo(20)),
  cvss_base_score: maybe(z.number().min(0).max(10)),
  cvss_vector: maybe(text),
  cvss3_base_score: maybe(z.number().min(0).max(10)),
  cvss3_vector: maybe(text),
  vpr_score: maybe(z.number().min(0).max(10)),
  /** As a share, 0 to 1; Tenable VM says percent. */
  epss_score: maybe(z.number().min(0).max(1)),
  cves: maybe(words),
  cross_references: maybe(words),
  see_also: maybe(words),
  exploit_available: maybe(z.boolean()),
  has_patch: maybe(z.boolean()),
  published_at: maybe(instant),
  modified_at: maybe(instant),
  patch_published_at: maybe(instant),
  /** When the report was made that says this, where that is told: of two texts of one modification date the later stands. */
  observed_at: maybe(instant),
});
export type PluginRecord = z.infer<typeof pluginRecord>;

export const findingRecord = z.object({
  asset_uuid: uuid,
  plugin_id: text,
  port: z.int().min(0).max(65535),
  /** Lower case. */
  protocol: upTo(20),
  service: maybe(upTo(100)),
  lifecycle_state: z.enum(lifecycleStates),
  /** After recast, as Tenable reports it. */
  severity: z.enum(severities),
  severity_modification: maybe(z.enum(severityModifications)),
  /** When the report was made, where that is told: of two the later one stands in what has no time of its own. */
  observed_at: maybe(instant),
  /** What the server calls the rule that changed the severity. */
  acceptance_id: maybe(upTo(255)),
  /** Tenable's own finding_id, where one is given. */
  finding_id: maybe(upTo(255)),
  output: maybe(text),
  first_found: maybe(instant),
  last_found: maybe(instant),
  last_fixed: maybe(instant),
  resurfaced_at: maybe(instant),
});
export type FindingRecord = z.infer<typeof findingRecord>;
/** What makes a finding this one (design section 4). */
export const findingIdentity = findingRecord.pick({
  asset_uuid: true,
  plugin_id: true,
  port: true,
  protocol: true,
});

/**
 * The result of one check of an audit file on one asset. Its identity is asset, audit file and check id: one plugin stands for
 * hundreds of checks (design section 4).
 */
export const complianceRecord = z.object({
  asset_uuid: uuid,
  audit_file: text.min(1),
  check_id: text.min(1),
  check_name: text.min(1),
  status: z.enum(complianceStatuses),
  lifecycle_state: maybe(z.enum(lifecycleStates)),
  plugin_id: maybe(text),
  check_info: maybe(text),
  actual_value: maybe(text),
  expected_value: maybe(text),
  solution: maybe(text),
  see_also: maybe(text),
  benchmark: maybe(text),
  profile: maybe(text),
  /** `FRAMEWORK|ID`, as `800-53|AC-3`. */
  control_references: maybe(words),
  first_seen: maybe(instant),
  last_seen: maybe(instant),
  last_fixed: maybe(instant),
});

export const systemRecord = z.object({
  xacta_system_id: text.min(1).max(255),
  system_id: text.min(1).max(50),
  name: text.min(1).max(255),
  /** Derived from the system's id where the remote's is not a UUID (in the samples it is none). */
  uuid,
  status: maybe(upTo(50)),
  authorization_boundary: maybe(text),
  system_type: maybe(upTo(100)),
  responsible_organization: maybe(upTo(255)),
  system_owner: maybe(upTo(255)),
  information_system_security_officer: maybe(upTo(255)),
  authorizing_official: maybe(upTo(255)),
  last_assessment_date: maybe(instant),
  authorization_date: maybe(instant),
  authorization_termination_date: maybe(instant),
  confidentiality_impact: maybe(upTo(20)),
  integrity_impact: maybe(upTo(20)),
  availability_impact: maybe(upTo(20)),
});

export const componentRecord = z.object({
  component_id: text.min(1).max(255),
  xacta_system_id: text.min(1).max(255),
  name: text.min(1).max(255),
  component_type: maybe(upTo(100)),
  description: maybe(text),
  operating_system: maybe(upTo(255)),
  business_owner: maybe(upTo(255)),
  technical_owner: maybe(upTo(255)),
  hostname: maybe(upTo(255)),
  netbios_name: maybe(upTo(100)),
  tenable_uuid: maybe(text),
  agent_uuid: maybe(text),
  bios_uuid: maybe(text),
  fqdns: maybe(words),
  ipv4_addresses: maybe(words),
  mac_addresses: maybe(words),
});
export type ComponentRecord = z.infer<typeof componentRecord>;

export const controlRecord = z.object({
  xacta_control_id: text.min(1).max(255),
  xacta_system_id: text.min(1).max(255),
  control_id: text.min(1).max(50),
  control_title: maybe(upTo(500)),
  family: maybe(upTo(100)),
  implementation_status: maybe(z.enum(implementationStatuses)),
  assessment_status: maybe(upTo(50)),
  control_origination: maybe(upTo(100)),
  implementation_guidance: maybe(text),
  assessment_procedures: maybe(text),
  responsible_role: maybe(upTo(255)),
  last_assessed: maybe(instant),
  assessment_frequency_months: maybe(z.int().positive()),
  next_assessment_date: maybe(date),
});

export const poamRecord = z.object({
  xacta_poam_id: text.min(1).max(255),
  xacta_system_id: text.min(1).max(255),
  /** The integrator's key: Tieline's own where Tieline made the POA&M, else whatever another tool put there. */
  external_uid: maybe(text.max(100)),
  weakness_description: text.min(1),
  source_of_discovery: maybe(upTo(255)),
  security_control: maybe(upTo(100)),
  resources_required: maybe(text),
  scheduled_completion: maybe(date),
  actual_completion: maybe(date),
  poc: maybe(upTo(255)),
  status: z.enum(poamStatuses),
  risk_rating: maybe(upTo(20)),
  deviation_rationale: maybe(text),
  original_detection_date: maybe(date),
  weakness_risk_level: maybe(upTo(20)),
  residual_risk_level: maybe(upTo(20)),
  threat_relevance: maybe(upTo(50)),
  likelihood: maybe(upTo(20)),
  impact: maybe(upTo(20)),
  remediation_plan: maybe(text),
  comments: maybe(text),
  affected_assets: maybe(words),
  cves: maybe(words),
  cost_estimate: maybe(upTo(100)),
});

export const milestoneRecord = z.object({
  milestone_id: text.min(1).max(100),
  xacta_poam_id: text.min(1).max(255),
  milestone_description: text.min(1),
  scheduled_completion: maybe(date),
  actual_completion: maybe(date),
  status: maybe(z.enum(milestoneStatuses)),
  comments: maybe(text),
});

/**
 * An accept, false positive or recast rule of a scanner's server. `scope` says which hosts: `all`, `asset ID` (the server's id of
 * an asset), `KIND VALUE` for what else the server knows (`ip 10.0.0.1,10.0.0.2`), or `filter JSON` for a rule of a form that
 * Tieline only shows.
 */
export const acceptanceRecord = z.object({
  acceptance_id: text.min(1).max(255),
  name: maybe(upTo(255)),
  kind: z.enum(acceptanceKinds),
  plugin_id: maybe(upTo(50)),
  cve_id: maybe(upTo(50)),
  scope: text.min(1),
  /** Where a server keeps rules by repository (Security Center). */
  repository: maybe(upTo(50)),
  /** Null: any. */
  port: maybe(z.int().min(0).max(65535)),
  /** Lower case; null: any. */
  protocol: maybe(upTo(20)),
  /** Of a recast: what the findings become. */
  severity: maybe(z.enum(severities)),
  comment: maybe(text),
  /** Null: never. */
  expires_at: maybe(instant),
  status: z.enum(acceptanceStatuses),
});

/** Every entity that has mappings, with the schema its mapped record must satisfy. */
export const recordSchemas = {
  asset: assetRecord,
  plugin: pluginRecord,
  finding: findingRecord,
  system: systemRecord,
  component: componentRecord,
  control: controlRecord,
  poam: poamRecord,
  milestone: milestoneRecord,
  acceptance: acceptanceRecord,
  compliance: complianceRecord,
  asset_context: assetContextRecord,
} as const;
