import { z } from 'zod';
import { lifecycleStates, severities, severityModifications } from '../vocabulary/index.ts';
import { instant, text, upTo, maybe, uuid } from './field-types.ts';

export const findingRecord = z.object({
  asset_uuid: uuid,
  plugin_id: text,
  port: z.int().min(0).max(65535),
  /** Lower case. */
  protocol: upTo(20),
  service: maybe(upTo(100)),
  lifecycle_state: z.enum(lifecycleStates),
  /** After recast, as the scanner reports it. */
  severity: z.enum(severities),
  severity_modification: maybe(z.enum(severityModifications)),
  /** When the report was made, where that is known: of two reports, the later one wins for values that have no time of their own. */
  observed_at: maybe(instant),
  /** What the server calls the rule that changed the severity. */
  acceptance_id: maybe(upTo(255)),
  /** The scanner's own id of the finding, where one is given. */
  finding_id: maybe(upTo(255)),
  output: maybe(text),
  first_found: maybe(instant),
  last_found: maybe(instant),
  last_fixed: maybe(instant),
  resurfaced_at: maybe(instant),
});
export type FindingRecord = z.infer<typeof findingRecord>;
/** What makes a finding this one. */
export const findingIdentity = findingRecord.pick({
  asset_uuid: true,
  plugin_id: true,
  port: true,
  protocol: true,
});
