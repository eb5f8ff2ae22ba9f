/**
 * The canonical form of every record that crosses a border: what a mapping yields on the way in and starts from on
 * the way out. Fields are spelled as their columns. A field that is absent was not said; null was said to be empty.
 * Instants are ISO 8601 in UTC with a `Z`, dates `YYYY-MM-DD`.
 */
import { z } from 'zod';
import {
  implementationStatuses,
  lifecycleStates,
  milestoneStatuses,
  poamStatuses,
  severities,
  severityModifications,
} from './vocabulary.ts';

const instant = z.iso.datetime();
const date = z.iso.date();
const text = z.string();
const words = z.array(z.string());
const maybe = <T extends z.ZodType>(type: T) => type.nullable().optional();

export const assetRecord = z.object({
  asset_uuid: z.uuid(),
  hostname: maybe(text),
  netbios_name: maybe(text),
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

/** A plugin: what every finding of it shares (design section 4, "Plugin text is stored once"). */
export const pluginRecord = z.object({
  plugin_id: text.regex(/^\d{1,12}$/, 'a plugin id is a whole number'),
  name: text,
  family: maybe(text),
  synopsis: maybe(text),
  description: maybe(text),
  solution: maybe(text),
  risk_factor: maybe(text),
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
});
export type PluginRecord = z.infer<typeof pluginRecord>;

export const findingRecord = z.object({
  asset_uuid: z.uuid(),
  plugin_id: text,
  port: z.int().min(0).max(65535),
  /** Lower case. */
  protocol: text,
  service: maybe(text),
  lifecycle_state: z.enum(lifecycleStates),
  /** After recast, as Tenable reports it. */
  severity: z.enum(severities),
  severity_modification: maybe(z.enum(severityModifications)),
  /** Tenable's own finding_id, where one is given. */
  finding_id: maybe(text),
  output: maybe(text),
  first_found: maybe(instant),
  last_found: maybe(instant),
  last_fixed: maybe(instant),
  resurfaced_at: maybe(instant),
});
export type FindingRecord = z.infer<typeof findingRecord>;

export const systemRecord = z.object({
  xacta_system_id: text.min(1),
  system_id: text.min(1).max(50),
  name: text.min(1).max(255),
  /** Derived from the system's id where the remote's is no UUID (in the samples it is none). */
  uuid: z.uuid(),
  status: maybe(text),
  authorization_boundary: maybe(text),
  system_type: maybe(text),
  responsible_organization: maybe(text),
  system_owner: maybe(text),
  information_system_security_officer: maybe(text),
  authorizing_official: maybe(text),
  last_assessment_date: maybe(instant),
  authorization_date: maybe(instant),
  authorization_termination_date: maybe(instant),
  confidentiality_impact: maybe(text),
  integrity_impact: maybe(text),
  availability_impact: maybe(text),
});
export type SystemRecord = z.infer<typeof systemRecord>;

export const componentRecord = z.object({
  component_id: text.min(1),
  xacta_system_id: text.min(1),
  name: text.min(1),
  component_type: maybe(text),
  description: maybe(text),
  operating_system: maybe(text),
  business_owner: maybe(text),
  technical_owner: maybe(text),
  hostname: maybe(text),
  netbios_name: maybe(text),
  tenable_uuid: maybe(text),
  agent_uuid: maybe(text),
  bios_uuid: maybe(text),
  fqdns: maybe(words),
  ipv4_addresses: maybe(words),
  mac_addresses: maybe(words),
});
export type ComponentRecord = z.infer<typeof componentRecord>;

export const controlRecord = z.object({
  xacta_control_id: text.min(1),
  xacta_system_id: text.min(1),
  control_id: text.min(1).max(50),
  control_title: maybe(text),
  family: maybe(text),
  implementation_status: maybe(z.enum(implementationStatuses)),
  assessment_status: maybe(text),
  control_origination: maybe(text),
  implementation_guidance: maybe(text),
  assessment_procedures: maybe(text),
  responsible_role: maybe(text),
  last_assessed: maybe(instant),
  assessment_frequency_months: maybe(z.int().positive()),
  next_assessment_date: maybe(date),
});
export type ControlRecord = z.infer<typeof controlRecord>;

export const poamRecord = z.object({
  xacta_poam_id: text.min(1),
  xacta_system_id: text.min(1),
  /** The integrator's key: Tieline's own where Tieline made the POA&M, else whatever another tool put there. */
  external_uid: maybe(text.max(100)),
  weakness_description: text.min(1),
  source_of_discovery: maybe(text),
  security_control: maybe(text),
  resources_required: maybe(text),
  scheduled_completion: maybe(date),
  actual_completion: maybe(date),
  poc: maybe(text),
  status: z.enum(poamStatuses),
  risk_rating: maybe(text),
  deviation_rationale: maybe(text),
  original_detection_date: maybe(date),
  weakness_risk_level: maybe(text),
  residual_risk_level: maybe(text),
  threat_relevance: maybe(text),
  likelihood: maybe(text),
  impact: maybe(text),
  remediation_plan: maybe(text),
  comments: maybe(text),
  affected_assets: maybe(words),
  cves: maybe(words),
  cost_estimate: maybe(text),
});
export type PoamRecord = z.infer<typeof poamRecord>;

export const milestoneRecord = z.object({
  milestone_id: text.min(1),
  xacta_poam_id: text.min(1),
  milestone_description: text.min(1),
  scheduled_completion: maybe(date),
  actual_completion: maybe(date),
  status: maybe(z.enum(milestoneStatuses)),
  comments: maybe(text),
});
export type MilestoneRecord = z.infer<typeof milestoneRecord>;

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
} as const;
export type MappedEntity = keyof typeof recordSchemas;
