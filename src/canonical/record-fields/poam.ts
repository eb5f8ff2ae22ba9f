/** The fields of a POA&M and its milestones. A new one begins here: CONTRIBUTING.md, "Add a field to an entity". */
import { z } from 'zod';
import { poamStatuses } from '../vocabulary/index.ts';
import { date, text, upTo, words, maybe } from './field-types.ts';

export const poamRecord = z.object({
  remote_id: text.min(1).max(255),
  parent_remote_id: text.min(1).max(255),
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
  deviation_kind: maybe(upTo(40)),
  deviation_status: maybe(upTo(20)),
  deviation_reference: maybe(upTo(60)),
  deviation_summary: maybe(text),
  deviation_decided_by: maybe(upTo(255)),
  deviation_decided_on: maybe(date),
  deviation_expires_on: maybe(date),
  deviation_rating: maybe(upTo(20)),
});
